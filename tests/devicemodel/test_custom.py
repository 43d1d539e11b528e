from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpp_iface.devicemodel.custom import custom_variable, format_address, parse_address
from ocpp_iface.devicemodel.definition import RO, DataType, Scope
from ocpp_iface.types import EVSE, Component, ComponentVariable, Variable

NAMES = st.text("ABCxyz019 .:_-", min_size=1, max_size=50)
INSTANCES = st.none() | NAMES
PLACES = st.none() | st.builds(
    EVSE,
    st.integers(min_value=1, max_value=99),
    connector_id=st.none() | st.integers(min_value=1, max_value=9),
)


@given(NAMES, INSTANCES, PLACES, NAMES, INSTANCES)
def test_an_address_survives_its_text(name, instance, evse, variable, own):
    address = ComponentVariable(
        Component(name, instance=instance, evse=evse), Variable(variable, instance=own)
    )

    assert parse_address(format_address(address)) == address


@pytest.mark.parametrize(
    "text",
    ["", "TxCtrlr", "/X", "TxCtrlr/", "EVSE@0/X", "EVSE@1./X", "A/B/C", "A[]/B", "A" * 51 + "/B"],
)
def test_what_is_no_address_is_none(text):
    assert parse_address(text) is None


def test_a_standardized_name_brings_its_type_and_unit():
    located = custom_variable(parse_address("FiscalMetering@1.2/EnergyImport"), access=RO)

    assert located.definition.data_type is DataType.DECIMAL
    assert located.definition.unit == "Wh"
    assert located.definition.scope is Scope.CONNECTOR
    assert located.definition.default is None


def test_any_other_name_is_a_string_unless_said_otherwise():
    assert custom_variable(parse_address("V/Colour")).definition.data_type is DataType.STRING
    own = custom_variable(parse_address("V@1/Modes"), DataType.MEMBER_LIST, default="A,B")
    assert own.definition.default == ("A", "B")
    assert own.definition.scope is Scope.EVSE


def test_a_default_of_the_wrong_type_is_refused():
    with pytest.raises(ValueError, match="not an integer"):
        custom_variable(parse_address("V/N"), DataType.INTEGER, default="x")
