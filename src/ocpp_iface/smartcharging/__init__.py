"""Charging profiles and the composite schedules they make: pure arithmetic, for both versions.

::

    Candidate, Facts -> validate -> Rejection, or
    profiles -> install, clear, end_transaction, set_external, ... -> Change
    profiles, StationContext -> composite_schedules -> to_charging_schedules
"""

from __future__ import annotations

from ocpp_iface.smartcharging.composite import (
    CompositePeriod,
    CompositeSchedule,
    Winner,
    composite_schedule,
    composite_schedules,
    limit_at,
    next_change,
)
from ocpp_iface.smartcharging.context import (
    ActiveTransaction,
    EvseContext,
    RelativeStart,
    StationContext,
)
from ocpp_iface.smartcharging.conversion import convert
from ocpp_iface.smartcharging.explain import Explanation, Span, Track, explain
from ocpp_iface.smartcharging.facts import (
    Candidate,
    Edition,
    EvseFacts,
    Facts,
    Origin,
    Reason,
    Rejection,
)
from ocpp_iface.smartcharging.install import (
    Change,
    ClearCriteria,
    Profiles,
    ReportGroup,
    SelectCriteria,
    bind,
    clear,
    end_transaction,
    install,
    keep_transactions,
    remove_expired,
    report_groups,
    select,
)
from ocpp_iface.smartcharging.limits import (
    constant_limit,
    limit_in,
    release_external,
    set_external,
    significant,
    significantly_different,
)
from ocpp_iface.smartcharging.needs import (
    AcNeeds,
    ChargingNeeds,
    DcNeeds,
    EnergyTransferMode,
    EvNeedsReport,
    EvSchedule,
    Excess,
    excesses,
    schedules_for_vehicle,
)
from ocpp_iface.smartcharging.outputs import to_charging_schedule, to_charging_schedules
from ocpp_iface.smartcharging.profile import (
    STATION,
    ChargingProfile,
    ChargingSchedule,
    InstalledProfile,
    Kind,
    LimitSource,
    PeriodExtras,
    ProfileExtras,
    Purpose,
    RateUnit,
    RecurrencyKind,
    ScheduleExtras,
    SchedulePeriod,
)
from ocpp_iface.smartcharging.tariff import (
    ConsumptionCost,
    Cost,
    CostKind,
    SalesTariff,
    SalesTariffEntry,
)
from ocpp_iface.smartcharging.validate import validate

__all__ = [
    "STATION",
    "AcNeeds",
    "ActiveTransaction",
    "Candidate",
    "Change",
    "ChargingNeeds",
    "ChargingProfile",
    "ChargingSchedule",
    "ClearCriteria",
    "CompositePeriod",
    "CompositeSchedule",
    "ConsumptionCost",
    "Cost",
    "CostKind",
    "DcNeeds",
    "Edition",
    "EnergyTransferMode",
    "EvNeedsReport",
    "EvSchedule",
    "EvseContext",
    "EvseFacts",
    "Excess",
    "Explanation",
    "Facts",
    "InstalledProfile",
    "Kind",
    "LimitSource",
    "Origin",
    "PeriodExtras",
    "ProfileExtras",
    "Profiles",
    "Purpose",
    "RateUnit",
    "Reason",
    "RecurrencyKind",
    "Rejection",
    "RelativeStart",
    "ReportGroup",
    "SalesTariff",
    "SalesTariffEntry",
    "ScheduleExtras",
    "SchedulePeriod",
    "SelectCriteria",
    "Span",
    "StationContext",
    "Track",
    "Winner",
    "bind",
    "clear",
    "composite_schedule",
    "composite_schedules",
    "constant_limit",
    "convert",
    "end_transaction",
    "excesses",
    "explain",
    "install",
    "keep_transactions",
    "limit_at",
    "limit_in",
    "next_change",
    "release_external",
    "remove_expired",
    "report_groups",
    "schedules_for_vehicle",
    "select",
    "set_external",
    "significant",
    "significantly_different",
    "to_charging_schedule",
    "to_charging_schedules",
    "validate",
]
