"""Core: ClearCache. (Authorize is asked by the station through the policy.)"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ocpp_iface.engine.block import Block
from ocpp_iface.engine.dispatcher import Handler
from ocpp_iface.station.context import StationContext
from ocpp_iface.wire.v16 import call, call_result, enums


class Authorize(Block):
    code = "Core"

    def __init__(self, ctx: StationContext) -> None:
        self._ctx = ctx

    def routes(self) -> Mapping[type, Handler]:
        return {call.ClearCache: self.clear_cache}

    def clear_cache(self, _request: Any) -> call_result.ClearCache:
        """5.4, erratum 3.23"""
        cleared = self._ctx.station.authorizer.clear_cache()
        status = enums.ClearCacheStatus
        return call_result.ClearCache(status.accepted if cleared else status.rejected)
