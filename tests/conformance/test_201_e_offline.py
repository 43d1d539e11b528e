"""E: transaction events that could not be sent, or are not accepted."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from steps201 import events

from ocpp_iface.sim.bench import OTHER_TOKEN, TOKEN, Bench

BACK_OFF_S = 35
BACK_AFTER_A_WHILE = {
    "OCPPCommCtrlr.OfflineThreshold": BACK_OFF_S + 60,
    "OCPPCommCtrlr.RetryBackOffWaitMinimum": BACK_OFF_S,
    "OCPPCommCtrlr.RetryBackOffRandomRange": 0,
}
FAMILY = "FAMILY"


def queued(bench: Bench, before: int = 0) -> list[dict]:
    """What the CSMS has got, when the queue is empty, of the transaction but for the first ones."""
    bench.world.settle()
    return events(bench)[before:]


def time(event: dict) -> datetime:
    return datetime.fromisoformat(event["timestamp"])


def test_tc_e_40_cs(make_bench):
    bench = make_bench(
        variables={
            **BACK_AFTER_A_WHILE,
            "SampledDataCtrlr.TxUpdatedInterval": 10,
            "SampledDataCtrlr.TxUpdatedMeasurands": "Energy.Active.Import.Register",
        }
    )
    bench.charging()
    bench.run(25)
    before = len(events(bench))

    bench.offline(closed=True)
    away = bench.world.scheduler.now
    bench.online()
    back = bench.world.scheduler.now
    came = queued(bench, before)

    assert back - away == pytest.approx(BACK_OFF_S, abs=1)
    assert len(came) >= BACK_OFF_S // 10
    for each in came:
        assert each["eventType"] == "Updated"
        assert each["meterValue"]
        assert each["offline"] is True
    spacing = {after - earlier for earlier, after in pairwise(map(time, came))}
    assert spacing == {timedelta(seconds=10)}
    bench.run(11)
    assert "offline" not in events(bench)[-1]


def test_tc_e_43_cs(make_bench):
    bench = make_bench(variables={"AuthCtrlr.OfflineTxForUnknownIdEnabled": True})
    bench.session()
    bench.place().transaction = None

    bench.offline(closed=True)
    bench.station.bay(1, True)
    bench.session()
    bench.station.bay(1, False)
    assert len(bench.csms.transactions) == 1
    bench.online()
    came = queued(bench)

    assert len(bench.csms.transactions) == 2
    assert all(each["offline"] for each in came)
    assert came[0]["eventType"] == "Started"
    assert came[-1]["eventType"] == "Ended"


@pytest.mark.parametrize("points", ["EVConnected,Authorized", "EVConnected", "ParkingBayOccupancy"])
def test_tc_e_44_cs(make_bench, points):
    bench = make_bench(variables={**BACK_AFTER_A_WHILE, "TxCtrlr.TxStopPoint": points})
    bench.station.bay(1, True)
    bench.charging()
    before = len(events(bench))

    bench.offline(closed=True)
    bench.stop_authorized()
    bench.run(5)
    bench.unplugged()
    bench.station.bay(1, False)
    bench.online()
    came = queued(bench, before)

    assert all(each["offline"] for each in came)
    assert [each["eventType"] for each in came].count("Ended") == 1
    assert "StopAuthorized" in [each["triggerReason"] for each in came]
    assert bench.csms.transactions[bench.transaction_id()].complete


def test_tc_e_45_cs(make_bench):
    bench = make_bench(variables=BACK_AFTER_A_WHILE)
    for token in (TOKEN, OTHER_TOKEN):
        bench.csms.tokens.put(token, group=FAMILY)
    bench.charging(token=OTHER_TOKEN)
    bench.stop_authorized(OTHER_TOKEN)
    bench.unplugged()
    bench.charging(token=TOKEN)
    before = len(events(bench))

    bench.offline(closed=True)
    bench.stop_authorized(OTHER_TOKEN)
    bench.unplugged()
    bench.online()
    came = queued(bench, before)

    assert all(each["offline"] for each in came)
    (ended,) = [each for each in came if each["eventType"] == "Ended"]
    assert ended["triggerReason"] == "StopAuthorized"
    assert ended["idToken"]["idToken"] == OTHER_TOKEN


# -- attempts ----------------------------------------------------------------------------------

ATTEMPTS, INTERVAL_S, TIMEOUT_S = 3, 10, 20
CHARGING = {
    "triggerReason": "ChargingStateChanged",
    "transactionInfo": {"chargingState": "Charging"},
}


@pytest.fixture
def connected(make_bench) -> Bench:
    """Authorized, EVConnectedPreSession."""
    bench = make_bench(
        variables={
            "OCPPCommCtrlr.MessageAttempts[TransactionEvent]": ATTEMPTS,
            "OCPPCommCtrlr.MessageAttemptInterval[TransactionEvent]": INTERVAL_S,
            "OCPPCommCtrlr.MessageTimeout[Default]": TIMEOUT_S,
            "SampledDataCtrlr.TxUpdatedInterval": 0,
        }
    )
    bench.authorized_local()
    bench.station.plug_in()
    return bench


def pauses(bench: Bench) -> list[float]:
    """Between the transmissions of the event that tells that it charges."""
    bench.run(ATTEMPTS * (ATTEMPTS + 2) * INTERVAL_S + (ATTEMPTS + 2) * TIMEOUT_S)
    sent = bench.csms.received("TransactionEvent", CHARGING)
    assert len({each["seqNo"] for each in sent}) == 1
    assert len({each.unique_id for each in sent}) == len(sent)
    return [after.at - before.at for before, after in pairwise(sent)]


def assert_the_next_event_follows(bench: Bench) -> None:
    bench.station.present_token(TOKEN)
    bench.expect("TransactionEvent", eventType="Ended")


def test_tc_e_41_cs(connected):
    connected.on("TransactionEvent", CHARGING).silent()

    waited = pauses(connected)

    assert waited == pytest.approx([INTERVAL_S + TIMEOUT_S, 2 * INTERVAL_S + TIMEOUT_S], abs=1)
    assert_the_next_event_follows(connected)


def test_tc_e_42_cs(connected):
    connected.on("TransactionEvent", CHARGING).silent().once()

    waited = pauses(connected)

    assert waited == pytest.approx([INTERVAL_S + TIMEOUT_S], abs=1)
    assert_the_next_event_follows(connected)


def test_tc_e_50_cs(connected):
    connected.on("TransactionEvent", CHARGING).error("InternalError")

    waited = pauses(connected)

    assert waited == pytest.approx([INTERVAL_S, 2 * INTERVAL_S], abs=1)
    assert_the_next_event_follows(connected)


def test_tc_e_51_cs(connected):
    connected.on("TransactionEvent", CHARGING).error("InternalError").once()

    waited = pauses(connected)

    assert waited == pytest.approx([INTERVAL_S], abs=1)
    assert_the_next_event_follows(connected)
