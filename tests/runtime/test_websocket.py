"""The link over real sockets: opening, frames in order, closing. (Ends: test_websocket_ends.)"""

from __future__ import annotations

import asyncio
import base64
import logging
import socket
from typing import Any

import pytest
from loopback_peers import (
    PATIENCE_S,
    Recorder,
    accept,
    csms,
    end_of,
    link_to,
    raw_peer,
    request,
    run,
)
from websockets.asyncio.server import ServerConnection

from ocpp_iface.ports.transport import CloseReason, LinkClose, LinkRequest
from ocpp_iface.runtime import websocket
from ocpp_iface.runtime.websocket import WebSocketLink

pytestmark = pytest.mark.e2e


async def idle(connection: ServerConnection) -> None:
    await connection.wait_closed()


async def echo(connection: ServerConnection) -> None:
    async for message in connection:
        await connection.send(message)


# -- opening --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spoken", "chosen"),
    [(("ocpp1.6", "ocpp2.0.1"), "ocpp2.0.1"), (("ocpp1.6",), "ocpp1.6")],
)
def test_the_first_subprotocol_that_both_speak_is_reported(
    spoken: tuple[str, ...], chosen: str
) -> None:
    def prefer(connection: ServerConnection, offered: Any) -> Any:
        return next(each for each in offered if each in spoken)

    async def scenario() -> None:
        async with csms(idle, select_subprotocol=prefer) as port, link_to(request(port)) as it:
            assert await it[1].until(1) == [("opened", chosen)]

    run(scenario)


