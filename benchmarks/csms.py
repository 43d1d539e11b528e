"""A CSMS that costs little: it reads no JSON and writes none.

A call is answered by a payload that was prepared for its action; the message id and the action are
cut out of the text. It asks what it is told to ask, the next question when the last was answered.
It runs in a process of its own, so the CPU time of the measured process is the client's alone.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from datetime import UTC, datetime
from itertools import count
from typing import Any

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from benchmarks import child

NOW = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
INTERVAL_S = 86_400

ACCEPTED_16 = '{"idTagInfo":{"status":"Accepted"}}'
ANSWERS = {
    "ocpp1.6": {
        "Authorize": ACCEPTED_16,
        "StartTransaction": '{"idTagInfo":{"status":"Accepted"},"transactionId":%d}',
        "StopTransaction": ACCEPTED_16,
        "DataTransfer": '{"status":"Accepted"}',
    },
    "ocpp2.0.1": {
        "Authorize": '{"idTokenInfo":{"status":"Accepted"}}',
        "DataTransfer": '{"status":"Accepted"}',
    },
}


class Csms:
    def __init__(self) -> None:
        self.stations: dict[str, ServerConnection] = {}
        self.answers: dict[str, asyncio.Future[str]] = {}
        """What a station is asked and has not answered."""
        self.last: dict[str, str] = {}
        """The last frame of each action that came in."""
        self.errors = 0
        """CALLERRORs that came in."""
        self.calls = 0
        self._numbers = count(1)

    async def station(self, connection: ServerConnection) -> None:
        assert connection.request is not None
        name = connection.request.path.lstrip("/")
        self.stations[name] = connection
        answers = ANSWERS[connection.subprotocol or "ocpp1.6"]
        boot = f'{{"currentTime":"{_now()}","interval":{INTERVAL_S},"status":"Accepted"}}'
        send, last, numbers = connection.send, self.last, self._numbers
        try:
            while True:
                text = await connection.recv(decode=True)
                if text[1] != "2":
                    self._answered(name, text)
                    continue
                _, unique_id, _, action, _ = text.split('"', 4)
                self.calls += 1
                last[action] = text
                payload = answers.get(action, "{}")
                if action == "Heartbeat":
                    payload = f'{{"currentTime":"{NOW}"}}'
                elif action == "BootNotification":
                    payload = boot
                elif action == "StartTransaction":
                    payload = payload % next(numbers)
                await send(f'[3,"{unique_id}",{payload}]')
        except ConnectionClosed:
            if self.stations.get(name) is connection:
                del self.stations[name]

    def _answered(self, name: str, text: str) -> None:
        self.errors += text[1] == "4"
        waiting = self.answers.get(name)
        if waiting is not None and not waiting.done():
            waiting.set_result(text)

    async def ask(self, station: str, action: str, payload: str, count: int = 1) -> dict[str, Any]:
        """Ask a station `count` times; its last answer and how long it took."""
        connection, loop, text = self.stations[station], asyncio.get_running_loop(), ""
        begin = time.perf_counter()
        for _ in range(count):
            self.answers[station] = answer = loop.create_future()
            await connection.send(f'[2,"b{next(self._numbers)}","{action}",{payload}]')
            text = await answer
        return {"wall_s": time.perf_counter() - begin, "answer": text}

    async def ask_all(
        self, stations: list[str], action: str, payload: str, count: int
    ) -> dict[str, Any]:
        """Ask each station `count` times, all at once; how long it took."""
        begin = time.perf_counter()
        await asyncio.gather(*(self.ask(each, action, payload, count) for each in stations))
        return {"wall_s": time.perf_counter() - begin}

    async def status(self) -> dict[str, Any]:
        return {"stations": len(self.stations), "errors": self.errors, "calls": self.calls}

    async def frames(self) -> dict[str, Any]:
        return {"last": self.last}

    async def cut(self) -> dict[str, Any]:
        """End all links."""
        for connection in list(self.stations.values()):
            connection.transport.abort()
        return {}


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


async def main(pin_to: int | None) -> None:
    child.pin(pin_to)
    csms = Csms()
    server = await serve(
        csms.station,
        "127.0.0.1",
        0,
        subprotocols=[Subprotocol("ocpp2.0.1"), Subprotocol("ocpp1.6")],
        compression=None,
        ping_interval=None,
        max_size=None,
        backlog=4096,
    )
    port = next(iter(server.sockets)).getsockname()[1]

    async def address() -> dict[str, Any]:
        return {"url": f"ws://127.0.0.1:{port}"}

    await child.serve(
        {
            "address": address,
            "ask": csms.ask,
            "ask_all": csms.ask_all,
            "status": csms.status,
            "frames": csms.frames,
            "cut": csms.cut,
        }
    )


if __name__ == "__main__":
    asyncio.run(main(json.loads(sys.argv[1])["pin_to"]))
