"""Addresses and report entries."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpp_iface.devicemodel.definition import RW, DataType
from ocpp_iface.devicemodel.report import (
    Characteristics,
    Criterion,
    ReportAttribute,
    ReportEntry,
)
from ocpp_iface.errors import PayloadError
from ocpp_iface.types import EVSE, AttributeEnum, Component, Variable
from ocpp_iface.v201.mapping import variables
from ocpp_iface.wire.codec import codec_for
from ocpp_iface.wire.v201 import call, datatypes, enums


def entry(values: str | None = None, unit: str | None = None) -> ReportEntry:
    return ReportEntry(
        Component("Connector", evse=EVSE(1, connector_id=2)),
        Variable("V", instance="i"),
        (ReportAttribute(AttributeEnum.Actual, "x", RW, persistent=True, constant=False),),
        Characteristics(DataType.MEMBER_LIST, True, unit=unit, values_list=values),
    )


def test_an_address_keeps_all_its_parts() -> None:
    address = variables.address_from_wire(
        datatypes.ComponentType("C", "ci", datatypes.EVSEType(1, 2)),
        datatypes.VariableType("V", "vi"),
    )

    assert address.component == Component("C", instance="ci", evse=EVSE(1, connector_id=2))
    assert address.variable == Variable("V", instance="vi")


@pytest.mark.parametrize("evse", [datatypes.EVSEType(0), datatypes.EVSEType(1, 0)])
def test_numbers_that_nothing_has_are_refused(evse: datatypes.EVSEType) -> None:
    with pytest.raises(PayloadError):
        variables.component_from_wire(datatypes.ComponentType("C", evse=evse))


def test_a_missing_attribute_means_actual() -> None:
    assert variables.attribute_from_wire(None) is AttributeEnum.Actual
    assert variables.attribute_from_wire(enums.AttributeEnumType.target) is AttributeEnum.Target


def test_an_entry_has_everything() -> None:
    data = variables.entry_to_wire(entry("a,b", unit="W"))

    assert data.component == datatypes.ComponentType("Connector", None, datatypes.EVSEType(1, 2))
    assert data.variable == datatypes.VariableType("V", "i")
    assert data.variable_attribute == [
        datatypes.VariableAttributeType(
            enums.AttributeEnumType.actual, "x", enums.MutabilityEnumType.read_write, True, False
        )
    ]
    assert data.variable_characteristics == datatypes.VariableCharacteristicsType(
        enums.DataEnumType.member_list, True, unit="W", values_list="a,b"
    )


def test_a_long_list_is_cut_between_two_words() -> None:
    data = variables.entry_to_wire(entry(",".join(["abcdefghi"] * 150)))

    assert data.variable_characteristics is not None
    kept = data.variable_characteristics.values_list
    assert kept is not None
    assert len(kept) <= 1000
    assert set(kept.split(",")) == {"abcdefghi"}


def test_criteria() -> None:
    assert variables.criteria_from_wire([enums.ComponentCriterionEnumType.problem]) == (
        Criterion.PROBLEM,
    )


def size_of(described: ReportEntry) -> int:
    """As one entry of a message, with its comma."""
    codec = codec_for("ocpp2.0.1")
    filled = call.NotifyReport(0, "", 0, report_data=[variables.entry_to_wire(described)])
    empty = call.NotifyReport(0, "", 0, report_data=[])
    return 1 + len(codec.encode_request(filled)[1].encode()) - len(codec.encode_request(empty)[1])


@given(
    st.text(min_size=1, max_size=50),
    st.text(max_size=30),
    st.text(max_size=30),
    st.text(max_size=200),
    st.floats(allow_nan=False, allow_infinity=False),
)
def test_an_entry_is_never_larger_than_said(
    name: str, instance: str, unit: str, value: str, limit: float
) -> None:
    attribute = ReportAttribute(AttributeEnum.MaxSet, value, RW, persistent=False, constant=False)
    described = ReportEntry(
        Component(name, instance=instance, evse=EVSE(99999, connector_id=99999)),
        Variable(name, instance=instance),
        (attribute, attribute),
        Characteristics(
            DataType.SEQUENCE_LIST,
            False,
            unit=unit,
            min_limit=limit,
            max_limit=limit,
            values_list=value,
        ),
    )

    assert size_of(described) <= variables.most_bytes(described)


def test_a_plain_entry_is_not_much_smaller_than_said() -> None:
    described = entry("a,b", unit="W")

    assert variables.most_bytes(described) - size_of(described) < 250
