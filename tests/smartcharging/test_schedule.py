from __future__ import annotations

from datetime import timedelta

import pytest
from tests.smartcharging.builders import (
    DAY_S,
    T0,
    at,
    charging,
    composite,
    installed,
    limits,
    station,
)
from tests.smartcharging.builders import profile as make

from ocpp_iface.smartcharging import (
    ActiveTransaction,
    EvseContext,
    Kind,
    Purpose,
    RecurrencyKind,
    RelativeStart,
)

DEFAULT = 48.0


def daily(*rows: tuple[int, float], **more: object) -> object:
    return make(*rows, kind=Kind.RECURRING, recurrency_kind=RecurrencyKind.DAILY, **more)


def weekly(*rows: tuple[int, float], **more: object) -> object:
    return make(*rows, kind=Kind.RECURRING, recurrency_kind=RecurrencyKind.WEEKLY, **more)


def over(profile: object, *, start: float = 0, duration_s: int = DAY_S, **more: object) -> object:
    context = more.pop("context", station())
    return limits(
        composite([installed(profile)], context, start=start, duration_s=duration_s, **more)
    )


def test_k01_fr_11_a_period_past_the_duration_is_not_executed() -> None:
    profile = make((0, 10), (100, 8), (200, 6), duration_s=150)

    assert over(profile) == [(0, 10.0), (100, 8.0), (150, DEFAULT)]


def test_k01_fr_12_a_period_holds_until_the_next_one() -> None:
    assert over(make((0, 10), (3600, 8))) == [(0, 10.0), (3600, 8.0)]


def test_k01_fr_30_nothing_holds_before_the_start_of_the_schedule() -> None:
    assert over(make((0, 10), start=at(50))) == [(0, DEFAULT), (50, 10.0)]


def test_a_window_may_begin_in_the_middle_of_a_period() -> None:
    profile = make((0, 10), (100, 8), (200, 6))

    assert over(profile, start=150) == [(0, 8.0), (50, 6.0)]


def test_k01_fr_36_valid_from_belongs_to_the_validity() -> None:
    assert over(make((0, 10), valid_from=at(60))) == [(0, DEFAULT), (60, 10.0)]


def test_k01_fr_37_valid_to_does_not_belong_to_the_validity() -> None:
    assert over(make((0, 10), valid_to=at(60))) == [(0, 10.0), (60, DEFAULT)]


def test_k01_fr_10_without_validity_a_profile_holds_for_ever() -> None:
    assert over(make((0, 10)), start=DAY_S * 4000) == [(0, 10.0)]


def test_a_duration_of_zero_says_nothing() -> None:
    assert over(make((0, 10), duration_s=0)) == [(0, DEFAULT)]


def test_a_daily_schedule_restarts_at_the_hour_of_its_start() -> None:
    profile = daily((0, 10), (8 * 3600, 6), (20 * 3600, 11), start=at(-30 * DAY_S))

    assert over(profile, start=7 * 3600, duration_s=2 * DAY_S) == [
        (0, 10.0),
        (3600, 6.0),
        (13 * 3600, 11.0),
        (17 * 3600, 10.0),
        (25 * 3600, 6.0),
        (37 * 3600, 11.0),
        (41 * 3600, 10.0),
    ]


def test_a_daily_schedule_runs_over_midnight() -> None:
    profile = daily((0, 10), (3600, 6), start=at(23.5 * 3600), duration_s=7200)

    assert over(profile, start=DAY_S - 600, duration_s=2 * 3600) == [
        (0, 10.0),
        (40 * 60, 6.0),
        (100 * 60, DEFAULT),
    ]


def test_k01_fr_13_after_the_duration_of_a_recurrence_the_default_holds() -> None:
    profile = daily((0, 10), duration_s=3600)

    assert over(profile, duration_s=DAY_S + 10) == [(0, 10.0), (3600, DEFAULT), (DAY_S, 10.0)]


def test_a_duration_longer_than_the_recurrence_ends_with_it() -> None:
    """1.6 errata 3.43 and 3.44: the remainder is not executed."""
    profile = daily((0, 10), (DAY_S - 10, 8), (DAY_S + 10, 6), duration_s=3 * DAY_S)

    assert over(profile, start=DAY_S - 20, duration_s=60) == [(0, 10.0), (10, 8.0), (20, 10.0)]


