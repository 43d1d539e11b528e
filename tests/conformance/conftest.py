"""Stations for the certification cases; each is checked at the end: nothing on the wire that no
station may do, no transaction with a gap.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ocpp_iface.sim.bench import Bench

sys.path.insert(0, str(Path(__file__).parent))

MakeBench = Callable[..., Bench]


@pytest.fixture
def make_bench() -> Iterator[MakeBench]:
    """`make_bench("2.0.1", variables={...}, evses=(1,), ...)`, see `Bench`."""
    made: list[Bench] = []

    def make(version: str = "2.0.1", **options: Any) -> Bench:
        bench = Bench(version, **options)
        made.append(bench)
        return bench

    yield make
    for bench in made:
        bench.check()


@pytest.fixture
def bench(make_bench: MakeBench) -> Bench:
    """2.0.1, booted, two EVSEs with one connector each."""
    return make_bench()


@pytest.fixture
def bench16(make_bench: MakeBench) -> Bench:
    """1.6, booted, two connectors."""
    return make_bench("1.6")
