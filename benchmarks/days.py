"""Real seconds for simulated days: a station in daily use, whose link fails every day and whose power
fails every week; twice with the same seed, to the same trace.
"""

from __future__ import annotations

import time

from attrs import frozen

from ocpp_iface.config import StationConfig
from ocpp_iface.sim import World, kernel_of
from ocpp_iface.sim.csms import DEFAULT_URL
from ocpp_iface.sim.ev import SimEv
from ocpp_iface.sim.station import SimStation

HOUR_S = 3600.0
EVSES = (1, 1)
KEPT = 200
"""Entries of the trace that stay in memory; all count in its digest."""


@frozen
class Days:
    version: str
    days: int
    seconds: float
    happenings: int
    """Lines of the trace: frames, orders, reports, published values."""
    same_trace: bool
    problems: tuple[str, ...]


def measure(version: str, days: int) -> Days:
    """`seconds` is the time of one of the two runs."""
    begin = time.perf_counter()
    first = _run(version, days)
    seconds = time.perf_counter() - begin
    second = _run(version, days)
    return Days(
        version,
        days,
        seconds,
        first.trace.dropped + len(first.trace.entries()),
        first.trace.digest() == second.trace.digest(),
        tuple(first.problems()),
    )


def _run(version: str, days: int) -> World:
    world = World(seed=7, validation="codec", history=KEPT)
    config = StationConfig(
        id="cs1",
        csms_url=DEFAULT_URL,
        versions=(version,),
        evses=EVSES,
        variables={"SampledDataCtrlr/TxUpdatedInterval": "300", "HeartbeatInterval": "3600"},
    )
    station = world.add_station(kernel_of(config), name="cs1", connectors=EVSES)
    station.boot()
    for day in range(days):
        _day(world, station, day)
    world.settle()
    return world


def _day(world: World, station: SimStation, day: int) -> None:
    """24 hours: two sessions at each EVSE, the second of them with the link down for a while."""
    _sessions(world, station, hours=4.0)
    world.run_for(2 * HOUR_S)
    station.network.cut()
    world.run_for(HOUR_S / 2)
    station.network.restore()
    world.run_for(1.5 * HOUR_S)
    if day % 7 == 3:
        _sessions(world, station, hours=1.0, leave=False)
        station.kill()
        world.run_for(HOUR_S / 4)
        station.boot()
        world.run_for(HOUR_S / 4)
        _leave(station)
        world.run_for(2.5 * HOUR_S)
    else:
        station.network.cut()
        _sessions(world, station, hours=4.0)
        station.network.restore()
    world.run_for(12 * HOUR_S)


def _sessions(world: World, station: SimStation, *, hours: float, leave: bool = True) -> None:
    for evse in range(1, len(EVSES) + 1):
        station.plug_in(evse, ev=SimEv(needs_wh=20_000.0))
        station.present_token(f"04AB{evse:04}", evse)
    world.run_for(hours * HOUR_S)
    if leave:
        _leave(station)


def _leave(station: SimStation) -> None:
    for evse in range(1, len(EVSES) + 1):
        station.present_token(f"04AB{evse:04}", evse)
        station.unplug(evse)
