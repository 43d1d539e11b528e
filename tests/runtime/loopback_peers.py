"""Peers on loopback and a sink that remembers, for the tests of the link."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import socket
import ssl
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Any

from attrs import define, evolve, field
from websockets.asyncio.server import ServerConnection, serve

from ocpp_iface.ports.transport import LinkClose, LinkRequest
from ocpp_iface.runtime.websocket import WebSocketLink

PATIENCE_S = 20.0
SUBPROTOCOLS = ("ocpp2.0.1", "ocpp1.6")

Handler = Callable[[ServerConnection], Awaitable[None]]
RawHandler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def run(scenario: Callable[[], Awaitable[None]]) -> None:
    async def patiently() -> None:
        async with asyncio.timeout(PATIENCE_S):
            await scenario()

    asyncio.run(patiently())


@define(eq=False)
class Recorder:
    """A sink: all that was heard, in order."""

    heard: list[Any] = field(factory=list)
    full_for: int = 0
    """How often it is full when it is asked, from now on."""
    _changed: asyncio.Event = field(factory=asyncio.Event)

    def opened(self, subprotocol: str, /) -> None:
        self._hear(("opened", subprotocol))

    def frame(self, data: str | bytes, /) -> None:
        self._hear(data)

    def full(self) -> bool:
        self.full_for -= 1
        self._changed.set()
        return self.full_for >= 0

    def closed(self, close: LinkClose, /) -> None:
        self._hear(close)

    def _hear(self, what: Any) -> None:
        self.heard.append(what)
        self._changed.set()

    async def until(self, count: int) -> list[Any]:
        """Once `count` things were heard."""
        while len(self.heard) < count:
            self._changed.clear()
            await self._changed.wait()
        return self.heard

    async def end(self) -> LinkClose:
        while not self.heard or not isinstance(self.heard[-1], LinkClose):
            self._changed.clear()
            await self._changed.wait()
        return self.heard[-1]


def request(port: int, **changes: Any) -> LinkRequest:
    plain = LinkRequest(
        url=f"ws://127.0.0.1:{port}/ocpp",
        identity="station 1",
        subprotocols=SUBPROTOCOLS,
        ping_interval_s=0,
    )
    return evolve(plain, **changes)


@asynccontextmanager
async def csms(handler: Handler, **options: Any) -> AsyncIterator[int]:
    """A WebSocket server; gives its port."""
    options.setdefault("subprotocols", SUBPROTOCOLS)
    async with serve(handler, "127.0.0.1", 0, ping_interval=None, **options) as server:
        yield server.sockets[0].getsockname()[1]


@asynccontextmanager
async def raw_peer(
    handler: RawHandler, context: ssl.SSLContext | None = None
) -> AsyncIterator[int]:
    """A TCP server that does what no WebSocket server would; closes what the handler leaves open."""
    done = asyncio.Event()
    writers: list[asyncio.StreamWriter] = []

    async def serve_one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        try:
            await handler(reader, writer)
            await done.wait()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.transport.abort()

    server = await asyncio.start_server(serve_one, "127.0.0.1", 0, ssl=context)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        done.set()
        server.close()
        for writer in writers:
            writer.transport.abort()
        await server.wait_closed()


@contextmanager
def refusing_tls_peer(context: ssl.SSLContext) -> Iterator[int]:
    """A TLS server for one handshake that fails; unlike asyncio's it sends the alert."""

    def serve_one() -> None:
        connection, _ = listener.accept()
        with connection, suppress(OSError):
            context.wrap_socket(connection, server_side=True).close()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(PATIENCE_S)
        thread = threading.Thread(target=serve_one)
        thread.start()
        yield listener.getsockname()[1]
        thread.join()


async def accept(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, subprotocol: str = "ocpp2.0.1"
) -> None:
    """The opening handshake of a server, by hand."""
    head = await reader.readuntil(b"\r\n\r\n")
    headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:] if line)
    magic = headers["Sec-WebSocket-Key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
    proof = base64.b64encode(hashlib.sha1(magic.encode()).digest()).decode()
    writer.write(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Accept: {proof}\r\nSec-WebSocket-Protocol: {subprotocol}\r\n\r\n".encode()
    )


@asynccontextmanager
async def link_to(to: LinkRequest) -> AsyncIterator[tuple[WebSocketLink, Recorder]]:
    """A link on its way; it is closed and its end awaited when the test is done with it."""
    sink = Recorder()
    link = WebSocketLink(sink, close_timeout_s=0.1)
    link.open(to)
    try:
        yield link, sink
    finally:
        link.close()
        await link.wait_closed()


async def end_of(to: LinkRequest) -> LinkClose:
    """How an attempt that is left alone ends; checks that this is all that was heard after it."""
    async with link_to(to) as (link, sink):
        end = await sink.end()
        await link.wait_closed()
        assert [each for each in sink.heard if isinstance(each, LinkClose)] == [end]
        return end
