"""The six round trips, and the four that are compared."""

from __future__ import annotations

from typing import Final, NamedTuple


class Case(NamedTuple):
    name: str
    """As printed."""
    version: str
    action: str
    asked: bool
    """The CSMS asks, the station answers."""
    target: float
    """How many times less CPU than `ocpp` (issue 2, Done when 7)."""


CASES: Final = (
    Case("1.6 Heartbeat", "ocpp1.6", "Heartbeat", False, 2.0),
    Case("1.6 MeterValues (5 samples)", "ocpp1.6", "MeterValues", False, 4.5),
    Case("1.6 GetConfiguration (60 keys)", "ocpp1.6", "GetConfiguration", True, 9.0),
    Case("2.0.1 TransactionEvent (5 samples)", "ocpp2.0.1", "TransactionEvent", False, 8.0),
    Case("2.0.1 NotifyReport (50 entries)", "ocpp2.0.1", "NotifyReport", False, 20.0),
    Case("2.0.1 GetVariables (20)", "ocpp2.0.1", "GetVariables", True, 18.0),
)

MEMORY, FILE, OCPP, BARE = "memory", "file", "ocpp", "websockets"

PEERS: Final = {
    MEMORY: "this library, memory store",
    FILE: "this library, file store",
    OCPP: "ocpp ChargePoint",
    BARE: "websockets, no codec",
}
