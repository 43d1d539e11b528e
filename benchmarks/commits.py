"""How long the event loop is held up while a station with a file store commits.

A probe in the loop of a station sleeps a millisecond at a time and notes how late it wakes. Run once
with the station idle, once while it records meter values as fast as the CSMS confirms them (two
commits each, with an fsync), and once with a disk that takes 20 ms longer for each commit, as an SD
card does. `python -m benchmarks.commits` is the measured process.
"""

from __future__ import annotations

import asyncio
import gc
import json
import sys
import time
from typing import Any

from benchmarks import child
from benchmarks.station import Station, configuration, samples

PROBE_S = 0.001
SLOW_DISK_S = 0.02


class Probe:
    """Milliseconds that a wake-up came late."""

    def __init__(self) -> None:
        self.late: list[float] = []
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + PROBE_S
            await asyncio.sleep(PROBE_S)
            self.late.append((loop.time() - due) * 1000)

    def end(self) -> dict[str, Any]:
        self._task.cancel()
        late = sorted(self.late)
        return {
            "p50_ms": late[len(late) // 2],
            "p99_ms": late[int(len(late) * 0.99)],
            "max_ms": late[-1],
        }


class Disk:
    """Counts the commits of a store that wrote something, and times them; may be slow."""

    def __init__(self, station: Station) -> None:
        self.pause_s = 0.0
        self.times: list[float] = []
        file = station.kernel.store._memory._backing  # type: ignore[attr-defined]  # a SqliteStore
        save = file.save

        def timed(changes: Any) -> None:
            begin = time.perf_counter()
            save(changes)
            if self.pause_s:
                time.sleep(self.pause_s)
            self.times.append((time.perf_counter() - begin) * 1000)

        station.kernel.store._memory._backing = _Backing(file, timed)  # type: ignore[attr-defined]


class _Backing:
    def __init__(self, file: Any, save: Any) -> None:
        self.load, self.save = file.load, save


async def main(url: str, version: str, pin_to: int | None, store: str, synchronous: str) -> None:
    child.pin(pin_to)
    station = Station(configuration("commits", url, version, store, synchronous))
    await station.start()
    await station.charge()
    disk, values = Disk(station), samples()

    async def idle(seconds: float) -> dict[str, Any]:
        probe = Probe()
        await asyncio.sleep(seconds)
        return probe.end()

    async def busy(seconds: float, *, slow: bool) -> dict[str, Any]:
        disk.pause_s = SLOW_DISK_S if slow else 0.0
        disk.times.clear()
        gc.collect()
        probe, end, records = Probe(), time.monotonic() + seconds, 0
        while time.monotonic() < end:
            await station.record(values)
            records += 1
        times = sorted(disk.times)
        return {
            **probe.end(),
            "records": records,
            "commits": len(times),
            "commit_p50_ms": times[len(times) // 2],
            "commit_p99_ms": times[int(len(times) * 0.99)],
        }

    await child.serve({"idle": idle, "busy": busy})
    await station.close()


if __name__ == "__main__":
    asyncio.run(main(**json.loads(sys.argv[1])))
