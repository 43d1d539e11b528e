"""What the CSMS says about charging profiles in the 2.0.1 cases, and what it reads back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from ocpp_iface.sim.bench import Bench
from ocpp_iface.types.moments import format_moment

Json = dict[str, Any]

LOCAL_A = 48.0
"""What an EVSE may draw where no profile says anything."""


def moment(bench: Bench, after_s: float = 0.0) -> str:
    return format_moment(bench.world.wall() + timedelta(seconds=after_s))


def periods(*rows: tuple[int, float]) -> list[Json]:
    return [{"startPeriod": start, "limit": limit, "numberPhases": 3} for start, limit in rows]


def schedule(*rows: tuple[int, float], unit: str = "A", **fields: Any) -> Json:
    """Of one period (0, 6) if none is given."""
    listed = periods(*(rows or ((0, 6.0),)))
    return {"id": 1, "chargingRateUnit": unit, "chargingSchedulePeriod": listed, **fields}


def profile(
    number: int,
    purpose: str,
    *schedules: Json,
    kind: str = "Relative",
    level: int = 0,
    **fields: Any,
) -> Json:
    return {
        "id": number,
        "stackLevel": level,
        "chargingProfilePurpose": purpose,
        "chargingProfileKind": kind,
        "chargingSchedule": list(schedules) or [schedule()],
        **fields,
    }


def station_max(bench: Bench, number: int, *rows: tuple[int, float], level: int = 0) -> Json:
    return profile(
        number,
        "ChargingStationMaxProfile",
        schedule(*(rows or ((0, 10.0),)), duration=86_400, startSchedule=moment(bench)),
        kind="Absolute",
        level=level,
    )


def put(bench: Bench, evse: int, wanted: Json) -> str:
    """SetChargingProfile. -> its status"""
    return str(bench.call("SetChargingProfile", evseId=evse, chargingProfile=wanted)["status"])


def install(bench: Bench, evse: int, *wanted: Json) -> None:
    for each in wanted:
        assert put(bench, evse, each) == "Accepted"


def reported(bench: Bench, evse: int | None = None, **criteria: Any) -> list[tuple[int, Json]]:
    """GetChargingProfiles and all its reports: (EVSE, profile), in order."""
    request: Json = {"requestId": 4711, "chargingProfile": criteria}
    if evse is not None:
        request["evseId"] = evse
    answer = bench.call("GetChargingProfiles", **request)
    if answer["status"] == "NoProfiles":
        bench.csms.expect_none("ReportChargingProfiles", within_s=2)
        return []
    assert answer["status"] == "Accepted"
    found: list[tuple[int, Json]] = []
    more = True
    while more:
        report = bench.expect("ReportChargingProfiles", requestId=4711)
        found += [(report["evseId"], each) for each in report["chargingProfile"]]
        more = report.get("tbc", False)
    bench.csms.expect_none("ReportChargingProfiles", within_s=2)
    return found


def clear(bench: Bench, number: int | None = None, **criteria: Any) -> str:
    """ClearChargingProfile. -> its status"""
    request: Json = {}
    if number is not None:
        request["chargingProfileId"] = number
    if criteria:
        request["chargingProfileCriteria"] = criteria
    return str(bench.call("ClearChargingProfile", **request)["status"])


def composite(bench: Bench, evse: int, duration: int, unit: str = "A") -> list[tuple[int, float]]:
    """GetCompositeSchedule, from now on for as long as asked. -> (start, limit) of its periods"""
    asked = moment(bench)
    answer = bench.call(
        "GetCompositeSchedule", evseId=evse, duration=duration, chargingRateUnit=unit
    )
    assert answer["status"] == "Accepted"
    found = answer["schedule"]
    assert (found["evseId"], found["duration"]) == (evse, duration)
    assert found["chargingRateUnit"] == unit
    assert asked[:19] <= found["scheduleStart"][:19] <= moment(bench, 1)[:19]
    return [(row["startPeriod"], row["limit"]) for row in found["chargingSchedulePeriod"]]
