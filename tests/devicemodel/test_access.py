from __future__ import annotations

import pytest
from attrs import evolve

from ocpp_iface.devicemodel import Addressing, Caller, Configured
from ocpp_iface.devicemodel.access import ShownKey
from ocpp_iface.devicemodel.catalog import (
    InternalCtrlr,
    NetworkConfiguration,
    OCPPCommCtrlr,
    SecurityCtrlr,
    TxCtrlr,
)
from ocpp_iface.devicemodel.connection_rules import Credentials
from ocpp_iface.devicemodel.custom import custom_variable, parse_address
from ocpp_iface.devicemodel.definition import RO, DataType
from ocpp_iface.devicemodel.instances import address_of
from ocpp_iface.devicemodel.model import VARIABLES, Setting
from ocpp_iface.types import (
    AttributeEnum,
    Component,
    ComponentVariable,
    ConfigurationStatus,
    GetVariableRequest,
    SetVariableRequest,
    Variable,
)

KEYS, COMPONENTS = Addressing.KEYS_FIRST, Addressing.COMPONENTS
APP, CSMS = Caller.APP, Caller.CSMS
TARGET = AttributeEnum.Target


def address(text):
    """A bare name is a key, in the form that has no component."""
    found = parse_address(text)
    return found or ComponentVariable(Component(""), Variable(text))


def get(bench, where, addressing=COMPONENTS, caller=APP, attribute=None):
    request = GetVariableRequest(address(where), attribute_type=attribute)
    (result,) = bench.access.get_variables([request], addressing, caller)
    assert result.component_variable is request.component_variable
    assert result.attribute_type is (attribute or AttributeEnum.Actual)
    return result.status.value, result.value


def put(bench, where, value, addressing=COMPONENTS, *, caller=APP, attribute=None):
    request = SetVariableRequest(address(where), value, attribute_type=attribute)
    (result,) = bench.access.set_variables([request], "test", addressing, caller)
    assert result.component_variable is request.component_variable
    assert result.attribute_type is (attribute or AttributeEnum.Actual)
    return result.status.value


def why(bench, where, value, caller=CSMS):
    request = SetVariableRequest(address(where), value)
    outcome = bench.access.set_one(request, "csms", COMPONENTS, caller)
    return outcome.result.status.value, outcome.status_info and outcome.status_info.reason_code


def custom_bench(make, **traits):
    own = custom_variable(
        address("Vendor/Colour"), DataType.STRING, default="red", maximum=5, **traits
    )
    return make(Configured(extra=(own,), keys=(("VendorColour", address_of(own)),)))


# Component and variable.


@pytest.mark.parametrize("size", ["ConfigurationValueSize", "ValueSize"])
def test_a_value_that_is_longer_than_configuration_values_may_be_is_rejected(make, size):
    """Referenced variable DeviceDataCtrlr.ConfigurationValueSize: SetVariableData.attributeValue."""
    limit = Setting(address(f"DeviceDataCtrlr/{size}"), "20")
    bench = make(Configured(settings=(limit,)))

    assert why(bench, "ClockCtrlr/NtpServerUri", "x" * 21) == ("Rejected", "TooLargeElement")
    assert why(bench, "ClockCtrlr/NtpServerUri", "x" * 20) == ("Accepted", None)
    assert why(bench, "ClockCtrlr/NtpServerUri", "x" * 21, caller=APP) == ("Accepted", None)


@pytest.mark.parametrize("size", ["ReportingValueSize", "ValueSize"])
def test_a_value_is_cut_to_the_size_of_reported_values(make, size):
    """Referenced variable DeviceDataCtrlr.ReportingValueSize: GetVariableResult.attributeValue."""
    limit = Setting(address(f"DeviceDataCtrlr/{size}"), "4")
    bench = make(Configured(settings=(limit,)))

    assert get(bench, "ClockCtrlr/TimeZone", caller=CSMS) == ("Accepted", "Etc/")
    assert get(bench, "ClockCtrlr/TimeZone") == ("Accepted", "Etc/UTC")


