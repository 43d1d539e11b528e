"""Facts the CSMS has to hear of, in neutral words: what the outbox keeps.

A fact outlives a reconnect, a power cut and a change of the OCPP version; the active version makes a
message of it when it is sent. A fact is complete: projecting it needs, besides itself, only the row
of its transaction (for the number a 1.6 CSMS gave).
"""

from __future__ import annotations

from datetime import datetime

from attrs import frozen

from ocpp_iface.types.metering import MeterValue
from ocpp_iface.types.tokens import IdToken
from ocpp_iface.types.transactions import (
    ChargingState,
    StoppedReason,
    TransactionEvent,
    TriggerReason,
)


@frozen
class TransactionFact:
    """One event of a transaction. `transaction` is our own id, unique for ever (E01.FR.08)."""

    kind: TransactionEvent
    transaction: str
    seq_no: int
    timestamp: datetime
    trigger: TriggerReason
    evse_id: int
    connector_id: int | None = None
    offline: bool = False
    """It happened while there was no usable link."""
    with_evse: bool = False
    """First event after the EV was connected: it names EVSE and connector (E01.FR.16)."""
    id_token: IdToken | None = None
    """In the first event after the token was accepted, and in the one that it stops."""
    charging_state: ChargingState | None = None
    meter_values: tuple[MeterValue, ...] = ()
    register_wh: float | None = None
    """The total import register at this moment, Wh (1.6 meterStart, meterStop)."""
    stopped_reason: StoppedReason | None = None
    remote_start_id: int | None = None
    reservation_id: int | None = None
    phases_used: int | None = None
    cable_max_current_a: int | None = None
    time_spent_charging_s: int | None = None

    @property
    def intermediate(self) -> bool:
        """May be dropped when the queue is full (E04, J02.FR.13)."""
        return self.kind is TransactionEvent.Updated

    @property
    def gives_way(self) -> bool:
        """Whatever else waits is sent first."""
        return False


@frozen
class SecurityFact:
    """A critical security event (A04)."""

    type: str
    timestamp: datetime
    info: str | None = None

    @property
    def intermediate(self) -> bool:
        return False

    @property
    def gives_way(self) -> bool:
        """It is no part of any order of events: after a boot the CSMS hears the statuses first."""
        return True


@frozen
class StoredRequest:
    """A message of the normal lane that is queued because the station queues all messages.

    Bound to its version: under another one it is dropped.
    """

    version: str
    action: str
    payload: str
    """JSON text."""

    @property
    def intermediate(self) -> bool:
        return True

    @property
    def gives_way(self) -> bool:
        return False


Fact = TransactionFact | SecurityFact | StoredRequest
