"""G05: a lock that fails."""

from __future__ import annotations

from ocpp_iface.sim.bench import TOKEN, Bench


def test_without_a_lock_there_is_no_charging_and_the_csms_hears_of_it(bench: Bench) -> None:
    bench.station.hardware.fail("lock", None)
    bench.ev_connected(1)
    bench.station.present_token(TOKEN, 1)

    event = bench.expect("NotifyEvent")

    (data,) = event["eventData"]
    assert data["component"] == {
        "name": "ConnectorPlugRetentionLock",
        "evse": {"id": 1, "connectorId": 1},
    }
    assert data["variable"] == {"name": "Problem"}
    assert (data["trigger"], data["actualValue"]) == ("Delta", "true")
    bench.run(5.0)
    assert bench.station.hardware.evses[1].permitted is False


def test_a_lock_that_works_again(bench: Bench) -> None:
    bench.station.fault("ConnectorLockFailure", 1)
    first = bench.expect("NotifyEvent")["eventData"][0]
    bench.station.clear_fault("ConnectorLockFailure", 1)
    second = bench.expect("NotifyEvent")["eventData"][0]

    assert (first["actualValue"], second["actualValue"]) == ("true", "false")
    assert second["eventId"] > first["eventId"]


def test_other_faults_are_statuses_only(bench: Bench) -> None:
    bench.station.fault("GroundFailure", 1)
    bench.run(5.0)

    assert bench.csms.received("NotifyEvent") == []
