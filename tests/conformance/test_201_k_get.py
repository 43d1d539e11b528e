"""K, GetChargingProfiles, ClearChargingProfile and GetCompositeSchedule."""

from __future__ import annotations

import pytest
from profiles201 import (
    LOCAL_A,
    clear,
    composite,
    install,
    moment,
    profile,
    reported,
    schedule,
    station_max,
)

from ocpp_iface.sim.bench import Bench

units = pytest.mark.parametrize(("unit", "times"), [("A", 1), ("W", 1000)])


def two_profiles(bench: Bench, levels: tuple[int, int] = (0, 0)) -> tuple[dict, dict]:
    """A maximum of the station, and a default of EVSE 1, both installed."""
    whole = station_max(bench, 1, level=levels[0])
    default = profile(2, "TxDefaultProfile", level=levels[1])
    install(bench, 0, whole)
    install(bench, 1, default)
    return whole, default


# -- clear -----------------------------------------------------------------------------------


def test_tc_k_05_cs(bench: Bench):
    install(bench, 1, profile(5, "TxDefaultProfile"))

    assert clear(bench, 5) == "Accepted"

    assert reported(bench, chargingProfileId=[5]) == []


def test_tc_k_06_cs(bench: Bench):
    install(bench, 1, profile(6, "TxDefaultProfile", level=1))
    bench.charging()

    assert clear(bench, chargingProfilePurpose="TxDefaultProfile", stackLevel=1) == "Accepted"

    assert reported(bench, chargingProfilePurpose="TxDefaultProfile", stackLevel=1) == []


def test_tc_k_07_cs(bench: Bench):
    install(bench, 1, profile(7, "TxDefaultProfile", level=1))

    criteria = {"chargingProfilePurpose": "ChargingStationMaxProfile", "stackLevel": 0}
    assert clear(bench, **criteria) == "Unknown"

    assert len(reported(bench)) == 1


def test_tc_k_08_cs(bench: Bench):
    assert clear(bench, 8) == "Unknown"


@units
def test_tc_k_09_cs(bench: Bench, unit, times):
    default = schedule((0, 6.0 * times), unit=unit, duration=410, startSchedule=moment(bench))
    install(bench, 1, profile(9, "TxDefaultProfile", default, kind="Absolute"))
    bench.charging()
    assert composite(bench, 1, 300, unit) == [(0, 6.0 * times)]

    assert clear(bench, chargingProfilePurpose="TxDefaultProfile") == "Accepted"

    ((start, limit),) = composite(bench, 1, 300, unit)
    assert start == 0
    assert limit > 6.0 * times


def test_tc_k_24_cs(bench: Bench):
    install(bench, 1, profile(24, "TxDefaultProfile", level=1))
    install(bench, 2, profile(25, "TxDefaultProfile", level=1))

    assert clear(bench, chargingProfilePurpose="TxDefaultProfile", stackLevel=1) == "Accepted"

    assert reported(bench, chargingProfilePurpose="TxDefaultProfile", stackLevel=1) == []


# -- get -------------------------------------------------------------------------------------


def test_tc_k_29_cs(bench: Bench):
    whole, _ = two_profiles(bench)

    assert reported(bench, 0) == [(0, whole)]


def test_tc_k_30_cs(bench: Bench):
    _, default = two_profiles(bench)

    assert reported(bench, 1) == [(1, default)]


def test_tc_k_31_cs(bench: Bench):
    whole, default = two_profiles(bench)

    assert reported(bench) == [(0, whole), (1, default)]


def test_tc_k_32_cs(bench: Bench):
    whole, _ = two_profiles(bench)

    assert reported(bench, chargingProfileId=[1]) == [(0, whole)]


def test_tc_k_33_cs(bench: Bench):
    _, default = two_profiles(bench, (1, 2))

    assert reported(bench, 1, stackLevel=2) == [(1, default)]
    assert reported(bench, 1, stackLevel=1) == []


def test_tc_k_34_cs(bench: Bench):
    wanted = profile(34, "TxDefaultProfile", level=1)
    install(bench, 1, wanted)

    assert reported(bench, 1, chargingLimitSource=["CSO"]) == [(1, wanted)]
    assert reported(bench, 1, chargingLimitSource=["SO"]) == []


def test_tc_k_35_cs(bench: Bench):
    _, default = two_profiles(bench)
    bench.charging()

    assert reported(bench, 1, chargingProfilePurpose="TxDefaultProfile") == [(1, default)]


def test_tc_k_36_cs(bench: Bench):
    _, default = two_profiles(bench, (3, 3))

    found = reported(bench, 1, chargingProfilePurpose="TxDefaultProfile", stackLevel=3)

    assert found == [(1, default)]


# -- composite schedules ---------------------------------------------------------------------


def test_tc_k_39_cs(bench: Bench):
    assert composite(bench, 0, 300) == [(0, 2 * LOCAL_A)]


@units
def test_tc_k_40_cs(bench: Bench, unit, times):
    begin = moment(bench, -5)

    def rows(*given: tuple[int, int], duration: int) -> dict:
        scaled = [(start, limit * float(times)) for start, limit in given]
        return schedule(*scaled, unit=unit, duration=duration, startSchedule=begin)

    low = rows((0, 6), (100, 8), (200, 10), duration=400)
    high = rows((0, 7), (100, 9), duration=150)
    install(bench, 1, profile(1, "TxDefaultProfile", low, kind="Absolute"))
    install(bench, 1, profile(2, "TxDefaultProfile", high, kind="Absolute", level=1))

    found = composite(bench, 1, 350, unit)

    assert [limit / times for _, limit in found] == [7.0, 9.0, 8.0, 10.0]
    passed = 100 - found[1][0]
    assert 5 <= passed <= 7
    assert [start for start, _ in found] == [0, 100 - passed, 150 - passed, 200 - passed]


@units
def test_tc_k_41_cs(bench: Bench, unit, times):
    bench.charging()
    begin = moment(bench, -5)

    def rows(*given: tuple[int, int], duration: int) -> dict:
        scaled = [(start, limit * float(times)) for start, limit in given]
        return schedule(*scaled, unit=unit, duration=duration, startSchedule=begin)

    default = rows((0, 6), (60, 10), (120, 8), (180, 15), (260, 8), duration=300)
    own = rows((0, 8), (50, 11), (140, 16), (200, 6), (240, 12), duration=260)
    whole = rows((0, 10), duration=86_400)
    install(bench, 0, profile(1, "ChargingStationMaxProfile", whole, kind="Absolute"))
    install(bench, 1, profile(2, "TxDefaultProfile", default, kind="Absolute"))
    named = {"transactionId": bench.transaction_id()}
    install(bench, 1, profile(3, "TxProfile", own, kind="Absolute", **named))

    found = composite(bench, 1, 400, unit)

    assert [limit / times for _, limit in found] == [8.0, 10.0, 6.0, 10.0, 8.0, 10.0]
    passed = 50 - found[1][0]
    assert 5 <= passed <= 7
    assert [start + passed for start, _ in found[1:]] == [50, 200, 240, 260, 300]


def test_tc_k_42_cs(make_bench):
    bench = make_bench(variables={"SmartChargingCtrlr.RateUnit": "A"})

    answer = bench.call("GetCompositeSchedule", evseId=0, duration=300, chargingRateUnit="W")

    assert answer["status"] == "Rejected"
    assert "schedule" not in answer


def test_tc_k_47_cs(bench: Bench):
    answer = bench.call("GetCompositeSchedule", evseId=3, duration=300, chargingRateUnit="A")

    assert answer["status"] == "Rejected"
    assert "schedule" not in answer
