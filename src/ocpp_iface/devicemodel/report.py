"""Which variables a report shows (B07, B08), as neutral entries; messages are the block's matter."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Any, Final

from attrs import field, frozen

from ocpp_iface.devicemodel.catalog import MonitoringCtrlr
from ocpp_iface.devicemodel.definition import RO, WO, Access, DataType, VarDef
from ocpp_iface.devicemodel.instances import Located, address_of
from ocpp_iface.devicemodel.model import ACTUAL, DeviceModel
from ocpp_iface.devicemodel.value_sizes import longest_reported, longest_set, whole_words
from ocpp_iface.types.address import Component, Variable
from ocpp_iface.types.variables import AttributeEnum

_STATE: Final = "availabilitystate"
_ABNORMAL: Final = ("problem", "tripped", "overload", "fallback")


class ReportBase(StrEnum):
    CONFIGURATION = "ConfigurationInventory"
    FULL = "FullInventory"
    SUMMARY = "SummaryInventory"


class Criterion(StrEnum):
    ACTIVE = "Active"
    AVAILABLE = "Available"
    ENABLED = "Enabled"
    PROBLEM = "Problem"


@frozen
class ReportAttribute:
    """`value` is None for what is write-only, "" for what is not set."""

    type: AttributeEnum
    value: str | None = field(repr=False)
    mutability: Access
    persistent: bool
    constant: bool


@frozen
class Characteristics:
    data_type: DataType
    supports_monitoring: bool
    unit: str | None = None
    min_limit: float | None = None
    max_limit: float | None = None
    values_list: str | None = None


@frozen
class ReportEntry:
    component: Component
    variable: Variable
    attributes: tuple[ReportAttribute, ...]
    characteristics: Characteristics


@frozen
class Selector:
    """What GetReport asks for; what is absent means any."""

    component: Component
    variable: Variable | None = None


def base_report(variables: DeviceModel, base: ReportBase) -> Iterator[ReportEntry]:
    """B07.FR.07, B07.FR.08, B07.FR.09, B07.FR.11."""
    for located in variables:
        if base is ReportBase.CONFIGURATION and variables.shape(located).access is RO:
            continue
        if base is ReportBase.SUMMARY and not _is_summary(variables, located):
            continue
        yield entry(variables, located)


def custom_report(
    variables: DeviceModel,
    criteria: tuple[Criterion, ...] = (),
    selectors: tuple[Selector, ...] = (),
) -> tuple[ReportEntry, ...]:
    """B08.FR.05 to B08.FR.13, B08.FR.20 to B08.FR.25: each variable once, in the order of the
    model. Nothing: the answer is EmptyResultSet (B08.FR.15).
    """
    matching: dict[tuple[str, object], bool] = {}

    def selected(located: Located) -> bool:
        if selectors and not any(_selects(selector, located) for selector in selectors):
            return False
        component = (located.definition.component, located.place)
        if component not in matching:
            matching[component] = _meets(variables, located, criteria)
        return matching[component]

    return tuple(entry(variables, located) for located in variables if selected(located))


def entry(variables: DeviceModel, located: Located) -> ReportEntry:
    """B07.FR.03, B08.FR.03, B08.FR.12: all of one variable, but never a write-only value."""
    address = address_of(located)
    shape = variables.shape(located)
    longest = longest_reported(variables)
    attributes = tuple(
        ReportAttribute(
            attribute,
            None if shape.access is WO else variables.text(located, attribute)[:longest],
            shape.access,
            shape.persistent,
            shape.constant,
        )
        for attribute in shape.attributes
    )
    what = _characteristics(variables, shape)
    return ReportEntry(address.component, address.variable, attributes, what)


def _characteristics(variables: DeviceModel, shape: VarDef[Any]) -> Characteristics:
    """Nothing supports monitoring as long as the CSMS cannot set monitors at all."""
    number = shape.data_type.is_number
    return Characteristics(
        data_type=shape.data_type,
        supports_monitoring=shape.monitored and variables.get(MonitoringCtrlr.available),
        unit=shape.unit,
        min_limit=shape.minimum if number else None,
        max_limit=shape.maximum,
        values_list=whole_words(",".join(shape.values), longest_set(variables)) or None,
    )


def _is_summary(variables: DeviceModel, located: Located) -> bool:
    name = located.definition.name.casefold()
    return name == _STATE or (name in _ABNORMAL and variables.text(located) == "true")


def _selects(selector: Selector, located: Located) -> bool:
    asked, variable = selector.component, selector.variable
    definition, place = located.definition, located.place
    if not (_same(asked.name, definition.component) and _fits(asked.instance, place.instance)):
        return False
    if asked.evse is not None:
        if place.evse != asked.evse.id:
            return False
        if asked.evse.connector_id not in (None, place.connector):
            return False
    if variable is None:
        return True
    return _same(variable.name, definition.name) and _fits(variable.instance, definition.instance)


def _same(one: str, other: str) -> bool:
    return one.casefold() == other.casefold()


def _fits(asked: str | None, present: str | None) -> bool:
    return not asked or (present is not None and _same(asked, present))


def _meets(variables: DeviceModel, located: Located, criteria: tuple[Criterion, ...]) -> bool:
    """B08.FR.13: at least one; a component without such a variable has it, but for Problem."""
    return not criteria or any(_meets_one(variables, located, each) for each in criteria)


def _meets_one(variables: DeviceModel, located: Located, criterion: Criterion) -> bool:
    found = [
        variables.text(sibling, ACTUAL)
        for sibling in variables.layout.neighbours(located)
        if _same(sibling.definition.name, criterion)
    ]
    return "true" in found if found else criterion is not Criterion.PROBLEM
