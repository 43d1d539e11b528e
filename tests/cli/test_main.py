"""The command line as a whole: help, exit statuses, error messages."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ocpp_iface import __version__
from ocpp_iface.cli.main import COMMANDS, commands, main


def run_process(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ocpp_iface", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, "COLUMNS": "100"},
    )


def test_the_help_names_every_command_and_the_exit_statuses(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["--help"]) == 0

    shown = capsys.readouterr().out
    for command in commands():
        assert command.name in shown
    assert "exit status:" in shown
    assert "examples:" in shown


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_of_a_command_teaches_by_examples(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([command, "--help"]) == 0

    shown = capsys.readouterr().out
    assert f"ocpp-iface {command}" in shown
    assert "examples:" in shown
    assert "exit status:" in shown


def test_the_command_names_are_unique_and_each_is_described() -> None:
    assert tuple(each.name for each in commands()) == COMMANDS
    assert len(COMMANDS) == len(set(COMMANDS))
    assert all(each.summary and each.description and each.epilog for each in commands())


def test_without_a_command_it_says_what_there_is() -> None:
    ended = run_process()

    assert ended.returncode == 2
    assert "COMMAND" in ended.stderr


def test_only_the_command_that_is_asked_for_is_loaded() -> None:
    script = (
        "import sys; from ocpp_iface.cli.main import main; main(['variables', '--help']);"
        " print([m for m in sys.modules if m in ('ocpp', 'ocpp_iface.cli.run')])"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True
    )

    assert ended.stdout.splitlines()[-1] == "[]"


def test_an_unknown_command_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["charge"]) == 2

    assert "charge" in capsys.readouterr().err


def test_a_missing_file_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "nowhere.toml"

    assert main(["run", str(file)]) == 2

    assert capsys.readouterr().err == (
        f"ocpp-iface: the configuration is wrong: {file}: cannot be read:"
        " No such file or directory\n"
    )


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("evses = [0]", "evses[0]: not a number of connectors, 1 or more"),
        ("modle = 'X'", "modle: unknown; did you mean model?"),
        ("versions = ['ocpp1.7']", "versions[0]: unknown version; did you mean ocpp1.6?"),
        ("store = 5", "store: expected text, not a number"),
        ("this is not TOML", "not TOML: "),
    ],
)
def test_a_wrong_file_is_named_with_path_and_fault(
    line: str, told: str, write_station, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write_station(line)

    assert main(["run", str(file)]) == 2

    shown = capsys.readouterr().err
    assert shown.startswith(f"ocpp-iface: the configuration is wrong: {file}: {told}")


def test_a_value_that_does_not_fit_its_variable_is_named(
    write_station, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write_station("[variables]", "HeartbeatInterval = -5")

    assert main(["run", str(file)]) == 2

    assert "variables.HeartbeatInterval" in capsys.readouterr().err


def test_a_store_that_is_no_store_ends_with_status_3(
    write_station, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write_station('store = "station.db"')
    (tmp_path / "station.db").write_text("this is no database " * 100)

    assert main(["run", str(file)]) == 3

    shown = capsys.readouterr().err
    assert "station.db" in shown
    assert "kept aside as" in shown
    assert shown.endswith("; the next start makes an empty one\n")


def test_a_closed_pipe_is_no_traceback(write_station) -> None:
    file = write_station()
    process = subprocess.Popen(
        [sys.executable, "-m", "ocpp_iface", "variables", "list", str(file), "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.read(10)
    process.stdout.close()
    errors = process.stderr.read().decode()
    process.stderr.close()
    process.wait(timeout=30)

    assert "Traceback" not in errors


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0

    assert capsys.readouterr().out == f"ocpp-iface {__version__}\n"


def test_output_that_cannot_be_written_is_told_without_traceback(write_station) -> None:
    file = write_station()
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run(
            [sys.executable, "-m", "ocpp_iface", "variables", "list", str(file)],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            check=False,
        )

    assert ended.returncode == 1
    assert ended.stderr == "ocpp-iface: failed: [Errno 28] No space left on device\n"


def test_a_sign_that_the_terminal_does_not_have_is_no_traceback() -> None:
    profiles = Path(__file__).parents[2] / "examples" / "charging_profiles.json"
    ended = subprocess.run(
        [sys.executable, "-m", "ocpp_iface", "schedule", str(profiles)],
        capture_output=True,
        timeout=60,
        check=False,
        env={**os.environ, "PYTHONIOENCODING": "latin-1"},
    )

    assert (ended.returncode, ended.stderr) == (0, b"")
    assert b"EVSE 1" in ended.stdout
