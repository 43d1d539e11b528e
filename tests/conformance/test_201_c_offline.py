"""C: a token that was accepted offline and is refused when the CSMS hears of it."""

from __future__ import annotations

import pytest
from steps201 import events
from tokens201 import ID_TOKEN, cached

from ocpp_iface.sim.bench import TOKEN, Bench

DURATION_S = 60
OFFLINE = {
    "AuthCacheCtrlr.Enabled": True,
    "AuthCtrlr.LocalPreAuthorize": True,
    "AuthCtrlr.LocalAuthorizeOffline": True,
    "AuthCtrlr.OfflineTxForUnknownIdEnabled": True,
    "OCPPCommCtrlr.OfflineThreshold": DURATION_S + 60,
    "OCPPCommCtrlr.RetryBackOffWaitMinimum": DURATION_S,
    "OCPPCommCtrlr.RetryBackOffRandomRange": 0,
}
each_start = pytest.mark.parametrize("points", ["PowerPathClosed", "Authorized", "EVConnected"])


def charges_offline(bench: Bench, *, known: bool = True) -> tuple[str, int]:
    """A driver with a cached (or unknown) token charges while the CSMS is away; then it is back and
    refuses the token. -> the transaction, and how many of its events were sent before
    """
    if known:
        cached(bench)
    bench.ev_connected()
    bench.world.settle()
    before = len(bench.csms.received("TransactionEvent"))
    bench.csms.tokens.put(TOKEN, "Invalid")
    bench.offline(closed=True)

    outcome = bench.station.present_token(TOKEN)
    bench.run(5)
    assert outcome.status.value == "Accepted"
    assert bench.station.evse().contactor_closed
    bench.online()
    bench.world.settle()
    bench.place().transaction = list(bench.csms.transactions)[-1]
    return bench.place().transaction, before


def queue(bench: Bench, before: int) -> list[dict]:
    """What was queued; the token is among it, with the energy."""
    came = [dict(each) for each in bench.csms.received("TransactionEvent")[before:]]
    queued = [each for each in came if each.get("offline")]
    (told,) = [each for each in queued if "idToken" in each]
    assert told["idToken"] == ID_TOKEN
    assert any(
        each["triggerReason"] == "ChargingStateChanged"
        and each["transactionInfo"].get("chargingState") == "Charging"
        for each in queued
    )
    assert all(each["triggerReason"] != "Deauthorized" for each in queued)
    assert all(each["transactionInfo"].get("chargingState") != "SuspendedEVSE" for each in queued)
    return came


def charged_wh(bench: Bench) -> float:
    return bench.station.evse().register_wh


@each_start
def test_tc_c_15_cs(make_bench, points):
    bench = make_bench(
        variables={
            **OFFLINE,
            "TxCtrlr.TxStartPoint": points,
            "TxCtrlr.StopTxOnInvalidId": False,
            "TxCtrlr.MaxEnergyOnInvalidId": 500,
        }
    )
    _, before = charges_offline(bench)
    came = queue(bench, before)
    assert all(each["triggerReason"] != "Deauthorized" for each in came)
    assert bench.station.evse().contactor_closed
    assert charged_wh(bench) < 500

    bench.run(1800)

    assert charged_wh(bench) == pytest.approx(500, abs=60)  # a reading every 10 s
    assert not bench.station.evse().contactor_closed
    (said,) = [
        each
        for each in events(bench)
        if each["transactionInfo"].get("chargingState") == "SuspendedEVSE"
        and each["triggerReason"] == "ChargingStateChanged"
    ]
    assert said["eventType"] == "Updated"
    assert events(bench)[-1]["eventType"] == "Updated"


@each_start
def test_tc_c_16_cs(make_bench, points):
    bench = make_bench(
        variables={
            **OFFLINE,
            "TxCtrlr.TxStartPoint": points,
            "TxCtrlr.StopTxOnInvalidId": True,
            "TxCtrlr.MaxEnergyOnInvalidId": 0,
        }
    )
    transaction, before = charges_offline(bench)
    deauthorized(bench, transaction, before)


@each_start
def test_tc_c_17_cs(make_bench, points):
    bench = make_bench(
        variables={
            **OFFLINE,
            "TxCtrlr.TxStartPoint": points,
            "TxCtrlr.StopTxOnInvalidId": False,
            "TxCtrlr.MaxEnergyOnInvalidId": 0,
        }
    )
    _, before = charges_offline(bench)
    suspended(bench, before)


@each_start
def test_tc_c_18_cs(make_bench, points):
    bench = make_bench(
        variables={
            **OFFLINE,
            "TxCtrlr.TxStartPoint": points,
            "TxCtrlr.StopTxOnInvalidId": True,
            "TxCtrlr.MaxEnergyOnInvalidId": 500,
        }
    )
    transaction, before = charges_offline(bench)
    deauthorized(bench, transaction, before)


@each_start
def test_tc_c_26_cs(make_bench, points):
    bench = make_bench(
        variables={
            **OFFLINE,
            "OCPPCommCtrlr.OfflineThreshold": 1,
            "TxCtrlr.TxStartPoint": points,
            "TxCtrlr.MaxEnergyOnInvalidId": 0,
            "TxCtrlr.StopTxOnInvalidId": False,
        }
    )
    bench.offline(closed=True)
    outcome = bench.station.present_token(TOKEN)
    assert outcome.status.value == "Accepted"
    bench.station.plug_in()
    bench.run(5)
    assert bench.station.evse().contactor_closed
    bench.csms.tokens.put(TOKEN, "Invalid")

    bench.online()
    bench.expect_status("Occupied")
    bench.expect_status("Available", evse=2)
    suspended(bench, 0)

    transaction = next(iter(bench.csms.transactions))
    place = bench.place()
    place.plugged, place.open, place.token, place.transaction = True, True, TOKEN, transaction
    bench.stop_authorized()
    bench.unplugged()
    assert bench.csms.transactions[transaction].complete


def deauthorized(bench: Bench, transaction: str, before: int) -> None:
    came = queue(bench, before)
    (refusal,) = [each for each in came if each["triggerReason"] == "Deauthorized"]
    assert not refusal.get("offline", False)
    assert refusal["eventType"] == "Ended"
    assert refusal["transactionInfo"]["stoppedReason"] == "DeAuthorized"
    assert not bench.station.evse().contactor_closed
    assert bench.csms.transactions[transaction].complete


def suspended(bench: Bench, before: int) -> None:
    """The transaction goes on without energy; what says so was not queued."""
    bench.run(3)
    came = queue(bench, before)
    said = [
        each for each in came if each["transactionInfo"].get("chargingState") == "SuspendedEVSE"
    ]
    assert said
    assert all(each["triggerReason"] == "ChargingStateChanged" for each in said)
    assert all(not each.get("offline", False) for each in said)
    assert all(each["eventType"] != "Ended" for each in came)
    assert not bench.station.evse().contactor_closed
