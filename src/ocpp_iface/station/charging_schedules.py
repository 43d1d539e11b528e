"""What may be drawn from now on: the var `charging_schedules`, and the limits told to the hardware.

The composite schedule is computed a day ahead and shown piece by piece: at the interval, when a
period boundary changes a limit, and when something it depends on has changed. So an idle station
computes once a day. Only profiles that count from "now" (relative ones without a transaction) have
to be computed each time they are shown.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from ocpp_iface.devicemodel.catalog import InternalCtrlr, SmartChargingCtrlr
from ocpp_iface.devicemodel.model import VariableChanged
from ocpp_iface.engine.timers import Timer
from ocpp_iface.log import Log
from ocpp_iface.smartcharging import (
    STATION,
    CompositePeriod,
    CompositeSchedule,
    Kind,
    Profiles,
    Purpose,
    RateUnit,
    RelativeStart,
    composite_schedule,
    composite_schedules,
    significant,
    to_charging_schedule,
)
from ocpp_iface.smartcharging import StationContext as ChargingContext
from ocpp_iface.smartcharging.outputs import moved
from ocpp_iface.smartcharging.profile import epoch_s, moment_of
from ocpp_iface.smartcharging.window import cut
from ocpp_iface.station import charging_facts
from ocpp_iface.station.charging_profiles import ChargingProfiles
from ocpp_iface.station.context import StationContext
from ocpp_iface.station.events import (
    CameOnline,
    ClockStepped,
    LinkDown,
    ProfilesChanged,
    TransactionEnded,
    TransactionReady,
    TransactionStarted,
)
from ocpp_iface.types import (
    ChargingSchedule,
    ChargingSchedules,
    ChargingState,
    TriggerReason,
)

log = Log(__name__)

AHEAD_S: Final = 86_400
"""How far beyond the window that is shown the schedule is computed."""

_Told = tuple[RateUnit, float, int | None, int | None]
"""Unit, limit, number of phases, phase to use."""


class Publication:
    """Computes, publishes, and tells the hardware."""

    def __init__(self, ctx: StationContext, profiles: ChargingProfiles) -> None:
        self._ctx = ctx
        self._profiles = profiles
        self.computations = 0
        """How often the schedules were computed."""
        self._due = True
        self._computed: tuple[CompositeSchedule, ...] = ()
        self._until = 0
        """The second up to which what was computed holds."""
        self._floating = False
        """It counts from the moment at which it was computed."""
        self._shown: tuple[CompositeSchedule, ...] = ()
        self._values: tuple[ChargingSchedule, ...] = ()
        """The same as it was published."""
        self._steady_until = 0
        """The second up to which each schedule is one limit, that which was shown last."""
        self._told: dict[int, _Told] = {}
        self._interval: Timer | None = None
        self._boundary: Timer | None = None
        self._boundary_at = 0
        watch = ctx.bus.subscribe
        watch(ProfilesChanged, self._changed)
        watch(ClockStepped, self._changed)
        watch(VariableChanged, self._variable_changed)
        for event in (
            TransactionStarted,
            TransactionReady,
            TransactionEnded,
            LinkDown,
            CameOnline,
        ):
            watch(event, self._circumstances_changed)

    def resume(self) -> None:
        self._arm_interval()

    def settle(self) -> None:
        """Once a step, after everything that happened in it."""
        if self._due:
            self._due = False
            self._until = 0
            self._refresh(self._is_news)

    def composite(
        self, evse_id: int, duration_s: int, unit: RateUnit | None = None
    ) -> CompositeSchedule | None:
        """From now on, for whoever asks; None if the station has no such EVSE. Without a `unit` in
        the one that is published, if the CSMS may use it.
        """
        allowed = charging_facts.rate_units(self._ctx)
        if unit is None:
            unit = self.unit if self.unit in allowed or not allowed else allowed[0]
        return composite_schedule(
            self._profiles.installed,
            charging_facts.context(self._ctx),
            evse_id,
            self._ctx.clock.now,
            duration_s=duration_s,
            unit=unit,
        )

    # -- when ------------------------------------------------------------------------------------

    def _changed(self, _event: object) -> None:
        self._due = True

    def _circumstances_changed(self, _event: object) -> None:
        """Transactions and the link only matter to profiles."""
        self._due = self._due or bool(self._profiles.installed)

    def _variable_changed(self, event: VariableChanged) -> None:
        if event.definition in _SHAPE:
            self._due = True
        if event.definition is InternalCtrlr.composite_schedule_interval:
            self._arm_interval()

    def _arm_interval(self) -> None:
        if self._interval is not None:
            self._interval.cancel()
        seconds = self._ctx.variables.get(InternalCtrlr.composite_schedule_interval)
        self._interval = (
            self._ctx.timers.after(seconds, self._interval_over, "schedules") if seconds else None
        )

    def _interval_over(self) -> None:
        self._arm_interval()
        now = epoch_s(self._ctx.clock.now)
        steady = self._shown and epoch_s(self._shown[0].start) <= now
        if steady and now + self._window <= self._steady_until:
            start = moment_of(now)
            self._values = tuple(moved(value, start) for value in self._values)
            self._ctx.publish("charging_schedules", ChargingSchedules(self._values))
        else:
            self._refresh(_always)

    def _boundary_reached(self) -> None:
        self._boundary = None
        if _minimum_matters(self._profiles.installed):
            self._until = 0
        self._refresh(self._limit_differs)

    # -- what ------------------------------------------------------------------------------------

    def _refresh(self, worth_showing: Callable[[tuple[CompositeSchedule, ...]], bool]) -> None:
        """Bring what is known up to now; publish it if that is worth it."""
        now, window = epoch_s(self._ctx.clock.now), self._window
        if (
            not self._computed
            or now < epoch_s(self._computed[0].start)
            or now + window > self._until
        ):
            self._compute(now, window)
        shown = tuple(cut(schedule, now, window) for schedule in self._computed)
        if worth_showing(shown):
            self._publish(shown)
        self._arm_boundary(now, window)

    def _compute(self, now: int, window: int) -> None:
        """As far ahead as it holds; of what counts from now on that is this moment only."""
        due = self._due
        self._profiles.prune()
        self._due = due  # what expired said nothing any more
        installed, context = self._profiles.installed, charging_facts.context(self._ctx)
        self.computations += 1
        self._floating = _floats(installed, context)
        length = window if self._floating else window + AHEAD_S
        self._computed = composite_schedules(installed, context, moment_of(now), length, self.unit)
        self._until = now + self._computed[0].duration_s

    def _publish(self, shown: tuple[CompositeSchedule, ...]) -> None:
        values = tuple(to_charging_schedule(schedule) for schedule in shown)
        self._shown, self._values = shown, values
        self._ctx.publish("charging_schedules", ChargingSchedules(values))
        if not all(self._is_told(schedule) for schedule in shown):
            self._tell(shown, values)

    def _tell(
        self, shown: tuple[CompositeSchedule, ...], values: tuple[ChargingSchedule, ...]
    ) -> None:
        """The limit that holds now, to whoever has to keep to it. A station with one EVSE needs no
        limit for the whole.
        """
        for schedule, value in zip(shown, values, strict=True):
            evse_id = schedule.evse_id
            before, now = self._told.get(evse_id), _told(schedule)
            if before == now:
                continue
            self._told[evse_id] = now
            if evse_id != STATION or len(shown) > 2:
                self._ctx.asks.tell("set_limit", evse_id, value)
            if before is not None and evse_id != STATION:
                self._rate_changed(evse_id, before, now)

    def _rate_changed(self, evse_id: int, before: _Told, now: _Told) -> None:
        """K01.FR.61, K11.FR.04, K13.FR.03: the CSMS hears of a significant change while charging."""
        percent = float(self._ctx.variables.get(SmartChargingCtrlr.limit_change_significance))
        if before[0] is not now[0] or not significant(before[1], now[1], percent):
            return
        if self._ctx.station.evses[evse_id].charging_state is ChargingState.Charging:
            self._ctx.station.transactions.record(evse_id, TriggerReason.ChargingRateChanged)

    def _arm_boundary(self, now: int, window: int) -> None:
        """The next change of a limit, or the moment at which more has to be computed."""
        ahead = [
            second
            for schedule in self._computed
            if (second := _next_period(schedule, now)) is not None
        ]
        self._steady_until = 0 if self._floating else min([*ahead, self._until])
        due = min([*ahead, max(self._until - window, now) + 1])
        if self._boundary is not None and self._boundary.active:
            if due == self._boundary_at:
                return
            self._boundary.cancel()
        self._boundary_at = due
        self._boundary = self._ctx.timers.at(moment_of(due), self._boundary_reached, "limit")

    # -- is it news? -----------------------------------------------------------------------------

    def _is_news(self, shown: tuple[CompositeSchedule, ...]) -> bool:
        """Something else is to come than what was shown last, as far as that went."""
        if len(shown) != len(self._shown) or self._limit_differs(shown):
            return True
        if self._floating and all(map(_same_periods, self._shown, shown)):
            return False  # it moves on with the time, and stays the same
        return any(map(_differ, self._shown, shown))

    def _limit_differs(self, shown: tuple[CompositeSchedule, ...]) -> bool:
        """Another limit holds now."""
        return not all(self._is_told(schedule) for schedule in shown)

    def _is_told(self, schedule: CompositeSchedule) -> bool:
        return self._told.get(schedule.evse_id) == _told(schedule)

    @property
    def _window(self) -> int:
        get = self._ctx.variables.get
        return min(
            get(InternalCtrlr.composite_schedule_duration),
            get(InternalCtrlr.max_composite_schedule_duration),
        )

    @property
    def unit(self) -> RateUnit:
        """What is published and told is in this unit."""
        return RateUnit(self._ctx.variables.get(InternalCtrlr.composite_schedule_unit))


def _told(schedule: CompositeSchedule) -> _Told:
    first = schedule.periods[0]
    return schedule.unit, first.limit, first.number_phases, first.phase_to_use


def _always(_shown: tuple[CompositeSchedule, ...]) -> bool:
    return True


def _differ(before: CompositeSchedule, now: CompositeSchedule) -> bool:
    """Do two windows on a schedule say different things where both say something?"""
    if before.unit is not now.unit or before.duration_s != now.duration_s:
        return True
    start = epoch_s(now.start)
    common = epoch_s(before.start) + before.duration_s - start
    if common <= 0 or start < epoch_s(before.start):
        return True
    return _said(cut(before, start, common).periods) != _said(cut(now, start, common).periods)


def _same_periods(before: CompositeSchedule, now: CompositeSchedule) -> bool:
    return before.unit is now.unit and _said(before.periods) == _said(now.periods)


def _next_period(schedule: CompositeSchedule, now: int) -> int | None:
    """The second at which the period after the one that holds `now` begins."""
    base = epoch_s(schedule.start)
    return next(
        (base + row.start_period for row in schedule.periods if base + row.start_period > now), None
    )


def _said(periods: tuple[CompositePeriod, ...]) -> list[tuple[object, ...]]:
    return [
        (*period[:4], None if period.winner is None else period.winner.stack_level)
        for period in periods
    ]


def _floats(installed: Profiles, context: ChargingContext) -> bool:
    """Does a profile count from now on, as nothing has started yet that it could count from?"""
    by_path = context.relative_start is RelativeStart.POWER_PATH_CLOSED
    waiting = [
        evse.id
        for evse in context.evses
        if evse.transaction is None or (by_path and evse.transaction.power_path_closed_at is None)
    ]
    return any(
        item.profile.purpose in (Purpose.TX, Purpose.TX_DEFAULT)
        and ((item.evse_id == STATION and waiting) or item.evse_id in waiting)
        and (
            item.profile.kind is Kind.RELATIVE
            or (
                item.profile.valid_from is None
                and any(each.start_schedule is None for each in item.profile.schedules)
            )
        )
        for item in installed
    )


def _minimum_matters(installed: Profiles) -> bool:
    """A minimum charging rate is shown for the profile that wins at the start of the window."""
    return any(
        each.min_charging_rate is not None for item in installed for each in item.profile.schedules
    )


_SHAPE: Final = (
    InternalCtrlr.composite_schedule_duration,
    InternalCtrlr.composite_schedule_unit,
    SmartChargingCtrlr.default_limit_amps,
    SmartChargingCtrlr.default_limit_watts,
    SmartChargingCtrlr.default_number_phases,
    SmartChargingCtrlr.enabled,
    SmartChargingCtrlr.ignored_profile_purposes_offline,
    SmartChargingCtrlr.supply_voltage,
)
"""Variables that change what is shown."""
