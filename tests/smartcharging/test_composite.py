from __future__ import annotations

import pytest
from attrs import evolve
from tests.smartcharging.builders import (
    DAY_S,
    T0,
    A,
    W,
    at,
    charging,
    composite,
    installed,
    limits,
    profile,
    schedule,
    station,
    with_schedule,
)

from ocpp_iface.smartcharging import (
    ChargingProfile,
    EvseContext,
    InstalledProfile,
    Kind,
    LimitSource,
    Purpose,
    RecurrencyKind,
    SchedulePeriod,
    composite_schedule,
    composite_schedules,
    limit_at,
    next_change,
)

MAX, EXTERNAL = Purpose.STATION_MAX, Purpose.STATION_EXTERNAL


def tx(*rows: tuple[int, float], transaction_id: str = "tx", **more: object) -> ChargingProfile:
    return profile(*rows, purpose=Purpose.TX, transaction_id=transaction_id, **more)


def phased(value: ChargingProfile, *phases: tuple[int | None, int | None]) -> ChargingProfile:
    """`value` with number of phases and phase to use of its periods."""
    rows = zip(value.schedules[0].periods, phases, strict=True)
    periods = tuple(
        SchedulePeriod(period.start_period, period.limit, number, phase)
        for period, (number, phase) in rows
    )
    return with_schedule(value, periods=periods)


# -- the examples of the certification tests


def test_stacking_as_in_tc_k_40_and_tc_072() -> None:
    profiles = [
        installed(profile((0, 6), (100, 8), (200, 10), id=1, duration_s=400), 1),
        installed(profile((0, 7), (100, 9), id=2, level=1, duration_s=150), 1),
    ]

    found = composite(profiles, station(), duration_s=350)

    assert limits(found) == [(0, 7.0), (100, 9.0), (150, 8.0), (200, 10.0)]


def purposes() -> list[InstalledProfile]:
    default = [(0, 6), (60, 10), (120, 8), (180, 15), (260, 8)]
    running = [(0, 8), (50, 11), (140, 16), (200, 6), (240, 12)]
    return [
        installed(profile((0, 10), id=1, purpose=MAX, duration_s=DAY_S)),
        installed(profile(*default, id=2, duration_s=300, valid_to=at(401)), 1),
        installed(tx(*running, id=3, duration_s=260, valid_to=at(401)), 1),
    ]


def test_combining_purposes_as_in_tc_k_41_and_tc_066() -> None:
    found = composite(purposes(), station(charging()))

    assert limits(found) == [(0, 8.0), (50, 10.0), (200, 6.0), (240, 10.0), (260, 8.0), (300, 10.0)]
    winners = [period.winner.profile_id for period in found.periods if period.winner]
    assert winners == [3, 1, 3, 1, 2, 1]


def test_no_profile_as_in_tc_k_39() -> None:
    found = composite([], station(), 0, duration_s=300)

    assert limits(found) == [(0, 96.0)]
    assert found.duration_s == 300


# -- which profile leads


def test_k01_fr_17_a_higher_stack_level_overrules_also_with_a_higher_limit() -> None:
    profiles = [installed(profile((0, 6), id=1)), installed(profile((0, 20), id=2, level=1))]

    assert limits(composite(profiles, station())) == [(0, 20.0)]


def test_k01_fr_14_a_default_on_evse_0_holds_on_every_evse() -> None:
    profiles = [installed(profile((0, 10)))]

    found = composite_schedules(profiles, station(), T0, 60, A)

    assert [limits(one) for one in found] == [[(0, 20.0)], [(0, 10.0)], [(0, 10.0)]]


def test_k01_fr_15_a_default_on_an_evse_holds_only_there() -> None:
    profiles = [installed(profile((0, 10)), 2)]

    assert limits(composite(profiles, station(), 1)) == [(0, 48.0)]
    assert limits(composite(profiles, station(), 2)) == [(0, 10.0)]


def test_in_16_the_default_of_a_connector_goes_before_that_of_connector_0() -> None:
    profiles = [
        installed(profile((0, 20), id=1, duration_s=100), 1),
        installed(profile((0, 10), id=2)),
    ]

    assert limits(composite(profiles, station(), 1)) == [(0, 20.0), (100, 10.0)]
    assert limits(composite(profiles, station(), 2)) == [(0, 10.0)]


