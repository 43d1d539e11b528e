"""OCPP 2.0.1: `from ocpp_iface.wire.v201 import call, call_result, datatypes, enums`.

The classes of the `ocpp` package have no `custom_data` on nested types. The codec keeps a nested
customData all the same, as an attribute `custom_data` that is set only where there was one.
"""

from __future__ import annotations

from ocpp_iface.wire.registry import Version
from ocpp_iface.wire.v201 import call, call_result, datatypes, enums

__all__ = ["VERSION", "call", "call_result", "datatypes", "enums"]

VERSION = Version(
    subprotocol="ocpp2.0.1",
    requests=call,
    responses=call_result,
    schemas="ocpp.v201",
    request_suffix="Request",
)