@pytest.mark.parametrize("caller", [APP, CSMS])
@pytest.mark.parametrize(
    ("where", "attribute", "expected"),
    [
        ("OCPPCommCtrlr/OfflineThreshold", None, ("Accepted", "60")),
        ("ocppcommctrlr/offlinethreshold", AttributeEnum.Actual, ("Accepted", "60")),
        ("UnknownCtrlr/OfflineThreshold", None, ("UnknownComponent", None)),
        ("OCPPCommCtrlr/Unknown", None, ("UnknownVariable", None)),
        ("OCPPCommCtrlr/MessageTimeout", None, ("UnknownVariable", None)),
        ("OCPPCommCtrlr/OfflineThreshold", TARGET, ("NotSupportedAttributeType", None)),
        ("SecurityCtrlr/BasicAuthPassword", None, ("Rejected", None)),
        ("NetworkConfiguration[1]/BasicAuthPassword", None, ("Rejected", None)),
        ("ISO15118Ctrlr/SeccId", None, ("Accepted", "")),
    ],
)
def test_every_get_status_by_component_and_variable(bench, caller, where, attribute, expected):
    """B06.FR.06 to B06.FR.15."""
    assert get(bench, where, COMPONENTS, caller, attribute) == expected


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (("OCPPCommCtrlr/OfflineThreshold", "300", None), "Accepted"),
        (("UnknownCtrlr/OfflineThreshold", "300", None), "UnknownComponent"),
        (("OCPPCommCtrlr/Unknown", "300", None), "UnknownVariable"),
        (("OCPPCommCtrlr/OfflineThreshold", "300", TARGET), "NotSupportedAttributeType"),
        (("OCPPCommCtrlr/OfflineThreshold", "300.1", None), "Rejected"),
        (("OCPPCommCtrlr/OfflineThreshold", "-1", None), "Rejected"),
        (("OCPPCommCtrlr/MessageTimeout[Default]", "30", None), "Rejected"),
        (("NetworkConfiguration[2]/OcppCsmsUrl", "ws://csms/x", None), "RebootRequired"),
    ],
)
@pytest.mark.parametrize("caller", [APP, CSMS])
def test_every_set_status_by_component_and_variable(bench, caller, request_, expected):
    """B05.FR.04 to B05.FR.10."""
    where, value, attribute = request_

    assert put(bench, where, value, caller=caller, attribute=attribute) == expected


@pytest.mark.parametrize(
    ("where", "value", "reason"),
    [
        ("OCPPCommCtrlr/OfflineThreshold", "abc", "InvalidValue"),
        ("OCPPCommCtrlr/HeartbeatInterval", "0", "ValueTooLow"),
        ("SmartChargingCtrlr/LimitChangeSignificance", "101", "ValueTooHigh"),
        ("AuthCtrlr/AuthorizeRemoteStart", "True", "InvalidValue"),
        ("TariffCostCtrlr/Currency", "EURO", "TooLargeElement"),
        ("ClockCtrlr/NextTimeOffsetTransitionDateTime", "true", "InvalidValue"),
        ("ChargingStation/SupplyPhases", "1", "ReadOnly"),
        ("LocalAuthListCtrlr/Enabled", "true", "UnsupportedRequest"),
        ("TariffCostCtrlr/Enabled[Cost]", "true", "UnsupportedRequest"),
    ],
)
def test_a_rejection_tells_the_csms_why(bench, where, value, reason):
    """B05.FR.07 to B05.FR.09."""
    assert why(bench, where, value) == ("Rejected", reason)
    assert bench.changes == []


def test_a_write_only_value_is_rejected_with_its_reason(bench):
    request = GetVariableRequest(address("SecurityCtrlr/BasicAuthPassword"))

    outcome = bench.access.get_one(request, COMPONENTS, CSMS)

    assert outcome.status_info.reason_code == "WriteOnly"


def test_what_is_switched_off_may_be_switched_off_again(bench):
    assert put(bench, "LocalAuthListCtrlr/Enabled", "false") == "Accepted"


def test_results_keep_the_order_and_the_duplicates(bench):
    asked = ["TxCtrlr/EVConnectionTimeOut", "Nope/X", "TxCtrlr/EVConnectionTimeOut"]
    requests = [GetVariableRequest(address(each)) for each in asked]

    results = bench.access.get_variables(requests, COMPONENTS)

    assert [each.component_variable for each in results] == [address(each) for each in asked]
    assert [each.value for each in results] == ["120", None, "120"]


