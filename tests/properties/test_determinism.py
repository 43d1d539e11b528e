"""P11: equal inputs, equal seeds: equal traces, byte for byte."""

from __future__ import annotations

from random import Random

import pytest

from ocpp_iface.sim import Bench, diff

TOKENS = ("04AA", "04BB")


def eventful(version: str, seed: int) -> Bench:
    """An hour in which a lot happens."""
    draw = Random(f"acts {seed}")
    bench = Bench(version, evses=(1, 2), seed=seed)
    bench.csms.validation = "codec"
    station, world = bench.station, bench.world
    world.tolerate_crashes = True
    station.boots_after_s = 5.0
    station.network.flap(600, 60)
    for _ in range(40):
        evse = draw.choice([1, 2])
        match draw.randrange(6):
            case 0:
                plugged = station.evse(evse).plugged
                station.plug_in(evse) if plugged is None else station.unplug(evse)
            case 1 | 2:
                station.present_token(draw.choice(TOKENS), evse)
            case 3 if bench.csms.connected():
                bench.csms.start_call("ClearCache")
            case 4 if station.running:
                station.kill()
                world.run_for(3)
                station.boot()
            case _:
                station.wear.cut_after = station.wear.commits + 3
        world.run_for(draw.choice([1, 10, 90]))
        if not station.running:
            world.run_for(6)
    return bench


@pytest.mark.parametrize("version", ["1.6", "2.0.1"], ids=["V16", "V201"])
@pytest.mark.parametrize("seed", range(4))
def test_equal_worlds_have_equal_traces(version: str, seed: int) -> None:
    one, other = eventful(version, seed), eventful(version, seed)

    assert diff(one.world.trace, other.world.trace) == ""
    assert one.world.trace.digest() == other.world.trace.digest()
    assert len(one.world.trace) > 100


@pytest.mark.parametrize("version", ["1.6", "2.0.1"], ids=["V16", "V201"])
def test_another_seed_is_another_world(version: str) -> None:
    assert eventful(version, 1).world.trace.digest() != eventful(version, 2).world.trace.digest()
