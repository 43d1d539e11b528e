"""Every example is executed as its docstring says, on both versions, and kept short."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[1] / "e2e"))

from recorder import Recorder

EXAMPLES = Path(__file__).parents[2] / "examples"
ALL = sorted(file.name for file in EXAMPLES.glob("*.py"))
CHARGING = {
    "minimal_station.py": 1,
    "custom_hardware.py": 1,
    "smart_charging_display.py": 1,
    "sync_script.py": 1,
}
"""How many transactions the CSMS has seen when an example is over."""


async def run_example(name: str, version: str) -> tuple[int, str, Recorder]:
    """-> exit status, what was printed, and what the CSMS has seen."""
    recorder = Recorder(version)
    ready, over = asyncio.Event(), asyncio.Event()
    serving = asyncio.create_task(recorder.serve(ready, over))
    try:
        async with asyncio.timeout(60):
            await ready.wait()
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                str(EXAMPLES / name),
                recorder.url,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
                env={**os.environ, "PYTHONWARNINGS": "error"},
            )
            output, _ = await process.communicate()
    finally:
        over.set()
        await serving
    return process.returncode or 0, output.decode(), recorder


@pytest.mark.e2e
@pytest.mark.parametrize("version", ["1.6", "2.0.1"])
@pytest.mark.parametrize("name", ALL)
def test_the_example_runs(name: str, version: str) -> None:
    status, output, recorder = asyncio.run(run_example(name, version))

    assert status == 0, output
    assert "Traceback" not in output
    assert recorder.problems == []
    assert len(recorder.transactions) == CHARGING.get(name, 0)
    assert recorder.open_transactions() == []


@pytest.mark.parametrize("name", ALL)
def test_the_example_is_short_and_says_how_to_run_it(name: str) -> None:
    text = (EXAMPLES / name).read_text()

    assert len(text.splitlines()) < 80
    assert f"python examples/{name}" in text.partition('"""\n')[0] + text[:800]


def test_the_readme_shows_the_minimal_example_and_it_has_twenty_lines() -> None:
    code = (EXAMPLES / "minimal_station.py").read_text().partition('"""\n')[2].strip()

    assert sum(1 for line in code.splitlines() if line.strip()) <= 20
    assert code in (EXAMPLES.parent / "README.md").read_text()


def test_the_monitored_variables_are_shown() -> None:
    _, output, _ = asyncio.run(run_example("monitor_variables.py", "2.0.1"))

    assert "OCPPCommCtrlr/HeartbeatInterval is 300 now" in output
    assert "TxCtrlr/EVConnectionTimeOut is 90 now" in output
    assert "get: Accepted 90" in output


def test_the_wallbox_follows_its_schedule() -> None:
    _, output, _ = asyncio.run(run_example("smart_charging_display.py", "2.0.1"))

    limits = [line.split()[-2] for line in output.splitlines() if "#" in line]
    assert limits[-5:] == ["16", "10", "6", "20", "32"]
    assert "16 A now, then 10 A in 1 s, then 6 A in 2 s" in output
