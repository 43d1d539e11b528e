"""Many stations in one process: memory of idle ones, and how many one process serves.

The measured process runs `python -m benchmarks.fleet`: each station is an `OcppService` of its own
with its own socket, all on one event loop, with memory stores.
"""

from __future__ import annotations

import asyncio
import gc
import json
import resource
import sys
import time
from typing import Any

from benchmarks import child
from benchmarks.station import Hardware, Station, configuration, samples
from ocpp_iface.config import StationConfig
from ocpp_iface.service import OcppService

CONNECTING_AT_ONCE = 50
SETTLE_S = 1.0


def idle_configuration(number: int, url: str, version: str) -> StationConfig:
    return configuration(f"CS{number:05}", url, version)


class Fleet:
    def __init__(self, url: str, version: str) -> None:
        self._url, self._version = url, version
        self._idle: list[OcppService] = []
        self._busy: list[Station] = []

    async def connect(self, count: int) -> dict[str, Any]:
        """Connect `count` more idle stations, without anything of the benchmark on them."""
        for begin in range(0, count, CONNECTING_AT_ONCE):
            some = range(begin, min(begin + CONNECTING_AT_ONCE, count))
            await asyncio.gather(*(self._connect(len(self._idle) + each) for each in some))
        await asyncio.sleep(SETTLE_S)
        gc.collect()
        gc.freeze()  # what is there now stays: later collections need not look at it
        return {"rss_kib": child.rss_kib()}

    async def _connect(self, number: int) -> None:
        service = OcppService(idle_configuration(number, self._url, self._version), Hardware())
        self._idle.append(service)
        await service.start()
        accepted = service.vars.boot_notification_response
        await accepted.wait_for(lambda answer: answer.status == "Accepted", timeout=60)

    async def charge(self, count: int) -> dict[str, Any]:
        """Bring the number of stations that charge to `count`."""
        while len(self._busy) < count:
            first = len(self._busy)
            some = range(first, min(first + CONNECTING_AT_ONCE, count))
            await asyncio.gather(*(self._charge(each) for each in some))
        gc.collect()
        gc.freeze()
        return {"rss_kib": child.rss_kib()}

    async def _charge(self, number: int) -> None:
        station = Station(configuration(f"CH{number:05}", self._url, self._version))
        await station.start()
        await station.charge()
        self._busy.append(station)

    async def load(self, seconds: float) -> dict[str, Any]:
        """Each charging station records a sample every second: milliseconds until the CSMS has
        confirmed it, counted from when it was due, so waiting in the process counts too.
        """
        loop, values = asyncio.get_running_loop(), samples()
        begin, spent = loop.time() + 0.1, time.process_time()
        late: list[float] = []

        async def run(station: Station, phase: float) -> None:
            due = begin + phase
            while due < begin + seconds:
                await asyncio.sleep(max(0.0, due - loop.time()))
                await station.record(values)
                late.append((loop.time() - due) * 1000)
                due += 1.0

        count = len(self._busy)
        await asyncio.gather(*(run(each, n / count) for n, each in enumerate(self._busy)))
        wall = loop.time() - begin
        late.sort()
        return {
            "messages": len(late),
            "p50_ms": late[len(late) // 2],
            "p99_ms": late[int(len(late) * 0.99)],
            "max_ms": late[-1],
            "cpu": (time.process_time() - spent) / wall,
        }

    async def close(self) -> None:
        await asyncio.gather(*(each.close() for each in (*self._idle, *self._busy)))


async def main(url: str, version: str, pin_to: int | None) -> None:
    child.pin(pin_to)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard if hard > 0 else soft, hard))
    fleet = Fleet(url, version)
    await child.serve({"connect": fleet.connect, "charge": fleet.charge, "load": fleet.load})


if __name__ == "__main__":
    asyncio.run(main(**json.loads(sys.argv[1])))
