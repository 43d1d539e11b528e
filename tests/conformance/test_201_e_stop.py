"""E, end of transactions: TxStopPoint, who stops and why."""

from __future__ import annotations

import pytest
from steps201 import authorized, bay_left, bay_occupied, either_way, events, since, stopped

from ocpp_iface.sim.bench import TOKEN, Bench
from ocpp_iface.sim.match import one_of

ID_TOKEN = {"idToken": TOKEN, "type": "ISO14443"}
LOCAL_OR_OMITTED = one_of("Local", None)
EV_LEFT = {"triggerReason": "EVCommunicationLost", "transactionInfo": {"chargingState": "Idle"}}


def reason(event: dict) -> str | None:
    return event["transactionInfo"].get("stoppedReason")


def assert_stopped_by_one_or_two_messages(
    bench: Bench, before: int, trigger: str, reasons: set[str | None]
) -> None:
    """The trigger of the stop and the end of the energy, together or apart; the last one ends."""
    last = since(bench, before)
    assert last[-1]["eventType"] == "Ended"
    assert [each["eventType"] for each in last].count("Ended") == 1
    assert reason(last[-1]) in reasons
    assert trigger in [each["triggerReason"] for each in last]
    assert last[-1]["transactionInfo"]["chargingState"] == "EVConnected"
    for each in last:
        assert each["triggerReason"] in {trigger, "ChargingStateChanged"}


@pytest.mark.parametrize(
    "points", ["EVConnected,Authorized", "PowerPathClosed", "EVConnected", "ParkingBayOccupancy"]
)
def test_tc_e_06_cs(make_bench, points):
    bench = make_bench(variables={"TxCtrlr.TxStopPoint": points})
    bench.station.bay(1, True)
    bench.charging()
    bench.run(30)

    count = len(events(bench))
    bench.stop_authorized()
    bench.run(5)
    if points in {"EVConnected", "ParkingBayOccupancy"}:
        bench.expect(
            "TransactionEvent",
            eventType="Updated",
            triggerReason="ChargingStateChanged",
            transactionInfo={"chargingState": "EVConnected"},
        )
        assert {each["eventType"] for each in since(bench, count)} == {"Updated"}
    else:
        assert_stopped_by_one_or_two_messages(bench, count, "StopAuthorized", {"Local", None})
    unlocked = bench.station.hardware.orders("unlock", 1)
    bench.station.unplug()
    bench.expect_status("Available")
    if points == "ParkingBayOccupancy":
        bench.expect("TransactionEvent", EV_LEFT, eventType="Updated")
    bench.place().open = points == "ParkingBayOccupancy"
    bay_left(bench)

    bench.world.settle()
    assert len(unlocked) == 1
    assert bench.csms.transactions[bench.transaction_id()].complete


@pytest.mark.parametrize("points", ["PowerPathClosed", "PowerPathClosed,EVConnected"])
def test_tc_e_07_cs(make_bench, points):
    bench = make_bench(variables={"TxCtrlr.TxStopPoint": points})
    bench.charging()
    count = len(events(bench))

    bench.station.present_token(TOKEN)
    bench.expect("TransactionEvent", eventType="Ended")

    assert_stopped_by_one_or_two_messages(bench, count, "StopAuthorized", {"Local", None})


@pytest.mark.parametrize("points", ["EnergyTransfer", "EnergyTransfer,EVConnected"])
@either_way
def test_tc_e_08_cs(make_bench, how, points):
    bench = make_bench(variables={"TxCtrlr.TxStopPoint": points})
    authorized(bench, how)
    bench.charging()
    count = len(events(bench))

    stopped(bench, how)

    trigger = "RemoteStop" if how == "remote" else "StopAuthorized"
    reasons = {"Remote"} if how == "remote" else {"Local", None}
    assert_stopped_by_one_or_two_messages(bench, count, trigger, reasons)


@either_way
def test_tc_e_14_cs(make_bench, how):
    bench = make_bench(variables={"TxCtrlr.TxStopPoint": "EVConnected"})
    authorized(bench, how)
    bench.charging()
    stopped(bench, how)
    bench.run(5)
    assert events(bench)[-1]["eventType"] == "Updated"

    bench.station.unplug()

    bench.expect_status("Available")
    mine = "Remote" if how == "remote" else "Local"
    bench.expect(
        "TransactionEvent",
        EV_LEFT,
        eventType="Ended",
        transactionInfo={"stoppedReason": one_of(mine, "EVDisconnected")},
    )


@pytest.mark.parametrize("points", ["Authorized", "Authorized,EVConnected"])
def test_tc_e_15_cs(make_bench, points):
    bench = make_bench(variables={"TxCtrlr.TxStopPoint": points})
    bench.charging()
    bench.run(30)

    bench.station.present_token(TOKEN)

    bench.expect(
        "TransactionEvent",
        eventType="Ended",
        triggerReason="StopAuthorized",
        idToken=ID_TOKEN,
        transactionInfo={"stoppedReason": LOCAL_OR_OMITTED},
    )


