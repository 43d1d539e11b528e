"""The inside of the station on a `Bench`, for tests of one service on a whole station."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from ocpp_iface.engine.block import Cause
from ocpp_iface.engine.inputs import Tick
from ocpp_iface.sim import Bench
from ocpp_iface.station.events import TransactionChanged
from ocpp_iface.station.station import Station
from ocpp_iface.types.facts import TransactionFact

T = TypeVar("T")


def kernel_of(bench: Bench) -> Any:
    process: Any = bench.station.process
    return process.kernel


def station_of(bench: Bench) -> Station:
    station: Station = kernel_of(bench)._assembly.station
    return station


def facts_of(bench: Bench) -> list[TransactionFact]:
    """Every transaction event from now on, until the station is loaded anew."""
    facts: list[TransactionFact] = []
    bus = kernel_of(bench)._assembly._ctx.bus
    bus.subscribe(TransactionChanged, lambda event: facts.append(event.fact))
    return facts


def counted(bench: Bench, name: str = "implausible_reports") -> int:
    count: int = kernel_of(bench).counters.get(name, 0)
    return count


def energy_flows(bench: Bench, evse: int = 1) -> bool:
    return bench.station.evse(evse).contactor_closed


def order_names(bench: Bench, evse: int = 1) -> list[str]:
    """What the hardware did with the contactor and the lock of an EVSE, in order."""
    words = ("permit_energy", "stop_energy", "lock", "unlock")
    return [
        order.method for order in bench.station.hardware.orders(evse=evse) if order.method in words
    ]


def in_a_step(bench: Bench, work: Callable[[], T]) -> T:
    """Do it as a handler would; its flows have run to where they wait."""
    done: list[T] = []
    kernel_of(bench).timers.after(0, lambda: done.append(work()))
    process: Any = bench.station.process
    process._feed(Tick())
    bench.world.settle()
    return done[0]


def rebuild(bench: Bench, cause: Cause = Cause.REBUILD) -> None:
    """Everything above the engine is loaded from the rows again."""
    kernel = kernel_of(bench)
    kernel.store.begin()
    kernel._rebuild(cause)
    kernel.store.commit()
    bench.world.settle()
