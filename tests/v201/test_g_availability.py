"""G01, G03, G04, B04: connector statuses and ChangeAvailability."""

from __future__ import annotations

from typing import Any

import pytest

from ocpp_iface.sim.bench import Bench


def change(bench: Bench, status: str, **evse: int) -> str:
    fields: dict[str, Any] = {"evse": evse} if evse else {}
    answer = bench.call("ChangeAvailability", operationalStatus=status, **fields)
    return str(answer["status"])


def statuses(bench: Bench) -> list[tuple[int, int, str]]:
    return [
        (call["evseId"], call["connectorId"], call["connectorStatus"])
        for call in bench.csms.received("StatusNotification")
        if not call.taken
    ]


@pytest.fixture
def twin(make_bench: Any) -> Bench:
    """EVSE 1 with two connectors, EVSE 2 with one."""
    made: Bench = make_bench(evses=(2, 1))
    return made


@pytest.mark.parametrize(
    ("evse", "changed"),
    [
        ({}, [(1, 1), (1, 2), (2, 1)]),
        ({"id": 1}, [(1, 1), (1, 2)]),
        ({"id": 1, "connectorId": 2}, [(1, 2)]),
    ],
    ids=["station", "evse", "connector"],
)
def test_idle_parts_change_at_once_and_back(
    twin: Bench, evse: dict[str, int], changed: list[tuple[int, int]]
) -> None:
    assert change(twin, "Inoperative", **evse) == "Accepted"
    twin.run(2.0)
    assert statuses(twin) == [(*where, "Unavailable") for where in changed]
    twin.mark()

    assert change(twin, "Operative", **evse) == "Accepted"
    twin.run(2.0)
    assert statuses(twin) == [(*where, "Available") for where in changed]


def test_a_change_to_what_is_already_so_is_accepted(bench: Bench) -> None:
    assert change(bench, "Operative", id=1) == "Accepted"
    bench.quiet(5.0)


@pytest.mark.parametrize(
    ("evse", "reason"),
    [
        ({"id": 9}, "UnknownEvse"),
        ({"id": 1, "connectorId": 5}, "UnknownConnectorId"),
        ({"id": 1, "connectorId": 0}, "UnknownConnectorId"),
        ({"id": 0}, "UnknownEvse"),
        ({"id": -1}, "UnknownEvse"),
    ],
)
def test_unknown_parts_are_rejected(bench: Bench, evse: dict[str, int], reason: str) -> None:
    """G03.FR.02, with a reason code of the standard."""
    answer = bench.call("ChangeAvailability", operationalStatus="Inoperative", evse=evse)

    assert answer == {"status": "Rejected", "statusInfo": {"reasonCode": reason}}
    bench.quiet(2.0)


def test_a_running_transaction_is_not_interrupted(bench: Bench) -> None:
    bench.charging(1)
    bench.run(1.0)
    bench.mark()

    assert change(bench, "Inoperative") == "Scheduled"
    bench.run(2.0)
    assert statuses(bench) == [(2, 1, "Unavailable")]
    bench.stop_authorized()
    bench.expect_status("Unavailable", 1)
    bench.mark()

    bench.station.unplug(1)
    bench.run(2.0)
    assert statuses(bench) == []


def test_unavailable_survives_a_power_cut(bench: Bench) -> None:
    change(bench, "Inoperative", id=2)
    bench.power_cut()

    bench.expect_status("Unavailable", 2)
    bench.expect_status("Available", 1)


def test_the_sibling_of_an_occupied_connector_stays_available(twin: Bench) -> None:
    twin.station.plug_in(1, 2)
    twin.run(2.0)

    assert statuses(twin) == [(1, 2, "Occupied")]


def test_a_fault_shows_and_goes(bench: Bench) -> None:
    bench.station.fault("GroundFailure", 1)
    bench.expect_status("Faulted", 1)

    bench.station.clear_fault("GroundFailure", 1)

    bench.expect_status("Available", 1)


def test_a_driver_who_only_presented_a_token_occupies_nothing(make_bench: Any) -> None:
    bench = make_bench(variables={"TxCtrlr.TxStartPoint": "Authorized"})
    bench.authorized_local()
    bench.run(2.0)

    assert statuses(bench) == []


def test_after_a_short_outage_only_what_changed_is_reported(bench: Bench) -> None:
    bench.offline()
    bench.station.plug_in(1)
    bench.run(5.0)
    bench.online()
    bench.run(5.0)

    assert statuses(bench) == [(1, 1, "Occupied")]


def test_what_changed_and_changed_back_is_not_reported(bench: Bench) -> None:
    bench.offline()
    bench.station.plug_in(1)
    bench.run(2.0)
    bench.station.unplug(1)
    bench.run(2.0)
    bench.online()
    bench.run(5.0)

    assert statuses(bench) == []


def test_after_a_long_outage_everything_is_reported(make_bench: Any) -> None:
    bench = make_bench(variables={"OCPPCommCtrlr.OfflineThreshold": 20})
    bench.offline()
    bench.run(60.0)
    bench.online()
    bench.run(5.0)

    assert statuses(bench) == [(1, 1, "Available"), (2, 1, "Available")]


def test_a_status_that_got_lost_is_sent_after_the_reconnect(bench: Bench) -> None:
    bench.on("StatusNotification").silent()
    bench.station.plug_in(1)
    bench.run(1.0)
    bench.offline()
    bench.csms.off("StatusNotification")
    bench.run(1.0)
    bench.mark()
    bench.online()
    bench.run(5.0)

    assert statuses(bench) == [(1, 1, "Occupied")]
