"""Three ways to put lists of segments on top of each other, each in one pass.

Lists are sorted and do not overlap in themselves; between segments there may be gaps.
"""

from __future__ import annotations

from collections.abc import Iterable

from attrs import frozen

from ocpp_iface.smartcharging.conversion import limit_of
from ocpp_iface.smartcharging.profile import RateUnit
from ocpp_iface.smartcharging.schedule import Layer, Segment, fill

Total = tuple[int, int, int]
"""start, end, limit in tenths of the wanted unit."""


@frozen
class Measure:
    """The wanted unit, the supply in tenths of a volt, the default limit of an EVSE in tenths."""

    unit: RateUnit
    volts: int
    default: int


def stack(layers: Iterable[Layer], start: int, end: int) -> list[Segment]:
    """At each second the segment of the first layer that has one (K01.FR.17).

    Each layer is asked only for the gaps that those above it leave.
    """
    found: list[Segment] = []
    gaps = [(start, end)]
    for layer in layers:
        gaps = fill(layer, gaps, found)
        if not gaps:
            break
    found.sort()
    return found


def lowest(first: list[Segment], second: list[Segment]) -> list[Segment]:
    """At each second the lower share of the two, on the fewer phases (K08.FR.04).

    The winner is the lower one, `first` if equal. The phase to use is the winner's, else that of the
    other.
    """
    if not first or not second:
        return first or second
    merged: list[Segment] = []
    one, two = iter(first), iter(second)
    a, b = next(one, None), next(two, None)
    while a is not None and b is not None:
        a_start, a_end, a_share, a_phases, a_phase, a_index = a
        b_start, b_end, b_share, b_phases, b_phase, b_index = b
        if a_start == b_start:
            stop = a_end if a_end < b_end else b_end  # noqa: FURB136  # hot: a call costs more
            phases = a_phases if a_phases < b_phases else b_phases  # noqa: FURB136  # hot
            if a_share <= b_share:
                phase = (a_phase or b_phase) if phases == 1 else 0
                merged.append((a_start, stop, a_share, phases, phase, a_index))
            else:
                phase = (b_phase or a_phase) if phases == 1 else 0
                merged.append((a_start, stop, b_share, phases, phase, b_index))
            a = next(one, None) if a_end == stop else (stop, *a[1:])
            b = next(two, None) if b_end == stop else (stop, *b[1:])
        elif a_start < b_start:
            stop = min(a_end, b_start)
            merged.append((a_start, stop, *a[2:]))
            a = next(one, None) if a_end == stop else (stop, *a[1:])
        else:
            stop = min(b_end, a_start)
            merged.append((b_start, stop, *b[2:]))
            b = next(two, None) if b_end == stop else (stop, *b[1:])
    if a is not None:
        merged.append(a)
        merged.extend(one)
    if b is not None:
        merged.append(b)
        merged.extend(two)
    return merged


def add_changes(
    changes: dict[int, int], segments: list[Segment], measure: Measure, *, phases: int, times: int
) -> None:
    """Notes in `changes` by how much `times` EVSEs of at most `phases` phases with these segments
    change the sum, from each second on, against the default limit.
    """
    unit, volts, default = measure.unit, measure.volts, measure.default
    for start, end, share, number_phases, _, _ in segments:
        used = number_phases if number_phases < phases else phases  # noqa: FURB136  # hot
        change = (limit_of(share, unit, used, volts) - default) * times
        changes[start] = changes.get(start, 0) + change
        changes[end] = changes.get(end, 0) - change


def totals(changes: dict[int, int], start: int, end: int, initial: int) -> list[Total]:
    """The sum over time, from `initial` and its changes; covers the whole window."""
    rows: list[Total] = []
    at, total = start, initial
    for moment in sorted(changes):
        change = changes[moment]
        if change == 0:
            continue
        if moment > at:
            rows.append((at, moment, total))
            at = moment
        total += change
    if at < end:
        rows.append((at, end, total))
    return rows
