from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ocpp_iface.station.instants import (
    interval_of,
    last_boundary,
    last_sample,
    next_boundary,
    next_sample,
)

START = datetime(2025, 6, 1, 12, 34, 56, 789_000, tzinfo=UTC)
QUARTER = timedelta(minutes=15)


def test_no_interval_for_zero():
    assert interval_of(0) is None
    assert interval_of(-5) is None
    assert interval_of(0.5) == timedelta(seconds=0.5)


def test_an_interval_beyond_the_calendar_is_ten_years():
    assert interval_of(10**15) == timedelta(days=3660)


def test_samples_are_on_the_grid_of_the_start():
    minute = timedelta(minutes=1)

    assert next_sample(START, minute, START) == START + minute
    assert next_sample(START, minute, START + minute) == START + 2 * minute
    assert last_sample(START, minute, START + 1.5 * minute) == START + minute
    assert last_sample(START, minute, START) == START


def test_the_grid_goes_on_before_the_start():
    minute = timedelta(minutes=1)

    assert next_sample(START, minute, START - 1.5 * minute) == START - minute


def test_boundaries_are_counted_from_midnight():
    assert next_boundary(QUARTER, START) == datetime(2025, 6, 1, 12, 45, tzinfo=UTC)
    assert last_boundary(QUARTER, START) == datetime(2025, 6, 1, 12, 30, tzinfo=UTC)


def test_a_boundary_is_followed_by_the_next_one():
    noon = datetime(2025, 6, 1, 12, tzinfo=UTC)

    assert next_boundary(QUARTER, noon) == noon + QUARTER
    assert last_boundary(QUARTER, noon) == noon


def test_midnight_begins_anew_for_an_interval_that_does_not_divide_the_day():
    seven_hours = timedelta(hours=7)
    late = datetime(2025, 6, 1, 22, tzinfo=UTC)
    midnight = datetime(2025, 6, 2, tzinfo=UTC)

    assert next_boundary(seven_hours, late) == midnight
    assert last_boundary(seven_hours, late) == datetime(2025, 6, 1, 21, tzinfo=UTC)
    assert next_boundary(seven_hours, midnight) == midnight + seven_hours


@pytest.mark.parametrize("days", [1, 2, 30])
def test_an_interval_of_a_day_or_more_is_each_midnight(days):
    assert next_boundary(timedelta(days=days), START) == datetime(2025, 6, 2, tzinfo=UTC)
    assert last_boundary(timedelta(days=days), START) == datetime(2025, 6, 1, tzinfo=UTC)
