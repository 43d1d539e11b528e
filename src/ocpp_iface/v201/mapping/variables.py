"""Addresses, attributes and report entries of the device model."""

from __future__ import annotations

from collections.abc import Iterable

from ocpp_iface.devicemodel.report import (
    Criterion,
    ReportAttribute,
    ReportEntry,
    Selector,
)
from ocpp_iface.devicemodel.value_sizes import whole_words
from ocpp_iface.types import EVSE, AttributeEnum, Component, ComponentVariable, Variable
from ocpp_iface.v201.mapping.values import known_members
from ocpp_iface.wire.limits import cut
from ocpp_iface.wire.v201 import datatypes, enums

_ATTRIBUTES = {each: AttributeEnum(each.value) for each in enums.AttributeEnumType}
_WIRE_ATTRIBUTES = {each: enums.AttributeEnumType(each.value) for each in AttributeEnum}
_MUTABILITY = {each.value: each for each in enums.MutabilityEnumType}
_DATA_TYPES = {each.value: each for each in enums.DataEnumType}
_UNIT_LENGTH = 16
_LIST_LENGTH = 1000
_ENTRY_BYTES = 360
"""JSON around the texts of an entry: names of the fields, numbers, words."""
_ATTRIBUTE_BYTES = 100
"""The same for one attribute of it."""


def address_from_wire(
    component: datatypes.ComponentType, variable: datatypes.VariableType
) -> ComponentVariable:
    """Raises PayloadError for numbers that no EVSE or connector can have."""
    return ComponentVariable(component_from_wire(component), variable_from_wire(variable))


def component_from_wire(component: datatypes.ComponentType) -> Component:
    evse = component.evse
    return Component(
        component.name,
        instance=component.instance,
        evse=EVSE(evse.id, connector_id=evse.connector_id) if evse else None,
    )


def variable_from_wire(variable: datatypes.VariableType) -> Variable:
    return Variable(variable.name, instance=variable.instance)


def attribute_from_wire(attribute: enums.AttributeEnumType | None) -> AttributeEnum:
    """B05.FR.12, B06.FR.11: absent means Actual."""
    return AttributeEnum.Actual if attribute is None else _ATTRIBUTES[attribute]


def component_to_wire(component: Component) -> datatypes.ComponentType:
    evse = component.evse
    return datatypes.ComponentType(
        component.name,
        component.instance,
        datatypes.EVSEType(evse.id, evse.connector_id) if evse else None,
    )


def variable_to_wire(variable: Variable) -> datatypes.VariableType:
    return datatypes.VariableType(variable.name, variable.instance)


def criteria_from_wire(
    criteria: Iterable[enums.ComponentCriterionEnumType],
) -> tuple[Criterion, ...]:
    return tuple(Criterion(each.value) for each in criteria)


def selector_from_wire(wanted: datatypes.ComponentVariableType) -> Selector:
    """Raises PayloadError for numbers that no EVSE or connector can have."""
    variable = wanted.variable
    return Selector(
        component_from_wire(wanted.component),
        variable_from_wire(variable) if variable else None,
    )


def entry_to_wire(entry: ReportEntry) -> datatypes.ReportDataType:
    """B07.FR.08, B08.FR.12: with characteristics."""
    return datatypes.ReportDataType(
        component_to_wire(entry.component),
        variable_to_wire(entry.variable),
        [_attribute(each) for each in entry.attributes],
        _characteristics(entry),
    )


def most_bytes(entry: ReportEntry) -> int:
    """How much room the entry takes in a message, its comma included: never less than it does."""
    component, variable, what = entry.component, entry.variable, entry.characteristics
    size = _ENTRY_BYTES + _bytes(component.name) + _bytes(variable.name)
    for text in (component.instance, variable.instance, what.unit, what.values_list):
        if text:
            size += _bytes(text)
    for attribute in entry.attributes:
        size += _ATTRIBUTE_BYTES + _bytes(attribute.value or "")
    return size


def _bytes(text: str) -> int:
    """Of its JSON form in UTF-8: exact for plain text, the most it can be for any other."""
    plain = text.isascii() and text.isprintable() and '"' not in text and "\\" not in text
    return len(text) if plain else 6 * len(text)


def _attribute(attribute: ReportAttribute) -> datatypes.VariableAttributeType:
    return datatypes.VariableAttributeType(
        _WIRE_ATTRIBUTES[attribute.type],
        attribute.value,
        _MUTABILITY[attribute.mutability.value],
        attribute.persistent,
        attribute.constant,
    )


def _characteristics(entry: ReportEntry) -> datatypes.VariableCharacteristicsType:
    what, members = entry.characteristics, None
    if what.values_list:
        members = known_members(entry.component, entry.variable, what.values_list)
    return datatypes.VariableCharacteristicsType(
        _DATA_TYPES[what.data_type.value],
        what.supports_monitoring,
        unit=cut(what.unit, _UNIT_LENGTH) if what.unit else None,
        min_limit=what.min_limit,
        max_limit=what.max_limit,
        values_list=whole_words(members, _LIST_LENGTH) if members else None,
    )
