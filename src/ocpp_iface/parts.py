"""What a service is put together from, and what of it an app may replace."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Protocol

from attrs import frozen

from ocpp_iface.config import StationConfig
from ocpp_iface.ports.clock import Clock
from ocpp_iface.ports.entropy import Entropy
from ocpp_iface.ports.store import Store
from ocpp_iface.ports.transport import LinkSink, Transport


class Running(Protocol):
    """What the service needs of `runtime.runner.Runner`."""

    @property
    def running(self) -> bool: ...

    async def start(self) -> None: ...

    def command(self, request: object) -> asyncio.Future[Any]: ...

    async def close(self) -> None: ...


@frozen
class Parts:
    """What an app may replace; None: the real thing. The store is closed with the service."""

    transport_factory: Callable[[LinkSink], Transport] | None = None
    clock: Clock | None = None
    entropy: Entropy | None = None
    store: Store | None = None


@frozen
class Listeners:
    """What a runner tells the service, on the loop."""

    on_publish: Callable[[str, object], None]
    on_fatal: Callable[[BaseException], None]


class Assemble(Protocol):
    async def __call__(
        self, config: StationConfig, hardware: object, parts: Parts, listeners: Listeners
    ) -> Running:
        """Raises ConfigurationError, StoreError."""
