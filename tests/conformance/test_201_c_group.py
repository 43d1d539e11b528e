"""C: tokens of one group, and the master pass."""

from __future__ import annotations

import pytest
from steps201 import events
from tokens201 import ID_TOKEN, asked, cached, id_token

from ocpp_iface.sim.bench import OTHER_TOKEN, TOKEN, Bench
from ocpp_iface.sim.hardware import ALL_METHODS
from ocpp_iface.sim.match import one_of

FAMILY = "FAMILY"
MASTER, MASTER_GROUP = "MASTER01", "POLICE"
CACHE = {"AuthCacheCtrlr.Enabled": True, "AuthCtrlr.LocalPreAuthorize": True}
STOP_POINTS = ["EVConnected,Authorized", "Authorized", "EnergyTransfer", "EVConnected"]
NO_DISPLAY = {"hardware_methods": ALL_METHODS - {"select_to_stop"}}
each_start = pytest.mark.parametrize("points", ["PowerPathClosed", "Authorized", "EVConnected"])


def family(bench: Bench, other: str = "Accepted") -> None:
    bench.csms.tokens.put(TOKEN, group=FAMILY)
    bench.csms.tokens.put(OTHER_TOKEN, other, group=FAMILY)


def stopped_by(bench: Bench, token: str, before: int, *, ends: bool) -> None:
    """StopAuthorized with another token than the driver's, and what follows until the EV is gone."""
    bench.world.settle()
    bench.run(3)
    (told,) = [each for each in events(bench)[before:] if "idToken" in each]
    assert told["triggerReason"] == "StopAuthorized"
    assert told["idToken"] == id_token(token)
    kinds = [each["eventType"] for each in events(bench)[before:]]
    assert kinds.count("Ended") == int(ends)
    assert not bench.station.evse().contactor_closed
    assert bench.station.evse().locked is None
    place = bench.place()
    place.open, place.token, place.charging = not ends, None, False
    bench.unplugged()
    assert bench.csms.transactions[bench.transaction_id()].complete


@pytest.mark.parametrize("stop_points", STOP_POINTS)
@each_start
def test_tc_c_39_cs(make_bench, points, stop_points):
    bench = make_bench(
        variables={"TxCtrlr.TxStartPoint": points, "TxCtrlr.TxStopPoint": stop_points}
    )
    family(bench)
    bench.ev_connected()
    bench.authorized_local(asked=True)
    bench.charging()
    first = next(each for each in events(bench) if "idToken" in each)
    assert (first["triggerReason"], first["idToken"]) == ("Authorized", ID_TOKEN)
    before = len(events(bench))

    bench.station.present_token(OTHER_TOKEN)
    bench.expect("Authorize", idToken=id_token(OTHER_TOKEN))

    stopped_by(bench, OTHER_TOKEN, before, ends=stop_points != "EVConnected")


@pytest.mark.parametrize("stop_points", STOP_POINTS)
def test_tc_c_41_cs(make_bench, stop_points):
    bench = make_bench(variables={**CACHE, "TxCtrlr.TxStopPoint": stop_points})
    for token in (TOKEN, OTHER_TOKEN):
        cached(bench, token, group=FAMILY)
    bench.ev_connected()
    bench.authorized_local(asked=False)
    bench.charging()
    before = len(events(bench))

    bench.station.present_token(OTHER_TOKEN)

    stopped_by(bench, OTHER_TOKEN, before, ends=stop_points != "EVConnected")
    assert asked(bench) == asked(bench, OTHER_TOKEN) == 0


def goes_on(bench: Bench, before: int) -> None:
    bench.expect("Authorize", idToken=id_token(OTHER_TOKEN))
    bench.run(30)
    assert not [each for each in events(bench)[before:] if "idToken" in each]
    assert {each["eventType"] for each in events(bench)[before:]} <= {"Updated"}
    assert bench.station.evse().contactor_closed


