"""B, Reset of the station and of an EVSE. `logical`: without hardware that could restart."""

from __future__ import annotations

import pytest
from provisioning201 import assert_booted

from ocpp_iface.sim.hardware import ALL_METHODS

WITHOUT_RESET = ALL_METHODS - {"reset"}
either_hardware = pytest.mark.parametrize(
    "methods", [ALL_METHODS, WITHOUT_RESET], ids=["hardware", "logical"]
)


def assert_ended_by_reset(ended):
    assert ended["triggerReason"] == "ResetCommand"
    assert ended["transactionInfo"]["chargingState"] == "EVConnected"
    assert ended["transactionInfo"]["stoppedReason"] == "ImmediateReset"
    assert "idToken" not in ended


@either_hardware
@pytest.mark.parametrize("kind", ["OnIdle", "Immediate"])
def test_tc_b_20_cs(make_bench, methods, kind):
    bench = make_bench(hardware_methods=methods)

    assert bench.call("Reset", type=kind)["status"] == "Accepted"

    assert assert_booted(bench)["reason"] == "RemoteReset"


@either_hardware
@pytest.mark.parametrize("stop_point", ["Authorized", "EVConnected"])
def test_tc_b_21_cs(make_bench, methods, stop_point):
    bench = make_bench(
        hardware_methods=methods,
        variables={"TxCtrlr.TxStartPoint": "EVConnected", "TxCtrlr.TxStopPoint": stop_point},
    )
    bench.charging()

    assert bench.call("Reset", type="OnIdle")["status"] == "Scheduled"
    bench.run(60.0)
    assert len(bench.csms.received("BootNotification")) == 1
    bench.stop_authorized()
    if stop_point == "EVConnected":
        bench.run(30.0)
        assert len(bench.csms.received("BootNotification")) == 1
        bench.station.unplug()
        bench.expect("TransactionEvent", eventType="Ended")

    occupied = {(1, 1): "Occupied"} if stop_point == "Authorized" else {}
    assert assert_booted(bench, expected=occupied)["reason"] == "ScheduledReset"


@either_hardware
@pytest.mark.parametrize("evses", [(1, 1), (2, 1)])
def test_tc_b_22_cs(make_bench, methods, evses):
    bench = make_bench(hardware_methods=methods, evses=evses)
    bench.charging()

    assert bench.call("Reset", type="Immediate")["status"] == "Accepted"
    ended = bench.expect("TransactionEvent", eventType="Ended")
    boot = assert_booted(bench, expected={(1, 1): "Occupied"})

    assert_ended_by_reset(ended)
    assert ended.index < boot.index
    assert boot["reason"] == "RemoteReset"


@either_hardware
@pytest.mark.parametrize("level", ["connector", "EVSE"])
def test_tc_b_23_cs(make_bench, methods, level):
    bench = make_bench(hardware_methods=methods)
    evse = {"id": 1, "connectorId": 1} if level == "connector" else {"id": 1}
    bench.call("ChangeAvailability", operationalStatus="Inoperative", evse=evse)
    bench.expect_status("Unavailable")
    bench.mark()

    assert bench.call("Reset", type="OnIdle")["status"] == "Accepted"

    boot = assert_booted(bench, expected={(1, 1): "Unavailable"})
    assert boot["reason"] == "RemoteReset"


EVSES_RESET = {"EVSE@1/AllowReset": True, "EVSE@2/AllowReset": True}


def reset_orders(bench):
    return [order.args for order in bench.station.hardware.orders("reset")]


def test_tc_b_25_cs(make_bench):
    bench = make_bench(variables=EVSES_RESET)

    assert bench.call("Reset", type="OnIdle", evseId=2)["status"] == "Accepted"

    bench.run(30.0)
    assert reset_orders(bench) == [("OnIdle", 2)]
    assert len(bench.csms.received("BootNotification")) == 1


def test_tc_b_26_cs(make_bench):
    bench = make_bench(
        variables={
            **EVSES_RESET,
            "TxCtrlr.TxStartPoint": "EVConnected",
            "TxCtrlr.TxStopPoint": "EVConnected",
        }
    )
    bench.charging()
    bench.charging(2)

    assert bench.call("Reset", type="OnIdle", evseId=1)["status"] == "Scheduled"
    bench.stop_authorized()
    bench.run(10.0)
    assert reset_orders(bench) == []
    bench.unplugged()

    bench.run(10.0)
    assert reset_orders(bench) == [("OnIdle", 1)]
    assert len(bench.csms.received("BootNotification")) == 1
    assert bench.csms.transactions[bench.transaction_id(2)].ended is None


def test_tc_b_27_cs(make_bench):
    bench = make_bench(variables=EVSES_RESET)
    bench.charging()
    bench.charging(2)

    assert bench.call("Reset", type="Immediate", evseId=1)["status"] == "Accepted"
    ended = bench.expect("TransactionEvent", eventType="Ended")

    assert_ended_by_reset(ended)
    assert ended["transactionInfo"]["transactionId"] == bench.transaction_id(1)
    bench.run(10.0)
    assert reset_orders(bench) == [("Immediate", 1)]
    assert bench.csms.transactions[bench.transaction_id(2)].ended is None


def test_tc_b_28_cs(make_bench):
    bench = make_bench(hardware_methods=WITHOUT_RESET)

    assert bench.call("Reset", type="OnIdle", evseId=1)["status"] == "Rejected"

    bench.quiet(30.0)


def test_tc_b_29_cs(make_bench):
    bench = make_bench(hardware_methods=WITHOUT_RESET)
    bench.charging()

    assert bench.call("Reset", type="OnIdle", evseId=1)["status"] == "Rejected"

    bench.stop_authorized()
    bench.unplugged()
    bench.run(30.0)
    assert len(bench.csms.received("BootNotification")) == 1


@either_hardware
@pytest.mark.parametrize("stop_point", ["Authorized", "EVConnected"])
def test_tc_b_41_cs(make_bench, methods, stop_point):
    bench = make_bench(
        hardware_methods=methods,
        evses=(1, 1, 1),
        variables={"TxCtrlr.TxStartPoint": "EVConnected", "TxCtrlr.TxStopPoint": stop_point},
    )
    bench.charging(1)
    bench.charging(2, token="08EF34AB")

    assert bench.call("Reset", type="OnIdle")["status"] == "Scheduled"
    bench.stop_authorized(evse=1)
    bench.station.unplug(1)
    bench.run(30.0)
    assert len(bench.csms.received("BootNotification")) == 1
    bench.stop_authorized(evse=2)
    if stop_point == "EVConnected":
        bench.run(30.0)
        assert len(bench.csms.received("BootNotification")) == 1
        bench.station.unplug(2)

    occupied = {(2, 1): "Occupied"} if stop_point == "Authorized" else {}
    assert assert_booted(bench, expected=occupied)["reason"] == "ScheduledReset"
    for evse in (1, 2):
        assert bench.csms.transactions[bench.transaction_id(evse)].complete