def test_an_address_that_swallows_packets_does_not_keep_the_link_from_the_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A host with IPv6 and IPv4 addresses, behind a network that carries only one of them."""
    monkeypatch.setattr(websocket, "_NEXT_ADDRESS_AFTER_S", 0.01)

    async def scenario() -> None:
        loop = asyncio.get_running_loop()
        connect = loop.sock_connect

        async def resolve(_host: str, port: int, **_kinds: Any) -> list[Any]:
            return [
                (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))
                for address in ("127.0.0.2", "127.0.0.1")
            ]

        async def swallow(sock: socket.socket, address: Any) -> None:
            if address[0] == "127.0.0.2":
                await asyncio.Event().wait()
            await connect(sock, address)

        monkeypatch.setattr(loop, "getaddrinfo", resolve)
        monkeypatch.setattr(loop, "sock_connect", swallow)
        async with csms(idle) as port:
            to = request(port, url=f"ws://csms.example:{port}/ocpp", open_timeout_s=PATIENCE_S)
            async with link_to(to) as (_, sink):
                assert await sink.until(1) == [("opened", "ocpp2.0.1")]

    run(scenario)


def handshake_of(**changes: Any) -> Any:
    """The request that a server sees."""
    seen: list[Any] = []

    async def scenario() -> None:
        async def look(connection: ServerConnection) -> None:
            seen.append(connection.request)

        async with csms(look) as port:
            await end_of(request(port, **changes))

    run(scenario)
    return seen[0]


def test_the_identity_is_the_last_segment_of_the_path() -> None:
    assert handshake_of(identity="a/b ü").path == "/ocpp/a%2Fb%20%C3%BC"


def test_the_password_is_sent_by_basic_authentication() -> None:
    sent = handshake_of(identity="station-1", password=b"\xff:secret").headers

    scheme, credentials = sent["Authorization"].split()
    assert scheme == "Basic"
    assert base64.b64decode(credentials) == b"station-1:\xff:secret"


def test_without_a_password_there_is_no_authorization() -> None:
    headers = handshake_of().headers

    assert "Authorization" not in headers
    assert "Sec-WebSocket-Extensions" not in headers
    assert headers["Sec-WebSocket-Protocol"] == "ocpp2.0.1, ocpp1.6"


def test_the_password_reaches_no_log_and_no_repr(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, logger="ocpp_iface.runtime.websocket.wire")
    caplog.set_level(logging.DEBUG, logger="websockets.client")

    handshake_of(identity="id", password=b"hunter2")

    secrets = ("hunter2", base64.b64encode(b"id:hunter2").decode())
    assert not [
        secret
        for secret in secrets
        for record in caplog.records
        if record.name.startswith("ocpp_iface") or record.name == "websockets.client"
        if secret in record.getMessage()
    ]
    assert "hunter2" not in repr(LinkRequest("ws://x", "id", ("ocpp1.6",), b"hunter2"))


# -- frames ---------------------------------------------------------------------------------------


def test_frames_are_sent_and_received_in_order() -> None:
    texts = [f'[2,"{n}","Heartbeat",{{}}]' for n in range(500)]

    async def scenario() -> None:
        async with csms(echo) as port, link_to(request(port)) as (link, sink):
            await sink.until(1)
            for text in texts:
                link.send(text)
            assert await sink.until(1 + len(texts)) == [("opened", "ocpp2.0.1"), *texts]

    run(scenario)


def test_nothing_is_read_while_the_sink_is_full() -> None:
    async def scenario() -> None:
        ready, heard = asyncio.Event(), asyncio.Event()

        async def speak(connection: ServerConnection) -> None:
            await ready.wait()
            await connection.send("first")
            await heard.wait()
            await connection.send("second")
            await connection.wait_closed()

        async with csms(speak) as port, link_to(request(port)) as (_, sink):
            await sink.until(1)
            sink.full_for = 4
            ready.set()
            await sink.until(2)
            heard.set()
            await sink.until(3)
            assert sink.heard == [("opened", "ocpp2.0.1"), "first", "second"]
            assert sink.full_for < 0

    run(scenario)


def test_a_link_whose_sink_is_full_can_be_closed() -> None:
    codes: list[int | None] = []

    async def scenario() -> None:
        ready = asyncio.Event()

        async def speak(connection: ServerConnection) -> None:
            await ready.wait()
            await connection.send("first")
            await connection.wait_closed()
            codes.append(connection.close_code)

        async with csms(speak) as port:
            sink = Recorder()
            link = WebSocketLink(sink, close_timeout_s=PATIENCE_S)
            link.open(request(port))
            await sink.until(1)
            sink.full_for = 1_000_000
            ready.set()
            await sink.until(2)
            link.close()
            await link.wait_closed()

    run(scenario)
    assert codes == [1000]


def test_a_binary_frame_arrives_as_bytes() -> None:
    async def speak(connection: ServerConnection) -> None:
        await connection.send(b"\x00\xff")
        await connection.send("text")

    async def scenario() -> None:
        async with csms(speak) as port, link_to(request(port)) as (_, sink):
            assert (await sink.until(3))[1:3] == [b"\x00\xff", "text"]

    run(scenario)


def test_messages_in_parts_and_in_one_frame_arrive_in_order() -> None:
    async def speak(connection: ServerConnection) -> None:
        for n in range(50):
            await connection.send(f"whole {n}")
            await connection.send([f"part {n}, ", "part 2, ", "part 3"])
            await connection.send(b"\x00")

    async def scenario() -> None:
        async with csms(speak) as port, link_to(request(port)) as (_, sink):
            expected = [
                each
                for n in range(50)
                for each in (f"whole {n}", f"part {n}, part 2, part 3", b"\x00")
            ]
            assert (await sink.until(1 + len(expected)))[1:] == expected

    run(scenario)


def test_what_is_sent_while_the_link_is_not_open_is_dropped() -> None:
    async def scenario() -> None:
        async with csms(echo) as port:
            unopened = WebSocketLink(Recorder())
            unopened.send("never")
            unopened.close()
            async with link_to(request(port)) as (link, sink):
                link.send("too early")
                await sink.until(1)
                link.send("in time")
                await sink.until(2)
                link.close()
                link.send("too late")
                await sink.end()
                link.send("much too late")
            assert sink.heard[1] == "in time"
            assert sink.heard[2].reason is CloseReason.LOCAL

    run(scenario)


def test_a_text_that_utf_8_cannot_hold_is_sent_as_near_as_possible() -> None:
    async def scenario() -> None:
        async with csms(echo) as port, link_to(request(port)) as (link, sink):
            await sink.until(1)
            link.send('["\ud800"]')
            assert (await sink.until(2))[1] == '["?"]'

    run(scenario)


def test_a_csms_that_does_not_read_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(websocket, "_MAX_UNSENT_BYTES", 100_000)

    async def scenario() -> None:
        async with raw_peer(accept) as port, link_to(request(port)) as (link, sink):
            await sink.until(1)
            for _ in range(10_000):
                link.send("x" * 10_000)
                if link._own_end is not None:
                    break
            end = await sink.end()
        assert end == LinkClose(CloseReason.LOST, detail="the CSMS does not read what it is sent")

    run(scenario)


# -- closing --------------------------------------------------------------------------------------


def test_close_sends_what_was_sent_before_and_then_code_and_reason() -> None:
    async def scenario() -> None:
        seen: list[Any] = []

        async def listen(connection: ServerConnection) -> None:
            seen.extend([message async for message in connection])
            seen.append((connection.close_code, connection.close_reason))

        async with csms(listen) as port, link_to(request(port)) as (link, sink):
            await sink.until(1)
            link.send("last words")
            link.close(1001, "é" * 100)
            link.close(1000, "again")
            end = await sink.end()
            assert (end.reason, end.code) == (CloseReason.LOCAL, 1001)
        assert seen == ["last words", (1001, "é" * 61)]
        assert sink.heard == [("opened", "ocpp2.0.1"), end]

    run(scenario)


def test_close_gives_up_an_attempt() -> None:
    async def scenario() -> None:
        asked = asyncio.Event()

        async def silent(reader: Any, writer: Any) -> None:
            await reader.readuntil(b"\r\n\r\n")
            asked.set()

        async with raw_peer(silent) as port, link_to(request(port)) as (link, sink):
            await asked.wait()
            link.close()
            assert (await sink.end()).reason is CloseReason.LOCAL
            assert len(sink.heard) == 1

    run(scenario)


def test_close_ends_a_link_whose_peer_does_not_answer() -> None:
    async def scenario() -> None:
        async with raw_peer(accept) as port:
            sink = Recorder()
            link = WebSocketLink(sink, close_timeout_s=0.02)
            link.open(request(port))
            await sink.until(1)
            link.close()
            assert (await sink.end()).reason is CloseReason.LOCAL
            await link.wait_closed()

    run(scenario)


def test_frames_that_arrive_after_close_are_not_reported() -> None:
    async def scenario() -> None:
        async def speak(connection: ServerConnection) -> None:
            await connection.recv()
            for n in range(100):
                await connection.send(str(n))

        async with csms(speak) as port, link_to(request(port)) as (link, sink):
            await sink.until(1)
            link.send("go")
            link.close()
            end = await sink.end()
        assert sink.heard == [("opened", "ocpp2.0.1"), end]

    run(scenario)


def test_the_end_of_the_loop_ends_the_link() -> None:
    sink: list[Recorder] = []

    async def main() -> None:
        async with csms(idle) as port:
            sink.append(Recorder())
            link = WebSocketLink(sink[0])
            link.open(request(port))
            await sink[0].until(1)
            assert link._task is not None
            link._task.cancel()
            await link.wait_closed()

    run(main)
    assert sink[0].heard == [
        ("opened", "ocpp2.0.1"),
        LinkClose(CloseReason.LOCAL, detail="given up"),
    ]


def test_a_sink_that_raises_ends_the_link_and_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    class Faulty(Recorder):
        def frame(self, data: str | bytes, /) -> None:
            raise RuntimeError("bug")

    async def speak(connection: ServerConnection) -> None:
        await connection.send("x")
        await connection.wait_closed()

    async def scenario() -> None:
        async with csms(speak) as port:
            sink = Faulty()
            link = WebSocketLink(sink)
            link.open(request(port))
            assert await sink.end() == LinkClose(CloseReason.LOST, detail="RuntimeError")
            await link.wait_closed()

    run(scenario)
    assert "link failed" in caplog.text


def test_misuse_is_refused() -> None:
    async def scenario() -> None:
        async with csms(idle) as port, link_to(request(port)) as (link, _):
            with pytest.raises(RuntimeError, match="once"):
                link.open(request(port))
            with pytest.raises(ValueError, match="1006"):
                link.close(1006)

    run(scenario)
