"""What the CSMS hears of limits that others set, and of the needs and plans of vehicles."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.append(str(Path(__file__).parents[1] / "conformance"))

from profiles201 import composite, profile, put, reported, schedule

from ocpp_iface.sim.bench import Bench
from ocpp_iface.smartcharging import (
    AcNeeds,
    ChargingNeeds,
    ChargingSchedule,
    EnergyTransferMode,
    EvNeedsReport,
    EvSchedule,
    LimitSource,
    RateUnit,
    SchedulePeriod,
    constant_limit,
)
from ocpp_iface.station import reports

WITH_SCHEDULES = {"SmartChargingCtrlr.NotifyChargingLimitWithSchedules": True}
NEEDS = ChargingNeeds(
    EnergyTransferMode.AC_THREE_PHASE, ac=AcNeeds(20_000, 6, 32, 400), departure_time=None
)


def limit(
    bench: Bench,
    amps: float,
    evse: int = 0,
    source: LimitSource = LimitSource.EMS,
    **fields: Any,
) -> None:
    schedule = constant_limit(amps, RateUnit.A)
    bench.station.command(reports.SetExternalLimit(evse, schedule, source, **fields))


def release(bench: Bench, evse: int = 0, source: LimitSource | None = None) -> bool:
    return bool(bench.station.command(reports.ClearExternalLimit(evse, source)))


# -- limits ----------------------------------------------------------------------------------


def test_a_limit_of_the_station_is_told_and_binds_every_evse(bench):
    limit(bench, 20.0, grid_critical=True)

    told = bench.expect("NotifyChargingLimit")
    assert told == {"chargingLimit": {"chargingLimitSource": "EMS", "isGridCritical": True}}
    assert composite(bench, 1, 60) == composite(bench, 2, 60) == [(0, 20.0)]
    assert composite(bench, 0, 60) == [(0, 20.0)]


def test_a_limit_of_one_evse_names_it(bench):
    limit(bench, 20.0, 2, LimitSource.SO)

    told = bench.expect("NotifyChargingLimit")
    assert told == {"chargingLimit": {"chargingLimitSource": "SO"}, "evseId": 2}
    assert composite(bench, 1, 60) == [(0, 48.0)]


def test_the_schedule_is_told_if_that_is_wanted(make_bench):
    bench = make_bench(variables=WITH_SCHEDULES)
    rows = (SchedulePeriod(0, 20.0), SchedulePeriod(600, 10.0))
    given = ChargingSchedule(RateUnit.A, rows, duration_s=3600)
    bench.station.command(reports.SetExternalLimit(0, given, LimitSource.OTHER))

    (told,) = bench.expect("NotifyChargingLimit")["chargingSchedule"]

    assert told["chargingSchedulePeriod"] == [
        {"startPeriod": 0, "limit": 20.0},
        {"startPeriod": 600, "limit": 10.0},
    ]
    assert told["duration"] == 3600
    assert "startSchedule" in told


@pytest.mark.parametrize(("to", "significant"), [(20.1, False), (21.0, True), (19.0, True)])
def test_only_a_significant_change_is_told(bench, to, significant):
    limit(bench, 20.0)
    bench.expect("NotifyChargingLimit")

    limit(bench, to)

    if significant:
        bench.expect("NotifyChargingLimit")
    else:
        bench.csms.expect_none("NotifyChargingLimit", within_s=5)
    assert composite(bench, 1, 60) == [(0, to)]


def test_sources_bind_side_by_side(bench):
    limit(bench, 20.0)
    limit(bench, 10.0, source=LimitSource.SO)
    assert composite(bench, 1, 60) == [(0, 10.0)]

    assert release(bench, source=LimitSource.SO)

    bench.expect("ClearedChargingLimit", chargingLimitSource="SO")
    assert composite(bench, 1, 60) == [(0, 20.0)]
    assert [each["chargingProfilePurpose"] for _, each in reported(bench)] == [
        "ChargingStationExternalConstraints"
    ]


def test_a_limit_is_released_once(bench):
    limit(bench, 20.0, 1)

    assert release(bench, 1)
    assert not release(bench, 1)

    assert bench.expect("ClearedChargingLimit") == {"chargingLimitSource": "EMS", "evseId": 1}
    bench.csms.expect_none("ClearedChargingLimit", within_s=5)
    assert composite(bench, 1, 60) == [(0, 48.0)]


def test_the_rate_of_a_transaction_changes_with_the_limit(bench):
    bench.charging()
    bench.mark()

    limit(bench, 10.0)
    bench.expect("TransactionEvent", triggerReason="ChargingRateChanged")
    release(bench)
    bench.expect("TransactionEvent", triggerReason="ChargingRateChanged")


def test_a_limit_outlives_a_power_cut(bench):
    limit(bench, 10.0)

    bench.power_cut()
    bench.run(5)

    assert composite(bench, 1, 60) == [(0, 10.0)]
    assert release(bench)


def test_offline_the_newest_word_waits_for_the_csms(bench):
    limit(bench, 20.0)
    bench.expect("NotifyChargingLimit")
    bench.offline()
    limit(bench, 10.0)
    limit(bench, 5.0, 1)
    release(bench)

    bench.online()

    assert bench.expect("ClearedChargingLimit") == {"chargingLimitSource": "EMS"}
    assert bench.expect("NotifyChargingLimit")["evseId"] == 1
    bench.csms.expect_none("NotifyChargingLimit", within_s=30)


def test_of_what_a_loss_kept_from_leaving_the_newest_word_is_told(bench):
    bench.on("NotifyChargingLimit").silent()
    limit(bench, 20.0)
    bench.expect("NotifyChargingLimit")  # on the line; the others wait for its answer
    limit(bench, 10.0)
    release(bench)
    limit(bench, 5.0, 1)

    bench.offline()
    bench.mark()
    bench.online()

    assert bench.expect("ClearedChargingLimit") == {"chargingLimitSource": "EMS"}
    assert bench.expect("NotifyChargingLimit")["evseId"] == 1
    bench.csms.expect_none("NotifyChargingLimit", within_s=60)


def test_a_limit_that_the_csms_did_not_confirm_is_told_again_after_a_loss(bench):
    bench.on("NotifyChargingLimit").silent()
    limit(bench, 20.0)
    bench.expect("NotifyChargingLimit")
    limit(bench, 10.0, 1)
    limit(bench, 5.0, 1)
    bench.run(200)  # none of them is answered in time
    bench.on("NotifyChargingLimit").reply()

    bench.offline()
    bench.mark()
    bench.online()

    assert "evseId" not in bench.expect("NotifyChargingLimit")
    assert bench.expect("NotifyChargingLimit")["evseId"] == 1
    bench.csms.expect_none("NotifyChargingLimit", within_s=60)


def test_a_notification_that_is_refused_is_not_repeated(bench):
    bench.on("NotifyChargingLimit").error()

    limit(bench, 20.0)
    bench.expect("NotifyChargingLimit")

    bench.csms.expect_none("NotifyChargingLimit", within_s=60)
    bench.offline()
    bench.online()
    bench.csms.expect_none("NotifyChargingLimit", within_s=60)


# -- vehicles --------------------------------------------------------------------------------


@pytest.fixture
def session(bench: Bench) -> Iterator[Bench]:
    bench.charging()
    bench.mark()
    yield bench
    bench.check()


def needs(bench: Bench, tuples: int | None = None) -> None:
    bench.station.command(reports.ReportChargingNeeds(EvNeedsReport(1, NEEDS, tuples)))


def test_needs_of_an_ac_vehicle(session):
    needs(session)

    assert session.expect("NotifyEVChargingNeeds") == {
        "evseId": 1,
        "chargingNeeds": {
            "requestedEnergyTransfer": "AC_three_phase",
            "acChargingParameters": {
                "energyAmount": 20_000,
                "evMinCurrent": 6,
                "evMaxCurrent": 32,
                "evMaxVoltage": 400,
            },
        },
    }


def test_after_the_needs_up_to_three_schedules_of_so_many_periods(session):
    needs(session, 2)
    session.expect("NotifyEVChargingNeeds")
    transaction = {"transactionId": session.transaction_id()}
    three = [schedule((0, limit), (60, 6.0)) for limit in (10.0, 12.0, 14.0)]

    long = schedule((0, 6.0), (60, 7.0), (90, 8.0))
    assert put(session, 1, profile(1, "TxProfile", long, **transaction)) == "Rejected"
    assert put(session, 1, profile(1, "TxProfile", *three, **transaction)) == "Accepted"

    offered = session.station.command(reports.OfferSchedules(1, 300))
    firsts = [each.charging_schedule_period[0].limit for each in offered]
    assert firsts == [10.0, 12.0, 14.0]
    assert composite(session, 1, 30) == [(0, 10.0)]
    session.station.command(reports.ReportChargingPlan(1, None, 2))
    assert composite(session, 1, 30) == [(0, 14.0)]


def test_before_the_needs_are_told_no_profile_for_the_session(session):
    session.on("NotifyEVChargingNeeds").delay(5.0)
    needs(session)
    session.expect("NotifyEVChargingNeeds")
    wanted = profile(1, "TxProfile", transactionId=session.transaction_id())

    early = session.call("SetChargingProfile", evseId=1, chargingProfile=wanted)
    session.run(6.0)

    assert early["statusInfo"]["reasonCode"] == "InvalidMessageSeq"
    assert put(session, 1, wanted) == "Accepted"


@pytest.mark.parametrize(("limit_a", "fits"), [(10.0, True), (10.1, False)])
def test_a_plan_is_judged_and_told_in_any_case(session, limit_a, fits):
    wanted = profile(1, "TxProfile", schedule((0, 10.0)), transactionId=session.transaction_id())
    assert put(session, 1, wanted) == "Accepted"
    planned = ChargingSchedule(RateUnit.A, (SchedulePeriod(0, limit_a),), duration_s=60)
    plan = EvSchedule(1, session.world.wall(), planned)

    assert session.station.command(reports.ReportChargingPlan(1, plan)) is fits

    told = session.expect("NotifyEVChargingSchedule", evseId=1)
    assert told["chargingSchedule"]["chargingSchedulePeriod"][0]["limit"] == limit_a


@pytest.mark.parametrize(("duration_s", "fits"), [(600, True), (1200, False)])
def test_a_plan_is_judged_to_its_end(session, duration_s, fits):
    allowed = schedule((0, 10.0), (900, 6.0))
    wanted = profile(1, "TxProfile", allowed, transactionId=session.transaction_id())
    assert put(session, 1, wanted) == "Accepted"
    planned = ChargingSchedule(RateUnit.A, (SchedulePeriod(0, 8.0),), duration_s=duration_s)

    plan = reports.ReportChargingPlan(1, EvSchedule(1, session.world.wall(), planned))

    assert session.station.command(plan) is fits


def test_offline_the_vehicle_charges_by_what_is_installed(session):
    session.offline()
    needs(session)
    session.run(5)

    assert session.station.command(reports.ReportChargingPlan(1)) is True
    session.online()

    session.csms.expect_none("NotifyEVChargingNeeds", within_s=10)


def test_the_next_session_negotiates_anew(session):
    needs(session)
    session.expect("NotifyEVChargingNeeds")
    session.stop_authorized()
    session.unplugged()
    session.charging()

    two = [schedule(), schedule()]
    wanted = profile(1, "TxProfile", *two, transactionId=session.transaction_id())

    assert put(session, 1, wanted) == "Rejected"
