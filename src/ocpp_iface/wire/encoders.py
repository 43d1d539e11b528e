"""Functions that turn a payload object into JSON text, generated from its shape.

The text is put together from ready fragments, which costs less than half of building dicts for
`json` to walk. Every value passes a function that takes its type only, so an object that holds
something else raises `TypeError` and never becomes a broken text.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from json.encoder import encode_basestring
from typing import Any, Final

from ocpp_iface.wire.shapes import Field, Leaf, Many, Record
from ocpp_iface.wire.source import Source

Encode = Callable[[Any], str]

dump: Final = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode
"""Compact JSON text of plain values; raises `ValueError` for NaN and infinity."""


def build_encoder(shape: Record) -> Encode:
    """Fields that are None are left out. The function raises `TypeError` for a value that is not
    of its declared JSON type; lengths, words and bounds are not looked at.
    """
    source = Source(_HELPERS)
    return source.compile(_Writer(source).record(shape))


class _Writer:
    def __init__(self, source: Source) -> None:
        self._source = source
        self._names: dict[int, str] = {}

    def record(self, shape: Record) -> str:
        """The name of the function for this record; written once."""
        name = self._names.get(id(shape))
        if name is None:
            name = self._names[id(shape)] = self._source.fresh(f"encode_{shape.name}")
            self._source.add([f"def {name}(o):", *(f"    {line}" for line in self._body(shape))])
        return name

    def _body(self, shape: Record) -> list[str]:
        """Required fields come first, in one f-string; then each optional one that is there."""
        always = ",".join(
            f"{_key(field)}{{{self._value(field.shape, f'o.{field.attribute}')}}}"
            for field in shape.fields
            if field.required
        )
        optional = [field for field in shape.fields if not field.required]
        if not optional:
            return [f"return f'{{{{{always}}}}}'"]
        lines = [f"s = f'{{{{{always}'" if always else "s = ''"]
        for field in optional:
            read = f"o.{field.attribute}" if field.attribute else "getattr(o, 'custom_data', None)"
            part = f"f',{_key(field)}{{{self._value(field.shape, 'v')}}}'"
            lines += [f"v = {read}", f"if v is not None: s += {part}"]
        return [*lines, "return s + '}'" if always else "return '{' + s[1:] + '}'"]

    def _value(self, shape: Leaf | Record | Many, value: str) -> str:
        """An expression for the JSON text; it stands in an f-string, so it has no backslash and
        no single quote.
        """
        if isinstance(shape, Record):
            return f"dump({value})" if shape.held_by is None else f"{self.record(shape)}({value})"
        if isinstance(shape, Many):
            items = f"[{self._value(shape.item, 'x')} for x in {value}]"
            return f'"[" + ",".join({items}) + "]"'
        return f"{_LEAVES[shape.kind]}({value})"


def _key(field: Field) -> str:
    """The key and its colon, to stand in a single-quoted f-string."""
    return f'"{field.wire}":'


def _boolean(value: Any) -> str:
    if value is True:
        return "true"
    if value is False:
        return "false"
    raise TypeError(f"{type(value).__name__} is not a boolean")


def _number(value: Any) -> str:
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError("NaN and infinity have no JSON text")
        return float.__repr__(value)
    return _integer(value)


def _integer(value: Any) -> str:
    if isinstance(value, bool):
        raise TypeError("a boolean is not a number")
    return int.__repr__(value)


_LEAVES: Final = {
    "string": "text",
    "integer": "integer",
    "number": "number",
    "boolean": "boolean",
    "any": "dump",
}
_HELPERS: Final[Mapping[str, Any]] = {
    "text": encode_basestring,
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
    "dump": dump,
}
