"""A station on a file, opened and given up in every order: the file is never left locked."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from ocpp_iface import OcppService, StationConfig, opening
from ocpp_iface.errors import CorruptStore
from ocpp_iface.parts import Parts
from ocpp_iface.ports.transport import CloseReason, LinkClose, LinkRequest, LinkSink
from ocpp_iface.storage import open_store


class Charger:
    """The least a hardware object may be."""

    def permit_energy(self, evse_id: int) -> None: ...

    def stop_energy(self, evse_id: int) -> None: ...


class Nowhere:
    """A transport that dials for ever."""

    def __init__(self, sink: LinkSink) -> None:
        self._sink = sink

    def open(self, request: LinkRequest, /) -> None: ...

    def send(self, text: str, /) -> None: ...

    def close(self, code: int = 1000, reason: str = "") -> None:
        self._sink.closed(LinkClose(CloseReason.LOCAL, code, reason))


class SlowDisk:
    """Opens a store, then holds it back until it is let go."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.opened, self.go_on = threading.Event(), threading.Event()
        self.failures: list[Exception] = []
        """The next openings fail with these."""
        monkeypatch.setattr(opening, "open_store", self._open)

    def _open(self, *args: Any) -> Any:
        store = None if self.failures else open_store(*args)
        self.opened.set()
        self.go_on.wait(5)
        if store is None:
            raise self.failures.pop(0)
        return store

    async def cancel(self, starting: asyncio.Task[None]) -> None:
        """Cancel the start while the store is being opened."""
        await asyncio.to_thread(self.opened.wait, 5)
        starting.cancel()
        await asyncio.sleep(0)
        self.go_on.set()
        with pytest.raises(asyncio.CancelledError):
            await starting


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> SlowDisk:
    return SlowDisk(monkeypatch)


def service(tmp_path: Path) -> OcppService:
    config = StationConfig(
        id="CS-1", csms_url="ws://csms.invalid", store=tmp_path / "station.db", evses=(1,)
    )
    return OcppService(config, Charger(), parts=Parts(transport_factory=Nowhere))


def in_time(main: Any) -> None:
    asyncio.run(asyncio.wait_for(main, 10))


def test_a_start_that_is_cancelled_while_the_store_opens_leaves_the_file_free(
    tmp_path: Path, disk: SlowDisk
) -> None:
    async def main() -> None:
        station = service(tmp_path)

        await disk.cancel(asyncio.ensure_future(station.start()))

        assert not station.is_open
        await station.start()
        assert station.is_open
        await station.close()

    in_time(main())


def test_what_is_wrong_with_the_store_is_told_even_if_the_start_was_cancelled(
    tmp_path: Path, disk: SlowDisk, caplog: pytest.LogCaptureFixture
) -> None:
    disk.failures = [CorruptStore("damaged", kept_as="station.db.corrupt-1")]

    async def main() -> None:
        await disk.cancel(asyncio.ensure_future(service(tmp_path).start()))

    in_time(main())

    assert "station.db.corrupt-1" in caplog.text


def test_many_starts_at_once_survive_the_failure_of_the_first(
    tmp_path: Path, disk: SlowDisk
) -> None:
    disk.go_on.set()
    disk.failures = [CorruptStore("damaged")]

    async def main() -> None:
        station = service(tmp_path)

        outcomes = await asyncio.gather(
            *(station.start() for _ in range(4)), return_exceptions=True
        )

        assert [type(outcome) for outcome in outcomes] == [CorruptStore, *[type(None)] * 3]
        assert station.is_open
        await station.close()

    in_time(main())


def test_starts_that_wait_for_the_end_follow_one_another(tmp_path: Path) -> None:
    async def main() -> None:
        station = service(tmp_path)
        await station.start()
        closing = asyncio.ensure_future(station.close())
        await asyncio.sleep(0)

        await asyncio.gather(station.start(), station.start())

        assert station.is_open
        await closing
        await station.close()

    in_time(main())


def test_a_close_while_starts_follow_one_another_closes_the_last_of_them(
    tmp_path: Path, disk: SlowDisk
) -> None:
    disk.go_on.set()
    disk.failures = [CorruptStore("damaged")]

    async def main() -> None:
        station = service(tmp_path)

        await asyncio.gather(
            station.start(), station.start(), station.close(), return_exceptions=True
        )

        assert not station.is_open

    in_time(main())


LOADS = """
import asyncio, sys, threading
from ocpp_iface import OcppService, StationConfig

class Charger:
    def permit_energy(self, evse_id): ...
    def stop_energy(self, evse_id): ...

def hear(event, args):
    if event == "import" and threading.current_thread() is threading.main_thread():
        loaded.append(args[0])

async def main():
    config = StationConfig(id="CS-1", csms_url="ws://127.0.0.1:9", versions=(sys.argv[1],))
    ocpp = OcppService(config, Charger())
    sys.addaudithook(hear)
    await ocpp.start()
    seen = list(loaded)
    await ocpp.close()
    print([name for name in seen if name.startswith(("ocpp", "jsonschema", "websockets"))])

loaded = []
asyncio.run(main())
"""


@pytest.mark.parametrize("version", ["ocpp1.6", "ocpp2.0.1"])
def test_a_start_loads_nothing_in_the_loop_of_the_app(version: str) -> None:
    run = subprocess.run(
        (sys.executable, "-c", LOADS, version), capture_output=True, text=True, check=True
    )

    assert run.stdout.strip() == "[]"
