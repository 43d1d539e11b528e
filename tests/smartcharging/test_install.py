from __future__ import annotations

import pytest
from tests.smartcharging.builders import T0, at, installed, profile, with_schedule

from ocpp_iface.smartcharging import (
    Change,
    ClearCriteria,
    Edition,
    InstalledProfile,
    Kind,
    LimitSource,
    Profiles,
    Purpose,
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
from ocpp_iface.smartcharging.install import ends_at, overlapping

V16, V201 = Edition.V16, Edition.V201
BOTH = pytest.mark.parametrize("edition", [V16, V201])


def tx(number: int, transaction_id: str | None = "tx", **more: object) -> object:
    return profile(id=number, purpose=Purpose.TX, transaction_id=transaction_id, **more)


def ids(profiles: Profiles) -> list[int]:
    return [item.profile.id for item in profiles]


def grid(number: int = 90, evse_id: int = 0) -> InstalledProfile:
    value = profile(id=number, purpose=Purpose.STATION_EXTERNAL)
    return installed(value, evse_id, source=LimitSource.SO)


# -- installing


@BOTH
def test_a_profile_is_added_with_the_next_sequence_number(edition: Edition) -> None:
    before = (installed(profile(id=1), 1, sequence=7),)

    change = install(before, profile(id=2, level=1), 1, now=at(5), edition=edition)

    added = InstalledProfile(profile(id=2, level=1), 1, LimitSource.CSO, 8, at(5))
    assert change == Change((*before, added), (added,), ())
    assert change.evse_ids == (1,)


@BOTH
def test_k01_fr_05_a_profile_with_the_same_id_is_replaced_wherever_it_was(edition: Edition) -> None:
    before = (installed(profile(id=1, level=4), 1), installed(profile(id=2, level=3), 1))

    change = install(before, profile(id=1), 2, now=T0, edition=edition)

    assert (ids(change.profiles), ids(change.removed)) == ([2, 1], [1])
    assert change.evse_ids == (1, 2)


def test_in_16_a_profile_of_the_same_purpose_and_level_is_replaced_on_its_connector() -> None:
    before = (
        installed(profile(id=1), 1),
        installed(profile(id=2), 0),
        installed(profile(id=3, level=1), 1),
        installed(tx(4), 1),
    )

    change = install(before, profile(id=9), 1, now=T0, edition=V16)

    assert (ids(change.profiles), ids(change.removed)) == ([2, 3, 4, 9], [1])


def test_in_16_a_tx_profile_is_replaced_within_its_transaction() -> None:
    """1.6 5.16.2: also the one that came with the remote start."""
    before = (installed(tx(1), 1), installed(tx(2, "other"), 1), installed(tx(3, level=1), 1))

    change = install(before, tx(9), 1, now=T0, edition=V16)

    assert (ids(change.profiles), ids(change.removed)) == ([2, 3, 9], [1])


def test_in_201_only_the_id_replaces() -> None:
    before = (installed(profile(id=1, valid_to=T0), 1),)

    change = install(before, profile(id=9, valid_from=T0), 1, now=T0, edition=V201)

    assert (ids(change.profiles), change.removed) == ([1, 9], ())


@BOTH
def test_external_constraints_are_never_replaced_by_a_profile_of_the_csms(edition: Edition) -> None:
    change = install((grid(1),), profile(id=1), 0, now=T0, edition=edition)

    assert change.removed == ()


def test_a_profile_is_bound_to_its_transaction() -> None:
    assert bind(tx(1, None), "new") == tx(1, "new")


def test_validity_overlaps_unless_one_ends_before_the_other_begins() -> None:
    early, late = profile(valid_to=at(10)), profile(valid_from=at(10))

    assert not overlapping(early, late)
    assert not overlapping(late, early)
    assert overlapping(early, profile())
    assert overlapping(profile(valid_from=at(9)), early)


# -- removal by events


@BOTH
def test_k02_fr_05_tx_profiles_go_with_their_transaction(edition: Edition) -> None:
    before = install((), tx(1), 1, now=T0, edition=edition).profiles
    before = install(before, tx(2, "other"), 2, now=T0, edition=edition).profiles
    before = install(before, profile(id=3), 1, now=T0, edition=edition).profiles

    change = end_transaction(before, "tx")

    assert (ids(change.profiles), ids(change.removed)) == ([2, 3], [1])
    assert not end_transaction(change.profiles, "tx")


def test_at_start_up_the_tx_profiles_of_past_transactions_go() -> None:
    before = (installed(tx(1), 1), installed(tx(2, "gone"), 2), installed(profile(id=3)))

    assert ids(keep_transactions(before, ("tx",)).removed) == [2]


def test_expired_profiles_go_and_the_others_stay() -> None:
    stays = [
        profile(id=1),
        profile(id=2, valid_to=at(101)),
        profile(id=3, duration_s=101),
        profile(id=4, kind=Kind.RECURRING, duration_s=10),
        profile(id=5, kind=Kind.RELATIVE, duration_s=10),
        profile(id=6, duration_s=10, start=None),
    ]
    goes = [
        profile(id=7, valid_to=at(100)),
        profile(id=8, duration_s=100),
        profile(id=9, kind=Kind.RECURRING, valid_to=at(9)),
    ]
    profiles = tuple(installed(value) for value in (*stays, *goes))

    change = remove_expired((*profiles, grid()), at(100))

    assert ids(change.removed) == [7, 8, 9]
    assert ids(change.profiles) == [1, 2, 3, 4, 5, 6, 90]


def test_a_schedule_that_ends_after_the_end_of_time_ends_with_it() -> None:
    from datetime import UTC, datetime

    value = with_schedule(
        profile(duration_s=2**31 - 1), start_schedule=datetime(9999, 1, 1, tzinfo=UTC)
    )

    assert ends_at(value) == datetime.max.replace(tzinfo=UTC)


# -- clearing


def shelf() -> Profiles:
    return (
        installed(profile(id=1), 0),
        installed(profile(id=2, level=1), 1),
        installed(tx(3), 1),
        installed(profile(id=4, purpose=Purpose.STATION_MAX, level=1), 0),
        grid(5),
    )


@pytest.mark.parametrize(
    ("criteria", "removed"),
    [
        (ClearCriteria(profile_id=2), [2]),
        (ClearCriteria(evse_id=1), [2, 3]),
        (ClearCriteria(evse_id=0), [1, 4]),
        (ClearCriteria(purpose=Purpose.TX_DEFAULT), [1, 2]),
        (ClearCriteria(stack_level=1), [2, 4]),
        (ClearCriteria(purpose=Purpose.TX_DEFAULT, stack_level=1, evse_id=1), [2]),
        (ClearCriteria(), [1, 2, 3, 4]),
    ],
)
def test_k10_fr_04_the_profiles_that_match_all_criteria_are_cleared(
    criteria: ClearCriteria, removed: list[int]
) -> None:
    change = clear(shelf(), criteria)

    assert ids(change.removed) == removed
    assert ids(change.profiles) == [number for number in (1, 2, 3, 4, 5) if number not in removed]


def test_k10_fr_01_nothing_that_matches_is_no_change() -> None:
    change = clear(shelf(), ClearCriteria(stack_level=7))

    assert not change
    assert change.profiles == shelf()


def test_k10_fr_08_and_fr_09_external_constraints_are_not_cleared() -> None:
    assert not clear(shelf(), ClearCriteria(profile_id=5))
    assert not clear(shelf(), ClearCriteria(purpose=Purpose.STATION_EXTERNAL))


def test_k10_fr_03_and_1_6_erratum_3_26_an_id_alone_decides() -> None:
    criteria = ClearCriteria(profile_id=2, evse_id=2, stack_level=9)

    assert ids(clear(shelf(), criteria).removed) == [2]


# -- selecting


@pytest.mark.parametrize(
    ("criteria", "found"),
    [
        (SelectCriteria(), [1, 2, 3, 4, 5]),
        (SelectCriteria(evse_id=1), [2, 3]),
        (SelectCriteria(evse_id=0), [1, 4, 5]),
        (SelectCriteria(evse_id=1, stack_level=1), [2]),
        (SelectCriteria(purpose=Purpose.STATION_MAX), [4]),
        (SelectCriteria(profile_ids=(2, 5, 77)), [2, 5]),
        (SelectCriteria(sources=(LimitSource.SO, LimitSource.EMS)), [5]),
        (SelectCriteria(sources=(LimitSource.CSO,), stack_level=1), [2, 4]),
        (SelectCriteria(evse_id=9), []),
    ],
)
def test_k09_fr_04_to_fr_06_profiles_are_selected_by_all_fields(
    criteria: SelectCriteria, found: list[int]
) -> None:
    assert ids(select(shelf(), criteria)) == found


def test_k09_fr_02_a_report_has_one_part_for_each_evse_and_source() -> None:
    one, two, three, four, five = (item.profile for item in shelf())

    assert report_groups(shelf()) == (
        ReportGroup(0, LimitSource.CSO, (one, four)),
        ReportGroup(0, LimitSource.SO, (five,)),
        ReportGroup(1, LimitSource.CSO, (two, three)),
    )
    assert report_groups(()) == ()
