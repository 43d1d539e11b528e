"""What `ocpp-iface run` prints: a line for each var, order and answer; for people or as JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any, Final, TextIO

from attrs import Factory, define

from ocpp_iface.cli.style import Style
from ocpp_iface.types import to_json
from ocpp_iface.types.moments import format_moment

_WIDTH: Final = 160
_COLOURS: Final = {"var": "cyan", "order": "yellow", "answer": "green", "error": "red"}


@define(eq=False)
class Printer:
    """JSON lines have `kind` (var, order, answer, error, note), `at` and `name`, and for

    var: `value`, in the JSON of the contract; order (to the simulated charger): `evse`, `details`;
    answer and error (to a line of stdin): `line`, `result`; note: `details`.
    """

    as_json: bool
    out: TextIO = Factory(lambda: sys.stdout)
    style: Style = Factory(lambda self: Style.of(self.out), takes_self=True)
    on_lost: Callable[[], None] = Factory(lambda: _nothing)
    """Called once, when nothing can be printed any more."""
    lost: OSError | None = None
    """Why not: nobody reads it any more, the disk is full."""

    def var(self, name: str, value: object) -> None:
        shown = to_json(value)
        self._line("var", name, {"value": shown}, shown)

    def order(self, method: str, evse_id: int, details: dict[str, Any]) -> None:
        self._line(
            "order", method, {"evse": evse_id, "details": details}, {"evse": evse_id, **details}
        )

    def answer(self, name: str, line: str, result: object) -> None:
        shown = to_json(result)
        self._line("answer", name, {"line": line, "result": shown}, shown)

    def error(self, name: str, line: str, reason: str) -> None:
        self._line("error", name, {"line": line, "result": reason}, reason)

    def note(self, name: str, **details: Any) -> None:
        self._line("note", name, {"details": details}, details)

    def text(self, text: str) -> None:
        """For people only."""
        if not self.as_json:
            self._print(text)

    def _line(self, kind: str, name: str, content: dict[str, Any], human: object) -> None:
        now = datetime.now(UTC)
        if self.as_json:
            record = {"kind": kind, "at": format_moment(now), "name": name, **content}
            self._print(json.dumps(record, ensure_ascii=False))
            return
        shown = " ".join(flat(human))
        shown = shown if len(shown) <= _WIDTH else f"{shown[: _WIDTH - 1]}…"
        label = self.style.paint(f"{kind:<6}", _COLOURS.get(kind, "dim"))
        at = self.style.paint(f"{now:%H:%M:%S}", "dim")
        self._print(f"{at} {label} {name:<32} {shown}".rstrip())

    def _print(self, text: str) -> None:
        """Never raises: an order to the hardware must not fail because nobody reads of it."""
        if self.lost is not None:
            return
        try:
            print(text, file=self.out, flush=True)
        except OSError as error:
            self.lost = error
            self.on_lost()


def _nothing() -> None:
    return


def flat(value: object, path: str = "") -> Iterator[str]:
    """`{"a": {"b": 1}}` as `a.b=1`."""
    if isinstance(value, dict):
        for name, item in value.items():
            yield from flat(item, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list) and any(isinstance(item, dict) for item in value):
        for index, item in enumerate(value):
            yield from flat(item, f"{path}[{index}]")
    else:
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        yield f"{path}={text}" if path else text
