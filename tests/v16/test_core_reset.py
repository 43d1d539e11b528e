"""Reset (5.14)."""

import pytest

from ocpp_iface.sim.hardware import ALL_METHODS


def reset(bench, kind):
    bench.csms.mark()
    return bench.csms.call("Reset", {"type": kind})["status"]


@pytest.mark.parametrize("kind", ["Hard", "Soft"])
@pytest.mark.parametrize("hardware", [True, False])
def test_a_reset_of_an_idle_station_keeps_its_availability(make_bench, kind, hardware):
    """TC_013, TC_014"""
    methods = ALL_METHODS if hardware else ALL_METHODS - {"reset"}
    bench = make_bench(connectors=(1, 1), hardware_methods=methods).booted()
    bench.csms.call("ChangeAvailability", {"connectorId": 1, "type": "Inoperative"})
    bench.csms.expect("StatusNotification", status="Unavailable")
    bench.world.settle()

    assert reset(bench, kind) == "Accepted"
    boot = bench.csms.expect("BootNotification", timeout_s=120)
    bench.csms.expect("StatusNotification", connectorId=0, status="Available")
    bench.csms.expect("StatusNotification", connectorId=1, status="Unavailable")
    bench.csms.expect("StatusNotification", connectorId=2, status="Available")
    before = [c for c in bench.csms.received() if c.index < boot.index]
    assert before[-1].action == "StatusNotification"
    assert before[-1]["status"] == "Unavailable"
    assert before[-1]["connectorId"] == 1


@pytest.mark.parametrize(("kind", "reason"), [("Hard", "HardReset"), ("Soft", "SoftReset")])
def test_a_reset_ends_the_transaction_first(bench, kind, reason):
    """TC_015, TC_016"""
    number = bench.charging()

    assert reset(bench, kind) == "Accepted"
    stop = bench.csms.expect("StopTransaction", reason=reason, transactionId=number)
    bench.csms.expect("StatusNotification", connectorId=1, status="Finishing")
    boot = bench.csms.expect("BootNotification", timeout_s=120)

    status = bench.csms.expect("StatusNotification", connectorId=1)
    assert stop.index < boot.index < status.index
    assert status["status"] in ("Preparing", "Finishing")


def test_a_stop_that_nobody_answers_is_queued_over_the_reset(bench):
    """5.14"""
    bench.configure("WaitForStopTransactionsOnResetTimeout", "10")
    bench.charging()
    bench.csms.on("StopTransaction").silent().once()

    reset(bench, "Hard")
    bench.csms.expect("StopTransaction", reason="HardReset")
    boot = bench.csms.expect("BootNotification", timeout_s=120)

    again = bench.csms.expect("StopTransaction", reason="HardReset", timeout_s=120)
    assert again.index > boot.index