def test_two_values_for_one_variable_are_set_in_order(bench):
    where = address("TxCtrlr/EVConnectionTimeOut")
    requests = [SetVariableRequest(where, "1"), SetVariableRequest(where, "2")]

    results = bench.access.set_variables(requests, "app", COMPONENTS)

    assert [each.status for each in results] == ["Accepted", "Accepted"]
    assert bench.variables.get(TxCtrlr.ev_connection_timeout) == 2


def test_the_source_is_kept_with_the_value(bench):
    request = SetVariableRequest(address("TxCtrlr/EVConnectionTimeOut"), "9")

    bench.access.set_variables([request], "EnergyManager", COMPONENTS)

    ((_, row),) = bench.store.table(VARIABLES).items()
    assert (row.value, row.source) == ("9", "EnergyManager")
    assert bench.changes[0].source == "EnergyManager"


def test_a_long_value_is_cut_to_what_a_result_may_hold(make):
    own = custom_variable(address("Vendor/Essay"), DataType.STRING, default="x" * 3000)
    bench = make(Configured(extra=(own,)))

    assert get(bench, "Vendor/Essay") == ("Accepted", "x" * 2500)


def test_other_attributes_of_a_custom_variable_are_kept_apart(make):
    own = custom_variable(address("Vendor/Heat"), DataType.INTEGER, default="20")
    both = evolve(own.definition, attributes=(AttributeEnum.Actual, TARGET))
    bench = make(Configured(extra=(evolve(own, definition=both),)))

    assert get(bench, "Vendor/Heat", attribute=TARGET) == ("Accepted", "")
    assert put(bench, "Vendor/Heat", "30", attribute=TARGET) == "Accepted"

    assert get(bench, "Vendor/Heat", attribute=TARGET) == ("Accepted", "30")
    assert get(bench, "Vendor/Heat") == ("Accepted", "20")
    bench.variables.reload()
    assert get(bench, "Vendor/Heat", attribute=TARGET) == ("Accepted", "30")


def test_an_empty_component_means_a_key_for_the_app_but_not_for_the_csms(bench):
    assert get(bench, "ConnectionTimeOut", COMPONENTS, APP) == ("Accepted", "120")
    assert get(bench, "NoSuchKey", COMPONENTS, APP) == ("UnknownVariable", None)
    assert get(bench, "ConnectionTimeOut", COMPONENTS, CSMS) == ("UnknownComponent", None)
    assert put(bench, "ConnectionTimeOut", "7", COMPONENTS, caller=APP) == "Accepted"
    assert put(bench, "ConnectionTimeOut", "7", COMPONENTS, caller=CSMS) == "UnknownComponent"


# Keys first: the facade while 1.6 is active.


@pytest.mark.parametrize("component", ["", "Whatever", "TxCtrlr"])
def test_with_1_6_the_name_is_a_key_whatever_the_component(bench, component):
    where = ComponentVariable(Component(component), Variable("connectiontimeout"))

    (result,) = bench.access.get_variables([GetVariableRequest(where)], KEYS)

    assert (result.status, result.value) == ("Accepted", "120")
    assert result.component_variable is where


@pytest.mark.parametrize(
    ("where", "attribute", "expected"),
    [
        ("TxCtrlr/EVConnectionTimeOut", None, ("Accepted", "120")),
        ("NoSuchKey", None, ("UnknownVariable", None)),
        ("TxCtrlr/NoSuchVariable", None, ("UnknownVariable", None)),
        ("NoSuchCtrlr/NoSuchVariable", None, ("UnknownComponent", None)),
        ("ConnectionTimeOut", TARGET, ("NotSupportedAttributeType", None)),
        ("AuthorizationKey", None, ("Rejected", None)),
        ("MaxChargingProfilesInstalled", None, ("Accepted", "500")),
        ("ChargingScheduleAllowedChargingRateUnit", None, ("Accepted", "Current,Power")),
        ("SmartChargingCtrlr/RateUnit", None, ("Accepted", "A,W")),
    ],
)
def test_every_get_status_with_keys_first(bench, where, attribute, expected):
    assert get(bench, where, KEYS, attribute=attribute) == expected


