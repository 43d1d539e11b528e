"""Text against the characteristics of a variable, and between text and value (pure)."""

from __future__ import annotations

import math
import re
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from attrs import field, frozen

from ocpp_iface.devicemodel.definition import DataType, VarDef
from ocpp_iface.types.moments import format_moment, parse_moment

_INTEGER = re.compile(r"0|-?[1-9][0-9]*", re.ASCII)
_DECIMAL = re.compile(r"-?[0-9]+(\.[0-9]{1,6})?", re.ASCII)
_SMALLEST, _LARGEST = -(2**31), 2**31 - 1


@frozen
class Parsed:
    """A value that fits, and the text under which it is kept."""

    value: Any = field(repr=False)
    text: str = field(repr=False)


@frozen
class Refusal:
    """Why a value is not taken: a reason code of the specification, and a sentence for people."""

    reason_code: str
    info: str = ""


INVALID = "InvalidValue"
TOO_LOW = "ValueTooLow"
TOO_HIGH = "ValueTooHigh"
TOO_LONG = "TooLargeElement"


def text_of(definition: VarDef[Any], value: Any) -> str:
    """A value in the notation of the wire; "" for what is not set."""
    if type(value) is str:
        return value
    kind = definition.data_type
    if value is None:
        return ""
    if kind is DataType.BOOLEAN:
        return "true" if value else "false"
    if kind is DataType.DECIMAL:
        return decimal_text(value)
    if kind is DataType.DATE_TIME:
        return format_moment(value) if isinstance(value, datetime) else str(value)
    if kind.is_list:
        return ",".join(value)
    return str(value)


def decimal_text(value: float) -> str:
    """Without exponent and without useless zeros: 48.0 is "48"; at most six decimal places."""
    exact = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    rounded = exact.quantize(Decimal("0.000001"))
    return f"{rounded.normalize() + 0:f}"


def check(definition: VarDef[Any], text: str, *, lenient: bool = False) -> Parsed | Refusal:
    """B05.FR.07, B05.FR.08: whether `text` may become the value of this variable.

    `lenient` takes the boolean words in any case, as 1.6 peers write them.
    """
    parsed = parse(definition, text, lenient=lenient)
    if isinstance(parsed, Refusal):
        return parsed
    return _against_limits(definition, parsed) or parsed


def parse(definition: VarDef[Any], text: str, *, lenient: bool = False) -> Parsed | Refusal:
    """Only whether `text` has the right type; the limits are not looked at."""
    kind = definition.data_type
    if kind is DataType.BOOLEAN:
        return _boolean(text, lenient=lenient)
    if kind is DataType.INTEGER:
        return _integer(text)
    if kind is DataType.DECIMAL:
        return _decimal(text)
    if kind is DataType.DATE_TIME:
        return _moment(text)
    if kind.is_list:
        members = tuple(part.strip() for part in text.split(",")) if text.strip() else ()
        return Parsed(members, ",".join(members))
    return Parsed(text, text)


def _boolean(text: str, *, lenient: bool) -> Parsed | Refusal:
    word = text.lower() if lenient else text
    if word not in ("true", "false"):
        return Refusal(INVALID, "neither true nor false")
    return Parsed(word == "true", word)


def _integer(text: str) -> Parsed | Refusal:
    if not _INTEGER.fullmatch(text):
        return Refusal(INVALID, "not an integer")
    if len(text) > 11 or not _SMALLEST <= int(text) <= _LARGEST:
        return Refusal(INVALID, "not an integer of 32 bits")
    return Parsed(int(text), text)


def _decimal(text: str) -> Parsed | Refusal:
    if not _DECIMAL.fullmatch(text):
        return Refusal(INVALID, "not a decimal of at most six places")
    try:
        value = float(text)
    except (ValueError, OverflowError, InvalidOperation):  # pragma: no cover - digits only
        return Refusal(INVALID, "not a decimal")
    if not math.isfinite(value):
        return Refusal(INVALID, "not a finite number")
    return Parsed(value, text)


def _moment(text: str) -> Parsed | Refusal:
    if text == "":
        return Parsed(None, "")
    try:
        moment = parse_moment(text)
    except ValueError as error:
        return Refusal(INVALID, str(error))
    return Parsed(moment, format_moment(moment))


def _against_limits(definition: VarDef[Any], parsed: Parsed) -> Refusal | None:
    kind = definition.data_type
    if kind.is_number:
        return _range(definition, parsed.value)
    if kind.is_list:
        return _members(definition, parsed.value) or _length(definition, parsed.text)
    if kind is DataType.OPTION_LIST:
        if definition.values and parsed.text not in definition.values:
            return Refusal(INVALID, f"not one of {', '.join(definition.values)}")
        return None
    if kind is DataType.STRING:
        return _length(definition, parsed.text)
    return None


def _range(definition: VarDef[Any], value: float) -> Refusal | None:
    if definition.minimum is not None and value < definition.minimum:
        return Refusal(TOO_LOW, f"less than {decimal_text(definition.minimum)}")
    if definition.maximum is not None and value > definition.maximum:
        return Refusal(TOO_HIGH, f"more than {decimal_text(definition.maximum)}")
    return None


def _length(definition: VarDef[Any], text: str) -> Refusal | None:
    if definition.maximum is not None and len(text) > definition.maximum:
        return Refusal(TOO_LONG, f"longer than {int(definition.maximum)} characters")
    if text and definition.minimum is not None and len(text) < definition.minimum:
        return Refusal(INVALID, f"shorter than {int(definition.minimum)} characters")
    return None


def _members(definition: VarDef[Any], members: tuple[str, ...]) -> Refusal | None:
    for member in members:
        if not _is_member(definition, member):
            return Refusal(INVALID, f"{member[:50]!r} is not one of the values")
    if len(dict.fromkeys(members)) != len(members):
        return Refusal(INVALID, "a value stands twice")
    if definition.max_items is not None and len(members) > definition.max_items:
        return Refusal("TooManyElements", f"more than {definition.max_items} values")
    return None


def _is_member(definition: VarDef[Any], member: str) -> bool:
    """A custom list may say nothing about its members: then all are."""
    if not definition.values or member in definition.values:
        return True
    base, dot, suffix = member.rpartition(".")
    return bool(dot) and suffix in definition.suffixes and base in definition.values
