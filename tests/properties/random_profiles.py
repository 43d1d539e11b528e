"""Random stations with random profiles, drawn from a `random.Random` or from Hypothesis alike."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, Protocol, TypeVar

from hypothesis import strategies as st

from ocpp_iface.smartcharging.context import (
    ActiveTransaction,
    EvseContext,
    RelativeStart,
    StationContext,
)
from ocpp_iface.smartcharging.profile import (
    ChargingProfile,
    ChargingSchedule,
    InstalledProfile,
    Kind,
    LimitSource,
    Purpose,
    RateUnit,
    RecurrencyKind,
    SchedulePeriod,
)

T = TypeVar("T")

SPRING = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
"""Half an hour before summer time begins in most of Europe."""

PURPOSES = (
    Purpose.TX,
    Purpose.TX,
    Purpose.TX_DEFAULT,
    Purpose.TX_DEFAULT,
    Purpose.TX_DEFAULT,
    Purpose.STATION_MAX,
    Purpose.STATION_EXTERNAL,
    Purpose.STATION_EXTERNAL,
)
KINDS = (Kind.ABSOLUTE, Kind.RECURRING, Kind.RELATIVE)
STEPS = (1, 2, 59, 60, 600, 3599, 3600, 7200, 86399, 86400)


class Draw(Protocol):
    def integer(self, low: int, high: int) -> int: ...
    def pick(self, options: Sequence[T]) -> T: ...
    def chance(self, percent: int) -> bool: ...


class SeededDraw:
    """Draws from a seed: fast, for many cases."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def integer(self, low: int, high: int) -> int:
        return low + int(self._random.random() * (high - low + 1))

    def pick(self, options: Sequence[T]) -> T:
        return options[int(self._random.random() * len(options))]

    def chance(self, percent: int) -> bool:
        return self._random.random() * 100 < percent


class HypothesisDraw:
    """Draws from Hypothesis: finds the smallest case that fails."""

    def __init__(self, draw: Any) -> None:
        self._draw = draw

    def integer(self, low: int, high: int) -> int:
        return self._draw(st.integers(low, high))

    def pick(self, options: Sequence[T]) -> T:
        return self._draw(st.sampled_from(list(options)))

    def chance(self, percent: int) -> bool:
        return self._draw(st.integers(0, 99)) >= 100 - percent


class Case(NamedTuple):
    installed: list[InstalledProfile]
    context: StationContext
    start: datetime
    duration_s: int
    unit: RateUnit
    now: datetime


def limit(draw: Draw, unit: RateUnit) -> float:
    if draw.chance(5):
        return 0.0
    whole = draw.integer(0, 640) if unit is RateUnit.A else draw.integer(0, 440_000)
    return whole / 10 if draw.chance(90) else whole / 10 + 0.07


def period(draw: Draw, start: int, unit: RateUnit) -> SchedulePeriod:
    phases = draw.pick((None, None, 1, 2, 3))
    phase = draw.pick((None, 1, 2, 3)) if phases == 1 else None
    return SchedulePeriod(start, limit(draw, unit), phases, phase)


def schedule(draw: Draw, kind: Kind, now: datetime) -> ChargingSchedule:
    unit = draw.pick((RateUnit.A, RateUnit.W))
    starts = [0]
    for _ in range(draw.integer(0, 3)):
        starts.append(starts[-1] + draw.pick(STEPS))
    begin = None
    if kind is not Kind.RELATIVE and not draw.chance(5):
        begin = now + timedelta(seconds=draw.integer(-3, 3) * draw.pick(STEPS))
        if kind is Kind.RECURRING:
            begin -= timedelta(days=draw.integer(0, 9))
    duration = draw.integer(0, 4) * draw.pick(STEPS) if draw.chance(60) else None
    periods = tuple(period(draw, start, unit) for start in starts)
    rate = limit(draw, unit) if draw.chance(10) else None
    return ChargingSchedule(unit, periods, begin, duration, rate)


def profile(draw: Draw, number: int, evses: int, now: datetime) -> tuple[ChargingProfile, int]:
    purpose = draw.pick(PURPOSES)
    kind = draw.pick(KINDS)
    evse_id = 0
    if purpose is Purpose.TX or (purpose is not Purpose.STATION_MAX and draw.chance(50)):
        evse_id = draw.integer(1, evses)
    transaction = None
    if purpose is Purpose.TX:
        # Mostly the running one; sometimes one that has ended, or that of another EVSE.
        transaction = f"tx-{evse_id if draw.chance(85) else draw.integer(0, evses)}"
    several = draw.integer(1, 3) if purpose is Purpose.TX and draw.chance(20) else 1
    value = ChargingProfile(
        number,
        draw.integer(0, 3),
        purpose,
        kind,
        tuple(schedule(draw, kind, now) for _ in range(several)),
        draw.pick(tuple(RecurrencyKind)) if kind is Kind.RECURRING else None,
        now + timedelta(seconds=draw.integer(-2, 2) * draw.pick(STEPS))
        if draw.chance(25)
        else None,
        now + timedelta(seconds=draw.integer(-1, 3) * draw.pick(STEPS))
        if draw.chance(25)
        else None,
        transaction,
    )
    return value, evse_id


def evse(draw: Draw, number: int, now: datetime) -> EvseContext:
    transaction = None
    if draw.chance(60):
        begun = now - timedelta(seconds=draw.integer(0, 2) * draw.pick(STEPS))
        closed = begun + timedelta(seconds=draw.integer(0, 90)) if draw.chance(70) else None
        transaction = ActiveTransaction(f"tx-{number}", begun, closed)
    dc = draw.chance(15)
    index = draw.integer(0, 2) if draw.chance(10) else 0
    return EvseContext(number, transaction, 3 if draw.chance(70) else draw.integer(1, 3), dc, index)


def random_case(draw: Draw) -> Case:
    fraction = timedelta(microseconds=draw.integer(0, 999_999)) if draw.chance(20) else timedelta()
    now = SPRING + timedelta(seconds=draw.integer(0, 86_400)) + fraction
    evses = draw.integer(1, 3)
    installed = []
    for number in range(draw.integer(0, 7)):
        value, evse_id = profile(draw, number, evses, now)
        since = now - timedelta(seconds=draw.integer(0, 2) * draw.pick(STEPS))
        source = LimitSource.CSO
        if value.purpose is Purpose.STATION_EXTERNAL:
            source = draw.pick((LimitSource.EMS, LimitSource.EMS, LimitSource.SO))
        installed.append(InstalledProfile(value, evse_id, source, number, since))
    context = StationContext(
        tuple(evse(draw, number, now) for number in range(1, evses + 1)),
        draw.pick((230.0, 230.0, 110.0, 231.5)),
        relative_start=draw.pick(tuple(RelativeStart)),
        ignored_purposes=(draw.pick(PURPOSES),) if draw.chance(5) else (),
    )
    start = now if draw.chance(60) else now + timedelta(seconds=draw.integer(-2, 3) * 7201)
    duration = draw.integer(1, 3) * draw.pick(STEPS)
    return Case(installed, context, start, duration, draw.pick(tuple(RateUnit)), now)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    return random_case(HypothesisDraw(draw))
