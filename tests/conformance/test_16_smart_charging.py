"""1.6 Smart Charging."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from ocpp_iface.sim.bench import TOKEN, Bench
from ocpp_iface.types.moments import format_moment

Json = dict[str, Any]
LOCAL_A = 48.0
units = pytest.mark.parametrize(("unit", "times"), [("A", 1), ("W", 1000)])


def moment(bench: Bench, after_s: float = 0.0) -> str:
    return format_moment(bench.world.wall() + timedelta(seconds=after_s))


def profile(
    bench: Bench,
    number: int,
    purpose: str,
    *rows: tuple[int, float],
    unit: str = "A",
    duration: int = 300,
    level: int = 0,
    **fields: Any,
) -> Json:
    """Absolute, since five seconds ago."""
    return {
        "chargingProfileId": number,
        "stackLevel": level,
        "chargingProfilePurpose": purpose,
        "chargingProfileKind": "Absolute",
        "chargingSchedule": {
            "duration": duration,
            "startSchedule": moment(bench, -5),
            "chargingRateUnit": unit,
            "chargingSchedulePeriod": [
                {"startPeriod": start, "limit": limit, "numberPhases": 3} for start, limit in rows
            ],
        },
        **fields,
    }


def validity(bench: Bench) -> Json:
    return {"validFrom": moment(bench, -5), "validTo": moment(bench, 396)}


def put(bench: Bench, connector: int, wanted: Json) -> str:
    """SetChargingProfile. -> its status"""
    answer = bench.call("SetChargingProfile", connectorId=connector, csChargingProfiles=wanted)
    return str(answer["status"])


def scaled(times: int, *rows: tuple[int, float]) -> list[tuple[int, float]]:
    return [(start, limit * float(times)) for start, limit in rows]


def composite(
    bench: Bench, duration: int, unit: str = "A", times: int = 1
) -> list[tuple[int, float]]:
    """GetCompositeSchedule of connector 1: (start, limit in A or kW) of its periods."""
    asked = moment(bench)
    answer = bench.call(
        "GetCompositeSchedule", connectorId=1, duration=duration, chargingRateUnit=unit
    )
    found = answer["chargingSchedule"]
    assert (answer["status"], answer["connectorId"]) == ("Accepted", 1)
    assert asked[:19] <= answer["scheduleStart"][:19] <= moment(bench, 1)[:19]
    assert found["startSchedule"] == answer["scheduleStart"]
    assert (found["duration"], found["chargingRateUnit"]) == (duration, unit)
    return [(row["startPeriod"], row["limit"] / times) for row in found["chargingSchedulePeriod"]]


def assert_shifted(found: list[tuple[int, float]], *expected: tuple[int, float]) -> None:
    """The periods, shifted by the seconds that have passed since they began (five, or a little
    more).
    """
    assert [limit for _, limit in found] == [limit for _, limit in expected]
    passed = expected[1][0] - found[1][0]
    assert 5 <= passed <= 7
    assert [start + passed for start, _ in found[1:]] == [start for start, _ in expected[1:]]


@units
def test_tc_056_cs(bench16: Bench, unit, times):
    wanted = profile(bench16, 56, "TxDefaultProfile", (0, 6.0 * times), unit=unit)

    assert put(bench16, 1, wanted) == "Accepted"

    assert composite(bench16, 200, unit, times) == [(0, 6.0)]


@units
def test_tc_057_cs(bench16: Bench, unit, times):
    bench16.charging()
    named = {"transactionId": int(bench16.transaction_id())}
    wanted = profile(bench16, 57, "TxProfile", (0, 6.0 * times), unit=unit, **named)

    assert put(bench16, 1, wanted) == "Accepted"

    assert composite(bench16, 200, unit, times) == [(0, 6.0)]


def test_tc_058_1_cs(bench16: Bench):
    assert put(bench16, 1, profile(bench16, 58, "TxProfile", (0, 6.0), transactionId=1)) == (
        "Rejected"
    )


def test_tc_058_2_cs(bench16: Bench):
    bench16.charging()
    other = int(bench16.transaction_id()) + 1

    wanted = profile(bench16, 58, "TxProfile", (0, 6.0), transactionId=other)

    assert put(bench16, 1, wanted) == "Rejected"


def _remote_start(bench: Bench, wanted: Json) -> str:
    answer = bench.call(
        "RemoteStartTransaction", connectorId=1, idTag=TOKEN, chargingProfile=wanted
    )
    return str(answer["status"])


def test_tc_059_cs(bench16: Bench):
    bench16.ev_connected()

    assert _remote_start(bench16, profile(bench16, 59, "TxProfile", (0, 6.0))) == "Accepted"

    bench16.expect("StartTransaction", connectorId=1, idTag=TOKEN)
    bench16.expect_status("Charging")
    assert composite(bench16, 200) == [(0, 6.0)]


def test_tc_060_cs(bench16: Bench):
    bench16.ev_connected()

    assert _remote_start(bench16, profile(bench16, 60, "TxDefaultProfile", (0, 6.0))) == "Rejected"

    bench16.csms.expect_none("StartTransaction", within_s=5)


@units
def test_tc_066_cs(bench16: Bench, unit, times):
    bench16.charging()
    named = {"transactionId": int(bench16.transaction_id()), **validity(bench16)}
    whole = scaled(times, (0, 10))
    default = scaled(times, (0, 6), (60, 10), (120, 8), (180, 15), (260, 8))
    own = scaled(times, (0, 8), (50, 11), (140, 16), (200, 6), (240, 12))
    for connector, wanted in (
        (0, profile(bench16, 1, "ChargePointMaxProfile", *whole, unit=unit, duration=86_400)),
        (1, profile(bench16, 2, "TxDefaultProfile", *default, unit=unit, **validity(bench16))),
        (1, profile(bench16, 3, "TxProfile", *own, unit=unit, duration=260, **named)),
    ):
        assert put(bench16, connector, wanted) == "Accepted"

    found = composite(bench16, 400, unit, times)

    assert_shifted(found, (0, 8), (50, 10), (200, 6), (240, 10), (260, 8), (300, 10))


@units
def test_tc_067_cs(bench16: Bench, unit, times):
    first = scaled(times, (0, 6), (60, 8), (200, 10))
    second = scaled(times, (0, 7), (100, 9))
    whole = scaled(times, (0, 11), (200, 12))
    limited = validity(bench16)
    for connector, wanted in (
        (1, profile(bench16, 1, "TxDefaultProfile", *first, unit=unit, duration=400, level=1)),
        (1, profile(bench16, 2, "TxDefaultProfile", *second, unit=unit, duration=400, **limited)),
        (
            0,
            profile(
                bench16, 3, "ChargePointMaxProfile", *whole, unit=unit, duration=86_400, **limited
            ),
        ),
    ):
        assert put(bench16, connector, wanted) == "Accepted"

    assert bench16.call("ClearChargingProfile", id=1) == {"status": "Accepted"}
    assert_shifted(composite(bench16, 350, unit, times), (0, 7), (100, 9))

    criteria = {"chargingProfilePurpose": "TxDefaultProfile", "stackLevel": 0}
    assert bench16.call("ClearChargingProfile", **criteria) == {"status": "Accepted"}
    assert_shifted(composite(bench16, 350, unit, times), (0, 11), (200, 12))

    assert bench16.call("ClearChargingProfile") == {"status": "Accepted"}
    ((start, limit),) = composite(bench16, 350, unit, times)
    assert (start, limit) == (0, LOCAL_A if unit == "A" else 33.12)


@units
def test_tc_072_cs(bench16: Bench, unit, times):
    low = scaled(times, (0, 6), (100, 8), (200, 10))
    high = scaled(times, (0, 7), (100, 9))
    fields: Json = {"unit": unit, **validity(bench16)}
    first = profile(bench16, 1, "TxDefaultProfile", *low, duration=400, **fields)
    second = profile(bench16, 2, "TxDefaultProfile", *high, duration=150, level=1, **fields)
    assert put(bench16, 1, first) == "Accepted"
    assert put(bench16, 1, second) == "Accepted"

    found = composite(bench16, 350, unit, times)

    assert_shifted(found, (0, 7), (100, 9), (150, 8), (200, 10))


@units
def test_tc_082_cs(bench16: Bench, unit, times):
    bench16.charging()

    wanted = profile(bench16, 82, "TxDefaultProfile", (0, 6.0 * times), unit=unit)

    assert put(bench16, 1, wanted) == "Accepted"
    assert composite(bench16, 200, unit, times) == [(0, 6.0)]
