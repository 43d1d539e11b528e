"""F: TriggerMessage, for what any block offers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ocpp_iface.engine.block import Block
from ocpp_iface.engine.dispatcher import Handler
from ocpp_iface.station.context import StationContext
from ocpp_iface.wire.v201 import call, call_result, enums


class Trigger(Block):
    code = "F"

    def __init__(self, ctx: StationContext) -> None:
        self._ctx = ctx

    def routes(self) -> Mapping[type, Handler]:
        return {call.TriggerMessage: self.trigger}

    def trigger(self, request: Any) -> call_result.TriggerMessage:
        """F06.FR.04, F06.FR.05, F06.FR.08: the answer leaves first, as in each step the kernel
        releases answers before own calls.
        """
        status = enums.TriggerMessageStatusEnumType
        offered = self._ctx.triggers.get(request.requested_message.value)
        if offered is None:
            return call_result.TriggerMessage(status.not_implemented)
        return call_result.TriggerMessage(status.accepted if offered(request) else status.rejected)
