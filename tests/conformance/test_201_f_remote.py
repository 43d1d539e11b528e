"""F: start, stop and unlock by the CSMS."""

from __future__ import annotations

import pytest
from steps201 import events

from ocpp_iface.sim.bench import TOKEN, Bench

ID_TOKEN = {"idToken": TOKEN, "type": "ISO14443"}
START_POINTS = ["PowerPathClosed", "Authorized", "EVConnected"]


def unlock(bench: Bench, connector: int = 1) -> dict:
    return bench.call("UnlockConnector", evseId=1, connectorId=connector)


def assert_the_remote_start_is_told_once(bench: Bench) -> None:
    """In the first event after it, with its id and the token."""
    bench.world.settle()
    (told,) = [each for each in events(bench) if each["triggerReason"] == "RemoteStart"]
    assert told["transactionInfo"]["remoteStartId"] == 1
    assert told["idToken"] == ID_TOKEN
    assert [each["seqNo"] for each in events(bench) if "idToken" in each] == [told["seqNo"]]
    assert any(each.get("evse") == {"id": 1, "connectorId": 1} for each in events(bench))


@pytest.mark.parametrize("points", START_POINTS)
def test_tc_f_01_cs(make_bench, points):
    bench = make_bench(variables={"TxCtrlr.TxStartPoint": points})
    bench.ev_connected()
    bench.world.settle()
    running = list(bench.csms.transactions)

    answer = bench.authorized_remote()
    bench.charging()

    assert answer["status"] == "Accepted"
    assert answer.get("transactionId") == (running[0] if running else None)
    assert_the_remote_start_is_told_once(bench)


@pytest.mark.parametrize("points", START_POINTS)
def test_tc_f_02_cs(make_bench, points):
    bench = make_bench(
        variables={"TxCtrlr.TxStartPoint": points, "AuthCtrlr.AuthorizeRemoteStart": True}
    )
    bench.station.bay(1, True)

    assert bench.authorized_remote() == {"status": "Accepted"}
    bench.charging()

    (asked,) = bench.csms.received("Authorize")
    first = bench.csms.received("TransactionEvent")[0]
    assert asked["idToken"] == ID_TOKEN
    assert asked.index < first.index
    assert_the_remote_start_is_told_once(bench)


@pytest.mark.parametrize("points", START_POINTS)
def test_tc_f_03_cs(make_bench, points):
    bench = make_bench(
        variables={"TxCtrlr.TxStartPoint": points, "AuthCtrlr.AuthorizeRemoteStart": False}
    )
    bench.station.bay(1, True)

    assert bench.authorized_remote() == {"status": "Accepted"}
    bench.charging()

    assert not bench.csms.received("Authorize")
    assert_the_remote_start_is_told_once(bench)


@pytest.mark.parametrize("points", ["Authorized", "PowerPathClosed"])
def test_tc_f_04_cs(make_bench, points):
    bench = make_bench(
        variables={"TxCtrlr.TxStartPoint": points, "TxCtrlr.EVConnectionTimeOut": 30}
    )
    bench.authorized_remote()
    began = bench.world.scheduler.now

    if points == "Authorized":
        ended = bench.expect(
            "TransactionEvent", eventType="Ended", triggerReason="EVConnectTimeout"
        )
        assert ended.at - began == pytest.approx(30, abs=1)
        bench.place().open = False
    else:
        bench.run(31)
        assert not bench.csms.transactions
    bench.place().token = None

    bench.authorized_remote()
    bench.charging()


def test_tc_f_05_cs(bench):
    bench.charging()

    assert unlock(bench) == {"status": "OngoingAuthorizedTransaction"}
    bench.quiet(5)
    assert not bench.station.hardware.orders("unlock")
    assert bench.station.evse().contactor_closed


def test_tc_f_06_cs(bench):
    bench.ev_connected()

    assert unlock(bench) == {"status": "Unlocked"}
    assert len(bench.station.hardware.orders("unlock", 1)) == 1


def test_tc_f_07_cs(bench):
    assert unlock(bench) == {"status": "Unlocked"}
    assert len(bench.station.hardware.orders("unlock", 1)) == 1


def test_tc_f_08_cs(bench):
    bench.charging()
    bench.run(30)
    before = len(events(bench))

    assert bench.stop_remote() == {"status": "Accepted"}
    bench.world.settle()

    last = events(bench)[before:]
    assert "RemoteStop" in [each["triggerReason"] for each in last]
    assert last[-1]["eventType"] == "Ended"
    assert last[-1]["transactionInfo"]["stoppedReason"] == "Remote"
    assert last[-1]["transactionInfo"]["chargingState"] == "EVConnected"
    assert not bench.station.evse().contactor_closed
    assert bench.station.evse().locked is None


@pytest.mark.parametrize("points", ["EVConnected", "ParkingBayOccupancy"])
def test_tc_f_08_cs_without_a_stop_point_that_the_stop_reaches(make_bench, points):
    bench = make_bench(variables={"TxCtrlr.TxStopPoint": points})
    bench.charging()
    before = len(events(bench))

    bench.stop_remote()
    bench.run(5)

    last = events(bench)[before:]
    assert [(each["eventType"], each["triggerReason"]) for each in last] == [
        ("Updated", "RemoteStop"),
        ("Updated", "ChargingStateChanged"),
    ]
    assert last[-1]["transactionInfo"]["chargingState"] == "EVConnected"
    assert bench.station.evse().locked is None


def test_tc_f_09_cs(bench):
    bench.charging()

    answer = bench.call("RequestStopTransaction", transactionId="another")

    assert answer["status"] == "Rejected"
    bench.run(5)
    assert bench.station.evse().contactor_closed


def test_tc_f_10_cs(bench):
    assert unlock(bench, 999)["status"] == "UnknownConnector"
    assert not bench.station.hardware.orders("unlock")
