from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ocpp_iface.sim.scheduler import Scheduler


def test_what_is_due_at_one_instant_runs_in_the_order_of_entry() -> None:
    scheduler, ran = Scheduler(), []
    for name in "abc":
        scheduler.at(5.0, lambda name=name: ran.append(name))

    while scheduler.run_next(10.0):
        pass

    assert ran == ["a", "b", "c"]
    assert scheduler.now == 5.0


def test_what_is_cancelled_does_not_run_and_is_not_in_transit() -> None:
    scheduler, ran = Scheduler(), []
    due = scheduler.after(1.0, lambda: ran.append(1), transit=True)

    due.cancel()
    due.cancel()

    assert not due.active
    assert scheduler.in_transit == 0
    assert not scheduler.run_next(10.0)
    assert ran == []


def test_nothing_runs_after_the_end() -> None:
    scheduler = Scheduler()
    scheduler.at(2.0, lambda: None)

    assert not scheduler.run_next(1.9)
    assert scheduler.run_next(2.0)


def test_the_past_is_now() -> None:
    scheduler = Scheduler(now=10.0)
    scheduler.at(3.0, lambda: None)

    assert scheduler.next_at() == 10.0


@given(st.lists(st.floats(0, 1000), max_size=30))
def test_time_never_goes_back(instants: list[float]) -> None:
    scheduler, seen = Scheduler(), []
    for instant in instants:
        scheduler.at(instant, lambda: seen.append(scheduler.now))

    while scheduler.run_next(1000.0):
        pass

    assert seen == sorted(instants)
