"""Every rule about a profile as a whole, named by its requirement."""

from __future__ import annotations

import pytest
from tests.smartcharging.builders import W, at, installed, profile, with_schedule
from tests.smartcharging.judging import BOTH, V16, V201, Verdict, facts, judge, named, tx

from ocpp_iface.smartcharging import (
    ChargingProfile,
    Edition,
    EvseFacts,
    Kind,
    LimitSource,
    PeriodExtras,
    ProfileExtras,
    Purpose,
    RateUnit,
    Reason,
    ScheduleExtras,
    SchedulePeriod,
)

# -- purpose, place and transaction


@BOTH
def test_k01_fr_28_an_evse_must_exist(edition: Edition) -> None:
    assert judge(profile(), 9, facts(edition)) == (Reason.UNKNOWN_EVSE, "K01.FR.28")


@BOTH
def test_k01_fr_22_the_csms_sets_no_external_constraints(edition: Edition) -> None:
    """K02.FR.07 and K03.FR.08 say the same."""
    value = profile(purpose=Purpose.STATION_EXTERNAL)

    assert judge(value, 0, facts(edition)) == (Reason.INVALID_VALUE, "K01.FR.22")


@BOTH
def test_k04_fr_03_a_station_maximum_belongs_to_evse_0(edition: Edition) -> None:
    verdict = judge(profile(purpose=Purpose.STATION_MAX), 1, facts(edition))

    assert verdict == (Reason.INVALID_VALUE, named(edition, "K04.FR.03", "1.6 3.13.1"))


@BOTH
def test_k01_fr_38_a_station_maximum_is_not_relative(edition: Edition) -> None:
    verdict = judge(profile(purpose=Purpose.STATION_MAX, kind=Kind.RELATIVE), 0, facts(edition))

    assert verdict == (Reason.INVALID_VALUE, named(edition, "K01.FR.38", "1.6 3.13.1"))


@BOTH
def test_k01_fr_16_a_tx_profile_needs_an_evse(edition: Edition) -> None:
    verdict = judge(tx(), 0, facts(edition))

    assert verdict == (Reason.INVALID_VALUE, named(edition, "K01.FR.16", "1.6 3.13.1"))


def test_k01_fr_03_a_tx_profile_names_its_transaction() -> None:
    value = tx(transaction_id=None)

    assert judge(value) == (Reason.MISSING_PARAM, "K01.FR.03")
    assert judge(value, 1, facts(V16)) is None


@BOTH
def test_k01_fr_09_a_tx_profile_needs_a_running_transaction(edition: Edition) -> None:
    verdict = judge(tx(), 2, facts(edition))

    assert verdict == (Reason.TX_NOT_FOUND, named(edition, "K01.FR.09", "1.6 3.13.1"))


@BOTH
@pytest.mark.parametrize("transaction_id", ["unknown", "dc"])
def test_k01_fr_33_the_transaction_must_be_known_on_that_evse(
    edition: Edition, transaction_id: str
) -> None:
    verdict = judge(tx(transaction_id=transaction_id), 1, facts(edition))

    assert verdict == (Reason.TX_NOT_FOUND, named(edition, "K01.FR.33", "1.6 7.8"))


def test_only_a_tx_profile_has_a_transaction_id() -> None:
    value = profile(transaction_id="tx")

    assert judge(value) == (Reason.INVALID_PROFILE, "ChargingProfileType")
    assert judge(value, 1, facts(V16)) is None


def test_k15_fr_17_no_profile_before_the_charging_needs_are_sent() -> None:
    pending = facts(evses=(EvseFacts(1, "tx", charging_needs_pending=True),))

    assert judge(tx(), 1, pending) == (Reason.INVALID_MESSAGE_SEQ, "K15.FR.17")
    assert judge(profile(), 1, pending) is None


# -- what the version does not know


