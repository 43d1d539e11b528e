from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ocpp_iface.devicemodel.catalog import ClockCtrlr
from ocpp_iface.station.events import ClockStepped
from ocpp_iface.station.time_sync import TimeSync


@pytest.fixture
def time(world: Any) -> TimeSync:
    world.record(ClockStepped)
    return TimeSync(world.ctx)


def hear(world: Any, time: TimeSync, ahead_s: float, asked_at: float | None = None) -> None:
    world.do(time.heard, world.clock.now + timedelta(seconds=ahead_s), asked_at)


def test_the_clock_follows_the_csms(world: Any, time: TimeSync) -> None:
    """B01.FR.06."""
    before = world.clock.now

    hear(world, time, 5)

    assert world.clock.now - before == timedelta(seconds=5)
    assert world.clock.synchronised
    assert world.take_events() == [ClockStepped(5.0)]
    assert world.orders_of("set_time") == [("2025-06-01T12:00:05Z",)]


def test_the_first_answer_synchronises_even_if_the_clock_was_right(
    world: Any, time: TimeSync
) -> None:
    hear(world, time, 0.5)

    assert world.clock.synchronised
    assert world.take_events() == []
    assert world.security.raised == []


def test_noise_does_not_move_a_synchronised_clock(world: Any, time: TimeSync) -> None:
    hear(world, time, 0)
    before = world.clock.now

    hear(world, time, -0.9)

    assert world.clock.now == before
    assert len(world.orders_of("set_time")) == 1


@pytest.mark.parametrize(("ahead_s", "raised"), [(20, False), (21, True), (-21, True)])
def test_a_large_step_is_a_security_event(
    world: Any, time: TimeSync, ahead_s: float, raised: bool
) -> None:
    """ClockCtrlr.TimeAdjustmentReportingThreshold, 20 s."""
    hear(world, time, ahead_s)

    assert world.security.types == (["SettingSystemTime"] if raised else [])


def test_the_reporting_threshold_can_be_set(world: Any, time: TimeSync) -> None:
    world.do(world.ctx.variables.set, ClockCtrlr.time_adjustment_reporting_threshold, 100)

    hear(world, time, 60)

    assert world.security.raised == []
    assert world.take_events() == [ClockStepped(60.0)]


def test_another_time_source_leaves_the_clock_alone(world: Any, time: TimeSync) -> None:
    world.do(world.ctx.variables.set, ClockCtrlr.time_source, ("NTP",))

    hear(world, time, 3600)

    assert world.clock.offset_s == 0
    assert not world.clock.synchronised


def test_half_of_the_round_trip_is_added(world: Any, time: TimeSync) -> None:
    before = world.clock.now

    hear(world, time, 60, asked_at=world.clock.monotonic - 4)

    assert world.clock.now - before == timedelta(seconds=62)


@pytest.mark.parametrize("age_s", [-1, 0, 11])
def test_an_answer_that_waited_says_nothing_about_the_way_back(
    world: Any, time: TimeSync, age_s: float
) -> None:
    before = world.clock.now

    hear(world, time, 60, asked_at=world.clock.monotonic - age_s)

    assert world.clock.now - before == timedelta(seconds=60)


@pytest.mark.parametrize(
    "told",
    [
        datetime(1, 1, 1, tzinfo=UTC),
        datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC),
        datetime(9999, 12, 31, 23, 59, tzinfo=UTC),
    ],
)
def test_a_time_that_no_clock_shows_is_not_followed(
    world: Any, time: TimeSync, told: datetime
) -> None:
    """Soon after the last one the calendar would end, and no step of the station could happen."""
    before = world.clock.now

    world.do(time.heard, told)

    assert world.clock.now == before
    assert not world.clock.synchronised
    assert world.orders_of("set_time") == []
