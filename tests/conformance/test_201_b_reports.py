"""B, base reports and custom reports."""

from __future__ import annotations

import pytest
from provisioning201 import at, get_variables, report, says_nothing_wrong
from required201 import CONTROLLERS, INFRASTRUCTURE

LISTS = ("OptionList", "SequenceList", "MemberList")
STATES = ["Available", "Occupied", "Reserved", "Unavailable", "Faulted"]


def base_report(bench, base):
    answer = bench.call("GetBaseReport", requestId=11, reportBase=base)
    assert answer["status"] == "Accepted"
    assert says_nothing_wrong(answer, "statusInfo")
    return report(bench, 11)


def custom_report(bench, **criteria):
    answer = bench.call("GetReport", requestId=12, **criteria)
    assert answer["status"] == "Accepted"
    assert says_nothing_wrong(answer, "statusInfo")
    return report(bench, 12)


def assert_lists_say_their_values(data):
    for each in data:
        characteristics = each["variableCharacteristics"]
        if characteristics["dataType"] in LISTS:
            assert characteristics.get("valuesList"), each


def place(each):
    evse = each["component"].get("evse", {})
    return evse.get("id"), evse.get("connectorId")


def named(data, component, variable, instance=None):
    return [
        each
        for each in data
        if each["component"]["name"] == component
        and each["variable"]["name"] == variable
        and each["variable"].get("instance") == instance
    ]


def mutability(each):
    (attribute,) = each["variableAttribute"]
    return attribute.get("mutability", "ReadWrite")


def value(each):
    (attribute,) = each["variableAttribute"]
    return attribute.get("value")


def assert_required(data, wanted):
    """-> where it is"""
    component, variable, instance, data_type, mutabilities, unit = wanted
    found = named(data, component, variable, instance)
    assert found, wanted
    for each in found:
        assert each["variableCharacteristics"]["dataType"] == data_type, wanted
        assert each["variableCharacteristics"].get("unit") == unit, wanted
        assert mutability(each) in mutabilities, wanted
    return {place(each) for each in found}


def test_tc_b_12_cs(bench):
    data = base_report(bench, "ConfigurationInventory")

    assert_lists_say_their_values(data)
    assert {mutability(each) for each in data} <= {"ReadWrite", "WriteOnly"}
    for wanted in CONTROLLERS:
        if wanted[4] == ("ReadWrite",):
            assert_required(data, wanted)


@pytest.mark.parametrize("evses", [(1, 1), (2,)])
def test_tc_b_13_cs(make_bench, evses):
    bench = make_bench(evses=evses)

    data = base_report(bench, "FullInventory")

    assert_lists_say_their_values(data)
    for wanted in CONTROLLERS:
        assert assert_required(data, wanted) == {(None, None)}
    everywhere = {
        "ChargingStation": {(None, None)},
        "EVSE": {(place.evse, None) for place in bench.places},
        "Connector": {(place.evse, place.connector) for place in bench.places},
    }
    for wanted in INFRASTRUCTURE:
        assert assert_required(data, wanted) == everywhere[wanted[0]]


def test_tc_b_14_cs(bench):
    bench.station.fault("OtherError", evse=2)

    data = base_report(bench, "SummaryInventory")

    assert_lists_say_their_values(data)
    said = {
        (each["component"]["name"], *place(each)): each["variableAttribute"][0]["value"]
        for each in data
        if each["variable"]["name"] == "AvailabilityState"
    }
    assert said[("ChargingStation", None, None)] == "Available"
    assert said[("EVSE", 1, None)] == "Available"
    assert said[("Connector", 2, 1)] == "Faulted"
    problems = named(data, "Connector", "Problem")
    assert [place(each) for each in problems] == [(2, 1)]
    assert problems[0]["variableAttribute"][0]["value"] == "true"


def test_tc_b_16_cs(bench):
    """The case looks at the variables named Enabled only; B08.FR.09 wants whole components."""
    full = base_report(bench, "FullInventory")
    on = [each for each in full if each["variable"]["name"] == "Enabled" and value(each) == "true"]
    off = [
        each["component"]
        for each in full
        if each["variable"]["name"] == "Enabled" and value(each) == "false"
    ]
    assert on
    assert off

    data = custom_report(bench, componentCriteria=["Enabled"])

    reported = [each for each in data if each["variable"]["name"] == "Enabled"]
    assert reported == on
    assert not [each for each in data if each["component"] in off]
    items = [{"component": each["component"], "variable": each["variable"]} for each in reported]
    for result in get_variables(bench, *items):
        assert (result["attributeStatus"], result["attributeValue"]) == ("Accepted", "true")


