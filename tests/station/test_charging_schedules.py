"""When composite schedules are computed, and when the hardware and the CSMS hear of a limit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from ocpp_iface.sim.bench import Bench
from ocpp_iface.smartcharging import (
    Candidate,
    ChargingProfile,
    ChargingSchedule,
    ClearCriteria,
    Kind,
    Purpose,
    RateUnit,
    RecurrencyKind,
    SchedulePeriod,
)
from ocpp_iface.station.smart_charging import SmartCharging

Make = Callable[..., Bench]
DAY_S = 86_400
DAILY: dict[str, Any] = {"recurrency_kind": RecurrencyKind.DAILY}


@pytest.fixture(params=["1.6", "2.0.1"])
def make(request: pytest.FixtureRequest) -> Iterator[Make]:
    made: list[Bench] = []

    def bench(**options: Any) -> Bench:
        made.append(Bench(request.param, **options))
        return made[-1]

    yield bench
    for each in made:
        each.check()


def smart(bench: Bench) -> SmartCharging:
    process: Any = bench.station.process
    service: SmartCharging = process.kernel._assembly.station.smart_charging
    return service


def computed(bench: Bench) -> int:
    return smart(bench).schedules.computations


def shown(bench: Bench, evse: int = 1) -> list[list[tuple[int, float]]]:
    """What was published of one EVSE: the (start, limit) of each schedule."""
    return [
        [(row.start_period, row.limit) for row in each.schedules[evse].charging_schedule_period]
        for each in bench.station.published["charging_schedules"]
    ]


def told(bench: Bench, evse: int = 1) -> list[float]:
    return [
        order.args[1].charging_schedule_period[0].limit
        for order in bench.station.hardware.log
        if order.method == "set_limit" and order.args[0] == evse
    ]


def default(
    bench: Bench, *rows: tuple[int, float], kind: Kind = Kind.ABSOLUTE, **fields: Any
) -> ChargingProfile:
    start = bench.world.wall() if kind is not Kind.RELATIVE else None
    schedule = ChargingSchedule(
        RateUnit.A,
        tuple(SchedulePeriod(at, limit) for at, limit in rows),
        start_schedule=start,
        duration_s=fields.pop("duration_s", None),
        min_charging_rate=fields.pop("min_charging_rate", None),
    )
    return ChargingProfile(1, 0, Purpose.TX_DEFAULT, kind, (schedule,), **fields)


def put(bench: Bench, profile: ChargingProfile, evse: int = 1) -> None:
    """As the CSMS would."""
    process: Any = bench.station.process
    kernel = process.kernel
    kernel.store.begin()
    assert smart(bench).profiles.set(Candidate(profile, evse)) is None
    kernel.store.commit()
    bench.run(0.5)
    settle(bench)


def settle(bench: Bench) -> None:
    """Any step will do; then the hardware has its orders."""
    bench.station.get("InternalCtrlr.CompositeScheduleInterval")
    bench.run(0.5)


def test_nothing_is_computed_while_nothing_changes(make: Make) -> None:
    bench = make()
    before, published = computed(bench), len(shown(bench))

    bench.run(3600)
    bench.session()

    assert computed(bench) == before
    assert len(shown(bench)) >= published + 120


def test_with_profiles_boundaries_and_intervals_cost_no_computation(make: Make) -> None:
    bench = make()
    put(bench, default(bench, (0, 16.0), (600, 10.0), (1800, 6.0)))
    before = computed(bench)

    bench.run(3600)

    assert computed(bench) == before
    assert told(bench)[-3:] == [16.0, 10.0, 6.0]


def test_what_comes_later_is_published_when_the_last_window_is_over(make: Make) -> None:
    bench = make(config={"charging_schedules_interval_s": 0})
    bench.run(7200)
    before = len(shown(bench))

    put(bench, default(bench, (0, 48.0), (300, 10.0)))

    assert [rows[:2] for rows in shown(bench)[before:]] == [[(0, 48.0), (300, 10.0)]]


def test_another_interval_counts_at_once(make: Make) -> None:
    bench = make(
        config={"charging_schedules_interval_s": 3600},
        variables={"InternalCtrlr.StandardKeysWritable": True},
    )
    before = len(shown(bench))

    bench.station.set("InternalCtrlr.CompositeScheduleInterval", "10")
    bench.run(61)

    assert len(shown(bench)) - before == 6


def test_a_day_ahead_is_computed_once_a_day(make: Make) -> None:
    bench = make(config={"charging_schedules_interval_s": 900})
    put(bench, default(bench, (0, 16.0), (43_200, 10.0), kind=Kind.RECURRING, **DAILY))
    before = computed(bench)

    bench.run(3 * DAY_S + 600)

    assert computed(bench) - before == 3
    assert told(bench)[-6:] == [10.0, 16.0] * 3


def test_one_step_computes_once_whatever_happens_in_it(make: Make) -> None:
    bench = make()
    before = computed(bench)
    process: Any = bench.station.process
    process.kernel.store.begin()
    for number in (1, 2, 3):
        profile = default(bench, (0, 10.0 + number))
        smart(bench).profiles.set(Candidate(profile, 1))
    process.kernel.store.commit()

    settle(bench)

    assert computed(bench) == before + 1
    assert told(bench)[-1] == 13.0


def test_a_relative_default_counts_from_now_until_a_transaction_starts(make: Make) -> None:
    bench = make()
    put(bench, default(bench, (0, 16.0), (100, 6.0), kind=Kind.RELATIVE))
    bench.run(300)
    waiting = shown(bench)[-1]

    bench.charging()
    bench.run(300)

    assert waiting == [(0, 16.0), (100, 6.0)]
    assert told(bench)[-2:] == [16.0, 6.0]


def test_a_limit_is_told_before_energy_is_permitted(make: Make) -> None:
    bench = make()
    put(bench, default(bench, (0, 16.0), (10_000, 6.0), kind=Kind.RELATIVE))
    bench.run(60)
    process: Any = bench.station.process
    smart_charging = smart(bench)
    process.kernel.store.begin()
    smart_charging.profiles.clear(ClearCriteria())
    process.kernel.store.commit()

    bench.charging()

    orders = [order.method for order in bench.station.hardware.log]
    assert "set_limit" in orders[: orders.index("permit_energy")]
    assert told(bench)[-1] == 48.0


def test_what_expired_is_removed(make: Make) -> None:
    bench = make()
    until = bench.world.wall() + timedelta(seconds=60)
    put(bench, default(bench, (0, 16.0), valid_to=until))
    assert len(smart(bench).profiles.installed) == 1

    bench.run(2 * DAY_S)

    assert told(bench)[-1] == 48.0
    assert smart(bench).profiles.installed == ()
    bench.power_cut()
    assert smart(bench).profiles.installed == ()


def test_a_minimum_rate_is_that_of_the_profile_that_holds(make: Make) -> None:
    bench = make()
    put(bench, default(bench, (0, 16.0), duration_s=100, min_charging_rate=5.0))
    with_minimum = bench.station.latest("charging_schedules").schedules[1]

    bench.run(120)

    assert with_minimum.min_charging_rate == 5.0
    assert bench.station.latest("charging_schedules").schedules[1].min_charging_rate is None


def test_a_charger_with_one_evse_gets_no_limit_for_the_whole(make: Make) -> None:
    bench = make(evses=(1,))

    assert told(bench, 0) == []
    assert told(bench, 1) == [48.0]


def test_a_charger_without_set_limit_is_not_asked(make: Make) -> None:
    bench = make(hardware_methods=frozenset({"permit_energy", "stop_energy"}))

    assert told(bench) == []
    assert shown(bench)[-1] == [(0, 48.0)]


def test_the_limits_hold_while_ocpp_is_stopped(make: Make) -> None:
    bench = make()
    put(bench, default(bench, (0, 16.0), (600, 10.0)))

    bench.station.ocpp.stop()
    bench.run(700)

    assert told(bench)[-1] == 10.0


@pytest.mark.parametrize(
    ("name", "value", "limits"),
    [
        ("SmartChargingCtrlr.CompositeScheduleDefaultLimitAmps", "20", [(0, 20.0)]),
        ("InternalCtrlr.CompositeScheduleUnit", "W", [(0, 33_120.0)]),
        ("SmartChargingCtrlr.Enabled", "false", [(0, 48.0)]),
    ],
)
def test_a_variable_that_matters_is_followed_at_once(
    make: Make, name: str, value: str, limits: list[tuple[int, float]]
) -> None:
    bench = make(variables={"InternalCtrlr.StandardKeysWritable": True})
    if name.endswith("Enabled"):
        put(bench, default(bench, (0, 16.0)))

    bench.station.set(name, value)
    bench.run(0.5)

    assert shown(bench)[-1] == limits
    assert told(bench)[-1] == limits[0][1]


def test_setting_the_clock_moves_absolute_schedules(make: Make) -> None:
    bench = make(config={"charging_schedules_interval_s": 0})
    put(bench, default(bench, (0, 16.0), (7200, 10.0)))

    bench.csms.clock_offset_s = 7200.0
    bench.run(DAY_S / 24)

    assert told(bench)[-1] == 10.0
