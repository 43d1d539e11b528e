"""B05, B06: SetVariables and GetVariables."""

from __future__ import annotations

from typing import Any

import pytest

from ocpp_iface.sim.bench import Bench
from ocpp_iface.sim.csms_script import CsmsCallError


def at(component: str, variable: str, **more: Any) -> dict[str, Any]:
    evse = more.pop("evse", None)
    named: dict[str, Any] = {"name": component}
    if evse is not None:
        named["evse"] = evse
    return {"component": named, "variable": {"name": variable}, **more}


def get(bench: Bench, *items: dict[str, Any]) -> list[dict[str, Any]]:
    results: list[dict[str, Any]] = bench.call("GetVariables", getVariableData=list(items))[
        "getVariableResult"
    ]
    return results


def put(bench: Bench, *items: dict[str, Any]) -> list[dict[str, Any]]:
    results: list[dict[str, Any]] = bench.call("SetVariables", setVariableData=list(items))[
        "setVariableResult"
    ]
    return results


def test_results_keep_the_order_and_the_address_as_asked(bench: Bench) -> None:
    asked = [
        at("ocppcommctrlr", "HEARTBEATINTERVAL"),
        at("NoSuchCtrlr", "X"),
        at("OCPPCommCtrlr", "HeartbeatInterval", attributeType="Actual"),
    ]

    results = get(bench, *asked)

    assert [result["component"] for result in results] == [item["component"] for item in asked]
    assert [result["variable"] for result in results] == [item["variable"] for item in asked]
    assert [result["attributeType"] for result in results] == ["Actual"] * 3
    assert [result["attributeStatus"] for result in results] == [
        "Accepted",
        "UnknownComponent",
        "Accepted",
    ]
    assert "attributeValue" not in results[1]


@pytest.mark.parametrize(
    ("item", "status"),
    [
        (at("OCPPCommCtrlr", "HeartbeatInterval"), "Accepted"),
        (at("Nobody", "HeartbeatInterval"), "UnknownComponent"),
        (at("OCPPCommCtrlr", "Nothing"), "UnknownVariable"),
        (
            at("OCPPCommCtrlr", "HeartbeatInterval", attributeType="Target"),
            "NotSupportedAttributeType",
        ),
        (at("SecurityCtrlr", "BasicAuthPassword"), "Rejected"),
        (at("EVSE", "AvailabilityState", evse={"id": 1}), "Accepted"),
        (at("EVSE", "AvailabilityState", evse={"id": 9}), "UnknownComponent"),
        (at("EVSE", "AvailabilityState", evse={"id": 0}), "UnknownComponent"),
        (at("EVSE", "AvailabilityState", evse={"id": -1}), "UnknownComponent"),
    ],
)
def test_get_status(bench: Bench, item: dict[str, Any], status: str) -> None:
    (result,) = get(bench, item)

    assert result["attributeStatus"] == status
    assert ("attributeValue" in result) is (status == "Accepted")


@pytest.mark.parametrize(
    ("item", "value", "status"),
    [
        (at("OCPPCommCtrlr", "HeartbeatInterval"), "120", "Accepted"),
        (at("OCPPCommCtrlr", "HeartbeatInterval"), "often", "Rejected"),
        (at("OCPPCommCtrlr", "HeartbeatInterval"), "-1", "Rejected"),
        (at("Nobody", "X"), "1", "UnknownComponent"),
        (at("Nobody", "X", evse={"id": 0}), "1", "UnknownComponent"),
        (at("OCPPCommCtrlr", "Nothing"), "1", "UnknownVariable"),
        (
            at("OCPPCommCtrlr", "HeartbeatInterval", attributeType="MaxSet"),
            "1",
            "NotSupportedAttributeType",
        ),
        (at("OCPPCommCtrlr", "ActiveNetworkProfile"), "2", "Rejected"),
    ],
)
def test_set_status(bench: Bench, item: dict[str, Any], value: str, status: str) -> None:
    (result,) = put(bench, {**item, "attributeValue": value})

    assert result["attributeStatus"] == status
    assert result["component"] == item["component"]
    if status == "Rejected":
        assert result["attributeStatusInfo"]["reasonCode"]


def test_a_value_that_was_set_is_read_back(bench: Bench) -> None:
    put(bench, at("OCPPCommCtrlr", "OfflineThreshold", attributeValue="321"))

    (result,) = get(bench, at("OCPPCommCtrlr", "OfflineThreshold"))

    assert result["attributeValue"] == "321"


def test_too_many_items_are_an_occurrence_violation(make_bench: Any) -> None:
    bench = make_bench(variables={"DeviceDataCtrlr/ItemsPerMessage[GetVariables]": 2})
    item = at("OCPPCommCtrlr", "HeartbeatInterval")

    with pytest.raises(CsmsCallError) as refusal:
        get(bench, item, item, item)

    assert refusal.value.code == "OccurrenceConstraintViolation"
    assert len(get(bench, item, item)) == 2


def test_too_many_bytes_are_a_format_violation(make_bench: Any) -> None:
    bench = make_bench(variables={"DeviceDataCtrlr/BytesPerMessage[SetVariables]": 300})
    item = at("OCPPCommCtrlr", "OfflineThreshold", attributeValue="60")
    long = at("DisplayMessageCtrlr", "OfflineThreshold", attributeValue="x" * 300)

    with pytest.raises(CsmsCallError) as refusal:
        put(bench, item, long)

    assert refusal.value.code == "FormatViolation"
    assert len(put(bench, item)) == 1


@pytest.mark.parametrize(
    ("component", "variable", "value", "status"),
    [
        ("SampledDataCtrlr", "TxUpdatedMeasurands", "SoC,Voltage", "Accepted"),
        ("SampledDataCtrlr", "TxUpdatedMeasurands", "SoC,Temperature", "Rejected"),
        ("AlignedDataCtrlr", "Measurands", "Voltage.L1", "Rejected"),
        ("ClockCtrlr", "TimeOffset", "+02:00", "Accepted"),
        ("ClockCtrlr", "TimeOffset", "two hours", "Rejected"),
    ],
)
def test_a_value_that_the_standard_does_not_know_is_rejected(
    bench: Bench, component: str, variable: str, value: str, status: str
) -> None:
    """B05.FR.07: else the CSMS waits for values that never come."""
    (before,) = get(bench, at(component, variable))

    (result,) = put(bench, at(component, variable, attributeValue=value))

    (after,) = get(bench, at(component, variable))
    assert result["attributeStatus"] == status
    kept = before["attributeValue"] if status == "Rejected" else value
    assert after["attributeValue"] == kept


def test_an_attribute_that_is_not_there_is_reported_before_its_value(bench: Bench) -> None:
    """B05.FR.06."""
    target = at("ClockCtrlr", "TimeOffset", attributeValue="x", attributeType="Target")

    assert put(bench, target)[0]["attributeStatus"] == "NotSupportedAttributeType"


@pytest.mark.parametrize("variable", ["TxStartedMeasurands", "TxUpdatedMeasurands"])
def test_everything_that_a_values_list_offers_can_be_asked_for_at_once(
    bench: Bench, variable: str
) -> None:
    """VariableCharacteristicsType.valuesList says what may be set; no other limit is visible."""
    wanted = {"component": {"name": "SampledDataCtrlr"}, "variable": {"name": variable}}
    bench.call("GetReport", requestId=1, componentVariable=[wanted])
    (entry,) = bench.expect("NotifyReport")["reportData"]
    everything = entry["variableCharacteristics"]["valuesList"]

    (result,) = put(bench, {**wanted, "attributeValue": everything})

    assert result["attributeStatus"] == "Accepted"
