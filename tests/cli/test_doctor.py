"""`ocpp-iface doctor`: what is wrong, and what to do."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection, serve

from ocpp_iface.cli.main import main
from ocpp_iface.storage import open_store

PASSWORD = "correct-horse-battery"


async def _nothing(connection: ServerConnection) -> None:
    await connection.wait_closed()


@contextmanager
def csms(
    refuse: Callable[[ServerConnection, Any], Any] | None = None,
    versions: list[str] | None = None,
) -> Iterator[str]:
    """A CSMS of 1.6 in a thread of its own (`doctor` has its own loop)."""
    urls: list[str] = []
    ready, over = threading.Event(), threading.Event()

    async def live() -> None:
        async with serve(
            _nothing, "127.0.0.1", 0, subprotocols=versions, process_request=refuse
        ) as server:
            urls.append(f"ws://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}/ocpp")
            ready.set()
            await asyncio.to_thread(over.wait)

    thread = threading.Thread(target=lambda: asyncio.run(live()))
    thread.start()
    try:
        assert ready.wait(10)
        yield urls[0]
    finally:
        over.set()
        thread.join(10)


def states(output: str) -> dict[str, str]:
    return {each["what"]: each["state"] for each in json.loads(output)}


@pytest.mark.e2e
def test_a_sound_station_is_said_to_be_sound(
    write_station, capsys: pytest.CaptureFixture[str]
) -> None:
    with csms(versions=["ocpp1.6"]) as url:
        file = write_station('store = "station.db"', url=url)
        assert main(["doctor", str(file)]) == 0

    shown = capsys.readouterr().out
    assert "CS001" in shown
    assert "answers and speaks ocpp1.6" in shown
    assert "neither encrypted nor authenticated" in shown
    assert "wrong" not in shown


@pytest.mark.e2e
def test_a_csms_that_is_not_there_is_found(
    write_station, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write_station()

    assert main(["doctor", str(file)]) == 1

    shown = capsys.readouterr().out
    assert "Refused" in shown
    assert "is the CSMS running" in shown


@pytest.mark.e2e
@pytest.mark.parametrize(
    ("status", "told"),
    [
        (HTTPStatus.UNAUTHORIZED, "check `id` and `password`"),
        (HTTPStatus.NOT_FOUND, "the path of csms_url is wrong"),
    ],
)
def test_a_refusal_is_explained(
    status: HTTPStatus, told: str, write_station, capsys: pytest.CaptureFixture[str]
) -> None:
    with csms(lambda connection, _: connection.respond(status, "no\n")) as url:
        file = write_station(f'password = "{PASSWORD}"', url=url)
        assert main(["doctor", str(file)]) == 1

    shown = capsys.readouterr().out
    assert told in shown
    assert PASSWORD not in shown


@pytest.mark.e2e
def test_a_csms_of_another_version_is_explained(
    write_station, capsys: pytest.CaptureFixture[str]
) -> None:
    with csms(versions=["ocpp1.6"]) as url:
        file = write_station('versions = ["ocpp2.0.1"]', url=url)
        assert main(["doctor", str(file)]) == 1

    assert "the CSMS may speak none of `versions`" in capsys.readouterr().out


@pytest.mark.e2e
def test_a_server_that_is_no_csms_is_explained(
    write_station, capsys: pytest.CaptureFixture[str]
) -> None:
    with csms() as url:
        file = write_station(url=url)
        assert main(["doctor", str(file)]) == 1

    assert "the CSMS speaks none of `versions`" in capsys.readouterr().out


def test_offline_the_csms_is_not_dialled(write_station, capsys: pytest.CaptureFixture[str]) -> None:
    file = write_station()

    assert main(["doctor", str(file), "--offline", "--json"]) == 0

    assert states(capsys.readouterr().out) == {
        "configuration": "ok",
        "store": "warning",
        "network profile 1": "warning",
    }


def test_a_wrong_configuration_is_all_that_is_said(
    write_station, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write_station("evses = []")

    assert main(["doctor", str(file), "--json"]) == 2

    (finding,) = json.loads(capsys.readouterr().out)
    assert finding["state"] == "wrong"
    assert str(file) in finding["detail"]


def test_a_missing_certificate_is_named(write_station, capsys: pytest.CaptureFixture[str]) -> None:
    file = write_station(
        f'password = "{PASSWORD}"', "[tls]", 'ca_files = ["root.pem"]', url="wss://127.0.0.1:9/ocpp"
    )

    assert main(["doctor", str(file), "--offline"]) == 1

    assert "root.pem: cannot be read" in capsys.readouterr().out


def test_a_damaged_store_is_found_and_left_where_it_is(
    write_station, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write_station('store = "station.db"')
    (tmp_path / "station.db").write_text("this is no database " * 100)

    assert main(["doctor", str(file), "--offline"]) == 1

    assert "is damaged" in capsys.readouterr().out
    assert [each.name for each in tmp_path.glob("station.db*")] == ["station.db"]


def test_a_store_in_use_is_no_fault(
    write_station, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write_station('store = "station.db"')
    store = open_store(tmp_path / "station.db")

    try:
        assert main(["doctor", str(file), "--offline", "--json"]) == 0
    finally:
        store.close()

    assert states(capsys.readouterr().out)["store"] == "warning"


def test_a_store_in_a_directory_that_is_not_there_is_found(
    write_station, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write_station('store = "nowhere/station.db"')

    assert main(["doctor", str(file), "--offline"]) == 1

    assert "is no directory" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["missing.toml", "."])
def test_a_file_that_cannot_be_read_is_no_fault_of_a_place_in_it(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["doctor", str(tmp_path / name)]) == 2

    assert "check the name of the file and the right to read it" in capsys.readouterr().out


def test_a_store_that_is_a_directory_is_not_called_damaged(
    write_station, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "station.db").mkdir()
    file = write_station('store = "station.db"')

    assert main(["doctor", str(file), "--offline"]) == 1

    shown = capsys.readouterr().out
    assert "station.db is not a file" in shown
    assert "damaged" not in shown
