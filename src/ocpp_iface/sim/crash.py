"""Power cuts at every commit of a scenario, one by one.

A scenario is a function of a world. It is run once to count the commits, then again for each of
them with a power cut just before it and just after it; the station boots again by itself and the
scenario goes on. What holds for an undisturbed run and should hold for these is then asserted on
each `CrashRun.world`::

    for run in crash_points(charge_once, make_world):
        run.world.run_for(600)
        assert_nothing_lost(run.world)

A scenario has to be robust as an app is: a command that was under way at the cut has no outcome
(it returns None), the driver may have to present a token again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from attrs import frozen

from ocpp_iface.sim.world import World

Scenario = Callable[[World], None]
MakeWorld = Callable[[], World]
"""A fresh world with its first station, the same each time; the station may be booted."""

BOOT_AFTER_S = 5.0


@frozen
class CrashRun:
    """One run: `commit` is which one (1 is the first), `before` if the cut came before it."""

    commit: int
    before: bool
    world: World

    def __str__(self) -> str:
        return f"power cut {'before' if self.before else 'after'} commit {self.commit}"


def count_commits(scenario: Scenario, make_world: MakeWorld) -> int:
    """How many commits an undisturbed run has, those of `make_world` included."""
    world = make_world()
    scenario(world)
    return world.station.wear.commits


def run_with_cut(
    scenario: Scenario, make_world: MakeWorld, commit: int, *, before: bool = False
) -> CrashRun:
    """Run with one power cut. The commit must come in the scenario, not in `make_world`."""
    world = make_world()
    world.tolerate_crashes = True
    station = world.station
    station.boots_after_s = BOOT_AFTER_S
    if before:
        station.wear.cut_before = commit
    else:
        station.wear.cut_after = commit
    scenario(world)
    return CrashRun(commit, before, world)


def crash_points(
    scenario: Scenario,
    make_world: MakeWorld,
    *,
    before: bool = True,
    after: bool = True,
    every: int = 1,
) -> Iterator[CrashRun]:
    """A run for each commit of the scenario (`every`: each so many-th); see the module's text."""
    first = make_world().station.wear.commits + 1
    total = count_commits(scenario, make_world)
    for commit in range(first, total + 1, every):
        if before:
            yield run_with_cut(scenario, make_world, commit, before=True)
        if after:
            yield run_with_cut(scenario, make_world, commit, before=False)
