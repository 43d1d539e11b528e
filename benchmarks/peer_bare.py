"""The measured process: `websockets` alone. It sends one prepared frame again and again, or answers
every frame by a prepared one; it looks into none. What is left is the price of the transport.
"""

from __future__ import annotations

import asyncio
import json
import sys
from contextlib import AsyncExitStack
from functools import partial
from typing import Any

import websockets
from websockets.asyncio.client import ClientConnection

from benchmarks import child


async def main(
    url: str, version: str, links: int, pin_to: int | None, frame: str, asked: bool
) -> None:
    child.pin(pin_to)

    async def one(connection: ClientConnection) -> None:
        await connection.send(frame)
        await connection.recv()

    async def answer(connection: ClientConnection) -> None:
        while True:
            await connection.recv()
            await connection.send(frame)

    async with AsyncExitStack() as stack:
        connections = [
            await stack.enter_async_context(
                websockets.connect(f"{url}/{number}", subprotocols=[version], compression=None)
            )
            for number in range(links)
        ]

        async def run(count: int) -> dict[str, Any]:
            return await child.timed([partial(one, each) for each in connections], count)

        async def ready() -> dict[str, Any]:
            return {}

        answering = [asyncio.create_task(answer(each)) for each in connections if asked]
        await child.serve({"run": run, "ready": ready})
        for task in answering:
            task.cancel()


if __name__ == "__main__":
    asyncio.run(main(**json.loads(sys.argv[1])))
