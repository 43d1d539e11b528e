"""What the tokens of the 2.0.1 authorization cases do, and how they get into the cache."""

from __future__ import annotations

from ocpp_iface.sim.bench import TOKEN, Bench
from ocpp_iface.types import IdTokenType

ID_TOKEN = {"idToken": TOKEN, "type": "ISO14443"}


def id_token(value: str) -> dict[str, str]:
    return {"idToken": value, "type": "ISO14443"}


def cached(
    bench: Bench, token: str = TOKEN, status: str = "Accepted", group: str | None = None
) -> None:
    """IdTokenCached: the CSMS judged the token; no transaction is left of it."""
    bench.csms.tokens.put(token, status, group=group)
    bench.station.present_token(token)
    bench.expect("Authorize", idToken=id_token(token))
    if status == "Accepted":
        bench.station.present_token(token)
    bench.world.settle()
    assert not [each for each in bench.csms.transactions.values() if not each.complete]
    bench.mark()


def asked(bench: Bench, token: str = TOKEN) -> int:
    """How often the CSMS was asked about the token since `mark`."""
    bench.world.settle()
    calls = bench.csms.received("Authorize", {"idToken": {"idToken": token}})
    return len([each for each in calls if not each.taken])


def refused(bench: Bench, token: str, *, kind: IdTokenType = IdTokenType.ISO14443) -> None:
    """The driver gets no energy, and there is no event of it, for as long as a message may take."""
    outcome = bench.station.present_token(token, kind=kind)
    assert outcome.status.value != "Accepted"
    bench.csms.expect_none("TransactionEvent", within_s=30)
    assert not bench.station.hardware.orders("permit_energy")
