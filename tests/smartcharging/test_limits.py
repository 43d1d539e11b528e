from __future__ import annotations

import pytest
from tests.smartcharging.builders import (
    T0,
    A,
    W,
    at,
    composite,
    installed,
    limits,
    profile,
    schedule,
    station,
)

from ocpp_iface.smartcharging import (
    Kind,
    LimitSource,
    Purpose,
    constant_limit,
    limit_in,
    release_external,
    set_external,
    significant,
    significantly_different,
)

EMS, GRID = LimitSource.EMS, LimitSource.SO


def test_k11_fr_06_an_external_limit_becomes_external_constraints_from_now_on() -> None:
    change = set_external((), constant_limit(10, A), EMS, now=at(5))

    (added,) = change.added
    assert (added.profile.purpose, added.profile.kind) == (
        Purpose.STATION_EXTERNAL,
        Kind.ABSOLUTE,
    )
    assert (added.source, added.evse_id, added.installed_at) == (EMS, 0, at(5))
    assert limits(composite(list(change.profiles), station())) == [(0, 48.0), (5, 10.0)]


def test_k12_fr_01_an_external_schedule_keeps_its_own_start_and_end() -> None:
    value = schedule((0, 8000), unit=W, start=at(100))

    change = set_external((), value, GRID, now=T0, valid_to=at(200))

    found = composite(list(change.profiles), station(), 0, unit=W)
    assert limits(found) == [(0, 66_240.0), (100, 8000.0), (200, 66_240.0)]


def test_a_new_limit_replaces_that_of_the_same_source_and_evse() -> None:
    first = set_external((), constant_limit(10, A), EMS, now=T0)
    second = set_external(first.profiles, constant_limit(12, A), GRID, now=T0)
    third = set_external(second.profiles, constant_limit(14, A), EMS, now=T0, evse_id=1)

    again = set_external(third.profiles, constant_limit(20, A), EMS, now=T0)

    assert again.removed == first.added
    assert again.added[0].profile.id == first.added[0].profile.id
    assert [item.source for item in again.profiles] == [GRID, EMS, EMS]


def test_external_ids_keep_out_of_the_way_of_the_csms() -> None:
    taken = (installed(profile(id=1)), installed(profile(id=-4, purpose=Purpose.STATION_EXTERNAL)))

    def next_id(max_id: int) -> int:
        change = set_external(taken, constant_limit(1, A), EMS, now=T0, max_id=max_id)
        return change.added[0].profile.id

    assert (next_id(2), next_id(1), next_id(0)) == (2, -5, -5)


def test_k13_fr_01_a_released_limit_no_longer_holds() -> None:
    profiles = set_external((), constant_limit(10, A), EMS, now=T0).profiles
    profiles = set_external(profiles, constant_limit(8, A), GRID, now=T0).profiles
    profiles = set_external(profiles, constant_limit(6, A), GRID, now=T0, evse_id=1).profiles
    mine = (*profiles, installed(profile(id=3)))

    assert len(release_external(mine, EMS).removed) == 1
    assert len(release_external(mine, GRID).removed) == 2
    assert len(release_external(mine, GRID, 1).removed) == 1
    assert release_external(mine).profiles == mine[-1:]
    assert not release_external(mine[-1:])


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (100.0, 110.0, False),
        (100.0, 110.1, True),
        (100.0, 89.9, True),
        (100.0, 100.0, False),
        (0.0, 0.1, True),
        (0.0, 0.0, False),
        (None, 5.0, True),
        (5.0, None, True),
        (None, None, False),
    ],
)
def test_k11_fr_02_a_change_by_more_than_the_percentage_is_significant(
    old: float | None, new: float | None, expected: bool
) -> None:
    assert significant(old, new, 10) is expected


def test_schedules_are_compared_where_both_say_something() -> None:
    profiles = [installed(profile((0, 10), (100, 20)))]
    before = composite(profiles, station())
    later = composite(profiles, station(), start=50)
    other = composite([installed(profile((0, 10), (100, 22.1)))], station(), start=50)
    watts = composite(profiles, station(), unit=W)

    assert not significantly_different(before, later, 0)
    assert significantly_different(before, other, 10)
    assert not significantly_different(before, other, 11)
    assert significantly_different(before, watts, 50)
    assert significantly_different(None, before, 50)
    assert not significantly_different(None, None, 0)


def test_a_schedule_has_no_limit_outside_its_window() -> None:
    found = composite([installed(profile((0, 10), (100, 20)))], station(), start=0, duration_s=200)
    zero = int(T0.timestamp())

    assert [limit_in(found, zero + s) for s in (-1, 0, 99, 100, 199, 200)] == [
        None,
        10.0,
        10.0,
        20.0,
        20.0,
        None,
    ]
