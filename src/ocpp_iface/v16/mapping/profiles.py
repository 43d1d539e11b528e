"""Charging profiles and schedules."""

from __future__ import annotations

from datetime import datetime

from ocpp_iface.smartcharging import (
    ChargingProfile,
    ChargingSchedule,
    CompositeSchedule,
    Kind,
    Purpose,
    RateUnit,
    RecurrencyKind,
    SchedulePeriod,
)
from ocpp_iface.wire import datetimes
from ocpp_iface.wire.v16 import datatypes, enums

_Purposes = enums.ChargingProfilePurposeType
_PURPOSES = {
    _Purposes.charge_point_max_profile: Purpose.STATION_MAX,
    _Purposes.tx_default_profile: Purpose.TX_DEFAULT,
    _Purposes.tx_profile: Purpose.TX,
}
_KINDS = {each: Kind(each.value) for each in enums.ChargingProfileKindType}
_RECURRENCES = {each: RecurrencyKind(each.value) for each in enums.RecurrencyKind}
_UNITS = {each: RateUnit(each.value) for each in enums.ChargingRateUnitType}
_WIRE_UNITS = {ours: wire for wire, ours in _UNITS.items()}


def from_wire(
    profile: datatypes.ChargingProfile, transaction_id: str | None = None
) -> ChargingProfile:
    """`transaction_id`: the station's own id of the transaction that the profile is meant for."""
    recurrence = profile.recurrency_kind
    return ChargingProfile(
        profile.charging_profile_id,
        profile.stack_level,
        _PURPOSES[profile.charging_profile_purpose],
        _KINDS[profile.charging_profile_kind],
        (_schedule_from_wire(profile.charging_schedule),),
        recurrency_kind=None if recurrence is None else _RECURRENCES[recurrence],
        valid_from=_moment(profile.valid_from),
        valid_to=_moment(profile.valid_to),
        transaction_id=transaction_id,
    )


def purpose_from_wire(purpose: _Purposes | None) -> Purpose | None:
    return None if purpose is None else _PURPOSES[purpose]


def unit_from_wire(unit: enums.ChargingRateUnitType | None) -> RateUnit | None:
    return None if unit is None else _UNITS[unit]


def schedule_to_wire(schedule: CompositeSchedule) -> datatypes.ChargingSchedule:
    return datatypes.ChargingSchedule(
        _WIRE_UNITS[schedule.unit],
        [
            datatypes.ChargingSchedulePeriod(row.start_period, row.limit, row.number_phases)
            for row in schedule.periods
        ],
        duration=schedule.duration_s,
        start_schedule=datetimes.format(schedule.start),
        min_charging_rate=schedule.min_charging_rate,
    )


def _schedule_from_wire(schedule: datatypes.ChargingSchedule) -> ChargingSchedule:
    return ChargingSchedule(
        _UNITS[schedule.charging_rate_unit],
        tuple(
            SchedulePeriod(row.start_period, row.limit, row.number_phases)
            for row in schedule.charging_schedule_period
        ),
        start_schedule=_moment(schedule.start_schedule),
        duration_s=schedule.duration,
        min_charging_rate=schedule.min_charging_rate,
    )


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetimes.parse(text)
