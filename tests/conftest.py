"""Simulated worlds for all tests, in order when the test is over; and the count of certification
cases at the end of a run.

The count stands here and not in `conformance/` because pytest-xdist's controller, which writes the summary,
reads no other conftest when the whole suite runs.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import settings

from ocpp_iface.sim import Bench, World

settings.register_profile(
    "here",  # as Hypothesis is in CI: how long an example takes only says how busy the machine is
    settings.get_profile("ci"),
    derandomize=False,
    database=settings.get_profile("default").database,
)
settings.load_profile("ci" if os.environ.get("CI") else "here")

_PASSED = pytest.StashKey[bool]()
_CASE = re.compile(
    r"conformance/test_(?P<version>201|16)_(?P<part>[a-z]+)\w*\.py"
    r"::test_tc_(?:(?P<block>[a-z])_)?(?P<number>\d+(?:_\d+)?)"
)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Distinct case ids that passed, by functional block (2.0.1) and profile (1.6)."""
    cases: dict[str, set[str]] = {}
    for report in terminalreporter.getreports("passed"):
        found = _CASE.search(report.nodeid) if report.when == "call" else None
        if found is not None:
            label = f"1.6 {found['part']}" if found["version"] == "16" else found["block"].upper()
            cases.setdefault(label, set()).add(found["number"])
    if cases:
        counts = ", ".join(f"{label} {len(ids)}" for label, ids in sorted(cases.items()))
        total = sum(len(ids) for ids in cases.values())
        terminalreporter.write_line(f"certification cases: {counts}, total {total}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    report = yield
    if report.when == "call":
        item.stash[_PASSED] = report.passed
    return report


def _check(request: pytest.FixtureRequest, worlds: list[World]) -> None:
    """A test that failed has said what is wrong already."""
    if request.node.stash.get(_PASSED, False):
        for world in worlds:
            world.check()


@pytest.fixture
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    """An empty world with one CSMS."""
    made = World()
    yield made
    _check(request, [made])


@pytest.fixture
def make_bench(request: pytest.FixtureRequest) -> Iterator[Callable[..., Bench]]:
    """`make_bench("1.6", variables={...}, evses=(1,), ...)`, see `Bench`."""
    worlds: list[World] = []

    def make(version: str = "2.0.1", **options: Any) -> Bench:
        made = Bench(version, **options)
        worlds.append(made.world)
        return made

    yield make
    _check(request, worlds)
