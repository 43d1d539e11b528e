"""Messages that need no answer and are worth keeping: sent now, or queued durably if the station is
configured to queue all messages (QueueAllMessages, but not MessageTypesDiscardForQueueing).

Statuses are not among them: after an outage the CSMS wants to know how things are, not how they
were (4.9, rule 3).
"""

from __future__ import annotations

import json

from ocpp_iface.devicemodel.catalog import OCPPCommCtrlr
from ocpp_iface.engine.outbox import Verdict
from ocpp_iface.errors import PayloadError
from ocpp_iface.log import Log
from ocpp_iface.station.context import StationContext
from ocpp_iface.types.facts import StoredRequest
from ocpp_iface.wire.codec import UnknownAction, codec_for

log = Log(__name__)

SUBPROTOCOL = "ocpp1.6"


def send_or_keep(ctx: StationContext, request: object) -> None:
    codec = codec_for(SUBPROTOCOL)
    if _is_kept(ctx, codec.action_of(request)):
        action, payload = codec.encode_request(request)
        ctx.outbox.put(StoredRequest(SUBPROTOCOL, action, payload))
    else:
        ctx.csms.post(request)


def project(kept: StoredRequest) -> object:
    """A message that was kept; one of another version says nothing here and is dropped."""
    if kept.version != SUBPROTOCOL:
        return Verdict.SKIP
    try:
        request: object = codec_for(SUBPROTOCOL).decode_request(
            kept.action, json.loads(kept.payload)
        )
    except (ValueError, PayloadError, UnknownAction):
        log.warning("kept message is not readable", action=kept.action)
        return Verdict.SKIP
    return request


def _is_kept(ctx: StationContext, action: str) -> bool:
    if not ctx.variables.get(OCPPCommCtrlr.queue_all_messages) or ctx.outbox.muted:
        return False
    discarded = ctx.variables.get(OCPPCommCtrlr.message_types_discard_for_queueing)
    return action not in [name.strip() for name in discarded.split(",")]
