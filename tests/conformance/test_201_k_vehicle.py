"""K, ISO 15118 vehicles: their needs, their plans, renegotiation.

The vehicle is the hardware's side: the charger reports what it says. Its contract certificate is
another block's matter; here its token is an eMAID.
"""

from __future__ import annotations

from typing import Any

from profiles201 import Json, composite, install, moment, profile, put, schedule

from ocpp_iface.sim.bench import Bench
from ocpp_iface.smartcharging import (
    ChargingNeeds,
    ChargingSchedule,
    DcNeeds,
    EnergyTransferMode,
    EvNeedsReport,
    EvSchedule,
    RateUnit,
    SchedulePeriod,
)
from ocpp_iface.station import reports
from ocpp_iface.types import IdToken, IdTokenType

CONTRACT = IdToken("DEABCC123ABC56", IdTokenType.eMAID)
NEEDS = ChargingNeeds(EnergyTransferMode.DC, dc=DcNeeds(ev_max_current_a=200, ev_max_voltage_v=400))


def authorized(bench: Bench) -> None:
    """Authorized15118: by the contract in the vehicle."""
    bench.ev_connected()
    bench.station.present_token(CONTRACT)
    bench.expect("Authorize", idToken={"idToken": CONTRACT.value, "type": "eMAID"})
    event = bench.expect("TransactionEvent", triggerReason="Authorized")
    place = bench.place()
    place.token, place.open = CONTRACT.value, True
    place.transaction = event["transactionInfo"]["transactionId"]


def needs(bench: Bench) -> Json:
    """The vehicle says what it needs. -> what the CSMS gets of it"""
    bench.station.command(reports.ReportChargingNeeds(EvNeedsReport(1, NEEDS, 12)))
    told = bench.expect("NotifyEVChargingNeeds", evseId=1)
    parameters = [key for key in told["chargingNeeds"] if key.endswith("Parameters")]
    assert parameters == ["dcChargingParameters"]
    assert told["maxScheduleTuples"] == 12
    return dict(told)


def plans(bench: Bench, *rows: tuple[int, float]) -> bool:
    """The vehicle says what it plans. -> whether it may"""
    periods = tuple(SchedulePeriod(start, limit) for start, limit in rows)
    planned = ChargingSchedule(RateUnit.A, periods, duration_s=300)
    plan = EvSchedule(1, bench.world.wall(), planned)
    return bool(bench.station.command(reports.ReportChargingPlan(1, plan)))


def told_plan(bench: Bench) -> list[float]:
    """The limits of the plan that the CSMS gets."""
    message: Any = bench.expect("NotifyEVChargingSchedule", evseId=1)
    rows = message["chargingSchedule"]["chargingSchedulePeriod"]
    assert rows[0]["startPeriod"] == 0
    return [row["limit"] for row in rows]


def energy_flows(bench: Bench, **fields: Any) -> None:
    bench.station.charging_state(1, "Charging")
    bench.expect(
        "TransactionEvent",
        triggerReason="ChargingStateChanged",
        transactionInfo={"chargingState": "Charging"},
        **fields,
    )


def own_profile(bench: Bench, limit: float) -> Json:
    return profile(
        5, "TxProfile", schedule((0, limit), duration=300), transactionId=bench.transaction_id()
    )


def test_tc_k_53_cs(make_bench):
    bench = make_bench(auto=False)
    authorized(bench)
    needs(bench)
    assert put(bench, 1, own_profile(bench, 6.0)) == "Accepted"

    assert plans(bench, (0, 6.0), (60, 4.0))

    assert told_plan(bench) == [6.0, 4.0]
    energy_flows(bench)


def test_tc_k_54_cs(make_bench):
    bench = make_bench(auto=False)
    bench.on("NotifyEVChargingNeeds").reply({"status": "Rejected"})
    authorized(bench)
    needs(bench)

    bench.station.command(reports.ReportChargingPlan(1))

    assert told_plan(bench) == [48.0]
    energy_flows(bench)


def test_tc_k_56_cs(make_bench):
    bench = make_bench(auto=False)
    default = schedule(duration=400, startSchedule=moment(bench, -5))
    validity = {"validFrom": moment(bench, -5), "validTo": moment(bench, 411)}
    install(bench, 1, profile(56, "TxDefaultProfile", default, kind="Absolute", **validity))
    authorized(bench)
    bench.mark()

    bench.offline(closed=True)
    bench.station.command(reports.ReportChargingNeeds(EvNeedsReport(1, NEEDS)))
    assert plans(bench, (0, 6.0))
    bench.station.charging_state(1, "Charging")
    bench.run(90)
    bench.online()

    bench.expect(
        "TransactionEvent",
        triggerReason="ChargingStateChanged",
        transactionInfo={"chargingState": "Charging"},
        offline=True,
    )
    assert composite(bench, 1, 60) == [(0, 6.0)]


def test_tc_k_57_cs(make_bench):
    bench = make_bench(auto=False)
    authorized(bench)
    energy_flows(bench)

    needs(bench)
    assert put(bench, 1, own_profile(bench, 10.0)) == "Accepted"
    assert plans(bench, (0, 10.0))

    assert told_plan(bench) == [10.0]
    bench.expect("TransactionEvent", triggerReason="ChargingRateChanged")


def test_tc_k_58_cs(make_bench):
    bench = make_bench(auto=False)
    authorized(bench)
    energy_flows(bench)

    assert put(bench, 1, own_profile(bench, 8.0)) == "Accepted"
    bench.station.command(reports.ReportChargingPlan(1))

    plan = told_plan(bench)
    assert max(plan[:1]) <= 8.0
