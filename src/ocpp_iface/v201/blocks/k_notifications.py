"""K: what the CSMS is told without having asked: limits that others set (K11 to K13), and what ISO
15118 vehicles need and plan (K15 to K17).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ocpp_iface.devicemodel.catalog import SmartChargingCtrlr
from ocpp_iface.engine.block import Block, Watcher
from ocpp_iface.errors import CallDropped, CallError, CallTimedOut
from ocpp_iface.log import Log
from ocpp_iface.smartcharging import STATION, LimitSource
from ocpp_iface.station.context import StationContext
from ocpp_iface.station.events import (
    CameOnline,
    EvNeedsReported,
    EvScheduleReported,
    ExternalLimitCleared,
    ExternalLimitSet,
)
from ocpp_iface.v201.mapping import profiles
from ocpp_iface.wire import datetimes
from ocpp_iface.wire.v201 import call, datatypes, enums

log = Log(__name__)


class LimitNotifications(Block):
    code = "K"

    def __init__(self, ctx: StationContext) -> None:
        self._ctx = ctx
        self._untold: dict[tuple[int, LimitSource], ExternalLimitSet | ExternalLimitCleared] = {}
        """The newest of each limit that the CSMS could not be told of."""

    def watches(self) -> Mapping[type, Watcher]:
        return {
            ExternalLimitSet: self.changed,
            ExternalLimitCleared: self.changed,
            EvNeedsReported: self.needs,
            EvScheduleReported: self.plan,
            CameOnline: self.accepted,
        }

    def changed(self, event: ExternalLimitSet | ExternalLimitCleared) -> None:
        """K11.FR.02, K12.FR.02, K13.FR.02: now, or when the CSMS can be reached again."""
        self._untold[event.evse_id, event.source] = event
        self._ctx.flows.start("charging limit", self._tell(event))

    def accepted(self, _event: CameOnline) -> None:
        for event in tuple(self._untold.values()):
            self._ctx.flows.start("charging limit", self._tell(event))

    def needs(self, event: EvNeedsReported) -> None:
        """K15.FR.01, K17.FR.01"""
        self._ctx.flows.start("charging needs", self._tell_needs(event))

    def plan(self, event: EvScheduleReported) -> None:
        """K15.FR.10, K16.FR.05, K17.FR.10"""
        plan = event.plan
        message = call.NotifyEVChargingSchedule(
            datetimes.format(plan.time_base), profiles.schedule_to_wire(plan.schedule), plan.evse_id
        )
        self._ctx.csms.post(message)

    # -- inside --------------------------------------------------------------------------------

    async def _tell(self, event: ExternalLimitSet | ExternalLimitCleared) -> None:
        if not self._ctx.online:
            return
        try:
            await self._ctx.csms.call(self._message(event))
        except (CallDropped, CallTimedOut) as failure:
            log.warning("notification of a limit may be lost", error=failure)
            return
        except CallError as failure:
            log.warning("notification of a limit not confirmed", error=failure)
        if self._untold.get((event.evse_id, event.source)) is event:
            del self._untold[event.evse_id, event.source]

    def _message(self, event: ExternalLimitSet | ExternalLimitCleared) -> Any:
        """K11.FR.03, K12.FR.03: with the schedule, if that is wanted."""
        source = profiles.source_to_wire(event.source)
        evse_id = None if event.evse_id == STATION else event.evse_id
        if isinstance(event, ExternalLimitCleared):
            return call.ClearedChargingLimit(source, evse_id)
        limit = datatypes.ChargingLimitType(source, event.grid_critical)
        with_schedule = self._ctx.variables.get(
            SmartChargingCtrlr.notify_charging_limit_with_schedules
        )
        schedules = [profiles.schedule_to_wire(event.schedule)] if with_schedule else None
        return call.NotifyChargingLimit(limit, schedules, evse_id)

    async def _tell_needs(self, event: EvNeedsReported) -> None:
        """Without an answer the vehicle charges by what is installed (K15.FR.15)."""
        report = event.report
        message = call.NotifyEVChargingNeeds(
            profiles.needs_to_wire(report.needs), report.evse_id, report.max_schedule_tuples
        )
        told = False
        try:
            answer = await self._ctx.csms.call(message)
        except CallError as failure:
            log.warning("charging needs not told", evse=report.evse_id, error=failure)
        else:
            told = True
            if answer.status is enums.NotifyEVChargingNeedsStatusEnumType.rejected:
                log.info("the CSMS makes no schedule", evse=report.evse_id)
        self._ctx.station.smart_charging.needs.needs_told(report.evse_id, to_csms=told)
