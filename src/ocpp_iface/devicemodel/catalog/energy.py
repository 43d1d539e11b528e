"""SmartChargingCtrlr and TariffCostCtrlr: how much may flow, and what it costs."""

from __future__ import annotations

from ocpp_iface.devicemodel.component import ComponentDef
from ocpp_iface.devicemodel.definition import (
    RW,
    Boolean,
    Decimal,
    Integer,
    Key16,
    MemberList,
    Profile,
    String,
    key,
    max_limit,
)

_SMART = Profile.SMART_CHARGING
_PURPOSES = (
    "ChargingStationExternalConstraints",
    "ChargingStationMaxProfile",
    "TxDefaultProfile",
    "TxProfile",
)


def _internal(name: str) -> Key16:
    return key(name, Profile.INTERNAL)


class SmartChargingCtrlr(ComponentDef, name="SmartChargingCtrlr"):
    available = Boolean("Available", default=True)
    """Configure False for a charger that cannot keep to limits."""
    enabled = Boolean("Enabled", default=True, access=RW)
    ac_phase_switching_supported = Boolean("ACPhaseSwitchingSupported")
    entries = Integer(
        "Entries",
        default=0,
        instance="ChargingProfiles",
        minimum=0,
        maximum=500,
        required=True,
        derived=True,
        key16=max_limit("MaxChargingProfilesInstalled", _SMART),
    )
    """How many are installed; the limit is how many there may be."""
    external_control_signals_enabled = Boolean("ExternalControlSignalsEnabled", access=RW)
    limit_change_significance = Decimal(
        "LimitChangeSignificance",
        default=1,
        unit="Percent",
        minimum=0,
        maximum=100,
        access=RW,
        required=True,
    )
    notify_charging_limit_with_schedules = Boolean("NotifyChargingLimitWithSchedules", access=RW)
    periods_per_schedule = Integer(
        "PeriodsPerSchedule",
        default=1024,
        minimum=1,
        required=True,
        key16=key("ChargingScheduleMaxPeriods", _SMART),
    )
    phases_3to1 = Boolean("Phases3to1", key16=key("ConnectorSwitch3to1PhaseSupported", _SMART))
    profile_stack_level = Integer(
        "ProfileStackLevel",
        default=99,
        minimum=0,
        required=True,
        key16=key("ChargeProfileMaxStackLevel", _SMART),
    )
    rate_unit = MemberList(
        "RateUnit",
        ("A", "W"),
        ("A", "W"),
        required=True,
        key16=key(
            "ChargingScheduleAllowedChargingRateUnit",
            _SMART,
            words=(("A", "Current"), ("W", "Power")),
        ),
    )
    default_limit_amps = Decimal(
        "CompositeScheduleDefaultLimitAmps",
        default=48,
        unit="A",
        minimum=0,
        access=RW,
        key16=_internal("CompositeScheduleDefaultLimitAmps"),
    )
    """The limit where no profile gives one."""
    default_limit_watts = Decimal(
        "CompositeScheduleDefaultLimitWatts",
        default=33_120,
        unit="W",
        minimum=0,
        access=RW,
        key16=_internal("CompositeScheduleDefaultLimitWatts"),
    )
    default_number_phases = Integer(
        "CompositeScheduleDefaultNumberPhases",
        default=3,
        minimum=1,
        maximum=3,
        access=RW,
        key16=_internal("CompositeScheduleDefaultNumberPhases"),
    )
    supply_voltage = Decimal(
        "SupplyVoltage",
        default=230,
        unit="V",
        minimum=0,
        access=RW,
        key16=_internal("SupplyVoltage"),
    )
    """Of one phase; converts between amperes and watts."""
    ignored_profile_purposes_offline = MemberList(
        "IgnoredProfilePurposesOffline",
        (),
        _PURPOSES,
        access=RW,
        key16=key(
            "IgnoredProfilePurposesOffline",
            Profile.INTERNAL,
            words=(("ChargingStationMaxProfile", "ChargePointMaxProfile"),),
        ),
    )


class TariffCostCtrlr(ComponentDef, name="TariffCostCtrlr"):
    available_tariff = Boolean("Available", instance="Tariff", constant=True)
    available_cost = Boolean("Available", instance="Cost", constant=True)
    enabled_tariff = Boolean("Enabled", instance="Tariff", access=RW)
    enabled_cost = Boolean("Enabled", instance="Cost", access=RW)
    currency = String("Currency", default="EUR", minimum=3, maximum=3, access=RW, required=True)
    tariff_fallback_message = String("TariffFallbackMessage", maximum=255, access=RW, required=True)
    total_cost_fallback_message = String(
        "TotalCostFallbackMessage", maximum=255, access=RW, required=True
    )
    number_of_decimals_for_cost_values = Integer(
        "NumberOfDecimalsForCostValues",
        default=3,
        minimum=0,
        key16=key("NumberOfDecimalsForCostValues", Profile.COST),
    )
