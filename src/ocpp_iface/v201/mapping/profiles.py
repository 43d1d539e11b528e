"""Charging profiles, schedules and what ISO 15118 vehicles say about them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from ocpp_iface.smartcharging import (
    ChargingNeeds,
    ChargingProfile,
    ChargingSchedule,
    ClearCriteria,
    CompositeSchedule,
    ConsumptionCost,
    Cost,
    CostKind,
    Kind,
    LimitSource,
    Purpose,
    RateUnit,
    RecurrencyKind,
    SalesTariff,
    SalesTariffEntry,
    SchedulePeriod,
    SelectCriteria,
)
from ocpp_iface.wire import datetimes
from ocpp_iface.wire.v201 import call, datatypes, enums

_PURPOSES = {each: Purpose(each.value) for each in enums.ChargingProfilePurposeEnumType}
_WIRE_PURPOSES = {ours: wire for wire, ours in _PURPOSES.items()}
_KINDS = {each: Kind(each.value) for each in enums.ChargingProfileKindEnumType}
_WIRE_KINDS = {ours: wire for wire, ours in _KINDS.items()}
_RECURRENCES = {each: RecurrencyKind(each.value) for each in enums.RecurrencyKindEnumType}
_WIRE_RECURRENCES = {ours: wire for wire, ours in _RECURRENCES.items()}
_UNITS = {each: RateUnit(each.value) for each in enums.ChargingRateUnitEnumType}
_WIRE_UNITS = {ours: wire for wire, ours in _UNITS.items()}
_SOURCES = {each: LimitSource(each.value) for each in enums.ChargingLimitSourceEnumType}
_WIRE_SOURCES = {ours: wire for wire, ours in _SOURCES.items()}


# -- from the CSMS ---------------------------------------------------------------------------


def from_wire(profile: datatypes.ChargingProfileType) -> ChargingProfile:
    recurrence = profile.recurrency_kind
    return ChargingProfile(
        profile.id,
        profile.stack_level,
        _PURPOSES[profile.charging_profile_purpose],
        _KINDS[profile.charging_profile_kind],
        tuple(schedule_from_wire(schedule) for schedule in profile.charging_schedule),
        recurrency_kind=None if recurrence is None else _RECURRENCES[recurrence],
        valid_from=_moment(profile.valid_from),
        valid_to=_moment(profile.valid_to),
        transaction_id=profile.transaction_id,
    )


def schedule_from_wire(schedule: datatypes.ChargingScheduleType) -> ChargingSchedule:
    tariff = schedule.sales_tariff
    return ChargingSchedule(
        _UNITS[schedule.charging_rate_unit],
        tuple(
            SchedulePeriod(row.start_period, row.limit, row.number_phases, row.phase_to_use)
            for row in schedule.charging_schedule_period
        ),
        start_schedule=_moment(schedule.start_schedule),
        duration_s=schedule.duration,
        min_charging_rate=schedule.min_charging_rate,
        id=schedule.id,
        sales_tariff=None if tariff is None else _tariff_from_wire(tariff),
    )


def unit_from_wire(unit: enums.ChargingRateUnitEnumType | None) -> RateUnit | None:
    return None if unit is None else _UNITS[unit]


def clear_criteria(request: call.ClearChargingProfile) -> ClearCriteria:
    criteria = request.charging_profile_criteria or datatypes.ClearChargingProfileType()
    purpose = criteria.charging_profile_purpose
    return ClearCriteria(
        request.charging_profile_id,
        criteria.evse_id,
        None if purpose is None else _PURPOSES[purpose],
        criteria.stack_level,
    )


def select_criteria(request: call.GetChargingProfiles) -> SelectCriteria:
    criteria = request.charging_profile
    purpose = criteria.charging_profile_purpose
    return SelectCriteria(
        request.evse_id,
        None if purpose is None else _PURPOSES[purpose],
        criteria.stack_level,
        tuple(criteria.charging_profile_id or ()),
        tuple(_SOURCES[source] for source in criteria.charging_limit_source or ()),
    )


def _tariff_from_wire(tariff: datatypes.SalesTariffType) -> SalesTariff:
    return SalesTariff(
        tariff.id,
        tuple(
            SalesTariffEntry(
                entry.relative_time_interval.start,
                entry.relative_time_interval.duration,
                entry.e_price_level,
                tuple(
                    ConsumptionCost(
                        each.start_value,
                        tuple(
                            Cost(
                                CostKind(cost.cost_kind.value), cost.amount, cost.amount_multiplier
                            )
                            for cost in each.cost
                        ),
                    )
                    for each in entry.consumption_cost or ()
                ),
            )
            for entry in tariff.sales_tariff_entry
        ),
        tariff.sales_tariff_description,
        tariff.num_e_price_levels,
    )


# -- to the CSMS -----------------------------------------------------------------------------


def to_wire(profile: ChargingProfile) -> datatypes.ChargingProfileType:
    recurrence = profile.recurrency_kind
    return datatypes.ChargingProfileType(
        profile.id,
        profile.stack_level,
        _WIRE_PURPOSES[profile.purpose],
        _WIRE_KINDS[profile.kind],
        [schedule_to_wire(schedule) for schedule in profile.schedules],
        valid_from=_text(profile.valid_from),
        valid_to=_text(profile.valid_to),
        transaction_id=profile.transaction_id,
        recurrency_kind=None if recurrence is None else _WIRE_RECURRENCES[recurrence],
    )


def schedule_to_wire(schedule: ChargingSchedule) -> datatypes.ChargingScheduleType:
    tariff = schedule.sales_tariff
    return datatypes.ChargingScheduleType(
        schedule.id,
        _WIRE_UNITS[schedule.unit],
        [
            datatypes.ChargingSchedulePeriodType(
                row.start_period, row.limit, row.number_phases, row.phase_to_use
            )
            for row in schedule.periods
        ],
        start_schedule=_text(schedule.start_schedule),
        duration=schedule.duration_s,
        min_charging_rate=schedule.min_charging_rate,
        sales_tariff=None if tariff is None else _tariff_to_wire(tariff),
    )


def composite_to_wire(schedule: CompositeSchedule) -> datatypes.CompositeScheduleType:
    return datatypes.CompositeScheduleType(
        schedule.evse_id,
        schedule.duration_s,
        datetimes.format(schedule.start),
        _WIRE_UNITS[schedule.unit],
        [
            datatypes.ChargingSchedulePeriodType(
                row.start_period, row.limit, row.number_phases, row.phase_to_use
            )
            for row in schedule.periods
        ],
    )


def source_to_wire(source: LimitSource) -> enums.ChargingLimitSourceEnumType:
    return _WIRE_SOURCES[source]


def needs_to_wire(needs: ChargingNeeds) -> datatypes.ChargingNeedsType:
    return datatypes.ChargingNeedsType(
        enums.EnergyTransferModeEnumType(needs.requested_energy_transfer.value),
        _text(needs.departure_time),
        None
        if needs.ac is None
        else datatypes.ACChargingParametersType(
            needs.ac.energy_amount_wh,
            needs.ac.ev_min_current_a,
            needs.ac.ev_max_current_a,
            needs.ac.ev_max_voltage_v,
        ),
        None
        if needs.dc is None
        else datatypes.DCChargingParametersType(
            needs.dc.ev_max_current_a,
            needs.dc.ev_max_voltage_v,
            needs.dc.energy_amount_wh,
            needs.dc.ev_max_power_w,
            needs.dc.state_of_charge,
            needs.dc.ev_energy_capacity_wh,
            needs.dc.full_soc,
            needs.dc.bulk_soc,
        ),
    )


def _tariff_to_wire(tariff: SalesTariff) -> datatypes.SalesTariffType:
    return datatypes.SalesTariffType(
        tariff.id,
        [
            datatypes.SalesTariffEntryType(
                datatypes.RelativeTimeIntervalType(entry.start_s, entry.duration_s),
                _costs_to_wire(entry.consumption_costs),
                entry.price_level,
            )
            for entry in tariff.entries
        ],
        tariff.description,
        tariff.price_levels,
    )


def _costs_to_wire(
    costs: Iterable[ConsumptionCost],
) -> list[datatypes.ConsumptionCostType] | None:
    found = [
        datatypes.ConsumptionCostType(
            each.start_value,
            [
                datatypes.CostType(
                    enums.CostKindEnumType(cost.kind.value), cost.amount, cost.amount_multiplier
                )
                for cost in each.costs
            ],
        )
        for each in costs
    ]
    return found or None


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetimes.parse(text)


def _text(moment: datetime | None) -> str | None:
    if moment is None:
        return None
    return datetimes.format(moment, milliseconds=bool(moment.microsecond))
