from __future__ import annotations

import json
from pathlib import Path

import pytest

from ocpp_iface.devicemodel import catalog
from ocpp_iface.devicemodel.catalog import COMPONENTS
from ocpp_iface.devicemodel.definition import RO, RW, WO, DataType, KeyPart
from ocpp_iface.devicemodel.keys16 import STANDARD_KEYS
from ocpp_iface.devicemodel.validate import Parsed, check, text_of

DATA = Path(__file__).parent / "data"
DEFINITIONS = {
    (each.component, each.name, each.instance or ""): each
    for component in COMPONENTS
    for each in component.variables
}
REFERENCED = [tuple(row) for row in json.loads((DATA / "referenced_variables.json").read_text())]
KEYS = [tuple(row) for row in json.loads((DATA / "keys16.json").read_text())]


@pytest.mark.parametrize("row", REFERENCED, ids=lambda row: ".".join(row[:2]))
def test_every_referenced_variable_has_the_type_access_and_unit_of_the_standard(row):
    component, variable, instance, data_type, access, unit, required = row

    definition = DEFINITIONS[component, variable, instance]

    assert data_type == definition.data_type.lower()
    assert access in {"", definition.access}
    assert unit in {"", definition.unit or ""}
    assert definition.required or not required


@pytest.mark.parametrize(("name", "key_type", "read_only"), KEYS)
def test_every_1_6_key_is_mapped_with_its_type_and_access(name, key_type, read_only):
    key, definition = STANDARD_KEYS[name.casefold()]

    writable = key.part is KeyPart.VALUE and not key.read_only and definition.access is not RO

    assert name == key.name
    kinds = {
        "boolean": {DataType.BOOLEAN},
        "integer": {DataType.INTEGER},
        "number": {DataType.DECIMAL, DataType.INTEGER},
    }
    if key.part is KeyPart.VALUE:
        other = set(DataType) - {DataType.BOOLEAN, DataType.INTEGER, DataType.DECIMAL}
        assert definition.data_type in kinds.get(key_type, other)
    # 1.6 lets this one be changed (9.1.23), Language only be read, CSMS checks not be weakened.
    differs = {
        "StopTransactionOnEVSideDisconnect": True,
        "Language": False,
        "VerifyCsmsAllowWildcards": False,
    }
    assert differs.get(name, not read_only) == writable


def test_there_are_no_keys_but_those_of_the_standard_and_of_libocpp():
    assert {name.casefold() for name, _, _ in KEYS} == set(STANDARD_KEYS)
    assert len(KEYS) == 130


def test_a_variable_has_at_most_one_key_for_its_value():
    for definition in DEFINITIONS.values():
        assert sum(key.part is KeyPart.VALUE for key in definition.key16) <= 1


@pytest.mark.parametrize("definition", DEFINITIONS.values(), ids=repr)
def test_every_default_fits_its_own_characteristics(definition):
    text = text_of(definition, definition.default)
    unset = definition.default is None or text == ""

    assert unset or isinstance(check(definition, text), Parsed)


@pytest.mark.parametrize("definition", DEFINITIONS.values(), ids=repr)
def test_lists_name_their_values_and_write_only_ones_cannot_be_monitored(definition):
    lists = {DataType.OPTION_LIST, DataType.MEMBER_LIST, DataType.SEQUENCE_LIST}

    assert bool(definition.values) == (definition.data_type in lists)
    assert definition.access is not WO or not definition.monitored


def test_the_catalogue_is_named_component_by_component():
    names = [component.component for component in COMPONENTS]

    assert len(set(names)) == len(names) == 23
    assert len(DEFINITIONS) >= 270
    assert {component.__name__ for component in COMPONENTS} < set(catalog.__all__)


def test_functions_that_are_not_built_say_so():
    for component in (
        catalog.LocalAuthListCtrlr,
        catalog.ReservationCtrlr,
        catalog.MonitoringCtrlr,
        catalog.DisplayMessageCtrlr,
        catalog.ISO15118Ctrlr,
    ):
        assert component.available.default is False
        assert component.enabled.default is False
        assert component.enabled.access is RW
        assert component.available.constant