def test_k01_fr_30_a_recurring_schedule_does_not_recur_into_the_past() -> None:
    profile = daily((0, 10), start=at(DAY_S))

    assert over(profile, duration_s=2 * DAY_S) == [(0, DEFAULT), (DAY_S, 10.0)]


def test_a_weekly_schedule_restarts_on_the_same_day_of_the_week() -> None:
    profile = weekly((0, 10), (DAY_S, 6), start=at(-7 * DAY_S * 9 - DAY_S), duration_s=3 * DAY_S)

    assert over(profile, duration_s=8 * DAY_S) == [
        (0, 6.0),
        (2 * DAY_S, DEFAULT),
        (6 * DAY_S, 10.0),
        (7 * DAY_S, 6.0),
    ]


@pytest.mark.parametrize("day", [0, 210])
def test_summer_time_does_not_move_a_recurrence(day: int) -> None:
    """The last Sundays of March and October 2026: days of 23 and of 25 hours for local clocks."""
    profile = daily((0, 10), (3600, 6), start=at((day - 3) * DAY_S))

    assert over(profile, start=day * DAY_S, duration_s=2 * DAY_S) == [
        (0, 10.0),
        (3600, 6.0),
        (DAY_S, 10.0),
        (DAY_S + 3600, 6.0),
    ]


def test_validity_cuts_a_recurrence() -> None:
    profile = daily((0, 10), (600, 8), valid_from=at(300), valid_to=at(DAY_S + 900))

    assert over(profile, duration_s=2 * DAY_S) == [
        (0, DEFAULT),
        (300, 10.0),
        (600, 8.0),
        (DAY_S, 10.0),
        (DAY_S + 600, 8.0),
        (DAY_S + 900, DEFAULT),
    ]


def relative(*rows: tuple[int, float], **more: object) -> object:
    return make(*rows, kind=Kind.RELATIVE, **more)


def test_k01_fr_42_a_relative_schedule_counts_from_the_closing_of_the_power_path() -> None:
    context = station(charging(since=T0))

    assert over(relative((0, 10), (60, 6)), start=20, context=context) == [(0, 10.0), (50, 6.0)]


def test_a_relative_schedule_waits_while_no_energy_can_flow() -> None:
    waiting = EvseContext(1, ActiveTransaction("tx", T0))

    assert over(relative((0, 10), (60, 6)), start=20, context=station(waiting)) == [
        (0, 10.0),
        (60, 6.0),
    ]


def test_in_16_a_relative_schedule_counts_from_the_start_of_the_transaction() -> None:
    context = station(charging(since=T0), relative_start=RelativeStart.TRANSACTION_START)

    assert over(relative((0, 10), (60, 6)), start=20, context=context) == [(0, 10.0), (40, 6.0)]


def test_k08_fr_06_without_a_transaction_a_relative_default_counts_from_now() -> None:
    profile = relative((0, 10), (60, 6))

    assert over(profile, start=20) == [(0, 10.0), (60, 6.0)]
    assert over(profile, start=20, now=at(0)) == [(0, 10.0), (40, 6.0)]


def test_a_relative_external_limit_counts_from_its_activation() -> None:
    profile = relative((0, 10), (60, 6), purpose=Purpose.STATION_EXTERNAL)
    later = relative((0, 10), (60, 6), purpose=Purpose.STATION_EXTERNAL, valid_from=at(30))

    assert over(profile, start=20) == [(0, 10.0), (40, 6.0)]
    assert over(later, start=20) == [(0, DEFAULT), (10, 10.0), (70, 6.0)]


def test_an_absolute_schedule_without_start_counts_from_its_validity_or_as_a_relative_one() -> None:
    with_validity = make((0, 10), (60, 6), start=None, valid_from=at(-10))
    without = make((0, 10), (60, 6), start=None)

    assert over(with_validity) == [(0, 10.0), (50, 6.0)]
    assert over(without) == [(0, 10.0), (60, 6.0)]


def test_fractions_of_a_second_are_cut_off() -> None:
    profile = make((0, 10), start=T0 + timedelta(seconds=5, microseconds=999_999))

    assert over(profile) == [(0, DEFAULT), (5, 10.0)]
