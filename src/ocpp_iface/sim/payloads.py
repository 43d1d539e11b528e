"""Hypothesis strategies for payloads, made from the official schemas: valid ones and broken ones.

Needs `hypothesis` (the `test` extra); nothing else in the library imports this module. Strategies
read the schemas themselves and share no code with the codec, so they can be held against it.
"""

from __future__ import annotations

import copy
import string
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from typing import Any, Final

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from ocpp_iface.wire.registry import Direction, version_of
from ocpp_iface.wire.schema import load_schema

Json = Any
"""What `json.loads` returns."""

_INT32: Final = 2**31
_SHORT: Final = 24
_TEXT: Final = st.characters(codec="utf-8")
_KEYS: Final = st.text(string.ascii_letters, min_size=1, max_size=8)


@lru_cache(maxsize=8)
def json_values(*, max_leaves: int = 6) -> SearchStrategy[Json]:
    """Any JSON value that a frame can carry: finite numbers, no integer over 18 digits."""
    return st.recursive(
        st.none()
        | st.booleans()
        | st.integers(-(10**17), 10**17)
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(_TEXT, max_size=_SHORT),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=3),
        max_leaves=max_leaves,
    )


@lru_cache(maxsize=512)
def valid_payload(
    subprotocol: str, action: str, direction: Direction
) -> SearchStrategy[dict[str, Json]]:
    """Payloads that the official schema accepts, long texts and optional fields included."""
    schema = load_schema(version_of(subprotocol), action, direction)
    return _Maker(schema.get("definitions", {})).object(schema)


@lru_cache(maxsize=512)
def mutated_payload(subprotocol: str, action: str, direction: Direction) -> SearchStrategy[Json]:
    """Valid payloads after one to three changes; most break the schema, some do not."""
    return _mutated(valid_payload(subprotocol, action, direction))


def mutated_json(values: SearchStrategy[Json]) -> SearchStrategy[Json]:
    """One to three changes anywhere in a JSON value; also good for whole frames."""
    return _mutated(values)


@lru_cache(maxsize=1)
def date_times() -> SearchStrategy[str]:
    """RFC 3339 texts: UTC and offsets, with and without fractions."""
    zones = st.just(UTC) | st.integers(-14 * 60, 14 * 60).map(
        lambda minutes: timezone(timedelta(minutes=minutes))
    )
    moments = st.datetimes(datetime(2000, 1, 2), datetime(2099, 12, 30), timezones=zones)  # noqa: DTZ001 - Hypothesis wants naive bounds
    return st.builds(_date_time, moments, st.sampled_from(["seconds", "milliseconds"]))


def _date_time(moment: datetime, precision: str) -> str:
    return moment.isoformat(timespec=precision).replace("+00:00", "Z")


class _Maker:
    """Turns one schema's parts into strategies."""

    def __init__(self, definitions: Mapping[str, Any]) -> None:
        self._definitions = definitions
        self._made: dict[str, SearchStrategy[Json]] = {}

    def object(self, schema: Mapping[str, Any]) -> SearchStrategy[dict[str, Json]]:
        properties: Mapping[str, Any] = schema.get("properties", {})
        required = schema.get("required", ())
        parts = {name: self.value(part) for name, part in properties.items()}
        known: SearchStrategy[dict[str, Json]] = st.fixed_dictionaries(
            {name: part for name, part in parts.items() if name in required},
            optional={name: part for name, part in parts.items() if name not in required},
        )
        if schema.get("additionalProperties") is False:
            return known
        more = st.dictionaries(_KEYS, json_values(), max_size=2)
        return st.builds(lambda extra, own: {**extra, **own}, more, known)

    def value(self, schema: Mapping[str, Any]) -> SearchStrategy[Json]:
        """A strategy is made once for each definition: to make and check one costs more than to draw."""
        if "$ref" in schema:
            name = schema["$ref"].rpartition("/")[2]
            if name not in self._made:
                self._made[name] = self.value(self._definitions[name])
            return self._made[name]
        match schema.get("type"):
            case "object":
                return self.object(schema)
            case "array":
                least = schema.get("minItems", 0)
                most = min(schema.get("maxItems", least + 2), least + 2)
                return st.lists(self.value(schema["items"]), min_size=least, max_size=most)
            case "string":
                return _strings(schema)
            case "integer":
                low = int(schema.get("minimum", -_INT32))
                return st.integers(low, int(schema.get("maximum", _INT32 - 1)))
            case "number":
                return _numbers(schema)
            case "boolean":
                return st.booleans()
            case _:
                return json_values().filter(lambda value: value is not None)


