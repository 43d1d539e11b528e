from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpp_iface.sim.payloads import json_values
from ocpp_iface.wire.encoders import build_encoder
from ocpp_iface.wire.shapes import shape_of


@dataclass
class Sample:
    text: str
    names: list[str] | None = None
    ratio: float | None = None
    free: Any = None


SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "text": {"type": "string"},
        "names": {"type": "array", "items": {"type": "string"}},
        "ratio": {"type": "number"},
        "free": {},
    },
    "required": ["text"],
}
encode = build_encoder(shape_of(SCHEMA, Sample))


@given(
    st.text(),
    st.none() | st.lists(st.text(), max_size=3),
    st.none() | st.integers() | st.floats(allow_nan=False, allow_infinity=False),
    json_values(),
)
def test_the_text_means_what_json_would_have_written(
    text: str, names: list[str] | None, ratio: float | None, free: Any
) -> None:
    expected = {"text": text, "names": names, "ratio": ratio, "free": free}

    written = json.loads(encode(Sample(text, names, ratio, free)))

    assert written == {key: value for key, value in expected.items() if value is not None}


def test_a_tuple_is_a_list() -> None:
    assert encode(Sample("a", names=("b", "c"))) == '{"text":"a","names":["b","c"]}'


@pytest.mark.parametrize(
    "sample",
    [
        Sample(None),
        Sample(5),
        Sample("a", names=[1]),
        Sample("a", names=5),
        Sample("a", ratio="1"),
        Sample("a", ratio=True),
        Sample("a", free={1, 2}),
        Sample("a", free=float("nan")),
    ],
)
def test_what_is_not_of_its_type_raises(sample: Sample) -> None:
    with pytest.raises((TypeError, ValueError)):
        encode(sample)
