"""Messages that need no answer: sent now, or kept if the station queues all messages.

OCPPCommCtrlr.QueueAllMessages: what could not be sent waits durably for its delivery, as messages
about transactions always do. MessageTypesDiscardForQueueing names what is not worth that.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ocpp_iface.devicemodel.catalog import OCPPCommCtrlr
from ocpp_iface.engine.outbox import Lane
from ocpp_iface.station.context import StationContext
from ocpp_iface.types.facts import StoredRequest
from ocpp_iface.wire.codec import codec_for

SUBPROTOCOL = "ocpp2.0.1"

Answered = Callable[[object, Exception | None], None]


def send_or_keep(ctx: StationContext, request: Any, answered: Answered | None = None) -> None:
    """`answered(response, error)` is called once; with None, None for a message that is kept."""
    codec = codec_for(SUBPROTOCOL)
    if _is_kept(ctx, codec.action_of(request)):
        action, payload = codec.encode_request(request)
        ctx.outbox.put(StoredRequest(SUBPROTOCOL, action, payload))
        if answered is not None:
            answered(None, None)
        return
    ctx.outbox.call(request, Lane.NORMAL, answered)


def is_worth_sending(ctx: StationContext, action: str) -> bool:
    """Whether a message reaches the CSMS: now, or later because it is kept."""
    return ctx.online or _is_kept(ctx, action)


def _is_kept(ctx: StationContext, action: str) -> bool:
    if not ctx.variables.get(OCPPCommCtrlr.queue_all_messages) or ctx.outbox.muted:
        return False
    discarded = ctx.variables.get(OCPPCommCtrlr.message_types_discard_for_queueing)
    return action not in [name.strip() for name in discarded.split(",")]
