"""A booted station on either version, and what it made of a bad frame."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from attrs import define

from ocpp_iface.sim import Bench
from ocpp_iface.sim.memory import image_of, memory_of
from ocpp_iface.storage import Image

Answer = list[Any]


@define
class Victim:
    """A station that gets what no CSMS should send."""

    bench: Bench

    @property
    def is16(self) -> bool:
        return self.bench.is16

    def receives(self, data: str | bytes) -> list[Answer]:
        """Put it on the wire. -> every frame that the station sent because of it"""
        before = len(self.bench.world.trace.entries(">"))
        self.bench.csms.send_raw(data)
        self.bench.world.settle()
        return [json.loads(x.content) for x in self.bench.world.trace.entries(">")[before:]]

    def state(self) -> tuple[Image, Mapping[str, Any]]:
        """Rows and memory."""
        process = self.bench.station.process
        assert process is not None
        return image_of(self.bench.station), memory_of(process.kernel)

    def assert_alive(self) -> None:
        """The link is the same, and calls are answered."""
        assert self.bench.csms.connected()
        self.bench.call("ClearCache")
        self.bench.check()


@pytest.fixture(params=["1.6", "2.0.1"], ids=["V16", "V201"])
def version(request: pytest.FixtureRequest) -> str:
    chosen: str = request.param
    return chosen


@pytest.fixture
def bench(make_bench: Callable[..., Bench], version: str) -> Bench:
    return make_bench(version, evses=(1, 1))


@pytest.fixture
def victim(bench: Bench) -> Victim:
    return Victim(bench)
