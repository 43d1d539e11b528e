"""One station, one application: the same test on both backends (V16 and V201)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ocpp_iface.sim import Bench, SimStation
from ocpp_iface.types import EventData

CUSTOM = (
    {"address": "Cooling/FanSpeed", "type": "integer", "max": 9, "value": 5, "key": "FanSpeed"},
    {"address": "Cooling/Serial", "type": "string", "access": "ro", "value": "C-1"},
)
"""What this station has beyond the standard; the same app code reads and sets it on both."""


@pytest.fixture(params=["1.6", "2.0.1"], ids=["V16", "V201"])
def version(request: pytest.FixtureRequest) -> str:
    """The OCPP version that the CSMS and the station agree upon."""
    chosen: str = request.param
    return chosen


@pytest.fixture
def make(make_bench: Callable[..., Bench], version: str) -> Callable[..., Bench]:
    """A bench with two EVSEs (the second has two connectors), custom variables, booted."""

    def made(*, config: dict[str, Any] | None = None, **options: Any) -> Bench:
        options.setdefault("evses", (1, 2))
        return make_bench(version, config={"custom": CUSTOM, **(config or {})}, **options)

    return made


@pytest.fixture
def bench(make: Callable[..., Bench]) -> Bench:
    return make()


@pytest.fixture
def events() -> Callable[[SimStation], list[EventData]]:
    """What `event_data` has published so far."""
    return lambda station: list(station.published.get("event_data", ()))
