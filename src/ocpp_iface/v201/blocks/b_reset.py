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
        status = enums.ResetStatusEnumType
        evse_id = request.evse_id or None  # 0 is the station
        if evse_id is not None and not self._ctx.topology.has_evse(evse_id):
            return call_result.Reset(status.rejected, status_info=because("UnknownEvse"))
        outcome = self._ctx.station.resets.request(ResetKind(request.type.value), evse_id)
        return call_result.Reset(status(outcome.value))
