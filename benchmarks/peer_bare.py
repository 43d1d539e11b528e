"""The measured process: `websockets` alone. It sends one prepared frame again and again, or answers
every frame by a prepared one; it looks into none. What is left is the price of the transport.
"""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

import websockets

from benchmarks import child


async def main(url: str, version: str, pin_to: int | None, frame: str, asked: bool) -> None:
    child.pin(pin_to)
    async with websockets.connect(
        f"{url}/measured", subprotocols=[version], compression=None
    ) as connection:

        async def one() -> None:
            await connection.send(frame)
            await connection.recv()

        async def answer() -> None:
            while True:
                await connection.recv()
                await connection.send(frame)

        async def run(count: int) -> dict[str, Any]:
            return await child.timed(one, count)

        async def ready() -> dict[str, Any]:
            return {}

        answering = asyncio.create_task(answer()) if asked else None
        await child.serve({"run": run, "ready": ready})
        if answering is not None:
            answering.cancel()


if __name__ == "__main__":
    asyncio.run(main(**json.loads(sys.argv[1])))
