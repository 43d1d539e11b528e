"""The var `charging_schedules`: when it is published, and what it says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from ocpp_iface.sim import Bench
from ocpp_iface.types import ChargingSchedules
from ocpp_iface.types.moments import format_moment

Make = Callable[..., Bench]
DEFAULT = [(0, 48.0)]
QUIET = {"charging_schedules_interval_s": 0}


def published(bench: Bench) -> list[ChargingSchedules]:
    return list(bench.station.published.get("charging_schedules", ()))


def periods(schedules: ChargingSchedules, evse: int) -> list[tuple[int, float]]:
    (wanted,) = [each for each in schedules.schedules if each.evse == evse]
    return [(row.start_period, row.limit) for row in wanted.charging_schedule_period]


def moment(bench: Bench, after_s: float = 0.0) -> str:
    return format_moment(bench.world.wall() + timedelta(seconds=after_s))


def put(
    bench: Bench, purpose: str, *rows: tuple[int, float], connector: int = 1, **fields: Any
) -> None:
    """The CSMS sets a profile, in the words of the version; absolute, from now on."""
    kind = fields.pop("kind", "Absolute")
    number, level = fields.pop("number", 1), fields.pop("level", 0)
    body: dict[str, Any] = {
        "chargingRateUnit": fields.pop("unit", "A"),
        "chargingSchedulePeriod": [{"startPeriod": start, "limit": limit} for start, limit in rows],
    }
    if kind == "Absolute":
        body["startSchedule"] = moment(bench)
    profile = {
        "stackLevel": level,
        "chargingProfilePurpose": purpose,
        "chargingProfileKind": kind,
        **fields,
    }
    if bench.is16:
        if purpose == "ChargingStationMaxProfile":
            profile["chargingProfilePurpose"] = "ChargePointMaxProfile"
        profile |= {"chargingProfileId": number, "chargingSchedule": body}
        request = {"connectorId": connector, "csChargingProfiles": profile}
    else:
        profile |= {"id": number, "chargingSchedule": [{"id": 1, **body}]}
        request = {"evseId": connector, "chargingProfile": profile}
    assert bench.call("SetChargingProfile", **request)["status"] == "Accepted"


def clear(bench: Bench, number: int) -> None:
    name = "id" if bench.is16 else "chargingProfileId"
    assert bench.call("ClearChargingProfile", **{name: number})["status"] == "Accepted"


def test_at_start_it_is_the_default_limit_of_the_station_and_each_evse(make: Make) -> None:
    bench = make(boot=False)
    bench.station.boot()

    first = published(bench)[0]

    assert [each.evse for each in first.schedules] == [0, 1, 2]
    assert [periods(first, evse) for evse in (0, 1, 2)] == [[(0, 96.0)], DEFAULT, DEFAULT]
    for each in first.schedules:
        assert each.charging_rate_unit == "A"
        assert each.duration == 600
        assert each.start_schedule == bench.world.wall().replace(microsecond=0)


def test_the_default_limit_window_and_unit_are_configured(make: Make) -> None:
    bench = make(
        variables={"SmartChargingCtrlr.CompositeScheduleDefaultLimitWatts": 22_000},
        config={"charging_schedules_window_s": 900, "charging_schedules_unit": "W"},
    )

    first = published(bench)[0]

    assert periods(first, 1) == [(0, 22_000.0)]
    assert {(each.charging_rate_unit, each.duration) for each in first.schedules} == {("W", 900)}


def test_at_the_interval_from_the_moment_it_is_published(bench: Bench) -> None:
    before = len(published(bench))
    bench.run(95)

    latest = published(bench)[before:]

    assert len(latest) == 3
    starts = [each.schedules[0].start_schedule for each in latest]
    assert starts[1] - starts[0] == starts[2] - starts[1] == timedelta(seconds=30)
    assert all(periods(each, 1) == DEFAULT for each in latest)


def test_without_an_interval_only_on_change(make: Make) -> None:
    bench = make(config=QUIET)
    before = len(published(bench))

    bench.run(3600)
    bench.session()

    assert len(published(bench)) == before


def test_the_interval_can_be_changed_while_the_station_runs(make: Make) -> None:
    bench = make(variables={"InternalCtrlr.StandardKeysWritable": True})
    bench.station.set("InternalCtrlr.CompositeScheduleInterval", "300")
    before = len(published(bench))

    bench.run(301)

    assert len(published(bench)) == before + 1


def test_after_a_profile_and_after_it_is_cleared(make: Make) -> None:
    bench = make(config=QUIET)
    before = len(published(bench))

    put(bench, "TxDefaultProfile", (0, 16.0), (120, 10.0))
    with_profile = published(bench)[before:]
    clear(bench, 1)
    without = published(bench)[before + 1 :]

    assert len(with_profile) == 1
    assert periods(with_profile[0], 1) in ([(0, 16.0), (119, 10.0)], [(0, 16.0), (120, 10.0)])
    assert periods(with_profile[0], 2) == DEFAULT
    assert with_profile[0].schedules[1].charging_schedule_period[0].stack_level == 0
    assert len(without) == 1
    assert periods(without[0], 1) == DEFAULT


def test_at_a_boundary_that_changes_a_limit_to_the_second(make: Make) -> None:
    bench = make(config=QUIET)
    put(bench, "TxDefaultProfile", (0, 16.0), (120, 10.0), (3000, 10.0), (4000, 6.0))
    begun = bench.world.wall()
    before = len(published(bench))

    bench.run(3900)
    assert len(published(bench)) == before + 1  # the period that changes nothing is not shown
    bench.run(200)

    at_120, at_4000 = published(bench)[before:]
    assert periods(at_120, 1)[0] == (0, 10.0)
    assert periods(at_4000, 1) == [(0, 6.0)]
    passed = at_4000.schedules[0].start_schedule - at_120.schedules[0].start_schedule
    assert passed == timedelta(seconds=3880)
    assert abs((at_120.schedules[0].start_schedule - begun).total_seconds() - 120) <= 1


def test_a_limit_of_the_station_binds_every_evse(make: Make) -> None:
    bench = make(config=QUIET)

    put(bench, "ChargingStationMaxProfile", (0, 20.0), connector=0)

    assert [periods(published(bench)[-1], evse) for evse in (0, 1, 2)] == [[(0, 20.0)]] * 3


def test_a_profile_of_a_transaction_goes_with_it(make: Make) -> None:
    bench = make(config=QUIET)
    bench.charging()
    running = bench.transaction_id()
    put(
        bench,
        "TxProfile",
        (0, 12.0),
        kind="Relative",
        transactionId=int(running) if bench.is16 else running,
    )
    assert periods(published(bench)[-1], 1) == [(0, 12.0)]

    bench.stop_authorized()
    bench.run(1)

    assert periods(published(bench)[-1], 1) == DEFAULT


def test_a_restart_changes_nothing(make: Make) -> None:
    bench = make(config=QUIET)
    put(bench, "TxDefaultProfile", (0, 16.0), (30_000, 10.0))
    before = published(bench)[-1]

    bench.power_cut()
    bench.run(1)

    assert periods(published(bench)[-1], 1) == periods(before, 1)


def test_the_hardware_is_told_each_new_limit_once(make: Make) -> None:
    bench = make()
    bench.run(300)
    put(bench, "TxDefaultProfile", (0, 16.0), (120, 10.0))
    bench.run(600)

    told = [
        (order.args[0], order.args[1].charging_schedule_period[0].limit)
        for order in bench.station.hardware.log
        if order.method == "set_limit"
    ]

    assert told[:3] == [(0, 96.0), (1, 48.0), (2, 48.0)]
    assert [limit for evse, limit in told[3:] if evse == 1] == [16.0, 10.0]
    assert [limit for evse, limit in told[3:] if evse == 2] == []


@pytest.mark.parametrize("ignored", ["", "TxDefaultProfile"])
def test_offline_the_configured_purposes_are_ignored(make: Make, ignored: str) -> None:
    bench = make(
        config=QUIET, variables={"SmartChargingCtrlr.IgnoredProfilePurposesOffline": ignored}
    )
    put(bench, "TxDefaultProfile", (0, 16.0))

    bench.offline()
    bench.run(1)
    offline = periods(published(bench)[-1], 1)
    bench.online()
    bench.run(1)

    assert offline == (DEFAULT if ignored else [(0, 16.0)])
    assert periods(published(bench)[-1], 1) == [(0, 16.0)]


def test_the_same_profiles_make_the_same_schedules_on_both_versions(
    make_bench: Callable[..., Bench],
) -> None:
    said = []
    for version in ("1.6", "2.0.1"):
        bench = make_bench(version, evses=(1, 2), config=QUIET)
        bench.run(60 - bench.world.scheduler.now)
        put(bench, "TxDefaultProfile", (0, 16.0), (120, 10.0), (3000, 8.0), connector=0)
        put(bench, "TxDefaultProfile", (0, 4000.0), (600, 2000.0), number=2, level=3, unit="W")
        put(bench, "ChargingStationMaxProfile", (0, 30.0), (60, 20.0), number=3, connector=0)
        bench.run(7200)
        said.append(published(bench)[-12:])

    assert len(said[0]) > 4
    assert said[0] == said[1]
