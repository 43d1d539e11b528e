"""Power cuts at every commit of a full session, and crashes at random points inside handlers: nothing
is lost, nothing is invented, and memory is what a fresh load of the rows would be.
"""

from __future__ import annotations

from random import Random

import pytest

from ocpp_iface.sim import Bench, CrashRun, World, crash_points
from ocpp_iface.sim.memory import disagreements, image_of, memory_of

TOKEN = "04AB12CD"
SEEDS = 20
VARIABLES = {
    "1.6": {"MeterValueSampleInterval": "20", "ClockAlignedDataInterval": "60",
            "StopTxnSampledData": "Energy.Active.Import.Register"},
    "2.0.1": {"SampledDataCtrlr.TxUpdatedInterval": "20", "AlignedDataCtrlr.Interval": "60",
              "SampledDataCtrlr.TxEndedInterval": "20"},
}  # fmt: skip


@pytest.fixture(params=["1.6", "2.0.1"], ids=["V16", "V201"])
def version(request: pytest.FixtureRequest) -> str:
    chosen: str = request.param
    return chosen


def made(version: str, **options: object) -> Bench:
    return Bench(version, variables=VARIABLES[version], evses=(1,), **options)


def one_session(world: World) -> None:
    """Everything that a session writes; robust, as an app is: what got lost is done again."""
    station = world.station
    running = lambda: station.running  # noqa: E731 - shorter than a function here
    station.plug_in()
    for _ in range(3):  # a driver whose card was not read presents it again
        world.run_until(running)
        world.run_for(3)
        if not _charging(world):
            station.present_token(TOKEN)
    world.run_for(90)
    world.run_until(running)
    station.network.cut()
    world.run_for(60)
    world.run_until(running)
    station.network.restore()
    world.run_for(60)
    for _ in range(3):
        world.run_until(running)
        if _charging(world):
            station.present_token(TOKEN)
        world.run_for(5)
    world.run_until(running)
    station.unplug()
    world.run_for(30)


def _charging(world: World) -> bool:
    return world.station.evse(1).permitted


def judge(run: CrashRun) -> None:
    world = run.world
    world.run_for(600)
    world.check()
    assert world.csms.books.open() == []
    records = list(world.csms.transactions.values())
    assert records
    assert all(record.complete for record in records)
    metered = world.station.evse(1).register_wh
    billed = sum(record.energy_wh or 0.0 for record in records)
    assert billed <= metered + 1 + len(records)
    assert metered - billed <= 100  # at most what the meter had not reported when the power failed
    assert disagreements(world.station) == []


@pytest.mark.slow
def test_a_full_session_with_a_power_cut_at_every_commit(version: str) -> None:
    def make() -> World:
        return made(version).world

    runs = 0
    for run in crash_points(one_session, make):
        try:
            judge(run)
        except AssertionError as fault:
            raise AssertionError(f"{run}: {fault}") from fault
        runs += 1

    assert runs > 40


def test_memory_is_a_fresh_load_after_every_commit(version: str) -> None:
    """Undisturbed, looked at whenever something was committed."""
    bench = made(version)
    world = bench.world
    found: list[str] = []
    due = [False]

    def committed(_number: int) -> None:
        due[0] = True

    bench.station.wear.on_commit = committed

    def look() -> bool:
        if due[0]:
            due[0] = False
            found.extend(disagreements(bench.station))
        return False

    world.station.plug_in()
    look()
    world.station.present_token(TOKEN)
    look()
    for _ in range(60):
        world.run_for(2)
        look()
    world.station.present_token(TOKEN)
    look()
    world.station.unplug()
    world.run_for(10)
    look()
    assert found == []


# -- crashes of handlers -------------------------------------------------------------------------


class Bug(Exception):
    """Raised at a random point of the station's own code."""


@pytest.mark.parametrize("seed", range(SEEDS))
def test_a_handler_that_raises_at_a_random_point_leaves_memory_as_the_rows(
    version: str, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw = Random(seed)
    bench = made(version, seed=seed)
    bench.station.tolerate_undone = True
    world, station = bench.world, bench.station
    struck = strike_at_random(monkeypatch, draw)

    acts = [
        lambda: station.send(_plug(station)),
        lambda: station.send(_token()),
        lambda: station.send(_meter(station)),
        station.network.drop,
        lambda: bench.csms.connected() and bench.csms.start_call("ClearCache"),
    ]
    for _ in range(40):
        draw.choice(acts)()
        struck.armed = True
        world.run_for(draw.choice([1, 5, 20]))
        struck.armed = False
        world.settle()
        assert disagreements(station) == [], f"after a bug in {struck.where}"

        if len(struck.where) >= 8:
            break

    assert struck.where
    # and it goes on as if nothing had been
    station.network.restore()
    world.run_until(bench.csms.connected, 600)
    world.run_for(120)
    assert bench.csms.received("BootNotification")
    assert station.get("NumberOfConnectors").value == "1"


def _plug(station: object) -> object:
    from ocpp_iface.station import reports

    evse = station.evse(1)  # type: ignore[attr-defined]
    if evse.plugged is None:
        evse.plug(1)
        return reports.PlugIn(1, 1)
    evse.unplug()
    return reports.Unplug(1, 1)


def _token() -> object:
    from ocpp_iface.station import reports
    from ocpp_iface.types import IdToken, IdTokenType

    return reports.PresentToken(IdToken(TOKEN, IdTokenType.ISO14443), 1)


def _meter(station: object) -> object:
    from ocpp_iface.station import reports

    return reports.ReportMeter(1, station.evse(1).reading())  # type: ignore[attr-defined]


class Strikes:
    def __init__(self, draw: Random) -> None:
        self.draw = draw
        self.armed = False
        self.where: list[str] = []


def strike_at_random(monkeypatch: pytest.MonkeyPatch, draw: Random) -> Strikes:
    """Before or after the work of every twelfth write of a row, event of the bus and fact of the outbox."""
    from ocpp_iface.engine.bus import Bus
    from ocpp_iface.engine.outbox import Outbox
    from ocpp_iface.storage.memory import MemoryTable

    strikes = Strikes(draw)

    def wrap(cls: type, name: str) -> None:
        real = getattr(cls, name)

        def bugged(self: object, *args: object, **kwargs: object) -> object:
            strike = strikes.armed and draw.random() < 0.08
            strikes.armed = strikes.armed and not strike  # recovering from it has to work
            before = draw.random() < 0.5
            if strike and before:
                strikes.where.append(f"before {cls.__name__}.{name}")
                raise Bug
            result = real(self, *args, **kwargs)
            if strike:
                strikes.where.append(f"after {cls.__name__}.{name}")
                raise Bug
            return result

        monkeypatch.setattr(cls, name, bugged)

    wrap(MemoryTable, "put")
    wrap(MemoryTable, "delete")
    wrap(Bus, "publish")
    wrap(Outbox, "put")
    return strikes


def test_the_comparison_finds_what_differs(version: str) -> None:
    bench = made(version)
    bench.charging()
    assert disagreements(bench.station) == []
    before = image_of(bench.station)

    station = bench.station.process.kernel._assembly.station  # type: ignore[union-attr]
    station.evses[1].row = type(station.evses[1].row)()  # a fact that is in no row

    (found,) = disagreements(bench.station)
    assert found.startswith("evses: 1: ")
    assert image_of(bench.station) == before
    assert memory_of(bench.station.process.kernel)["link"] == "OPEN"  # type: ignore[union-attr]