def test_of_two_alike_the_one_installed_last_leads() -> None:
    profiles = [
        installed(profile((0, 20), id=1), sequence=8),
        installed(profile((0, 10), id=2), sequence=7),
    ]

    assert limits(composite(profiles, station())) == [(0, 20.0)]


def test_k02_fr_04_a_tx_profile_overrules_every_default() -> None:
    profiles = [installed(tx((0, 20)), 1), installed(profile((0, 6), id=2, level=9))]

    assert limits(composite(profiles, station(charging()))) == [(0, 20.0)]


def test_k02_fr_08_after_the_tx_profile_the_default_holds_again() -> None:
    profiles = [
        installed(tx((0, 20), duration_s=100), 1),
        installed(profile((0, 6), id=2, duration_s=200)),
        installed(profile((0, 30), id=3, purpose=MAX)),
    ]

    found = composite(profiles, station(charging()))

    assert limits(found) == [(0, 20.0), (100, 6.0), (200, 30.0)]


def test_k01_fr_04_a_tx_profile_holds_for_its_transaction_only() -> None:
    profiles = [
        installed(tx((0, 10), transaction_id="other"), 1),
        installed(tx((0, 12), id=2), 2),
    ]

    assert limits(composite(profiles, station(charging()))) == [(0, 48.0)]
    assert limits(composite(profiles, station())) == [(0, 48.0)]


def test_k08_fr_06_without_a_transaction_the_default_is_reported() -> None:
    profiles = [installed(tx((0, 10)), 1), installed(profile((0, 6), id=2))]

    assert limits(composite(profiles, station())) == [(0, 6.0)]


@pytest.mark.parametrize(("index", "limit"), [(0, 10.0), (1, 12.0), (2, 12.0)])
def test_k15_fr_22_the_chosen_schedule_of_a_tx_profile_counts(index: int, limit: float) -> None:
    value = evolve(tx(), schedules=(schedule((0, 10)), schedule((0, 12))))
    context = station(charging(schedule_index=index))

    assert limits(composite([installed(value, 1)], context)) == [(0, limit)]


def test_configured_purposes_are_ignored_offline() -> None:
    context = station(charging(), ignored_purposes=(MAX, Purpose.TX))

    found = composite(purposes(), context)

    assert limits(found)[:3] == [(0, 6.0), (60, 10.0), (120, 8.0)]


def test_a_profile_without_periods_says_nothing() -> None:
    empty = evolve(profile(), schedules=(schedule(),))
    none = evolve(profile(id=2), schedules=())

    assert limits(composite([installed(empty), installed(none)], station())) == [(0, 48.0)]


# -- the lowest of all


def test_k08_fr_04_the_lowest_of_the_purposes_holds() -> None:
    profiles = [
        installed(profile((0, 16), (100, 6), id=1)),
        installed(profile((0, 10), (200, 4), id=2, purpose=MAX)),
        installed(profile((0, 12), (50, 8), id=3, purpose=EXTERNAL), source=LimitSource.EMS),
    ]

    found = composite(profiles, station())

    assert limits(found) == [(0, 10.0), (50, 8.0), (100, 6.0), (200, 4.0)]


def test_sc_01_every_external_source_binds_on_its_own() -> None:
    low = profile((0, 6), id=1, purpose=EXTERNAL)
    high = profile((0, 20), id=2, level=3, purpose=EXTERNAL)
    ems, grid = LimitSource.EMS, LimitSource.SO

    two_sources = [installed(low, source=ems), installed(high, source=grid)]
    one_source = [installed(low, source=ems), installed(high, source=ems)]

    assert limits(composite(two_sources, station())) == [(0, 6.0)]
    assert limits(composite(one_source, station())) == [(0, 20.0)]


def test_an_external_limit_may_bind_one_evse() -> None:
    profiles = [installed(profile((0, 6), purpose=EXTERNAL), 2, source=LimitSource.EMS)]

    found = composite_schedules(profiles, station(), T0, 60, A)

    assert [limits(one) for one in found] == [[(0, 54.0)], [(0, 48.0)], [(0, 6.0)]]