def _strings(schema: Mapping[str, Any]) -> SearchStrategy[str]:
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if schema.get("format") == "date-time":
        return date_times()
    longest = schema.get("maxLength")
    if longest is None:
        return st.text(_TEXT, max_size=_SHORT)
    short = st.text(_TEXT, max_size=min(longest, _SHORT))
    return short | _TEXT.map(lambda character: character * longest)


def _numbers(schema: Mapping[str, Any]) -> SearchStrategy[float]:
    if "multipleOf" in schema:
        return st.integers(-10_000, 1_000_000).map(lambda tenths: tenths / 10)
    low, high = schema.get("minimum"), schema.get("maximum")
    return st.floats(
        None if low is None else float(low),
        None if high is None else float(high),
        allow_nan=False,
        allow_infinity=False,
    ) | st.integers(-1000 if low is None else int(low), 1_000_000 if high is None else int(high))


@st.composite
def _mutated(draw: st.DrawFn, values: SearchStrategy[Json]) -> Json:
    holder = [copy.deepcopy(draw(values))]
    for _ in range(draw(_HOW_MANY)):
        places = _places(holder)
        container, key = places[draw(st.integers(0, len(places) - 1))]
        _CHANGES[draw(_WHICH)](draw, container, key)
        if not holder:
            holder.append(draw(json_values()))
    return holder[0]


def _places(holder: list[Json]) -> list[tuple[Any, Any]]:
    """Every (container, key or index) of a tree."""
    found: list[tuple[Any, Any]] = []
    waiting: list[Any] = [holder]
    while waiting:
        node = waiting.pop()
        items = node.items() if isinstance(node, dict) else enumerate(node)
        for key, value in items:
            found.append((node, key))
            if isinstance(value, dict | list):
                waiting.append(value)
    return found


def _remove(_draw: st.DrawFn, container: Any, key: Any) -> None:
    del container[key]


def _replace(draw: st.DrawFn, container: Any, key: Any) -> None:
    container[key] = draw(json_values())


def _nullify(_draw: st.DrawFn, container: Any, key: Any) -> None:
    container[key] = None


def _stretch(draw: st.DrawFn, container: Any, key: Any) -> None:
    """Make a text longer, a list longer, a number bigger, an object richer."""
    value = container[key]
    if isinstance(value, str):
        container[key] = value + "x" * draw(st.sampled_from([1, 30, 600]))
    elif isinstance(value, list):
        container[key] = value * draw(st.sampled_from([0, 2, 6])) if value else [None]
    elif isinstance(value, dict):
        value[draw(_KEYS)] = draw(json_values())
    elif isinstance(value, bool):
        container[key] = int(value)
    elif isinstance(value, int):
        container[key] = draw(st.sampled_from([float(value), value + 0.5, -value, str(value)]))
    elif isinstance(value, float):
        container[key] = draw(st.sampled_from([-value, str(value), value / 3]))


_CHANGES: Final = {
    "nullify": _nullify,
    "remove": _remove,
    "replace": _replace,
    "stretch": _stretch,
}
_HOW_MANY: Final = st.integers(1, 3)
_WHICH: Final = st.sampled_from(sorted(_CHANGES))
