"""What became of something that was reported to the station."""

from __future__ import annotations

from attrs import frozen

from ocpp_iface.types.tokens import AuthorizationStatus


@frozen
class TokenOutcome:
    """What became of a presented token; `transaction_id` is the transaction it concerns."""

    status: AuthorizationStatus
    started: bool = False
    """A transaction runs now because of it."""
    stopped: bool = False
    """It ended the charging of a transaction: no more energy flows, and the transaction ends now, or
    later where TxStopPoint says so (when the EV leaves, for instance).
    """
    waiting_for_plug: bool = False
    """It is authorized and the EV has to be plugged in before the connection time-out."""
    transaction_id: str | None = None