def test_units_are_compared_by_what_they_allow() -> None:
    profiles = [
        installed(profile((0, 11_040), (100, 4_140), id=1, unit=W)),
        installed(profile((0, 10), id=2, purpose=MAX)),
    ]

    assert limits(composite(profiles, station())) == [(0, 10.0), (100, 6.0)]
    assert limits(composite(profiles, station(), unit=W)) == [(0, 6900.0), (100, 4140.0)]


def test_the_fewest_phases_hold_and_the_phase_that_is_named() -> None:
    one_phase = phased(profile((0, 16), (100, 16), id=1), (1, 2), (2, None))
    profiles = [installed(one_phase), installed(profile((0, 10), id=2, purpose=MAX))]

    amperes = composite(profiles, station())
    watts = composite(profiles, station(), unit=W)

    assert [period[1:4] for period in amperes.periods] == [(10.0, 1, 2), (10.0, 2, None)]
    assert [period[1:4] for period in watts.periods] == [(2300.0, 1, 2), (4600.0, 2, None)]


def test_k01_fr_50_watts_of_three_phases_do_not_all_go_to_one() -> None:
    one_phase = phased(profile((0, 32), id=1), (1, None))
    profiles = [installed(one_phase), installed(profile((0, 11_040), id=2, purpose=MAX, unit=W))]

    assert composite(profiles, station()).periods[0][1:3] == (16.0, 1)
    assert composite(profiles, station(), unit=W).periods[0][1:3] == (3680.0, 1)


def test_k01_fr_45_an_evse_with_fewer_phases_uses_those_it_has() -> None:
    context = station(EvseContext(1, phases=1))
    profiles = [installed(profile((0, 16)))]

    assert composite(profiles, context).periods[0][1:3] == (16.0, 1)
    assert composite(profiles, context, unit=W).periods[0][1:3] == (3680.0, 1)
    assert composite([], context).periods[0][1:3] == (48.0, 1)


def test_k01_fr_44_on_dc_there_are_no_phases() -> None:
    context = station(EvseContext(1, dc=True))
    one_phase = phased(profile((0, 50_000), id=1, unit=W), (1, 2))
    profiles = [installed(one_phase), installed(profile((0, 80_000), id=2, purpose=MAX, unit=W))]

    found = composite(profiles, context, unit=W)
    whole = composite(profiles, context, 0, unit=W)

    assert found.periods[0][1:4] == (50_000.0, None, None)
    assert whole.periods[0][1:4] == (50_000.0, None, None)


def test_limits_come_out_with_one_digit_rounded_towards_zero() -> None:
    profiles = [installed(profile((0, 5000), (60, 5001), (120, 4000.09), unit=W))]

    assert limits(composite(profiles, station())) == [(0, 7.2), (120, 5.7)]
    assert limits(composite(profiles, station(), unit=W))[2] == (120, 4000.0)


def test_equal_neighbours_are_one_period() -> None:
    profiles = [
        installed(profile((0, 10), (60, 10), (120, 8), id=1, duration_s=200)),
        installed(profile((0, 8), id=2, level=1, start=at(200), duration_s=50)),
    ]

    assert limits(composite(profiles, station())) == [(0, 10.0), (120, 8.0), (250, 48.0)]


# -- the station


def test_k04_fr_05_the_station_maximum_caps_the_sum_of_the_evses() -> None:
    profiles = [
        installed(profile((0, 10), (100, 20), (200, 30), id=1)),
        installed(profile((0, 32), id=2, purpose=MAX)),
    ]

    found = composite(profiles, station(), 0)

    assert limits(found) == [(0, 20.0), (100, 32.0)]
    assert [period.winner and period.winner.profile_id for period in found.periods] == [None, 2]


def test_k08_fr_03_an_evse_without_limit_counts_with_the_default() -> None:
    profiles = [installed(profile((0, 10)), 1)]

    assert limits(composite(profiles, station(), 0)) == [(0, 58.0)]
    assert limits(composite(profiles, station(), 0, unit=W)) == [(0, 40_020.0)]


