"""C11: ClearCache; C01: Authorize."""

from __future__ import annotations

from typing import Any

import pytest

from ocpp_iface.sim.bench import TOKEN, Bench
from ocpp_iface.types import IdTokenType

NOBODY = {"idToken": "", "type": "NoAuthorization"}


def told(bench: Bench) -> list[Any]:
    return [
        each["idToken"] for each in bench.csms.received("TransactionEvent") if "idToken" in each
    ]


def test_cleared_cache_asks_the_csms_again(bench: Bench) -> None:
    bench.session(seconds=5.0)
    bench.charging(1)
    assert len(bench.csms.received("Authorize")) == 1
    bench.stop_authorized()
    bench.unplugged()

    assert bench.call("ClearCache") == {"status": "Accepted"}
    bench.charging(1)

    assert len(bench.csms.received("Authorize")) == 2


def test_a_disabled_cache_cannot_be_cleared(make_bench: Any) -> None:
    bench = make_bench(variables={"AuthCacheCtrlr.Enabled": False})

    assert bench.call("ClearCache") == {"status": "Rejected"}


@pytest.mark.parametrize("status", ["Blocked", "Expired", "Invalid", "NoCredit", "NotAtThisTime"])
def test_a_refused_token_starts_nothing(bench: Bench, status: str) -> None:
    bench.csms.tokens.put("BAD", status)
    bench.ev_connected(1)

    outcome = bench.station.present_token("BAD", 1)

    assert outcome.status == status
    bench.run(10.0)
    assert bench.csms.received("TransactionEvent") == []


@pytest.mark.parametrize("points", ["PowerPathClosed", "Authorized", "EVConnected"])
def test_a_start_button_needs_no_authorization_and_stops_what_it_started(
    make_bench: Any, points: str
) -> None:
    """C02.FR.01, C02.FR.03: nobody is asked, nothing is remembered."""
    bench = make_bench(variables={"TxCtrlr.TxStartPoint": points})
    bench.station.plug_in()

    bench.station.present_token("", 1, IdTokenType.NoAuthorization)
    bench.run(5.0)
    assert bench.station.evse().contactor_closed
    bench.station.present_token("", 1, IdTokenType.NoAuthorization)
    bench.run(5.0)

    assert not bench.station.evse().contactor_closed
    assert not bench.csms.received("Authorize")
    assert told(bench) == [NOBODY, NOBODY]
    assert bench.station.get("AuthCacheCtrlr/Storage").value == "0"


def test_a_start_by_the_csms_with_its_own_token_is_not_asked_about(make_bench: Any) -> None:
    """C05.FR.01, C05.FR.02"""
    bench = make_bench(variables={"AuthCtrlr.AuthorizeRemoteStart": True})
    bench.ev_connected()
    token = {"idToken": "session-7", "type": "Central"}

    bench.call("RequestStartTransaction", evseId=1, remoteStartId=1, idToken=token)
    bench.run(5.0)

    assert bench.station.evse().contactor_closed
    assert not bench.csms.received("Authorize")
    assert told(bench) == [token]
    assert bench.station.get("AuthCacheCtrlr/Storage").value == "0"


def test_where_nobody_is_authorized_whoever_plugs_in_may_charge(make_bench: Any) -> None:
    bench = make_bench(variables={"AuthCtrlr.Enabled": False})

    bench.station.plug_in()
    bench.run(5.0)

    assert bench.station.evse().contactor_closed
    assert not bench.csms.received("Authorize")
    assert told(bench) == [NOBODY]
    bench.station.unplug()
    bench.run(5.0)
    assert all(each.complete for each in bench.csms.transactions.values())


def test_where_nobody_is_authorized_a_token_that_was_given_is_told(make_bench: Any) -> None:
    bench = make_bench(variables={"AuthCtrlr.Enabled": False})

    bench.station.present_token(TOKEN)
    bench.station.plug_in()
    bench.run(5.0)

    assert bench.station.evse().contactor_closed
    assert not bench.csms.received("Authorize")
    assert told(bench) == [{"idToken": TOKEN, "type": "ISO14443"}]
