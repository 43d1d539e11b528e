"""A part of a composite schedule, so that one that was computed far ahead can be shown piece by piece."""

from __future__ import annotations

from bisect import bisect_right

from ocpp_iface.smartcharging.composite import CompositeSchedule
from ocpp_iface.smartcharging.profile import epoch_s, moment_of


def cut(schedule: CompositeSchedule, start_s: int, duration_s: int) -> CompositeSchedule:
    """What `schedule` says from `start_s` (seconds since 1970, inside it) on, for `duration_s`.

    The minimum charging rate is only known for its first period, so it is left out after that.
    """
    offset = start_s - epoch_s(schedule.start)
    starts = [period.start_period for period in schedule.periods]
    first = bisect_right(starts, offset) - 1
    end = offset + duration_s
    periods = tuple(
        period._replace(start_period=max(0, period.start_period - offset))
        for period in schedule.periods[first:]
        if period.start_period < end or period.start_period <= offset
    )
    return CompositeSchedule(
        schedule.evse_id,
        schedule.unit,
        moment_of(start_s),
        duration_s,
        periods,
        schedule.min_charging_rate if first == 0 else None,
    )
