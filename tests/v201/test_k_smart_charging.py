"""Charging profiles of the CSMS on the wire: limits, reason codes, reports, transactions."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.append(str(Path(__file__).parents[1] / "conformance"))

from profiles201 import (
    clear,
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

from ocpp_iface.sim.bench import TOKEN, Bench
from ocpp_iface.sim.csms_script import CsmsCallError
from ocpp_iface.smartcharging import LimitSource, constant_limit
from ocpp_iface.smartcharging.profile import RateUnit
from ocpp_iface.station import reports

Json = dict[str, Any]


def reason(bench: Bench, evse: int, wanted: Json) -> str:
    """The reason code with which a profile is rejected."""
    answer = bench.call("SetChargingProfile", evseId=evse, chargingProfile=wanted)
    assert answer["status"] == "Rejected"
    return str(answer["statusInfo"]["reasonCode"])


def start(bench: Bench, evse: int | None = 1, **fields: Any) -> Json:
    request: Json = {
        "remoteStartId": 9,
        "idToken": {"idToken": TOKEN, "type": "ISO14443"},
        "chargingProfile": profile(9, "TxProfile", **fields),
    }
    if evse is not None:
        request["evseId"] = evse
    return bench.call("RequestStartTransaction", **request)


# -- limits ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("variables", "wanted", "code"),
    [
        ({"ProfileStackLevel": 3}, profile(1, "TxDefaultProfile", level=4), "InvalidStackLevel"),
        (
            {"PeriodsPerSchedule": 2},
            profile(1, "TxDefaultProfile", schedule((0, 6.0), (60, 7.0), (120, 8.0))),
            "TooManyElements",
        ),
        (
            {"RateUnit": "A"},
            profile(1, "TxDefaultProfile", schedule(unit="W")),
            "UnsupportedRateUnit",
        ),
        (
            {"Entries[ChargingProfiles].maxLimit": 1},
            profile(1, "TxDefaultProfile", level=1),
            "TooManyElements",
        ),
    ],
)
def test_each_limit_of_the_device_model_is_enforced(make_bench, variables, wanted, code):
    settings = {f"SmartChargingCtrlr.{name}": value for name, value in variables.items()}
    entries = settings.pop("SmartChargingCtrlr.Entries[ChargingProfiles].maxLimit", None)
    if entries is not None:
        settings["MaxChargingProfilesInstalled"] = entries
    bench = make_bench(variables=settings)
    install(bench, 2, profile(7, "TxDefaultProfile", level=0))

    assert reason(bench, 1, wanted) == code

    assert [evse for evse, _ in reported(bench)] == [2]


def test_at_the_limits_a_profile_is_accepted(make_bench):
    bench = make_bench(
        variables={
            "SmartChargingCtrlr.ProfileStackLevel": 3,
            "SmartChargingCtrlr.PeriodsPerSchedule": 2,
            "MaxChargingProfilesInstalled": 2,
        }
    )
    install(bench, 1, profile(1, "TxDefaultProfile", schedule((0, 6.0), (60, 7.0)), level=3))
    install(bench, 1, profile(2, "TxDefaultProfile", level=0))

    assert put(bench, 1, profile(2, "TxDefaultProfile", level=1)) == "Accepted"  # in its place
    assert reason(bench, 1, profile(3, "TxDefaultProfile", level=2)) == "TooManyElements"


def test_the_number_of_profiles_is_that_of_the_variable(bench):
    install(bench, 1, profile(1, "TxDefaultProfile"), profile(2, "TxDefaultProfile", level=1))

    answer = bench.call(
        "GetVariables",
        getVariableData=[
            {
                "component": {"name": "SmartChargingCtrlr"},
                "variable": {"name": "Entries", "instance": "ChargingProfiles"},
            }
        ],
    )

    assert answer["getVariableResult"][0]["attributeValue"] == "2"


@pytest.mark.parametrize(
    ("evse", "wanted", "code"),
    [
        (9, profile(1, "TxDefaultProfile"), "UnknownEvse"),
        (1, profile(1, "ChargingStationExternalConstraints"), "InvalidValue"),
        (1, profile(1, "ChargingStationMaxProfile"), "InvalidValue"),
        (0, profile(1, "ChargingStationMaxProfile"), "InvalidValue"),
        (0, profile(1, "TxProfile", transactionId="t"), "InvalidValue"),
        (1, profile(1, "TxProfile"), "MissingParam"),
        (1, profile(1, "TxProfile", transactionId="t"), "TxNotFound"),
        (1, profile(1, "TxDefaultProfile", transactionId="t"), "InvalidProfile"),
        (1, profile(1, "TxDefaultProfile", kind="Absolute"), "InvalidSchedule"),
        (1, profile(1, "TxDefaultProfile", schedule((5, 6.0))), "InvalidSchedule"),
        (1, profile(1, "TxDefaultProfile", schedule((0, 6.0), (0, 7.0))), "InvalidSchedule"),
        (1, profile(1, "TxDefaultProfile", schedule(), schedule()), "TooManyElements"),
        (1, profile(8, "TxDefaultProfile"), "DuplicateProfile"),
        (0, profile(8, "TxDefaultProfile"), "DuplicateProfile"),
    ],
)
def test_why_a_profile_is_rejected(bench, evse, wanted, code):
    install(bench, 1, profile(7, "TxDefaultProfile"))

    assert reason(bench, evse, wanted) == code

    assert reported(bench)[0][1]["id"] == 7


def test_without_smart_charging_nothing_is_supported(make_bench):
    bench = make_bench(variables={"SmartChargingCtrlr.Available": False})

    for action, request in {
        "SetChargingProfile": {"evseId": 1, "chargingProfile": profile(1, "TxDefaultProfile")},
        "ClearChargingProfile": {"chargingProfileId": 1},
        "GetChargingProfiles": {"requestId": 1, "chargingProfile": {}},
        "GetCompositeSchedule": {"evseId": 1, "duration": 60},
    }.items():
        with pytest.raises(CsmsCallError, match="NotSupported"):
            bench.call(action, **request)


def test_switched_off_profiles_are_kept_and_do_not_count(bench):
    install(bench, 1, profile(1, "TxDefaultProfile"))
    bench.station.set("SmartChargingCtrlr.Enabled", "false")

    assert composite(bench, 1, 60) == [(0, 48.0)]
    assert reason(bench, 1, profile(2, "TxDefaultProfile", level=1)) == "NotEnabled"

    bench.station.set("SmartChargingCtrlr.Enabled", "true")
    assert composite(bench, 1, 60) == [(0, 6.0)]


# -- reports ---------------------------------------------------------------------------------


def test_a_report_is_split_by_evse_source_and_size(make_bench):
    bench = make_bench(variables={"InternalCtrlr.MaxMessageSize": 10_000})
    long = schedule(*[(60 * number, 6.0 + number % 7) for number in range(60)])
    for level in range(4):
        install(bench, 1, profile(10 + level, "TxDefaultProfile", long, level=level))
    install(bench, 2, profile(20, "TxDefaultProfile", level=5))

    found = reported(bench)

    assert [evse for evse, _ in found] == [1, 1, 1, 1, 2]
    messages = [call for call in bench.csms.received() if call.action == "ReportChargingProfiles"]
    assert len(messages) == 5
    assert [call["tbc"] for call in messages] == [True, True, True, True, False]


def test_a_report_breaks_off_with_the_link(bench):
    install(bench, 1, profile(1, "TxDefaultProfile"))
    install(bench, 2, profile(2, "TxDefaultProfile"))
    bench.on("ReportChargingProfiles").silent()
    bench.call("GetChargingProfiles", requestId=3, chargingProfile={})
    bench.expect("ReportChargingProfiles")

    bench.offline()
    bench.online()

    bench.csms.expect_none("ReportChargingProfiles", within_s=60)


def test_all_of_a_profile_comes_back(bench):
    tariff = {
        "id": 1,
        "salesTariffDescription": "night",
        "numEPriceLevels": 2,
        "salesTariffEntry": [
            {
                "relativeTimeInterval": {"start": 0, "duration": 60},
                "ePriceLevel": 1,
                "consumptionCost": [
                    {
                        "startValue": 1.5,
                        "cost": [
                            {"costKind": "CarbonDioxideEmission", "amount": 3},
                            {
                                "costKind": "RelativePricePercentage",
                                "amount": 4,
                                "amountMultiplier": -1,
                            },
                        ],
                    }
                ],
            }
        ],
    }
    wanted = profile(
        1,
        "TxDefaultProfile",
        {
            **schedule((0, 6.1), (60, 7.2), duration=300, startSchedule=moment(bench)),
            "minChargingRate": 4.2,
            "salesTariff": tariff,
        },
        kind="Recurring",
        recurrencyKind="Weekly",
        validFrom=moment(bench),
        validTo=moment(bench, 1000),
    )
    wanted["chargingSchedule"][0]["chargingSchedulePeriod"][0] |= {"numberPhases": 3}
    install(bench, 1, wanted)

    bench.power_cut()

    assert reported(bench) == [(1, wanted)]


# -- transactions ----------------------------------------------------------------------------


def test_a_profile_given_with_the_start_waits_for_the_ev(bench):
    assert start(bench)["status"] == "Accepted"
    assert reported(bench) == []

    bench.station.plug_in()
    bench.run(5)

    ((evse, found),) = reported(bench)
    assert (evse, found["id"]) == (1, 9)
    assert found["transactionId"] in bench.csms.transactions
    assert composite(bench, 1, 60) == [(0, 6.0)]


def test_without_an_evse_the_profile_goes_where_the_driver_goes(bench):
    assert start(bench, None)["status"] == "Accepted"

    bench.station.plug_in(2)
    bench.run(5)

    assert [evse for evse, _ in reported(bench)] == [2]


def test_a_transaction_that_runs_already_takes_the_profile(make_bench):
    bench = make_bench(variables={"TxCtrlr.TxStartPoint": "EVConnected"})
    bench.ev_connected()

    answer = start(bench)

    bench.run(2)
    ((_, found),) = reported(bench)
    assert found["transactionId"] == answer["transactionId"] == bench.transaction_id()


def test_nobody_comes_and_the_profile_goes(make_bench):
    bench = make_bench(variables={"TxCtrlr.EVConnectionTimeOut": 30})
    start(bench)

    bench.run(60)
    bench.station.plug_in()
    bench.station.present_token("08EF34AB")
    bench.run(5)

    assert reported(bench) == []


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        (profile(9, "TxDefaultProfile"), "InvalidProfile"),
        (profile(9, "TxProfile", transactionId="t"), "InvalidProfile"),
        (profile(9, "TxProfile", schedule((1, 6.0))), "InvalidSchedule"),
        (profile(9, "TxProfile", schedule(), schedule()), "InvalidProfile"),
    ],
)
def test_an_invalid_profile_refuses_the_start(bench, wanted, code):
    answer = bench.call(
        "RequestStartTransaction",
        evseId=1,
        remoteStartId=1,
        idToken={"idToken": TOKEN, "type": "ISO14443"},
        chargingProfile=wanted,
    )

    assert answer == {"status": "Rejected", "statusInfo": answer["statusInfo"]}
    assert answer["statusInfo"]["reasonCode"] == code


def test_what_was_cleared_or_replaced_does_not_come_back_after_a_power_cut(bench):
    install(bench, 1, profile(1, "TxDefaultProfile"))
    install(bench, 2, profile(2, "TxDefaultProfile"))
    install(bench, 2, profile(2, "TxDefaultProfile", level=3))
    assert clear(bench, 1) == "Accepted"

    bench.power_cut()
    bench.run(5)

    assert [(found["id"], found["stackLevel"]) for _, found in reported(bench)] == [(2, 3)]


def test_a_profile_of_a_transaction_survives_a_power_cut_with_it(bench):
    bench.charging()
    install(bench, 1, profile(5, "TxProfile", transactionId=bench.transaction_id()))

    bench.power_cut()
    bench.run(5)

    assert [found["id"] for _, found in reported(bench)] == [5]
    bench.unplugged()
    assert reported(bench) == []


def test_a_profile_of_a_transaction_that_ended_meanwhile_is_gone(make_bench):
    bench = make_bench(variables={"InternalCtrlr.ResumeTransactionsOnBoot": False})
    bench.charging()
    install(bench, 1, profile(5, "TxProfile", transactionId=bench.transaction_id()))

    bench.power_cut()
    bench.run(5)

    assert reported(bench) == []


def test_the_csms_hears_when_the_rate_changes_while_charging(bench):
    bench.charging()
    install(bench, 1, profile(5, "TxProfile", transactionId=bench.transaction_id()))

    bench.expect("TransactionEvent", triggerReason="ChargingRateChanged")


def test_a_small_change_is_not_worth_telling(make_bench):
    bench = make_bench(variables={"SmartChargingCtrlr.LimitChangeSignificance": 50})
    install(bench, 1, profile(1, "TxDefaultProfile", schedule((0, 20.0))))
    bench.charging()
    bench.mark()

    install(bench, 1, profile(1, "TxDefaultProfile", schedule((0, 15.0))))

    bench.csms.expect_none("TransactionEvent", within_s=5, triggerReason="ChargingRateChanged")


# -- external constraints --------------------------------------------------------------------


def external(bench: Bench, limit: float = 10.0, evse: int = 0) -> None:
    report = reports.SetExternalLimit(evse, constant_limit(limit, RateUnit.A), LimitSource.EMS)
    bench.station.command(report)


def test_the_csms_sees_external_constraints_and_cannot_change_them(bench):
    external(bench)
    ((evse, found),) = reported(bench, chargingProfilePurpose="ChargingStationExternalConstraints")
    assert evse == 0

    assert clear(bench, found["id"]) == "Unknown"
    assert clear(bench, chargingProfilePurpose="ChargingStationExternalConstraints") == "Unknown"
    assert reason(bench, 1, profile(found["id"], "TxDefaultProfile")) == "InvalidValue"
    assert [(each, kept["id"]) for each, kept in reported(bench)] == [(0, found["id"])]


def test_clearing_everything_leaves_external_constraints(bench):
    external(bench)
    install(bench, 0, station_max(bench, 1))

    assert clear(bench, chargingProfilePurpose="ChargingStationMaxProfile") == "Accepted"

    assert [found["chargingProfilePurpose"] for _, found in reported(bench)] == [
        "ChargingStationExternalConstraints"
    ]


def test_periods_of_one_phase(make_bench):
    bench = make_bench(variables={"SmartChargingCtrlr.ACPhaseSwitchingSupported": True})
    row = {**periods((0, 10.0))[0], "numberPhases": 1, "phaseToUse": 2}
    one = {"id": 1, "chargingRateUnit": "A", "chargingSchedulePeriod": [row]}
    install(bench, 1, profile(1, "TxDefaultProfile", one))

    answer = bench.call("GetCompositeSchedule", evseId=1, duration=60, chargingRateUnit="W")

    assert answer["schedule"]["chargingSchedulePeriod"] == [
        {"startPeriod": 0, "limit": 2300.0, "numberPhases": 1, "phaseToUse": 2}
    ]


@pytest.mark.parametrize(("allowed", "unit"), [("A,W", "A"), ("A", "A"), ("W", "W")])
def test_without_a_unit_the_station_answers_in_one_that_is_allowed(make_bench, allowed, unit):
    bench = make_bench(variables={"SmartChargingCtrlr.RateUnit": allowed})

    answer = bench.call("GetCompositeSchedule", evseId=1, duration=60)

    assert answer["schedule"]["chargingRateUnit"] == unit
