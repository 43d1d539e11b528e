"""The shape of a payload: what the official schema demands, joined with the class that holds it.

Codec functions are generated from shapes, so a shape says all that either of the two says.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from attrs import frozen

from ocpp_iface.wire.names import match

Kind = Literal["string", "integer", "number", "boolean", "any"]
_KINDS: dict[str | None, Kind] = {
    "string": "string",
    "integer": "integer",
    "number": "number",
    "boolean": "boolean",
    None: "any",
}


@frozen
class Leaf:
    """`words` maps each allowed word to what stands for it in Python (an enum member).

    `whole_floats`: the schema's draft counts 1.0 as an integer (draft 6 and later).
    """

    kind: Kind
    words: Mapping[str, Any] | None = None
    max_length: int | None = None
    minimum: float | None = None
    maximum: float | None = None
    date_time: bool = False
    whole_floats: bool = False


@frozen
class Field:
    """`attribute` is None where the class has no place for it (nested customData)."""

    wire: str
    attribute: str | None
    required: bool
    shape: Shape


@frozen
class Record:
    """`held_by` is the class that holds the object; None for a plain dict. A `closed` one has
    the listed fields and no others. `fields` stand in the order of the constructor.
    """

    name: str
    held_by: type | None
    fields: tuple[Field, ...]
    closed: bool


@frozen
class Many:
    item: Leaf | Record
    min_items: int
    max_items: int | None


Shape = Leaf | Record | Many


def shape_of(schema: Mapping[str, Any], held_by: type) -> Record:
    """The shape of a whole message. Raises `ValueError` if schema and class do not fit."""
    draft = str(schema.get("$schema", ""))
    reader = _Reader(schema.get("definitions", {}), whole_floats="draft-04" not in draft)
    return reader.record(schema, held_by)


class _Reader:
    def __init__(self, definitions: Mapping[str, Any], *, whole_floats: bool) -> None:
        self._definitions = definitions
        self._whole_floats = whole_floats
        self._known: dict[tuple[int, type | None], Record] = {}

    def record(self, schema: Mapping[str, Any], held_by: type | None) -> Record:
        key = (id(schema), held_by)
        if key not in self._known:
            self._known[key] = self._read_record(schema, held_by)
        return self._known[key]

    def _read_record(self, schema: Mapping[str, Any], held_by: type | None) -> Record:
        properties: Mapping[str, Any] = schema.get("properties", {})
        required = schema.get("required", ())
        closed = schema.get("additionalProperties") is False
        if held_by is None:
            plain = tuple(
                Field(wire, None, wire in required, self._shape(part, Any))
                for wire, part in properties.items()
            )
            return Record("dict", None, plain, closed)
        hints = get_type_hints(held_by)
        names = {attribute: wire for wire, attribute in match(hints, properties).items()}
        found = [
            Field(
                names[name],
                name,
                names[name] in required,
                self._shape(properties[names[name]], hint),
            )
            for name, hint in hints.items()
        ]
        for field, own in zip(found, fields(held_by), strict=True):
            if field.required == (own.default is not MISSING) or own.default_factory is not MISSING:
                raise ValueError(f"{held_by.__name__}.{own.name}: default disagrees with schema")
        homeless = [wire for wire in properties if wire not in names.values()]
        if homeless not in ([], ["customData"]):
            raise ValueError(f"{held_by.__name__} has no place for {homeless}")
        found += [Field(wire, None, False, self._shape(properties[wire], Any)) for wire in homeless]
        return Record(held_by.__name__, held_by, tuple(found), closed)

    def _shape(self, schema: Mapping[str, Any], hint: Any) -> Shape:
        schema, hint = self._resolved(schema), _without_none(hint)
        kind = schema.get("type")
        if kind == "object":
            held_by = hint if is_dataclass(hint) and isinstance(hint, type) else None
            if held_by is None and schema.get("additionalProperties") is False:
                raise ValueError(f"{hint} cannot hold an object")
            return self.record(schema, held_by)
        if kind == "array":
            item = self._shape(schema["items"], (*get_args(hint), Any)[0])
            if isinstance(item, Many):
                raise ValueError("a list of lists")
            return Many(item, schema.get("minItems", 0), schema.get("maxItems"))
        return self._leaf(schema, hint)

    def _leaf(self, schema: Mapping[str, Any], hint: Any) -> Leaf:
        words = None
        if "enum" in schema:
            members = _members(hint)
            words = {word: members.get(word, word) for word in schema["enum"]}
            if members and not set(words) <= set(members):
                raise ValueError(f"{hint.__name__} lacks {sorted(set(words) - set(members))}")
        return Leaf(
            kind=_KINDS[schema.get("type")],
            words=words,
            max_length=schema.get("maxLength"),
            minimum=_plain(schema.get("minimum")),
            maximum=_plain(schema.get("maximum")),
            date_time=schema.get("format") == "date-time",
            whole_floats=self._whole_floats,
        )

    def _resolved(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        reference = schema.get("$ref")
        if reference is None:
            return schema
        resolved: Mapping[str, Any] = self._definitions[reference.rpartition("/")[2]]
        return resolved


def _without_none(hint: Any) -> Any:
    """X of `X | None`; Any of a union of several, which the schema alone then describes."""
    if get_origin(hint) not in (Union, UnionType):
        return hint
    left = [part for part in get_args(hint) if part is not NoneType]
    return left[0] if len(left) == 1 else Any


def _members(hint: Any) -> dict[str, Any]:
    if isinstance(hint, type) and issubclass(hint, Enum):
        return {str(member.value): member for member in hint}
    return {}


def _plain(bound: Any) -> float | None:
    """A bound as int or float (schemas are read with `Decimal`)."""
    if bound is None:
        return None
    return int(bound) if bound == int(bound) else float(bound)