def assert_evse_state(data, evse):
    (each,) = data
    assert each["component"] == {"name": "EVSE", "evse": {"id": evse}}
    assert each["variable"] == {"name": "AvailabilityState"}
    assert each["variableCharacteristics"]["dataType"] == "OptionList"
    assert each["variableCharacteristics"]["valuesList"].split(",") == STATES
    (attribute,) = each["variableAttribute"]
    assert attribute["type"] == "Actual"
    assert attribute["mutability"] == "ReadOnly"
    assert attribute["value"] == "Available"


def test_tc_b_17_cs(bench):
    wanted = at("EVSE", "AvailabilityState", evse=1)

    assert_evse_state(custom_report(bench, componentVariable=[wanted]), 1)


def test_tc_b_18_cs(bench):
    wanted = at("EVSE", "AvailabilityState", evse=1)

    data = custom_report(bench, componentCriteria=["Available"], componentVariable=[wanted])
    answer = bench.call(
        "GetReport", requestId=13, componentCriteria=["Problem"], componentVariable=[wanted]
    )

    assert_evse_state(data, 1)
    assert answer["status"] == "EmptyResultSet"
    bench.quiet(5.0)


def test_tc_b_19_cs(make_bench):
    bench = make_bench(variables={"InternalCtrlr.SupportedCriteria": "Enabled,Available"})

    answer = bench.call("GetReport", requestId=14, componentCriteria=["Available", "Problem"])

    assert answer["status"] == "NotSupported"
    bench.quiet(5.0)


def test_tc_b_53_cs(bench):
    data = base_report(bench, "FullInventory")

    assert_lists_say_their_values(data)
    for each in data:
        characteristics = each["variableCharacteristics"]
        for attribute in each["variableAttribute"]:
            if attribute.get("mutability") == "WriteOnly":
                assert "value" not in attribute, each
                continue
            assert "value" in attribute, each
            if characteristics["dataType"] in LISTS:
                allowed = characteristics["valuesList"].split(",")
                chosen = attribute["value"].split(",") if attribute["value"] else []
                assert set(chosen) <= set(allowed), each
                assert characteristics["dataType"] != "OptionList" or len(chosen) == 1, each
    for wanted in (*CONTROLLERS, *INFRASTRUCTURE):
        assert_required(data, wanted)
    (power,) = (each for each in named(data, "EVSE", "Power") if place(each) == (1, None))
    assert power["variableCharacteristics"]["maxLimit"] > 0
    (stop,) = named(data, "TxCtrlr", "TxStopPoint")
    assert "DataSigned" not in stop["variableCharacteristics"]["valuesList"]


def test_tc_b_54_cs(bench):
    data = custom_report(bench, componentVariable=[at("DeviceDataCtrlr", "ItemsPerMessage")])

    assert {each["component"]["name"] for each in data} == {"DeviceDataCtrlr"}
    assert {each["variable"]["name"] for each in data} == {"ItemsPerMessage"}
    assert {each["variable"]["instance"] for each in data} >= {"GetReport", "GetVariables"}


def test_tc_b_55_cs(bench):
    wanted = at("DeviceDataCtrlr", "ItemsPerMessage", "GetReport")

    (each,) = custom_report(bench, componentVariable=[wanted])

    assert each["component"] == wanted["component"]
    assert each["variable"] == wanted["variable"]


@pytest.mark.parametrize("evses", [(1,), (1, 1), (1, 2, 1)])
def test_tc_b_56_cs(make_bench, evses):
    bench = make_bench(evses=evses)

    data = custom_report(bench, componentVariable=[at("EVSE", "AvailabilityState")])

    assert {each["variable"]["name"] for each in data} == {"AvailabilityState"}
    assert {each["component"]["name"] for each in data} == {"EVSE"}
    assert [place(each) for each in data] == [(evse, None) for evse in range(1, len(evses) + 1)]
