"""The tutorial, step by step, from its published text alone (but with a free port, and in the
environment of the tests).
"""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TUTORIAL = (ROOT / "docs" / "tutorial.md").read_text()
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
PATIENCE_S = 30.0


def blocks(language: str) -> list[str]:
    return [
        text
        for kind, text in re.findall(r"```(\w+)\n(.*?)```", TUTORIAL, re.DOTALL)
        if kind == language
    ]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(holds: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < end, f"waited in vain for {what}"
        time.sleep(0.02)


class Terminal:
    """A directory in which things are started; what they print goes to files."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    @contextmanager
    def running(self, name: str, *command: str) -> Iterator[subprocess.Popen[str]]:
        with (self.directory / name).open("a") as output:
            process = subprocess.Popen(
                [sys.executable, "-u", *command],
                cwd=self.directory,
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                text=True,
                env=ENVIRONMENT,
            )
        try:
            yield process
        finally:
            process.kill()
            process.communicate()

    def shown(self, name: str) -> str:
        return (self.directory / name).read_text()

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *command],
            cwd=self.directory,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            env=ENVIRONMENT,
        )


def type_lines(process: subprocess.Popen[str], lines: list[str], terminal: Terminal) -> None:
    """One after the other, each when the one before was answered."""
    assert process.stdin is not None
    for line in lines:
        answers = terminal.shown("run.txt").count(" answer ")
        process.stdin.write(f"{line}\n")
        process.stdin.flush()
        until(lambda seen=answers: terminal.shown("run.txt").count(" answer ") > seen, line)


@pytest.mark.e2e
def test_the_tutorial_works_as_published(tmp_path: Path) -> None:
    port = str(free_port())
    csms, app = (text.replace("9000", port) for text in blocks("python"))
    (tmp_path / "csms.py").write_text(csms)
    (tmp_path / "app.py").write_text(app)
    (tmp_path / "station.toml").write_text(blocks("toml")[0].replace("9000", port))
    session, second, variables = ([*text.splitlines()] for text in blocks("text"))
    terminal = Terminal(tmp_path)
    station = ("-m", "ocpp_iface", "run", "station.toml", "--speed", "60")

    with terminal.running("csms.txt", "csms.py"):

        def told(text: str, times: int = 1) -> None:
            until(lambda: terminal.shown("csms.txt").count(text) >= times, f"{text} at the CSMS")

        until(
            lambda: terminal.run("-m", "ocpp_iface", "doctor", "station.toml").returncode == 0,
            "the CSMS",
        )
        with terminal.running("run.txt", *station) as process:
            told("boot PowerUp")
            type_lines(process, session, terminal)
            told("Ended")
            type_lines(process, second, terminal)
            told("Started 0", times=2)
            told("Updated 1", times=2)  # so the answer to Started has arrived: it is not sent again
            process.send_signal(signal.SIGKILL)
            process.wait()
        with terminal.running("run.txt", *station) as process:
            told("boot PowerUp", times=2)
            type_lines(process, ["token 04AB 2"], terminal)
            told("Ended", times=2)
            assert terminal.shown("csms.txt").count("Started 0") == 2, "it is the same transaction"
            type_lines(process, variables, terminal)
            assert process.wait(30) == 0
        assert "EVConnectionTimeOut" in terminal.shown("run.txt")
        changed = terminal.run("-m", "ocpp_iface", "variables", "list", "station.toml", "--changed")
        assert re.search(r"TxCtrlr/EVConnectionTimeOut +90 ", changed.stdout)
        own = terminal.run("app.py")
        assert own.returncode == 0, own.stderr
        assert "close the contactor of EVSE 1" in own.stdout
        told("Ended", times=3)
