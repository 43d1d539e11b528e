"""Smart charging: how much may be drawn, by whom it was limited, and who is told."""

from __future__ import annotations

from collections.abc import Mapping

from ocpp_iface.engine.block import Cause
from ocpp_iface.engine.dispatcher import Handler
from ocpp_iface.smartcharging import to_charging_schedule
from ocpp_iface.station.charging_needs import ChargingNeeds
from ocpp_iface.station.charging_profiles import ChargingProfiles
from ocpp_iface.station.charging_schedules import Publication
from ocpp_iface.station.context import StationContext
from ocpp_iface.station.events import ConnectorStatusChanged
from ocpp_iface.station.external_limits import ExternalLimits
from ocpp_iface.station.reports import (
    ClearExternalLimit,
    OfferSchedules,
    ReportChargingNeeds,
    ReportChargingPlan,
    SetExternalLimit,
)
from ocpp_iface.types import ChargingSchedule


class SmartCharging:
    def __init__(self, ctx: StationContext) -> None:
        self._ctx = ctx
        self.profiles = ChargingProfiles(ctx)
        self.needs = ChargingNeeds(ctx)
        self.limits = ExternalLimits(ctx, self.profiles)
        self.schedules = Publication(ctx, self.profiles)
        ctx.bus.subscribe(ConnectorStatusChanged, self._evse_changed)

    def resume(self, cause: Cause) -> None:
        self.profiles.resume(cause)
        self.schedules.resume()

    def settle(self) -> None:
        self.schedules.settle()

    # -- what the app says ---------------------------------------------------------------------

    def commands(self) -> Mapping[type, Handler]:
        return {
            SetExternalLimit: self.set_limit,
            ClearExternalLimit: self.clear_limit,
            ReportChargingNeeds: self.report_needs,
            ReportChargingPlan: self.report_plan,
            OfferSchedules: self.offer,
        }

    def set_limit(self, report: SetExternalLimit) -> None:
        self.limits.set(
            report.evse_id,
            report.schedule,
            report.source,
            valid_to=report.valid_to,
            grid_critical=report.grid_critical,
        )

    def clear_limit(self, report: ClearExternalLimit) -> bool:
        return self.limits.clear(report.evse_id, report.source)

    def report_needs(self, report: ReportChargingNeeds) -> None:
        self.needs.report_needs(report.report)

    def report_plan(self, report: ReportChargingPlan) -> bool:
        return self.needs.report_plan(report.evse_id, report.plan, report.selected)

    def offer(self, request: OfferSchedules) -> tuple[ChargingSchedule, ...]:
        offered = self.needs.offers(request.evse_id, request.duration_s, self.schedules.unit)
        return tuple(to_charging_schedule(schedule) for schedule in offered)

    # -- inside --------------------------------------------------------------------------------

    def _evse_changed(self, event: ConnectorStatusChanged) -> None:
        evse = self._ctx.station.evses.get(event.evse_id)
        if evse is not None and evse.wants_energy:
            self._ctx.station.transactions.note_ready(evse.id)
