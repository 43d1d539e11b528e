"""From composite schedules to the value of the var `charging_schedules`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final  # mypy cannot see through the generic converters of these values

from attrs import fields

from ocpp_iface.smartcharging.composite import CompositePeriod, CompositeSchedule
from ocpp_iface.types.schedules import (
    ChargingSchedule,
    ChargingSchedulePeriod,
    ChargingSchedules,
)

_FIELDS: Final = tuple(each.name for each in fields(ChargingSchedule))
_set: Final = object.__setattr__


def to_charging_schedules(schedules: Iterable[CompositeSchedule]) -> ChargingSchedules:
    """The contract's value, one schedule each, in the order given."""
    found: Any = tuple(to_charging_schedule(schedule) for schedule in schedules)
    return ChargingSchedules(found)


def to_charging_schedule(schedule: CompositeSchedule) -> ChargingSchedule:
    periods: Any = tuple(to_period(period) for period in schedule.periods)
    return ChargingSchedule(
        schedule.evse_id,
        schedule.unit.value,
        periods,
        duration=schedule.duration_s,
        start_schedule=schedule.start,
        min_charging_rate=schedule.min_charging_rate,
    )


def moved(schedule: ChargingSchedule, start: datetime) -> ChargingSchedule:
    """The same schedule from another moment on. Nothing is checked again: it is made for each EVSE
    of an idle station every few seconds.
    """
    other = ChargingSchedule.__new__(ChargingSchedule)
    for name in _FIELDS:
        _set(other, name, getattr(schedule, name))
    _set(other, "start_schedule", start)
    return other


def to_period(period: CompositePeriod) -> ChargingSchedulePeriod:
    """The stack level is that of the winning profile, absent where none wins."""
    return ChargingSchedulePeriod(
        period.start_period,
        period.limit,
        number_phases=period.number_phases,
        phase_to_use=period.phase_to_use,
        stack_level=None if period.winner is None else period.winner.stack_level,
    )
