"""What differs between OCPP versions in the behaviour of the station itself.

Given by the active backend; the station asks, and never looks which version it is.
"""

from __future__ import annotations

from collections.abc import Coroutine
from enum import StrEnum
from typing import Any, Protocol

from attrs import frozen

from ocpp_iface.smartcharging import Edition
from ocpp_iface.station.rows import TransactionRow
from ocpp_iface.types import IdToken, IdTokenInfo


class TxPoint(StrEnum):
    """Conditions of which a transaction's start and end are made (TxStartPoint, TxStopPoint)."""

    PARKING_BAY_OCCUPANCY = "ParkingBayOccupancy"
    EV_CONNECTED = "EVConnected"
    AUTHORIZED = "Authorized"
    POWER_PATH_CLOSED = "PowerPathClosed"
    ENERGY_TRANSFER = "EnergyTransfer"
    DATA_SIGNED = "DataSigned"


@frozen
class AuthorizeQuestion:
    """A token to be judged by the CSMS."""

    token: IdToken
    evse_id: int | None = None


class VersionPolicy(Protocol):
    @property
    def keys_first(self) -> bool:
        """The app's variable names are configuration keys first (1.6)."""

    @property
    def charging_edition(self) -> Edition:
        """Whose rules charging profiles are judged by."""

    def start_points(self) -> tuple[TxPoint, ...]: ...

    def stop_points(self) -> tuple[TxPoint, ...]: ...

    @property
    def asks_about_every_token(self) -> bool:
        """So also about one that cannot stop what runs, as the driver there has no group."""

    def can_name(self, token: IdToken) -> bool:
        """Messages of this version can carry the token; one that they cannot is refused here."""

    def as_named(self, token: IdToken) -> IdToken:
        """The token as messages of this version name it: two that they cannot tell apart are one."""

    def ask_csms(self, question: AuthorizeQuestion) -> Coroutine[Any, Any, IdTokenInfo]:
        """Authorize at the CSMS; raises CallError."""

    def asks_about_strangers(self) -> bool:
        """Where somebody charges, the CSMS is asked about any other token; else only if a token that
        is not the driver's could stop the transaction.
        """

    def stop_on_ev_side_disconnect(self) -> bool: ...

    def unlock_on_ev_side_disconnect(self) -> bool: ...

    def sample_interval_s(self) -> float:
        """Seconds between sampled values of a running transaction; 0: none."""

    def ended_interval_s(self) -> float:
        """Seconds between the samples kept for the end of a transaction; 0: none."""

    def reconnect_timeout(self) -> bool:
        """An EV that was unplugged and may come back has EVConnectionTimeOut to do so (E10.FR.02)."""

    def public_transaction_id(self, row: TransactionRow) -> str | None:
        """The id of a transaction as the CSMS knows it; None while it has none."""
