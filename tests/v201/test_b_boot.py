"""B01 to B03, G02: registration, heartbeat, clock."""

from __future__ import annotations

from typing import Any

import pytest

from ocpp_iface.sim.bench import Bench
from ocpp_iface.sim.csms_script import CsmsCallError


def registration(bench: Bench, status: str, interval: int = 300) -> None:
    bench.on("BootNotification").reply(status=status, interval=interval)


@pytest.fixture
def cold(make_bench: Any) -> Bench:
    """Not booted yet."""
    made: Bench = make_bench(boot=False)
    return made


def test_boot_names_the_station_and_the_reason(cold: Bench) -> None:
    cold.station.boot()

    boot = cold.expect("BootNotification")

    assert boot["reason"] == "PowerUp"
    assert set(boot["chargingStation"]) >= {"model", "vendorName"}


def test_security_event_of_the_start_follows_the_statuses(cold: Bench) -> None:
    cold.station.boot()

    event = cold.expect("SecurityEventNotification", type="StartupOfTheDevice")

    statuses = cold.csms.received("StatusNotification")
    assert [(each["evseId"], each["connectorId"]) for each in statuses] == [(1, 1), (2, 1)]
    assert all(each.index < event.index for each in statuses)


def test_security_event_of_a_start_that_never_was_online_is_not_lost(cold: Bench) -> None:
    cold.station.network.cut()
    cold.station.boot()
    cold.run(5.0)
    cold.station.kill()
    cold.station.network.restore()
    cold.station.boot()

    events = [cold.expect("SecurityEventNotification", type="StartupOfTheDevice") for _ in "ab"]

    assert events[0]["timestamp"] < events[1]["timestamp"]


def test_accepted_interval_is_the_heartbeat_interval(cold: Bench) -> None:
    registration(cold, "Accepted", interval=77)
    cold.station.boot()
    cold.expect("BootNotification")
    cold.run(5.0)

    answer = cold.call(
        "GetVariables",
        getVariableData=[
            {
                "component": {"name": "OCPPCommCtrlr"},
                "variable": {"name": "HeartbeatInterval"},
            }
        ],
    )

    assert answer["getVariableResult"][0]["attributeValue"] == "77"
    first = cold.expect("Heartbeat", timeout_s=90)
    second = cold.expect("Heartbeat", timeout_s=90)
    assert second.at - first.at == pytest.approx(77, abs=1)


def test_pending_station_sends_nothing_but_what_is_asked_for(cold: Bench) -> None:
    registration(cold, "Pending", interval=100)
    cold.station.boot()
    cold.expect("BootNotification")
    cold.run(60.0)

    assert [call.action for call in cold.csms.received()] == ["BootNotification"]
    second = cold.expect("BootNotification", timeout_s=60.0)
    assert second.at >= 100


def test_pending_station_serves_configuration_and_rejects_remote_control(cold: Bench) -> None:
    registration(cold, "Pending")
    cold.station.boot()
    cold.expect("BootNotification")
    cold.run(1.0)

    threshold = {"component": {"name": "OCPPCommCtrlr"}, "variable": {"name": "OfflineThreshold"}}
    assert (
        cold.call("SetVariables", setVariableData=[{**threshold, "attributeValue": "300"}])[
            "setVariableResult"
        ][0]["attributeStatus"]
        == "Accepted"
    )
    assert (
        cold.call("GetVariables", getVariableData=[threshold])["getVariableResult"][0][
            "attributeValue"
        ]
        == "300"
    )
    assert cold.call("GetBaseReport", requestId=1, reportBase="SummaryInventory") == {
        "status": "Accepted"
    }
    assert cold.expect("NotifyReport")["requestId"] == 1
    start = cold.call(
        "RequestStartTransaction",
        idToken={"idToken": "A", "type": "Central"},
        remoteStartId=1,
        evseId=1,
    )
    assert start["status"] == "Rejected"
    assert cold.call("RequestStopTransaction", transactionId="x")["status"] == "Rejected"
    with pytest.raises(CsmsCallError) as refusal:
        cold.call("ClearCache")
    assert refusal.value.code == "SecurityError"


def test_triggered_boot_does_not_wait_for_the_interval(cold: Bench) -> None:
    registration(cold, "Pending", interval=3000)
    cold.station.boot()
    cold.expect("BootNotification")
    registration(cold, "Accepted")

    answer = cold.call("TriggerMessage", requestedMessage="BootNotification")

    assert answer == {"status": "Accepted"}
    assert cold.expect("BootNotification")["reason"] == "Triggered"
    cold.expect_status("Available", 1)
    cold.expect_status("Available", 2)


def test_rejected_station_answers_every_call_with_a_security_error(cold: Bench) -> None:
    registration(cold, "Rejected", interval=600)
    cold.station.boot()
    cold.expect("BootNotification")
    cold.run(1.0)

    for action, payload in (
        ("GetBaseReport", {"requestId": 1, "reportBase": "FullInventory"}),
        ("TriggerMessage", {"requestedMessage": "Heartbeat"}),
    ):
        with pytest.raises(CsmsCallError) as refusal:
            cold.call(action, **payload)
        assert refusal.value.code == "SecurityError"
    cold.quiet(500.0)


def test_boot_trigger_is_rejected_once_accepted(bench: Bench) -> None:
    answer = bench.call("TriggerMessage", requestedMessage="BootNotification")

    assert answer == {"status": "Rejected"}


def test_heartbeat_trigger_answers_first(bench: Bench) -> None:
    assert bench.call("TriggerMessage", requestedMessage="Heartbeat") == {"status": "Accepted"}
    bench.expect("Heartbeat", timeout_s=1.0)


def test_pending_station_sends_a_triggered_heartbeat(cold: Bench) -> None:
    registration(cold, "Pending")
    cold.station.boot()
    cold.expect("BootNotification")
    cold.run(1.0)

    assert cold.call("TriggerMessage", requestedMessage="Heartbeat") == {"status": "Accepted"}
    cold.expect("Heartbeat", timeout_s=1.0)


def test_clock_follows_the_csms(make_bench: Any) -> None:
    bench = make_bench(boot=False)
    bench.csms.clock_offset_s = 3600.0
    bench.booted()

    bench.ev_connected()
    status = bench.csms.received("StatusNotification")[-1]

    now = bench.world.wall(3600.0)
    assert status["timestamp"][:13] == now.isoformat()[:13]


def test_reconnect_of_an_accepted_station_does_not_boot_again(bench: Bench) -> None:
    bench.offline()
    bench.run(10.0)
    bench.online()
    bench.run(5.0)

    assert len(bench.csms.received("BootNotification")) == 1
