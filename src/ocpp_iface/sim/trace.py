"""What happened in a world, line by line: to be read, compared and asserted on.

Lines are canonical: virtual seconds, station, what, a payload with sorted keys; ids that a station
drew are replaced by #1, #2, ... in the order of their appearance. So equal inputs give equal traces,
and a trace still compares after a change that only draws ids in another order.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

import attrs
from attrs import define, field

from ocpp_iface.types import to_json

_ID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_KINDS: Final = {2: "CALL", 3: "RESULT", 4: "ERROR"}
_WIDTH: Final = 400
_READING: Final = " command ReportMeter "


@attrs.frozen
class Entry:
    """`kind`: `>` frame to the CSMS, `<` frame from it, or a word (link, ask, answer, var, ...)."""

    at: float
    who: str
    kind: str
    content: Any


@define(eq=False)
class Trace:
    """Lines are made when they are read. With `limit`, older entries only count in the digest."""

    limit: int | None = None
    dropped: int = 0
    """How many entries the limit has cost so far."""
    _entries: list[Entry] = field(factory=list)
    _names: dict[str, str] = field(factory=dict)
    _lines: list[str] = field(factory=list)
    _hash: Any = field(factory=hashlib.sha256)

    def add(self, at: float, who: str, kind: str, content: Any) -> None:
        self._entries.append(Entry(at, who, kind, content))
        if self.limit is not None and len(self._entries) >= 2 * self.limit:
            self._drop(len(self._entries) - self.limit)

    def lines(self) -> list[str]:
        """What is kept, oldest first."""
        for entry in self._entries[len(self._lines) :]:
            self._lines.append(self._line(entry))
        return list(self._lines)

    def tail(self, count: int = 20) -> str:
        """The last lines, long ones cut, without meter readings: for the message of a failure."""
        lines = [line for line in self.lines() if _READING not in line][-count:]
        return "\n".join(x if len(x) <= _WIDTH else x[: _WIDTH - 3] + "..." for x in lines)

    def digest(self) -> str:
        """One word for all of it, dropped entries included."""
        rest = self._hash.copy()
        for line in self.lines():
            rest.update(line.encode() + b"\n")
        return str(rest.hexdigest())

    def entries(self, kind: str | None = None) -> list[Entry]:
        return [entry for entry in self._entries if kind in (None, entry.kind)]

    def __str__(self) -> str:
        return "\n".join(self.lines())

    def __iter__(self) -> Iterator[str]:
        return iter(self.lines())

    def __len__(self) -> int:
        return self.dropped + len(self._entries)

    def _drop(self, count: int) -> None:
        for line in self.lines()[:count]:
            self._hash.update(line.encode() + b"\n")
        del self._entries[:count]
        del self._lines[:count]
        self.dropped += count

    def _line(self, entry: Entry) -> str:
        text = _show(entry.kind, entry.content)
        text = _ID.sub(self._name, text)
        return f"{entry.at:12.3f} {entry.who} {entry.kind} {text}"

    def _name(self, found: re.Match[str]) -> str:
        return self._names.setdefault(found[0], f"#{len(self._names) + 1}")


def diff(one: Trace | Sequence[str], other: Trace | Sequence[str], context: int = 5) -> str:
    """Empty if the traces are equal; else where they part, with the lines around it."""
    left, right = list(one), list(other)
    if isinstance(one, Trace) and isinstance(other, Trace) and one.digest() == other.digest():
        return ""
    first = next(
        (n for n, (a, b) in enumerate(zip(left, right, strict=False)) if a != b),
        min(len(left), len(right)),
    )
    if first == len(left) == len(right):
        dropped = isinstance(one, Trace) and one.dropped
        return "the traces differ before what is kept" if dropped else ""
    shown = [f"the traces part at line {first + 1}:"]
    shown += [f"  {line}" for line in left[max(0, first - context) : first]]
    shown += [f"- {line}" for line in left[first : first + context]]
    shown += [f"+ {line}" for line in right[first : first + context]]
    return "\n".join(shown)


def canonical(payload: Any) -> str:
    """JSON with sorted keys and no blanks."""
    return json.dumps(payload, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _show(kind: str, content: Any) -> str:
    if kind in ("<", ">"):
        return frame_line(content)
    if kind == "var":
        name, value = content
        return f"{name} {_value(value)}"
    if kind == "command":
        return f"{type(content).__name__} {_value(content)}"
    return str(content)


def frame_line(frame: str | bytes) -> str:
    """`CALL #1 Heartbeat {}`; what is not a frame is shown as it is."""
    try:
        parts = json.loads(frame)
        word = _KINDS[parts[0]]
        head = [word, *(str(part) for part in parts[1:-1])] if word != "ERROR" else [word]
        body = canonical(parts[-1] if word != "ERROR" else parts[1:])
        return " ".join([*head, body])
    except (ValueError, TypeError, KeyError, IndexError, RecursionError):
        return "not a frame: " + repr(frame[:_WIDTH])


def _value(value: Any) -> str:
    if attrs.has(type(value)):
        try:
            return canonical(to_json(value))
        except TypeError:
            return repr(value)
    return str(value)
