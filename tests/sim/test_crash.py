"""Power cuts at every commit: here of the small station, which is built to survive them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ocpp_iface.sim import CrashRun, FileDisk, World, count_commits, crash_points, run_with_cut

Make = Callable[..., World]


def one_session(world: World) -> None:
    station = world.station
    station.plug_in()
    world.run_for(60)
    station.unplug()
    world.run_for(120)


def assert_nothing_lost(world: World) -> None:
    world.check()
    records = list(world.csms.transactions.values())
    assert len(records) == 1
    assert all(record.complete for record in records)


def test_nothing_is_lost_at_any_commit(make_world: Make, version: str) -> None:
    runs = 0
    for run in crash_points(one_session, lambda: make_world(version)):
        assert_nothing_lost(run.world)
        runs += 1

    assert runs == 2 * count_commits(one_session, lambda: make_world(version)) >= 8


def test_what_a_power_cut_loses_is_found(make_world: Make, monkeypatch: Any) -> None:
    """A station that deletes its rows before they are sent is caught."""
    found = []
    for run in crash_points(one_session, lambda: forgetful(make_world)):
        try:
            assert_nothing_lost(run.world)
        except AssertionError as lost:
            found.append((str(run), str(lost)))

    assert any("power cut after commit" in name for name, _ in found)


def forgetful(make_world: Make) -> World:
    world = make_world("ocpp2.0.1")
    station, make = world.station, world.station.make_kernel

    def made(*args: Any) -> Any:
        kernel = make(*args)
        begin = kernel.begin

        def forget(now: Any) -> Any:
            outputs = begin(now)
            kernel.outbox._rows.clear()
            return outputs

        kernel.begin = forget
        return kernel

    station.make_kernel = made
    return world


def test_crash_runs_repeat(make_world: Make) -> None:
    def run() -> CrashRun:
        return run_with_cut(one_session, lambda: make_world("ocpp2.0.1"), 2)

    assert run().world.trace.digest() == run().world.trace.digest()
    assert str(run()) == "power cut after commit 2"


def test_a_file_store_survives_too(tmp_path: Path, mini: Callable[..., Any]) -> None:
    made = iter(range(1000))

    def on_file() -> World:
        world = World()
        disk = FileDisk(tmp_path / f"{next(made)}.db")
        world.add_station(mini("ocpp2.0.1"), disk=disk).boot()
        world.settle()
        return world

    for run in crash_points(one_session, on_file, every=3, before=False):
        assert_nothing_lost(run.world)
        run.world.station.kill()


@pytest.mark.parametrize(("before", "after"), [(True, False), (False, True)])
def test_sides_can_be_chosen(make_world: Make, before: bool, after: bool) -> None:
    runs = list(crash_points(one_session, make_world, before=before, after=after, every=4))

    assert {run.before for run in runs} == {before}
