"""C: ClearCache. (Authorize is asked by the station through the policy.)"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ocpp_iface.engine.block import Block
from ocpp_iface.engine.dispatcher import Handler
from ocpp_iface.station.context import StationContext
from ocpp_iface.wire.v201 import call, call_result, enums


class Authorization(Block):
    code = "C"

    def __init__(self, ctx: StationContext) -> None:
        self._ctx = ctx

    def routes(self) -> Mapping[type, Handler]:
        return {call.ClearCache: self.clear_cache}

    def clear_cache(self, _request: Any) -> call_result.ClearCache:
        """C11.FR.01, C11.FR.02, C11.FR.03"""
        cleared = self._ctx.station.authorizer.clear_cache()
        status = enums.ClearCacheStatusEnumType
        return call_result.ClearCache(status.accepted if cleared else status.rejected)
