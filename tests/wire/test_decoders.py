"""Bounds that few messages have; everything else is held against the schemas in test_codec."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from ocpp_iface.errors import Fault
from ocpp_iface.wire.decoders import BadPart, build_decoder
from ocpp_iface.wire.shapes import shape_of


@dataclass
class Sample:
    level: int | None = None
    ratio: float | None = None
    names: list[str] | None = None
    flag: bool | None = None
    free: Any = None


SCHEMA = {
    "$schema": "http://json-schema.org/draft-06/schema#",
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "level": {"type": "integer", "minimum": 0, "maximum": 9},
        "ratio": {"type": "number", "minimum": 0.0, "maximum": 0.5},
        "names": {"type": "array", "minItems": 1, "maxItems": 2, "items": {"type": "string"}},
        "flag": {"type": "boolean"},
        "free": {},
    },
}
decode = build_decoder(shape_of(SCHEMA, Sample))


def test_values_within_the_bounds() -> None:
    assert decode({"level": 9.0, "ratio": 0, "names": ["a"], "flag": False}) == Sample(
        9, 0, ["a"], False
    )
    assert decode({}) == Sample()
    assert decode({"free": {"a": [None]}}) == Sample(free={"a": [None]})
    assert decode({"free": None}) == Sample()


@pytest.mark.parametrize(
    ("payload", "path", "fault"),
    [
        ({"level": -1}, "level", Fault.PROPERTY),
        ({"level": 10}, "level", Fault.PROPERTY),
        ({"level": True}, "level", Fault.TYPE),
        ({"level": float("nan")}, "level", Fault.TYPE),
        ({"ratio": 0.6}, "ratio", Fault.PROPERTY),
        ({"ratio": "0.5"}, "ratio", Fault.TYPE),
        ({"ratio": False}, "ratio", Fault.TYPE),
        ({"names": []}, "names", Fault.OCCURRENCE),
        ({"names": ["a", "b", "c"]}, "names", Fault.OCCURRENCE),
        ({"names": "a"}, "names", Fault.TYPE),
        ({"names": ["a", 1]}, "names[1]", Fault.TYPE),
        ({"flag": 1}, "flag", Fault.TYPE),
        ({"flag": None}, "flag", Fault.TYPE),
        ({"x" * 500: 1}, "x" * 100, Fault.FORMAT),
        ([], "", Fault.TYPE),
        (None, "", Fault.TYPE),
    ],
)
def test_values_outside_of_them(payload: Any, path: str, fault: Fault) -> None:
    with pytest.raises(BadPart) as caught:
        decode(payload)

    assert (caught.value.path, caught.value.fault) == (path, fault)