def test_with_1_6_only_custom_keys_can_be_set(make):
    bench = custom_bench(make)

    assert put(bench, "VendorColour", "blue", KEYS) == "Accepted"
    assert put(bench, "Vendor/Colour", "green", KEYS) == "Accepted"
    assert put(bench, "ConnectionTimeOut", "7", KEYS) == "Rejected"
    assert put(bench, "TxCtrlr/EVConnectionTimeOut", "7", KEYS) == "Rejected"
    assert put(bench, "NoSuchKey", "7", KEYS) == "UnknownVariable"
    assert put(bench, "NoSuchCtrlr/NoSuchVariable", "7", KEYS) == "UnknownComponent"
    assert put(bench, "VendorColour", "too long", KEYS) == "Rejected"
    assert put(bench, "VendorColour", "blue", KEYS, attribute=TARGET) == "NotSupportedAttributeType"
    assert get(bench, "VendorColour", KEYS) == ("Accepted", "green")


def test_a_switch_lets_the_app_set_standard_keys_too(bench):
    bench.variables.set(InternalCtrlr.standard_keys_writable, value=True)

    assert put(bench, "ConnectionTimeOut", "7", KEYS) == "Accepted"
    assert put(bench, "TxCtrlr/EVConnectionTimeOut", "8", KEYS) == "Accepted"
    assert put(bench, "NumberOfConnectors", "7", KEYS) == "Rejected"
    assert put(bench, "AuthorizationKey", "0123456789abcdef", KEYS) == "RebootRequired"


def test_a_read_only_custom_key_stays_read_only(make):
    assert put(custom_bench(make, access=RO), "VendorColour", "blue", KEYS) == "Rejected"


def test_two_keys_for_one_variable_are_refused_to_the_app_in_every_form(make):
    keys = (("MyTimeout", address("TxCtrlr/EVConnectionTimeOut")),)
    bench = make(Configured(keys=keys))
    bench.variables.set(InternalCtrlr.standard_keys_writable, value=True)

    for form in ("MyTimeout", "ConnectionTimeOut", "TxCtrlr/EVConnectionTimeOut"):
        assert get(bench, form, KEYS) == ("Rejected", None)
        assert put(bench, form, "7", KEYS) == "Rejected"
    assert why(bench, "TxCtrlr/EVConnectionTimeOut", "7", APP) == ("Rejected", "AmbiguousMapping")
    assert bench.access.change_key("ConnectionTimeOut", "7") is ConfigurationStatus.Accepted


# 1.6 GetConfiguration and ChangeConfiguration.


def test_a_key_is_shown_with_value_and_access_in_its_own_spelling(bench):
    assert bench.access.get_key("CONNECTIONTIMEOUT") == ShownKey(
        "ConnectionTimeOut", read_only=False, value="120"
    )
    assert bench.access.get_key("NumberOfConnectors") == ShownKey(
        "NumberOfConnectors", read_only=True, value="3"
    )
    assert bench.access.get_key("NoSuchKey") is None


def test_the_authorization_key_is_in_no_answer(bench):
    bench.access.change_key("AuthorizationKey", "0123456789abcdef")

    assert bench.access.get_key("AuthorizationKey") is None
    assert "AuthorizationKey" not in [each.key for each in bench.access.all_keys()]
    assert not any(each.value == "0123456789abcdef" for each in bench.access.all_keys())


def test_the_list_of_all_keys_leaves_out_profiles_that_are_not_supported(bench):
    names = [each.key for each in bench.access.all_keys()]

    assert {"ConnectionTimeOut", "ChargeProfileMaxStackLevel", "CpoName"} <= set(names)
    assert not {
        "LocalAuthListEnabled",
        "ISO15118PnCEnabled",
        "ReserveConnectorZeroSupported",
    } & set(names)
    assert bench.access.get_key("LocalAuthListEnabled").value == "false"


@pytest.mark.parametrize(
    ("key", "value", "status"),
    [
        ("connectiontimeout", "60", "Accepted"),
        ("ConnectionTimeOut", "-1", "Rejected"),
        ("ConnectionTimeOut", "soon", "Rejected"),
        ("WebSocketPingInterval", "-1", "Rejected"),
        ("LocalPreAuthorize", "FALSE", "Accepted"),
        ("NumberOfConnectors", "3", "Rejected"),
        ("MaxChargingProfilesInstalled", "3", "Rejected"),
        ("QueueAllMessages", "true", "Rejected"),
        ("MeterValuesSampledData", "Voltage,SoC", "Accepted"),
        ("MeterValuesSampledData", "Voltage.L1", "Accepted"),
        ("MeterValuesSampledData", "Voltage,Nonsense", "Rejected"),
        ("StopTxnSampledData", "", "Accepted"),
        ("LocalAuthListEnabled", "true", "Rejected"),
        ("NoSuchKey", "1", "NotSupported"),
        ("AuthorizationKey", "0123456789abcdef", "Accepted"),
        ("AuthorizationKey", "short", "Rejected"),
        ("AuthorizationKey", "", "Rejected"),
        ("AuthorizationKey", "0" * 41, "Rejected"),
        ("AuthorizationKey", "has a space in it..", "Rejected"),
    ],
)
def test_every_status_of_change_configuration(bench, key, value, status):
    assert bench.access.change_key(key, value) == status


