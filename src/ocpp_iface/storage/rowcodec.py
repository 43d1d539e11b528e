"""A frozen value to the JSON text of a row, and back.

The form is the store's own, not a protocol's, so a row outlives a protocol version:

* an attrs class is an object; fields that have their default are left out (a changed default
  therefore changes what old rows mean: write a migration), unknown fields are ignored;
* an enum is its word, a Decimal and an aware datetime are text, a timedelta is whole microseconds,
  bytes are base64;
* where the type is a union, an object says which class it is of under "$".
"""

from __future__ import annotations

import base64
import json
import types
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any, Final, TypeVar, Union, cast, get_args, get_origin

import attrs
from attrs import frozen
from cattrs import Converter

V = TypeVar("V")

TAG: Final = "$"
_PLAIN: Final = (str, int, float, bool)
_SCALAR: Final = (Decimal, datetime, timedelta, bytes)


@frozen
class RowCodec:
    """`encode` raises TypeError or ValueError for a value that has no form.

    `decode` raises for a bad text: KeyError, TypeError, ValueError or what a validator raises.
    """

    encode: Callable[[Any], str]
    decode: Callable[[str], Any]


def codec_for(value_type: Any) -> RowCodec:
    """The codec of rows of a type: a class or a union of classes. One per type and process.

    Raises TypeError for a type that cannot be stored.
    """
    return _build(value_type)


@cache
def _build(value_type: Any) -> RowCodec:
    converter = _converter()
    structure = converter.get_structure_hook(value_type)
    unstructure = converter.get_unstructure_hook(value_type)
    dumps = json.JSONEncoder(separators=(",", ":")).encode

    def encode(value: Any) -> str:
        return dumps(unstructure(value))

    def decode(text: str) -> Any:
        return structure(json.loads(text), value_type)

    return RowCodec(encode, decode)


@cache
def _converter() -> Converter:
    converter = Converter(
        omit_if_default=True,
        detailed_validation=False,
        unstruct_collection_overrides={AbstractSet: lambda items: sorted(items, key=repr)},
    )
    converter.register_structure_hook(str, _text)
    converter.register_structure_hook(int, _integer)
    converter.register_structure_hook(float, _number)
    converter.register_structure_hook(bool, _boolean)
    converter.register_unstructure_hook(Decimal, str)
    converter.register_structure_hook(Decimal, lambda text, _: Decimal(_text(text)))
    converter.register_unstructure_hook(datetime, _datetime_to_text)
    converter.register_structure_hook(datetime, _datetime_from_text)
    converter.register_unstructure_hook(timedelta, lambda span: span // timedelta(microseconds=1))
    converter.register_structure_hook(
        timedelta, lambda count, _: timedelta(microseconds=_integer(count))
    )
    converter.register_unstructure_hook(bytes, lambda data: base64.b64encode(data).decode("ascii"))
    converter.register_structure_hook(
        bytes, lambda text, _: base64.b64decode(_text(text), validate=True)
    )
    converter.register_unstructure_hook_factory(
        _is_union, lambda union: _union_writer(converter, union)
    )
    converter.register_structure_hook_factory(
        _is_union, lambda union: _union_reader(converter, union)
    )
    return converter


# Strict where cattrs would convert: a number where a text belongs means a damaged or foreign row.
# cattrs also comes here for subclasses (StrEnum, IntEnum), with the class as `kind`.


def _text(value: Any, kind: type[str] = str) -> str:
    if not isinstance(value, str):
        raise TypeError("not a text")
    return value if kind is str else kind(value)


def _integer(value: Any, kind: type[int] = int) -> int:
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise TypeError("not an integer")
    return kind(int(value))  # text: the key of a JSON object


def _number(value: Any, _: Any = None) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError("not a number")
    return value  # an int stays one: after a restart a value must be written as it was before


def _boolean(value: Any, _: Any = None) -> bool:
    if not isinstance(value, bool):
        raise TypeError("not a boolean")
    return value


def _datetime_to_text(value: datetime) -> str:
    if value.tzinfo is None:
        raise ValueError("a time without zone cannot be stored")
    return value.isoformat()


def _datetime_from_text(value: Any, _: Any = None) -> datetime:
    moment = datetime.fromisoformat(_text(value))
    if moment.tzinfo is None:
        raise ValueError("time without zone")
    return moment


def _members(union: Any) -> tuple[Any, ...]:
    return tuple(member for member in get_args(union) if member is not types.NoneType)


def _is_union(candidate: Any) -> bool:
    """A union of two and more types besides None (cattrs does `X | None` itself)."""
    return get_origin(candidate) in (Union, types.UnionType) and len(_members(candidate)) > 1


def _tagged(union: Any) -> dict[str, type]:
    """The members that are written with their class name."""
    by_tag: dict[str, type] = {}
    for member in _members(union):
        if member in _PLAIN:
            continue
        if not isinstance(member, type) or not (
            attrs.has(member) or issubclass(member, Enum) or member in _SCALAR
        ):
            raise TypeError(f"a union with {member} cannot be stored")
        if by_tag.setdefault(member.__name__, member) is not member:
            raise TypeError(f"a union of two classes named {member.__name__} cannot be stored")
    return by_tag


def _union_writer(converter: Converter, union: Any) -> Callable[[Any], Any]:
    by_tag = _tagged(union)

    def write(value: Any) -> Any:
        kind = type(value)
        if by_tag.get(kind.__name__) is kind:
            body = converter.unstructure(value, unstructure_as=kind)
            return {TAG: kind.__name__, **(body if attrs.has(kind) else {"value": body})}
        if value is None or kind in _PLAIN:
            return value
        raise TypeError(f"{kind.__name__} is not a member of the union of its row")

    return write


def _union_reader(converter: Converter, union: Any) -> Callable[[Any, Any], Any]:
    by_tag = _tagged(union)
    plain = tuple(member for member in _members(union) if member in _PLAIN)
    optional = types.NoneType in get_args(union)

    def read(value: Any, _: Any) -> Any:
        if isinstance(value, dict):
            kind = by_tag[value[TAG]]
            return converter.structure(value if attrs.has(kind) else value["value"], kind)
        if (value is None and optional) or type(value) in plain:
            return value
        if float in plain and type(value) is int:
            return value
        raise TypeError("not a member of the union")

    return cast("Callable[[Any, Any], Any]", read)
