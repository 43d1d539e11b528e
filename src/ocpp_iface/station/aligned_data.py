"""Clock-aligned values: of transactions, of idle EVSEs and of the main meter (J01).

One timer for the station. A value carries the exact boundary as its time, however late the timer was.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from ocpp_iface.devicemodel.catalog import AlignedDataCtrlr
from ocpp_iface.devicemodel.model import VariableChanged
from ocpp_iface.engine.timers import Timer
from ocpp_iface.station.context import StationContext
from ocpp_iface.station.events import ClockStepped, IdleMeterValues
from ocpp_iface.station.instants import interval_of, last_boundary, next_boundary
from ocpp_iface.station.kept_samples import KeptSamples
from ocpp_iface.station.metering_rules import MeteringRules
from ocpp_iface.station.meters import MAIN, Meters
from ocpp_iface.types import MeterValue, ReadingContext, TriggerReason

_REARMED_BY: Final = (
    AlignedDataCtrlr.interval,
    AlignedDataCtrlr.tx_ended_interval,
    AlignedDataCtrlr.enabled,
    AlignedDataCtrlr.available,
)


class AlignedData:
    def __init__(
        self, ctx: StationContext, meters: Meters, kept: KeptSamples, rules: MeteringRules
    ) -> None:
        self._ctx, self._meters, self._kept, self._rules = ctx, meters, kept, rules
        self._timer: Timer | None = None
        ctx.bus.subscribe(ClockStepped, lambda _event: self.arm())
        ctx.bus.subscribe(VariableChanged, self._variable_changed)

    @property
    def on(self) -> bool:
        variables = self._ctx.variables
        return variables.get(AlignedDataCtrlr.enabled) and variables.get(AlignedDataCtrlr.available)

    def arm(self) -> None:
        """Wait for the next boundary; also after a change of clock or configuration."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        now = self._ctx.clock.now
        instants = [
            next_boundary(interval, now)
            for interval in self._intervals()
            if interval is not None and self.on
        ]
        if instants:
            due = min(instants)
            self._timer = self._ctx.timers.at(due, lambda: self._fire(due), "aligned")

    def values(self, evse_id: int, at: datetime, context: ReadingContext) -> tuple[MeterValue, ...]:
        """AlignedDataCtrlr.Measurands."""
        measurands = self._ctx.variables.get(AlignedDataCtrlr.measurands) or self._rules.when_empty
        return self._take(evse_id, at, context, measurands)

    # -- inside --------------------------------------------------------------------------------

    def _intervals(self) -> tuple[timedelta | None, timedelta | None]:
        return (
            interval_of(self._ctx.variables.get(AlignedDataCtrlr.interval)),
            interval_of(self._rules.aligned_ended_interval_s()),
        )

    def _fire(self, due: datetime) -> None:
        """Of several boundaries that have passed only the last has a value."""
        now = max(due, self._ctx.clock.now)
        self.arm()
        if not self.on:
            return
        for_sending, for_end = self._intervals()
        silent = self._ctx.variables.get(AlignedDataCtrlr.send_during_idle)
        for at in _reached(for_end, due, now):
            if not silent:
                self._keep(at)
        for at in _reached(for_sending, due, now):
            # J01.FR.20: with SendDuringIdle nothing is sent while anybody charges.
            if not (silent and self._ctx.station.transactions.all_open()):
                self._send(at)

    def _keep(self, at: datetime) -> None:
        measurands = self._ctx.variables.get(AlignedDataCtrlr.tx_ended_measurands)
        for row in self._ctx.station.transactions.all_open():
            for value in self._take(row.evse_id, at, ReadingContext.Sample_Clock, measurands):
                self._kept.add(row.uuid, value)
                self._ctx.station.transactions.note_sampled(row.evse_id)

    def _send(self, at: datetime) -> None:
        """J01.FR.14, J01.FR.22: in the transaction if there is one, on its own otherwise."""
        transactions = self._ctx.station.transactions
        for evse_id in (MAIN, *self._ctx.topology.evse_ids()):
            values = self.values(evse_id, at, ReadingContext.Sample_Clock)
            if not values:
                continue
            if evse_id != MAIN and transactions.open_on(evse_id) is not None:
                transactions.record(evse_id, TriggerReason.MeterValueClock, meter_values=values)
            else:
                self._ctx.bus.publish(IdleMeterValues(evse_id, None, values))

    def _take(
        self, evse_id: int, at: datetime, context: ReadingContext, measurands: tuple[str, ...]
    ) -> tuple[MeterValue, ...]:
        signed = self._ctx.variables.get(AlignedDataCtrlr.sign_readings)
        return self._meters.take(evse_id, at, context, measurands, signed=signed)

    def _variable_changed(self, event: VariableChanged) -> None:
        if event.definition in _REARMED_BY:
            self.arm()


def _reached(interval: timedelta | None, due: datetime, now: datetime) -> Iterator[datetime]:
    """The last boundary between `due` and `now`, if there is one."""
    if interval is not None:
        last = last_boundary(interval, now)
        if last >= due:
            yield last
