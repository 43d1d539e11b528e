"""Every way in which a link cannot be opened or ends by itself, over real sockets."""

from __future__ import annotations

import asyncio
import errno
import http
import socket
from typing import Any

import pytest
from loopback_peers import accept, csms, end_of, link_to, raw_peer, request, run
from websockets.asyncio.server import ServerConnection
from websockets.exceptions import InvalidMessage
from websockets.http11 import Response

from ocpp_iface.ports.transport import CloseReason, LinkClose, LinkRequest, TlsSettings
from ocpp_iface.runtime.websocket import failure

pytestmark = pytest.mark.e2e


async def idle(connection: ServerConnection) -> None:
    await connection.wait_closed()


async def echo(connection: ServerConnection) -> None:
    async for message in connection:
        await connection.send(message)


# -- attempts that fail ---------------------------------------------------------------------------


def outcome(to: LinkRequest) -> LinkClose:
    ends: list[LinkClose] = []

    async def scenario() -> None:
        ends.append(await end_of(to))

    run(scenario)
    return ends[0]


def test_a_port_where_nobody_listens_is_refused() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))

        end = outcome(request(taken.getsockname()[1]))

    assert end.reason is CloseReason.REFUSED
    assert end.code is None


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (socket.gaierror(socket.EAI_NONAME, "Name or service not known"), CloseReason.REFUSED),
        (OSError(errno.ENETUNREACH, "Network is unreachable"), CloseReason.REFUSED),
        (TimeoutError(errno.ETIMEDOUT, "Connection timed out"), CloseReason.OPEN_TIMEOUT),
        (ConnectionResetError(errno.ECONNRESET, "Connection reset"), CloseReason.LOST),
        (InvalidMessage("did not receive a valid HTTP response"), CloseReason.PROTOCOL_ERROR),
    ],
)
def test_errors_of_the_network_are_sorted(error: Exception, reason: CloseReason) -> None:
    assert failure(error) == LinkClose(reason, detail=str(error))


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (401, CloseReason.UNAUTHORIZED),
        (403, CloseReason.HTTP_STATUS),
        (404, CloseReason.HTTP_STATUS),
        (503, CloseReason.HTTP_STATUS),
    ],
)
def test_an_http_status_is_reported(status: int, reason: CloseReason) -> None:
    def refuse(connection: ServerConnection, request: Any) -> Response:
        return connection.respond(http.HTTPStatus(status), "no\n")

    async def scenario() -> None:
        async with csms(idle, process_request=refuse) as port:
            end = await end_of(request(port))
        assert (end.reason, end.code) == (reason, status)

    run(scenario)


def test_a_redirect_to_another_host_is_not_followed() -> None:
    """There the station would connect without its password."""
    visitors: list[ServerConnection] = []

    async def visit(connection: ServerConnection) -> None:
        visitors.append(connection)

    async def scenario() -> None:
        async with csms(visit) as other:

            def redirect(connection: ServerConnection, request: Any) -> Response:
                response = connection.respond(http.HTTPStatus.FOUND, "there\n")
                response.headers["Location"] = f"ws://127.0.0.1:{other}/ocpp"
                return response

            async with csms(idle, process_request=redirect) as port:
                end = await end_of(request(port, password=b"secret"))
        assert (end.reason, end.code) == (CloseReason.HTTP_STATUS, 302)

    run(scenario)
    assert visitors == []


def test_a_redirect_within_the_csms_is_followed_with_the_password() -> None:
    paths: list[tuple[str, str | None]] = []

    def redirect(connection: ServerConnection, request: Any) -> Response | None:
        paths.append((request.path, request.headers.get("Authorization")))
        if request.path.endswith("/"):
            return None
        response = connection.respond(http.HTTPStatus.PERMANENT_REDIRECT, "there\n")
        response.headers["Location"] = f"{request.path}/"
        return response

    async def scenario() -> None:
        async with (
            csms(idle, process_request=redirect) as port,
            link_to(request(port, identity="CS1", password=b"secret")) as (_, sink),
        ):
            await sink.until(1)

    run(scenario)
    credentials = "Basic Q1MxOnNlY3JldA=="
    assert paths == [("/ocpp/CS1", credentials), ("/ocpp/CS1/", credentials)]