def test_change_configuration_asks_for_a_reboot_where_one_is_needed(make):
    own = custom_variable(address("Vendor/Fuse"), DataType.INTEGER, default="16")
    slow = evolve(own, definition=evolve(own.definition, reboot=True))
    bench = make(Configured(extra=(slow,), keys=(("VendorFuse", address_of(slow)),)))

    assert bench.access.change_key("VendorFuse", "32") == "RebootRequired"


def test_words_are_translated_where_the_versions_differ(bench):
    key = "IgnoredProfilePurposesOffline"

    assert bench.access.change_key(key, "ChargePointMaxProfile,TxProfile") == "Accepted"

    assert bench.access.get_key(key).value == "ChargePointMaxProfile,TxProfile"
    assert get(bench, "SmartChargingCtrlr/IgnoredProfilePurposesOffline") == (
        "Accepted",
        "ChargingStationMaxProfile,TxProfile",
    )


# The connection.


def test_a_1_6_security_profile_only_rises_and_only_with_what_it_takes(bench):
    change = bench.access.change_key

    assert change("SecurityProfile", "1") == "Rejected"
    assert change("AuthorizationKey", "0123456789abcdef") == "Accepted"
    assert change("SecurityProfile", "1") == "Accepted"
    assert change("SecurityProfile", "2") == "Accepted"
    assert change("SecurityProfile", "3") == "Rejected"
    assert change("SecurityProfile", "1") == "Rejected"
    bench.credentials = Credentials(csms_root=False, client_certificate=True)
    assert change("SecurityProfile", "3") == "Rejected"
    bench.credentials = Credentials(csms_root=True, client_certificate=True)
    assert change("SecurityProfile", "3") == "Accepted"
    assert change("SecurityProfile", "4") == "Rejected"


def test_a_new_password_of_the_station_replaces_those_of_the_slots(bench):
    bench.access.change_key("AuthorizationKey", "0123456789abcdef")

    assert put(bench, "SecurityCtrlr/BasicAuthPassword", "fedcba9876543210", caller=CSMS) == (
        "Accepted"
    )

    own = NetworkConfiguration.basic_auth_password
    assert bench.variables.get(own, instance="1") == ""
    assert bench.variables.get(SecurityCtrlr.basic_auth_password) == "fedcba9876543210"
    assert why(bench, "SecurityCtrlr/BasicAuthPassword", "short") == ("Rejected", "InvalidValue")


def test_the_csms_may_not_write_to_a_slot_in_use_but_the_app_may(bench):
    where = "NetworkConfiguration[1]/MessageTimeout"

    assert why(bench, where, "20") == ("Rejected", "PriorityNetworkConf")
    assert put(bench, where, "20") == "RebootRequired"
    assert why(bench, "NetworkConfiguration[2]/MessageTimeout", "20") == ("RebootRequired", None)


def test_the_priority_may_name_configured_slots_only(bench):
    """B10.FR.01, B10.FR.02."""
    where = "OCPPCommCtrlr/NetworkConfigurationPriority"
    bench.variables.set(NetworkConfiguration.ocpp_csms_url, "ws://one", instance="1")

    assert why(bench, where, "2,1") == ("Rejected", "InvalidNetworkConf")
    assert why(bench, where, "3") == ("Rejected", "InvalidValue")
    assert why(bench, where, "") == ("Rejected", "InvalidValue")
    assert why(bench, where, "1,1") == ("Rejected", "InvalidValue")
    bench.variables.set(NetworkConfiguration.ocpp_csms_url, "ws://two", instance="2")
    assert why(bench, where, "2,1") == ("RebootRequired", None)
    assert bench.variables.get(OCPPCommCtrlr.network_configuration_priority) == ("2", "1")
