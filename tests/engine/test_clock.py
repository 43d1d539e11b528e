from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from rig import Do, Rig

from ocpp_iface.engine.clock import KernelClock
from ocpp_iface.engine.inputs import Command
from ocpp_iface.ports.clock import Now

START = datetime(2026, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


def clock_at(monotonic: float, wall: datetime = START) -> KernelClock:
    clock = KernelClock()
    clock.set(Now(monotonic, wall))
    return clock


def test_the_system_clock_counts_until_the_csms_said_what_time_it_is():
    clock = clock_at(100.0)

    clock.set(Now(101.0, START + HOUR))

    assert clock.now == START + HOUR
    assert clock.offset_s == 0
    assert not clock.synchronised


def test_synchronising_tells_by_how_much_the_clock_stepped():
    clock = clock_at(100.0)

    assert clock.synchronise(START + HOUR) == 3600.0

    assert clock.now == START + HOUR
    assert clock.offset_s == 3600.0
    assert clock.synchronised


def test_a_synchronised_clock_runs_with_the_monotonic_one():
    clock = clock_at(100.0)
    clock.synchronise(START + HOUR)

    clock.set(Now(107.5, START + timedelta(seconds=7.5)))

    assert clock.now == START + HOUR + timedelta(seconds=7.5)


def test_an_app_that_sets_the_system_clock_as_told_corrects_nothing_twice():
    clock = clock_at(100.0)
    clock.synchronise(START + HOUR)

    clock.set(Now(101.0, START + HOUR + timedelta(seconds=1)))

    assert clock.now == START + HOUR + timedelta(seconds=1)
    assert clock.offset_s == 0


def test_later_jumps_of_the_system_clock_are_ignored():
    clock = clock_at(100.0)
    clock.synchronise(START)

    clock.set(Now(101.0, START - 5 * HOUR))

    assert clock.now == START + timedelta(seconds=1)


def test_synchronising_again_replaces_the_first_time():
    clock = clock_at(100.0)
    clock.synchronise(START + HOUR)
    clock.set(Now(110.0, START))

    assert clock.synchronise(START) == -3610.0

    assert clock.now == START


def test_a_system_clock_that_is_set_is_noticed():
    clock = clock_at(100.0)

    assert clock.set(Now(160.0, START + timedelta(seconds=60.9))) == 0.0
    assert clock.set(Now(161.0, START - 5 * HOUR)) == pytest.approx(-5 * 3600 - 61.9)
    assert clock.set(Now(162.0, START - 5 * HOUR + timedelta(seconds=1))) == 0.0


def test_the_first_look_at_the_clock_is_no_step():
    assert KernelClock().set(Now(100.0, START)) == 0.0


def test_what_becomes_of_the_system_clock_is_no_step_of_a_synchronised_one():
    clock = clock_at(100.0)
    clock.synchronise(START + HOUR)

    assert clock.set(Now(101.0, START + 9 * HOUR)) == 0.0


def test_the_station_hears_of_a_step_before_the_inputs_that_follow_it():
    rig = Rig().online()
    rig.behave["when"] = lambda _toy: rig.heard.append("asked")
    before = rig.now().wall

    rig.kernel.step([Command(Do("when"), 1)], Now(rig.time[0], before + HOUR))

    assert rig.heard[-2:] == [("clock", 3600.0), "asked"]
