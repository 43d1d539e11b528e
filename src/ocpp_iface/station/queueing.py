"""Messages that need no answer: sent now, or kept durably if the station queues all messages.

QueueAllMessages: what could not be sent waits for its delivery, as messages about transactions
always do. MessageTypesDiscardForQueueing names what is not worth that. A message that is kept is
bound to its OCPP version: under another one it says nothing and is dropped.
"""

from __future__ import annotations

import json

from ocpp_iface.devicemodel.catalog import OCPPCommCtrlr
from ocpp_iface.engine.block import Codec
from ocpp_iface.engine.outbox import Lane, OnAnswer, Verdict
from ocpp_iface.errors import OcppIfaceError
from ocpp_iface.log import Log
from ocpp_iface.station.context import StationContext
from ocpp_iface.types.facts import StoredRequest

log = Log(__name__)


def send_or_keep(
    ctx: StationContext, codec: Codec, request: object, answered: OnAnswer | None = None
) -> None:
    """`answered(response, error)` is called once; with None, None for a message that is kept."""
    if not is_kept(ctx, codec.action_of(request)):
        ctx.outbox.call(request, Lane.NORMAL, answered)
        return
    action, payload = codec.encode_request(request)
    ctx.outbox.put(StoredRequest(codec.subprotocol, action, payload))
    if answered is not None:
        answered(None, None)


def is_kept(ctx: StationContext, action: str) -> bool:
    if not ctx.variables.get(OCPPCommCtrlr.queue_all_messages) or ctx.outbox.muted:
        return False
    discarded = ctx.variables.get(OCPPCommCtrlr.message_types_discard_for_queueing)
    return action not in [name.strip() for name in discarded.split(",")]


def project(codec: Codec, kept: StoredRequest) -> object:
    """The message as it was; SKIP if it is of another version or cannot be read any more."""
    if kept.version != codec.subprotocol:
        return Verdict.SKIP
    try:
        return codec.decode_request(kept.action, json.loads(kept.payload))
    except (ValueError, OcppIfaceError):
        log.warning("kept message is not readable", action=kept.action)
        return Verdict.SKIP
