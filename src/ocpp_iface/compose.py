"""The composition root: the one place that knows which parts a station is made of."""

from __future__ import annotations

from typing import Final

from ocpp_iface.assembly import StationAssembly
from ocpp_iface.backend import Backend
from ocpp_iface.config import StationConfig
from ocpp_iface.engine.block import Assembly, Cause
from ocpp_iface.engine.kernel import Kernel
from ocpp_iface.errors import ConfigurationError
from ocpp_iface.ports.entropy import Entropy
from ocpp_iface.ports.store import Store

SUPPORTED: Final = ("ocpp2.0.1", "ocpp1.6")


def backend_for(subprotocol: str) -> Backend:
    """A version's messages are imported when that version is used."""
    match subprotocol:
        case "ocpp2.0.1":
            from ocpp_iface.v201.backend import V201Backend  # noqa: PLC0415 - see the docstring

            return V201Backend()
        case "ocpp1.6":
            from ocpp_iface.v16.backend import V16Backend  # noqa: PLC0415 - see the docstring

            return V16Backend()
        case _:
            raise ConfigurationError(f"unknown OCPP version {subprotocol!r}", path="versions")


def compose(
    config: StationConfig,
    hardware_methods: frozenset[str],
    entropy: Entropy,
    store: Store,
) -> Kernel:
    """A kernel for one station, not begun yet. Raises ConfigurationError."""
    configured = config.configured()
    topology, identity, slots = config.topology, config.identity, config.slots
    backends: dict[str, Backend] = {}

    def build(kernel: Kernel, subprotocol: str | None, cause: Cause) -> Assembly:
        del cause
        version = subprotocol or config.versions[0]
        backend = backends.get(version)
        if backend is None:
            backend = backends[version] = backend_for(version)
        return StationAssembly(
            kernel,
            backend,
            config=config,
            topology=topology,
            identity=identity,
            configured=configured,
            slots=slots,
        )

    return Kernel(
        store=store,
        entropy=entropy,
        build=build,
        hardware_methods=hardware_methods,
        trace_messages=config.trace_messages,
    )


def make_kernel(
    config: StationConfig,
    *,
    store: Store,
    entropy: Entropy,
    hardware_methods: frozenset[str] = frozenset(),
) -> Kernel:
    """`compose` with names, for simulations and tests."""
    return compose(config, hardware_methods, entropy, store)


__all__ = ["SUPPORTED", "backend_for", "compose", "make_kernel"]
