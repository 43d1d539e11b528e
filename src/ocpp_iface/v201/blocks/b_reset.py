"""B: Reset of the station or of one EVSE."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ocpp_iface.engine.block import Block
from ocpp_iface.engine.dispatcher import Handler
from ocpp_iface.station.context import StationContext
from ocpp_iface.types import ResetKind
from ocpp_iface.v201.mapping.status_info import because
from ocpp_iface.wire.v201 import call, call_result, enums


class Reset(Block):
    code = "B"

    def __init__(self, ctx: StationContext) -> None:
        self._ctx = ctx

    def routes(self) -> Mapping[type, Handler]:
        return {call.Reset: self.reset}

    def reset(self, request: Any) -> call_result.Reset:
        """B11, B12: the answer first, then the reset."""
        outcome = self._ctx.station.resets.request(
            ResetKind(request.type.value), request.evse_id or None
        )
        return call_result.Reset(
            enums.ResetStatusEnumType(outcome.status.value),
            status_info=because(outcome.reason_code) if outcome.reason_code else None,
        )
