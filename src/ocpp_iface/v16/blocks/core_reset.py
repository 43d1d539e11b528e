"""Core: Reset."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ocpp_iface.engine.block import Block
from ocpp_iface.engine.dispatcher import Handler
from ocpp_iface.station.context import StationContext
from ocpp_iface.station.reset import ResetStatus
from ocpp_iface.types import ResetKind
from ocpp_iface.wire.v16 import call, call_result, enums


class Reset(Block):
    code = "Core"

    def __init__(self, ctx: StationContext) -> None:
        self._ctx = ctx

    def routes(self) -> Mapping[type, Handler]:
        return {call.Reset: self.reset}

    def reset(self, request: Any) -> call_result.Reset:
        """5.14, erratum 3.36: both kinds end the transactions first; neither waits for their end."""
        hard = request.type is enums.ResetType.hard
        kind = ResetKind.Immediate if hard else ResetKind.OnIdle
        outcome = self._ctx.station.resets.request(kind, stop_transactions=True)
        rejected = outcome.status is ResetStatus.REJECTED
        return call_result.Reset(
            enums.ResetStatus.rejected if rejected else enums.ResetStatus.accepted
        )
