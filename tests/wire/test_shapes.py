from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import pytest

from ocpp_iface.wire.shapes import Leaf, Many, Record, shape_of


class Colour(StrEnum):
    red = "Red"


@dataclass
class Inner:
    colour: Colour


@dataclass
class Outer:
    inner_list: list[Inner]
    note: str | None = None


@dataclass
class Forgetful:
    note: str


@dataclass
class Filled:
    inner_list: list[Inner] = field(default_factory=list)


COLOURS = {"type": "string", "enum": ["Red"]}
INNER = {
    "type": "object",
    "additionalProperties": False,
    "properties": {"colour": {"$ref": "#/definitions/Colour"}},
    "required": ["colour"],
}


def schema(**changes: Any) -> dict[str, Any]:
    return {
        "$schema": "http://json-schema.org/draft-06/schema#",
        "definitions": {"Colour": COLOURS, "Inner": INNER},
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "innerList": {"type": "array", "items": {"$ref": "#/definitions/Inner"}, "minItems": 1},
            "note": {"type": "string", "maxLength": 5},
        },
        "required": ["innerList"],
        **changes,
    }


def test_a_shape_joins_schema_and_class() -> None:
    shape = shape_of(schema(), Outer)

    assert (shape.name, shape.held_by, shape.closed) == ("Outer", Outer, True)
    listed, note = shape.fields
    assert (listed.wire, listed.attribute, listed.required) == ("innerList", "inner_list", True)
    assert isinstance(listed.shape, Many)
    assert (listed.shape.min_items, listed.shape.max_items) == (1, None)
    assert isinstance(listed.shape.item, Record)
    assert listed.shape.item.held_by is Inner
    colour = listed.shape.item.fields[0].shape
    assert isinstance(colour, Leaf)
    assert colour.words == {"Red": Colour.red}
    assert note.shape == Leaf("string", max_length=5, whole_floats=True)
    assert not note.required


@pytest.mark.parametrize(
    ("changes", "held_by", "reason"),
    [
        ({"required": ["innerList", "note"]}, Outer, "default disagrees"),
        ({"required": []}, Outer, "default disagrees"),
        ({}, Filled, "default disagrees"),
        ({}, Forgetful, "default disagrees"),
        ({"properties": {"note": {"type": "string"}}}, Outer, "no wire name"),
        (
            {"properties": {"note": {"type": "string"}, "other": {}}, "required": ["note"]},
            Forgetful,
            "has no place for",
        ),
        ({"properties": {"note": INNER}, "required": ["note"]}, Forgetful, "cannot hold an object"),
        (
            {
                "properties": {"note": {"type": "array", "items": {"type": "array", "items": {}}}},
                "required": ["note"],
            },
            Forgetful,
            "list of lists",
        ),
        (
            {"definitions": {"Colour": {"enum": ["Red", "Blue"]}, "Inner": INNER}},
            Outer,
            "Colour lacks",
        ),
    ],
)
def test_schema_and_class_that_do_not_fit_are_refused(
    changes: dict[str, Any], held_by: type, reason: str
) -> None:
    with pytest.raises(ValueError, match=reason):
        shape_of(schema(**changes), held_by)
