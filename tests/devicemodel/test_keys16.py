from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocpp_iface.devicemodel import Addressing, Caller, Configured
from ocpp_iface.devicemodel.catalog import (
    InternalCtrlr,
    NetworkConfiguration,
    OCPP16LegacyCtrlr,
    TxCtrlr,
)
from ocpp_iface.devicemodel.component import ComponentDef
from ocpp_iface.devicemodel.custom import custom_variable, parse_address
from ocpp_iface.devicemodel.definition import DataType, Integer, KeyPart
from ocpp_iface.devicemodel.instances import Catalogue, Located, Place, address_of
from ocpp_iface.devicemodel.keys16 import STANDARD_KEYS, Keys16, index_keys
from ocpp_iface.errors import ConfigurationError
from ocpp_iface.types import (
    Component,
    ComponentVariable,
    GetVariableRequest,
    SetVariableRequest,
    Variable,
)

from .conftest import make_bench

VALUE_KEYS = [
    key.name
    for key, definition in STANDARD_KEYS.values()
    if key.part is KeyPart.VALUE and not definition.write_only and not key.words
]
SAMPLES = {
    DataType.BOOLEAN: st.sampled_from(["true", "false", "TRUE"]),
    DataType.INTEGER: st.integers(min_value=-5, max_value=200_000).map(str),
    DataType.DECIMAL: st.integers(min_value=-5, max_value=200_000).map(str),
    DataType.DATE_TIME: st.sampled_from(["2026-05-01T00:00:00Z", "soon"]),
    DataType.STRING: st.text("ABC*-019", min_size=0, max_size=20),
}


def test_a_key_is_resolved_without_regard_to_case(bench):
    target = bench.keys.resolve("CONNECTIONtimeout")

    assert target.key.name == "ConnectionTimeOut"
    assert target.located == Located(TxCtrlr.ev_connection_timeout)
    assert bench.keys.resolve("nothing") is None


def test_connection_keys_show_the_slot_that_1_6_uses(bench):
    bench.variables.set(NetworkConfiguration.identity, "CP2", instance="2")
    keys = Keys16(bench.variables, 2)

    target = keys.resolve("ChargePointId")

    assert target.located.place == Place(instance="2")
    assert keys.read(target) == "CP2"


@pytest.mark.parametrize(
    ("key", "shown"),
    [
        ("MeterValuesSampledDataMaxLength", "27"),
        ("LocalAuthListMaxLength", "10000"),
        ("CertificateStoreMaxLength", "100"),
        ("ChargingScheduleAllowedChargingRateUnit", "Current,Power"),
        ("SupplyVoltage", "230"),
        ("SupportedFeatureProfiles", "Core,SmartCharging,RemoteTrigger"),
        ("NumberOfConnectors", "3"),
    ],
)
def test_a_key_shows_value_limit_or_choices(bench, key, shown):
    assert bench.keys.read(bench.keys.resolve(key)) == shown


def test_the_supported_measurands_are_the_choices_of_the_measurand_lists(bench):
    shown = bench.keys.read(bench.keys.resolve("SupportedMeasurands")).split(",")

    assert {"Energy.Active.Import.Register", "SoC", "Temperature"} < set(shown)


def test_a_backend_hands_in_the_feature_profiles(bench):
    bench.variables.provide(
        OCPP16LegacyCtrlr.supported_feature_profiles, lambda _: "Core,LocalAuthListManagement"
    )

    listed = [target.key.name for target in bench.keys.listed()]

    assert "LocalAuthListEnabled" in listed
    assert "ChargeProfileMaxStackLevel" not in listed


def test_a_custom_key_stands_for_a_custom_variable(make):
    own = custom_variable(parse_address("Vendor/Colour"), default="red")
    bench = make(Configured(extra=(own,), keys=(("VendorColour", address_of(own)),)))

    target = bench.keys.resolve("vendorcolour")

    assert target.custom
    assert not target.read_only
    assert bench.keys.read(target) == "red"
    assert list(bench.keys.listed())[-1] == target


@pytest.mark.parametrize(
    ("name", "address", "reason"),
    [
        ("ConnectionTimeOut", "TxCtrlr/TxStartPoint", "something else"),
        ("Mine", "TxCtrlr/Nope", "UnknownVariable"),
    ],
)
def test_a_key_that_means_two_things_or_nothing_is_a_bad_configuration(make, name, address, reason):
    configured = Configured(keys=((name, parse_address(address)),), source="keys.json")

    with pytest.raises(ConfigurationError, match=reason) as caught:
        make(configured)

    assert (caught.value.source, caught.value.path) == ("keys.json", name)


def test_two_custom_keys_for_one_variable_are_ambiguous(make):
    where = parse_address("InternalCtrlr/StandardKeysWritable")
    bench = make(Configured(keys=(("One", where), ("Two", where))))

    assert bench.keys.is_ambiguous(Located(InternalCtrlr.standard_keys_writable))
    assert not bench.keys.is_ambiguous(Located(TxCtrlr.ev_connection_timeout))


def test_one_key_for_two_variables_is_a_mistake_of_the_catalogue():
    class Twice(ComponentDef, name="Twice"):
        a = Integer("A", key16="Same")
        b = Integer("B", key16="Same")

    with pytest.raises(ValueError, match="two variables"):
        index_keys(Catalogue((Twice,)))


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("SecurityCtrlr/SecurityProfile", "SecurityProfile"),
        ("Nowhere[2]/SecurityProfile", "SecurityProfile"),
        ("NetworkConfiguration[2]/SecurityProfile", None),
        ("ClockCtrlr/TimeOffset", "TimeOffset"),
        ("ClockCtrlr/TimeOffset[NextTransition]", None),
        ("TxCtrlr/TxStartPoint", None),
    ],
)
def test_an_address_with_an_instance_is_no_key(bench, address, key):
    target = bench.keys.of_address(parse_address(address))

    assert (target and target.key.name) == key


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_both_addresses_of_a_variable_agree_whichever_was_set(data):
    """P5: key and component are two names of one value, on either version."""
    name = data.draw(st.sampled_from(VALUE_KEYS))
    _, definition = STANDARD_KEYS[name.casefold()]
    values = ",".join(definition.values[:2])
    text = data.draw(SAMPLES.get(definition.data_type, st.sampled_from(["", values, "nonsense"])))
    by_key = data.draw(st.booleans())
    bench = make_bench()
    bench.variables.set(InternalCtrlr.standard_keys_writable, value=True)
    target = bench.keys.resolve(name)
    canonical = address_of(target.located)
    legacy = ComponentVariable(Component(""), Variable(name))

    written = SetVariableRequest(legacy if by_key else canonical, text)
    bench.access.set_variables([written], "app", Addressing.KEYS_FIRST)

    readings = [
        bench.access.get_variables([GetVariableRequest(address)], addressing, Caller.APP)[0].value
        for addressing in Addressing
        for address in (legacy, canonical)
    ]
    assert len(set(readings)) == 1
    assert readings[0] == bench.access.get_key(name).value == bench.variables.at(canonical)
