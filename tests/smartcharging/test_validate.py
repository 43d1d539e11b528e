"""What is welcome, what starts a transaction, and that no rule is forgotten."""

from __future__ import annotations

import pytest
from tests.smartcharging.builders import T0, A, W, at, profile, with_schedule
from tests.smartcharging.judging import BOTH, START, facts, judge, named, tx

from ocpp_iface.smartcharging import (
    ChargingProfile,
    Edition,
    Kind,
    Origin,
    Purpose,
    Reason,
    RecurrencyKind,
)
from ocpp_iface.smartcharging.validate import RULES

# -- what is welcome


@BOTH
@pytest.mark.parametrize(
    ("value", "evse_id"),
    [
        (profile(), 0),
        (profile(), 2),
        (profile(purpose=Purpose.STATION_MAX), 0),
        (tx(), 1),
        (tx(kind=Kind.RELATIVE), 1),
        (profile(kind=Kind.RECURRING, recurrency_kind=RecurrencyKind.DAILY, unit=W), 0),
        (profile(recurrency_kind=RecurrencyKind.DAILY), 1),
        (profile((0, 6, 3), (10, 0), (20, 8, 1), duration_s=0, valid_from=T0, valid_to=at(9)), 1),
    ],
)
def test_a_good_profile_is_accepted(edition: Edition, value: ChargingProfile, evse_id: int) -> None:
    assert judge(value, evse_id, facts(edition)) is None


# -- a profile that starts a transaction


@BOTH
@pytest.mark.parametrize("evse_id", [None, 1, 2])
def test_k05_fr_01_a_transaction_may_be_started_with_a_tx_profile(
    edition: Edition, evse_id: int | None
) -> None:
    value = tx(transaction_id=None, kind=Kind.RELATIVE)

    assert judge(value, evse_id, facts(edition), START) is None


@BOTH
def test_k05_fr_02_its_purpose_is_tx_profile(edition: Edition) -> None:
    verdict = judge(profile(), 1, facts(edition), START)

    assert verdict == (Reason.INVALID_PROFILE, named(edition, "K05.FR.02", "1.6 5.16.2"))


@BOTH
def test_k05_it_has_no_transaction_id(edition: Edition) -> None:
    verdict = judge(tx(), 1, facts(edition), START)

    assert verdict == (Reason.INVALID_PROFILE, named(edition, "K05", "1.6 5.16.2"))


@BOTH
def test_k05_it_is_for_an_evse(edition: Edition) -> None:
    verdict = judge(tx(transaction_id=None), 0, facts(edition), START)

    assert verdict == (Reason.INVALID_PROFILE, named(edition, "K01.FR.16", "1.6 3.13.1"))


def test_k05_fr_05_only_invalid_profile_and_invalid_schedule_are_told() -> None:
    unit = judge(tx(transaction_id=None, unit=W), None, facts(rate_units=(A,)), START)
    order = judge(with_schedule(tx(transaction_id=None), periods=()), 1, None, START)

    assert unit == (Reason.INVALID_PROFILE, "K01.FR.26")
    assert order == (Reason.INVALID_SCHEDULE, "ChargingScheduleType")


def test_there_are_rules_for_every_message_of_every_version() -> None:
    assert set(RULES) == {(edition, origin) for edition in Edition for origin in Origin}
    for rules in RULES.values():
        assert len(set(rules)) == len(rules)
        assert all(rule.__doc__ for rule in rules)
