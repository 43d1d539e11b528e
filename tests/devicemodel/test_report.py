from __future__ import annotations

import pytest

from ocpp_iface.devicemodel import Configured
from ocpp_iface.devicemodel.catalog import (
    AuthCtrlr,
    Connector,
    Evse,
    MonitoringCtrlr,
    SecurityCtrlr,
)
from ocpp_iface.devicemodel.custom import custom_variable, parse_address
from ocpp_iface.devicemodel.definition import DataType
from ocpp_iface.devicemodel.model import Setting
from ocpp_iface.devicemodel.report import (
    Criterion,
    ReportBase,
    Selector,
    base_report,
    custom_report,
)
from ocpp_iface.types import EVSE, Component, Variable


def names(entries):
    return [_name(each) for each in entries]


def _name(entry):
    component, evse = entry.component, entry.component.evse
    place = (
        ""
        if evse is None
        else f"@{evse.id}" + (f".{evse.connector_id}" if evse.connector_id else "")
    )
    instance = f"[{component.instance}]" if component.instance else ""
    own = f"[{entry.variable.instance}]" if entry.variable.instance else ""
    return f"{component.name}{instance}{place}/{entry.variable.name}{own}"


def find(entries, name):
    return next(each for each in entries if _name(each) == name)


def test_the_full_inventory_has_every_variable_once_with_characteristics(bench):
    """B07.FR.08, B07.FR.11."""
    entries = list(base_report(bench.variables, ReportBase.FULL))

    assert len(entries) == len(list(bench.variables)) == len(set(names(entries)))
    assert {"EVSE@1/Power", "EVSE@2/Power", "Connector@2.2/Available"} <= set(names(entries))
    power = find(entries, "EVSE@1/Power").characteristics
    assert (power.data_type, power.unit, power.max_limit) == (DataType.DECIMAL, "W", 22000)


def test_lists_come_with_their_values(bench):
    """TC_B_53."""
    lists = {DataType.OPTION_LIST, DataType.MEMBER_LIST, DataType.SEQUENCE_LIST}

    for entry in base_report(bench.variables, ReportBase.FULL):
        kind, values = entry.characteristics.data_type, entry.characteristics.values_list
        assert bool(values) == (kind in lists)
        for attribute in entry.attributes:
            if kind is DataType.OPTION_LIST:
                assert attribute.value in values.split(",")


@pytest.mark.parametrize("monitors", [False, True])
def test_a_station_without_monitors_says_that_nothing_can_be_monitored(bench, monitors):
    """VariableCharacteristicsType.supportsMonitoring, as long as SetVariableMonitoring is unknown."""
    bench.variables.set(MonitoringCtrlr.available, monitors)

    entries = list(base_report(bench.variables, ReportBase.FULL))

    assert find(entries, "EVSE@1/Power").characteristics.supports_monitoring is monitors
    password = find(entries, "SecurityCtrlr/BasicAuthPassword")
    assert password.characteristics.supports_monitoring is False


def test_values_and_lists_are_no_longer_than_the_station_says(make):
    """DeviceDataCtrlr.ReportingValueSize and ConfigurationValueSize; no word of a list is cut."""
    sizes = {"ReportingValueSize": "4", "ConfigurationValueSize": "20"}
    settings = [Setting(parse_address(f"DeviceDataCtrlr/{name}"), v) for name, v in sizes.items()]
    bench = make(Configured(settings=tuple(settings)))

    entries = list(base_report(bench.variables, ReportBase.FULL))

    assert find(entries, "ClockCtrlr/TimeZone").attributes[0].value == "Etc/"
    assert find(entries, "ClockCtrlr/TimeSource").characteristics.values_list == "Heartbeat,NTP,GPS"


def test_a_write_only_value_is_in_no_report(bench):
    """B07.FR.03, B08.FR.03."""
    bench.variables.set(SecurityCtrlr.basic_auth_password, "0123456789abcdef")
    full = list(base_report(bench.variables, ReportBase.FULL))
    asked = Selector(Component("SecurityCtrlr"), Variable("BasicAuthPassword"))

    for entries in (full, custom_report(bench.variables, (), (asked,))):
        (attribute,) = find(entries, "SecurityCtrlr/BasicAuthPassword").attributes
        assert (attribute.mutability, attribute.value) == ("WriteOnly", None)
    assert "0123456789abcdef" not in str(full)


def test_the_configuration_inventory_has_what_the_operator_can_set(bench):
    """B07.FR.07."""
    entries = list(base_report(bench.variables, ReportBase.CONFIGURATION))

    assert {each.attributes[0].mutability for each in entries} == {"ReadWrite", "WriteOnly"}
    assert "OCPPCommCtrlr/HeartbeatInterval" in names(entries)
    assert "OCPPCommCtrlr/MessageTimeout[Default]" not in names(entries)


