from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta, timezone

import pytest
from cattrs.preconf.json import make_converter
from hypothesis import given
from hypothesis import strategies as st
from tests.smartcharging.builders import T0, W, at, installed, profile

from ocpp_iface.smartcharging import (
    ChargingSchedule,
    ConsumptionCost,
    Cost,
    CostKind,
    InstalledProfile,
    Kind,
    PeriodExtras,
    ProfileExtras,
    RateUnit,
    RecurrencyKind,
    SalesTariff,
    SalesTariffEntry,
    ScheduleExtras,
    SchedulePeriod,
)
from ocpp_iface.smartcharging.profile import epoch_s, moment_of, recurrence_s, tenths
from ocpp_iface.types.schedules import OperationMode, V2XFreqWattPointType


@given(st.integers(-(10**9), 10**9))
def test_a_limit_of_one_digit_is_kept_exactly(count: int) -> None:
    assert tenths(count / 10) == count


@given(st.floats(0, 1e9))
def test_more_digits_are_rounded_towards_zero(limit: float) -> None:
    assert tenths(limit) / 10 <= limit < (tenths(limit) + 1) / 10 + 1e-6
    assert tenths(-limit) == -tenths(limit)


@pytest.mark.parametrize("limit", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_does_not_break_a_value(limit: float) -> None:
    assert tenths(limit) == 0


def test_rows_give_the_phases_their_default_and_keep_the_phase_only_of_one_phase() -> None:
    periods = (
        SchedulePeriod(0, 16.1),
        SchedulePeriod(60, 8, 1, 2),
        SchedulePeriod(90, 8, 3, 2),
    )

    schedule = ChargingSchedule(RateUnit.A, periods)

    assert schedule.rows == ((161, 3, 0), (80, 1, 2), (80, 3, 0))
    assert schedule.starts == (0, 60, 90)


def test_time_counts_in_whole_seconds_of_utc() -> None:
    summer = timezone(timedelta(hours=2))

    assert epoch_s(datetime(1970, 1, 1, 2, 0, 1, 999_999, summer)) == 1
    assert epoch_s(datetime(1970, 1, 1, 0, 0, 1)) == 1  # noqa: DTZ001  # naive means UTC
    assert moment_of(1) == datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC)


def test_only_a_recurring_profile_recurs() -> None:
    weekly = profile(kind=Kind.RECURRING, recurrency_kind=RecurrencyKind.WEEKLY)
    daily = profile(kind=Kind.RECURRING, recurrency_kind=RecurrencyKind.DAILY)
    odd = profile(kind=Kind.ABSOLUTE, recurrency_kind=RecurrencyKind.DAILY)

    assert [recurrence_s(one) for one in (weekly, daily, odd)] == [604_800, 86_400, None]


def full_profile() -> InstalledProfile:
    """A profile with every field of 2.0.1 and 2.1 set."""
    costs = (ConsumptionCost(1.5, (Cost(CostKind.CARBON_DIOXIDE_EMISSION, 3, -1),)),)
    tariff = SalesTariff(7, (SalesTariffEntry(0, 60, 2, costs),), "night", 3)
    extras = PeriodExtras(
        limit_l2=1.0,
        setpoint=-3.0,
        operation_mode=OperationMode.LocalFrequency,
        freq_watt_curve=(V2XFreqWattPointType(50.0, -11_000.0),),
    )
    schedule = ChargingSchedule(
        W,
        (SchedulePeriod(0, 11_000.0, 1, 2, extras),),
        at(0.5),
        3600,
        min_charging_rate=6.1,
        id=4,
        sales_tariff=tariff,
        extras=ScheduleExtras(use_local_time=True, limit_at_soc=(80, 4000.0)),
    )
    value = profile(
        valid_from=T0,
        valid_to=at(9),
        transaction_id="tx",
        recurrency_kind=RecurrencyKind.DAILY,
        extras=ProfileExtras(max_offline_duration_s=5, dyn_update_time=T0),
    )
    return installed(value.__class__(**_fields(value) | {"schedules": (schedule,)}), 2)


def _fields(value: object) -> dict[str, object]:
    return {name: getattr(value, name) for name in value.__class__.__annotations__}


def test_a_profile_survives_the_store_with_every_field() -> None:
    converter = make_converter()
    before = full_profile()

    text = converter.dumps(before)
    after = converter.loads(text, InstalledProfile)

    assert after == before
    assert after.profile.schedules[0].rows == before.profile.schedules[0].rows
    assert "rows" not in text


@pytest.mark.parametrize("limit", [1e300, 1.7e308, -1.7e308])
def test_a_limit_beyond_all_measure_is_still_a_number(limit: float) -> None:
    assert tenths(limit) / 10 == limit
