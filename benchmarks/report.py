"""Results as text for the terminal and as Markdown for docs/performance.md."""

from __future__ import annotations

import os
import platform
import re
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from attrs import field, frozen

BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"


@frozen
class Table:
    """`verdicts`: (what was promised, whether this run kept it)."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()
    verdicts: tuple[tuple[str, bool], ...] = field(default=())

    def text(self) -> str:
        widths = [
            max(len(row[n]) for row in (self.columns, *self.rows)) for n in range(len(self.columns))
        ]
        lines = ["", self.title, ""]
        for row in (self.columns, *self.rows):
            cells = [
                cell.ljust(width) if n == 0 else cell.rjust(width)
                for n, (cell, width) in enumerate(zip(row, widths, strict=True))
            ]
            lines.append("  " + "  ".join(cells).rstrip())
        lines += [f"  {note}" for note in self.notes]
        lines += [f"  {'met    ' if kept else 'NOT MET'}  {what}" for what, kept in self.verdicts]
        return "\n".join(lines)

    def markdown(self) -> str:
        lines = [f"### {self.title}", "", _row(self.columns)]
        lines.append(_row(["---", *["---:"] * (len(self.columns) - 1)]))
        lines += [_row(row) for row in self.rows]
        lines += ["", *(f"{note}\n" for note in self.notes)]
        lines += [f"- {'met' if kept else '**not met**'}: {what}" for what, kept in self.verdicts]
        return "\n".join(lines).rstrip() + "\n"


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def machine() -> str:
    """What the figures were measured on."""
    packages = ", ".join(f"{name} {version(name)}" for name in ("ocpp", "websockets", "attrs"))
    return (
        f"{_processor()}, {len(_processors())} processors; {platform.system()} "
        f"{platform.release()}; Python {sys.version.split()[0]}; {packages}"
    )


def _processors() -> Sequence[int]:
    if hasattr(os, "sched_getaffinity"):
        return sorted(os.sched_getaffinity(0))
    return range(os.cpu_count() or 1)


def _processor() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text()
    except OSError:
        return platform.machine()
    found = re.search(r"^model name\s*:\s*(.+)$", text, re.MULTILINE)
    return found[1] if found else platform.machine()


def write_figures(path: Path, tables: Sequence[Table], when: str, load: str) -> None:
    """Replace what stands between the two marks of the page."""
    page = path.read_text()
    before, _, rest = page.partition(BEGIN)
    _, mark, after = rest.partition(END)
    if not mark:
        raise SystemExit(f"{path} has no place for the figures ({BEGIN} ... {END})")
    figures = "\n".join(table.markdown() for table in tables)
    head = f"{when}. {machine()}. {load}"
    path.write_text(f"{before}{BEGIN}\n\n{head}\n\n{figures}\n{END}{after}")
