"""C: a token at the reader that the CSMS does not accept, or that is another driver's."""

from __future__ import annotations

import pytest
from steps201 import bay_occupied, events
from tokens201 import ID_TOKEN, asked, id_token, refused

from ocpp_iface.sim.bench import OTHER_TOKEN, TOKEN, Bench
from ocpp_iface.types import IdTokenType

KINDS = [IdTokenType.ISO14443, IdTokenType.KeyCode, IdTokenType.Local]
START_POINTS = ["PowerPathClosed", "Authorized", "EnergyTransfer"]


def refuse_with(bench: Bench, status: str, kind: IdTokenType = IdTokenType.ISO14443) -> None:
    """The EV is connected; the CSMS is asked and gives the status."""
    bench.csms.tokens.put(TOKEN, status)
    bench.ev_connected()
    bench.mark()

    refused(bench, TOKEN, kind=kind)

    (question,) = bench.csms.received("Authorize")
    assert question["idToken"] == {"idToken": TOKEN, "type": kind.value}
    assert not bench.station.evse().contactor_closed


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("points", START_POINTS)
def test_tc_c_02_cs(make_bench, points, kind):
    refuse_with(make_bench(variables={"TxCtrlr.TxStartPoint": points}), "Invalid", kind)


@pytest.mark.parametrize("points", [*START_POINTS, "EVConnected"])
def test_tc_c_06_cs(make_bench, points):
    refuse_with(make_bench(variables={"TxCtrlr.TxStartPoint": points}), "Blocked")


@pytest.mark.parametrize("points", [*START_POINTS, "EVConnected"])
def test_tc_c_07_cs(make_bench, points):
    refuse_with(make_bench(variables={"TxCtrlr.TxStartPoint": points}), "Expired")


@pytest.mark.parametrize("points", [*START_POINTS, "EVConnected"])
def test_tc_c_56_cs(make_bench, points):
    refuse_with(make_bench(variables={"TxCtrlr.TxStartPoint": points}), "Unknown")


@pytest.mark.parametrize("evse", [1, None])
@pytest.mark.parametrize("stop_points", ["EVConnected,Authorized", "EVConnected", "EnergyTransfer"])
def test_tc_c_04_cs(make_bench, stop_points, evse):
    bench = make_bench(evses=(1,), variables={"TxCtrlr.TxStopPoint": stop_points})
    bench.charging()
    before = len(events(bench))

    outcome = bench.station.present_token(OTHER_TOKEN, evse)

    bench.expect("Authorize", idToken=id_token(OTHER_TOKEN))
    bench.run(30)
    assert not outcome.stopped
    assert not [each for each in events(bench)[before:] if "idToken" in each]
    assert bench.station.evse().contactor_closed
    assert not bench.csms.transactions[bench.transaction_id()].complete


@pytest.mark.parametrize("points", START_POINTS)
def test_tc_c_05_cs(make_bench, points):
    bench = make_bench(variables={"TxCtrlr.TxStartPoint": points})
    bench.csms.tokens.put(TOKEN, "Invalid")

    refused(bench, TOKEN)

    assert [each["idToken"] for each in bench.csms.received("Authorize")] == [ID_TOKEN]
    assert not bench.station.hardware.orders("unlock")


@pytest.mark.parametrize(
    "stop_points", ["Authorized", "EVConnected,Authorized", "ParkingBayOccupancy"]
)
@pytest.mark.parametrize("points", ["Authorized", "ParkingBayOccupancy", "PowerPathClosed"])
def test_tc_c_100_cs(make_bench, points, stop_points):
    bench = make_bench(
        variables={
            "TxCtrlr.TxStartPoint": points,
            "TxCtrlr.TxStopPoint": stop_points,
            "TxCtrlr.EVConnectionTimeOut": 30,
            "AuthCacheCtrlr.Enabled": False,
            "AuthCtrlr.LocalPreAuthorize": False,
        }
    )
    if points == "ParkingBayOccupancy" or stop_points == "ParkingBayOccupancy":
        bay_occupied(bench, starts=points == "ParkingBayOccupancy")
    bench.authorized_local()
    began = bench.world.scheduler.now

    if points == "PowerPathClosed":
        bench.csms.expect_none("TransactionEvent", within_s=31)
    else:
        ends = "Authorized" in stop_points
        event = bench.expect("TransactionEvent", triggerReason="EVConnectTimeout")
        assert event.at - began == pytest.approx(30, abs=1)
        assert event["eventType"] == ("Ended" if ends else "Updated")
        assert event["transactionInfo"].get("stoppedReason") == ("Timeout" if ends else None)
    assert asked(bench) == 0
    bench.station.plug_in()
    bench.run(30)

    assert not bench.station.hardware.orders("permit_energy")


def test_tc_c_04_cs_after_the_driver_stopped_the_transaction_is_nobody_elses(make_bench):
    bench = make_bench(variables={"TxCtrlr.TxStopPoint": "EVConnected"})
    bench.charging()
    bench.stop_authorized()
    bench.run(3)

    outcome = bench.station.present_token(OTHER_TOKEN)
    answer = bench.call(
        "RequestStartTransaction", evseId=1, remoteStartId=1, idToken=id_token(OTHER_TOKEN)
    )
    bench.run(30)

    assert outcome.status.value == "NotAtThisTime"
    assert answer["status"] == "Rejected"
    assert not bench.station.evse().contactor_closed
    assert not [each for each in events(bench) if each.get("idToken") == id_token(OTHER_TOKEN)]
    bench.unplugged()
    bench.charging(token=OTHER_TOKEN)
