"""The contract file, word for word, against the classes: names, order, need, types, bounds."""

from __future__ import annotations

import json
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from types import NoneType
from typing import get_args, get_origin, get_type_hints

import attrs
import pytest

from ocpp_iface import types
from ocpp_iface.types import check

FILE = Path(__file__).parent / "data" / "types.json"
SCHEMAS = {
    name: schema
    for namespace in json.loads(FILE.read_text()).values()
    for name, schema in namespace.items()
}
OBJECTS = {name: schema for name, schema in SCHEMAS.items() if schema["type"] == "object"}
ENUMS = {name: schema["enum"] for name, schema in SCHEMAS.items() if "enum" in schema}

# The contract leaves these two open where a word or a time is meant; the classes are more exact.
MORE_EXACT = {
    ("ChargingSchedule", "start_schedule"): datetime,
    ("ChargingSchedulePeriod", "operation_mode"): types.OperationMode,
}
SCALARS = {"string": str, "integer": int, "number": float, "boolean": bool}


def expected_type(owner: str, name: str, schema: dict[str, object]) -> object:
    if (owner, name) in MORE_EXACT:
        return MORE_EXACT[owner, name]
    if "$ref" in schema:
        return getattr(types, str(schema["$ref"]).rpartition("/")[2])
    if schema.get("format") == "date-time":
        return datetime
    if schema["type"] == "array":
        return tuple[expected_type(owner, name, schema["items"]), ...]
    return SCALARS[str(schema["type"])]


def without_none(hint: object) -> object:
    if get_origin(hint) is tuple or NoneType not in get_args(hint):
        return hint
    (some,) = (each for each in get_args(hint) if each is not NoneType)
    return some


def innermost(validator: object) -> object:
    while isinstance(validator, check.Optional | check.Items):
        validator = validator.some if isinstance(validator, check.Optional) else validator.each
    return validator


def fields_of(name: str) -> dict[str, attrs.Attribute[object]]:
    return {field.name: field for field in attrs.fields(getattr(types, name))}


def test_contract_has_the_types_it_had() -> None:
    assert (len(OBJECTS), len(ENUMS), len(SCHEMAS)) == (29, 14, 43)


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_every_contract_type_is_public_under_its_name(name: str) -> None:
    assert name in types.__all__
    assert getattr(types, name).__name__ == name


@pytest.mark.parametrize("name", sorted(ENUMS))
def test_enumeration_has_exactly_the_words_in_their_order(name: str) -> None:
    enum = getattr(types, name)

    assert issubclass(enum, StrEnum)
    assert [word.value for word in enum] == ENUMS[name]
    assert [word.name for word in enum] == ENUMS[name]


def test_operation_mode_has_exactly_the_words_of_its_field() -> None:
    period = SCHEMAS["ChargingSchedulePeriod"]["properties"]

    assert [word.value for word in types.OperationMode] == period["operation_mode"]["enum"]


@pytest.mark.parametrize("name", sorted(OBJECTS))
def test_class_has_exactly_the_fields(name: str) -> None:
    assert sorted(fields_of(name)) == sorted(OBJECTS[name]["properties"])


@pytest.mark.parametrize("name", sorted(OBJECTS))
def test_required_fields_are_positional_in_contract_order_and_others_are_keyword_only(
    name: str,
) -> None:
    fields = fields_of(name).values()
    positional = [field.name for field in fields if not field.kw_only]
    optional = [field for field in fields if field.kw_only]

    required = OBJECTS[name]["required"]
    assert sorted(positional) == sorted(required)
    assert all(field.default is attrs.NOTHING for field in fields if field.name in required)
    assert all(field.default is None for field in optional)


@pytest.mark.parametrize("name", sorted(OBJECTS))
def test_fields_have_the_types(name: str) -> None:
    hints = get_type_hints(getattr(types, name))

    found = {field: without_none(hint) for field, hint in hints.items()}

    assert found == {
        field: expected_type(name, field, schema)
        for field, schema in OBJECTS[name]["properties"].items()
    }


@pytest.mark.parametrize("name", sorted(OBJECTS))
def test_fields_have_the_bounds(name: str) -> None:
    for field_name, field in fields_of(name).items():
        schema = OBJECTS[name]["properties"][field_name]
        schema = schema.get("items", schema)
        judge = innermost(field.validator)
        if isinstance(judge, check.Text):
            assert judge.max_length == schema.get("maxLength", schema.get("maximum"))
            assert judge.min_length == schema.get("minLength", 0)
        elif isinstance(judge, check.Integer):
            assert judge.minimum == schema.get("minimum", check.INTEGER_MIN)
            assert judge.maximum == check.INTEGER_MAX
        else:
            bounds = {"minLength", "maxLength", "minimum", "maximum"}
            assert not bounds & set(schema)


@pytest.mark.parametrize("name", sorted(OBJECTS))
def test_every_field_is_checked_by_the_check_of_its_type(name: str) -> None:
    judges = {
        str: check.Text,
        int: check.Integer,
        float: check.Number,
        bool: check.Boolean,
        datetime: check.Moment,
    }
    hints = get_type_hints(getattr(types, name))
    for field in fields_of(name).values():
        hint = without_none(hints[field.name])
        inner = get_args(hint)[0] if get_origin(hint) is tuple else hint
        judge = innermost(field.validator)
        if inner in judges:
            assert isinstance(judge, judges[inner])
        elif issubclass(inner, StrEnum):
            assert judge == check.Word(inner)
        else:
            assert judge == check.Instance(inner)


def test_all_names_of_the_package_exist_once() -> None:
    assert len(set(types.__all__)) == len(types.__all__)
    assert all(hasattr(types, name) for name in types.__all__)
