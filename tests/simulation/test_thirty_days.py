"""A month on a bad network: link losses every day, a power cut every week, a session a day at each
EVSE; in seconds of real time, and twice with the same seed to the same trace.
"""

from __future__ import annotations

from datetime import timedelta
from time import process_time

import pytest

from ocpp_iface.config import StationConfig
from ocpp_iface.sim import SimEv, World, diff, kernel_of
from ocpp_iface.sim.csms import DEFAULT_URL
from ocpp_iface.sim.memory import disagreements

DAYS = 30
BUDGET_S = 60.0
"""Of CPU time for one month. Ten are usual; the rest is for slow machines."""
TOKEN = "04AB12CD"


def month(version: str, seed: int, days: int = DAYS, *, schedules_s: int = 300) -> World:
    """`schedules_s`: between two publications of `charging_schedules`; the default of 30 s makes
    two thirds of all steps, and half of the time, of a simulated month.
    """
    world = World(seed=seed, validation="codec", history=500)
    config = StationConfig(
        id="cs1",
        csms_url=DEFAULT_URL,
        versions=(f"ocpp{version}",),
        evses=(1, 1),
        charging_schedules_interval_s=schedules_s,
        variables={"HeartbeatInterval": "3600", "MeterValueSampleInterval": "300"},
    )
    station = world.add_station(kernel_of(config), name="cs1", connectors=(1, 1))
    for charger in station.hardware.evses.values():
        charger.meter_interval_s = 60.0
    station.boot()
    station.network.flap(every_s=86_400, for_s=900)
    for day in range(days):
        for evse in (1, 2):
            station.plug_in(evse, ev=SimEv(needs_wh=20_000))
            station.present_token(TOKEN, evse)
            world.run_for(1800)
        if day % 7 == 3:
            station.kill()
            world.run_for(300)
            station.boot()
        world.run_for(2 * 3600)
        for evse in (1, 2):
            if station.evse(evse).permitted:
                station.present_token(TOKEN, evse)
                world.run_for(10)
            station.unplug(evse)
        world.run_until_wall(world.start + timedelta(days=day + 1))
    station.network.steady()
    station.network.restore()
    world.run_for(3600)
    return world


@pytest.mark.slow
@pytest.mark.parametrize("version", ["1.6", "2.0.1"], ids=["V16", "V201"])
def test_thirty_days_pass_in_less_than_a_minute_and_twice_the_same(version: str) -> None:
    began = process_time()
    one = month(version, seed=30)
    spent = process_time() - began
    other = month(version, seed=30)

    one.check()
    records = list(one.csms.transactions.values())
    assert len(records) >= 2 * (DAYS - 5)
    assert all(record.complete for record in records)
    assert disagreements(one.station) == []
    assert diff(one.trace, other.trace) == ""
    assert one.trace.digest() == other.trace.digest()
    assert len(one.station.network.attempts) >= DAYS
    assert spent < BUDGET_S


@pytest.mark.parametrize("version", ["1.6", "2.0.1"], ids=["V16", "V201"])
def test_another_seed_makes_another_month(version: str) -> None:
    """With all intervals at their defaults."""
    one, other = (month(version, seed, days=2, schedules_s=30) for seed in (1, 2))

    assert one.trace.digest() != other.trace.digest()