def test_a_csms_that_chooses_no_subprotocol_is_left() -> None:
    codes: list[int | None] = []

    async def scenario() -> None:
        async def look(connection: ServerConnection) -> None:
            await connection.wait_closed()
            codes.append(connection.close_code)

        async with csms(look, subprotocols=None) as port:
            end = await end_of(request(port))
        assert end.reason is CloseReason.SUBPROTOCOL

    run(scenario)
    assert codes == [1002]


def test_a_csms_that_chooses_a_subprotocol_we_did_not_offer_is_left() -> None:
    async def choose_another(reader: Any, writer: Any) -> None:
        await accept(reader, writer, "ocpp9")

    async def scenario() -> None:
        async with raw_peer(choose_another) as port:
            assert (await end_of(request(port))).reason is CloseReason.SUBPROTOCOL

    run(scenario)


def test_a_peer_that_never_answers_is_given_up() -> None:
    async def silent(reader: Any, writer: Any) -> None:
        await reader.readuntil(b"\r\n\r\n")

    async def scenario() -> None:
        async with raw_peer(silent) as port:
            end = await end_of(request(port, open_timeout_s=0.05))
        assert end.reason is CloseReason.OPEN_TIMEOUT

    run(scenario)


@pytest.mark.parametrize(
    "answer", [b"SSH-2.0-OpenSSH\r\n\r\n", b"HTTP/1.1 101 Switching Protocols\r\n\r\n"]
)
def test_a_peer_that_is_no_websocket_server_breaks_the_protocol(answer: bytes) -> None:
    async def speak(reader: Any, writer: Any) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)

    async def scenario() -> None:
        async with raw_peer(speak) as port:
            assert (await end_of(request(port))).reason is CloseReason.PROTOCOL_ERROR

    run(scenario)


@pytest.mark.parametrize(
    "changes",
    [
        {"url": "http://127.0.0.1/ocpp"},
        {"url": "127.0.0.1:80"},
        {"url": "ws://"},
        {"url": ""},
        {"url": "ws://[::1/ocpp"},
        {"url": "ws://127.0.0.1:99999/"},
        {"url": "ws://127.0.0.1:0/"},
        {"url": "ws://127.0.0.1:http/"},
        {"url": "ws://x..y/"},
        {"url": "ws://me:hunter2@127.0.0.1/"},
        {"url": "ws://127.0.0.1/#fragment"},
        {"identity": ""},
        {"identity": "a:b", "password": b"hunter2"},
        {"url": "wss://127.0.0.1/", "tls": TlsSettings(ca_files=("/missing/ca.pem",))},
    ],
)
def test_a_request_that_cannot_be_tried_is_reported(changes: dict[str, Any]) -> None:
    end = outcome(request(1, **changes))

    assert end.reason is CloseReason.CONFIGURATION
    assert "hunter2" not in end.detail


# -- open links that end --------------------------------------------------------------------------


@pytest.mark.parametrize(("code", "reason"), [(1000, ""), (1001, "going away"), (4001, "über")])
def test_the_close_code_of_the_csms_is_reported(code: int, reason: str) -> None:
    async def leave(connection: ServerConnection) -> None:
        await connection.close(code, reason)

    async def scenario() -> None:
        async with csms(leave) as port:
            assert await end_of(request(port)) == LinkClose(CloseReason.PEER, code, reason)

    run(scenario)


def ending_after(frame: bytes, **changes: Any) -> LinkClose:
    """How the link ends after these bytes of an open peer."""
    ends: list[LinkClose] = []

    async def speak(reader: Any, writer: Any) -> None:
        await accept(reader, writer)
        writer.write(frame)

    async def scenario() -> None:
        async with raw_peer(speak) as port:
            ends.append(await end_of(request(port, **changes)))

    run(scenario)
    return ends[0]


