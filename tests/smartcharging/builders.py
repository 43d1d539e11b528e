"""Short ways to write profiles and stations in tests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from attrs import evolve

from ocpp_iface.smartcharging import (
    STATION,
    ActiveTransaction,
    ChargingProfile,
    ChargingSchedule,
    CompositeSchedule,
    EvseContext,
    InstalledProfile,
    Kind,
    LimitSource,
    Purpose,
    RateUnit,
    SchedulePeriod,
    StationContext,
    composite_schedule,
)

T0 = datetime(2026, 3, 29, 0, 0, tzinfo=UTC)
"""Midnight UTC of a day on which summer time begins in most of Europe."""

A, W = RateUnit.A, RateUnit.W
DAY_S = 86_400


def at(seconds: float) -> datetime:
    return T0 + timedelta(seconds=seconds)


def periods(*rows: tuple[int, float] | tuple[int, float, int]) -> tuple[SchedulePeriod, ...]:
    return tuple(SchedulePeriod(*row) for row in rows)


def schedule(*rows: Any, unit: RateUnit = A, start: datetime | None = T0, **more: Any) -> Any:
    return ChargingSchedule(unit, periods(*rows), start, **more)


def profile(
    *rows: Any,
    id: int = 1,  # noqa: A002  # the word of the specification
    level: int = 0,
    purpose: Purpose = Purpose.TX_DEFAULT,
    kind: Kind = Kind.ABSOLUTE,
    unit: RateUnit = A,
    start: datetime | None = T0,
    duration_s: int | None = None,
    **more: Any,
) -> ChargingProfile:
    """A profile with one schedule of `rows` (startPeriod, limit[, numberPhases])."""
    one = ChargingSchedule(
        unit,
        periods(*(rows or [(0, 16.0)])),
        None if kind is Kind.RELATIVE else start,
        duration_s,
    )
    return ChargingProfile(id, level, purpose, kind, (one,), **more)


def installed(
    value: ChargingProfile,
    evse_id: int = STATION,
    *,
    source: LimitSource = LimitSource.CSO,
    sequence: int | None = None,
    since: datetime = T0,
) -> InstalledProfile:
    number = value.id if sequence is None else sequence
    return InstalledProfile(value, evse_id, source, number, since)


def station(*evses: EvseContext, **more: Any) -> StationContext:
    return StationContext(evses or (EvseContext(1), EvseContext(2)), **more)


def charging(evse_id: int = 1, *, since: datetime = T0, **more: Any) -> EvseContext:
    """An EVSE with the transaction "tx", whose power path closed ten seconds after its start."""
    transaction = ActiveTransaction("tx", since, since + timedelta(seconds=10))
    return EvseContext(evse_id, transaction, **more)


def composite(
    profiles: list[InstalledProfile],
    context: StationContext,
    evse_id: int = 1,
    *,
    start: float = 0,
    duration_s: int = 400,
    unit: RateUnit = A,
    now: datetime | None = None,
) -> CompositeSchedule:
    found = composite_schedule(
        profiles, context, evse_id, at(start), duration_s=duration_s, unit=unit, now=now
    )
    assert found is not None
    return found


def limits(schedule_: CompositeSchedule) -> list[tuple[int, float]]:
    return [(period.start_period, period.limit) for period in schedule_.periods]


def with_schedule(value: ChargingProfile, **changes: Any) -> ChargingProfile:
    """`value` with fields of its first schedule changed."""
    return evolve(value, schedules=(evolve(value.schedules[0], **changes),))
