"""Remote Trigger: TriggerMessage and ExtendedTriggerMessage, for what any block offers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ocpp_iface.engine.block import Block
from ocpp_iface.engine.dispatcher import Handler
from ocpp_iface.station.context import StationContext
from ocpp_iface.wire.v16 import call, call_result, enums

_Status = enums.TriggerMessageStatus


class RemoteTrigger(Block):
    code = "RemoteTrigger"

    def __init__(self, ctx: StationContext) -> None:
        self._ctx = ctx

    def routes(self) -> Mapping[type, Handler]:
        return {
            call.TriggerMessage: self.trigger,
            call.ExtendedTriggerMessage: self.extended,
        }

    def trigger(self, request: Any) -> call_result.TriggerMessage:
        """5.17: the answer leaves first, as in each step the kernel releases answers before calls."""
        return call_result.TriggerMessage(self._decide(request.requested_message.value, request))

    def extended(self, request: Any) -> call_result.ExtendedTriggerMessage:
        """Whitepaper 5.5, 6.16: here the firmware status is that of a signed update."""
        word = request.requested_message.value
        if word == "FirmwareStatusNotification":
            word = "SignedFirmwareStatusNotification"
        return call_result.ExtendedTriggerMessage(self._decide(word, request))

    def _decide(self, word: str, request: Any) -> enums.TriggerMessageStatus:
        offered = self._ctx.triggers.get(word)
        if offered is None:
            return _Status.not_implemented
        return _Status.accepted if offered(request) else _Status.rejected
