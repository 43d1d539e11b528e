"""K: the charging profiles of the CSMS, and the composite schedule that follows from all of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ocpp_iface.devicemodel.catalog import InternalCtrlr
from ocpp_iface.engine.block import Block
from ocpp_iface.engine.dispatcher import Handler, RpcProblem
from ocpp_iface.errors import CallDropped, CallError
from ocpp_iface.log import Log
from ocpp_iface.smartcharging import (
    Candidate,
    ChargingProfile,
    Profiles,
    ReportGroup,
    report_groups,
)
from ocpp_iface.station import charging_facts
from ocpp_iface.station.context import StationContext
from ocpp_iface.v201.mapping import profiles
from ocpp_iface.v201.mapping.status_info import because
from ocpp_iface.wire.v201 import call, call_result, enums

log = Log(__name__)

_Clear = enums.ClearChargingProfileStatusEnumType
_Composite = enums.GenericStatusEnumType
_Get = enums.GetChargingProfileStatusEnumType
_Set = enums.ChargingProfileStatusEnumType

_PROFILE_BYTES = 600
"""Of a profile in a message, at most, without its periods."""
_PERIOD_BYTES = 80


class SmartCharging(Block):
    code = "K"

    def __init__(self, ctx: StationContext) -> None:
        self._ctx = ctx

    def routes(self) -> Mapping[type, Handler]:
        return {
            call.SetChargingProfile: self.set,
            call.GetChargingProfiles: self.get,
            call.ClearChargingProfile: self.clear,
            call.GetCompositeSchedule: self.composite,
        }

    def set(self, request: Any) -> call_result.SetChargingProfile:
        """K01; K01.FR.29"""
        self._check_supported()
        if not charging_facts.is_enabled(self._ctx):
            reason = because("NotEnabled", "smart charging is switched off")
            return call_result.SetChargingProfile(_Set.rejected, reason)
        candidate = Candidate(profiles.from_wire(request.charging_profile), request.evse_id)
        rejection = self._ctx.station.smart_charging.profiles.set(candidate)
        if rejection is None:
            return call_result.SetChargingProfile(_Set.accepted)
        reason = because(rejection.reason_code.value, rejection.additional_info)
        return call_result.SetChargingProfile(_Set.rejected, reason)

    def get(self, request: Any) -> call_result.GetChargingProfiles:
        """K09: the reports follow."""
        self._check_supported()
        found = self._ctx.station.smart_charging.profiles.select(profiles.select_criteria(request))
        if not found:
            return call_result.GetChargingProfiles(_Get.no_profiles)
        self._ctx.flows.start("charging profiles", self._report(request.request_id, found))
        return call_result.GetChargingProfiles(_Get.accepted)

    def clear(self, request: Any) -> call_result.ClearChargingProfile:
        """K10"""
        self._check_supported()
        cleared = self._ctx.station.smart_charging.profiles.clear(profiles.clear_criteria(request))
        return call_result.ClearChargingProfile(_Clear.accepted if cleared else _Clear.unknown)

    def composite(self, request: Any) -> call_result.GetCompositeSchedule:
        """K08.FR.02 to K08.FR.07"""
        self._check_supported()
        unit = profiles.unit_from_wire(request.charging_rate_unit)
        if unit is not None and unit not in charging_facts.rate_units(self._ctx):
            reason = because("UnsupportedRateUnit")
            return call_result.GetCompositeSchedule(_Composite.rejected, reason)
        schedule = self._ctx.station.smart_charging.schedules.composite(
            request.evse_id, request.duration, unit
        )
        if schedule is None:
            return call_result.GetCompositeSchedule(_Composite.rejected, because("UnknownEvse"))
        return call_result.GetCompositeSchedule(
            _Composite.accepted, schedule=profiles.composite_to_wire(schedule)
        )

    # -- inside --------------------------------------------------------------------------------

    def _check_supported(self) -> None:
        if not charging_facts.is_available(self._ctx):
            raise RpcProblem("NotSupported", "the station has no smart charging")

    async def _report(self, request_id: int, found: Profiles) -> None:
        """K09.FR.01, K09.FR.02: message by message; without a link it ends."""
        room = self._ctx.variables.get(InternalCtrlr.max_message_size)
        parts = [part for group in report_groups(found) for part in _parts(group, room)]
        for index, part in enumerate(parts, start=1):
            message = call.ReportChargingProfiles(
                request_id,
                profiles.source_to_wire(part.source),
                [profiles.to_wire(profile) for profile in part.profiles],
                part.evse_id,
                tbc=index < len(parts),
            )
            try:
                await self._ctx.csms.call(message)
            except CallDropped:
                log.warning("report of profiles broken off, no link", request=request_id)
                return
            except CallError as failure:
                log.warning("report of profiles not confirmed", request=request_id, error=failure)


def _parts(group: ReportGroup, room: int) -> Iterator[ReportGroup]:
    """As many messages as their size asks for."""
    part: list[ChargingProfile] = []
    left = room
    for profile in group.profiles:
        periods = sum(len(schedule.periods) for schedule in profile.schedules)
        size = _PROFILE_BYTES + _PERIOD_BYTES * periods
        if part and size > left:
            yield ReportGroup(group.evse_id, group.source, tuple(part))
            part, left = [], room
        part.append(profile)
        left -= size
    yield ReportGroup(group.evse_id, group.source, tuple(part))
