"""Every part of the benchmarks runs; what they measure is not looked at."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from benchmarks.report import BEGIN, END, Table, write_figures

ROOT = Path(__file__).resolve().parents[2]

pytestmark = [pytest.mark.e2e, pytest.mark.slow]


def run(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "benchmarks", "--quick", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


@pytest.mark.parametrize(
    ("arguments", "promises"),
    [
        (("round-trips", "--message", "Heartbeat", "--message", "GetVariables"), 2),
        (("import",), 2),
        (("memory", "load"), 3),
        (("commit", "composite"), 2),
        (("days",), 2),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_a_part_runs_and_compares_its_figures_with_what_was_promised(arguments, promises):
    done = run(*arguments)

    assert done.returncode == 0, done.stderr
    verdicts = [
        line for line in done.stdout.splitlines() if line.startswith(("  met ", "  NOT MET "))
    ]
    assert len(verdicts) == promises, done.stdout


def test_an_unknown_part_is_refused_with_the_names_of_those_there_are():
    done = run("speed")

    assert done.returncode == 2
    assert "round-trips" in done.stderr


def test_the_figures_replace_those_of_the_page(tmp_path):
    page = tmp_path / "performance.md"
    page.write_text(f"# Top\n{BEGIN}\nold\n{END}\nbottom\n")
    table = Table("Title", ("what", "ms"), (("x", "1"),), verdicts=(("fast", False),))

    write_figures(page, [table], "Today", "Load 0")

    text = page.read_text()
    assert "old" not in text
    assert "| x | 1 |" in text
    assert "**not met**: fast" in text
    assert text.startswith("# Top\n")
    assert text.endswith(f"{END}\nbottom\n")
