"""When samples are due. Pure; every instant is computed from its origin, so nothing drifts.

Sampled values lie on the grid `start + k * interval` of their transaction, clock-aligned ones on
`midnight UTC + k * interval`, begun anew each midnight.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

DAY: Final = timedelta(days=1)
_LONGEST_S: Final = 10 * 366 * 86_400


def interval_of(seconds: float) -> timedelta | None:
    """None for 0 or less: nothing is due. Ten years stand for everything longer."""
    return timedelta(seconds=min(seconds, _LONGEST_S)) if seconds > 0 else None


def next_sample(start: datetime, interval: timedelta, after: datetime) -> datetime:
    """The first instant of the grid that is later than `after`."""
    return last_sample(start, interval, after) + interval


def last_sample(start: datetime, interval: timedelta, now: datetime) -> datetime:
    """The last instant of the grid that is not later than `now`.

    The grid goes on before `start`, so a clock that was set back stops nothing.
    """
    return start + ((now - start) // interval) * interval


def next_boundary(interval: timedelta, after: datetime) -> datetime:
    """The first clock-aligned instant that is later than `after` (UTC)."""
    midnight = _midnight(after)
    return min(next_sample(midnight, interval, after), midnight + DAY)


def last_boundary(interval: timedelta, now: datetime) -> datetime:
    """The last clock-aligned instant that is not later than `now` (UTC)."""
    return last_sample(_midnight(now), interval, now)


def _midnight(moment: datetime) -> datetime:
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)
