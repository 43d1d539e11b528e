"""What may be drawn at one instant, by the definition of the specification, as simply as possible.

No windows, no stacks, no tricks: every profile is asked what it says now. Shares nothing with the
engine but the values. Times are seconds since 1970; power is exact, in fractions of W; a limit comes
out in tenths of its unit, rounded down.
"""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction
from math import floor
from typing import NamedTuple

from ocpp_iface.smartcharging.context import EvseContext, RelativeStart, StationContext
from ocpp_iface.smartcharging.profile import (
    InstalledProfile,
    Kind,
    LimitSource,
    Purpose,
    RateUnit,
    RecurrencyKind,
    SchedulePeriod,
)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Says(NamedTuple):
    """What one leading profile says now."""

    installed: InstalledProfile
    period: SchedulePeriod
    unit: RateUnit


class Answer(NamedTuple):
    tenths: int
    number_phases: int | None
    phases_to_use: frozenset[int]
    """The phases that some leading profile names; empty: none may be named."""


def seconds(moment: datetime) -> int:
    return (moment - EPOCH) // (datetime.resolution * 1_000_000)


def relative_start(evse: EvseContext, context: StationContext, now: int) -> int:
    transaction = evse.transaction
    if transaction is None:
        return now
    if context.relative_start is RelativeStart.TRANSACTION_START:
        return seconds(transaction.started_at)
    if transaction.power_path_closed_at is None:
        return now
    return seconds(transaction.power_path_closed_at)


def says(
    installed: InstalledProfile, evse: EvseContext, context: StationContext, t: int, now: int
) -> Says | None:
    """The period of a profile that is active at second `t`, if one is."""
    profile = installed.profile
    if profile.valid_from is not None and t < seconds(profile.valid_from):
        return None
    if profile.valid_to is not None and t >= seconds(profile.valid_to):
        return None
    schedule = profile.schedules[0]
    if profile.purpose is Purpose.TX and evse.schedule_index < len(profile.schedules):
        schedule = profile.schedules[evse.schedule_index]
    elif profile.purpose is Purpose.TX:
        schedule = profile.schedules[-1]

    if profile.kind is not Kind.RELATIVE and schedule.start_schedule is not None:
        start = seconds(schedule.start_schedule)
    elif profile.kind is not Kind.RELATIVE and profile.valid_from is not None:
        start = seconds(profile.valid_from)
    elif profile.purpose in (Purpose.TX, Purpose.TX_DEFAULT):
        start = relative_start(evse, context, now)
    else:
        start = seconds(installed.installed_at)
        if profile.valid_from is not None:
            start = max(start, seconds(profile.valid_from))

    elapsed = t - start
    if elapsed < 0:
        return None
    if profile.kind is Kind.RECURRING:
        elapsed %= 7 * 86400 if profile.recurrency_kind is RecurrencyKind.WEEKLY else 86400
    if schedule.duration_s is not None and elapsed >= schedule.duration_s:
        return None
    begun = [period for period in schedule.periods if period.start_period <= elapsed]
    return Says(installed, begun[-1], schedule.unit) if begun else None


def leading(candidates: list[Says | None]) -> list[Says]:
    """The one with the highest stack level; a profile of the EVSE itself before one of the station,
    the one installed last of two that are alike."""
    found = [one for one in candidates if one is not None]
    if len(found) < 2:
        return found
    return [
        max(
            found,
            key=lambda one: (
                one.installed.profile.stack_level,
                one.installed.evse_id > 0,
                one.installed.sequence,
            ),
        )
    ]


