"""Messages of 1.6 that need no answer and are worth keeping (see `station.queueing`).

Statuses are not among them: after an outage the CSMS wants to know how things are, not how they
were (4.9, rule 3).
"""

from __future__ import annotations

from ocpp_iface.station import queueing
from ocpp_iface.station.context import StationContext
from ocpp_iface.types.facts import StoredRequest
from ocpp_iface.wire.codec import codec_for

SUBPROTOCOL = "ocpp1.6"


def send_or_keep(ctx: StationContext, request: object) -> None:
    queueing.send_or_keep(ctx, codec_for(SUBPROTOCOL), request)


def project(kept: StoredRequest) -> object:
    """A message that was kept, or SKIP."""
    return queueing.project(codec_for(SUBPROTOCOL), kept)