def test_a_close_without_code_is_reported_as_1005() -> None:
    assert ending_after(b"\x88\x00") == LinkClose(CloseReason.PEER, 1005, "")


@pytest.mark.parametrize(
    ("frame", "code"),
    [(b"\x83\x00", 1002), (b"\x81\x81\x00\x00\x00\x00a", 1002), (b"\x81\x02\xc3\x28", 1007)],
    ids=["reserved opcode", "masked by a server", "not UTF-8"],
)
def test_a_peer_that_breaks_the_websocket_protocol_is_left(frame: bytes, code: int) -> None:
    end = ending_after(frame)

    assert (end.reason, end.code) == (CloseReason.PROTOCOL_ERROR, code)


def test_a_connection_that_breaks_without_a_close_frame_is_lost() -> None:
    async def vanish(reader: Any, writer: Any) -> None:
        await accept(reader, writer)
        await writer.drain()
        raise ConnectionError

    async def scenario() -> None:
        async with raw_peer(vanish) as port:
            assert (await end_of(request(port))).reason is CloseReason.LOST

    run(scenario)


def test_a_peer_that_answers_no_ping_is_given_up() -> None:
    async def scenario() -> None:
        async with raw_peer(accept) as port:
            end = await end_of(request(port, ping_interval_s=0.02, pong_timeout_s=0.02))
        assert end.reason is CloseReason.PING_TIMEOUT

    run(scenario)


@pytest.mark.parametrize("opened", [False, True])
@pytest.mark.parametrize("before_s", [0, 3600])
def test_other_pings_count_at_once(before_s: float, opened: bool) -> None:
    async def scenario() -> None:
        async with (
            raw_peer(accept) as port,
            link_to(request(port, ping_interval_s=before_s)) as (link, sink),
        ):
            if opened:
                await sink.until(1)
            link.keep_alive(0.02, 0.02)
            assert (await sink.end()).reason is CloseReason.PING_TIMEOUT

    run(scenario)


def test_pings_can_be_turned_off() -> None:
    def pinging() -> bool:
        return any("keepalive" in repr(task.get_coro()) for task in asyncio.all_tasks())

    async def scenario() -> None:
        async with csms(idle) as port, link_to(request(port, ping_interval_s=3600)) as (link, sink):
            await sink.until(1)
            assert pinging()

            link.keep_alive(0, 5)
            await asyncio.sleep(0)

            assert not pinging()
            assert sink.heard == [("opened", "ocpp2.0.1")]

    run(scenario)


def test_pings_are_sent_at_the_interval_and_a_pong_keeps_the_link() -> None:
    async def scenario() -> None:
        pings = asyncio.Event()

        async def count(reader: Any, writer: Any) -> None:
            await accept(reader, writer)
            for _ in range(3):
                head = await reader.readexactly(6)
                assert head[0] == 0x89
                mask, size = head[2:], head[1] & 0x7F
                payload = await reader.readexactly(size)
                data = bytes(byte ^ mask[n % 4] for n, byte in enumerate(payload))
                writer.write(bytes([0x8A, size]) + data)
            pings.set()

        async with raw_peer(count) as port:
            to = request(port, ping_interval_s=0.02, pong_timeout_s=10.0)
            async with link_to(to) as (_, sink):
                await pings.wait()
                assert sink.heard == [("opened", "ocpp2.0.1")]

    run(scenario)


def test_a_frame_over_the_limit_ends_the_link_and_one_at_the_limit_does_not() -> None:
    async def speak(connection: ServerConnection) -> None:
        await connection.send("x" * 1000)
        await connection.send("x" * 1001)
        await connection.wait_closed()

    async def scenario() -> None:
        async with csms(speak) as port:
            to = request(port, max_frame_bytes=1000)
            async with link_to(to) as (_, sink):
                end = await sink.end()
                assert sink.heard[1] == "x" * 1000
            assert (end.reason, end.code) == (CloseReason.FRAME_TOO_LARGE, 1009)

    run(scenario)
