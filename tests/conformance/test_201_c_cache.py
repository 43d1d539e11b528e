"""C: what the authorization cache decides, when the CSMS is asked all the same, and how it is kept."""

from __future__ import annotations

import pytest
from steps201 import authorized, either_way, events
from tokens201 import ID_TOKEN, asked, cached, id_token

from ocpp_iface.sim.bench import OTHER_TOKEN, TOKEN, Bench

CACHE = {"AuthCacheCtrlr.Enabled": True, "AuthCtrlr.LocalPreAuthorize": True}
START_POINTS = ["PowerPathClosed", "Authorized", "EVConnected"]


def charges(bench: Bench) -> dict:
    """EVConnectedPreSession and EnergyTransferStarted; the one event that carries the token."""
    bench.ev_connected()
    bench.charging()
    bench.world.settle()
    (told,) = [each for each in events(bench) if "idToken" in each]
    assert bench.station.evse().contactor_closed
    return told


def presented(bench: Bench, how: str) -> None:
    """A token that may be refused, at the reader or by the CSMS."""
    if how == "local":
        bench.station.present_token(TOKEN)
    else:
        bench.call("RequestStartTransaction", evseId=1, idToken=ID_TOKEN, remoteStartId=7)
        bench.world.settle()


def asked_and_refused(bench: Bench, how: str) -> None:
    bench.ev_connected()
    presented(bench, how)

    bench.expect("Authorize", idToken=ID_TOKEN)
    bench.csms.expect_none("TransactionEvent", within_s=30)
    assert not bench.station.hardware.orders("permit_energy")


@pytest.mark.parametrize("points", START_POINTS)
@either_way
def test_tc_c_08_cs(make_bench, how, points):
    bench = make_bench(variables={**CACHE, "TxCtrlr.TxStartPoint": points})
    cached(bench)
    bench.mark()

    if how == "local":
        bench.authorized_local(asked=False)
    else:
        bench.authorized_remote()
    told = charges(bench)

    assert asked(bench) == 0
    assert told["idToken"] == ID_TOKEN


@pytest.mark.parametrize(
    "status", ["Invalid", "Unknown", "NoCredit", "NotAllowedTypeEVSE", "ConcurrentTx"]
)
@either_way
def test_tc_c_09_cs(make_bench, how, status):
    bench = make_bench(variables=CACHE)
    cached(bench, status=status)
    asked_and_refused(bench, how)


@either_way
def test_tc_c_10_cs(make_bench, how):
    bench = make_bench(variables=CACHE)
    cached(bench, status="Blocked")
    asked_and_refused(bench, how)


@pytest.mark.parametrize("by", ["status", "cacheExpiryDateTime"])
@either_way
def test_tc_c_11_cs(make_bench, how, by):
    bench = make_bench(variables=CACHE)
    if by == "status":
        cached(bench, status="Expired")
    else:
        expiry = "2026-01-01T00:10:00Z"
        bench.on("Authorize").reply(
            {"idTokenInfo": {"status": "Accepted", "cacheExpiryDateTime": expiry}}
        )
        cached(bench)
        bench.run(600)
        bench.csms.off("Authorize")
        bench.csms.tokens.put(TOKEN, "Expired")
    asked_and_refused(bench, how)


@pytest.mark.parametrize("points", START_POINTS)
@either_way
def test_tc_c_12_cs(make_bench, how, points):
    bench = make_bench(variables={**CACHE, "TxCtrlr.TxStartPoint": points})
    cached(bench, status="Invalid")
    bench.csms.tokens.put(TOKEN, "Accepted")

    if how == "local":
        bench.authorized_local(asked=True)
    else:
        bench.authorized_remote()
        bench.expect("Authorize", idToken=ID_TOKEN)
    told = charges(bench)

    assert told["idToken"] == ID_TOKEN


@pytest.mark.parametrize("points", [*START_POINTS, "EnergyTransfer"])
def test_tc_c_13_cs(make_bench, points):
    bench = make_bench(variables={**CACHE, "TxCtrlr.TxStartPoint": points})
    cached(bench)

    bench.authorized_local(asked=False)
    told = charges(bench)

    assert asked(bench) == 0
    assert told["idToken"] == ID_TOKEN
    assert told["eventType"] == "Started"
    assert told["triggerReason"] == {
        "Authorized": "Authorized",
        "EnergyTransfer": "ChargingStateChanged",
    }.get(points, "CablePluggedIn")


@pytest.mark.parametrize("back", ["reset", "power cut"])
@either_way
def test_tc_c_32_cs(make_bench, how, back):
    bench = make_bench(variables={**CACHE, "TxCtrlr.TxStartPoint": "Authorized"})
    cached(bench)
    if back == "reset":
        assert bench.call("Reset", type="Immediate") == {"status": "Accepted"}
        bench.expect("BootNotification")
        bench.run(5)
    else:
        bench.power_cut()
    bench.mark()

    if how == "local":
        bench.authorized_local(asked=False)
    else:
        bench.authorized_remote()
    told = charges(bench)

    assert asked(bench) == 0
    assert told["idToken"] == ID_TOKEN
    assert told["triggerReason"] == ("Authorized" if how == "local" else "RemoteStart")


