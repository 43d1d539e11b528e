"""Smart Charging: SetChargingProfile, ClearChargingProfile, GetCompositeSchedule."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ocpp_iface.devicemodel.definition import Profile
from ocpp_iface.engine.block import Block
from ocpp_iface.engine.dispatcher import Handler, RpcProblem
from ocpp_iface.smartcharging import Candidate, ClearCriteria, Purpose
from ocpp_iface.station import charging_facts
from ocpp_iface.station.context import StationContext
from ocpp_iface.v16.mapping import ids, profiles
from ocpp_iface.wire import datetimes
from ocpp_iface.wire.v16 import call, call_result, enums

_Clear = enums.ClearChargingProfileStatus
_Composite = enums.GetCompositeScheduleStatus
_Set = enums.ChargingProfileStatus

_NO_TRANSACTION = ""
"""In place of a transaction that there is not."""


class SmartCharging(Block):
    code = Profile.SMART_CHARGING

    def __init__(self, ctx: StationContext) -> None:
        self._ctx = ctx

    def routes(self) -> Mapping[type, Handler]:
        return {
            call.SetChargingProfile: self.set,
            call.ClearChargingProfile: self.clear,
            call.GetCompositeSchedule: self.composite,
        }

    def set(self, request: Any) -> call_result.SetChargingProfile:
        """5.16, errata 3.39"""
        self._check_supported()
        place = ids.place_of(self._ctx.topology, request.connector_id)
        if place is None:
            raise RpcProblem("PropertyConstraintViolation", "there is no such connector")
        transaction, number = self._transaction(request.cs_charging_profiles, place[0])
        profile = profiles.from_wire(request.cs_charging_profiles, transaction)
        rejection = self._ctx.station.smart_charging.profiles.set(
            Candidate(profile, place[0]), number
        )
        return call_result.SetChargingProfile(_Set.rejected if rejection else _Set.accepted)

    def clear(self, request: Any) -> call_result.ClearChargingProfile:
        """5.5, errata 3.25, 3.26; connector 0 means the profiles of the station itself. With an id
        nothing else counts, not even a connector that there is not.
        """
        self._check_supported()
        place = None
        if request.connector_id is not None and request.id is None:
            place = ids.place_of(self._ctx.topology, request.connector_id)
            if place is None:
                return call_result.ClearChargingProfile(_Clear.unknown)
        criteria = ClearCriteria(
            request.id,
            None if place is None else place[0],
            profiles.purpose_from_wire(request.charging_profile_purpose),
            request.stack_level,
        )
        cleared = self._ctx.station.smart_charging.profiles.clear(criteria)
        return call_result.ClearChargingProfile(_Clear.accepted if cleared else _Clear.unknown)

    def composite(self, request: Any) -> call_result.GetCompositeSchedule:
        """5.7; no schedule has less than no duration."""
        self._check_supported()
        place = ids.place_of(self._ctx.topology, request.connector_id)
        unit = profiles.unit_from_wire(request.charging_rate_unit)
        unknown_unit = unit is not None and unit not in charging_facts.rate_units(self._ctx)
        if place is None or unknown_unit or request.duration < 0:
            return call_result.GetCompositeSchedule(_Composite.rejected)
        schedule = self._ctx.station.smart_charging.schedules.composite(
            place[0], request.duration, unit
        )
        if schedule is None:
            return call_result.GetCompositeSchedule(_Composite.rejected)
        return call_result.GetCompositeSchedule(
            _Composite.accepted,
            connector_id=request.connector_id,
            schedule_start=datetimes.format(schedule.start),
            charging_schedule=profiles.schedule_to_wire(schedule),
        )

    # -- inside --------------------------------------------------------------------------------

    def _check_supported(self) -> None:
        if not charging_facts.is_enabled(self._ctx):
            raise RpcProblem("NotSupported", "the station has no smart charging")

    def _transaction(self, profile: Any, evse_id: int) -> tuple[str | None, int | None]:
        """The transaction that a TxProfile is meant for: the one that runs, if it has the number
        named. While the CSMS has not told its number, any number may be meant for it: that is
        settled when it is known.
        """
        if profiles.purpose_from_wire(profile.charging_profile_purpose) is not Purpose.TX:
            return None, None
        row = self._ctx.station.transactions.open_on(evse_id)
        number = profile.transaction_id
        if row is None:
            return None if number is None else _NO_TRANSACTION, None
        if number is None or number == row.number:
            return row.uuid, None
        if row.number is None and not row.number_lost:
            return row.uuid, number
        return _NO_TRANSACTION, None
