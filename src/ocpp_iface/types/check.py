"""Checks of one field, run once at construction, so that a value that exists is a valid one.

Each check is an attrs validator; called as one, it lets the usual value pass before it looks
closer, as every value of the library goes through here. A fault raises PayloadError whose path is the name of the field
(`convert.from_json` puts the way to the object in front of it). Reasons never repeat the value:
it may be a secret.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Protocol, TypeAlias, TypeVar

import attrs
from attrs import frozen

from ocpp_iface.errors import Fault, PayloadError

T = TypeVar("T")

Field: TypeAlias = "attrs.Attribute[Any]"  # quoted: it has no subscript at run time


class Check(Protocol):
    """Judges a value; called by attrs it takes the field's name for the path."""

    def check(self, path: str, value: Any, /) -> None:
        """Raises PayloadError at `path`."""

    def __call__(self, _instance: Any, field: Field, value: Any, /) -> None: ...


INTEGER_MIN, INTEGER_MAX = -(2**31), 2**31 - 1
"""OCPP integers have 32 bits."""

EARLIEST_YEAR = 1970


def kind_of(value: object) -> str:
    """What `value` is, in the words of JSON; for messages about wrong types."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, int | float):
        return "a number"
    if isinstance(value, str):
        return "a string"
    if isinstance(value, list | tuple):
        return "a list"
    if isinstance(value, dict):
        return "an object"
    return type(value).__name__


def wrong_type(path: str, expected: str, value: object) -> PayloadError:
    return PayloadError(path, f"expected {expected}, not {kind_of(value)}", Fault.TYPE)


def is_unicode(text: str) -> bool:
    """Half a surrogate pair has no form in UTF-8: no file could keep it, no link carry it."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def words_of(enum: type[StrEnum]) -> str:
    return ", ".join(word.value for word in enum)


@frozen
class Text:
    """A string of at least `min_length` and at most `max_length` characters."""

    max_length: int | None = None
    min_length: int = 0

    def __call__(self, _instance: Any, field: Field, value: Any) -> None:
        most = self.max_length
        if (
            type(value) is str
            and self.min_length <= len(value)
            and (most is None or len(value) <= most)
            and value.isascii()
        ):
            return
        self.check(field.name, value)

    def check(self, path: str, value: Any) -> None:
        if not isinstance(value, str):
            raise wrong_type(path, "a string", value)
        if len(value) < self.min_length:
            raise PayloadError(path, f"shorter than {self.min_length}", Fault.PROPERTY)
        if self.max_length is not None and len(value) > self.max_length:
            raise PayloadError(path, f"longer than {self.max_length}", Fault.PROPERTY)
        if not is_unicode(value):
            raise PayloadError(path, "half a surrogate pair", Fault.PROPERTY)


@frozen
class Integer:
    """An OCPP integer, not a bool."""

    minimum: int = INTEGER_MIN
    maximum: int = INTEGER_MAX

    def __call__(self, _instance: Any, field: Field, value: Any) -> None:
        self.check(field.name, value)

    def check(self, path: str, value: Any) -> None:
        if isinstance(value, bool) or not isinstance(value, int):
            raise wrong_type(path, "an integer", value)
        if value < self.minimum:
            raise PayloadError(path, f"less than {self.minimum}", Fault.PROPERTY)
        if value > self.maximum:
            raise PayloadError(path, f"more than {self.maximum}", Fault.PROPERTY)


@frozen
class Number:
    """A finite int or float, not a bool."""

    def __call__(self, _instance: Any, field: Field, value: Any) -> None:
        self.check(field.name, value)

    def check(self, path: str, value: Any) -> None:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise wrong_type(path, "a number", value)
        try:
            finite = math.isfinite(value)
        except OverflowError:  # an int that no float can hold
            finite = False
        if not finite:
            raise PayloadError(path, "not a finite number", Fault.PROPERTY)


@frozen
class Boolean:
    def __call__(self, _instance: Any, field: Field, value: Any) -> None:
        if value is not True and value is not False:
            self.check(field.name, value)

    def check(self, path: str, value: Any) -> None:
        if not isinstance(value, bool):
            raise wrong_type(path, "a boolean", value)


@frozen
class Moment:
    """An aware datetime whose UTC year is 1970 or later."""

    def __call__(self, _instance: Any, field: Field, value: Any) -> None:
        self.check(field.name, value)

    def check(self, path: str, value: Any) -> None:
        if not isinstance(value, datetime):
            raise wrong_type(path, "a datetime", value)
        if value.utcoffset() is None:
            raise PayloadError(path, "a datetime without a time zone", Fault.PROPERTY)
        try:
            year = value.astimezone(UTC).year
        except OverflowError:
            year = 0
        if year < EARLIEST_YEAR:
            raise PayloadError(path, "a date out of range", Fault.PROPERTY)


@frozen
class Word:
    """A member of `enum`; its bare string is refused, so that a typing error shows at once."""

    enum: type[StrEnum]

    def __call__(self, _instance: Any, field: Field, value: Any) -> None:
        if type(value) is not self.enum:
            self.check(field.name, value)

    def check(self, path: str, value: Any) -> None:
        if isinstance(value, self.enum):
            return
        if isinstance(value, str) and all(value != word.value for word in self.enum):
            raise PayloadError(path, f"not one of {words_of(self.enum)}", Fault.PROPERTY)
        raise wrong_type(path, f"a {self.enum.__name__}", value)


@frozen
class Instance:
    """A value of the attrs class `cls`."""

    cls: type

    def __call__(self, _instance: Any, field: Field, value: Any) -> None:
        if type(value) is not self.cls:
            self.check(field.name, value)

    def check(self, path: str, value: Any) -> None:
        if not isinstance(value, self.cls):
            raise wrong_type(path, f"a {self.cls.__name__}", value)


@frozen
class Items:
    """A tuple whose items each pass `each`; a list was made a tuple by `as_tuple` before."""

    each: Check
    min_items: int = 0

    def __call__(self, _instance: Any, field: Field, value: Any) -> None:
        self.check(field.name, value)

    def check(self, path: str, value: Any) -> None:
        if not isinstance(value, tuple):
            raise wrong_type(path, "a list", value)
        if len(value) < self.min_items:
            reason = f"fewer than {self.min_items} items"
            raise PayloadError(path, reason, Fault.OCCURRENCE)
        for index, item in enumerate(value):
            self.each.check(f"{path}[{index}]", item)


@frozen
class Optional:
    """None, or what passes `some`."""

    some: Check

    def __call__(self, instance: Any, field: Field, value: Any) -> None:
        if value is not None:
            self.some(instance, field, value)

    def check(self, path: str, value: Any) -> None:
        if value is not None:
            self.some.check(path, value)


def as_tuple(value: Sequence[Any]) -> tuple[Any, ...]:
    """Converter: a list becomes a tuple, all else is left for the check to judge.

    Not generic: mypy cannot bind the type variable of a converter, and refuses every argument.
    """
    return tuple(value) if isinstance(value, list) else value  # type: ignore[return-value]  # judged by Items


def as_optional_tuple(value: Sequence[Any] | None) -> tuple[Any, ...] | None:
    """Like `as_tuple`, for a list that may be absent."""
    return None if value is None else as_tuple(value)
