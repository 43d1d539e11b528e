"""Colours in a terminal, plain text everywhere else."""

from __future__ import annotations

import os
from typing import Final, TextIO

from attrs import frozen

_CODES: Final = {
    "bold": "1",
    "dim": "2",
    "red": "31",
    "green": "32",
    "yellow": "33",
    "blue": "34",
    "magenta": "35",
    "cyan": "36",
}


@frozen
class Style:
    coloured: bool

    @classmethod
    def of(cls, stream: TextIO | None) -> Style:
        """Coloured if it is a terminal that can (`NO_COLOR` and `TERM=dumb` are respected).
        None: it is closed.
        """
        plain = bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
        return cls(stream is not None and stream.isatty() and not plain)

    def paint(self, text: str, *names: str) -> str:
        """`names`: red, green, yellow, blue, magenta, cyan, bold, dim."""
        if not self.coloured:
            return text
        return f"\x1b[{';'.join(_CODES[name] for name in names)}m{text}\x1b[0m"
