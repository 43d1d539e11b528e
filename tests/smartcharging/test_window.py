from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.properties.random_profiles import Case, cases
from tests.smartcharging.builders import (
    T0,
    at,
    composite,
    installed,
    limits,
    profile,
    station,
    with_schedule,
)

from ocpp_iface.errors import PayloadError
from ocpp_iface.smartcharging import (
    ChargingSchedule,
    RateUnit,
    SchedulePeriod,
    composite_schedules,
    constant_limit,
    to_charging_schedule,
)
from ocpp_iface.smartcharging.limits import external_schedule
from ocpp_iface.smartcharging.outputs import moved
from ocpp_iface.smartcharging.profile import epoch_s, moment_of
from ocpp_iface.smartcharging.window import cut

START = epoch_s(T0)


def test_a_cut_begins_with_what_holds_then() -> None:
    item = installed(profile((0, 16), (100, 10), (200, 6)))
    whole = composite([item], station(), 1, duration_s=600)

    part = cut(whole, START + 150, 100)

    assert part.start == at(150)
    assert part.duration_s == 100
    assert limits(part) == [(0, 10.0), (50, 6.0)]


def test_a_cut_ends_where_it_ends() -> None:
    item = installed(profile((0, 16), (100, 10), (200, 6)))
    whole = composite([item], station(), 1, duration_s=600)

    assert limits(cut(whole, START, 100)) == [(0, 16.0)]
    assert limits(cut(whole, START, 101)) == [(0, 16.0), (100, 10.0)]
    assert cut(whole, START, 600) == whole


def test_a_minimum_rate_is_only_told_while_its_profile_holds() -> None:
    item = installed(with_schedule(profile((0, 16), duration_s=100), min_charging_rate=5.0))
    whole = composite([item], station(), 1, duration_s=600)

    assert cut(whole, START + 99, 10).min_charging_rate == 5.0
    assert cut(whole, START + 100, 10).min_charging_rate is None


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(cases(), st.integers(0, 90_000), st.integers(1, 90_000))
def test_a_cut_says_what_would_be_computed_then(case: Case, offset: int, length: int) -> None:
    first = epoch_s(case.start)
    now = moment_of(epoch_s(case.now))

    def computed(start_s: int, duration_s: int) -> list[list[tuple[object, ...]]]:
        found = composite_schedules(
            case.installed, case.context, moment_of(start_s), duration_s, case.unit, now=now
        )
        return [[period[:4] for period in each.periods] for each in found]

    whole = composite_schedules(
        case.installed, case.context, moment_of(first), offset + length, case.unit, now=now
    )
    parts = [cut(each, first + offset, length) for each in whole]

    assert [[row[:4] for row in each.periods] for each in parts] == computed(first + offset, length)


def test_a_moved_schedule_is_the_same_at_another_time() -> None:
    value = to_charging_schedule(composite([], station(), 1, duration_s=600))

    later = moved(value, at(30))

    assert later.start_schedule == at(30)
    assert moved(later, T0) == value
    assert value.start_schedule == T0


def test_a_number_or_a_schedule_will_do_for_an_external_limit() -> None:
    given_schedule = constant_limit(10, RateUnit.W)

    assert external_schedule(10, RateUnit.A) == constant_limit(10, RateUnit.A)
    assert external_schedule(given_schedule, RateUnit.A) is given_schedule


@pytest.mark.parametrize(
    "rows",
    [
        (),
        (SchedulePeriod(5, 10.0),),
        (SchedulePeriod(0, 10.0), SchedulePeriod(0, 6.0)),
        (SchedulePeriod(0, -1.0),),
        (SchedulePeriod(0, float("nan")),),
        (SchedulePeriod(0, float("inf")),),
    ],
)
def test_what_cannot_limit_anything_is_refused(rows: tuple[SchedulePeriod, ...]) -> None:
    with pytest.raises(PayloadError, match="limit"):
        external_schedule(ChargingSchedule(RateUnit.A, rows), RateUnit.A)
