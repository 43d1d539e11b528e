"""The commands `get_variables` and `set_variables`."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ocpp_iface.sim import Bench, address
from ocpp_iface.types import (
    AttributeEnum,
    GetVariableRequest,
    GetVariableResult,
    GetVariableStatusEnumType,
    SetVariableRequest,
    SetVariableResult,
    SetVariableStatusEnumType,
)

Make = Callable[..., Bench]
FAN = "Cooling/FanSpeed"
TIMEOUT = "TxCtrlr/EVConnectionTimeOut"

GETS = [
    ("Accepted", FAN, None),
    ("Accepted", TIMEOUT, AttributeEnum.Actual),
    ("Accepted", "ConnectionTimeOut", None),
    ("Rejected", "SecurityCtrlr/BasicAuthPassword", None),
    ("Rejected", "AuthorizationKey", None),
    ("UnknownComponent", "Nobody/Knows", None),
    ("UnknownVariable", "TxCtrlr/Nothing", None),
    ("UnknownVariable", "NoSuchKey", None),
    ("NotSupportedAttributeType", TIMEOUT, AttributeEnum.MinSet),
    ("NotSupportedAttributeType", FAN, AttributeEnum.Target),
]

SETS = [
    ("Accepted", FAN, "7", None),
    ("Rejected", FAN, "10", None),  # over its maximum
    ("Rejected", FAN, "fast", None),
    ("Rejected", "Cooling/Serial", "C-2", None),  # read-only
    ("UnknownComponent", "Nobody/Knows", "1", None),
    ("UnknownVariable", "TxCtrlr/Nothing", "1", None),
    ("UnknownVariable", "NoSuchKey", "1", None),
    ("NotSupportedAttributeType", FAN, "1", AttributeEnum.MaxSet),
]
"""The same on both versions."""


def test_each_status_of_get_is_tested() -> None:
    assert {status for status, *_ in GETS} == {word.value for word in GetVariableStatusEnumType}


def test_each_status_of_set_is_tested() -> None:
    reboot = SetVariableStatusEnumType.RebootRequired  # see below: connection settings
    assert {status for status, *_ in SETS} | {reboot} == set(SetVariableStatusEnumType)


@pytest.mark.parametrize(("status", "name", "attribute"), GETS)
def test_get(bench: Bench, status: str, name: str, attribute: AttributeEnum | None) -> None:
    asked = GetVariableRequest(address(name), attribute_type=attribute)

    (result,) = bench.station.ocpp.get_variables([asked])

    assert result.status == status
    assert result.component_variable == asked.component_variable
    assert result.attribute_type is (attribute or AttributeEnum.Actual)
    assert (result.value is not None) is (status == "Accepted")


@pytest.mark.parametrize(("status", "name", "value", "attribute"), SETS)
def test_set(
    bench: Bench, status: str, name: str, value: str, attribute: AttributeEnum | None
) -> None:
    before = bench.station.get(name).value
    asked = SetVariableRequest(address(name), value, attribute_type=attribute)

    (result,) = bench.station.ocpp.set_variables([asked], "app")

    assert result.status == status
    assert result.component_variable == asked.component_variable
    assert result.attribute_type is (attribute or AttributeEnum.Actual)
    assert bench.station.get(name).value == (value if status == "Accepted" else before)


@pytest.mark.parametrize("name", ["NetworkConfiguration[1]/OcppCsmsUrl", "AuthorizationKey"])
def test_set_of_a_connection_setting_requires_a_reboot(make: Make, name: str) -> None:
    bench = make(config={"standard_keys_writable": True})
    value = "ws://other.sim/ocpp" if "Url" in name else "a-password-of-24-letters"

    assert bench.station.set(name, value).status == "RebootRequired"


@pytest.mark.parametrize("name", [TIMEOUT, "ConnectionTimeOut"])
def test_set_of_a_standard_variable(bench: Bench, name: str) -> None:
    """The contract: with 1.6 the app sets custom keys only; 2.x sets what is not read-only."""
    result = bench.station.set(name, "77")

    assert result.status == ("Rejected" if bench.is16 else "Accepted")
    assert bench.station.get(name).value == ("120" if bench.is16 else "77")


@pytest.mark.parametrize("name", [TIMEOUT, "ConnectionTimeOut"])
def test_the_switch_makes_standard_keys_writable(make: Make, name: str) -> None:
    bench = make(config={"standard_keys_writable": True})

    assert bench.station.set(name, "77").status == "Accepted"
    assert bench.station.get(TIMEOUT).value == "77"
    assert bench.station.get("ConnectionTimeOut").value == "77"


def test_both_addressings_lead_to_the_same_variable(bench: Bench) -> None:
    bench.station.set("FanSpeed", "3")
    assert bench.station.get(FAN).value == "3"

    bench.station.set(FAN, "4")
    assert bench.station.get("FanSpeed").value == "4"


def test_results_keep_the_order_and_the_duplicates(bench: Bench) -> None:
    names = [FAN, "Nobody/Knows", "FanSpeed", FAN, TIMEOUT, FAN]
    asked = [GetVariableRequest(address(name)) for name in names]

    results = bench.station.ocpp.get_variables(asked)

    assert [r.component_variable for r in results] == [a.component_variable for a in asked]
    assert [r.value for r in results] == ["5", None, "5", "5", "120", "5"]


def test_sets_are_carried_out_in_order_and_duplicates_kept(bench: Bench) -> None:
    asked = [SetVariableRequest(address(FAN), value) for value in ("1", "99", "2", "3")]

    results = bench.station.ocpp.set_variables(asked, "app")

    assert [r.status for r in results] == ["Accepted", "Rejected", "Accepted", "Accepted"]
    assert bench.station.get(FAN).value == "3"


def test_the_address_is_echoed_as_it_was_asked(bench: Bench) -> None:
    odd = address("cooling/FANSPEED")

    (got,) = bench.station.ocpp.get_variables([GetVariableRequest(odd)])
    (put,) = bench.station.ocpp.set_variables([SetVariableRequest(odd, "2")], "app")

    assert got == GetVariableResult(
        GetVariableStatusEnumType.Accepted, odd, attribute_type=AttributeEnum.Actual, value="5"
    )
    assert put == SetVariableResult(
        SetVariableStatusEnumType.Accepted, odd, attribute_type=AttributeEnum.Actual
    )


def test_no_requests_no_results(bench: Bench) -> None:
    assert bench.station.ocpp.get_variables([]) == []
    assert bench.station.ocpp.set_variables([], "app") == []


def test_what_was_set_survives_a_power_cut(bench: Bench) -> None:
    bench.station.set(FAN, "8")

    bench.power_cut()

    assert bench.station.get(FAN).value == "8"


def test_the_csms_sees_what_the_app_set(bench: Bench) -> None:
    bench.station.set(FAN, "8")

    if bench.is16:
        answer = bench.call("GetConfiguration", key=["FanSpeed"])
        assert [entry["value"] for entry in answer["configurationKey"]] == ["8"]
    else:
        where = {"component": {"name": "Cooling"}, "variable": {"name": "FanSpeed"}}
        answer = bench.call("GetVariables", getVariableData=[where])
        assert [each["attributeValue"] for each in answer["getVariableResult"]] == ["8"]


def test_the_app_sees_what_the_csms_set(bench: Bench) -> None:
    set_by_csms(bench, "6")

    assert bench.station.get(FAN).value == "6"
    assert bench.station.get("FanSpeed").value == "6"


def set_by_csms(bench: Bench, value: str) -> None:
    if bench.is16:
        assert bench.call("ChangeConfiguration", key="FanSpeed", value=value) == {
            "status": "Accepted"
        }
        return
    where = {"component": {"name": "Cooling"}, "variable": {"name": "FanSpeed"}}
    answer = bench.call("SetVariables", setVariableData=[{**where, "attributeValue": value}])
    assert [each["attributeStatus"] for each in answer["setVariableResult"]] == ["Accepted"]


@pytest.mark.parametrize("name", ["SecurityCtrlr/BasicAuthPassword", "AuthorizationKey"])
def test_a_password_leaves_by_no_path(make: Make, name: str) -> None:
    secret = "never-to-be-seen-again"
    bench = make(config={"standard_keys_writable": True})
    bench.station.ocpp.monitor_variables([address(name)])

    bench.station.set(name, secret)
    bench.run(60)

    assert bench.station.get(name).value is None
    assert secret not in str(bench.station.published)
    assert not any(secret in str(entry.content) for entry in bench.world.trace.entries(">"))
