"""E: the cable is pulled at the EV, in a transaction."""

from __future__ import annotations

import pytest

from ocpp_iface.sim.bench import OTHER_TOKEN, TOKEN, Bench

EV_LEFT = {"triggerReason": "EVCommunicationLost", "transactionInfo": {"chargingState": "Idle"}}

detachable = pytest.mark.parametrize("fixed_cable", [False, True])


def pulled_at_the_ev(bench: Bench, *, fixed_cable: bool, **info: str) -> None:
    bench.station.unplug(cable_left=not fixed_cable)
    bench.expect("TransactionEvent", EV_LEFT, transactionInfo=info)


@detachable
def test_tc_e_17_cs(make_bench, fixed_cable):
    bench = make_bench(
        variables={
            "TxCtrlr.TxStopPoint": "Authorized",
            "TxCtrlr.StopTxOnEVSideDisconnect": True,
            "OCPPCommCtrlr.UnlockOnEVSideDisconnect": False,
        }
    )
    bench.suspended()

    bench.station.unplug(cable_left=not fixed_cable)
    bench.expect(
        "TransactionEvent",
        EV_LEFT,
        eventType="Ended",
        transactionInfo={"stoppedReason": "EVDisconnected"},
    )
    if not fixed_cable:
        bench.run(5)
        assert bench.station.evse().locked == 1
        bench.station.present_token(TOKEN)
        bench.world.settle()
        assert bench.station.evse().locked is None
        bench.station.unplug()

    bench.expect_status("Available")
    bench.run(30)
    assert len(bench.csms.transactions) == 1


@pytest.mark.parametrize("points", ["Authorized", "EVConnected", "ParkingBayOccupancy"])
def test_tc_e_24_cs(make_bench, points):
    bench = make_bench(
        variables={
            "TxCtrlr.TxStopPoint": points,
            "TxCtrlr.StopTxOnEVSideDisconnect": True,
            "OCPPCommCtrlr.UnlockOnEVSideDisconnect": True,
        }
    )
    bench.suspended()

    pulled_at_the_ev(bench, fixed_cable=False)
    bench.world.settle()
    assert bench.station.evse().locked is None
    bench.station.unplug()

    bench.expect_status("Available")


@detachable
@pytest.mark.parametrize("points", ["Authorized", "EVConnected", "ParkingBayOccupancy"])
def test_tc_e_25_cs(make_bench, points, fixed_cable):
    bench = make_bench(
        variables={
            "TxCtrlr.TxStopPoint": points,
            "TxCtrlr.StopTxOnEVSideDisconnect": True,
            "OCPPCommCtrlr.UnlockOnEVSideDisconnect": False,
        }
    )
    bench.suspended()

    pulled_at_the_ev(bench, fixed_cable=fixed_cable)
    bench.run(5)
    if not fixed_cable:
        bench.station.present_token(OTHER_TOKEN)
        bench.world.settle()
        assert bench.station.evse().locked == 1
        bench.station.present_token(TOKEN)
        bench.world.settle()
        assert bench.station.evse().locked is None
        bench.station.unplug()

    bench.expect_status("Available")
    assert len(bench.csms.transactions) == 1


@detachable
@pytest.mark.parametrize("points", ["Authorized", "ParkingBayOccupancy"])
def test_tc_e_26_cs(make_bench, points, fixed_cable):
    bench = make_bench(
        variables={
            "TxCtrlr.TxStopPoint": points,
            "TxCtrlr.StopTxOnEVSideDisconnect": False,
            "OCPPCommCtrlr.UnlockOnEVSideDisconnect": False,
            "TxCtrlr.EVConnectionTimeOut": 60,
        }
    )
    bench.suspended()

    bench.station.unplug(cable_left=not fixed_cable)
    bench.expect("TransactionEvent", EV_LEFT, eventType="Updated")
    if fixed_cable:
        bench.expect_status("Available")
        bench.run(30)
    else:
        bench.run(300)
        assert bench.station.evse().locked == 1
    bench.station.plug_in()
    bench.expect(
        "TransactionEvent",
        eventType="Updated",
        triggerReason="CablePluggedIn",
        transactionInfo={"chargingState": "EVConnected"},
    )
    bench.expect(
        "TransactionEvent",
        eventType="Updated",
        triggerReason="ChargingStateChanged",
        transactionInfo={"chargingState": "Charging"},
    )

    assert len(bench.csms.transactions) == 1


@pytest.mark.parametrize(
    "points", ["Authorized", "Authorized,ParkingBayOccupancy", "ParkingBayOccupancy"]
)
def test_tc_e_27_cs(make_bench, points):
    bench = make_bench(
        variables={
            "TxCtrlr.TxStopPoint": points,
            "TxCtrlr.StopTxOnEVSideDisconnect": False,
            "OCPPCommCtrlr.UnlockOnEVSideDisconnect": False,
            "TxCtrlr.EVConnectionTimeOut": 60,
        }
    )
    bench.suspended()

    bench.station.unplug()
    left = bench.expect("TransactionEvent", EV_LEFT, eventType="Updated")
    bench.expect_status("Available")
    late = bench.expect("TransactionEvent", triggerReason="EVConnectTimeout", timeout_s=90)

    assert late.at - left.at == pytest.approx(60, abs=1)
    if "Authorized" in points:
        assert late["eventType"] == "Ended"
        assert late["transactionInfo"]["stoppedReason"] == "Timeout"
    else:
        assert late["eventType"] == "Updated"
