"""States of the 1.6 cases, and the CSMS's words that many of them begin with."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ocpp_iface.sim.bench import TOKEN, Bench
from ocpp_iface.sim.csms_script import Received

ALL = (0, 1, 2)
"""The connector numbers of a bench with two connectors; 0 is the station as a whole."""


def configure(bench: Bench, **keys: Any) -> None:
    """The CSMS sets configuration keys."""
    for key, value in keys.items():
        text = str(value).lower() if isinstance(value, bool) else str(value)
        answer = bench.call("ChangeConfiguration", key=key, value=text)
        assert answer == {"status": "Accepted"}, (key, text, answer)


def value_of(bench: Bench, key: str) -> str:
    """What the CSMS reads."""
    (known,) = bench.call("GetConfiguration", key=[key])["configurationKey"]
    assert known["key"] == key
    return known["value"]


def authorized(bench: Bench, token: str = TOKEN, evse: int = 1) -> None:
    """Authorized: a token at a free connector, or at one that is Preparing already."""
    was_plugged = bench.place(evse).plugged
    bench.authorized_local(token, evse, asked=True)
    if not was_plugged:
        bench.expect_status("Preparing", evse)


def remotely_started(bench: Bench, connector: int = 1, token: str = TOKEN) -> None:
    """RemoteStartTransaction is accepted, and judged by the CSMS if AuthorizeRemoteTxRequests."""
    asks = value_of(bench, "AuthorizeRemoteTxRequests") == "true"
    answer = bench.call("RemoteStartTransaction", connectorId=connector, idTag=token)
    assert answer == {"status": "Accepted"}
    bench.place(connector).token = token
    if asks:
        bench.expect("Authorize", idTag=token)
    else:
        bench.csms.expect_none("Authorize")


def charging(bench: Bench, connector: int = 1, token: str = TOKEN) -> int:
    """Charging: plug first, then started by the CSMS. -> the number of the transaction"""
    place = bench.place(connector)
    bench.ev_connected(connector)
    remotely_started(bench, connector, token)
    start = bench.expect("StartTransaction", connectorId=connector, idTag=token)
    assert start["meterStart"] >= 0
    bench.expect_status("Charging", connector)
    bench.world.settle()
    place.transaction = bench.transaction_id(connector)
    place.open = place.charging = True
    return int(place.transaction)


def cached(bench: Bench, token: str = TOKEN, connector: int = 1) -> None:
    """IdTagCached: the token was used once and is in the cache."""
    configure(bench, AuthorizationCacheEnabled=True)
    number = charging(bench, connector, token)
    bench.station.present_token(token, connector)
    bench.expect("StopTransaction", transactionId=number)
    bench.expect_status("Finishing", connector)
    unplugged(bench, connector)
    bench.run(1)
    bench.mark()


def unplugged(bench: Bench, connector: int = 1) -> None:
    """The cable is taken away after the end of the transaction."""
    place = bench.place(connector)
    place.open, place.token = False, None
    bench.unplugged(connector)


def stop(bench: Bench, number: int, reason: Any, **fields: Any) -> Received:
    """The end of the transaction, with the energy that was drawn since its start."""
    message = bench.expect("StopTransaction", transactionId=number, reason=reason, **fields)
    started = bench.csms.transactions[str(number)].started
    assert started is not None
    assert message["meterStop"] >= started.payload["meterStart"]
    return message


def statuses(bench: Bench, connector: int, since: float = 0.0) -> list[str]:
    """All that the CSMS was told about a connector, oldest first."""
    return [
        call["status"]
        for call in bench.csms.received("StatusNotification", {"connectorId": connector})
        if call.at >= since
    ]


def unavailable(bench: Bench, connector: int) -> None:
    """SetConnectorUnavailable, or of all (0)."""
    answer = bench.call("ChangeAvailability", connectorId=connector, type="Inoperative")
    assert answer == {"status": "Accepted"}
    for each in ALL if connector == 0 else (connector,):
        bench.expect("StatusNotification", connectorId=each, status="Unavailable")


def operative(bench: Bench, connector: int) -> None:
    answer = bench.call("ChangeAvailability", connectorId=connector, type="Operative")
    assert answer == {"status": "Accepted"}
    bench.expect("StatusNotification", connectorId=connector, status="Available")


def assert_booted(bench: Bench, **expected: str | Iterable[str]) -> None:
    """One status for every connector and for the station, the expected ones given as `c1=...`
    (a word, or several that would do), all others Available; nothing else of the kind.
    """
    boot = bench.expect("BootNotification", timeout_s=120)
    for connector in ALL:
        wanted = expected.get(f"c{connector}", "Available")
        words = {wanted} if isinstance(wanted, str) else set(wanted)
        first = bench.expect(
            "StatusNotification",
            connectorId=connector,
            errorCode="NoError",
            status=lambda word, words=words: word in words,
        )
        assert first.at > boot.at
    bench.run(1)
    for connector in ALL:
        assert len(statuses(bench, connector, boot.at)) == 1
