"""Charging profiles in the vocabulary of OCPP 2.0.1, for both versions.

A superset: what only 2.1 defines is kept too (`PeriodExtras`, `ScheduleExtras`, `ProfileExtras`),
so that a profile survives a round trip; `validate` refuses it where the version does not know it.
1.6 words map onto these before they come here: ChargePointMaxProfile is
ChargingStationMaxProfile, a connector is an EVSE, its one schedule a tuple of one.

Values hold what was received. Times are aware datetimes; a naive one is taken as UTC. The arithmetic
counts whole seconds, so a fraction of a second is cut off there, not here.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from attrs import field, frozen

from ocpp_iface.smartcharging.tariff import SalesTariff
from ocpp_iface.types.schedules import (
    OperationMode,
    V2XFreqWattPointType,
    V2XSignalWattPointCurve,
)

STATION = 0
"""The evse id of the station as a whole (its grid connection)."""

DAY_S = 86_400
WEEK_S = 7 * DAY_S


class Purpose(StrEnum):
    """What a profile limits. The last two belong to 2.1."""

    STATION_EXTERNAL = "ChargingStationExternalConstraints"
    STATION_MAX = "ChargingStationMaxProfile"
    TX_DEFAULT = "TxDefaultProfile"
    TX = "TxProfile"
    PRIORITY_CHARGING = "PriorityCharging"
    LOCAL_GENERATION = "LocalGeneration"


class Kind(StrEnum):
    """What the periods of a schedule count from. Dynamic belongs to 2.1."""

    ABSOLUTE = "Absolute"
    RECURRING = "Recurring"
    RELATIVE = "Relative"
    DYNAMIC = "Dynamic"


class RecurrencyKind(StrEnum):
    DAILY = "Daily"
    WEEKLY = "Weekly"


class RateUnit(StrEnum):
    """A: ampere per phase. W: watt in total."""

    A = "A"
    W = "W"


class LimitSource(StrEnum):
    """Who set a limit: an energy manager, the grid operator, another system, the CSMS (CSO)."""

    EMS = "EMS"
    OTHER = "Other"
    SO = "SO"
    CSO = "CSO"


@frozen
class PeriodExtras:
    """What 2.1 adds to a period; units as in `limit`, reactive ones in var (or A)."""

    limit_l2: float | None = None
    limit_l3: float | None = None
    discharge_limit: float | None = None
    discharge_limit_l2: float | None = None
    discharge_limit_l3: float | None = None
    setpoint: float | None = None
    setpoint_l2: float | None = None
    setpoint_l3: float | None = None
    setpoint_reactive: float | None = None
    setpoint_reactive_l2: float | None = None
    setpoint_reactive_l3: float | None = None
    preconditioning_request: bool | None = None
    evse_sleep: bool | None = None
    v2x_baseline: float | None = None
    operation_mode: OperationMode | None = None
    freq_watt_curve: tuple[V2XFreqWattPointType, ...] = ()
    signal_watt_curve: tuple[V2XSignalWattPointCurve, ...] = ()


@frozen
class SchedulePeriod:
    """From `start_period` seconds after the start of the schedule, `limit` (A per phase or W) holds.

    `number_phases` 1 to 3, None for the default of 3 (K01.FR.49). `phase_to_use` 1 to 3.
    """

    start_period: int
    limit: float
    number_phases: int | None = None
    phase_to_use: int | None = None
    extras: PeriodExtras | None = None


@frozen
class ScheduleExtras:
    """What 2.1 adds to a schedule."""

    use_local_time: bool | None = None
    randomized_delay_s: int | None = None
    limit_at_soc: tuple[int, float] | None = None
    """State of charge (percent) from which the second number caps the limit."""
    power_tolerance: float | None = None
    signature_id: int | None = None
    digest_value: str | None = None


DEFAULT_PHASES = 3
"""K01.FR.49: the number of phases of a period that gives none."""


Row = tuple[int, int, int]
"""Limit in tenths, number of phases (1 to 3), phase to use (0: any)."""


def clamp_phases(number_phases: int | None) -> int:
    """The number of phases of a period, 1 to 3; None or 0 is the default."""
    return min(number_phases, 3) if number_phases and number_phases > 0 else DEFAULT_PHASES


_BEYOND_TENTHS: Final = 1e300
"""Ten times as much may be more than a float can hold."""


def tenths(limit: float) -> int:
    """`limit` in tenths of its unit, rounded towards zero; exact for a limit of one digit.

    What is not finite counts as 0; `validate` refuses it.
    """
    if not math.isfinite(limit):
        return 0
    size = abs(limit)
    nearest = round(size * 10) if size < _BEYOND_TENTHS else round(size) * 10
    if nearest / 10 > size:
        nearest -= 1
    return nearest if limit >= 0 else -nearest


@frozen
class ChargingSchedule:
    """A list of periods. `duration_s` None: the last period goes on. Rates in `unit`."""

    unit: RateUnit
    periods: tuple[SchedulePeriod, ...]
    start_schedule: datetime | None = None
    duration_s: int | None = None
    min_charging_rate: float | None = None
    id: int = 0
    sales_tariff: SalesTariff | None = None
    extras: ScheduleExtras | None = None
    rows: tuple[Row, ...] = field(init=False, eq=False, repr=False)
    """The periods as the arithmetic wants them, made once."""
    starts: tuple[int, ...] = field(init=False, eq=False, repr=False)

    @rows.default
    def _rows(self) -> tuple[Row, ...]:
        rows = []
        for period in self.periods:
            phases = clamp_phases(period.number_phases)
            phase = (period.phase_to_use or 0) if phases == 1 else 0
            rows.append((tenths(period.limit), phases, phase))
        return tuple(rows)

    @starts.default
    def _starts(self) -> tuple[int, ...]:
        return tuple(period.start_period for period in self.periods)


@frozen
class ProfileExtras:
    """What 2.1 adds to a profile."""

    max_offline_duration_s: int | None = None
    invalid_after_offline_duration: bool | None = None
    dyn_update_interval_s: int | None = None
    dyn_update_time: datetime | None = None
    price_schedule_signature: str | None = None


@frozen
class ChargingProfile:
    """`transaction_id` is the station's own transaction id, also in 1.6; only for TxProfile."""

    id: int
    stack_level: int
    purpose: Purpose
    kind: Kind
    schedules: tuple[ChargingSchedule, ...]
    recurrency_kind: RecurrencyKind | None = None
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    transaction_id: str | None = None
    extras: ProfileExtras | None = None


@frozen
class InstalledProfile:
    """A profile in force on `evse_id` (0: the station).

    `sequence` grows with every installation and breaks ties; `installed_at` anchors relative
    station profiles (K01.FR.41).
    """

    profile: ChargingProfile
    evse_id: int
    source: LimitSource
    sequence: int
    installed_at: datetime


def epoch_s(moment: datetime) -> int:
    """Whole seconds since 1970 UTC; a naive moment is UTC."""
    aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    return math.floor(aware.timestamp())


def moment_of(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def recurrence_s(profile: ChargingProfile) -> int | None:
    """Seconds from one recurrence to the next, None if the profile does not recur."""
    if profile.kind is not Kind.RECURRING:
        return None
    return WEEK_S if profile.recurrency_kind is RecurrencyKind.WEEKLY else DAY_S
