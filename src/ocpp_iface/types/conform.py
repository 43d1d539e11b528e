"""Whether an app's value is what the annotations of its class say, all the way down.

For classes that check nothing when they are made, since most of their values are made of messages
that were checked before (profiles and schedules): what an app hands in is looked at here, once, so
that nothing of a wrong type reaches the store.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Final, Union, get_args, get_origin, get_type_hints

import attrs

from ocpp_iface.types.check import (
    Boolean,
    Check,
    Instance,
    Integer,
    Moment,
    Number,
    Text,
    Word,
    wrong_type,
)

_CHECKS: Final[Mapping[Any, Check]] = {
    str: Text(),
    int: Integer(),
    float: Number(),
    bool: Boolean(),
    datetime: Moment(),
}


def conform(kind: Any, path: str, value: object) -> None:
    """Raises PayloadError at the place of the first value that is not of its declared type.

    `kind`: as `types.convert.from_json`, but naive datetimes are refused.
    """
    origin = get_origin(kind)
    if origin is Union or origin is UnionType:
        if value is not None:
            some = [each for each in get_args(kind) if each is not NoneType]
            conform(some[0], path, value)
    elif origin is tuple:
        _conform_items(get_args(kind), path, value)
    elif attrs.has(kind):
        Instance(kind).check(path, value)
        for name, hint in _fields(kind):
            conform(hint, f"{path}.{name}", getattr(value, name))
    elif kind in _CHECKS:
        _CHECKS[kind].check(path, value)
    elif issubclass(kind, StrEnum):
        Word(kind).check(path, value)


def _conform_items(kinds: tuple[Any, ...], path: str, value: object) -> None:
    if not isinstance(value, tuple):
        raise wrong_type(path, "a tuple", value)
    if kinds[-1] is Ellipsis:
        kinds = kinds[:1] * len(value)
    if len(kinds) != len(value):
        raise wrong_type(path, f"{len(kinds)} items", value)
    for index, (kind, item) in enumerate(zip(kinds, value, strict=True)):
        conform(kind, f"{path}[{index}]", item)


@cache
def _fields(kind: type) -> tuple[tuple[str, Any], ...]:
    """What is given when a value is made: the rest follows from it."""
    hints = get_type_hints(kind)
    return tuple((field.name, hints[field.name]) for field in attrs.fields(kind) if field.init)
