"""What a station has in memory, held against what a fresh load of its rows would have.

Memory is a cache of the store. `disagreements` loads the rows of a running station into a second
one, without starting it, and names every fact in which the two differ: after a power cut, a crash of
a handler or a bad frame there may be none.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ocpp_iface.engine.block import Cause
from ocpp_iface.engine.csms import Csms
from ocpp_iface.engine.dispatcher import Dispatcher
from ocpp_iface.engine.kernel import Kernel
from ocpp_iface.engine.link import Link
from ocpp_iface.engine.outbox import Outbox
from ocpp_iface.ports.clock import Now
from ocpp_iface.sim.entropy import SimEntropy
from ocpp_iface.sim.faults import WornStore
from ocpp_iface.sim.station import SimStation
from ocpp_iface.storage import Image, MemoryStore

View = Mapping[str, Any]

_OF_NOW: Final = ("link", "registration")
"""What no row can know: it begins anew with the process."""


def image_of(station: SimStation) -> Image:
    """The committed rows. The station keeps them in a `MemoryDisk`."""
    return _store(station).snapshot()


def memory_of(kernel: Any) -> dict[str, Any]:
    """Every fact that the station holds in memory, by where it is kept."""
    assembly = kernel._assembly
    station, variables = assembly.station, assembly._ctx.variables
    return {
        "link": kernel.link.state.name,
        "registration": kernel.registration.state.name,
        "outbox": dict(kernel.outbox._rows),
        "evses": {evse.id: evse.row for evse in station.evses.values()},
        "waiting": station.waiting.row,
        "transactions": dict(station.transactions._rows),
        "faults": dict(station.faults._rows),
        "availability": dict(station.availability._rows),
        "security log": list(station.security._numbers),
        "boot": station.boot.record.row,
        "network": station.network.state,
        "network profiles": dict(station.network._rows),
        "authorization cache": station.authorizer.cache._bytes,
        "kept samples": {k: dict(v) for k, v in station.metering._kept._kept.items() if v},
        "sample weights": {k: v for k, v in station.metering._kept._weights.items() if v},
        "variables": {key: held.text for key, held in variables._held.items()},
        "charging profiles": station.smart_charging.profiles.installed,
        "watches": sorted(
            watch.row_key + " " + watch.row.last
            for watches in assembly._facade._watches._watches.values()
            for watch in watches
        ),
    }


def fresh_memory(station: SimStation) -> dict[str, Any]:
    """The same of a station that has just loaded the rows of this one."""
    running = _kernel(station)
    store = MemoryStore.from_image(image_of(station))
    kernel = station.make_kernel(store, SimEntropy("fresh"), station.hardware_methods)
    if not isinstance(kernel, Kernel):
        raise TypeError("only a real station can be loaded")
    kernel.clock.set(Now(running.clock.monotonic, running.clock.now))
    store.begin()
    kernel.outbox = Outbox(store, kernel.clock, kernel._core_timers, kernel)
    kernel.csms = Csms(kernel.outbox)
    kernel.dispatcher = Dispatcher(kernel.flows, kernel._core_timers, kernel)
    kernel.link = Link(kernel.outbound, kernel._core_timers, kernel.entropy)
    kernel._assembly = kernel._build(kernel, running._subprotocol, Cause.REBUILD)
    kernel._connect_assembly()
    store.rollback()
    return memory_of(kernel)


def disagreements(station: SimStation) -> list[str]:
    """Facts in which memory and store differ; empty if all is well."""
    return differences(memory_of(_kernel(station)), fresh_memory(station))


def differences(one: View, other: View) -> list[str]:
    """The facts in which two views differ, but for what belongs to the running process."""
    return [
        f"{name}: {_apart(one[name], other[name])}"
        for name in one
        if name not in _OF_NOW and one[name] != other[name]
    ]


def _apart(one: object, other: object) -> str:
    """Of two tables only the entries that differ."""
    if isinstance(one, dict) and isinstance(other, dict):
        keys = [key for key in (one | other) if one.get(key) != other.get(key)]
        return "; ".join(f"{key}: {one.get(key)!r} is {other.get(key)!r}" for key in keys)
    return f"{one!r} is {other!r}"


def _kernel(station: SimStation) -> Any:
    if station.process is None:
        raise ValueError(f"{station.name} does not run")
    return station.process.kernel


def _store(station: SimStation) -> MemoryStore:
    if station.process is None:
        raise ValueError(f"{station.name} does not run")
    store: Any = station.process.store
    inner = store._store if isinstance(store, WornStore) else store
    if not isinstance(inner, MemoryStore):
        raise TypeError("the rows are not in memory")
    return inner
