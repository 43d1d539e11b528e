"""B11, B12: Reset."""

from __future__ import annotations

from typing import Any

from ocpp_iface.sim.bench import Bench


def test_idle_station_restarts_at_once(bench: Bench) -> None:
    assert bench.call("Reset", type="OnIdle") == {"status": "Accepted"}

    assert bench.expect("BootNotification", timeout_s=120)["reason"] == "RemoteReset"
    bench.expect_status("Available", 1)
    bench.expect_status("Available", 2)


def test_reset_on_idle_waits_for_the_transaction(bench: Bench) -> None:
    bench.charging(1)

    assert bench.call("Reset", type="OnIdle") == {"status": "Scheduled"}
    bench.expect_status("Unavailable", 2)
    bench.run(30.0)
    bench.stop_authorized()

    assert bench.expect("BootNotification", timeout_s=120)["reason"] == "ScheduledReset"
    bench.expect_status("Occupied", 1)
    bench.expect_status("Available", 2)


def test_immediate_reset_ends_the_transaction_first(bench: Bench) -> None:
    bench.charging(1)

    assert bench.call("Reset", type="Immediate") == {"status": "Accepted"}

    ended = bench.expect("TransactionEvent", eventType="Ended", triggerReason="ResetCommand")
    assert ended["transactionInfo"]["stoppedReason"] == "ImmediateReset"
    assert ended["transactionInfo"]["chargingState"] == "EVConnected"
    assert "idToken" not in ended
    boot = bench.expect("BootNotification", timeout_s=120)
    assert boot["reason"] == "RemoteReset"
    assert boot.index > ended.index
    bench.expect_status("Occupied", 1)


def test_reset_of_an_unknown_evse_is_rejected(bench: Bench) -> None:
    answer = bench.call("Reset", type="Immediate", evseId=9)

    assert answer["status"] == "Rejected"
    assert answer["statusInfo"]["reasonCode"] == "UnknownEvse"


def test_reset_of_one_evse_needs_to_be_supported(bench: Bench) -> None:
    answer = bench.call("Reset", type="Immediate", evseId=1)

    assert answer["status"] == "Rejected"


def test_reset_of_one_evse_leaves_the_other_alone(make_bench: Any) -> None:
    bench = make_bench(variables={"EVSE@1/AllowReset": True, "EVSE@2/AllowReset": True})
    bench.charging(1)
    bench.charging(2)

    assert bench.call("Reset", type="Immediate", evseId=1) == {"status": "Accepted"}

    ended = bench.expect("TransactionEvent", eventType="Ended")
    assert ended["transactionInfo"]["transactionId"] == bench.place(1).transaction
    bench.run(60.0)
    assert len(bench.csms.received("BootNotification")) == 1
    assert bench.csms.received("TransactionEvent", {"eventType": "Ended"}) == [ended]
