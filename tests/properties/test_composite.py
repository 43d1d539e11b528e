"""The composite schedule against its oracle, and what must hold of it whatever is installed.

Bulk: 20,000 seeded random profile sets (OCPP_COMPOSITE_SETS changes the number). Hypothesis draws
from the same generator and finds the smallest case that fails.
"""

from __future__ import annotations

import os
import random
from bisect import bisect_right
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.properties.oracle_composite import Oracle, boundaries, seconds
from tests.properties.random_profiles import (
    Case,
    HypothesisDraw,
    SeededDraw,
    cases,
    profile,
    random_case,
)

from ocpp_iface.smartcharging.composite import (
    CompositePeriod,
    CompositeSchedule,
    composite_schedules,
    limit_at,
)
from ocpp_iface.smartcharging.conversion import convert
from ocpp_iface.smartcharging.explain import explain
from ocpp_iface.smartcharging.facts import Edition
from ocpp_iface.smartcharging.install import ClearCriteria, clear, install
from ocpp_iface.smartcharging.profile import Purpose, RateUnit, moment_of

SETS = int(os.environ.get("OCPP_COMPOSITE_SETS", "20000"))
PARTS = 4


def compute(case: Case) -> tuple[CompositeSchedule, ...]:
    return composite_schedules(
        case.installed, case.context, case.start, case.duration_s, case.unit, now=case.now
    )


def period_at(schedule: CompositeSchedule, second: int) -> CompositePeriod:
    starts = [period.start_period for period in schedule.periods]
    return schedule.periods[bisect_right(starts, second) - 1]


def exact(period: CompositePeriod) -> Fraction:
    """The limit as it is written."""
    return Fraction(str(period.limit))


def check_against_oracle(case: Case, chooser: random.Random) -> int:
    """Asks the oracle at every boundary of every profile, a second before and after it, and at
    random; returns how often."""
    start, now = seconds(case.start), seconds(case.now)
    end = start + case.duration_s
    instants = boundaries(case.installed, case.context, start, end, now)
    if len(instants) > 60:
        instants = sorted(chooser.sample(instants, 60))
    instants += [start, end - 1, *(chooser.randrange(start, end) for _ in range(3))]
    oracle = Oracle(case.installed, case.context, case.unit, now)
    schedules = compute(case)
    assert [schedule.periods[0].start_period for schedule in schedules] == [0] * len(schedules)
    for instant in instants:
        for schedule, expected in zip(schedules, oracle(instant), strict=True):
            got = period_at(schedule, instant - start)
            where = (schedule.evse_id, instant - start)
            assert (expected.tenths / 10, expected.number_phases) == got[1:3], where
            if expected.phases_to_use and expected.number_phases == 1:
                assert got.phase_to_use in expected.phases_to_use, where
            else:
                assert got.phase_to_use is None, where
    return len(instants) * (len(case.context.evses) + 1)


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
def test_engine_agrees_with_the_oracle_on_random_profile_sets(part: int) -> None:
    asked = sets = 0
    for seed in range(part, SETS, PARTS):
        case = random_case(SeededDraw(seed))
        try:
            asked += check_against_oracle(case, random.Random(seed))
        except AssertionError as error:
            raise AssertionError(f"seed {seed}: {error}") from error
        sets += 1
    print(  # noqa: T201  # the count is part of the result
        f"composite oracle part {part}: {sets} profile sets, {asked} instants agree"
    )
    assert sets == len(range(part, SETS, PARTS))


relaxed = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@given(cases(), st.integers(0, 2**32))
@relaxed
def test_engine_agrees_with_the_oracle(case: Case, seed: int) -> None:
    check_against_oracle(case, random.Random(seed))


@given(cases(), st.randoms(use_true_random=False))
@relaxed
def test_recomputation_is_idempotent_in_whatever_order_profiles_are_held(
    case: Case, shuffler: random.Random
) -> None:
    first = compute(case)

    again = compute(case)
    shuffler.shuffle(case.installed)
    reordered = compute(case)

    assert first == again == reordered


