"""What may be drawn from now on: the var `charging_schedules`.

Limits are in A or W as `charging_rate_unit` says, times are seconds from the start of a schedule.
The fields from `discharge_limit` on belong to OCPP 2.1.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from attrs import field, frozen

from ocpp_iface.types.check import (
    Boolean,
    Instance,
    Integer,
    Items,
    Moment,
    Number,
    Optional,
    Text,
    Word,
    as_optional_tuple,
    as_tuple,
)


class OperationMode(StrEnum):
    """How a bidirectional EVSE follows its set-points (2.1)."""

    Idle = "Idle"
    ChargingOnly = "ChargingOnly"
    CentralSetpoint = "CentralSetpoint"
    ExternalSetpoint = "ExternalSetpoint"
    ExternalLimits = "ExternalLimits"
    CentralFrequency = "CentralFrequency"
    LocalFrequency = "LocalFrequency"
    LocalLoadBalancing = "LocalLoadBalancing"


@frozen
class V2XFreqWattPointType:
    """A point of a frequency-watt curve: Hz and W."""

    frequency: float = field(validator=Number())
    power: float = field(validator=Number())


@frozen
class V2XSignalWattPointCurve:
    """A point of a signal-watt curve: a signal of the grid operator and W."""

    signal: int = field(validator=Integer())
    power: float = field(validator=Number())


@frozen
class ChargingSchedulePeriod:
    """From `start_period` seconds on (until the next period) `limit` holds."""

    start_period: int = field(validator=Integer())
    limit: float = field(validator=Number())
    limit_L2: float | None = field(default=None, kw_only=True, validator=Optional(Number()))  # noqa: N815  # named by the contract
    limit_L3: float | None = field(default=None, kw_only=True, validator=Optional(Number()))  # noqa: N815  # named by the contract
    number_phases: int | None = field(default=None, kw_only=True, validator=Optional(Integer()))
    stack_level: int | None = field(default=None, kw_only=True, validator=Optional(Integer()))
    phase_to_use: int | None = field(default=None, kw_only=True, validator=Optional(Integer()))
    discharge_limit: float | None = field(default=None, kw_only=True, validator=Optional(Number()))
    discharge_limit_L2: float | None = field(  # noqa: N815  # named by the contract
        default=None, kw_only=True, validator=Optional(Number())
    )
    discharge_limit_L3: float | None = field(  # noqa: N815  # named by the contract
        default=None, kw_only=True, validator=Optional(Number())
    )
    setpoint: float | None = field(default=None, kw_only=True, validator=Optional(Number()))
    setpoint_L2: float | None = field(default=None, kw_only=True, validator=Optional(Number()))  # noqa: N815  # named by the contract
    setpoint_L3: float | None = field(default=None, kw_only=True, validator=Optional(Number()))  # noqa: N815  # named by the contract
    setpoint_reactive: float | None = field(
        default=None, kw_only=True, validator=Optional(Number())
    )
    setpoint_reactive_L2: float | None = field(  # noqa: N815  # named by the contract
        default=None, kw_only=True, validator=Optional(Number())
    )
    setpoint_reactive_L3: float | None = field(  # noqa: N815  # named by the contract
        default=None, kw_only=True, validator=Optional(Number())
    )
    preconditioning_request: float | None = field(
        default=None, kw_only=True, validator=Optional(Number())
    )
    evse_sleep: bool | None = field(default=None, kw_only=True, validator=Optional(Boolean()))
    v2x_baseline: float | None = field(default=None, kw_only=True, validator=Optional(Number()))
    operation_mode: OperationMode | None = field(
        default=None, kw_only=True, validator=Optional(Word(OperationMode))
    )
    v2x_freq_watt_curve: tuple[V2XFreqWattPointType, ...] | None = field(
        default=None,
        kw_only=True,
        converter=as_optional_tuple,
        validator=Optional(Items(Instance(V2XFreqWattPointType))),
    )
    v2x_signal_watt_curve: tuple[V2XSignalWattPointCurve, ...] | None = field(
        default=None,
        kw_only=True,
        converter=as_optional_tuple,
        validator=Optional(Items(Instance(V2XSignalWattPointCurve))),
    )


@frozen
class ChargingSchedule:
    """The composite schedule of one EVSE; `evse` 0 is the whole station.

    `charging_rate_unit` is A or W. `duration` in seconds; without it the last period goes on.
    """

    evse: int = field(validator=Integer(minimum=0))
    charging_rate_unit: str = field(validator=Text())
    charging_schedule_period: tuple[ChargingSchedulePeriod, ...] = field(
        converter=as_tuple, validator=Items(Instance(ChargingSchedulePeriod))
    )
    duration: int | None = field(default=None, kw_only=True, validator=Optional(Integer()))
    start_schedule: datetime | None = field(
        default=None, kw_only=True, validator=Optional(Moment())
    )
    min_charging_rate: float | None = field(
        default=None, kw_only=True, validator=Optional(Number())
    )


@frozen
class ChargingSchedules:
    """One schedule for the station (evse 0) and one for each EVSE."""

    schedules: tuple[ChargingSchedule, ...] = field(
        converter=as_tuple, validator=Items(Instance(ChargingSchedule))
    )
