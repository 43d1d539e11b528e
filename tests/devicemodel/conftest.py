"""One station's variables over a memory store, with everything around them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from attrs import define, field

from ocpp_iface.devicemodel import (
    Access,
    Configured,
    DeviceModel,
    Keys16,
    Layout,
    VariableChanged,
    Watches,
)
from ocpp_iface.devicemodel.connection_rules import Credentials
from ocpp_iface.engine.bus import Bus
from ocpp_iface.ports.topology import Topology
from ocpp_iface.storage.memory import MemoryStore

START = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)


@define
class Bench:
    store: MemoryStore
    variables: DeviceModel
    keys: Keys16
    access: Access
    watches: Watches
    bus: Bus
    changes: list = field(factory=list)
    events: list = field(factory=list)
    credentials: Credentials = field(factory=lambda: Credentials(csms_root=True))


def make_bench(configured=None, connectors=(1, 2), slots=(1, 2), store=None) -> Bench:
    """A station whose unit of work is open."""
    configured = configured or Configured()
    if store is None:
        store = MemoryStore()
        store.begin()
    bus = Bus()
    layout = Layout(Topology(connectors), slots, configured.extra)
    variables = DeviceModel(store, bus, layout, lambda: START, configured)
    keys = Keys16(variables)
    events: list = []
    watches = Watches(store, bus, keys, clock=lambda: START, emit=events.append)
    bench = Bench(store, variables, keys, None, watches, bus, events=events)
    bench.access = Access(variables, keys, lambda: bench.credentials)
    bus.subscribe(VariableChanged, bench.changes.append)
    return bench


@pytest.fixture
def bench() -> Bench:
    return make_bench()


@pytest.fixture
def make():
    return make_bench
