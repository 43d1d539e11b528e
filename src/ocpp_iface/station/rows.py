"""The rows of sessions and transactions: the facts that survive a power cut."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cache
from operator import attrgetter
from typing import Any, Final, TypeVar

from attrs import fields, frozen

from ocpp_iface.ports.store import TableDef
from ocpp_iface.smartcharging import ChargingProfile
from ocpp_iface.types import (
    AuthorizationStatus,
    ChargingState,
    IdToken,
    StoppedReason,
    TriggerReason,
)


@frozen
class Authorization:
    """Somebody may charge on an EVSE."""

    token: IdToken
    since: datetime
    status: AuthorizationStatus = AuthorizationStatus.Accepted
    group_id: IdToken | None = None
    remote: bool = False
    remote_start_id: int | None = None
    announced: bool = False
    """A transaction event has carried the token."""
    evse_ids: tuple[int, ...] = ()
    """The only EVSEs where the token may be used; empty: everywhere."""
    profile: ChargingProfile | None = None
    """What the CSMS wants for the transaction that is to come."""
    connector_id: int | None = None
    """The only connector of its EVSE where the driver may plug in; None: any."""

    @property
    def refused(self) -> bool:
        """The CSMS has taken its word back."""
        return self.status is not AuthorizationStatus.Accepted

    def may_use(self, evse_id: int) -> bool:
        """C01.FR.21"""
        return not self.evse_ids or evse_id in self.evse_ids

    def may_plug(self, connector_id: int | None) -> bool:
        """1.6 section 5.11: a remote start may be for one connector."""
        return connector_id is None or self.connector_id in (None, connector_id)


@frozen
class EvseRow:
    """What is going on at one EVSE."""

    plugged: int | None = None
    """The connector that is connected with an EV."""
    cable_left: int | None = None
    """The connector whose socket still holds a cable that was pulled at the EV."""
    held_for: Authorization | None = None
    """Whose cable stays locked until they present their token, although their session is over."""
    bay: bool = False
    session_id: str | None = None
    """From the first sign of a driver (plug or token) to the last."""
    authorization: Authorization | None = None
    transaction: str | None = None
    charging_state: ChargingState = ChargingState.Idle
    """As the hardware reported it."""
    phases_used: int | None = None
    withheld: bool = False
    """No energy although there is a transaction: its token was refused later (E05)."""
    energy_cap_wh: float | None = None
    """Register at which the energy is withheld (MaxEnergyOnInvalidId)."""
    signed: bool = False
    """The meter has signed a value since the driver may charge and the EV is there (DataSigned)."""
    finishing: bool = False
    """A transaction has ended and its cable is still plugged in."""
    awaiting_ev: datetime | None = None
    """Since when an authorized driver has not connected the EV (EVConnectionTimeOut runs)."""

    @property
    def keeps_cable(self) -> bool:
        """A cable without an EV is locked for its driver: nobody else can charge here."""
        return self.held_for is not None and self.cable_left is not None


@frozen
class Ending:
    """A transaction whose end is decided and whose energy is being stopped."""

    trigger: TriggerReason
    reason: StoppedReason | None
    at: datetime
    id_token: IdToken | None = None
    unlock: bool = False


@frozen
class TransactionRow:
    """One transaction, kept until the CSMS has confirmed its end (or the attempts are used up)."""

    uuid: str
    session_id: str
    evse_id: int
    connector_id: int | None
    started_at: datetime
    ready_at: datetime | None = None
    """Since when energy might have flown."""
    next_seq: int = 0
    number: int | None = None
    """The number a 1.6 CSMS gave it."""
    number_lost: bool = False
    """1.6: its start was dropped, so it will never have a number."""
    id_token: IdToken | None = None
    group_id: IdToken | None = None
    remote_start_id: int | None = None
    meter_start_wh: float | None = None
    last_wh: float | None = None
    """The newest register value that was recorded, and when."""
    last_at: datetime | None = None
    charging_state: ChargingState | None = None
    """As last reported in an event."""
    phases_reported: int | None = None
    """The number of phases in use that an event has carried last."""
    evse_reported: bool = False
    """An event has named EVSE and connector since the EV was connected."""
    key_given: bool = False
    """The meter's public key has gone along with a value (OncePerTransaction)."""
    charged_s: float = 0.0
    charging_since: datetime | None = None
    prepared: bool = False
    """All was ready for energy once: it has flowed, was suspended, or the EV was pulled."""
    stop_cause: StoppedReason | None = None
    """Why the authorization ended, if the transaction goes on until the EV leaves."""
    ending: Ending | None = None
    ended: bool = False


R = TypeVar("R", "EvseRow", "TransactionRow")


def changed(row: R, **values: Any) -> R:
    """`attrs.evolve`, four times faster: these rows change with every event of a transaction."""
    kind: Any = type(row)  # mypy takes no class of attrs for hashable
    places, read = _reader(kind)
    held = list(read(row))
    for name, value in values.items():
        held[places[name]] = value
    return type(row)(*held)


@cache
def _reader(kind: Any) -> tuple[dict[str, int], Callable[[Any], tuple[Any, ...]]]:
    """Where each field stands among the arguments, and what gives all of them."""
    names = [each.name for each in fields(kind)]
    return {name: place for place, name in enumerate(names)}, attrgetter(*names)


EVSES: TableDef[str, EvseRow] = TableDef("session", str, EvseRow)
"""By the number of the EVSE."""
ANY_EVSE: Final = "0"
"""The key of the driver who may charge at whichever EVSE is plugged in next."""
TRANSACTIONS: TableDef[str, TransactionRow] = TableDef("transaction_", str, TransactionRow)