@either_way
def test_tc_c_33_cs(make_bench, how):
    bench = make_bench(variables={**CACHE, "TxCtrlr.TxStartPoint": "Authorized"})
    authorized(bench, how)
    if how == "remote":
        bench.expect("Authorize", idToken=ID_TOKEN)
    charges(bench)
    bench.stop_authorized()
    bench.unplugged()
    bench.mark()

    if how == "local":
        bench.authorized_local(asked=False)
    else:
        bench.authorized_remote()
    told = charges(bench)

    assert asked(bench) == 0
    assert told["idToken"] == ID_TOKEN
    assert told["eventType"] == "Started"
    assert len(bench.csms.transactions) == 2


@pytest.mark.parametrize("stop_points", ["Authorized", "EVConnected"])
@either_way
def test_tc_c_34_cs(make_bench, how, stop_points):
    bench = make_bench(
        variables={
            **CACHE,
            "TxCtrlr.TxStartPoint": "Authorized",
            "TxCtrlr.TxStopPoint": stop_points,
            "TxCtrlr.StopTxOnInvalidId": True,
            "TxCtrlr.MaxEnergyOnInvalidId": 0,
        }
    )
    cached(bench)
    bench.ev_connected()
    bench.mark()
    bench.csms.tokens.put(TOKEN, "Invalid")

    if how == "local":
        bench.authorized_local(asked=False)
    else:
        bench.authorized_remote()
    refusal = bench.expect("TransactionEvent", triggerReason="Deauthorized")
    ends = stop_points == "Authorized"
    assert refusal["eventType"] == ("Ended" if ends else "Updated")
    assert refusal["transactionInfo"].get("stoppedReason") == ("DeAuthorized" if ends else None)
    assert refusal["transactionInfo"]["chargingState"] in {"EVConnected", "SuspendedEVSE"}
    assert asked(bench) == 0
    assert not bench.station.evse().contactor_closed
    bench.place().open, bench.place().token = not ends, None
    bench.unplugged()
    bench.mark()
    bench.station.hardware.log.clear()

    asked_and_refused(bench, how)


@pytest.mark.parametrize("points", START_POINTS)
@either_way
def test_tc_c_36_cs(make_bench, how, points):
    bench = make_bench(
        variables={
            "AuthCacheCtrlr.Enabled": True,
            "AuthCtrlr.LocalPreAuthorize": False,
            "TxCtrlr.TxStartPoint": points,
        }
    )
    cached(bench)
    bench.csms.tokens.put(TOKEN, "Invalid")

    presented(bench, how)

    bench.expect("Authorize", idToken=ID_TOKEN)
    bench.csms.expect_none("TransactionEvent", within_s=30)


@either_way
def test_tc_c_37_cs(make_bench, how):
    bench = make_bench(variables=CACHE)
    cached(bench)

    assert bench.call("ClearCache") == {"status": "Accepted"}
    if how == "local":
        bench.authorized_local(asked=True)
    else:
        bench.authorized_remote()
        bench.expect("Authorize", idToken=ID_TOKEN)
    told = charges(bench)

    assert told["idToken"] == ID_TOKEN


def test_tc_c_38_cs(make_bench):
    bench = make_bench(variables={"AuthCacheCtrlr.Enabled": False})

    assert bench.call("ClearCache")["status"] == "Rejected"


@either_way
def test_tc_c_46_cs(make_bench, how):
    bench = make_bench(variables={**CACHE, "AuthCacheCtrlr.LifeTime": 60})
    cached(bench)
    bench.run(61)

    if how == "local":
        bench.authorized_local(asked=True)
    else:
        bench.authorized_remote()
        bench.expect("Authorize", idToken=ID_TOKEN)


def test_tc_c_46_cs_within_its_life_time_the_entry_counts(make_bench):
    bench = make_bench(variables={**CACHE, "AuthCacheCtrlr.LifeTime": 60})
    cached(bench)
    bench.run(55)

    bench.authorized_local(asked=False)
    bench.run(1)

    assert asked(bench) == 0


@pytest.mark.parametrize("points", START_POINTS)
@either_way
def test_tc_c_57_cs(make_bench, how, points):
    bench = make_bench(
        variables={
            **CACHE,
            "AuthCacheCtrlr.DisablePostAuthorize": True,
            "TxCtrlr.TxStartPoint": points,
        }
    )
    cached(bench, status="Invalid")
    bench.csms.tokens.put(TOKEN, "Accepted")

    presented(bench, how)
    bench.ev_connected()
    bench.run(30)

    assert asked(bench) == 0
    assert not [each for each in bench.csms.received("TransactionEvent") if "idToken" in each]
    assert not bench.station.hardware.orders("permit_energy")


def test_tc_c_57_cs_another_token_is_asked_about(make_bench):
    bench = make_bench(variables={**CACHE, "AuthCacheCtrlr.DisablePostAuthorize": True})
    cached(bench, status="Invalid")

    bench.authorized_local(OTHER_TOKEN, asked=True)

    assert bench.csms.received("Authorize")[-1]["idToken"] == id_token(OTHER_TOKEN)
