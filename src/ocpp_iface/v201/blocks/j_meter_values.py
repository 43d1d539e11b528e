"""J: MeterValues that belong to no transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ocpp_iface.engine.block import Block, Watcher
from ocpp_iface.engine.outbox import Lane
from ocpp_iface.station.context import StationContext
from ocpp_iface.station.events import IdleMeterValues
from ocpp_iface.types import MeterValue
from ocpp_iface.v201.mapping import metering
from ocpp_iface.v201.sending import send_or_keep
from ocpp_iface.wire.v201 import call, datatypes

_MAIN_METER = 0


class MeterValues(Block):
    code = "J"

    def __init__(self, ctx: StationContext) -> None:
        self._ctx = ctx

    def watches(self) -> Mapping[type, Watcher]:
        return {IdleMeterValues: self._sampled}

    def triggers(self) -> Mapping[str, Callable[[Any], bool]]:
        return {"MeterValues": self.trigger}

    def trigger(self, request: Any) -> bool:
        """F06.FR.06, F06.FR.11: of one EVSE (0: the main meter), or of all that have values."""
        evse = request.evse
        known = (_MAIN_METER, *self._ctx.topology.evse_ids())
        wanted = [each for each in known if evse is None or evse.id == each]
        readable = self._ctx.asks.supports("read_meter")
        measured = [each for each in wanted if readable or self._newest(each)]
        if measured:
            self._ctx.flows.start("triggered meter values", self._send(measured))
        return bool(measured)

    # -- inside --------------------------------------------------------------------------------

    async def _send(self, evse_ids: list[int]) -> None:
        for evse_id in evse_ids:
            await self._ctx.station.metering.refresh(evse_id)
            values = self._newest(evse_id)
            if values:
                self._ctx.csms.post(call.MeterValues(evse_id, values), Lane.TRIGGERED)

    def _newest(self, evse_id: int) -> list[datatypes.MeterValueType]:
        values = self._ctx.station.metering.triggered_values(evse_id, aligned=True)
        return self._to_wire(values)

    def _sampled(self, event: IdleMeterValues) -> None:
        """J01.FR.02, J01.FR.14"""
        values = self._to_wire(event.values)
        if values:
            send_or_keep(self._ctx, call.MeterValues(event.evse_id, values))

    def _to_wire(self, values: tuple[MeterValue, ...]) -> list[datatypes.MeterValueType]:
        allowed, _ = self._ctx.station.metering.with_keys(values)
        return metering.to_wire(allowed)
