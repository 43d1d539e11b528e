"""Messages that were kept because the station queues all of them (see `sending`)."""

from __future__ import annotations

import json
from collections.abc import Mapping

from ocpp_iface.engine.block import Block
from ocpp_iface.engine.outbox import Delivery, Verdict
from ocpp_iface.errors import PayloadError
from ocpp_iface.log import Log
from ocpp_iface.types.facts import StoredRequest
from ocpp_iface.v201.sending import SUBPROTOCOL
from ocpp_iface.wire.codec import UnknownAction, codec_for

log = Log(__name__)


class QueuedMessages(Block):
    code = "queue"

    def deliveries(self) -> Mapping[type, Delivery]:
        return {StoredRequest: Delivery(_project)}


def _project(kept: StoredRequest) -> object:
    """A message of another version says nothing here: it is dropped."""
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