@pytest.mark.parametrize("status", ["Invalid", "Blocked"])
@each_start
def test_tc_c_42_cs(make_bench, points, status):
    bench = make_bench(variables={"TxCtrlr.TxStartPoint": points})
    family(bench, status)
    bench.charging()
    before = len(events(bench))

    bench.station.present_token(OTHER_TOKEN)

    goes_on(bench, before)


@each_start
def test_tc_c_44_cs(make_bench, points):
    bench = make_bench(variables={**CACHE, "TxCtrlr.TxStartPoint": points})
    cached(bench, TOKEN, group=FAMILY)
    cached(bench, OTHER_TOKEN, "Invalid", group=FAMILY)
    bench.ev_connected()
    bench.authorized_local(asked=False)
    bench.charging()
    before = len(events(bench))

    bench.station.present_token(OTHER_TOKEN)

    goes_on(bench, before)


# -- the master pass ---------------------------------------------------------------------------


@pytest.fixture
def with_master(make_bench):
    """A station that knows the group of the master pass, with a display unless told otherwise."""

    def make(variables: dict | None = None, **options) -> Bench:
        settings = {"AuthCtrlr.MasterPassGroupId": MASTER_GROUP, **(variables or {})}
        bench = make_bench(variables=settings, **options)
        bench.csms.tokens.put(MASTER, group=MASTER_GROUP)
        return bench

    return make


def both_charge(bench: Bench) -> None:
    bench.charging(evse=1, token=TOKEN)
    bench.charging(evse=2, token=OTHER_TOKEN)
    bench.mark()


def ended_by_master(bench: Bench, evse: int) -> None:
    ended = bench.expect(
        "TransactionEvent",
        eventType="Ended",
        transactionInfo={
            "transactionId": bench.transaction_id(evse),
            "stoppedReason": "MasterPass",
        },
    )
    tokens = [each["idToken"] for each in events(bench, evse) if "idToken" in each]
    assert tokens[1:] in ([], [id_token(MASTER)])
    assert ended["transactionInfo"]["chargingState"] == "EVConnected"
    assert not bench.station.evse(evse).contactor_closed
    bench.run(1)
    assert bench.station.evse(evse).locked is None
    bench.place(evse).open = False
    bench.unplugged(evse)


@pytest.mark.parametrize("stop_points", STOP_POINTS)
def test_tc_c_14_cs(with_master, stop_points):
    bench = with_master({**CACHE, "TxCtrlr.TxStopPoint": stop_points})
    bench.station.present_token(MASTER)
    bench.expect("Authorize", idToken=id_token(MASTER))
    bench.charging()
    bench.mark()

    bench.station.present_token(MASTER)

    told = bench.expect(
        "TransactionEvent", triggerReason="StopAuthorized", idToken=id_token(MASTER)
    )
    bench.run(3)
    assert not bench.csms.received("Authorize", {"idToken": id_token(MASTER)})[1:]
    if stop_points != "EVConnected":
        assert events(bench)[-1]["eventType"] == "Ended"
        assert events(bench)[-1]["transactionInfo"]["stoppedReason"] == "MasterPass"
        bench.place().open = False
    else:
        assert told["eventType"] == "Updated"
    bench.place().token = None
    bench.unplugged()
    assert bench.csms.transactions[bench.transaction_id()].complete


@pytest.mark.parametrize("first", ["token", "cable"])
@pytest.mark.parametrize("points", ["Authorized", "PowerPathClosed", "Authorized,PowerPathClosed"])
def test_tc_c_45_cs(with_master, points, first):
    bench = with_master({"TxCtrlr.TxStartPoint": points})
    if first == "cable":
        bench.ev_connected()

    bench.station.present_token(MASTER)
    bench.expect("Authorize", idToken=id_token(MASTER))
    bench.csms.expect_none("TransactionEvent", within_s=1)
    bench.ev_connected()

    bench.csms.expect_none("TransactionEvent", within_s=30)
    assert not bench.station.hardware.orders("permit_energy")


