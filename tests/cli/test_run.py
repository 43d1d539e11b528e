"""`ocpp-iface run` as a process: stdin to stdout, signals, a store that outlives it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ocpp_iface.cli.main import main

pytestmark = pytest.mark.e2e


def start(file: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "ocpp_iface", "--log", "ERROR", "run", str(file), *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def lines_of(output: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in output.splitlines()]


def test_a_script_from_stdin_is_carried_out_and_ends_well(write_station) -> None:
    process = start(write_station('store = "station.db"'), "--json")

    output, errors = process.communicate("plug 1\nget ConnectionTimeOut\nquit\n", timeout=60)

    assert errors == ""
    assert process.returncode == 0
    printed = lines_of(output)
    names = [each["name"] for each in printed]
    assert names[0] == "charger"
    assert names[-1] == "closed"
    assert "is_connected" in names
    got = next(each for each in printed if each["name"] == "get")
    assert got["result"] == {"ConnectionTimeOut": "120"}


def test_what_was_plugged_in_is_there_after_a_kill(write_station) -> None:
    file = write_station('store = "station.db"')
    process = start(file, "--json")
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write("plug 1\n")
    process.stdin.flush()
    for line in process.stdout:
        if json.loads(line)["name"] == "plug":
            break
    process.kill()
    process.communicate()

    output, _ = start(file, "--json").communicate("quit\n", timeout=60)

    first = lines_of(output)[0]
    assert first["details"]["1"]["plugged"] == 1


def test_a_car_at_a_connector_that_is_no_more_is_forgotten(write_station, tmp_path: Path) -> None:
    file = write_station('store = "station.db"')
    (tmp_path / "station.db.charger").write_text('{"1": {"register_wh": 5.0, "plugged": 2}}')

    output, errors = start(file, "--json").communicate("wait 0.5\nmeter 1\nquit\n", timeout=60)

    assert errors == ""
    (meter,) = [each for each in lines_of(output) if each["name"] == "meter"]
    assert meter["result"]["Energy.Active.Import.Register"] == 5.0


def test_a_signal_ends_it_in_order(write_station) -> None:
    process = start(write_station(), "--json")
    assert process.stdout is not None
    for line in process.stdout:
        if json.loads(line)["name"] == "ready":
            break
    process.send_signal(signal.SIGTERM)

    output, errors = process.communicate(timeout=30)

    assert (process.returncode, errors) == (0, "")
    assert lines_of(output)[-1]["name"] == "closed"


def test_the_url_of_the_csms_can_be_given(write_station) -> None:
    process = start(write_station(), "--json", "--csms", "ws://127.0.0.1:8/elsewhere")

    output, _ = process.communicate("quit\n", timeout=60)

    ready = next(each for each in lines_of(output) if each["name"] == "ready")
    assert ready["details"]["csms"] == "ws://127.0.0.1:8/elsewhere"


def test_a_wrong_url_is_a_usage_error(write_station) -> None:
    process = start(write_station(), "--csms", "http://127.0.0.1")

    output, errors = process.communicate(timeout=60)

    assert process.returncode == 2
    assert output == ""
    assert "--csms: csms_url: not a WebSocket URL" in errors


def test_it_ends_quietly_when_nobody_reads_its_output_any_more(write_station) -> None:
    process = start(write_station())
    assert process.stdout is not None
    process.stdout.readline()
    process.stdout.close()
    process.stdout = None  # for communicate

    _, errors = process.communicate("plug 1\n", timeout=60)

    assert (process.returncode, errors) == (1, "")


def test_it_runs_without_stdin(write_station) -> None:
    command = [sys.executable, "-m", "ocpp_iface", "--log", "ERROR", "run", str(write_station())]
    process = subprocess.Popen(
        ["/bin/sh", "-c", 'exec "$@" <&-', "sh", *command, "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    for line in process.stdout:
        if json.loads(line)["name"] == "charging_schedules":
            break
    process.send_signal(signal.SIGINT)

    _, errors = process.communicate(timeout=30)

    assert (process.returncode, errors) == (0, "")


def test_a_line_that_is_no_text_does_not_end_the_reading_of_lines(write_station) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "ocpp_iface", "--log", "ERROR", "run", str(write_station())],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONIOENCODING": "utf-8:strict"},
    )

    output, errors = process.communicate(b"\xff\xfeplug 1\nquit\n", timeout=60)

    assert (process.returncode, errors) == (0, b"")
    assert b"no such command" in output


@pytest.mark.parametrize("option", ["--meter", "--speed", "--power"])
@pytest.mark.parametrize("value", ["0", "-1", "nan", "inf", "x"])
def test_a_number_that_makes_no_sense_is_a_usage_error(
    option: str, value: str, write_station, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", str(write_station()), f"{option}={value}"]) == 2

    assert f"argument {option}: '{value}' is no number above 0" in capsys.readouterr().err