@BOTH
@pytest.mark.parametrize("purpose", [Purpose.PRIORITY_CHARGING, Purpose.LOCAL_GENERATION])
def test_purposes_of_2_1_are_refused(edition: Edition, purpose: Purpose) -> None:
    verdict = judge(profile(purpose=purpose), 0, facts(edition))

    assert verdict == (Reason.UNSUPPORTED_PARAM, "ChargingProfilePurposeEnumType")


@BOTH
def test_dynamic_profiles_of_2_1_are_refused(edition: Edition) -> None:
    verdict = judge(profile(kind=Kind.DYNAMIC), 0, facts(edition))

    assert verdict == (Reason.UNSUPPORTED_PARAM, "ChargingProfileKindEnumType")


@BOTH
@pytest.mark.parametrize(
    "value",
    [
        profile(extras=ProfileExtras(max_offline_duration_s=60)),
        with_schedule(profile(), extras=ScheduleExtras(randomized_delay_s=5)),
        with_schedule(
            profile(), periods=(SchedulePeriod(0, 6, extras=PeriodExtras(setpoint=1.0)),)
        ),
    ],
)
def test_fields_of_2_1_are_refused(edition: Edition, value: ChargingProfile) -> None:
    verdict = judge(value, 0, facts(edition))

    assert verdict == (Reason.UNSUPPORTED_PARAM, "ChargingProfileType")


# -- limits of the station


@BOTH
@pytest.mark.parametrize("level", [-1, 3])
def test_the_stack_level_is_limited(edition: Edition, level: int) -> None:
    known = facts(edition, max_stack_level=2)
    name = named(edition, "SmartChargingCtrlr.ProfileStackLevel", "1.6 9.4.1")

    assert judge(profile(level=level), 0, known) == (Reason.INVALID_STACK_LEVEL, name)
    assert judge(profile(level=2), 0, known) is None


@BOTH
def test_the_number_of_periods_is_limited(edition: Edition) -> None:
    known = facts(edition, max_periods=2)
    name = named(edition, "SmartChargingCtrlr.PeriodsPerSchedule", "1.6 9.4.3")

    assert judge(profile((0, 6), (1, 7), (2, 8)), 0, known) == (Reason.TOO_MANY_ELEMENTS, name)
    assert judge(profile((0, 6), (1, 7)), 0, known) is None


def test_k15_fr_07_the_vehicle_limits_the_number_of_periods() -> None:
    known = facts(evses=(EvseFacts(1, "tx", charging_needs_sent=True, max_schedule_tuples=1),))
    value = with_schedule(tx(), periods=(SchedulePeriod(0, 6), SchedulePeriod(1, 7)))

    assert judge(value, 1, known) == (Reason.TOO_MANY_ELEMENTS, "K15.FR.07")
    assert judge(tx(), 1, known) is None


@BOTH
def test_the_number_of_profiles_is_limited(edition: Edition) -> None:
    grid = installed(profile(id=8, purpose=Purpose.STATION_EXTERNAL), source=LimitSource.SO)
    two = (installed(profile(id=5, level=5)), installed(profile(id=6, level=6)), grid)
    known = facts(edition, *two, max_profiles=2)
    name = named(edition, "SmartChargingCtrlr.Entries", "1.6 9.4.5")

    assert judge(profile(id=7), 0, known) == (Reason.TOO_MANY_ELEMENTS, name)
    assert judge(profile(id=5), 0, known) is None, "it replaces one"
    assert judge(profile(id=7), 0, facts(edition, *two, max_profiles=3)) is None


def test_in_16_a_profile_that_replaces_one_by_its_level_needs_no_room() -> None:
    known = facts(V16, installed(profile(id=5, level=5)), max_profiles=1)

    assert judge(profile(id=6, level=5), 0, known) is None
    assert judge(profile(id=6, level=5), 1, known) == (Reason.TOO_MANY_ELEMENTS, "1.6 9.4.5")


