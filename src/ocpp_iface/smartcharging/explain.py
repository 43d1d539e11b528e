"""Why is the limit what it is? The composite schedule of one EVSE and, under it, what each purpose
says: the material for `ocpp-iface schedule`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from attrs import frozen

from ocpp_iface.smartcharging.composite import CompositeSchedule, Run, Winner
from ocpp_iface.smartcharging.context import EvseContext, StationContext
from ocpp_iface.smartcharging.conversion import limit_of
from ocpp_iface.smartcharging.profile import STATION, InstalledProfile, Purpose, RateUnit
from ocpp_iface.smartcharging.schedule import Segment


@frozen
class Span:
    """From `start_s` up to `end_s` seconds after the start of the window.

    `limit` in the unit of the explanation. `winner` None: the default limit, or the sum of EVSEs.
    """

    start_s: int
    end_s: int
    limit: float
    number_phases: int | None
    winner: Winner | None


@frozen
class Track:
    """What the profiles of one purpose say: of their stack the leading one, gaps left out.

    `evse_id` 0: profiles of the station, except for a default that holds for every EVSE.
    """

    purpose: Purpose
    evse_id: int
    spans: tuple[Span, ...]


@frozen
class Explanation:
    """`spans` cover the whole window; `tracks` only hold purposes that say something."""

    evse_id: int
    unit: RateUnit
    start: datetime
    duration_s: int
    spans: tuple[Span, ...]
    tracks: tuple[Track, ...]


def explain(
    installed: Sequence[InstalledProfile],
    context: StationContext,
    evse_id: int,
    start: datetime,
    *,
    duration_s: int,
    unit: RateUnit,
    now: datetime | None = None,
) -> Explanation | None:
    """The limit over time, which profile sets it, and what the others say; None for an EVSE that
    the station does not have.
    """
    run = Run.of(installed, context, start, duration_s=duration_s, unit=unit, now=now)
    length = run.window.end - run.window.start
    evse = EvseContext(STATION) if evse_id == STATION else context.evse(evse_id)
    if evse is None:
        return None
    if evse_id == STATION:
        periods = run.station_periods(merge=False)
    else:
        periods = run.evse_periods(evse, merge=False)
    schedule = run.finish(evse_id, length, periods)
    return Explanation(evse_id, unit, schedule.start, length, _spans(schedule), _tracks(run, evse))


def _spans(schedule: CompositeSchedule) -> tuple[Span, ...]:
    ends = [period.start_period for period in schedule.periods[1:]] + [schedule.duration_s]
    return tuple(
        Span(period.start_period, end, period.limit, period.number_phases, period.winner)
        for period, end in zip(schedule.periods, ends, strict=True)
    )


def _tracks(run: Run, evse: EvseContext) -> tuple[Track, ...]:
    tracks = []
    if evse.id != STATION:
        both = run.transaction_sources(evse)
        for purpose in (Purpose.TX, Purpose.TX_DEFAULT):
            of_purpose = [s for s in both if s.installed.profile.purpose is purpose]
            tracks.append(_track(run, purpose, evse, run.stacked(of_purpose, evse)))
        own = run.stacked(run.sources(Purpose.STATION_EXTERNAL, evse.id), evse)
        tracks.append(_track(run, Purpose.STATION_EXTERNAL, evse, own))
    station = EvseContext(STATION, dc=evse.dc)
    for purpose in (Purpose.STATION_EXTERNAL, Purpose.STATION_MAX):
        segments = run.stacked(run.sources(purpose, STATION), station)
        tracks.append(_track(run, purpose, station, segments))
    return tuple(track for track in tracks if track.spans)


def _track(run: Run, purpose: Purpose, evse: EvseContext, segments: list[Segment]) -> Track:
    start = run.window.start
    spans = []
    for begin, end, share, phases, _, index in segments:
        limit = limit_of(share, run.unit, phases, run.volts) / 10
        shown = None if evse.dc else phases
        spans.append(Span(begin - start, end - start, limit, shown, run.winner(index)))
    return Track(purpose, evse.id, tuple(spans))