def test_the_sum_counts_evses_of_one_phase_with_their_own_power() -> None:
    context = station(EvseContext(1, phases=1), EvseContext(2))
    profiles = [installed(profile((0, 10)))]

    assert composite(profiles, context, 0).periods[0][1:3] == (20.0, 3)
    assert composite(profiles, context, 0, unit=W).periods[0][1:3] == (9200.0, 3)


def test_a_cap_may_begin_and_end_within_the_window() -> None:
    value = profile((0, 30), purpose=MAX, start=at(50), duration_s=100)

    assert limits(composite([installed(value)], station(), 0)) == [
        (0, 96.0),
        (50, 30.0),
        (150, 96.0),
    ]


def test_a_station_without_evses_has_its_default() -> None:
    context = evolve(station(), evses=())

    assert limits(composite([], context, 0)) == [(0, 48.0)]


# -- asking


def test_k08_fr_05_an_unknown_evse_has_no_schedule() -> None:
    assert composite_schedule([], station(), 9, T0, duration_s=60, unit=A) is None
    assert limit_at([], station(), 9, T0, A) is None


def test_a_duration_of_zero_tells_what_holds_now() -> None:
    found = composite([installed(profile((0, 10), (1, 6)))], station(), duration_s=0)

    assert (limits(found), found.duration_s) == ([(0, 10.0)], 0)


def test_a_duration_above_the_maximum_is_cut() -> None:
    context = station(max_duration_s=100)
    found = composite([installed(profile((0, 10), (99, 6), (100, 8)))], context, duration_s=999)

    assert (limits(found), found.duration_s) == ([(0, 10.0), (99, 6.0)], 100)


def test_limit_at_tells_the_period_of_an_instant() -> None:
    profiles = [installed(profile((0, 10), (60, 6), level=3), 1)]

    before, after = (limit_at(profiles, station(), 1, at(moment), A) for moment in (59, 60))

    assert before is not None
    assert after is not None
    assert (before.limit, after.limit) == (10.0, 6.0)
    assert after.winner is not None
    assert (after.winner.stack_level, after.winner.source) == (3, LimitSource.CSO)


def test_the_next_change_is_the_first_boundary_of_any_schedule() -> None:
    profiles = [
        installed(profile((0, 10), (60, 10), (90, 6), id=1), 1),
        installed(profile((0, 10), (70, 6), id=2), 2),
    ]

    assert next_change(composite_schedules(profiles, station(), at(5), 600, A)) == at(70)
    assert next_change(composite_schedules([], station(), T0, 600, A)) is None


def test_the_minimum_charging_rate_is_that_of_the_winner_in_the_wanted_unit() -> None:
    value = with_schedule(profile((0, 10)), min_charging_rate=6.0)
    profiles = [installed(value), installed(profile((0, 30), id=2, purpose=MAX))]

    assert composite(profiles, station()).min_charging_rate == 6.0
    assert composite(profiles, station(), unit=W).min_charging_rate == 4140.0
    assert composite(profiles[1:], station()).min_charging_rate is None
    assert composite([], station()).min_charging_rate is None


def test_a_higher_level_recurring_exception_as_in_section_3_6_1() -> None:
    """A daily peak limit, none on Sundays (stack level 2), none at Christmas (level 3)."""
    peak = profile(
        (0, 2000),
        id=10,
        level=1,
        unit=W,
        start=at(17 * 3600 - 79 * DAY_S),
        duration_s=3 * 3600,
        kind=Kind.RECURRING,
        recurrency_kind=RecurrencyKind.DAILY,
    )
    sunday = profile(
        (0, 99_999),
        id=11,
        level=2,
        unit=W,
        start=at(-84 * DAY_S),
        duration_s=DAY_S,
        kind=Kind.RECURRING,
        recurrency_kind=RecurrencyKind.WEEKLY,
    )

    found = composite([installed(peak), installed(sunday)], station(), duration_s=2 * DAY_S, unit=W)

    assert limits(found) == [
        (0, 99_999.0),
        (DAY_S, 33_120.0),
        (DAY_S + 17 * 3600, 2000.0),
        (DAY_S + 20 * 3600, 33_120.0),
    ]