@given(cases(), st.data())
@relaxed
def test_splitting_the_window_gives_the_same_limits(case: Case, data: st.DataObject) -> None:
    start = seconds(case.start)
    cut = data.draw(st.integers(0, case.duration_s))
    whole = compute(case)

    head = compute(case._replace(duration_s=cut))
    tail = compute(case._replace(start=moment_of(start + cut), duration_s=case.duration_s - cut))

    for one, left, right in zip(whole, head, tail, strict=True):
        for part, begin, end in ((left, 0, cut), (right, cut, case.duration_s)):
            moments = {period.start_period for period in one.periods}
            moments |= {begin + period.start_period for period in part.periods}
            for moment in sorted(moments):
                if begin <= moment < end:
                    got = period_at(part, moment - begin)
                    assert period_at(one, moment)[1:3] == got[1:3], (one.evse_id, moment)


@given(cases())
@relaxed
def test_no_published_limit_exceeds_an_applicable_profile(case: Case) -> None:
    oracle = Oracle(case.installed, case.context, case.unit, seconds(case.now))

    station, *others = compute(case)

    for schedule, evse in zip(others, case.context.evses, strict=True):
        for period in schedule.periods:
            instant = seconds(case.start) + period.start_period
            for one in oracle.own(evse, instant) + oracle.caps(instant):
                phases = 3 if evse.dc else one.period.number_phases or 3
                power = oracle.power(one)
                most = power if case.unit is RateUnit.W else power / (oracle.volts * phases)
                assert exact(period) <= most
                if not evse.dc:
                    assert (period.number_phases or 3) <= (one.period.number_phases or 3)
    for period in station.periods:
        for one in oracle.caps(seconds(case.start) + period.start_period):
            phases = one.period.number_phases or 3
            power = oracle.power(one)
            most = power if case.unit is RateUnit.W else power / (oracle.volts * phases)
            assert period.number_phases is None or exact(period) <= most


@given(cases(), st.data())
@relaxed
def test_installing_and_clearing_a_profile_restores_the_schedules(
    case: Case, data: st.DataObject
) -> None:
    before = compute(case)
    draw = HypothesisDraw(data.draw)
    new, evse_id = profile(draw, 99, len(case.context.evses), case.now)

    installed = install(
        tuple(case.installed), new, evse_id, now=case.now, edition=Edition.V201
    ).profiles
    cleared = clear(installed, ClearCriteria(profile_id=99)).profiles

    if new.purpose is not Purpose.STATION_EXTERNAL:
        assert compute(case._replace(installed=list(cleared))) == before


@given(cases())
@relaxed
def test_periods_are_in_order_within_the_window_and_differ_from_their_neighbours(
    case: Case,
) -> None:
    for schedule in compute(case):
        assert schedule.periods[0].start_period == 0
        assert schedule.duration_s == case.duration_s
        for one, other in pairwise(schedule.periods):
            assert one.start_period < other.start_period < case.duration_s
            assert one[1:4] != other[1:4]
        for period in schedule.periods:
            assert period.limit >= 0
            assert period.limit == round(period.limit, 1)


@given(cases(), st.data())
@relaxed
def test_limit_at_and_explanation_say_what_the_schedule_says(
    case: Case, data: st.DataObject
) -> None:
    second = data.draw(st.integers(0, case.duration_s - 1))
    moment = moment_of(seconds(case.start) + second)

    for schedule in compute(case):
        evse_id = schedule.evse_id
        now = limit_at(case.installed, case.context, evse_id, moment, case.unit, now=case.now)
        why = explain(
            case.installed,
            case.context,
            evse_id,
            case.start,
            duration_s=case.duration_s,
            unit=case.unit,
            now=case.now,
        )
        expected = period_at(schedule, second)
        assert now is not None
        assert why is not None
        span = next(span for span in why.spans if span.start_s <= second < span.end_s)
        assert now[1:4] == expected[1:4]
        assert (span.limit, span.number_phases) == expected[1:3]
        assert why.spans[0].start_s == 0
        assert why.spans[-1].end_s == case.duration_s
        assert all(one.end_s == other.start_s for one, other in pairwise(why.spans))


@given(
    st.floats(0, 1e6),
    st.sampled_from((None, 1, 2, 3)),
    st.floats(1, 1000),
)
def test_from_a_to_w_to_a_never_raises_a_limit(
    limit: float, number_phases: int | None, supply_voltage: float
) -> None:
    def there_and_back(one: RateUnit, other: RateUnit) -> float:
        there = convert(
            limit, one, other, supply_voltage=supply_voltage, number_phases=number_phases
        )
        return convert(
            there, other, one, supply_voltage=supply_voltage, number_phases=number_phases
        )

    assert there_and_back(RateUnit.A, RateUnit.W) <= limit
    assert there_and_back(RateUnit.W, RateUnit.A) <= limit
