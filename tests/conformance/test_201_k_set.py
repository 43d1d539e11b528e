"""K, SetChargingProfile: what is accepted, what is refused, what is kept."""

from __future__ import annotations

import pytest
from profiles201 import (
    LOCAL_A,
    composite,
    install,
    moment,
    periods,
    profile,
    put,
    reported,
    schedule,
    station_max,
)

from ocpp_iface.sim.bench import Bench

units = pytest.mark.parametrize(("unit", "limit"), [("A", 6.0), ("W", 6000.0)])


@units
def test_tc_k_01_cs(bench: Bench, unit, limit):
    wanted = profile(21, "TxDefaultProfile", schedule((0, limit), unit=unit, duration=300))

    assert put(bench, 1, wanted) == "Accepted"

    assert reported(bench, chargingProfileId=[21]) == [(1, wanted)]


def test_tc_k_02_cs(bench: Bench):
    wanted = profile(1, "TxProfile", transactionId="UNKNOWN-TRANSACTION-ID")

    assert put(bench, 1, wanted) == "Rejected"


def test_tc_k_03_cs(bench: Bench):
    wanted = station_max(bench, 3, (0, 6.0))

    assert put(bench, 0, wanted) == "Accepted"

    assert reported(bench, chargingProfileId=[3]) == [(0, wanted)]


def test_tc_k_04_cs(bench: Bench):
    install(bench, 1, profile(4, "TxDefaultProfile"))
    wanted = profile(4, "TxDefaultProfile", schedule((0, 10.0)))

    assert put(bench, 1, wanted) == "Accepted"

    assert reported(bench, chargingProfileId=[4]) == [(1, wanted)]


def test_tc_k_10_cs(bench: Bench):
    wanted = profile(10, "TxDefaultProfile", schedule(duration=300))

    assert put(bench, 0, wanted) == "Accepted"

    assert reported(bench, chargingProfileId=[10]) == [(0, wanted)]


def test_tc_k_11_cs(bench: Bench):
    assert put(bench, 0, profile(11, "TxProfile", transactionId="any")) == "Rejected"


def test_tc_k_12_cs(make_bench):
    bench = make_bench(variables={"SmartChargingCtrlr.RateUnit": "A"})

    assert put(bench, 1, profile(12, "TxDefaultProfile", schedule(unit="W"))) == "Rejected"


def test_tc_k_13_cs(bench: Bench):
    wanted = profile(13, "TxDefaultProfile", schedule(duration=300))
    install(bench, 1, wanted)

    assert bench.call("Reset", type="Immediate")["status"] == "Accepted"
    bench.expect("BootNotification")
    bench.world.settle()

    assert reported(bench, chargingProfileId=[13]) == [(1, wanted)]


def test_tc_k_14_cs(bench: Bench):
    assert put(bench, 3, profile(14, "TxDefaultProfile")) == "Rejected"


def test_tc_k_16_cs(bench: Bench):
    bench.charging()
    wanted = profile(16, "TxProfile", transactionId="UNKNOWN-TRANSACTION-ID")

    assert put(bench, 1, wanted) == "Rejected"


@pytest.mark.parametrize("recurrence", ["Daily", "Weekly"])
def test_tc_k_19_cs(bench: Bench, recurrence):
    wanted = profile(
        19,
        "TxDefaultProfile",
        schedule(startSchedule=moment(bench)),
        kind="Recurring",
        recurrencyKind=recurrence,
    )

    assert put(bench, 1, wanted) == "Accepted"


def test_tc_k_21_cs(bench: Bench):
    install(bench, 1, profile(21, "TxDefaultProfile", validFrom=moment(bench, 300)))
    bench.run(4.0)

    (_, before), (starts, limit) = composite(bench, 1, 400)

    assert (before, limit) == (LOCAL_A, 6.0)
    assert 294 <= starts <= 297


def test_tc_k_22_cs(bench: Bench):
    wanted = profile(
        22,
        "TxDefaultProfile",
        schedule(startSchedule=moment(bench, -10)),
        kind="Absolute",
        validFrom=moment(bench, -10),
        validTo=moment(bench, 300),
    )
    install(bench, 1, wanted)
    bench.run(4.0)

    (_, limit), (ends, after) = composite(bench, 1, 400)

    assert (limit, after) == (6.0, LOCAL_A)
    assert 294 <= ends <= 297


def test_tc_k_23_cs(bench: Bench):
    later = schedule(startSchedule=moment(bench, 60))
    install(bench, 1, profile(23, "TxDefaultProfile", later, kind="Absolute"))
    bench.run(4.0)

    (_, before), (starts, limit) = composite(bench, 1, 300)

    assert (before, limit) == (LOCAL_A, 6.0)
    assert 54 <= starts <= 57


def test_tc_k_28_cs(bench: Bench):
    bench.charging()
    wanted = schedule(duration=410, startSchedule=moment(bench, -10))
    install(bench, 1, profile(28, "TxDefaultProfile", wanted, kind="Absolute"))

    assert composite(bench, 1, 300) == [(0, 6.0)]


def test_tc_k_60_cs(bench: Bench):
    bench.charging()
    wanted = profile(60, "TxProfile", transactionId=bench.transaction_id())

    assert put(bench, 1, wanted) == "Accepted"

    assert reported(bench, chargingProfileId=[60]) == [(1, wanted)]


def _started_with_a_profile(bench: Bench) -> dict:
    """The CSMS starts a transaction at a plugged-in EV. -> the profile it gave along"""
    bench.ev_connected()
    wanted = profile(37, "TxProfile", schedule((0, 6.0)))
    answer = bench.call(
        "RequestStartTransaction",
        evseId=1,
        remoteStartId=1,
        idToken={"idToken": "04AB12CD", "type": "ISO14443"},
        chargingProfile=wanted,
    )
    assert answer["status"] == "Accepted"
    bench.expect(
        "TransactionEvent", triggerReason="RemoteStart", transactionInfo={"remoteStartId": 1}
    )
    bench.expect(
        "TransactionEvent",
        triggerReason="ChargingStateChanged",
        transactionInfo={"chargingState": "Charging"},
    )
    return wanted


def test_tc_k_37_cs(bench: Bench):
    wanted = _started_with_a_profile(bench)

    ((evse, found),) = reported(bench, chargingProfileId=[37])

    assert evse == 1
    assert found.pop("transactionId") == bench.transaction_id()
    assert found == wanted
    assert composite(bench, 1, 60) == [(0, 6.0)]


def test_tc_k_38_cs(make_bench):
    bench = make_bench(variables={"SmartChargingCtrlr.Available": False})

    _started_with_a_profile(bench)

    assert (
        periods((0, LOCAL_A))[0]["limit"]
        == bench.station.latest("charging_schedules").schedules[1].charging_schedule_period[0].limit
    )
