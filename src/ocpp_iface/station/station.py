"""The station: its EVSEs and the services that act on them. Version-neutral."""

from __future__ import annotations

from ocpp_iface.engine.block import Cause
from ocpp_iface.station.authorization import Authorizer
from ocpp_iface.station.availability import Availability
from ocpp_iface.station.before_accepted import BeforeAccepted
from ocpp_iface.station.boot import Boot
from ocpp_iface.station.cables import Cables
from ocpp_iface.station.connector import ConnectorFacts, connector_facts, station_facts
from ocpp_iface.station.context import StationContext
from ocpp_iface.station.energy import Energy
from ocpp_iface.station.events import FaultReported
from ocpp_iface.station.evse import Evse
from ocpp_iface.station.faults import Faults
from ocpp_iface.station.metering import Metering
from ocpp_iface.station.network import Network
from ocpp_iface.station.recovery import recover
from ocpp_iface.station.remote import Remote
from ocpp_iface.station.reset import Resets
from ocpp_iface.station.rows import EVSES
from ocpp_iface.station.security_events import SecurityEvents
from ocpp_iface.station.sessions import Sessions
from ocpp_iface.station.smart_charging import SmartCharging
from ocpp_iface.station.states import States
from ocpp_iface.station.time_sync import TimeSync
from ocpp_iface.station.tokens import Tokens
from ocpp_iface.station.transactions import Transactions
from ocpp_iface.station.waiting import Waiting
from ocpp_iface.types import StoppedReason, TriggerReason

_REASONS = {
    "GroundFailure": StoppedReason.GroundFault,
    "OverCurrentFailure": StoppedReason.OvercurrentFault,
    "OverVoltage": StoppedReason.PowerQuality,
    "UnderVoltage": StoppedReason.PowerQuality,
}


class Station:
    """One object a service; they reach each other through here, and nowhere else."""

    def __init__(self, ctx: StationContext) -> None:
        ctx.station = self
        self._ctx = ctx
        self.muted = ctx.outbox.muted
        """The app stopped OCPP: facts are kept up to date, nothing is started and nothing sent."""
        table = ctx.store.table(EVSES)
        self.evses: dict[int, Evse] = {
            evse_id: Evse(evse_id, table) for evse_id in ctx.topology.evse_ids()
        }
        self.transactions = Transactions(ctx)
        self.faults = Faults(ctx)
        self.availability = Availability(ctx)
        self.security = SecurityEvents(ctx)
        self.time = TimeSync(ctx)
        self.network = Network(ctx)
        self.boot = Boot(ctx)
        self.authorizer = Authorizer(ctx)
        self.metering = Metering(ctx)
        self.sessions = Sessions(ctx)
        self.energy = Energy(ctx, Cables(ctx, self.sessions.cable_held))
        self.waiting = Waiting(ctx)
        self.remote = Remote(ctx)
        self.tokens = Tokens(ctx)
        self.smart_charging = SmartCharging(ctx)
        self.before_accepted = BeforeAccepted(ctx)
        self.resets = Resets(ctx)
        self.states = States(ctx)
        ctx.bus.subscribe(FaultReported, self._fault_reported)

    def resume(self, cause: Cause) -> None:
        """Take up what the rows say is under way."""
        self.boot.resume(cause)
        self.availability.resume(cause)
        recover(self._ctx, cause)
        self.metering.resume(cause)
        self.security.resume(cause)
        self.network.resume(cause)
        self.before_accepted.resume(cause)
        self.resets.resume(cause)
        self.states.resume()
        self.smart_charging.resume(cause)

    def settle(self) -> None:
        self.smart_charging.settle()  # what may be drawn is known before it may be
        self.energy.settle()
        self.states.settle()

    def usable(self, evse_id: int, connector_id: int | None = None) -> bool:
        """A driver may charge here: operative, and nothing is broken. Without `connector_id`: at one
        connector of the EVSE at least.
        """
        topology = self._ctx.topology
        if self.availability.untouched and self.faults.none:  # it is asked in every step
            return connector_id is None or topology.has_connector(evse_id, connector_id)
        return self.availability.operative(evse_id) and any(
            self.availability.operative(evse_id, connector)
            and not self.faults.faulted(evse_id, connector)
            for connector in topology.connector_ids(evse_id)
            if connector_id in (None, connector)
        )

    def suits(self, evse: Evse) -> bool:
        """Whoever is authorized at this EVSE, if anybody, can charge where the EV is plugged in."""
        driver = evse.authorization
        fits = driver is None or driver.may_plug(evse.plugged)
        return fits and self.usable(evse.id, evse.plugged)

    def is_ending(self, evse: Evse) -> bool:
        """The end of its transaction is decided, the energy is being stopped."""
        row = self.transactions.open_on(evse.id)
        return row is not None and row.ending is not None

    def connector_facts(self, evse_id: int, connector_id: int) -> ConnectorFacts:
        """`(0, 0)`: of the station itself."""
        if evse_id == 0:
            return station_facts(self)
        return connector_facts(self, evse_id, connector_id)

    def _fault_reported(self, event: FaultReported) -> None:
        """A fault stops what it touches: first the energy, then the transaction (E06.FR.16)."""
        if not event.fault.is_fault:
            return
        reason = _REASONS.get(event.fault.error_code, StoppedReason.Other)
        for row in self.transactions.all_open():
            touched = event.evse_id in (0, row.evse_id)
            here = event.connector_id is None or event.connector_id == row.connector_id
            if touched and here:
                self.transactions.end(row.evse_id, TriggerReason.AbnormalCondition, reason)
