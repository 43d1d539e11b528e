"""The inside of the station on a `Bench`, for tests of one service on a whole station."""

from __future__ import annotations

from typing import Any

from ocpp_iface.sim import Bench
from ocpp_iface.station.events import TransactionChanged
from ocpp_iface.station.station import Station
from ocpp_iface.types.facts import TransactionFact


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
