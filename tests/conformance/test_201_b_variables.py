"""B, GetVariables and SetVariables."""

from __future__ import annotations

import pytest
from provisioning201 import at, get_variables, says_nothing_wrong, set_variables

COMM, AUTH = "OCPPCommCtrlr", "AuthCtrlr"
CONFIGURED = {"OCPPCommCtrlr.OfflineThreshold": 300, "AuthCtrlr.LocalAuthorizeOffline": True}


def assert_read(result, component, variable, value):
    assert result == {
        "attributeStatus": "Accepted",
        "attributeType": "Actual",
        "attributeValue": value,
        "component": {"name": component},
        "variable": {"name": variable},
    }


def assert_refused(result, status, item, attribute="Actual"):
    """The answer names what was asked for."""
    assert result["attributeStatus"] == status
    assert result["component"] == item["component"]
    assert result["variable"] == item["variable"]
    assert result.get("attributeType", "Actual") == attribute
    assert "attributeValue" not in result


def test_tc_b_06_cs(make_bench):
    bench = make_bench(variables=CONFIGURED)

    (result,) = get_variables(bench, at(COMM, "OfflineThreshold", attributeType="Actual"))

    assert_read(result, COMM, "OfflineThreshold", "300")


def test_tc_b_07_cs(make_bench):
    bench = make_bench(variables=CONFIGURED)

    first, second = get_variables(
        bench,
        at(COMM, "OfflineThreshold", attributeType="Actual"),
        at(AUTH, "LocalAuthorizeOffline", attributeType="Actual"),
    )

    assert_read(first, COMM, "OfflineThreshold", "300")
    assert_read(second, AUTH, "LocalAuthorizeOffline", "true")


def test_tc_b_09_cs(bench):
    item = at(COMM, "OfflineThreshold", attributeType="Actual")

    (result,) = set_variables(bench, {**item, "attributeValue": "300"})

    assert says_nothing_wrong(result)
    assert result == {"attributeStatus": "Accepted", **item}
    assert_read(get_variables(bench, item)[0], COMM, "OfflineThreshold", "300")


def test_tc_b_10_cs(bench):
    items = [at(COMM, "OfflineThreshold"), at(AUTH, "LocalAuthorizeOffline")]
    values = ["300", "true"]

    results = set_variables(
        bench,
        *(
            {**item, "attributeValue": value, "attributeType": "Actual"}
            for item, value in zip(items, values, strict=True)
        ),
    )

    assert results == [
        {"attributeStatus": "Accepted", "attributeType": "Actual", **item} for item in items
    ]
    assert [each["attributeValue"] for each in get_variables(bench, *items)] == values


@pytest.mark.parametrize(
    ("component", "variable", "fits"),
    [
        (COMM, "OfflineThreshold", {"60"}),
        ("SmartChargingCtrlr", "LimitChangeSignificance", {"60", "60.1"}),
        (AUTH, "AuthorizeRemoteStart", {"true"}),
        ("ClockCtrlr", "NextTimeOffsetTransitionDateTime", {"2026-01-01T00:00:00Z"}),
    ],
)
def test_tc_b_11_cs(bench, component, variable, fits):
    item = at(component, variable)
    (before,) = get_variables(bench, item)
    assert before["attributeStatus"] == "Accepted"
    value = before.get("attributeValue", "")

    for text in ("60", "60.1", "true", "2026-01-01T00:00:00Z", "abc"):
        (result,) = set_variables(bench, {**item, "attributeValue": text})

        assert (result["component"], result["variable"]) == (item["component"], item["variable"])
        assert result.get("attributeType", "Actual") == "Actual"
        if text in fits:
            assert result["attributeStatus"] == "Accepted", text
            value = text
        else:
            assert result["attributeStatus"] == "Rejected", text
            assert result["attributeStatusInfo"]["reasonCode"] == "InvalidValue"
        (after,) = get_variables(bench, item)
        assert after.get("attributeValue", "") == value


def test_tc_b_32_cs(bench):
    item = at("UnknownComponent", "OfflineThreshold")

    (result,) = get_variables(bench, item)

    assert_refused(result, "UnknownComponent", item)


def test_tc_b_33_cs(bench):
    item = at(COMM, "UnknownVariable")

    (result,) = get_variables(bench, item)

    assert_refused(result, "UnknownVariable", item)


def test_tc_b_34_cs(bench):
    item = at(COMM, "OfflineThreshold", attributeType="Target")

    (result,) = get_variables(bench, item)

    assert_refused(result, "NotSupportedAttributeType", item, "Target")


def test_tc_b_35_cs(bench):
    item = at("UnknownComponent", "OfflineThreshold")

    (result,) = set_variables(bench, {**item, "attributeValue": "1"})

    assert_refused(result, "UnknownComponent", item)


def test_tc_b_36_cs(bench):
    item = at(COMM, "UnknownVariable")

    (result,) = set_variables(bench, {**item, "attributeValue": "1"})

    assert_refused(result, "UnknownVariable", item)


def test_tc_b_37_cs(bench):
    item = at(COMM, "OfflineThreshold", attributeType="Target")

    (result,) = set_variables(bench, {**item, "attributeValue": "1"})

    assert_refused(result, "NotSupportedAttributeType", item, "Target")


def test_tc_b_39_cs(bench):
    item = at(COMM, "MessageTimeout", "Default")

    (result,) = set_variables(bench, {**item, "attributeValue": "30"})

    assert_refused(result, "Rejected", item)