@pytest.mark.parametrize("points", ["Authorized", "PowerPathClosed", "PowerPathClosed,Authorized"])
@pytest.mark.parametrize("cached", [True, False])
def test_tc_e_16_cs(make_bench, points, cached):
    bench = make_bench(
        variables={
            "TxCtrlr.TxStopPoint": points,
            "AuthCtrlr.OfflineTxForUnknownIdEnabled": True,
            "TxCtrlr.StopTxOnInvalidId": True,
        }
    )
    if cached:
        bench.session()
    bench.mark()
    bench.offline(closed=True)
    bench.authorized_local()
    bench.charging()
    bench.csms.tokens.put(TOKEN, "Invalid")

    bench.online()
    queued = bench.expect("TransactionEvent", eventType="Started", offline=True, idToken=ID_TOKEN)
    ended = bench.expect(
        "TransactionEvent",
        eventType="Ended",
        triggerReason="Deauthorized",
        transactionInfo={"stoppedReason": "DeAuthorized"},
    )
    bench.run(5)

    mine = [each for each in bench.csms.received("TransactionEvent") if each.at >= queued.at]
    assert mine[-1] == ended
    assert all(each["offline"] for each in mine[:-1])
    assert not bench.station.evse().contactor_closed
    assert bench.station.evse().locked == 1
    bench.station.present_token(TOKEN)
    bench.world.settle()
    assert bench.station.evse().locked is None
    assert (
        len(bench.csms.transactions)
        == len({each["transactionInfo"]["transactionId"] for each in mine}) + cached
    )


@either_way
def test_tc_e_19_cs(make_bench, how):
    bench = make_bench(
        variables={
            "TxCtrlr.TxStartPoint": "ParkingBayOccupancy",
            "TxCtrlr.TxStopPoint": "ParkingBayOccupancy",
        }
    )
    bay_occupied(bench)
    authorized(bench, how)
    bench.charging()
    stopped(bench, how)
    bench.run(5)
    bench.unplugged()
    assert {each["eventType"] for each in events(bench)[1:]} == {"Updated"}

    bench.station.bay(1, False)

    bench.expect(
        "TransactionEvent",
        eventType="Ended",
        triggerReason="EVDeparted",
        transactionInfo={"stoppedReason": "Remote" if how == "remote" else "Local"},
    )


@pytest.mark.parametrize("points", ["EVConnected", "EVConnected,Authorized"])
@pytest.mark.parametrize("fixed_cable", [True, False])
def test_tc_e_20_cs(make_bench, points, fixed_cable):
    bench = make_bench(
        variables={
            "TxCtrlr.TxStopPoint": points,
            "TxCtrlr.StopTxOnEVSideDisconnect": False,
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


@pytest.mark.parametrize("points", ["Authorized", "Authorized,EVConnected"])
def test_tc_e_21_cs(make_bench, points):
    bench = make_bench(variables={"TxCtrlr.TxStopPoint": points})
    bench.charging()

    answer = bench.call("RequestStopTransaction", transactionId=bench.transaction_id())

    assert answer == {"status": "Accepted"}
    bench.expect(
        "TransactionEvent",
        eventType="Ended",
        triggerReason="RemoteStop",
        transactionInfo={"stoppedReason": "Remote"},
    )


@pytest.mark.parametrize("points", ["EnergyTransfer", "EnergyTransfer,Authorized,EVConnected"])
def test_tc_e_22_cs(make_bench, points):
    bench = make_bench(variables={"TxCtrlr.TxStopPoint": points})
    bench.charging()
    bench.run(30)

    bench.station.ev().pause()

    bench.expect(
        "TransactionEvent",
        eventType="Ended",
        triggerReason="ChargingStateChanged",
        transactionInfo={"chargingState": "EVConnected", "stoppedReason": "StoppedByEV"},
    )
    bench.world.settle()
    assert bench.station.evse().locked is None


@pytest.mark.parametrize("points", ["PowerPathClosed", "PowerPathClosed,EVConnected"])
def test_tc_e_35_cs(make_bench, points):
    bench = make_bench(variables={"TxCtrlr.TxStopPoint": points})
    bench.charging()
    count = len(events(bench))

    answer = bench.call("RequestStopTransaction", transactionId=bench.transaction_id())

    assert answer == {"status": "Accepted"}
    bench.expect("TransactionEvent", eventType="Ended")
    assert_stopped_by_one_or_two_messages(bench, count, "RemoteStop", {"Remote"})


@pytest.mark.parametrize("points", ["PowerPathClosed", "PowerPathClosed,Authorized"])
@pytest.mark.parametrize("fixed_cable", [True, False])
def test_tc_e_37_cs(make_bench, points, fixed_cable):
    bench = make_bench(
        variables={
            "TxCtrlr.TxStopPoint": points,
            "TxCtrlr.StopTxOnEVSideDisconnect": False,
        }
    )
    bench.suspended()

    bench.station.unplug(cable_left=not fixed_cable)

    bench.expect(
        "TransactionEvent",
        EV_LEFT,
        eventType="Ended",
        transactionInfo={"stoppedReason": one_of("StoppedByEV", "EVDisconnected")},
    )


@pytest.mark.parametrize("points", ["EVConnected", "EVConnected,Authorized"])
def test_tc_e_54_cs(make_bench, points):
    """The EV speaks a high level protocol: it is gone without a word."""
    bench = make_bench(
        variables={
            "TxCtrlr.TxStopPoint": points,
            "TxCtrlr.StopTxOnEVSideDisconnect": False,
        }
    )
    bench.suspended()
    bench.run(30)

    bench.station.unplug()

    bench.expect(
        "TransactionEvent",
        EV_LEFT,
        eventType="Ended",
        transactionInfo={"stoppedReason": one_of("StoppedByEV", "EVDisconnected")},
    )
