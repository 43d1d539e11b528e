"""Core: MeterValues outside of transactions. (Those of a transaction are facts of it.)"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ocpp_iface.devicemodel.catalog import AlignedDataCtrlr
from ocpp_iface.devicemodel.catalog.metering import ENERGY
from ocpp_iface.engine.block import Block, Watcher
from ocpp_iface.engine.outbox import Delivery, Lane
from ocpp_iface.station.context import StationContext
from ocpp_iface.station.events import IdleMeterValues
from ocpp_iface.types import TriggerReason
from ocpp_iface.types.facts import StoredRequest
from ocpp_iface.v16 import sending
from ocpp_iface.v16.mapping import ids, metering
from ocpp_iface.wire.v16 import call


class MeterValues(Block):
    """Clock-aligned values of an idle connector are about the present: they are queued only where all
    messages are (QueueAllMessages).
    """

    code = "Core"

    def __init__(self, ctx: StationContext) -> None:
        self._ctx = ctx
        rules = ctx.station.metering.rules
        rules.aligned_ended_interval_s = lambda: ctx.variables.get(AlignedDataCtrlr.interval)
        rules.when_empty = ENERGY

    def watches(self) -> Mapping[type, Watcher]:
        return {IdleMeterValues: self._sampled}

    def deliveries(self) -> Mapping[type, Delivery]:
        return {StoredRequest: Delivery(sending.project)}

    def triggers(self) -> Mapping[str, Callable[[Any], bool]]:
        return {"MeterValues": self.trigger}

    def trigger(self, request: Any) -> bool:
        """5.17: the newest values of one connector (0: the main meter), or of all; False if there is
        no such connector, or nothing to say.
        """
        wanted = [
            place
            for number, place in ids.places(self._ctx.topology)
            if request.connector_id in (None, number) and self._has_values(place[0])
        ]
        for place in wanted:
            self._ctx.flows.start("triggered meter values", self._send_newest(*place))
        return bool(wanted)

    # -- inside --------------------------------------------------------------------------------

    def _has_values(self, evse_id: int) -> bool:
        """A meter that can be asked counts; but not every station has a main meter."""
        known = bool(metering.to_wire(self._ctx.station.metering.triggered_values(evse_id)))
        return known or (evse_id > 0 and self._ctx.asks.supports("read_meter"))

    async def _send_newest(self, evse_id: int, connector_id: int) -> None:
        """In a transaction they wait, like all its messages, until its number is known."""
        await self._ctx.station.metering.refresh(evse_id)
        values = self._ctx.station.metering.triggered_values(evse_id)
        mapped = metering.to_wire(values)
        if not mapped:
            return
        row = self._ctx.station.transactions.open_on(evse_id)
        if row is not None and row.connector_id in (None, connector_id):
            self._ctx.station.transactions.record(
                evse_id, TriggerReason.Trigger, meter_values=values
            )
        else:
            lane = Lane.NORMAL if self._ctx.registration.accepted else Lane.TRIGGERED
            self._ctx.csms.post(self._message(evse_id, connector_id, mapped), lane)

    def _sampled(self, event: IdleMeterValues) -> None:
        """3.16.2"""
        values = metering.to_wire(event.values)
        if values:
            message = self._message(event.evse_id, event.connector_id, values)
            sending.send_or_keep(self._ctx, message)

    def _message(
        self, evse_id: int, connector_id: int | None, values: list[Any]
    ) -> call.MeterValues:
        number = ids.number_of(self._ctx.topology, evse_id, connector_id) if evse_id else 0
        return call.MeterValues(number, values)
