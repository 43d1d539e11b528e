"""One simulated EVSE: contactor, locks, limit and meter, in virtual time.

Physics first: energy flows while the contactor is closed, the EV draws and the limit lets it; the
contactor is closed while energy is permitted and an EV is plugged in. With `auto` it also behaves
like a charger's own controller: it reports what happens (charging state, meter readings).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from attrs import define, field, frozen

from ocpp_iface.sim.ev import SimEv
from ocpp_iface.sim.scheduler import Due, Scheduler
from ocpp_iface.station.reports import ReportChargingState, ReportMeter
from ocpp_iface.types import (
    ChargingSchedule,
    ChargingState,
    Measurand,
    MeterReading,
    SampledValue,
    SignedMeterValue,
)

if TYPE_CHECKING:
    from ocpp_iface.sim.hardware import SimHardware

VOLTAGE_V = 230.0
PHASES = 3


@frozen
class _Limit:
    """Watts from `since` on, until the next one."""

    since: float
    watts: float


@define(eq=False)
class SimEvse:
    hardware: SimHardware
    id: int
    scheduler: Scheduler
    report: Callable[[object], object]
    """Tells the station a fact (a command of the kernel)."""
    auto: bool = True
    meter_interval_s: float = 10.0
    reaction_s: float = 1.0
    """From a change to its report."""
    register_wh: float = 0.0
    signature: SignedMeterValue | None = None
    """What the meter adds to its register, if it signs."""
    permitted: bool = False
    operative: bool = True
    contactor_closed: bool = False
    plugged: int | None = None
    """The connector that the EV is plugged into."""
    locked: int | None = None
    """The connector whose lock is closed."""
    ev: SimEv | None = None
    reported: ChargingState | None = None
    limits: list[_Limit] = field(factory=list)
    _since: float = 0.0
    _reaction: Due | None = None
    _meter: Due | None = None
    _wake: Due | None = None

    # -- the driver --------------------------------------------------------------------------

    def plug(self, connector: int, ev: SimEv | None = None) -> SimEv:
        self.integrate()
        self.plugged = connector
        self.ev = ev or SimEv()
        self.ev.before_change = self.integrate
        self.ev.on_change = self.changed
        self.changed()
        return self.ev

    def unplug(self) -> None:
        """The contactor opens by itself when the control pilot is lost."""
        self.integrate()
        self.plugged = None
        if self.ev is not None:
            self.ev.before_change = self.ev.on_change = _nothing
        self.ev = None
        self.changed()

    # -- orders of the station -----------------------------------------------------------------

    def permit(self) -> None:
        self.integrate()
        self.permitted = True
        self.changed()

    def stop(self) -> MeterReading:
        self.integrate()
        self.permitted = False
        self.changed()
        return self.reading()

    def limit(self, schedule: ChargingSchedule) -> None:
        self.integrate()
        watt = 1.0 if schedule.charging_rate_unit == "W" else VOLTAGE_V
        self.limits = [
            _Limit(
                self.scheduler.now + period.start_period,
                period.limit * (watt if watt == 1.0 else watt * (period.number_phases or PHASES)),
            )
            for period in schedule.charging_schedule_period
        ]
        self.changed()

    def power_lost(self) -> None:
        """The contactor opens, everything but register, plug and lock is forgotten."""
        self.integrate()
        self.permitted = False
        self.limits = []
        self.reported = None
        self.silence()
        self._switch()

    def silence(self) -> None:
        """Nothing is reported any more (the controller is off)."""
        for due in (self._reaction, self._meter, self._wake):
            if due is not None:
                due.cancel()
        self._reaction = self._meter = self._wake = None

    # -- what is measured ------------------------------------------------------------------------

    @property
    def power_w(self) -> float:
        if not self.contactor_closed or self.ev is None:
            return 0.0
        return min(self.ev.demand_w, self._limit_at(self.scheduler.now))

    @property
    def state(self) -> ChargingState:
        """As a controller sees it."""
        if self.plugged is None:
            return ChargingState.Idle
        if not self.permitted:
            return ChargingState.EVConnected
        if self.ev is None or self.ev.demand_w <= 0:
            return ChargingState.SuspendedEV
        if self._limit_at(self.scheduler.now) <= 0:
            return ChargingState.SuspendedEVSE
        return ChargingState.Charging

    def reading(self) -> MeterReading:
        self.integrate()
        power = self.power_w
        samples: Any = [  # a list: made a tuple by the value
            SampledValue(round(self.register_wh, 1), signed=self.signature),
            SampledValue(round(power, 1), Measurand.Power_Active_Import),
            SampledValue(round(power / VOLTAGE_V / PHASES, 2), Measurand.Current_Import),
            SampledValue(VOLTAGE_V, Measurand.Voltage),
        ]
        return MeterReading(self.hardware.wall(), samples)

    def integrate(self) -> None:
        """Bring the register up to now."""
        now, start = self.scheduler.now, self._since
        self._since = now
        if not self.contactor_closed or self.ev is None or now <= start:
            return
        marks = [limit.since for limit in self.limits if start < limit.since < now]
        for begin, end in zip([start, *marks], [*marks, now], strict=True):
            power = min(self.ev.demand_w, self._limit_at(begin))
            energy = power * (end - begin) / 3600.0
            if self.ev.needs_wh is not None:
                energy = min(energy, max(0.0, self.ev.needs_wh - self.ev.charged_wh))
            self.ev.charged_wh += energy
            self.register_wh += energy

    # -- the controller --------------------------------------------------------------------------

    def changed(self) -> None:
        """Something that decides about the flow of energy is different now."""
        self.integrate()
        self._switch()
        self._plan_wake()
        if not self.auto:
            return
        if self._reaction is not None:
            self._reaction.cancel()
        if self.plugged is not None and self.state is not self.reported:
            self._reaction = self.scheduler.after(self.reaction_s, self._report_state)
        if self.plugged is None:
            self.reported = None
            self._metering(False)

    def report_now(self) -> None:
        """Begin again to report (after a start of the station)."""
        self.reported = None
        self.changed()

    def _switch(self) -> None:
        closed = self.permitted and self.plugged is not None
        if closed is not self.contactor_closed:
            self.contactor_closed = closed
            self.hardware.note(f"contactor {'closes' if closed else 'opens'}", self.id)

    def _report_state(self) -> None:
        self._reaction = None
        state = self.state
        if self.plugged is None or state is self.reported:
            return
        self.reported = state
        self.report(ReportChargingState(self.id, state))
        self._metering(state is ChargingState.Charging)

    def _metering(self, on: bool) -> None:
        if self._meter is not None:
            self._meter.cancel()
            self._meter = None
        if on and self.meter_interval_s > 0:
            self._meter = self.scheduler.after(self.meter_interval_s, self._measure)

    def _measure(self) -> None:
        self.report(ReportMeter(self.id, self.reading()))
        self._metering(True)

    def _plan_wake(self) -> None:
        """When the limit or the EV's need will change things by itself."""
        if self._wake is not None:
            self._wake.cancel()
            self._wake = None
        now, ev = self.scheduler.now, self.ev
        instants = [limit.since for limit in self.limits if limit.since > now]
        power = self.power_w
        if ev is not None and ev.needs_wh is not None and power > 0:
            missing = ev.needs_wh - ev.charged_wh
            instants.append(now + missing / power * 3600.0 + 1e-3)
        if instants:
            self._wake = self.scheduler.at(min(instants), self.changed)

    def _limit_at(self, instant: float) -> float:
        watts = float("inf")
        for limit in self.limits:
            if limit.since <= instant:
                watts = limit.watts
        return watts


def _nothing() -> None:
    return
