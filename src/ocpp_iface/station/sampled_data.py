"""Sampled values of running transactions: one timer for each EVSE, on the grid that begins with its
transaction (J02).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from attrs import define

from ocpp_iface.devicemodel.catalog import SampledDataCtrlr
from ocpp_iface.devicemodel.model import VariableChanged
from ocpp_iface.engine.timers import Timer
from ocpp_iface.station.context import StationContext
from ocpp_iface.station.events import ClockStepped
from ocpp_iface.station.instants import interval_of, last_sample, next_sample
from ocpp_iface.station.kept_samples import KeptSamples
from ocpp_iface.station.metering_rules import MeteringRules
from ocpp_iface.station.meters import Meters
from ocpp_iface.types import MeterValue, ReadingContext, TriggerReason

_REARMED_BY: Final = (
    SampledDataCtrlr.tx_updated_interval,
    SampledDataCtrlr.tx_ended_interval,
    SampledDataCtrlr.enabled,
    SampledDataCtrlr.available,
)
_EARLY: Final = timedelta(milliseconds=10)
"""A timer may fire this much before its instant, by rounding."""


@define(eq=False)
class _Running:
    transaction: str
    start: datetime
    due: datetime | None = None
    timer: Timer | None = None


class SampledData:
    """`TxUpdated`: recorded at once. `TxEnded`: kept for the end of the transaction."""

    def __init__(
        self, ctx: StationContext, meters: Meters, kept: KeptSamples, rules: MeteringRules
    ) -> None:
        self._ctx, self._meters, self._kept, self._rules = ctx, meters, kept, rules
        self._running: dict[int, _Running] = {}
        ctx.bus.subscribe(ClockStepped, lambda _event: self.arm())
        ctx.bus.subscribe(VariableChanged, self._variable_changed)

    @property
    def on(self) -> bool:
        variables = self._ctx.variables
        return variables.get(SampledDataCtrlr.enabled) and variables.get(SampledDataCtrlr.available)

    @property
    def signed(self) -> bool:
        return self._ctx.variables.get(SampledDataCtrlr.sign_readings)

    def follow(self, transaction: str, evse_id: int, start: datetime) -> None:
        """Sample this transaction from now on."""
        self.leave(evse_id)
        self._running[evse_id] = running = _Running(transaction, start)
        self._arm(evse_id, running)

    def leave(self, evse_id: int) -> None:
        running = self._running.pop(evse_id, None)
        if running is not None and running.timer is not None:
            running.timer.cancel()

    def arm(self) -> None:
        """Clock or configuration changed: the next instants are others."""
        for evse_id, running in self._running.items():
            self._arm(evse_id, running)

    def started(self, evse_id: int, at: datetime) -> tuple[MeterValue, ...]:
        """For the first event: TxStartedMeasurands (E01.FR.09)."""
        measurands = self._ctx.variables.get(SampledDataCtrlr.tx_started_measurands)
        return self._take(evse_id, at, ReadingContext.Transaction_Begin, measurands)

    def updated(
        self, evse_id: int, at: datetime, context: ReadingContext
    ) -> tuple[MeterValue, ...]:
        """TxUpdatedMeasurands."""
        measurands = self._ctx.variables.get(SampledDataCtrlr.tx_updated_measurands)
        return self._take(evse_id, at, context, measurands or self._rules.when_empty)

    def ended(self, evse_id: int, at: datetime, context: ReadingContext) -> tuple[MeterValue, ...]:
        """For the last event: TxEndedMeasurands (E06.FR.11)."""
        measurands = self._ctx.variables.get(SampledDataCtrlr.tx_ended_measurands)
        return self._take(evse_id, at, context, measurands)

    # -- inside --------------------------------------------------------------------------------

    def _take(
        self, evse_id: int, at: datetime, context: ReadingContext, measurands: tuple[str, ...]
    ) -> tuple[MeterValue, ...]:
        if not self.on:
            return ()
        return self._meters.take(evse_id, at, context, measurands, signed=self.signed)

    def _intervals(self) -> tuple[timedelta | None, timedelta | None]:
        policy = self._ctx.policy
        return interval_of(policy.sample_interval_s()), interval_of(policy.ended_interval_s())

    def _arm(self, evse_id: int, running: _Running, after: datetime | None = None) -> None:
        if running.timer is not None:
            running.timer.cancel()
        now = self._ctx.clock.now
        instants = [
            next_sample(running.start, interval, after or now)
            for interval in self._intervals()
            if interval is not None and self.on
        ]
        running.due = min(instants, default=None)
        running.timer = None
        if running.due is not None:
            wait_s = (running.due - now).total_seconds()
            running.timer = self._ctx.timers.after(wait_s, lambda: self._fire(evse_id), "sample")

    def _fire(self, evse_id: int) -> None:
        """Late or not, the sample belongs to the instant that was due.

        Of several instants that have passed only the last is sampled: of the others nobody knows
        what the meter said. An instant that is still ahead (the clock was set back) is waited for.
        """
        running = self._running[evse_id]
        due, now = running.due, self._ctx.clock.now
        if due is None or now < due - _EARLY:
            self._arm(evse_id, running)
            return
        moment = max(due, now)
        self._arm(evse_id, running, moment)  # first: what follows may end the transaction
        for_update, for_end = self._intervals()
        for at in _reached(running.start, for_end, due, moment):
            for value in self.ended(evse_id, at, ReadingContext.Sample_Periodic):
                self._kept.add(running.transaction, value)
                self._ctx.station.transactions.note_sampled(evse_id)
        for at in _reached(running.start, for_update, due, moment):
            values = self.updated(evse_id, at, ReadingContext.Sample_Periodic)
            if values:
                self._ctx.station.transactions.record(
                    evse_id, TriggerReason.MeterValuePeriodic, meter_values=values
                )

    def _variable_changed(self, event: VariableChanged) -> None:
        if event.definition in _REARMED_BY:
            self.arm()


def _reached(
    start: datetime, interval: timedelta | None, due: datetime, moment: datetime
) -> Iterator[datetime]:
    """The last instant of the grid between `due` and `moment`, if there is one."""
    if interval is not None:
        last = last_sample(start, interval, moment)
        if last >= due:
            yield last
