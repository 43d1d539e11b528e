"""`ocpp-iface variables` as a user meets it."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from ocpp_iface.cli.main import main
from ocpp_iface.config import StationConfig
from ocpp_iface.storage import open_store


def test_list_shows_value_access_and_source(
    write_station, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write_station("[variables]", "HeartbeatInterval = 77")

    assert main(["variables", "list", str(file), "*/HeartbeatInterval"]) == 0

    header, line = capsys.readouterr().out.splitlines()
    assert header.split() == ["ADDRESS", "VALUE", "ACCESS", "SOURCE"]
    assert line.split() == ["OCPPCommCtrlr/HeartbeatInterval", "77", "ReadWrite", "configuration"]


def test_list_as_json_has_the_characteristics(
    write_station, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write_station()

    assert main(["variables", "list", str(file), "TxCtrlr/EVConnectionTimeOut", "--json"]) == 0

    assert json.loads(capsys.readouterr().out) == [
        {
            "address": "TxCtrlr/EVConnectionTimeOut",
            "value": "120",
            "access": "ReadWrite",
            "source": "default",
            "type": "integer",
            "unit": "s",
            "min": 0,
            "keys16": ["ConnectionTimeOut"],
        }
    ]


def test_get_takes_addresses_and_keys(write_station, capsys: pytest.CaptureFixture[str]) -> None:
    file = write_station()

    status = main(["variables", "get", str(file), "ConnectionTimeOut", "TxCtrlr/TxStartPoint"])

    assert status == 0
    shown = capsys.readouterr().out
    assert shown == "ConnectionTimeOut=120\nTxCtrlr/TxStartPoint=PowerPathClosed\n"


def test_get_of_what_is_not_there_fails_and_still_shows_the_rest(
    write_station, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write_station()

    assert main(["variables", "get", str(file), "TxCtrlr/Nothing", "ConnectionTimeOut"]) == 1

    shown = capsys.readouterr()
    assert shown.out == "ConnectionTimeOut=120\n"
    assert "TxCtrlr/Nothing: UnknownVariable" in shown.err


def test_set_is_kept_in_the_store_with_its_source(
    write_station, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write_station('store = "station.db"')

    assert main(["variables", "set", str(file), "ConnectionTimeOut", "90"]) == 0
    assert main(["variables", "list", str(file), "--changed"]) == 0

    accepted, _, line = capsys.readouterr().out.splitlines()
    assert accepted == "Accepted"
    assert line.split() == ["TxCtrlr/EVConnectionTimeOut", "90", "ReadWrite", "console"]


@pytest.mark.parametrize(
    ("address", "value", "told"),
    [
        ("ConnectionTimeOut", "soon", "Rejected"),
        ("TxCtrlr/Nothing", "1", "UnknownVariable"),
        ("ClockCtrlr/DateTime", "2026-01-01T00:00:00Z", "Rejected"),
    ],
)
def test_set_says_why_not(
    address: str, value: str, told: str, write_station, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write_station('store = "station.db"')

    assert main(["variables", "set", str(file), address, value]) == 1

    assert capsys.readouterr().out.startswith(told)


def test_a_key_that_shows_a_limit_does_not_set_the_variable_it_limits(
    write_station, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write_station('store = "station.db"')

    assert main(["variables", "set", str(file), "MeterValuesSampledDataMaxLength", "3"]) == 1
    assert main(["variables", "list", str(file), "--changed"]) == 0

    refused, *changed = capsys.readouterr().out.splitlines()
    assert refused == "Rejected (ReadOnly)"
    assert len(changed) == 1


@pytest.mark.parametrize(
    ("key", "value"), [("AuthorizationKey", "correct-horse-battery"), ("FanSpeed", "30")]
)
def test_keys_of_network_profiles_and_custom_keys_can_be_set(
    key: str, value: str, write_station, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write_station(
        'store = "station.db"',
        "[[custom]]",
        'address = "CoolingCtrlr/FanSpeed"',
        'type = "integer"',
        'access = "rw"',
        'key = "FanSpeed"',
    )

    assert main(["variables", "set", str(file), key, value]) == 0

    assert capsys.readouterr().out in ("Accepted\n", "RebootRequired\n")


def test_a_1_6_key_is_a_pattern_too(write_station, capsys: pytest.CaptureFixture[str]) -> None:
    file = write_station()

    assert main(["variables", "list", str(file), "ConnectionTimeOut"]) == 0

    _, line = capsys.readouterr().out.splitlines()
    assert line.startswith("TxCtrlr/EVConnectionTimeOut ")


def test_set_without_a_store_is_a_configuration_error(
    write_station, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write_station()

    assert main(["variables", "set", str(file), "ConnectionTimeOut", "90"]) == 2

    assert f"{file}: store: missing" in capsys.readouterr().err


def test_looking_makes_no_store(write_station, tmp_path: Path) -> None:
    file = write_station('store = "station.db"')

    assert main(["variables", "list", str(file)]) == 0

    assert not (tmp_path / "station.db").exists()


def test_a_store_in_use_is_a_store_error(
    write_station, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write_station('store = "station.db"')
    store = open_store(tmp_path / "station.db")

    try:
        assert main(["variables", "list", str(file)]) == 3
    finally:
        store.close()

    shown = capsys.readouterr().err
    assert "in use" in shown
    assert "`ocpp-iface doctor` says what to do" in shown


def test_an_exported_configuration_can_be_read_again(
    write_station, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write_station()

    assert main(["variables", "export", str(file), "--format", "toml"]) == 0

    text = capsys.readouterr().out
    assert tomllib.loads(text)["variables"]["TxCtrlr/EVConnectionTimeOut"] == "120"
    copy = tmp_path / "copy.toml"
    copy.write_text(f'id = "CS002"\ncsms_url = "ws://127.0.0.1:9/ocpp"\n{text}')
    assert StationConfig.from_toml(copy).id == "CS002"


def test_passwords_are_never_shown(write_station, capsys: pytest.CaptureFixture[str]) -> None:
    file = write_station('password = "correct-horse-battery"')

    assert main(["variables", "list", str(file)]) == 0
    assert main(["variables", "export", str(file)]) == 0

    assert "correct-horse" not in capsys.readouterr().out
