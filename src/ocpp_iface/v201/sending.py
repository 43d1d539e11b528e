"""Messages of 2.0.1 that need no answer (see `station.queueing`)."""

from __future__ import annotations

from ocpp_iface.engine.outbox import OnAnswer
from ocpp_iface.station import queueing
from ocpp_iface.station.context import StationContext
from ocpp_iface.types.facts import StoredRequest
from ocpp_iface.wire.codec import codec_for

SUBPROTOCOL = "ocpp2.0.1"


def send_or_keep(ctx: StationContext, request: object, answered: OnAnswer | None = None) -> None:
    """`answered(response, error)` is called once; with None, None for a message that is kept."""
    queueing.send_or_keep(ctx, codec_for(SUBPROTOCOL), request, answered)


def is_worth_sending(ctx: StationContext, action: str) -> bool:
    """Whether a message reaches the CSMS: now, or later because it is kept."""
    return ctx.online or queueing.is_kept(ctx, action)


def project(kept: StoredRequest) -> object:
    """A message that was kept, or SKIP."""
    return queueing.project(codec_for(SUBPROTOCOL), kept)
