"""The world turns: time, settling, judgement, determinism."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from time import process_time

import pytest

from ocpp_iface.sim import SimEv, World, diff

Make = Callable[..., World]


def test_time_passes_only_when_the_world_runs(make_world: Make) -> None:
    world = make_world(booted=False, start=datetime(2030, 5, 5, tzinfo=UTC))
    assert world.now == datetime(2030, 5, 5, tzinfo=UTC)

    world.run_for(90)
    assert world.now == datetime(2030, 5, 5, 0, 1, 30, tzinfo=UTC)
    world.run_until_wall(datetime(2030, 5, 6, tzinfo=UTC))
    assert world.now == datetime(2030, 5, 6, tzinfo=UTC)


def test_settle_waits_for_what_is_under_way_only(make_world: Make) -> None:
    world = make_world()
    call = world.csms.start_call("ClearCache")
    since = world.scheduler.now
    world.settle()

    assert call.response == {"status": "Accepted"}
    assert world.scheduler.now - since == pytest.approx(0.04)


def test_running_in_vain_shows_the_trace(make_world: Make) -> None:
    world = make_world()

    with pytest.raises(
        AssertionError, match=r"(?s)waited 5 s in vain for rain\n.*BootNotification"
    ):
        world.run_until(lambda: False, 5, "rain")
    assert world.scheduler.now == pytest.approx(5.08)


def test_the_world_is_not_run_from_inside(make_world: Make) -> None:
    world = make_world()
    world.station.subscribe("state", lambda _: world.run_for(1))
    world.station.plug_in()

    with pytest.raises(RuntimeError, match="runs already"):
        world.run_for(10)


def test_check_names_everything_that_is_wrong(make_world: Make) -> None:
    world = make_world()
    world.check()
    world.violated("the sky is falling")
    world.csms.violations.append("a frame was ugly")
    world.station.hardware.violations.append("sparks")

    with pytest.raises(AssertionError) as failure:
        world.check()
    assert "- at 0.080 s the sky is falling" in str(failure.value)
    assert "- a frame was ugly\n- sparks" in str(failure.value)


def test_an_input_that_was_undone_is_a_problem(make_world: Make) -> None:
    world = make_world()
    world.station.process.kernel.counters["inputs_undone"] = 2

    assert world.problems() == ["cs1 undid 2 inputs: a handler crashed"]
    world.station.tolerate_undone = True
    assert world.problems() == []


def month(make_world: Make, seed: int, days: int) -> World:
    """A session a day on a bad network, a power cut a week."""
    world = make_world(seed=seed, validation="codec", history=500)
    station = world.station
    station.network.flap(every_s=86_400, for_s=600)
    for day in range(days):
        station.plug_in(ev=SimEv(needs_wh=20_000))
        world.run_for(3600)
        if day % 7 == 3:
            station.kill()
            world.run_for(30)
            station.boot()
        world.run_for(2 * 3600)
        station.unplug()
        world.run_until_wall(world.start + timedelta(days=day + 1))
    station.network.steady()
    station.network.restore()
    world.run_for(3600)
    return world


def test_days_pass_in_a_moment_and_twice_the_same(make_world: Make) -> None:
    began = process_time()
    one, other = (month(make_world, seed=5, days=4) for _ in range(2))
    spent = process_time() - began

    one.check()
    assert len(one.csms.transactions) == 4
    assert all(record.complete for record in one.csms.transactions.values())
    assert diff(one.trace, other.trace) == ""
    assert one.trace.digest() != month(make_world, seed=6, days=4).trace.digest()
    assert spent < 30  # seconds of a processor for 8 days; 3 are usual


def test_history_bounds_what_is_kept(make_world: Make) -> None:
    world = make_world(history=10)
    for _ in range(50):
        world.csms.call("ClearCache")

    assert len(world.trace.lines()) < 20
    assert len(world.csms.log) < 20
