"""Functions that turn a payload object into plain JSON values, generated from its shape."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ocpp_iface.wire.shapes import Field, Many, Record
from ocpp_iface.wire.source import Source

Encode = Callable[[Any], dict[str, Any]]


def build_encoder(shape: Record) -> Encode:
    """Fields that are None are left out; values are trusted to be of the declared types."""
    source = Source({})
    return source.compile(_Writer(source).record(shape))


class _Writer:
    def __init__(self, source: Source) -> None:
        self._source = source
        self._names: dict[int, str] = {}
        self._kept: list[Record] = []

    def record(self, shape: Record) -> str:
        name = self._names.get(id(shape))
        if name is None:
            name = self._names[id(shape)] = self._source.fresh(f"encode_{shape.name}")
            self._kept.append(shape)
            self._source.add([f"def {name}(o):", *(f"    {line}" for line in self._body(shape))])
        return name

    def _body(self, shape: Record) -> list[str]:
        always = [
            f"{field.wire!r}: {self._value(field, f'o.{field.attribute}')}"
            for field in shape.fields
            if field.required
        ]
        lines = [f"d = {{{', '.join(always)}}}"]
        for field in shape.fields:
            if not field.required:
                read = f"o.{field.attribute}"
                if field.attribute is None:
                    read = "o.__dict__.get('custom_data')"
                lines.append(f"v = {read}")
                lines.append(f"if v is not None: d[{field.wire!r}] = {self._value(field, 'v')}")
        return [*lines, "return d"]

    def _value(self, field: Field, expression: str) -> str:
        shape = field.shape
        if isinstance(shape, Record):
            return expression if shape.held_by is None else f"{self.record(shape)}({expression})"
        if isinstance(shape, Many) and isinstance(shape.item, Record):
            return f"[{self.record(shape.item)}(x) for x in {expression}]"
        return expression
