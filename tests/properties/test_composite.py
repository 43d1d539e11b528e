"""The composite schedule against its oracle, and what must hold of it whatever is installed.

Bulk: 20,000 seeded random profile sets (OCPP_COMPOSITE_SETS changes the number). Hypothesis draws
from the same generator and finds the smallest case that fails.
"""

from __future__ import annotations

import os
import random
from bisect import bisect_right

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.properties.oracle_composite import Oracle, boundaries, seconds
from tests.properties.random_profiles import Case, SeededDraw, cases, random_case

from ocpp_iface.smartcharging.composite import (
    CompositePeriod,
    CompositeSchedule,
    composite_schedules,
)

SETS = int(os.environ.get("OCPP_COMPOSITE_SETS", "20000"))
PARTS = 4


def compute(case: Case) -> tuple[CompositeSchedule, ...]:
    return composite_schedules(
        case.installed, case.context, case.start, case.duration_s, case.unit, now=case.now
    )


def period_at(schedule: CompositeSchedule, second: int) -> CompositePeriod:
    starts = [period.start_period for period in schedule.periods]
    return schedule.periods[bisect_right(starts, second) - 1]


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
    for schedule in compute(case):
        assert schedule.periods[0].start_period == 0
        for instant in instants:
            got = period_at(schedule, instant - start)
            expected = oracle(schedule.evse_id, instant)
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
    print(f"composite oracle part {part}: {sets} profile sets, {asked} instants agree")
    assert sets == len(range(part, SETS, PARTS))


@given(cases(), st.integers(0, 2**32))
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_engine_agrees_with_the_oracle(case: Case, seed: int) -> None:
    check_against_oracle(case, random.Random(seed))
