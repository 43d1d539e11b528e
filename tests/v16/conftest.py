"""A 1.6 station as a whole, in the simulated world."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from attrs import define

from ocpp_iface.compose import make_kernel
from ocpp_iface.config import StationConfig
from ocpp_iface.sim.csms import DEFAULT_URL, SimCsms
from ocpp_iface.sim.station import SimStation
from ocpp_iface.sim.world import World


def _kernel(config: StationConfig, store: Any, entropy: Any, methods: frozenset[str]) -> Any:
    return make_kernel(config, store=store, entropy=entropy, hardware_methods=methods)


@define(eq=False)
class Bench:
    """A world with one 1.6 station; `bench.statuses(n)` and so on read what the CSMS got."""

    world: World
    station: SimStation

    @property
    def csms(self) -> SimCsms:
        return self.world.csms

    def booted(self) -> Bench:
        self.station.boot()
        for connector in range(self.station.topology.count + 1):
            self.csms.expect("StatusNotification", connectorId=connector)
        self.world.settle()
        self.csms.mark()
        return self

    def charging(self, evse: int = 1, token: str = "AA", **start: Any) -> int:
        """Plug in, present the token, wait for energy; the number of the transaction."""
        self.station.plug_in(evse)
        self.station.present_token(token, evse)
        self.csms.expect("StartTransaction", **start)
        self.csms.expect("StatusNotification", status="Charging")
        self.world.settle()
        self.csms.mark()
        return int(list(self.csms.transactions)[-1])

    def configure(self, key: str, value: str) -> None:
        answer = self.csms.call("ChangeConfiguration", {"key": key, "value": value})
        assert answer == {"status": "Accepted"}

    def statuses(self, connector: int) -> list[str]:
        return [
            call["status"]
            for call in self.csms.received("StatusNotification")
            if call["connectorId"] == connector
        ]

    def actions(self) -> list[str]:
        return [call.action for call in self.csms.received()]


@pytest.fixture
def make_bench():
    """`make_bench(connectors=(1, 1), hardware_methods=..., **config)`"""
    made = []

    def make(
        connectors: tuple[int, ...] = (1,), world: World | None = None, **options: Any
    ) -> Bench:
        world = world or World(seed=1)
        simulated = {
            name: options.pop(name)
            for name in ("hardware_methods", "auto", "disk")
            if name in options
        }
        config = StationConfig(
            id="cs1",
            csms_url=DEFAULT_URL,
            versions=options.pop("versions", ("ocpp1.6",)),
            evses=connectors,
            validate_outbound=True,
            **options,
        )
        station = world.add_station(partial(_kernel, config), connectors=connectors, **simulated)
        bench = Bench(world, station)
        made.append(bench)
        return bench

    yield make
    for bench in made:
        bench.world.check()


@pytest.fixture
def bench(make_bench) -> Bench:
    """One EVSE with one connector, booted and accepted."""
    return make_bench().booted()
