"""G, connector statuses and ChangeAvailability of the station, an EVSE, a connector."""

from __future__ import annotations

import pytest
from provisioning201 import assert_booted, now, statuses

EVSES = (2, 1)
ALL = [(1, 1), (1, 2), (2, 1)]
scopes = {
    "station": (None, ALL),
    "EVSE": ({"id": 1}, [(1, 1), (1, 2)]),
    "connector": ({"id": 1, "connectorId": 2}, [(1, 2)]),
}
stop_points = pytest.mark.parametrize("stop_point", ["Authorized", "EVConnected"])
reboots = pytest.mark.parametrize("how", ["power", "reset"])


def change(bench, status, scope):
    evse = scopes[scope][0]
    where = {} if evse is None else {"evse": evse}
    return bench.call("ChangeAvailability", operationalStatus=status, **where)["status"]


def told(bench, since):
    """What was reported after `since`; each connector at most once."""
    bench.run(5.0)
    found = statuses(bench.csms, since)
    assert all(len(words) == 1 for words in found.values())
    return {where: words[0] for where, words in found.items()}


def everything(word, scope):
    return dict.fromkeys(scopes[scope][1], word)


def unavailable(bench, scope):
    """State Unavailable."""
    since = now(bench.csms)
    assert change(bench, "Inoperative", scope) == "Accepted"
    assert told(bench, since) == everything("Unavailable", scope)
    bench.mark()


def last_statuses(bench):
    return {where: words[-1] for where, words in statuses(bench.csms).items()}


@pytest.fixture
def big(make_bench):
    """Two connectors at the first EVSE, one at the second."""
    return make_bench(evses=EVSES)


def test_tc_g_01_cs(big):
    since = now(big.csms)

    big.ev_connected(1, 2)

    assert told(big, since) == {(1, 2): "Occupied"}


def test_tc_g_02_cs(big):
    big.ev_connected(1, 2)
    since = now(big.csms)

    big.unplugged(1, 2)

    assert told(big, since) == {(1, 2): "Available"}


def assert_becomes_unavailable(bench, scope):
    since = now(bench.csms)

    assert change(bench, "Inoperative", scope) == "Accepted"

    assert told(bench, since) == everything("Unavailable", scope)


def assert_becomes_available(bench, scope):
    unavailable(bench, scope)
    since = now(bench.csms)

    assert change(bench, "Operative", scope) == "Accepted"

    assert told(bench, since) == everything("Available", scope)


def assert_stays_operative(bench, scope):
    since = now(bench.csms)

    assert change(bench, "Operative", scope) == "Accepted"

    assert told(bench, since) == {}
    assert last_statuses(bench) == everything("Available", "station")


def assert_stays_inoperative(bench, before, scope):
    """A station that is told what it does already has nothing to report (G04.FR.05)."""
    unavailable(bench, before)
    since = now(bench.csms)

    assert change(bench, "Inoperative", scope) == "Accepted"

    assert told(bench, since) == {}
    stays = {**everything("Available", "station"), **everything("Unavailable", before)}
    assert last_statuses(bench) == stays


def test_tc_g_03_cs(big):
    assert_becomes_unavailable(big, "EVSE")


def test_tc_g_04_cs(big):
    assert_becomes_available(big, "EVSE")


def test_tc_g_05_cs(big):
    assert_becomes_unavailable(big, "station")


def test_tc_g_06_cs(big):
    assert_becomes_available(big, "station")


def test_tc_g_07_cs(big):
    assert_becomes_unavailable(big, "connector")


def test_tc_g_08_cs(big):
    assert_becomes_available(big, "connector")


def test_tc_g_09_cs(big):
    assert_stays_operative(big, "EVSE")


def test_tc_g_10_cs(big):
    assert_stays_inoperative(big, "EVSE", "EVSE")


def test_tc_g_12_cs(big):
    assert_stays_operative(big, "station")


def test_tc_g_13_cs(big):
    assert_stays_inoperative(big, "station", "station")


def test_tc_g_15_cs(big):
    assert_stays_operative(big, "connector")


@pytest.mark.parametrize("before", ["connector", "EVSE", "station"])
def test_tc_g_16_cs(big, before):
    assert_stays_inoperative(big, before, "connector")


def charging_bench(make_bench, stop_point):
    bench = make_bench(
        evses=EVSES,
        variables={"TxCtrlr.TxStartPoint": "Authorized", "TxCtrlr.TxStopPoint": stop_point},
    )
    bench.charging(1, 2)
    return bench


def assert_scheduled(bench, scope, stop_point, *, before, after):
    """`before`: what changes at once; `after`: with the end of the transaction."""
    since = now(bench.csms)
    assert change(bench, "Inoperative", scope) == "Scheduled"
    assert told(bench, since) == dict.fromkeys(before, "Unavailable")

    bench.run(60.0)
    since = now(bench.csms)
    bench.stop_authorized(evse=1, connector=2)
    if stop_point == "EVConnected":
        assert told(bench, since) == {}
        bench.station.unplug(1, 2)
        bench.expect("TransactionEvent", eventType="Ended")

    assert told(bench, since) == dict.fromkeys(after, "Unavailable")
    since = now(bench.csms)
    if stop_point == "Authorized":
        bench.station.unplug(1, 2)
    assert told(bench, since) == {}
    assert {where for where, word in last_statuses(bench).items() if word == "Unavailable"} == {
        *before,
        *after,
    }


@stop_points
def test_tc_g_11_cs(make_bench, stop_point):
    bench = charging_bench(make_bench, stop_point)

    assert_scheduled(bench, "EVSE", stop_point, before=[(1, 1)], after=[(1, 2)])


@stop_points
def test_tc_g_14_cs(make_bench, stop_point):
    bench = charging_bench(make_bench, stop_point)

    assert_scheduled(bench, "station", stop_point, before=[(1, 1), (2, 1)], after=[(1, 2)])


@stop_points
def test_tc_g_17_cs(make_bench, stop_point):
    bench = charging_bench(make_bench, stop_point)

    assert_scheduled(bench, "connector", stop_point, before=[], after=[(1, 2)])


def rebooted(bench, how, expected):
    if how == "power":
        bench.station.kill()
        bench.run(10.0)
        bench.station.boot()
    else:
        assert bench.call("Reset", type="Immediate")["status"] == "Accepted"
    assert_booted(bench, expected=expected)


@reboots
def test_tc_g_18_cs(big, how):
    unavailable(big, "EVSE")
    assert change(big, "Inoperative", "EVSE") == "Accepted"

    rebooted(big, how, everything("Unavailable", "EVSE"))
    assert_survived(big, "EVSE")


@reboots
def test_tc_g_19_cs(big, how):
    unavailable(big, "connector")

    rebooted(big, how, everything("Unavailable", "connector"))
    assert_survived(big, "connector")


@reboots
def test_tc_g_21_cs(big, how):
    unavailable(big, "station")

    rebooted(big, how, everything("Unavailable", "station"))
    assert_survived(big, "station")


def assert_survived(bench, scope):
    """It is still the request's doing: taken back, everything is as before."""
    since = now(bench.csms)
    assert change(bench, "Operative", scope) == "Accepted"
    assert told(bench, since) == everything("Available", scope)
