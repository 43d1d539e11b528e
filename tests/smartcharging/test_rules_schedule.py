"""Every rule about the schedules of a profile, named by its requirement."""

from __future__ import annotations

import math

import pytest
from attrs import evolve
from tests.smartcharging.builders import T0, profile, schedule, with_schedule
from tests.smartcharging.judging import BOTH, V16, V201, facts, judge, named, tx

from ocpp_iface.smartcharging import (
    ChargingProfile,
    Edition,
    EvseFacts,
    Kind,
    Purpose,
    Reason,
    RecurrencyKind,
    SchedulePeriod,
)

# -- schedules and periods


@BOTH
@pytest.mark.parametrize("schedules", [(), (schedule(),)])
def test_a_profile_needs_a_schedule_with_a_period(
    edition: Edition, schedules: tuple[object, ...]
) -> None:
    value = evolve(profile(), schedules=schedules)

    assert judge(value, 0, facts(edition)) == (Reason.INVALID_SCHEDULE, "ChargingScheduleType")


@BOTH
def test_k01_fr_31_the_first_period_starts_at_0(edition: Edition) -> None:
    verdict = judge(profile((1, 6)), 0, facts(edition))

    assert verdict == (Reason.INVALID_SCHEDULE, named(edition, "K01.FR.31", "1.6 errata 3.45"))


@BOTH
@pytest.mark.parametrize("rows", [[(0, 6), (9, 7), (5, 8)], [(0, 6), (5, 7), (5, 8)]])
def test_k01_fr_35_periods_are_in_order(edition: Edition, rows: list[tuple[int, int]]) -> None:
    verdict = judge(profile(*rows), 0, facts(edition))

    assert verdict == (Reason.INVALID_SCHEDULE, named(edition, "K01.FR.35", "1.6 7.14"))


@BOTH
@pytest.mark.parametrize("kind", [Kind.ABSOLUTE, Kind.RECURRING])
def test_k01_fr_40_absolute_and_recurring_schedules_have_a_start(
    edition: Edition, kind: Kind
) -> None:
    value = profile(kind=kind, start=None, recurrency_kind=RecurrencyKind.DAILY)

    verdict = judge(value, 0, facts(edition))

    assert verdict == (Reason.INVALID_SCHEDULE, named(edition, "K01.FR.40", "1.6 7.13"))


def test_in_16_the_configuration_may_let_a_missing_start_pass() -> None:
    value = profile(start=None)

    assert judge(value, 0, facts(V16, allow_without_start_schedule=True)) is None
    assert judge(value, 0, facts(V201, allow_without_start_schedule=True)) is not None


def test_k01_fr_41_a_relative_schedule_has_no_start() -> None:
    value = with_schedule(profile(kind=Kind.RELATIVE), start_schedule=T0)

    assert judge(value) == (Reason.INVALID_SCHEDULE, "K01.FR.41")
    assert judge(value, 1, facts(V16)) is None


@BOTH
def test_k01_fr_60_a_recurring_profile_says_how_often(edition: Edition) -> None:
    verdict = judge(profile(kind=Kind.RECURRING), 0, facts(edition))

    assert verdict == (Reason.INVALID_PROFILE, named(edition, "K01.FR.60", "1.6 7.8"))


@BOTH
@pytest.mark.parametrize(
    "value",
    [
        profile((0, -0.1)),
        profile((0, math.nan)),
        profile((0, math.inf)),
        profile(duration_s=-1),
        with_schedule(profile(), min_charging_rate=-1.0),
    ],
)
def test_limits_and_durations_are_finite_and_not_negative(
    edition: Edition, value: ChargingProfile
) -> None:
    assert judge(value, 0, facts(edition)) == (Reason.INVALID_SCHEDULE, "ChargingScheduleType")


def test_k01_fr_34_several_schedules_need_an_iso_15118_session() -> None:
    value = evolve(tx(), schedules=(schedule((0, 6)), schedule((0, 7))))
    negotiated = facts(evses=(EvseFacts(1, "tx", charging_needs_sent=True),))
    four = evolve(value, schedules=value.schedules * 2)
    default = evolve(value, purpose=Purpose.TX_DEFAULT, transaction_id=None)

    assert judge(value) == (Reason.TOO_MANY_ELEMENTS, "K01.FR.34")
    assert judge(value, 1, negotiated) is None
    assert judge(four, 1, negotiated) == (Reason.TOO_MANY_ELEMENTS, "K15.FR.07")
    assert judge(default, 1, negotiated) == (Reason.TOO_MANY_ELEMENTS, "K01.FR.34")


# -- phases


def phased(number_phases: int | None, phase_to_use: int | None = None) -> ChargingProfile:
    return with_schedule(profile(), periods=(SchedulePeriod(0, 6, number_phases, phase_to_use),))


@BOTH
@pytest.mark.parametrize("value", [phased(0), phased(4), phased(1, 0), phased(1, 4)])
def test_phases_are_one_to_three(edition: Edition, value: ChargingProfile) -> None:
    verdict = judge(value, 0, facts(edition, ac_phase_switching=True))

    assert verdict == (Reason.INVALID_SCHEDULE, "ChargingSchedulePeriodType")


@pytest.mark.parametrize("number_phases", [None, 2, 3])
def test_k01_fr_19_a_phase_to_use_needs_one_phase(number_phases: int | None) -> None:
    verdict = judge(phased(number_phases, 2), 1, facts(ac_phase_switching=True))

    assert verdict == (Reason.INVALID_SCHEDULE, "K01.FR.19")


def test_k01_fr_20_and_fr_48_a_phase_to_use_needs_phase_switching() -> None:
    assert judge(phased(1, 2)) == (Reason.INVALID_SCHEDULE, "K01.FR.48")
    assert judge(phased(1, 2), 1, facts(ac_phase_switching=True)) is None


def test_k01_fr_46_the_phase_in_use_may_be_named() -> None:
    known = facts(evses=(EvseFacts(1, phase_in_use=2),))

    assert judge(phased(1, 2), 1, known) is None
    assert judge(phased(1, 3), 1, known) == (Reason.INVALID_SCHEDULE, "K01.FR.48")


def test_k01_fr_43_the_evse_must_be_able_to_hold_to_the_number_of_phases() -> None:
    fixed = facts(evses=(EvseFacts(1, phase_counts=(3,)),))

    assert judge(phased(1), 1, fixed) == (Reason.INVALID_SCHEDULE, "K01.FR.43")
    assert judge(phased(3), 1, fixed) is None
    assert judge(phased(None), 1, fixed) is None


def test_k01_fr_45_more_phases_than_the_evse_has_are_no_fault() -> None:
    assert judge(phased(3), 1, facts(evses=(EvseFacts(1, phase_counts=(1,)),))) is None


@pytest.mark.parametrize("value", [phased(1), phased(1, 2), phased(3, 2)])
def test_k01_fr_44_on_dc_phases_are_ignored(value: ChargingProfile) -> None:
    assert judge(value, 3) is None


def test_in_16_a_phase_cannot_be_named() -> None:
    assert judge(phased(1, 2), 1, facts(V16)) == (Reason.UNSUPPORTED_PARAM, "1.6 7.14")
