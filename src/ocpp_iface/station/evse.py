"""One EVSE: what is plugged in, who may charge, and whether energy is permitted.

The row holds the facts; `permitted` and `hold` are the last orders given to the hardware (None: none
since the rows were loaded, so the order that is due is given again).
"""

from __future__ import annotations

from typing import Any

from attrs import define, evolve

from ocpp_iface.ports.store import Table
from ocpp_iface.station.rows import Authorization, EvseRow, changed
from ocpp_iface.station.tx_points import Conditions
from ocpp_iface.types import ChargingState, IdToken, TriggerReason


@define(eq=False)
class Hold:
    """The order to lock the cable of a driver who may charge."""

    connector: int
    trigger: TriggerReason
    """What made the driver ready to charge."""
    locked: bool | None = None
    """None: not known yet."""
    used: bool = False
    """For a transaction: what becomes of the cable was decided with its end."""


class Evse:
    __slots__ = ("_table", "hold", "id", "made_ready_by", "permitted", "row")

    def __init__(self, evse_id: int, table: Table[str, EvseRow]) -> None:
        self.id = evse_id
        self._table = table
        self.row = table.get(str(evse_id)) or EvseRow()
        self.permitted: bool | None = None
        self.hold: Hold | None = None
        self.made_ready_by = TriggerReason.Authorized

    # -- what is asked -----------------------------------------------------------------------

    @property
    def plugged(self) -> int | None:
        return self.row.plugged

    @property
    def authorization(self) -> Authorization | None:
        return self.row.authorization

    @property
    def transaction_id(self) -> str | None:
        return self.row.transaction

    @property
    def charging_state(self) -> ChargingState:
        """What the CSMS is told: the hardware's word, unless the cable or the station says more."""
        if self.row.plugged is None:
            return ChargingState.Idle
        if self.row.withheld:
            return ChargingState.SuspendedEVSE
        state = self.row.charging_state
        return ChargingState.EVConnected if state is ChargingState.Idle else state

    @property
    def conditions(self) -> Conditions:
        authorized = self.row.authorization is not None
        return Conditions(
            bay=self.row.bay,
            connected=self.row.plugged is not None,
            authorized=authorized,
            energy=self.wants_energy and self.row.charging_state is ChargingState.Charging,
            signed=authorized and self.row.signed,
            locked=self.locked,
        )

    @property
    def locked(self) -> bool:
        """The cable is held as far as the hardware can."""
        return self.hold is not None and self.hold.locked is True

    @property
    def wants_energy(self) -> bool:
        """The driver may charge and the EV is there."""
        row = self.row
        return row.plugged is not None and row.authorization is not None and not row.withheld

    # -- changes -----------------------------------------------------------------------------

    def update(self, **changes: Any) -> None:
        row = changed(self.row, **changes)
        if row != self.row:
            self._table.put(str(self.id), row)
            self.row = row

    def announce(self, trigger: TriggerReason) -> tuple[IdToken | None, int | None, TriggerReason]:
        """The token, if no event has carried it yet; a remote start is the trigger then (F01.FR.19)."""
        authorization = self.row.authorization
        if authorization is None or authorization.announced:
            return None, None, trigger
        self.update(authorization=evolve(authorization, announced=True))
        if authorization.remote:
            return authorization.token, authorization.remote_start_id, TriggerReason.RemoteStart
        return authorization.token, None, trigger

    def introduce(self) -> None:
        """The next event carries the token again."""
        if self.row.authorization is not None:
            again = evolve(self.row.authorization, announced=False, remote=False)
            self.update(authorization=again)

    def transaction_over(self) -> None:
        """The transaction has ended; the EV may still be plugged in."""
        if self.hold is not None:
            self.hold.used = True
        plugged = self.row.plugged is not None or self.row.cable_left is not None
        self.update(
            transaction=None,
            authorization=None,
            withheld=False,
            energy_cap_wh=None,
            awaiting_ev=None,
            phases_used=None,
            signed=False,
            finishing=plugged,
            session_id=self.row.session_id if plugged else None,
        )

    def forget_session(self) -> None:
        """After a power cut nobody is known to be here. Only a cable that is kept for its driver cannot
        have been taken away; whether an EV hangs on it, the hardware says.
        """
        row = self.row
        connector = row.cable_left or row.plugged
        self.clear()
        if row.held_for is not None and connector is not None:
            self.update(
                cable_left=connector,
                held_for=row.held_for,
                finishing=row.finishing,
                session_id=row.session_id,
            )

    def clear(self) -> None:
        """Nobody is here."""
        self._table.delete(str(self.id))
        self.row = EvseRow()
