from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from ocpp_iface.engine.clock import KernelClock
from ocpp_iface.engine.timers import Timers
from ocpp_iface.ports.clock import Now

START = datetime(2026, 1, 1, tzinfo=UTC)


def clock_at(monotonic: float, wall: datetime = START) -> KernelClock:
    clock = KernelClock()
    clock.set(Now(monotonic, wall))
    return clock


def due(timers: Timers) -> list[str]:
    names = []
    while (timer := timers.take_due()) is not None:
        names.append(timer.name)
    return names


def test_timers_fire_in_the_order_of_their_deadlines():
    clock = clock_at(0.0)
    timers = Timers(clock)
    timers.after(5, lambda: None, "five")
    timers.after(1, lambda: None, "one")
    timers.after(1, lambda: None, "one more")

    clock.set(Now(5.0, START))

    assert due(timers) == ["one", "one more", "five"]


def test_a_cancelled_timer_never_fires_and_is_no_deadline():
    clock = clock_at(0.0)
    timers = Timers(clock)
    timer = timers.after(1, lambda: None, "gone")
    timers.after(9, lambda: None, "stays")
    timer.cancel()

    assert timers.next_deadline() == 9.0
    clock.set(Now(10.0, START))
    assert due(timers) == ["stays"]


def test_a_cancelled_timer_that_is_due_hides_none_behind_it():
    clock = clock_at(0.0)
    timers = Timers(clock)
    timers.after(1, lambda: None, "cancelled").cancel()
    timers.after(2, lambda: None, "monotonic")
    timers.at(START + timedelta(seconds=1), lambda: None, "cancelled").cancel()
    timers.at(START + timedelta(seconds=2), lambda: None, "wall")

    clock.set(Now(2.0, START + timedelta(seconds=2)))

    assert due(timers) == ["monotonic", "wall"]


def test_a_wall_timer_follows_a_step_of_the_clock():
    clock = clock_at(0.0)
    timers = Timers(clock)
    timers.at(START + timedelta(hours=1), lambda: None, "alarm")
    assert timers.next_deadline() == 3600.0

    clock.synchronise(START + timedelta(minutes=59))

    assert timers.next_deadline() == 60.0


def test_a_monotonic_timer_does_not():
    clock = clock_at(0.0)
    timers = Timers(clock)
    timers.after(3600, lambda: None, "hour")

    clock.synchronise(START + timedelta(days=1))

    assert timers.next_deadline() == 3600.0
    assert due(timers) == []


def test_cancelled_timers_do_not_pile_up():
    clock = clock_at(0.0)
    timers = Timers(clock)
    timers.after(10_000, lambda: None, "keeps the top alive")
    for _ in range(5_000):
        timers.after(20_000, lambda: None).cancel()

    assert len(timers._monotonic) < 200


def test_cancelled_wall_timers_do_not_pile_up():
    """A limit that is computed anew has another boundary, days ahead perhaps."""
    timers = Timers(clock_at(0.0))
    kept = timers.at(START + timedelta(hours=3), lambda: None, "keeps the top alive")
    for _ in range(5_000):
        timers.at(START + timedelta(hours=6), lambda: None).cancel()

    assert len(timers._wall) < 200
    assert kept.active
    assert timers.next_deadline() == 3 * 3600


@given(st.lists(st.floats(0, 1e6), max_size=30), st.floats(0, 1e6))
def test_exactly_what_is_due_fires(delays, later):
    clock = clock_at(0.0)
    timers = Timers(clock)
    for delay in delays:
        timers.after(delay, lambda: None, repr(delay))

    clock.set(Now(later, START))

    assert due(timers) == [repr(delay) for delay in sorted(delays) if delay <= later]