@pytest.mark.parametrize("asks", [True, False])
def test_tc_c_45_cs_by_the_csms(with_master, asks):
    bench = with_master({"AuthCtrlr.AuthorizeRemoteStart": asks})
    bench.ev_connected()

    bench.call(
        "RequestStartTransaction",
        evseId=1,
        remoteStartId=1,
        idToken=id_token(MASTER),
        **({} if asks else {"groupIdToken": {"idToken": MASTER_GROUP, "type": "Central"}}),
    )

    bench.csms.expect_none("TransactionEvent", within_s=30)
    assert not bench.station.hardware.orders("permit_energy")


@pytest.mark.parametrize("stop_points", STOP_POINTS[:-1])
@pytest.mark.parametrize("reader", [1, 2, None])
def test_tc_c_47_cs(with_master, stop_points, reader):
    bench = with_master({"TxCtrlr.TxStopPoint": stop_points})
    both_charge(bench)
    bench.station.hardware.answer("select_to_stop", (1, 2))

    outcome = bench.station.present_token(MASTER, reader)

    bench.expect("Authorize", idToken=id_token(MASTER))
    assert outcome.stopped
    for evse in (1, 2):
        ended_by_master(bench, evse)


@pytest.mark.parametrize("reader", [1, 2, None])
def test_tc_c_48_cs(with_master, reader):
    bench = with_master()
    both_charge(bench)
    bench.station.hardware.answer("select_to_stop", (1,))

    bench.station.present_token(MASTER, reader)

    bench.expect("Authorize", idToken=id_token(MASTER))
    ended_by_master(bench, 1)
    assert bench.station.evse(2).contactor_closed
    assert not bench.csms.transactions[bench.transaction_id(2)].complete


@pytest.mark.parametrize("trouble", ["fails", "hangs"])
def test_tc_c_48_cs_without_a_selection_everything_goes_on(with_master, trouble):
    bench = with_master()
    both_charge(bench)
    hardware = bench.station.hardware
    (hardware.fail if trouble == "fails" else hardware.hang)("select_to_stop")

    outcome = bench.station.present_token(MASTER)

    bench.expect("Authorize", idToken=id_token(MASTER))
    bench.run(5)
    assert not outcome.stopped
    assert all(bench.station.evse(evse).contactor_closed for evse in (1, 2))


@pytest.mark.parametrize("evses", [(1,), (1, 1)])
@pytest.mark.parametrize("stop_points", STOP_POINTS[:-1])
def test_tc_c_49_cs(with_master, stop_points, evses):
    bench = with_master({"TxCtrlr.TxStopPoint": stop_points}, evses=evses, **NO_DISPLAY)
    bench.charging(evse=1, token=TOKEN)
    if len(evses) == 2:
        bench.charging(evse=2, token=OTHER_TOKEN)
    bench.mark()

    bench.station.present_token(MASTER, None)

    bench.expect("Authorize", idToken=id_token(MASTER))
    for evse in range(1, len(evses) + 1):
        ended_by_master(bench, evse)


@pytest.mark.parametrize("stop_points", ["EVConnected", "ParkingBayOccupancy"])
def test_tc_c_49_cs_where_the_stop_is_not_the_end(with_master, stop_points):
    bench = with_master({"TxCtrlr.TxStopPoint": stop_points}, **NO_DISPLAY)
    if stop_points == "ParkingBayOccupancy":
        bench.station.bay(1, True)
    bench.charging()
    bench.mark()

    bench.station.present_token(MASTER)
    bench.expect("TransactionEvent", eventType="Updated", triggerReason="StopAuthorized")
    bench.run(3)
    assert not bench.station.evse().contactor_closed
    bench.station.unplug()
    bench.station.bay(1, False)

    bench.expect(
        "TransactionEvent",
        eventType="Ended",
        transactionInfo={"stoppedReason": one_of("MasterPass", "EVDisconnected")},
    )
