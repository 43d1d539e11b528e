"""From one profile to its segments: when does it say what, within a window?

Time is whole seconds since 1970 UTC, so recurrence is plain division: a daily schedule restarts every
86 400 s, whatever the local clock does (RecurrencyKindEnumType).

A segment is a tuple, as the engine makes them by the ten thousand.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import datetime

from attrs import frozen

from ocpp_iface.smartcharging.context import ActiveTransaction, RelativeStart
from ocpp_iface.smartcharging.conversion import share_factors
from ocpp_iface.smartcharging.profile import (
    ChargingSchedule,
    InstalledProfile,
    Kind,
    Purpose,
    Row,
    epoch_s,
    recurrence_s,
)

FOREVER = 1 << 62

Segment = tuple[int, int, int, int, int, int]
"""start, end (both seconds, end excluded), share, number of phases, phase to use (0: any), index of
the profile it comes from."""


@frozen
class Window:
    """The seconds from `start` up to `end`, seen at `now`: relative profiles that have nothing else
    to count from begin at `now`.
    """

    start: int
    end: int
    now: int


def relative_anchor(
    transaction: ActiveTransaction | None, relative_start: RelativeStart, now: int
) -> int:
    """The second a relative profile of an EVSE counts from.

    K08.FR.06: without a transaction, as if one began now. K01.FR.42: not before energy may flow.
    """
    moment: datetime | None = None
    if transaction is not None:
        if relative_start is RelativeStart.TRANSACTION_START:
            moment = transaction.started_at
        else:
            moment = transaction.power_path_closed_at
    return now if moment is None else epoch_s(moment)


def base_of(installed: InstalledProfile, schedule: ChargingSchedule, anchor: int) -> int:
    """The second at which period 0 of the (first) schedule begins.

    `anchor` is the relative anchor of the EVSE. A relative profile of the station counts from its
    activation: installation, or validFrom if that is later. An absolute or recurring one without
    startSchedule (only where the configuration lets it pass) from validFrom, else as a relative one.
    """
    profile = installed.profile
    if profile.kind in (Kind.ABSOLUTE, Kind.RECURRING):
        if schedule.start_schedule is not None:
            return epoch_s(schedule.start_schedule)
        if profile.valid_from is not None:
            return epoch_s(profile.valid_from)
    if profile.purpose in (Purpose.TX, Purpose.TX_DEFAULT):
        return anchor
    activated = epoch_s(installed.installed_at)
    if profile.valid_from is not None:
        return max(activated, epoch_s(profile.valid_from))
    return activated


def chosen_schedule(installed: InstalledProfile, index: int) -> ChargingSchedule:
    """K15.FR.22: the n-th schedule, or the last one of a profile that has fewer."""
    schedules = installed.profile.schedules
    return schedules[min(index, len(schedules) - 1)]


@frozen
class Layer:
    """One profile placed in time, ready to be asked what it says.

    Its first run begins at `base` (K01.FR.30: nothing before it), a recurring one runs again
    `every` seconds. A run ends after `length` seconds: its duration (K01.FR.11), but not beyond the
    next run (1.6 errata 3.43). `valid_from` and `valid_to` bound it all (K01.FR.36, K01.FR.37).
    """

    index: int
    starts: tuple[int, ...]
    rows: tuple[Row, ...]
    factors: tuple[int, int, int, int]
    base: int
    every: int | None
    length: int
    valid_from: int
    valid_to: int
    dc: bool


def layer_of(
    installed: InstalledProfile,
    index: int,
    schedule: ChargingSchedule,
    base: int,
    volts: int,
    *,
    dc: bool,
) -> Layer:
    """`schedule` of a profile from `base` on; `index` names the profile in the segments."""
    profile = installed.profile
    every = recurrence_s(profile)
    length = schedule.duration_s
    if every is not None:
        length = every if length is None else min(length, every)
    return Layer(
        index,
        schedule.starts,
        schedule.rows,
        share_factors(schedule.unit, volts, dc=dc),
        base,
        every,
        FOREVER if length is None else length,
        0 if profile.valid_from is None else epoch_s(profile.valid_from),
        FOREVER if profile.valid_to is None else epoch_s(profile.valid_to),
        dc,
    )


Gap = tuple[int, int]


def fill(layer: Layer, gaps: list[Gap], found: list[Segment]) -> list[Gap]:
    """Adds to `found` what the layer says in `gaps`; returns the gaps it leaves."""
    left: list[Gap] = []
    base, every, first = layer.base, layer.every, layer.starts[0]
    for low, high in gaps:
        at = low
        begin_from, end_by = max(low, layer.valid_from), min(high, layer.valid_to)
        run = base
        if every is not None and begin_from > base:
            run += (begin_from - base) // every * every
        while run < end_by:
            end = min(end_by, run + layer.length)
            begin = max(begin_from, run + first)
            if begin < end:
                if begin > at:
                    left.append((at, begin))
                _emit(layer, run, begin, end, found)
                at = end
            if every is None:
                break
            run += every
        if at < high:
            left.append((at, high))
    return left


def _emit(layer: Layer, run: int, begin: int, end: int, found: list[Segment]) -> None:
    """The periods of one run between `begin` and `end`; each holds until the next (K01.FR.12)."""
    starts, rows, factors, index, dc = (
        layer.starts,
        layer.rows,
        layer.factors,
        layer.index,
        layer.dc,
    )
    position = bisect_right(starts, begin - run) - 1
    last = len(rows) - 1
    while begin < end:
        limit, phases, phase = rows[position]
        stop = end
        if position < last:
            position += 1
            stop = min(end, run + starts[position])
        if dc:
            found.append((begin, stop, limit * factors[phases], 3, 0, index))
        else:
            found.append((begin, stop, limit * factors[phases], phases, phase, index))
        begin = stop
