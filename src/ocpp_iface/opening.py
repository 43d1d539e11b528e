"""A running station of real parts: store, kernel, asyncio shell, WebSocket.

Loaded when the first station is opened, since it needs everything there is.
"""

from __future__ import annotations

import asyncio

from ocpp_iface.compose import backend_for, compose
from ocpp_iface.config import StationConfig
from ocpp_iface.log import Log
from ocpp_iface.parts import Listeners, Parts, Running
from ocpp_iface.runtime.clock import SystemClock
from ocpp_iface.runtime.entropy import SystemEntropy
from ocpp_iface.runtime.port_calls import hardware_methods
from ocpp_iface.runtime.runner import Runner
from ocpp_iface.runtime.websocket import WebSocketLink
from ocpp_iface.storage import MemoryStore, SqliteStore, open_store

log = Log(__name__)


async def assemble(
    config: StationConfig, hardware: object, parts: Parts, listeners: Listeners
) -> Running:
    """A station of real parts, but for those that were given.

    Raises ConfigurationError, StoreError.
    """
    # The kernel's first step takes what this loads; reading it in the loop would hold the app up.
    await asyncio.to_thread(backend_for, config.versions[0])
    store = parts.store
    if store is None:
        store = await _open(config)
    try:
        kernel = compose(
            config, hardware_methods(hardware), parts.entropy or SystemEntropy(), store
        )
    except BaseException:
        store.close()
        raise
    return Runner(
        kernel,
        parts.transport_factory or WebSocketLink,
        hardware,
        parts.clock or SystemClock(),
        threaded=isinstance(store, SqliteStore),
        on_publish=listeners.on_publish,
        on_fatal=listeners.on_fatal,
    )


async def _open(config: StationConfig) -> MemoryStore | SqliteStore:
    """In a thread: it may take long. If that is cancelled, the store is closed when this raises."""
    opening = asyncio.ensure_future(asyncio.to_thread(open_store, config.store, config.synchronous))
    try:
        return await asyncio.shield(opening)
    except asyncio.CancelledError:
        try:
            await asyncio.wait((opening,))  # else the next start would find the file locked
        finally:
            if opening.done():
                _close_unwanted(opening)
            else:
                opening.add_done_callback(_close_unwanted)
        raise


def _close_unwanted(opening: asyncio.Task[MemoryStore | SqliteStore]) -> None:
    if opening.cancelled():
        return
    error = opening.exception()
    if error is None:
        opening.result().close()
    else:  # it may be that a damaged file was moved aside
        log.error("store did not open", error=error)
