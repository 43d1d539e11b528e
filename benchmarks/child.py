"""A benchmark process at the other end of a pipe: one JSON object a line in, one out.

Only the standard library, so that a peer's process holds nothing but what the peer needs.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import sys
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

Handler = Callable[..., Awaitable[dict[str, Any]]]

PAGE_KIB = os.sysconf("SC_PAGE_SIZE") // 1024


def pin(cpu: int | None) -> None:
    """Stay on one processor, if the machine has it."""
    if cpu is not None and hasattr(os, "sched_setaffinity") and cpu in os.sched_getaffinity(0):
        os.sched_setaffinity(0, {cpu})


def rss_kib() -> int:
    """The memory of this process that is resident now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE_KIB


async def cpu() -> dict[str, Any]:
    """CPU time of all threads so far; the caller takes differences."""
    return {"cpu_s": time.process_time()}


async def collect() -> dict[str, Any]:
    gc.collect()
    return {}


async def memory() -> dict[str, Any]:
    gc.collect()
    return {"rss_kib": rss_kib()}


async def serve(handlers: Mapping[str, Handler]) -> None:
    """Answer orders `{"do": name, ...}` one after the other, until stdin ends."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(limit=1 << 24)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    every = {"cpu": cpu, "collect": collect, "memory": memory, **handlers}
    while line := await reader.readline():
        order = json.loads(line)
        answer = await every[order.pop("do")](**order)
        print(json.dumps(answer), flush=True)


async def timed(links: Sequence[Callable[[], Awaitable[Any]]], count: int) -> dict[str, Any]:
    """`count` round trips on each link, one after the other: wall and CPU seconds of this process."""

    async def repeat(one: Callable[[], Awaitable[Any]]) -> None:
        for _ in range(count):
            await one()

    gc.collect()
    wall, spent = time.perf_counter(), time.process_time()
    await asyncio.gather(*(repeat(one) for one in links))
    return {"cpu_s": time.process_time() - spent, "wall_s": time.perf_counter() - wall}
