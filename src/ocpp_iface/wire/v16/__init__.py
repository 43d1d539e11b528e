"""OCPP 1.6: `from ocpp_iface.wire.v16 import call, call_result, datatypes, enums`."""

from __future__ import annotations

from ocpp_iface.wire.registry import Version
from ocpp_iface.wire.v16 import call, call_result, datatypes, enums

__all__ = ["VERSION", "call", "call_result", "datatypes", "enums"]

VERSION = Version(
    subprotocol="ocpp1.6",
    requests=call,
    responses=call_result,
    schemas="ocpp.v16",
    request_suffix="",
)
