"""ocpp_iface: a whole OCPP charging station behind one typed interface.

The values of the interface are in `ocpp_iface.types`, what an app implements in `ocpp_iface.ports`,
a simulated world for tests in `ocpp_iface.sim`. The names here are loaded when they are first used,
so that importing a part of the library does not import all of it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ocpp_iface.config import NetworkProfile, StationConfig
    from ocpp_iface.errors import (
        ConfigurationError,
        CorruptStore,
        NotRunning,
        OcppIfaceError,
        PayloadError,
        StoreError,
        StoreTooNew,
    )
    from ocpp_iface.parts import Parts
    from ocpp_iface.ports.hardware import Hardware, OptionalHardware, UnlockOutcome
    from ocpp_iface.ports.transport import TlsSettings
    from ocpp_iface.service import OcppService
    from ocpp_iface.sync import OcppServiceSync
    from ocpp_iface.vars import DeliveryPolicy

__version__ = "0.1.0"

__all__ = [
    "ConfigurationError",
    "CorruptStore",
    "DeliveryPolicy",
    "Hardware",
    "NetworkProfile",
    "NotRunning",
    "OcppIfaceError",
    "OcppService",
    "OcppServiceSync",
    "OptionalHardware",
    "Parts",
    "PayloadError",
    "StationConfig",
    "StoreError",
    "StoreTooNew",
    "TlsSettings",
    "UnlockOutcome",
    "__version__",
]


def __getattr__(name: str) -> Any:
    home = _home(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"ocpp_iface.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)


def _home(name: str) -> str | None:
    match name:
        case "Parts":
            return "parts"
        case "OcppService":
            return "service"
        case "OcppServiceSync":
            return "sync"
        case "StationConfig" | "NetworkProfile":
            return "config"
        case "Hardware" | "OptionalHardware" | "UnlockOutcome":
            return "ports.hardware"
        case "TlsSettings":
            return "ports.transport"
        case "DeliveryPolicy":
            return "vars"
        case _:
            return "errors" if name in __all__ else None
