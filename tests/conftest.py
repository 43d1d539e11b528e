"""The count of certification cases at the end of a run.

It stands here and not in `conformance/` because pytest-xdist's controller, which writes the summary,
reads no other conftest when the whole suite runs.
"""

from __future__ import annotations

import re

import pytest

_CASE = re.compile(
    r"conformance/test_(?P<version>201|16)_(?P<part>[a-z]+)\w*\.py"
    r"::test_tc_(?:(?P<block>[a-z])_)?(?P<number>\d+(?:_\d+)?)"
)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Distinct case ids that passed, by functional block (2.0.1) and profile (1.6)."""
    cases: dict[str, set[str]] = {}
    for report in terminalreporter.getreports("passed"):
        found = _CASE.search(report.nodeid) if report.when == "call" else None
        if found is not None:
            label = f"1.6 {found['part']}" if found["version"] == "16" else found["block"].upper()
            cases.setdefault(label, set()).add(found["number"])
    if cases:
        counts = ", ".join(f"{label} {len(ids)}" for label, ids in sorted(cases.items()))
        total = sum(len(ids) for ids in cases.values())
        terminalreporter.write_line(f"certification cases: {counts}, total {total}")