def test_the_summary_has_availability_and_present_problems(bench):
    """B07.FR.09."""
    bench.variables.provide(Evse.problem, lambda place: place.evse == 2)

    assert names(base_report(bench.variables, ReportBase.SUMMARY)) == [
        "ChargingStation/AvailabilityState",
        "EVSE@1/AvailabilityState",
        "EVSE@2/AvailabilityState",
        "EVSE@2/Problem",
        "Connector@1.1/AvailabilityState",
        "Connector@2.1/AvailabilityState",
        "Connector@2.2/AvailabilityState",
    ]


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        (
            Selector(Component("EVSE", evse=EVSE(1)), Variable("AvailabilityState")),
            ["EVSE@1/AvailabilityState"],
        ),
        (
            Selector(Component("evse"), Variable("availabilitystate")),
            ["EVSE@1/AvailabilityState", "EVSE@2/AvailabilityState"],
        ),
        (
            Selector(Component("Connector", evse=EVSE(2)), Variable("ConnectorType")),
            ["Connector@2.1/ConnectorType", "Connector@2.2/ConnectorType"],
        ),
        (
            Selector(
                Component("Connector", evse=EVSE(2, connector_id=2)), Variable("ConnectorType")
            ),
            ["Connector@2.2/ConnectorType"],
        ),
        (
            Selector(Component("DeviceDataCtrlr"), Variable("ItemsPerMessage")),
            [
                "DeviceDataCtrlr/ItemsPerMessage[GetReport]",
                "DeviceDataCtrlr/ItemsPerMessage[GetVariables]",
                "DeviceDataCtrlr/ItemsPerMessage[SetVariables]",
            ],
        ),
        (
            Selector(
                Component("DeviceDataCtrlr"), Variable("ItemsPerMessage", instance="getreport")
            ),
            ["DeviceDataCtrlr/ItemsPerMessage[GetReport]"],
        ),
        (
            Selector(Component("NetworkConfiguration"), Variable("OcppCsmsUrl")),
            ["NetworkConfiguration[1]/OcppCsmsUrl", "NetworkConfiguration[2]/OcppCsmsUrl"],
        ),
        (
            Selector(Component("NetworkConfiguration", instance="2"), Variable("OcppCsmsUrl")),
            ["NetworkConfiguration[2]/OcppCsmsUrl"],
        ),
        (Selector(Component("TxCtrlr", instance="x")), []),
        (Selector(Component("TxCtrlr", evse=EVSE(1))), []),
        (Selector(Component("Nope")), []),
        (
            Selector(Component("ReservationCtrlr")),
            [
                "ReservationCtrlr/Available",
                "ReservationCtrlr/Enabled",
                "ReservationCtrlr/NonEvseSpecific",
            ],
        ),
    ],
)
def test_what_a_request_leaves_out_means_any(bench, selector, expected):
    """B08.FR.11, B08.FR.15, B08.FR.20 to B08.FR.25."""
    assert names(custom_report(bench.variables, (), (selector,))) == expected


def test_a_variable_that_two_selectors_name_is_reported_once(bench):
    twice = Selector(Component("ReservationCtrlr"), Variable("Enabled"))

    assert len(custom_report(bench.variables, (), (twice, twice))) == 1


def test_criteria_take_components_that_have_it_or_have_no_such_variable(bench):
    """B08.FR.07, B08.FR.08, B08.FR.09."""
    bench.variables.set(AuthCtrlr.enabled, value=False)

    components = {
        entry.component.name for entry in custom_report(bench.variables, (Criterion.ENABLED,))
    }

    assert {"AlignedDataCtrlr", "SecurityCtrlr", "EVSE"} <= components
    assert not {"AuthCtrlr", "ReservationCtrlr"} & components


def test_the_problem_criterion_takes_components_with_a_problem_only(bench):
    """B08.FR.10."""
    assert custom_report(bench.variables, (Criterion.PROBLEM,)) == ()
    bench.variables.provide(Connector.problem, lambda place: place.connector == 2)

    entries = custom_report(bench.variables, (Criterion.PROBLEM,))

    assert {_name(entry).split("/")[0] for entry in entries} == {"Connector@2.2"}


def test_several_criteria_are_alternatives(bench):
    """B08.FR.13."""
    both = custom_report(bench.variables, (Criterion.PROBLEM, Criterion.AVAILABLE))

    assert both == custom_report(bench.variables, (Criterion.AVAILABLE,))


def test_criteria_and_selectors_together_narrow(bench):
    """B08.FR.05; TC_B_18."""
    one = Selector(Component("EVSE", evse=EVSE(1)), Variable("AvailabilityState"))

    assert len(custom_report(bench.variables, (Criterion.AVAILABLE,), (one,))) == 1
    assert custom_report(bench.variables, (Criterion.PROBLEM,), (one,)) == ()


def test_custom_components_are_judged_by_their_own_variables(make):
    enabled = custom_variable(parse_address("Toaster@1/Enabled"), default="true")
    slots = custom_variable(parse_address("Toaster@1/Slots"), DataType.INTEGER, default="2")
    off = custom_variable(parse_address("Toaster@2/Enabled"))
    bench = make(Configured(extra=(enabled, slots, off)))
    asked = (Selector(Component("Toaster")),)

    entries = custom_report(bench.variables, (Criterion.ENABLED,), asked)

    assert names(entries) == ["Toaster@1/Enabled", "Toaster@1/Slots"]
