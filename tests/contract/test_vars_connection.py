"""The vars `is_connected`, `connection_status`, `boot_notification_response`, `ocpp_message`."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from ocpp_iface.sim import Bench
from ocpp_iface.types import MessageDirection, RegistrationStatus

Make = Callable[..., Bench]


def published(bench: Bench, name: str) -> list[object]:
    return list(bench.station.published.get(name, ()))


# -- is_connected ------------------------------------------------------------------------------


def test_is_connected_is_false_before_the_first_connect(make: Make) -> None:
    bench = make(boot=False)
    bench.csms.is_up = False
    bench.station.boot()
    bench.run(300)

    assert published(bench, "is_connected") == [False]

    bench.csms.is_up = True
    bench.run(300)
    assert published(bench, "is_connected") == [False, True]


def test_is_connected_tells_every_change_and_nothing_else(bench: Bench) -> None:
    bench.offline()
    bench.run(600)
    bench.online()
    bench.offline(closed=True)
    bench.run(600)
    bench.online()
    bench.run(600)

    assert published(bench, "is_connected") == [False, True, False, True, False, True]


def test_is_connected_does_not_wait_for_the_acceptance(make: Make) -> None:
    bench = make(boot=False)
    bench.on("BootNotification").reply(status="Rejected", interval=600)
    bench.station.boot()
    bench.run(30)

    assert bench.station.latest("is_connected") is True


def test_is_connected_after_stop_and_restart(bench: Bench) -> None:
    bench.station.ocpp.stop()
    bench.world.settle()
    assert bench.station.latest("is_connected") is False

    bench.station.ocpp.restart()
    bench.run(30)
    assert bench.station.latest("is_connected") is True


# -- connection_status -------------------------------------------------------------------------


def test_connection_status_says_how(bench: Bench) -> None:
    status = bench.station.latest("connection_status")

    assert status.connected
    assert status.csms_url == bench.csms.url
    assert status.identity == "cs1"
    assert status.configuration_slot == 1
    assert status.security_profile == 0
    assert status.ocpp_version is not None
    assert status.ocpp_version.endswith(bench.version)

    bench.offline()
    assert bench.station.latest("connection_status").connected is False


# -- boot_notification_response ----------------------------------------------------------------


def test_every_boot_response_is_published(make: Make) -> None:
    bench = make(boot=False)
    bench.on("BootNotification").reply(status="Rejected", interval=20).once()
    bench.on("BootNotification").reply(status="Pending", interval=30).times(2)
    bench.station.boot()
    bench.run(120)

    answers = bench.station.published["boot_notification_response"]

    assert [(answer.status, answer.interval) for answer in answers] == [
        (RegistrationStatus.Rejected, 20),
        (RegistrationStatus.Pending, 30),
        (RegistrationStatus.Pending, 30),
        (RegistrationStatus.Accepted, 300),
    ]
    assert (answers[0].current_time - bench.world.start).total_seconds() < 5
    assert answers[0].status_info is None


def test_status_info_of_a_boot_response(make: Make) -> None:
    bench = make(boot=False)
    if bench.is16:
        pytest.skip("1.6 has no statusInfo")
    info = {"reasonCode": "Maintenance", "additionalInfo": "soon"}
    bench.on("BootNotification").reply(status="Pending", interval=60, statusInfo=info).once()
    bench.station.boot()
    bench.run(10)

    (answer,) = bench.station.published["boot_notification_response"]
    assert answer.status_info.reason_code == "Maintenance"
    assert answer.status_info.additional_info == "soon"


def test_an_answer_that_is_none_is_not_published(make: Make) -> None:
    bench = make(boot=False)
    bench.on("BootNotification").error("InternalError").once()
    bench.station.boot()
    bench.run(10)
    assert "boot_notification_response" not in bench.station.published

    bench.run(120)
    assert bench.station.latest("boot_notification_response").status == "Accepted"


# -- ocpp_message ------------------------------------------------------------------------------


def test_ocpp_message_shows_every_frame_of_both_directions(make: Make) -> None:
    bench = make(config={"trace_messages": True})
    bench.session()

    messages = bench.station.published["ocpp_message"]

    on_the_wire = [entry.content for entry in bench.world.trace.entries() if entry.kind in "<>"]
    assert [message.message for message in messages] == on_the_wire
    first = messages[0]
    assert json.loads(first.message)[2] == "BootNotification"
    assert first.direction is MessageDirection.ChargingStationToCSMS
    assert messages[1].direction is MessageDirection.CSMSToChargingStation
    assert str(first.version).endswith(bench.version)


def test_ocpp_message_is_silent_by_default(bench: Bench) -> None:
    assert "ocpp_message" not in bench.station.published
