"""Sessions: from plug, token, stop and unplug to the start and end of transactions.

Each report of the hardware or the driver changes the facts of one EVSE. Comparing the conditions
before and after with TxStartPoint and TxStopPoint decides whether that starts, updates or ends a
transaction; so cable first, token first and remote start are one path, and a station configured for
other points needs no other code (E01, E02, E03, E06).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from attrs import evolve

from ocpp_iface.devicemodel.catalog import SampledDataCtrlr, TxCtrlr
from ocpp_iface.engine.timers import Timer
from ocpp_iface.log import Log
from ocpp_iface.station.cables import LOCK_FAILURE
from ocpp_iface.station.context import StationContext
from ocpp_iface.station.events import ConnectorStatusChanged, MeterRead, TransactionEnded
from ocpp_iface.station.evse import Evse, Hold
from ocpp_iface.station.policy import TxPoint
from ocpp_iface.station.reports import (
    PlugIn,
    ReportBay,
    ReportChargingState,
    StopButton,
    StopTransaction,
    Unplug,
)
from ocpp_iface.station.rows import Authorization, TransactionRow
from ocpp_iface.station.tx_points import Conditions, starts, stops
from ocpp_iface.types import (
    AuthorizationStatus,
    ChargingState,
    IdToken,
    IdTokenInfo,
    MeterReading,
    StoppedReason,
    TriggerReason,
)

log = Log(__name__)

_STOP_ENDS = (TxPoint.AUTHORIZED, TxPoint.POWER_PATH_CLOSED)
"""The end of the authorization ends the transaction."""
_REFUSAL_ENDS = (*_STOP_ENDS, TxPoint.ENERGY_TRANSFER)
"""E05.FR.10, E15.FR.04"""


class Sessions:
    """Everything that happens at an EVSE before, in and after a transaction."""

    def __init__(self, ctx: StationContext) -> None:
        self._ctx = ctx
        self._waiting: dict[int, Timer] = {}
        ctx.bus.subscribe(MeterRead, self._meter_read)
        ctx.bus.subscribe(TransactionEnded, self._transaction_ended)

    # -- the cable -----------------------------------------------------------------------------

    def plug_in(self, report: PlugIn) -> None:
        evse = self._ctx.station.evses[report.evse_id]
        if evse.plugged is not None:
            if evse.plugged != report.connector_id:
                self._ctx.count("implausible_reports")
                log.warning("second cable at an EVSE", evse=evse.id, connector=report.connector_id)
            return
        self._stop_waiting(evse)
        waiting, row = self._ctx.station.waiting, self._ctx.station.transactions.open_on(evse.id)
        authorization = evse.authorization or (None if row else waiting.claim(evse.id))
        session_id = None if self._ctx.station.is_ending(evse) else evse.row.session_id
        owner = evse.row.held_for if evse.row.cable_left == report.connector_id else None

        def facts() -> None:
            evse.update(
                plugged=report.connector_id,
                cable_left=None,
                held_for=owner if owner and owner.refused else None,
                awaiting_ev=None,
                finishing=False,
                signed=False,
                charging_state=ChargingState.EVConnected,
                session_id=session_id or self._ctx.entropy.unique_id(),
                authorization=authorization,
            )

        self._change(evse, facts, TriggerReason.CablePluggedIn)
        if row is not None and row.ending is None and authorization is None:
            driver = waiting.claim(evse.id, row.id_token)
            if driver is not None:  # E02.FR.20: the next event says so
                self.authorize(evse, driver)

    def unplug(self, report: Unplug) -> None:
        evse = self._ctx.station.evses[report.evse_id]
        if evse.row.cable_left == report.connector_id and not report.cable_left:
            evse.update(cable_left=None, held_for=None)
            self._leave(evse)
            return
        if evse.plugged is None and evse.row.cable_left == report.connector_id:
            return  # known
        if evse.plugged != report.connector_id:
            self._ctx.count("implausible_reports")
            log.warning("unplugged what was not plugged in", evse=evse.id)
            return
        self._ctx.station.faults.clear(evse.id, report.connector_id, LOCK_FAILURE.id)
        deauthorize = self._ctx.policy.stop_on_ev_side_disconnect()
        unlock = deauthorize and self._ctx.policy.unlock_on_ev_side_disconnect()
        row = self._ctx.station.transactions.open_on(evse.id)
        cause = row.stop_cause if row else None
        owner = evse.row.held_for if unlock else evse.authorization or evse.row.held_for

        def facts() -> None:
            evse.update(
                plugged=None,
                cable_left=report.connector_id if report.cable_left else None,
                held_for=owner if report.cable_left else None,
                charging_state=ChargingState.Idle,
                authorization=None if deauthorize else evse.authorization,
            )

        self._change(
            evse,
            facts,
            TriggerReason.EVCommunicationLost,
            reason=cause or StoppedReason.EVDisconnected,
            unlock=unlock and report.cable_left,
        )
        row = self._ctx.station.transactions.open_on(evse.id)
        if unlock and report.cable_left and row is not None and row.ending is None:
            self._ctx.station.energy.release(evse)
        if evse.transaction_id is None:
            self._leave(evse)
        goes_on = row is not None and row.ending is None and self._ctx.policy.reconnect_timeout()
        if (
            evse.authorization is not None
            and not report.cable_left  # the driver has to come back for it (E10.FR.01)
            and (goes_on or evse.transaction_id is None)
        ):
            self._await_ev(evse)

    def bay(self, report: ReportBay) -> None:
        evse = self._ctx.station.evses[report.evse_id]
        if evse.row.bay == report.occupied:
            return
        trigger = TriggerReason.EVDetected if report.occupied else TriggerReason.EVDeparted
        row = self._ctx.station.transactions.open_on(evse.id)
        cause = row.stop_cause if row else None
        self._change(
            evse,
            lambda: evse.update(bay=report.occupied),
            trigger,
            reason=cause or StoppedReason.Local,
            quiet=True,
        )

    # -- the driver ----------------------------------------------------------------------------

    def authorize(self, evse: Evse, authorization: Authorization) -> None:
        """A driver may charge here now (by token, or by the CSMS)."""

        def facts() -> None:
            evse.update(
                authorization=authorization,
                session_id=evse.row.session_id or self._ctx.entropy.unique_id(),
                withheld=False,
                finishing=False,
                signed=False,
                held_for=None,
            )
            self._ctx.station.transactions.set_token(evse)

        self._change(evse, facts, TriggerReason.Authorized)
        if evse.plugged is None and evse.authorization is not None:
            self._await_ev(evse)

    def deauthorize(
        self,
        evse: Evse,
        trigger: TriggerReason,
        reason: StoppedReason,
        *,
        token: IdToken | None = None,
        unlock: bool = False,
        force: bool = False,
    ) -> bool:
        """The authorization ends; so does the transaction if a stop point says so (or `force`).

        E06.FR.03, F03.FR.03: that of a transaction, too, for which nobody was authorized.
        """
        transactions = self._ctx.station.transactions
        self._stop_waiting(evse)
        had = evse.authorization is not None or evse.transaction_id is not None
        transactions.set_cause(evse.id, reason)
        self._change(
            evse,
            lambda: evse.update(authorization=None, awaiting_ev=None, energy_cap_wh=None),
            trigger,
            reason=reason,
            token=token,
            unlock=unlock,
            force=force or self._has_stop_point(_STOP_ENDS),
        )
        row = transactions.open_on(evse.id)
        if unlock and row is not None and row.ending is None:
            self._ctx.station.energy.release(evse)
        if evse.transaction_id is None and evse.plugged is None:
            self._leave(evse)
        return had

    def stop_button(self, report: StopButton) -> bool:
        evse = self._ctx.station.evses[report.evse_id]
        return self.deauthorize(
            evse, TriggerReason.StopAuthorized, StoppedReason.Local, unlock=True
        )

    def stop_by_app(self, report: StopTransaction) -> bool:
        """The app ends the transaction for a reason of its own.

        E15.FR.04, E15.FR.05: an EV that ends its session ends the authorization; whether that is
        the end of the transaction, the stop points say.
        """
        evse = self._ctx.station.evses[report.evse_id]
        reason = StoppedReason(report.reason)
        trigger = _APP_TRIGGERS.get(reason, TriggerReason.AbnormalCondition)
        if evse.transaction_id is None:
            return False
        force = reason is not StoppedReason.StoppedByEV or self._has_stop_point(_REFUSAL_ENDS)
        return self.deauthorize(evse, trigger, reason, unlock=True, force=force)

    def dismiss_all(self) -> None:
        """Whoever waits for a plug is sent away: nothing can start any more."""
        self._ctx.station.waiting.forget()
        for evse in self._ctx.station.evses.values():
            if evse.authorization is not None:
                self.deauthorize(evse, TriggerReason.AbnormalCondition, StoppedReason.Other)

    # -- energy --------------------------------------------------------------------------------

    def charging_state(self, report: ReportChargingState) -> None:
        evse = self._ctx.station.evses[report.evse_id]
        if evse.plugged is None:
            if report.state is not ChargingState.Idle:
                self._ctx.count("implausible_reports")
                log.warning("energy without an EV", evse=evse.id, state=report.state)
            return
        before = evse.charging_state

        def facts() -> None:
            phases = report.phases_used or evse.row.phases_used
            evse.update(charging_state=report.state, phases_used=phases)

        by_ev = report.state in (ChargingState.SuspendedEV, ChargingState.EVConnected)
        reason = StoppedReason.StoppedByEV if by_ev else StoppedReason.Other
        self._change(
            evse,
            facts,
            TriggerReason.ChargingStateChanged,
            reason=reason,
            unlock=True,
            unchanged=lambda: evse.charging_state is before,
        )

    def judged_late(self, row: TransactionRow, token: IdToken, info: IdTokenInfo) -> None:
        """The CSMS's verdict on a token that already charges (E05, 1.6 StopTransactionOnInvalidId)."""
        evse = self._ctx.station.evses[row.evse_id]
        authorization = evse.authorization
        if authorization is None or authorization.token != token or row.ending is not None:
            return
        if info.status is AuthorizationStatus.Accepted:
            if info.group_id is not None and authorization.group_id is None:
                evse.update(authorization=evolve(authorization, group_id=info.group_id))
                self._ctx.station.transactions.set_token(evse)
            return
        if self._ctx.variables.get(TxCtrlr.stop_tx_on_invalid_id):
            self._keep_cable(evse, info.status)
            self.deauthorize(
                evse,
                TriggerReason.Deauthorized,
                StoppedReason.DeAuthorized,
                force=self._has_stop_point(_REFUSAL_ENDS),
            )
            return
        allowance = self._ctx.variables.get(TxCtrlr.max_energy_on_invalid_id)
        used = self._ctx.station.transactions.energy_wh(row)
        if allowance and used is not None and row.meter_start_wh is not None and used < allowance:
            evse.update(energy_cap_wh=row.meter_start_wh + allowance)
        else:
            self._withhold(evse)

    def resume(self) -> None:
        """Arm again what the rows say is waiting."""
        for evse in self._ctx.station.evses.values():
            row = self._ctx.station.transactions.open_on(evse.id)
            if row is not None and row.ending is not None:
                self._ctx.flows.start(
                    f"end of transaction at EVSE {evse.id}",
                    self._ctx.station.transactions.finish(row.uuid),
                )
            elif evse.row.awaiting_ev is not None:
                self._arm(evse)

    def cable_held(self, evse: Evse, hold: Hold) -> None:
        """The way for the energy is clear, which may be what a transaction begins with."""

        def facts() -> None:
            hold.locked = True

        self._change(evse, facts, hold.trigger, quiet=True)

    # -- inside --------------------------------------------------------------------------------

    def _change(
        self,
        evse: Evse,
        facts: Callable[[], Any],
        trigger: TriggerReason,
        *,
        reason: StoppedReason | None = None,
        token: IdToken | None = None,
        unlock: bool = False,
        force: bool = False,
        quiet: bool = False,
        unchanged: Callable[[], bool] = lambda: False,
    ) -> None:
        """Change the facts of an EVSE and do what follows for its transaction.

        `unlock`: free the cable if this ends the transaction. `quiet`: without a start or stop
        point it is no transaction event. `unchanged`: asked afterwards; nothing happened that the
        CSMS would have to know.
        """
        transactions = self._ctx.station.transactions
        before = evse.conditions
        row = transactions.open_on(evse.id)
        facts()
        after = evse.conditions
        if after.ready and not before.ready:
            evse.made_ready_by = trigger
        self._ctx.bus.publish(ConnectorStatusChanged(evse.id))
        if row is None:
            if (
                not self._ctx.station.muted
                and self._ctx.station.suits(evse)
                and starts(self._ctx.policy.start_points(), before, after)
            ):
                transactions.start(evse, trigger)
            elif self._needs_signature(evse) and not before.ready and after.ready:
                name = f"signed reading of EVSE {evse.id}"
                self._ctx.flows.start(name, self._ctx.station.metering.refresh(evse.id))
        elif row.ending is not None:
            return
        elif force or self._stops(before, after):
            transactions.end(evse.id, trigger, reason, id_token=token, unlock=unlock)
        elif not quiet and not unchanged():
            transactions.record(evse.id, trigger, id_token=token)

    def _needs_signature(self, evse: Evse) -> bool:
        """E01.S4: before the meter has signed its first value nothing begins."""
        if evse.transaction_id is not None:
            return False
        return TxPoint.DATA_SIGNED in self._ctx.policy.start_points()

    def _stops(self, before: Conditions, after: Conditions) -> bool:
        return stops(self._ctx.policy.stop_points(), before, after)

    def _leave(self, evse: Evse) -> None:
        """The last sign of a driver is gone."""
        row = evse.row
        signs = (row.plugged, row.transaction, row.cable_left, row.authorization)
        if all(sign is None for sign in signs):
            evse.clear()
            if row.bay:
                evse.update(bay=True)
        self._ctx.bus.publish(ConnectorStatusChanged(evse.id))

    def _withhold(self, evse: Evse) -> None:
        """E05.FR.02, E06.FR.07: the transaction goes on without energy, unless it lives of energy."""
        if evse.row.withheld:
            return
        ends = self._has_stop_point((TxPoint.ENERGY_TRANSFER,))
        if ends:
            self._keep_cable(evse, AuthorizationStatus.Invalid)
        self._change(
            evse,
            lambda: evse.update(withheld=True, energy_cap_wh=None),
            TriggerReason.ChargingStateChanged,
            reason=StoppedReason.DeAuthorized,
            force=ends,
        )

    def _keep_cable(self, evse: Evse, status: AuthorizationStatus) -> None:
        """E05.FR.11: until the driver who was refused presents the token."""
        there = evse.plugged is not None or evse.row.cable_left is not None
        if there and evse.authorization is not None:
            evse.update(held_for=evolve(evse.authorization, status=status))

    def _has_stop_point(self, wanted: Iterable[TxPoint]) -> bool:
        points = self._ctx.policy.stop_points()
        return any(point in points for point in wanted)

    def _transaction_ended(self, event: TransactionEnded) -> None:
        """E01.FR.02: the EV that was plugged in while the end was carried out has come only now."""
        evse = self._ctx.station.evses[event.evse_id]
        row = self._ctx.station.transactions.find(event.transaction)
        connector = evse.plugged
        if connector is not None and row is not None and evse.row.session_id != row.session_id:
            evse.update(plugged=None)
            self.plug_in(PlugIn(evse.id, connector))

    def _meter_read(self, event: MeterRead) -> None:
        evse = self._ctx.station.evses.get(event.evse_id)
        if evse is None:
            return
        if evse.wants_energy and self._needs_signature(evse) and self._is_signed(event.reading):
            self._change(
                evse, lambda: evse.update(signed=True), TriggerReason.SignedDataReceived, quiet=True
            )
        register = event.reading.energy_wh()
        if register is None:
            return
        self._ctx.station.transactions.note_reading(evse.id, register, self._ctx.clock.now)
        cap = evse.row.energy_cap_wh
        if cap is not None and register >= cap:
            self._withhold(evse)

    def _is_signed(self, reading: MeterReading) -> bool:
        """E01.FR.04"""
        wanted = self._ctx.variables.get(SampledDataCtrlr.sign_readings)
        return wanted and any(sample.signed is not None for sample in reading.samples)

    def _await_ev(self, evse: Evse) -> None:
        evse.update(awaiting_ev=self._ctx.clock.now)
        self._arm(evse)

    def _arm(self, evse: Evse) -> None:
        self._stop_waiting(evse)
        timeout = self._ctx.variables.get(TxCtrlr.ev_connection_timeout)
        if timeout <= 0 or evse.row.awaiting_ev is None:
            return
        waited = max(0.0, (self._ctx.clock.now - evse.row.awaiting_ev).total_seconds())

        def expire() -> None:
            self._timed_out(evse)

        self._waiting[evse.id] = self._ctx.timers.after(timeout - waited, expire, "connection")

    def _stop_waiting(self, evse: Evse) -> None:
        timer = self._waiting.pop(evse.id, None)
        if timer is not None:
            timer.cancel()

    def _timed_out(self, evse: Evse) -> None:
        """The EV was not connected in time (E03.FR.05, E03.FR.15, E10.FR.02)."""
        bay = TxPoint.PARKING_BAY_OCCUPANCY in self._ctx.policy.stop_points()
        log.info("no EV was connected in time", evse=evse.id)
        self.deauthorize(evse, TriggerReason.EVConnectTimeout, StoppedReason.Timeout, force=not bay)


_APP_TRIGGERS = {
    StoppedReason.Local: TriggerReason.StopAuthorized,
    StoppedReason.Remote: TriggerReason.RemoteStop,
    StoppedReason.StoppedByEV: TriggerReason.StopAuthorized,
    StoppedReason.EnergyLimitReached: TriggerReason.EnergyLimitReached,
    StoppedReason.TimeLimitReached: TriggerReason.TimeLimitReached,
}
