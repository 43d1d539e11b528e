"""Generated source text and the names it may use: what `decoders` and `encoders` write into."""

from __future__ import annotations

import linecache
from collections.abc import Callable, Mapping
from typing import Any


class Source:
    """Functions are added as lines; constants get a name each; `compile` runs the text once."""

    def __init__(self, helpers: Mapping[str, Any]) -> None:
        self._names: dict[str, Any] = dict(helpers)
        self._lines: list[str] = []
        self._count = 0

    def bind(self, name: str, value: Any) -> None:
        self._names[name] = value

    def fresh(self, stem: str) -> str:
        """A name that nothing else has."""
        self._count += 1
        return f"{stem}_{self._count}"

    def constant(self, stem: str, value: Any) -> str:
        name = self.fresh(stem)
        self._names[name] = value
        return name

    def add(self, lines: list[str]) -> None:
        self._lines += lines

    def compile(self, function: str) -> Callable[[Any], Any]:
        """The function of that name; tracebacks show its lines."""
        text = "\n".join([*self._lines, ""])
        filename = f"<ocpp_iface.wire {function}>"
        exec(compile(text, filename, "exec"), self._names)  # noqa: S102 - from official schemas only
        linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
        made: Callable[[Any], Any] = self._names[function]
        return made
