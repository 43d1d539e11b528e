"""Contract values to and from JSON, strictly: no coercion, and a fault names its place.

`to_json` leaves absent fields out; `from_json` tolerates unknown fields (a later revision may have
added them) and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints, overload

import attrs

from ocpp_iface.errors import Fault, PayloadError
from ocpp_iface.types.check import Boolean, Check, Integer, Number, Text, words_of, wrong_type
from ocpp_iface.types.moments import format_moment, parse_moment

T = TypeVar("T")

_SCALARS: Mapping[Any, Check] = {str: Text(), int: Integer(), float: Number(), bool: Boolean()}
"""What a bare value must pass; the field it is for may ask for more."""


def to_json(value: Any) -> Any:
    """`value` as what `json.dumps` takes: dicts, lists, strings, numbers, booleans, None.

    Raises TypeError for what is neither a contract value nor made of such.
    """
    kind: Any = type(value)
    if kind is str or kind is int or kind is float or kind is bool or value is None:
        return value
    names = _field_names(kind)
    if names is not None:
        found = {}
        for name in names:  # a loop: most fields are absent, and there are many
            content = getattr(value, name)
            if content is not None:
                found[name] = to_json(content)
        return found
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, int | float | str):
        return value
    if isinstance(value, datetime):
        return format_moment(value)
    if isinstance(value, list | tuple):
        return [to_json(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): to_json(item) for key, item in value.items()}
    raise TypeError(f"no JSON form for {kind.__name__}")


@cache
def _field_names(kind: type) -> tuple[str, ...] | None:
    """None for what is no attrs class."""
    return tuple(field.name for field in attrs.fields(kind)) if attrs.has(kind) else None


@overload
def from_json(kind: type[T], data: Any, path: str = "") -> T: ...
@overload
def from_json(kind: Any, data: Any, path: str = "") -> Any: ...
def from_json(kind: Any, data: Any, path: str = "") -> Any:
    """`data`, as `json.loads` gave it, as a value of `kind`.

    `kind`: an attrs class of this package, a StrEnum, str, int, float, bool, datetime, or
    `list[...]`, `tuple[..., ...]`, `... | None` of such. `path`: what leads to `data`; it opens the
    path of any fault.

    Raises PayloadError, with the path to the fault such as
    `requests[2].component_variable.variable.name`, and nothing else.
    """
    origin = get_origin(kind)
    if origin is list or origin is tuple:
        items = _items(get_args(kind)[0], data, path)
        return items if origin is list else tuple(items)
    if origin is Union or origin is UnionType:
        return _optional(kind, data, path)
    if kind is datetime:
        return _moment(data, path)
    if kind in _SCALARS:
        return _scalar(kind, data, path)
    if issubclass(kind, StrEnum):
        return _word(kind, data, path)
    return _object(kind, data, path)


def _items(kind: Any, data: Any, path: str) -> list[Any]:
    if not isinstance(data, list | tuple):
        raise wrong_type(path, "a list", data)
    return [from_json(kind, item, f"{path}[{index}]") for index, item in enumerate(data)]


def _optional(kind: Any, data: Any, path: str) -> Any:
    """A field is absent or of its type: the contract knows no null, but a bare value may be None."""
    some = [each for each in get_args(kind) if each is not NoneType]
    return None if data is None else from_json(some[0], data, path)


def _moment(data: Any, path: str) -> datetime:
    if not isinstance(data, str):
        raise wrong_type(path, "a date-time", data)
    try:
        return parse_moment(data)
    except ValueError as error:
        raise PayloadError(path, str(error), Fault.PROPERTY) from error


def _scalar(kind: type, data: Any, path: str) -> Any:
    _SCALARS[kind].check(path, data)
    return data


def _word(kind: type[StrEnum], data: Any, path: str) -> StrEnum:
    if not isinstance(data, str):
        raise wrong_type(path, "a string", data)
    for word in kind:
        if word.value == data:
            return word
    raise PayloadError(path, f"not one of {words_of(kind)}", Fault.PROPERTY)


def _object(kind: type, data: Any, path: str) -> Any:
    if not isinstance(data, Mapping):
        raise wrong_type(path, "an object", data)
    contents = {}
    for name, hint, required in _fields(kind):
        place = f"{path}.{name}" if path else name
        if name in data:
            if data[name] is None:
                raise wrong_type(place, "a value", None)
            contents[name] = from_json(hint, data[name], place)
        elif required:
            raise PayloadError(place, "missing", Fault.OCCURRENCE)
    try:
        return kind(**contents)
    except PayloadError as error:
        place = f"{path}.{error.path}" if path else error.path
        raise PayloadError(place, error.reason, error.fault) from None


@cache
def _fields(kind: type) -> tuple[tuple[str, Any, bool], ...]:
    """Name, type and necessity of each field; reading annotations is slow, so it is done once."""
    hints = get_type_hints(kind)
    return tuple(
        (field.name, hints[field.name], field.default is attrs.NOTHING)
        for field in attrs.fields(kind)
    )
