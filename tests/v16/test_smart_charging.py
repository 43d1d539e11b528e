"""Charging profiles of 1.6 on the wire: limits, connectors, transactions, keys."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.append(str(Path(__file__).parents[1] / "conformance"))

from test_16_smart_charging import composite, moment, profile, put

from ocpp_iface.sim.bench import TOKEN, Bench
from ocpp_iface.sim.csms_script import CsmsCallError
from ocpp_iface.smartcharging import LimitSource, RateUnit, constant_limit
from ocpp_iface.station import reports

Json = dict[str, Any]
MakeBench = Callable[..., Bench]


@pytest.fixture
def make_bench() -> Iterator[MakeBench]:
    made: list[Bench] = []

    def make(**options: Any) -> Bench:
        made.append(Bench("1.6", **options))
        return made[-1]

    yield make
    for bench in made:
        bench.check()


@pytest.fixture
def bench(make_bench: MakeBench) -> Bench:
    return make_bench()


def default(bench: Bench, number: int = 1, *rows: tuple[int, float], **fields: Any) -> Json:
    return profile(bench, number, "TxDefaultProfile", *(rows or ((0, 6.0),)), **fields)


def clear(bench: Bench, **criteria: Any) -> str:
    return str(bench.call("ClearChargingProfile", **criteria)["status"])


# -- limits ----------------------------------------------------------------------------------


def test_smart_charging_is_a_supported_profile(bench):
    (key,) = bench.call("GetConfiguration", key=["SupportedFeatureProfiles"])["configurationKey"]

    assert "SmartCharging" in key["value"].split(",")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("ChargeProfileMaxStackLevel", "99"),
        ("ChargingScheduleAllowedChargingRateUnit", "Current,Power"),
        ("ChargingScheduleMaxPeriods", "1024"),
        ("MaxChargingProfilesInstalled", "500"),
    ],
)
def test_the_keys_tell_the_limits(bench, key, value):
    (found,) = bench.call("GetConfiguration", key=[key])["configurationKey"]

    assert found == {"key": key, "readonly": True, "value": value}


@pytest.mark.parametrize(
    ("variables", "fields"),
    [
        ({"ChargeProfileMaxStackLevel": 3}, {"level": 4}),
        ({"ChargingScheduleMaxPeriods": 1}, {"rows": ((0, 6.0), (60, 7.0))}),
        ({"ChargingScheduleAllowedChargingRateUnit": "Current"}, {"unit": "W"}),
        ({"MaxChargingProfilesInstalled": 1}, {"level": 1}),
    ],
)
def test_each_limit_of_the_keys_is_enforced(make_bench, variables, fields):
    bench = make_bench(variables=variables)
    assert put(bench, 2, default(bench, 7)) == "Accepted"
    rows = fields.pop("rows", ())

    assert put(bench, 1, default(bench, 1, *rows, **fields)) == "Rejected"

    assert composite(bench, 60) == [(0, 48.0)]


@pytest.mark.parametrize(
    "change",
    [
        {"chargingProfileKind": "Recurring"},
        {"chargingProfilePurpose": "ChargePointMaxProfile"},
        {"chargingSchedule": {"chargingRateUnit": "A", "chargingSchedulePeriod": [
            {"startPeriod": 0, "limit": 6.0}]}},
        {"chargingSchedule": {"chargingRateUnit": "A", "startSchedule": "2026-01-01T00:00:00Z",
            "chargingSchedulePeriod": [{"startPeriod": 5, "limit": 6.0}]}},
        {"chargingSchedule": {"chargingRateUnit": "A", "startSchedule": "2026-01-01T00:00:00Z",
            "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 6.0, "numberPhases": 4}]}},
    ],
)  # fmt: skip
def test_what_is_not_a_profile_is_rejected(bench, change):
    assert put(bench, 1, {**default(bench), **change}) == "Rejected"


def test_a_profile_without_start_passes_if_it_is_configured_to(make_bench):
    bench = make_bench(variables={"AllowChargingProfileWithoutStartSchedule": True})
    wanted = default(bench)
    del wanted["chargingSchedule"]["startSchedule"]

    assert put(bench, 1, wanted) == "Accepted"
    assert composite(bench, 60) == [(0, 6.0)]


def test_a_wrong_connector_is_an_error(bench):
    with pytest.raises(CsmsCallError, match="PropertyConstraintViolation"):
        put(bench, 9, default(bench))
    assert clear(bench, connectorId=9) == "Unknown"
    answer = bench.call("GetCompositeSchedule", connectorId=9, duration=60)
    assert answer == {"status": "Rejected"}


def test_a_unit_that_is_not_allowed_is_not_reported(make_bench):
    bench = make_bench(variables={"ChargingScheduleAllowedChargingRateUnit": "Current"})

    answer = bench.call("GetCompositeSchedule", connectorId=1, duration=60, chargingRateUnit="W")

    assert answer == {"status": "Rejected"}


def test_without_smart_charging_nothing_is_supported(make_bench):
    bench = make_bench(variables={"SmartChargingCtrlr.Available": False})

    (key,) = bench.call("GetConfiguration", key=["SupportedFeatureProfiles"])["configurationKey"]
    assert "SmartCharging" not in key["value"]
    for action, request in {
        "SetChargingProfile": {"connectorId": 1, "csChargingProfiles": default(bench)},
        "ClearChargingProfile": {},
        "GetCompositeSchedule": {"connectorId": 1, "duration": 60},
    }.items():
        with pytest.raises(CsmsCallError, match="NotSupported"):
            bench.call(action, **request)


# -- what replaces what ------------------------------------------------------------------------


def test_the_same_purpose_level_and_connector_is_replaced(bench):
    assert put(bench, 1, default(bench, 1)) == "Accepted"
    assert put(bench, 1, default(bench, 2, (0, 8.0))) == "Accepted"

    assert composite(bench, 60) == [(0, 8.0)]
    assert clear(bench, id=1) == "Unknown"
    assert clear(bench, id=2) == "Accepted"
    assert composite(bench, 60) == [(0, 48.0)]


@pytest.mark.parametrize(
    "other", [{"connectorId": 2}, {"connectorId": 9}, {"stackLevel": 5}, {"connectorId": 0}]
)
def test_with_an_id_all_other_fields_of_clear_are_ignored(bench, other):
    """Erratum 3.26"""
    assert put(bench, 1, default(bench, 7)) == "Accepted"

    assert clear(bench, id=8, **other) == "Unknown"
    assert clear(bench, id=7, **other) == "Accepted"
    assert clear(bench) == "Unknown"


def test_a_schedule_of_less_than_no_duration_is_not_reported(bench):
    """5.7"""
    answer = bench.call("GetCompositeSchedule", connectorId=1, duration=-5)

    assert answer == {"status": "Rejected"}


def test_connector_0_is_a_default_for_all(bench):
    assert put(bench, 0, default(bench, 1, (0, 10.0))) == "Accepted"
    assert put(bench, 1, default(bench, 2, (0, 8.0))) == "Accepted"

    assert composite(bench, 60) == [(0, 8.0)]
    assert clear(bench, connectorId=1) == "Accepted"
    assert composite(bench, 60) == [(0, 10.0)]
    assert clear(bench, connectorId=0, stackLevel=1) == "Unknown"


def test_profiles_survive_a_power_cut(bench):
    assert put(bench, 1, default(bench, 1)) == "Accepted"

    bench.power_cut()
    bench.run(5)

    assert composite(bench, 60) == [(0, 6.0)]


def test_what_was_cleared_stays_cleared_after_a_power_cut(bench):
    assert put(bench, 1, default(bench, 1)) == "Accepted"
    assert put(bench, 2, default(bench, 2)) == "Accepted"
    assert clear(bench, id=1) == "Accepted"

    bench.power_cut()
    bench.run(5)

    assert clear(bench, id=1) == "Unknown"
    assert clear(bench, id=2) == "Accepted"


# -- transactions ----------------------------------------------------------------------------


def own(bench: Bench, transaction: int | None = None, limit: float = 10.0) -> Json:
    named = {} if transaction is None else {"transactionId": transaction}
    return profile(bench, 3, "TxProfile", (0, limit), **named)


def test_a_tx_profile_without_transaction_id_is_for_the_one_that_runs(bench):
    assert put(bench, 1, own(bench)) == "Rejected"
    bench.charging()
    assert put(bench, 1, own(bench)) == "Accepted"
    assert composite(bench, 60) == [(0, 10.0)]

    bench.stop_authorized()
    bench.run(1)

    assert composite(bench, 60) == [(0, 48.0)]
    assert clear(bench, id=3) == "Unknown"


@pytest.mark.parametrize(("named", "limit"), [(1, 10.0), (77, 48.0)])
def test_before_the_number_is_known_any_may_be_meant(bench, named, limit):
    bench.on("StartTransaction").delay(10.0)
    bench.ev_connected()
    bench.station.present_token(TOKEN)
    bench.expect("StartTransaction")

    assert put(bench, 1, own(bench, named)) == "Accepted"
    assert composite(bench, 60) == [(0, 10.0)]
    bench.power_cut()
    bench.run(20)

    assert list(bench.csms.transactions) == ["1"]
    assert composite(bench, 60) == [(0, limit)]


def test_a_tx_profile_is_for_a_connector_not_for_the_station(bench):
    bench.charging()

    assert put(bench, 0, own(bench, int(bench.transaction_id()))) == "Rejected"


def start(bench: Bench, connector: int | None = 1, **fields: Any) -> str:
    request: Json = {"idTag": TOKEN, "chargingProfile": {**own(bench), **fields}}
    if connector is not None:
        request["connectorId"] = connector
    return str(bench.call("RemoteStartTransaction", **request)["status"])


@pytest.mark.parametrize("connector", [1, None])
def test_a_profile_given_with_the_start(bench, connector):
    assert start(bench, connector) == "Accepted"
    bench.run(3)

    bench.station.plug_in(1)
    bench.expect("StartTransaction")
    bench.run(3)

    assert composite(bench, 60) == [(0, 10.0)]
    number = int(next(iter(bench.csms.transactions)))
    replacement = {**own(bench, number, 7.0), "chargingProfileId": 44}
    assert put(bench, 1, replacement) == "Accepted"  # erratum 3.42: the same level, so in its place
    assert composite(bench, 60) == [(0, 7.0)]
    assert clear(bench, id=3) == "Unknown"


def test_a_profile_given_with_the_start_names_no_transaction(bench):
    assert start(bench, transactionId=1) == "Rejected"


def test_the_first_free_connector_takes_the_profile_too(make_bench):
    bench = make_bench(variables={"RemoteStartTransactionWithoutConnectorIdFindFirst": True})
    bench.ev_connected()

    assert start(bench, None) == "Accepted"
    bench.expect("StartTransaction")
    bench.run(3)

    assert composite(bench, 60) == [(0, 10.0)]


# -- others ------------------------------------------------------------------------------------


def test_limits_of_others_hold_and_are_not_the_csmss_to_clear(bench):
    limit = reports.SetExternalLimit(0, constant_limit(9.0, RateUnit.A), LimitSource.EMS)
    bench.station.command(limit)
    assert composite(bench, 60) == [(0, 9.0)]

    assert clear(bench) == "Unknown"

    assert composite(bench, 60) == [(0, 9.0)]
    assert bench.station.command(reports.ClearExternalLimit(0)) is True
    assert composite(bench, 60) == [(0, 48.0)]


def test_a_changed_rate_is_no_message_of_1_6(bench):
    bench.charging()
    bench.mark()

    assert put(bench, 1, own(bench)) == "Accepted"

    bench.quiet(5.0, "MeterValues")


def test_the_minimum_rate_is_told(bench):
    wanted = default(bench)
    wanted["chargingSchedule"]["minChargingRate"] = 5.5
    assert put(bench, 1, wanted) == "Accepted"

    answer = bench.call("GetCompositeSchedule", connectorId=1, duration=60)

    assert answer["chargingSchedule"]["minChargingRate"] == 5.5
    assert answer["scheduleStart"][:19] == moment(bench)[:19]
