"""Limits that the CSMS did not set: from an energy manager or the grid, handed in by the app.

They are installed as profiles of purpose ChargingStationExternalConstraints (K11.FR.06, K12.FR.05),
one for each source and EVSE. Each source binds on its own: the lowest of them holds (SC.01).
"""

from __future__ import annotations

import math
from bisect import bisect_right
from datetime import datetime
from itertools import pairwise

from attrs import evolve

from ocpp_iface.errors import Fault, PayloadError
from ocpp_iface.smartcharging.composite import CompositeSchedule
from ocpp_iface.smartcharging.install import Change, Profiles
from ocpp_iface.smartcharging.profile import (
    STATION,
    ChargingProfile,
    ChargingSchedule,
    InstalledProfile,
    Kind,
    LimitSource,
    Purpose,
    RateUnit,
    SchedulePeriod,
    epoch_s,
)


def constant_limit(limit: float, unit: RateUnit) -> ChargingSchedule:
    """A schedule that says the same for ever."""
    return ChargingSchedule(unit, (SchedulePeriod(0, limit),))


def external_schedule(limit: float | ChargingSchedule, unit: RateUnit) -> ChargingSchedule:
    """What somebody hands in as a limit: one number in `unit`, or a whole schedule.

    Raises PayloadError for what cannot limit anything.
    """
    schedule = limit if isinstance(limit, ChargingSchedule) else constant_limit(float(limit), unit)
    starts = schedule.starts
    if not starts or starts[0] != 0 or any(b <= a for a, b in pairwise(starts)):
        raise PayloadError("limit", "periods begin at 0 and rise", Fault.PROPERTY)
    if not all(math.isfinite(row.limit) and row.limit >= 0 for row in schedule.periods):
        raise PayloadError("limit", "a limit is a number, and not negative", Fault.PROPERTY)
    return schedule


def set_external(
    profiles: Profiles,
    schedule: ChargingSchedule,
    source: LimitSource,
    *,
    now: datetime,
    evse_id: int = STATION,
    valid_to: datetime | None = None,
    max_id: int = 0,
) -> Change:
    """Takes `schedule` as the limit of `source` (not CSO: K11.FR.05) on `evse_id`, in place of its
    former one.

    Without startSchedule it begins now. Its id is that of the former one, else the lowest free one
    from 1 to `max_id` (MaxExternalConstraintsId: the CSMS keeps above it), else below 0, where no
    CSMS counts.
    """
    former = tuple(item for item in profiles if _is_from(item, source, evse_id))
    number = former[0].profile.id if former else _free_id(profiles, max_id)
    if schedule.start_schedule is None:
        schedule = evolve(schedule, start_schedule=now)
    profile = ChargingProfile(
        number, 0, Purpose.STATION_EXTERNAL, Kind.ABSOLUTE, (schedule,), valid_to=valid_to
    )
    sequence = 1 + max((item.sequence for item in profiles), default=0)
    added = InstalledProfile(profile, evse_id, source, sequence, now)
    kept = tuple(item for item in profiles if item not in former)
    return Change((*kept, added), (added,), former)


def release_external(
    profiles: Profiles, source: LimitSource | None = None, evse_id: int | None = None
) -> Change:
    """K13.FR.01: the limits of `source` on `evse_id` no longer hold; None means all of them."""
    removed = tuple(
        item
        for item in profiles
        if item.profile.purpose is Purpose.STATION_EXTERNAL
        and source in (None, item.source)
        and evse_id in (None, item.evse_id)
    )
    return Change(tuple(item for item in profiles if item not in removed), (), removed)


def significant(old: float | None, new: float | None, percent: float) -> bool:
    """Did a limit change by more than `percent` (LimitChangeSignificance) of what it was?

    None is no limit: to get one, or to lose it, is always significant. So is any change from 0.
    """
    if old is None or new is None:
        return old is not new
    return abs(new - old) * 100 > percent * abs(old)


def significantly_different(
    old: CompositeSchedule | None, new: CompositeSchedule | None, percent: float
) -> bool:
    """Is there a moment, from the start of `new` on, where the limit changes significantly?

    Only where both say something; a window that moves on is no change.
    """
    if old is None or new is None or old.unit is not new.unit:
        return old is not new
    old_start, new_start = epoch_s(old.start), epoch_s(new.start)
    start = max(old_start, new_start)
    end = min(old_start + old.duration_s, new_start + new.duration_s)
    moments = {start}
    moments.update(old_start + period.start_period for period in old.periods)
    moments.update(new_start + period.start_period for period in new.periods)
    return any(
        significant(limit_in(old, moment), limit_in(new, moment), percent)
        for moment in sorted(moments)
        if start <= moment < end
    )


def limit_in(schedule: CompositeSchedule, second: int) -> float | None:
    """The limit of a schedule at `second` (since 1970), None outside it."""
    offset = second - epoch_s(schedule.start)
    if not 0 <= offset < schedule.duration_s:
        return None
    starts = [period.start_period for period in schedule.periods]
    return schedule.periods[bisect_right(starts, offset) - 1].limit


def _is_from(item: InstalledProfile, source: LimitSource, evse_id: int) -> bool:
    return (
        item.profile.purpose is Purpose.STATION_EXTERNAL
        and item.source is source
        and item.evse_id == evse_id
    )


def _free_id(profiles: Profiles, max_id: int) -> int:
    taken = [item.profile.id for item in profiles]
    for number in range(1, max_id + 1):
        if number not in taken:
            return number
    return min([0, *taken]) - 1
