"""The commands of the contract and the reports of the app, as the kernel routes them."""

from __future__ import annotations

from collections.abc import Mapping

from ocpp_iface.devicemodel.access import Addressing, Caller
from ocpp_iface.devicemodel.watch import Watches
from ocpp_iface.engine.dispatcher import Handler
from ocpp_iface.engine.registration import RegistrationState
from ocpp_iface.log import Log
from ocpp_iface.station.commands import (
    ChangeAvailability,
    GetVariables,
    MonitorVariables,
    RaiseSecurityEvent,
    Restart,
    SetVariables,
    Stop,
)
from ocpp_iface.station.context import StationContext
from ocpp_iface.station.reports import (
    ClearFault,
    PlugIn,
    PresentToken,
    ReportBay,
    ReportChargingState,
    ReportFault,
    ReportMeter,
    StopButton,
    StopTransaction,
    Unplug,
)
from ocpp_iface.types import (
    BootReason,
    ChangeAvailabilityResponse,
    GetVariableResult,
    SetVariableResult,
    StoppedReason,
    TriggerReason,
)

log = Log(__name__)


class Facade:
    def __init__(self, ctx: StationContext, watches: Watches) -> None:
        self._ctx = ctx
        self._watches = watches

    def commands(self) -> Mapping[type, Handler]:
        station = self._ctx.station
        return {
            Stop: self.stop,
            Restart: self.restart,
            RaiseSecurityEvent: self.security_event,
            GetVariables: self.get_variables,
            SetVariables: self.set_variables,
            ChangeAvailability: self.change_availability,
            MonitorVariables: self.monitor_variables,
            PlugIn: station.sessions.plug_in,
            Unplug: station.sessions.unplug,
            PresentToken: station.tokens.present,
            StopButton: station.sessions.stop_button,
            StopTransaction: station.sessions.stop_by_app,
            ReportMeter: self.report_meter,
            ReportChargingState: station.sessions.charging_state,
            ReportBay: station.sessions.bay,
            ReportFault: self.report_fault,
            ClearFault: self.clear_fault,
            **station.smart_charging.commands(),
        }

    def begin(self) -> None:
        """Once per process, when everything stands."""
        self._watches.resume()
        self._ctx.link.connect()

    # -- the contract --------------------------------------------------------------------------

    def stop(self, _command: Stop) -> bool:
        """What runs is closed with what is known; from now on nothing is sent (P9)."""
        station = self._ctx.station
        if station.muted:
            return False
        station.muted = True  # so nothing begins with what ends now
        station.transactions.close_now(TriggerReason.AbnormalCondition, StoppedReason.Other)
        station.sessions.dismiss_all()
        self._ctx.registration.state = RegistrationState.UNREGISTERED
        self._ctx.outbox.muted = True
        self._ctx.link.disconnect("stopped")
        log.info("OCPP stopped by the app")
        return True

    def restart(self, _command: Restart) -> bool:
        """After `stop`, or when a reset did not end the process; False if nothing was to restart."""
        station = self._ctx.station
        if not station.muted:
            return station.resets.restart_now()
        station.muted = False
        self._ctx.outbox.muted = False
        station.boot.note_reason(BootReason.ApplicationReset)
        self._ctx.link.connect()
        log.info("OCPP restarted by the app")
        return True

    def security_event(self, command: RaiseSecurityEvent) -> None:
        self._ctx.station.security.handle(command.event)

    def get_variables(self, command: GetVariables) -> list[GetVariableResult]:
        return self._ctx.access.get_variables(command.requests, self._addressing, Caller.APP)

    def set_variables(self, command: SetVariables) -> list[SetVariableResult]:
        return self._ctx.access.set_variables(
            command.requests, command.source, self._addressing, Caller.APP
        )

    def change_availability(self, command: ChangeAvailability) -> ChangeAvailabilityResponse:
        return self._ctx.station.availability.change(command.request)

    def monitor_variables(self, command: MonitorVariables) -> None:
        unknown = self._watches.register(command.component_variables, self._addressing)
        for address in unknown:
            log.warning("nothing to monitor there", variable=address.variable.name)

    # -- reports -------------------------------------------------------------------------------

    def report_meter(self, report: ReportMeter) -> None:
        self._ctx.station.metering.report(report.evse_id, report.reading)

    def report_fault(self, report: ReportFault) -> None:
        self._ctx.station.faults.report(report.evse_id, report.connector_id, report.fault)

    def clear_fault(self, report: ClearFault) -> bool:
        return self._ctx.station.faults.clear(report.evse_id, report.connector_id, report.fault_id)

    @property
    def _addressing(self) -> Addressing:
        return Addressing.KEYS_FIRST if self._ctx.policy.keys_first else Addressing.COMPONENTS
