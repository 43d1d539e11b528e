"""The composite schedule: what all profiles together allow, per EVSE and for the station.

At each second:

* Of each purpose the profile with the highest stack level that has a period then leads (K01.FR.17).
  A TxProfile comes before every TxDefaultProfile; in its gaps the TxDefaultProfile holds again
  (K02.FR.04, K02.FR.08). A TxDefaultProfile on EVSE 0 is one on every EVSE (K01.FR.14); at the same
  stack level the one of the EVSE itself wins (1.6, 3.13.1).
* An EVSE may draw the lowest of its leading TxProfile or TxDefaultProfile, the external constraints
  and the station maximum, on the lowest number of phases any of them gives (K08.FR.04).
* The station may draw the sum of what its EVSEs may draw by their own profiles (an EVSE without
  any counts with the default limit), and no more than station maximum and external constraints.
* Where no profile says anything the default limit holds.

How it is fast: of a stack only what is not hidden is expanded; EVSEs with the same stack share their
segments and their result; numbers are integers (`conversion`), segments plain tuples.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from attrs import frozen

from ocpp_iface.smartcharging.context import EvseContext, StationContext
from ocpp_iface.smartcharging.conversion import (
    convert,
    limit_of,
    volt_tenths,
)
from ocpp_iface.smartcharging.layers import Measure, Total, add_changes, lowest, stack, totals
from ocpp_iface.smartcharging.profile import (
    STATION,
    InstalledProfile,
    LimitSource,
    Purpose,
    RateUnit,
    epoch_s,
    moment_of,
    tenths,
)
from ocpp_iface.smartcharging.schedule import (
    Layer,
    Segment,
    Window,
    base_of,
    chosen_schedule,
    layer_of,
    relative_anchor,
)

NO_PROFILE = -1
"""The index of the profile in a segment that no profile made: the default, or a sum of EVSEs."""


_Shown = tuple[int, int, int, int]
"""Limit in tenths, number of phases, phase to use; the profile too, if that is to be told apart."""

_NOTHING: _Shown = (-1, 0, 0, 0)


@frozen
class Winner:
    """The profile whose limit holds in a period."""

    profile_id: int
    purpose: Purpose
    stack_level: int
    source: LimitSource
    evse_id: int


class CompositePeriod(NamedTuple):
    """From `start_period` s on `limit` (one digit) holds on `number_phases` (None on DC).

    `winner` is None where the default limit or the sum of the EVSEs holds. A tuple, as a station
    has thousands of them.
    """

    start_period: int
    limit: float
    number_phases: int | None
    phase_to_use: int | None
    winner: Winner | None


@frozen
class CompositeSchedule:
    """`evse_id` 0 is the station. `periods` is never empty and begins at 0."""

    evse_id: int
    unit: RateUnit
    start: datetime
    duration_s: int
    periods: tuple[CompositePeriod, ...]
    min_charging_rate: float | None = None
    """Of the profile that wins at the start, in `unit`."""


def composite_schedules(
    installed: Sequence[InstalledProfile],
    context: StationContext,
    start: datetime,
    duration_s: int,
    unit: RateUnit,
    *,
    now: datetime | None = None,
) -> tuple[CompositeSchedule, ...]:
    """The schedules of EVSE 0 and of every EVSE of `context`, in its order, from `start` on.

    `now`, by default `start`, is what relative profiles without a transaction count from. A
    duration of 0 or less asks for the limits of one second; one above the maximum is cut.
    """
    run = Run.of(installed, context, start, duration_s=duration_s, unit=unit, now=now)
    shown = max(0, min(duration_s, context.max_duration_s))
    station = run.finish(STATION, shown, run.station_periods())
    return (station, *(run.finish(e.id, shown, run.evse_periods(e)) for e in context.evses))


def composite_schedule(
    installed: Sequence[InstalledProfile],
    context: StationContext,
    evse_id: int,
    start: datetime,
    *,
    duration_s: int,
    unit: RateUnit,
    now: datetime | None = None,
) -> CompositeSchedule | None:
    """Like `composite_schedules` for one EVSE; None if the station has no such EVSE (K08.FR.05)."""
    run = Run.of(installed, context, start, duration_s=duration_s, unit=unit, now=now)
    shown = max(0, min(duration_s, context.max_duration_s))
    if evse_id == STATION:
        return run.finish(STATION, shown, run.station_periods())
    evse = context.evse(evse_id)
    return None if evse is None else run.finish(evse_id, shown, run.evse_periods(evse))


def limit_at(
    installed: Sequence[InstalledProfile],
    context: StationContext,
    evse_id: int,
    moment: datetime,
    unit: RateUnit,
    *,
    now: datetime | None = None,
) -> CompositePeriod | None:
    """What holds at `moment`; None if the station has no such EVSE."""
    schedule = composite_schedule(
        installed, context, evse_id, moment, duration_s=1, unit=unit, now=now
    )
    return None if schedule is None else schedule.periods[0]


def next_change(schedules: Iterable[CompositeSchedule]) -> datetime | None:
    """The first moment after their start at which one of the schedules changes, None if none does."""
    changes = [
        epoch_s(schedule.start) + schedule.periods[1].start_period
        for schedule in schedules
        if len(schedule.periods) > 1
    ]
    return moment_of(min(changes)) if changes else None


@frozen
class _Source:
    """A profile in this run: where it stands in `installed`, and its rank in its stack."""

    index: int
    installed: InstalledProfile
    rank: tuple[int, int, int, int]


class Run:
    """One computation over one window; keeps what EVSEs share, and dies with it."""

    def __init__(
        self,
        installed: Sequence[InstalledProfile],
        context: StationContext,
        window: Window,
        unit: RateUnit,
    ) -> None:
        self.installed, self.context, self.window, self.unit = installed, context, window, unit
        self.volts = volt_tenths(context.supply_voltage)
        default = context.default_limit_a if unit is RateUnit.A else context.default_limit_w
        self.default = tenths(default)
        self._by_place: dict[tuple[Purpose, int], list[_Source]] = {}
        self._layers: dict[tuple[int, int, int, bool], Layer] = {}
        self._stacked: dict[tuple[object, ...], list[Segment]] = {}
        self._own: dict[tuple[object, ...], list[Segment]] = {}
        self._periods: dict[tuple[object, ...], tuple[CompositePeriod, ...]] = {}
        self._winners: dict[int, Winner | None] = {NO_PROFILE: None}
        self._sort_profiles()

    @staticmethod
    def of(
        installed: Sequence[InstalledProfile],
        context: StationContext,
        start: datetime,
        *,
        duration_s: int,
        unit: RateUnit,
        now: datetime | None,
    ) -> Run:
        begin = epoch_s(start)
        length = max(1, min(duration_s, context.max_duration_s))
        window = Window(begin, begin + length, begin if now is None else epoch_s(now))
        return Run(installed, context, window, unit)

    def _sort_profiles(self) -> None:
        for index, item in enumerate(self.installed):
            profile = item.profile
            if profile.purpose in self.context.ignored_purposes:
                continue
            if not profile.schedules or not all(s.periods for s in profile.schedules):
                continue  # says nothing; no version lets one in
            specific = int(item.evse_id != STATION)
            is_tx = int(profile.purpose is Purpose.TX)
            rank = (is_tx, profile.stack_level, specific, item.sequence)
            place = (profile.purpose, item.evse_id)
            self._by_place.setdefault(place, []).append(_Source(index, item, rank))

    # -- what an EVSE may draw

    def evse_periods(self, evse: EvseContext, *, merge: bool = True) -> tuple[CompositePeriod, ...]:
        """The limits that hold on an EVSE; without `merge`, of equal neighbours only those of one
        profile are one.
        """
        own, caps = self.own_limits(evse), self.caps(dc=evse.dc)
        key = (id(own), evse.dc, evse.phases, merge)
        if key not in self._periods:
            found = self._published(lowest(own, caps), evse, merge=merge)
            self._periods[key] = tuple(found)
        return self._periods[key]

    def own_limits(self, evse: EvseContext) -> list[Segment]:
        """The limits set for this EVSE: its transaction stack under its own external constraints."""
        transaction = self.stacked(self.transaction_sources(evse), evse)
        external = self._external(evse.id, evse)
        if not external:
            return transaction
        key = (id(transaction), id(external))
        if key not in self._own:
            self._own[key] = lowest(transaction, external)
        return self._own[key]

    def caps(self, *, dc: bool) -> list[Segment]:
        """The limits of the station as a whole, as they bind an EVSE of this kind."""
        anyone = EvseContext(STATION, dc=dc)
        key = ("caps", dc)
        if key not in self._own:
            maximum = self.stacked(self.sources(Purpose.STATION_MAX, STATION), anyone)
            self._own[key] = lowest(self._external(STATION, anyone), maximum)
        return self._own[key]

    def _external(self, evse_id: int, evse: EvseContext) -> list[Segment]:
        """The external constraints on one EVSE; each source has its stack, the lowest holds (SC.01)."""
        key = ("external", evse_id, evse.dc)
        if key not in self._own:
            sources = self.sources(Purpose.STATION_EXTERNAL, evse_id)
            found: list[Segment] = []
            for who in LimitSource:
                of_one = [source for source in sources if source.installed.source is who]
                found = lowest(found, self.stacked(of_one, evse))
            self._own[key] = found
        return self._own[key]

    def sources(self, purpose: Purpose, evse_id: int) -> list[_Source]:
        """The profiles of one purpose set on one EVSE, or on the station, the leading one first."""
        return sorted(self._by_place.get((purpose, evse_id), ()), key=_rank, reverse=True)

    def transaction_sources(self, evse: EvseContext) -> list[_Source]:
        """The TxProfiles of the running transaction, then the TxDefaultProfiles."""
        running = None if evse.transaction is None else evse.transaction.id
        found = [
            source
            for source in self._by_place.get((Purpose.TX, evse.id), ())
            if running is not None and source.installed.profile.transaction_id == running
        ]
        found += self._by_place.get((Purpose.TX_DEFAULT, evse.id), ())
        found += self._by_place.get((Purpose.TX_DEFAULT, STATION), ())
        return sorted(found, key=_rank, reverse=True)

    def stacked(self, sources: list[_Source], evse: EvseContext) -> list[Segment]:
        """The leading limits of a stack; the very same list for EVSEs that share it."""
        anchor = relative_anchor(evse.transaction, self.context.relative_start, self.window.now)
        placed = []
        for source in sources:
            which = evse.schedule_index if source.installed.profile.purpose is Purpose.TX else 0
            schedule = chosen_schedule(source.installed, which)
            placed.append((source.index, base_of(source.installed, schedule, anchor), which))
        key = (evse.dc, *placed)
        if key not in self._stacked:
            layers = (self._layer(*place, dc=evse.dc) for place in placed)
            self._stacked[key] = stack(layers, self.window.start, self.window.end)
        return self._stacked[key]

    def _layer(self, index: int, base: int, which: int, *, dc: bool) -> Layer:
        key = (index, base, which, dc)
        if key not in self._layers:
            installed = self.installed[index]
            schedule = chosen_schedule(installed, which)
            self._layers[key] = layer_of(installed, index, schedule, base, self.volts, dc=dc)
        return self._layers[key]

    def _published(
        self, segments: list[Segment], evse: EvseContext, *, merge: bool
    ) -> list[CompositePeriod]:
        """Limits in the wanted unit, gaps filled with the default, equal neighbours merged."""
        periods: list[CompositePeriod] = []
        start, unit, volts, dc = self.window.start, self.unit, self.volts, evse.dc
        most = 3 if dc else evse.phases
        default_phases = 3 if dc else min(self.context.default_phases, most)
        default: _Shown = (self.default, default_phases, 0, 0 if merge else NO_PROFILE)
        at, last = start, _NOTHING
        for begin, end, share, phases, phase, index in segments:
            if begin > at and default != last:
                periods.append(self._period(at - start, default, NO_PROFILE, dc=dc))
                last = default
            used = phases if phases < most else most  # noqa: FURB136  # hot: a call costs more
            row = (limit_of(share, unit, used, volts), used, phase, 0 if merge else index)
            if row != last:
                periods.append(self._period(begin - start, row, index, dc=dc))
                last = row
            at = end
        if at < self.window.end and default != last:
            periods.append(self._period(at - start, default, NO_PROFILE, dc=dc))
        return periods

    # -- what the station may draw

    def station_periods(self, *, merge: bool = True) -> tuple[CompositePeriod, ...]:
        """The sum of the EVSEs, capped by the limits of the station; `merge` as for an EVSE."""
        phases = max((e.phases for e in self.context.evses if not e.dc), default=0)
        dc = bool(self.context.evses) and not phases
        phases = phases or self.context.default_phases
        found = self._capped(phases, dc=dc, merge=merge)
        return tuple(found)

    def _sum(self) -> list[Total]:
        window = self.window
        measure = Measure(self.unit, self.volts, self.default)
        alike: dict[tuple[int, int], tuple[list[Segment], int]] = {}
        for evse in self.context.evses:
            own = self.own_limits(evse)
            key = (id(own), 3 if evse.dc else evse.phases)
            alike[key] = (own, alike.get(key, (own, 0))[1] + 1)
        changes: dict[int, int] = {}
        for (_, phases), (own, times) in alike.items():
            add_changes(changes, own, measure, phases=phases, times=times)
        # A station without EVSEs still has its default limit.
        count = max(1, len(self.context.evses))
        return totals(changes, window.start, window.end, self.default * count)

    def _capped(self, phases: int, *, dc: bool, merge: bool) -> Iterator[CompositePeriod]:
        start, last, caps = self.window.start, _NOTHING, self.caps(dc=dc)
        position, count = 0, len(caps)
        for begin, end, total in self._sum():
            at = begin
            while at < end:
                while position < count and caps[position][1] <= at:
                    position += 1
                limit, used, named, index, stop = total, phases, 0, NO_PROFILE, end
                if position < count:
                    cap_start, cap_end, share, cap_phases, phase, cap_index = caps[position]
                    stop = min(end, cap_start if cap_start > at else cap_end)
                    if cap_start <= at:
                        cap = limit_of(share, self.unit, cap_phases, self.volts)
                        used, named = min(phases, cap_phases), phase
                        if cap <= total:
                            limit, index = cap, cap_index
                row = (limit, used, named, 0 if merge else index)
                if row != last:
                    yield self._period(at - start, row, index, dc=dc)
                    last = row
                at = stop

    # -- values

    def _period(self, offset: int, row: _Shown, index: int, *, dc: bool) -> CompositePeriod:
        limit, phases, phase, _ = row
        winner = self._winners[index] if index in self._winners else self.winner(index)
        if dc:
            return CompositePeriod(offset, limit / 10, None, None, winner)
        return CompositePeriod(offset, limit / 10, phases, phase or None, winner)

    def winner(self, index: int) -> Winner:
        """The profile at `index` of those installed, as it is shown."""
        item = self.installed[index]
        profile = item.profile
        winner = Winner(profile.id, profile.purpose, profile.stack_level, item.source, item.evse_id)
        self._winners[index] = winner
        return winner

    def finish(
        self, evse_id: int, duration_s: int, periods: tuple[CompositePeriod, ...]
    ) -> CompositeSchedule:
        return CompositeSchedule(
            evse_id,
            self.unit,
            moment_of(self.window.start),
            duration_s,
            periods,
            self._min_charging_rate(periods[0].winner),
        )

    def _min_charging_rate(self, winner: Winner | None) -> float | None:
        """The minimum of the winner's schedule in the wanted unit, None if it gives none."""
        if winner is None:
            return None
        index = next(index for index, known in self._winners.items() if known is winner)
        schedule = chosen_schedule(self.installed[index], 0)
        if schedule.min_charging_rate is None:
            return None
        return convert(
            schedule.min_charging_rate,
            schedule.unit,
            self.unit,
            supply_voltage=self.context.supply_voltage,
            number_phases=schedule.rows[0][1],
        )


def _rank(source: _Source) -> tuple[int, int, int, int]:
    return source.rank
