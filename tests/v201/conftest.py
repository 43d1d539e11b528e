"""A whole 2.0.1 station in the simulated world; every outbound payload is validated."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ocpp_iface.sim.bench import Bench

MakeBench = Callable[..., Bench]


@pytest.fixture
def make_bench() -> Iterator[MakeBench]:
    """`make_bench(variables={...}, evses=(1,), ...)`; each is checked at the end."""
    made: list[Bench] = []

    def make(**options: Any) -> Bench:
        bench = Bench("2.0.1", **options)
        made.append(bench)
        return bench

    yield make
    for bench in made:
        bench.check()


@pytest.fixture
def bench(make_bench: MakeBench) -> Bench:
    """Booted, two EVSEs with one connector each."""
    return make_bench()