class Oracle:
    def __init__(
        self, installed: list[InstalledProfile], context: StationContext, unit: RateUnit, now: int
    ) -> None:
        self.context, self.unit, self.now = context, unit, now
        self.installed = {
            purpose: [one for one in installed if one.profile.purpose is purpose]
            for purpose in Purpose
            if purpose not in context.ignored_purposes
        }
        self.volts = Fraction(str(context.supply_voltage))
        default = context.default_limit_a if unit is RateUnit.A else context.default_limit_w
        self.default = int(Fraction(str(default)) * 10)
        external = self.installed.get(Purpose.STATION_EXTERNAL, ())
        self.sources = [
            source for source in LimitSource if any(e.source is source for e in external)
        ]
        watt = unit is RateUnit.W
        self.units = [Fraction(1) if watt else self.volts * phases for phases in range(4)]
        """W in one of the wanted unit on so many phases."""
        self._powers: dict[int, tuple[Fraction, Fraction]] = {}
        self._lowest: dict[tuple[int, ...], Answer] = {}

    def ask(
        self,
        purpose: Purpose,
        evse_ids: tuple[int, ...],
        evse: EvseContext,
        t: int,
        source: LimitSource | None = None,
    ) -> list[Says]:
        """What leads among the profiles of `purpose` on `evse_ids` for this EVSE."""
        if not self.installed.get(purpose):
            return []
        return leading(
            [
                says(one, evse, self.context, t, self.now)
                for one in self.installed[purpose]
                if one.evse_id in evse_ids
                and source in (None, one.source)
                and (
                    purpose is not Purpose.TX
                    or (
                        evse.transaction is not None
                        and one.profile.transaction_id == evse.transaction.id
                    )
                )
            ]
        )

    def own(self, evse: EvseContext, t: int) -> list[Says]:
        """TxProfile, else TxDefaultProfile; and external constraints on the EVSE itself."""
        transaction = self.ask(Purpose.TX, (evse.id,), evse, t) or self.ask(
            Purpose.TX_DEFAULT, (evse.id, 0), evse, t
        )
        return transaction + self.external(evse.id, evse, t)

    def caps(self, t: int) -> list[Says]:
        station = EvseContext(0)
        return self.external(0, station, t) + self.ask(Purpose.STATION_MAX, (0,), station, t)

    def external(self, evse_id: int, evse: EvseContext, t: int) -> list[Says]:
        """Every source of external constraints binds on its own."""
        found = []
        for source in self.sources:
            found += self.ask(Purpose.STATION_EXTERNAL, (evse_id,), evse, t, source)
        return found

    def lowest(self, all_say: list[Says], most_phases: int, *, dc: bool) -> Answer:
        """The lowest of what is said, in the wanted unit (remembered). Not for an empty list."""
        key = (most_phases, dc, *(id(one.period) for one in all_say))
        if key not in self._lowest:
            self._lowest[key] = self.computed(all_say, most_phases, dc=dc)
        return self._lowest[key]

    def computed(self, all_say: list[Says], most_phases: int, *, dc: bool) -> Answer:
        if dc:
            return Answer(
                self.rounded(min(self.power(one) for one in all_say), 3), None, frozenset()
            )
        phases = min([most_phases, *(one.period.number_phases or 3 for one in all_say)])
        per_phase = min(self.powers(one)[1] for one in all_say)
        named = frozenset(
            one.period.phase_to_use
            for one in all_say
            if one.period.number_phases == 1 and one.period.phase_to_use
        )
        return Answer(self.rounded(per_phase * phases, phases), phases, named)

    def power(self, one: Says) -> Fraction:
        """Total power in W on the number of phases of the period itself."""
        return self.powers(one)[0]

    def powers(self, one: Says) -> tuple[Fraction, Fraction]:
        """In W, total and on each phase (remembered: it is slow)."""
        key = id(one.period)
        if key not in self._powers:
            power = Fraction(floor(Fraction(str(one.period.limit)) * 10), 10)
            if one.unit is RateUnit.A:
                power *= self.volts * (one.period.number_phases or 3)
            self._powers[key] = power, power / (one.period.number_phases or 3)
        return self._powers[key]

    def rounded(self, power: Fraction, phases: int) -> int:
        """`power` in W on `phases` phases in tenths of the wanted unit, rounded down."""
        unit = self.units[phases]
        return 10 * power.numerator * unit.denominator // (power.denominator * unit.numerator)

    def __call__(self, t: int) -> list[Answer]:
        """What holds at second `t`: for the station, then for each EVSE."""
        caps = self.caps(t)
        owns = [(evse, self.own(evse, t)) for evse in self.context.evses]
        answers = [self.of_station(owns, caps)]
        for evse, own in owns:
            if own or caps:
                answers.append(self.lowest(own + caps, evse.phases, dc=evse.dc))
            else:
                phases = None if evse.dc else min(self.context.default_phases, evse.phases)
                answers.append(Answer(self.default, phases, frozenset()))
        return answers

    def of_station(self, owns: list[tuple[EvseContext, list[Says]]], caps: list[Says]) -> Answer:
        total = 0
        for evse, own in owns:
            total += self.lowest(own, evse.phases, dc=evse.dc).tenths if own else self.default
        dc = all(evse.dc for evse, _ in owns)
        phases = max((evse.phases for evse, _ in owns if not evse.dc), default=3)
        if not caps:
            return Answer(total, None if dc else phases, frozenset())
        cap = self.lowest(caps, 3, dc=dc)
        if dc or cap.number_phases is None:
            return Answer(min(total, cap.tenths), None, frozenset())
        return Answer(min(total, cap.tenths), min(phases, cap.number_phases), cap.phases_to_use)


def boundaries(
    installed: list[InstalledProfile], context: StationContext, start: int, end: int, now: int
) -> list[int]:
    """Every second in the window at which some profile may begin or end to say something, and the
    seconds before and after it."""
    found = set()
    for one in installed:
        profile = one.profile
        anchors = {seconds(one.installed_at), now}
        anchors |= {relative_start(evse, context, now) for evse in context.evses}
        for moment in (profile.valid_from, profile.valid_to):
            if moment is not None:
                anchors.add(seconds(moment))
                found.add(seconds(moment))
        for schedule in profile.schedules:
            if schedule.start_schedule is not None and profile.kind is not Kind.RELATIVE:
                anchors = {seconds(schedule.start_schedule)}
            offsets = [period.start_period for period in schedule.periods]
            if schedule.duration_s is not None:
                offsets.append(schedule.duration_s)
            for anchor in anchors:
                runs = [anchor]
                if profile.kind is Kind.RECURRING:
                    weekly = profile.recurrency_kind is RecurrencyKind.WEEKLY
                    every = 7 * 86400 if weekly else 86400
                    first = anchor + (start - anchor) // every * every
                    runs = list(range(max(anchor, first), end, every))
                found |= {run + offset for run in runs for offset in offsets}
    near = {at + by for at in found for by in (-1, 0, 1)}
    return sorted(at for at in near if start <= at < end)
