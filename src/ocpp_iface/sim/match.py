"""Patterns over JSON payloads, for scripts of the CSMS and for what a test expects.

A pattern says only what matters: a dict matches if its keys do, a list element by element. `...`
means present, None absent, a function is asked, `one_of(...)` takes any of its words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from attrs import frozen

Where = Mapping[str, Any] | Callable[[Any], bool] | None


@frozen
class OneOf:
    choices: tuple[Any, ...]

    def __repr__(self) -> str:
        return " | ".join(repr(choice) for choice in self.choices)


def one_of(*choices: Any) -> OneOf:
    """Any of these; each may be a pattern. None among them: may be absent."""
    return OneOf(choices)


_ABSENT: Any = object()


def mismatch(value: Any, pattern: Any, path: str = "") -> str | None:
    """Where and why `value` does not match, None if it does."""
    if isinstance(pattern, OneOf):
        if any(mismatch(value, choice) is None for choice in pattern.choices):
            return None
    elif pattern is None:
        if value is _ABSENT or value is None:
            return None
        return f"{path or 'it'} is {value!r}, should be absent"
    elif value is _ABSENT:
        return f"{path} is missing"
    elif pattern is ...:
        return None
    elif isinstance(pattern, Mapping):
        return _in_object(value, pattern, path)
    elif isinstance(pattern, list | tuple):
        return _in_list(value, pattern, path)
    elif callable(pattern):
        if pattern(value):
            return None
        return f"{path or 'it'} is {value!r}, refused by the condition"
    elif value == pattern and isinstance(value, bool) == isinstance(pattern, bool):
        return None
    shown = "missing" if value is _ABSENT else repr(value)
    return f"{path or 'it'} is {shown}, not {pattern!r}"


def matches(value: Any, pattern: Any) -> bool:
    return pattern is None or mismatch(value, pattern) is None


def _in_object(value: Any, pattern: Mapping[str, Any], path: str) -> str | None:
    if not isinstance(value, Mapping):
        return f"{path or 'it'} is {value!r}, not an object"
    for key, wanted in pattern.items():
        below = f"{path}.{key}" if path else key
        fault = mismatch(value.get(key, _ABSENT), wanted, below)
        if fault is not None:
            return fault
    return None


def _in_list(value: Any, pattern: list[Any] | tuple[Any, ...], path: str) -> str | None:
    if not isinstance(value, list) or len(value) != len(pattern):
        return f"{path or 'it'} is {value!r}, not a list of {len(pattern)}"
    for index, wanted in enumerate(pattern):
        fault = mismatch(value[index], wanted, f"{path}[{index}]")
        if fault is not None:
            return fault
    return None
