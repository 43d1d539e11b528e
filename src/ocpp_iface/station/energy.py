"""Energy: permitted while a driver may charge and the cable is held, else withdrawn.

What is due follows from the facts alone. It is asked for after every step, so no report, message or
timer has to think of the contactor.
"""

from __future__ import annotations

from ocpp_iface.errors import PortError
from ocpp_iface.log import Log
from ocpp_iface.station.cables import Cables
from ocpp_iface.station.context import StationContext
from ocpp_iface.station.evse import Evse
from ocpp_iface.station.rows import TransactionRow
from ocpp_iface.station.tx_points import energy_comes_first
from ocpp_iface.types import MeterReading, StoppedReason, TriggerReason

log = Log(__name__)


class Energy:
    def __init__(self, ctx: StationContext, cables: Cables) -> None:
        self._ctx = ctx
        self._cables = cables

    def settle(self) -> None:
        """Order what the facts ask for: permit energy, or withdraw the permission."""
        station = self._ctx.station
        for evse in station.evses.values():
            row = station.transactions.open_on(evse.id)
            if row is None and evse.authorization is not None and not station.suits(evse):
                log.info("a driver cannot charge here any more", evse=evse.id)
                reason = StoppedReason.Other
                station.sessions.deauthorize(evse, TriggerReason.AbnormalCondition, reason)
            charges = self._charges(evse, row)
            if charges:
                self._cables.hold(evse)
            elif self._cables.forget(evse) and row is None:
                self.release(evse)
            wanted = charges and self._may_begin(evse)
            if wanted and evse.locked and not evse.permitted:
                evse.permitted = True
                self._ctx.flows.start(f"permit energy at EVSE {evse.id}", self._permit(evse))
            elif not wanted and evse.permitted is not False:
                # None: what an earlier process or a forgotten order left closed is not known
                evse.permitted = False
                self._ctx.asks.tell("stop_energy", evse.id)

    async def cable_decided(self, evse: Evse) -> None:
        """Returns when the cable of a driver who may charge is held, or is not going to be."""
        transactions = self._ctx.station.transactions
        while self._charges(evse, transactions.open_on(evse.id)) and (
            evse.hold is None or evse.hold.locked is None
        ):
            await self._cables.decision()

    def release(self, evse: Evse) -> None:
        """Stop the energy, then free the cable, unless somebody is authorized by then (E07.FR.07,
        F04.FR.02).
        """
        self._ctx.flows.start(f"release EVSE {evse.id}", self._release(evse))

    def free_cable(self, evse: Evse) -> None:
        """E05.FR.11, E09.FR.03, E10.FR.01: the driver came back for the cable that was kept."""
        connector = evse.row.cable_left or evse.plugged
        evse.update(held_for=None)
        if connector is not None:
            self._ctx.asks.tell("unlock", evse.id, connector)

    # -- inside --------------------------------------------------------------------------------

    def _charges(self, evse: Evse, row: TransactionRow | None) -> bool:
        """Somebody is to charge here; `row`: the open transaction."""
        ending = row is not None and row.ending is not None
        usable = self._ctx.station.usable
        return evse.wants_energy and not ending and usable(evse.id, evse.plugged)

    def _may_begin(self, evse: Evse) -> bool:
        """Nothing is given away: the CSMS can bill only what belongs to a transaction."""
        if evse.transaction_id is not None:
            return True
        return energy_comes_first(self._ctx.policy.start_points())

    async def _permit(self, evse: Evse) -> None:
        try:
            if evse.permitted:
                await self._ctx.asks.ask("permit_energy", evse.id)
        except PortError as failure:
            log.error("energy could not be permitted", evse=evse.id, error=failure)
            if evse.transaction_id is not None:
                self._ctx.station.transactions.end(
                    evse.id, TriggerReason.AbnormalCondition, StoppedReason.Other
                )

    async def _release(self, evse: Evse) -> None:
        evse.permitted = False
        try:
            final = await self._ctx.asks.ask("stop_energy", evse.id)
        except PortError as failure:
            log.error("energy may still flow", evse=evse.id, error=failure)
            return
        if isinstance(final, MeterReading):
            self._ctx.station.metering.report(evse.id, final)
        if evse.authorization is None:
            self.free_cable(evse)