@BOTH
def test_k01_fr_26_the_rate_unit_must_be_supported(edition: Edition) -> None:
    verdict = judge(profile(unit=W), 0, facts(edition, rate_units=(RateUnit.A,)))

    assert verdict == (Reason.UNSUPPORTED_RATE_UNIT, named(edition, "K01.FR.26", "1.6 9.4.2"))


# -- neighbours


@BOTH
def test_k01_fr_05_the_id_of_external_constraints_is_not_taken(edition: Edition) -> None:
    grid = installed(profile(id=4, purpose=Purpose.STATION_EXTERNAL), source=LimitSource.SO)

    assert judge(profile(id=4), 0, facts(edition, grid)) == (Reason.INVALID_VALUE, "K01.FR.05")


def test_k01_fr_05_a_profile_with_a_known_id_replaces_it() -> None:
    known = facts(V201, installed(profile(id=4), 1), installed(tx(id=5), 1))

    assert judge(profile(id=4), 1, known) is None
    assert judge(profile(id=4), 0, known) is None
    assert judge(tx(id=5), 1, known) is None


@pytest.mark.parametrize("purpose", [Purpose.STATION_MAX, Purpose.TX_DEFAULT])
def test_k01_fr_06_one_profile_at_a_time_for_level_purpose_and_evse(purpose: Purpose) -> None:
    known = facts(V201, installed(profile(id=4, purpose=purpose, valid_to=at(100)), 0))

    def at_level(level: int, **more: object) -> Verdict:
        return judge(profile(id=5, level=level, purpose=purpose, **more), 0, known)

    assert at_level(0) == (Reason.DUPLICATE_PROFILE, "K01.FR.06")
    assert at_level(0, valid_from=at(99)) == (Reason.DUPLICATE_PROFILE, "K01.FR.06")
    assert at_level(0, valid_from=at(100)) is None
    assert at_level(1) is None


def test_k01_fr_06_other_evses_and_purposes_do_not_count() -> None:
    known = facts(V201, installed(profile(id=4), 1))

    assert judge(profile(id=5), 2, known) is None
    assert judge(profile(id=5, purpose=Purpose.STATION_MAX), 0, known) is None


def test_k01_fr_39_one_tx_profile_for_level_and_transaction() -> None:
    known = facts(V201, installed(tx(id=4, valid_to=at(100)), 1))

    assert judge(tx(id=5), 1, known) == (Reason.DUPLICATE_PROFILE, "K01.FR.39")
    assert judge(tx(id=5, valid_from=at(100)), 1, known) == (Reason.DUPLICATE_PROFILE, "K01.FR.39")
    assert judge(tx(id=5, level=1), 1, known) is None
    assert judge(tx(id=5, transaction_id="dc"), 3, known) is None


def test_k01_fr_52_no_default_for_all_where_an_evse_has_its_own() -> None:
    known = facts(V201, installed(profile(id=4, level=2), 1))

    assert judge(profile(id=5, level=2), 0, known) == (Reason.DUPLICATE_PROFILE, "K01.FR.52")
    assert judge(profile(id=5, level=3), 0, known) is None
    assert judge(profile(id=4, level=2), 0, known) is None


def test_k01_fr_53_no_default_of_an_evse_where_there_is_one_for_all() -> None:
    known = facts(V201, installed(profile(id=4, level=2), 0))

    assert judge(profile(id=5, level=2), 1, known) == (Reason.DUPLICATE_PROFILE, "K01.FR.53")
    assert judge(profile(id=5, level=3), 1, known) is None
    assert judge(profile(id=4, level=2), 1, known) is None


def test_in_16_a_duplicate_replaces_instead() -> None:
    known = facts(V16, installed(profile(id=4), 0), installed(tx(id=6), 1))

    assert judge(profile(id=5), 0, known) is None
    assert judge(profile(id=5), 1, known) is None
    assert judge(tx(id=7), 1, known) is None
