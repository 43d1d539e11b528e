"""`ports.transport` on a real socket: one client connection of the `websockets` package.

One task a link: it opens, then reads until the end. Sending needs no task: `broadcast` is the
public call of `websockets` that writes at once, in order, without waiting for the peer. What a CSMS
that does not read could pile up is bounded here.
"""

from __future__ import annotations

import asyncio
import base64
import logging
import ssl
from collections.abc import Callable
from typing import Final, cast
from urllib.parse import urlsplit

from attrs import define, field
from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.connection import broadcast
from websockets.exceptions import (
    ConnectionClosed,
    InvalidHandshake,
    InvalidStatus,
    InvalidURI,
    NegotiationError,
)
from websockets.frames import DATA_OPCODES, Frame, Opcode
from websockets.protocol import Event
from websockets.typing import Subprotocol
from websockets.uri import parse_uri

from ocpp_iface.errors import ConfigurationError
from ocpp_iface.log import Log
from ocpp_iface.ports.transport import (
    CloseReason,
    LinkClose,
    LinkRequest,
    LinkSink,
    TlsSettings,
)
from ocpp_iface.runtime.tls import client_context, close_reason

log = Log(__name__)

_TOO_BIG: Final = 1009
_PROTOCOL_ERROR: Final = 1002
_MAX_REASON_BYTES: Final = 123
_NEXT_ADDRESS_AFTER_S: Final = 0.25
"""If one address of the host does not answer, the next is tried beside it (RFC 8305): to wait for
the system to give it up would take longer than a link has to open."""
_FULL_FOR_S: Final = 0.05
"""Between two looks whether there is room again for what the CSMS sends."""
_MAX_UNSENT_BYTES: Final = 8 * 1024 * 1024
"""The write buffer of a link; beyond it the CSMS has stopped to read and the link is given up."""


def _wire_logger() -> logging.Logger:
    """For `websockets`. At DEBUG it writes the headers, and so the password, to the log.

    Not registered by name, so that no configuration of logging can lower its level.
    """
    logger = logging.Logger("ocpp_iface.runtime.websocket.wire", logging.INFO)  # noqa: LOG001 - see above
    logger.parent = logging.getLogger("ocpp_iface.runtime.websocket")
    return logger


_WIRE_LOGGER: Final = _wire_logger()


@define(eq=False)
class WebSocketLink:
    """One link. All methods belong to the thread of the running event loop."""

    _sink: LinkSink
    _close_timeout_s: float = field(default=3.0, kw_only=True)
    """How long the peer has for its part of the closing handshake."""
    _task: asyncio.Task[None] | None = field(default=None, init=False)
    _closing: asyncio.Task[None] | None = field(default=None, init=False)
    _connection: _Connection | None = field(default=None, init=False)
    _pings: tuple[float, float] | None = field(default=None, init=False)
    """Interval and time-out, if they are others than those of the request."""
    _pause: asyncio.TimerHandle | None = field(default=None, init=False)
    """Ends a pause of reading, while there is one."""
    _own_end: LinkClose | None = field(default=None, init=False)
    """Why we ended the link, once we did."""

    def open(self, request: LinkRequest, /) -> None:
        if self._task is not None:
            raise RuntimeError("a link is opened once")
        self._task = asyncio.get_running_loop().create_task(self._run(request))

    def send(self, text: str, /) -> None:
        connection = self._connection
        if connection is None or self._own_end is not None:
            return
        try:
            broadcast((connection,), text)
        except UnicodeEncodeError:
            # A lone surrogate, from an escape in JSON that the CSMS sent, has no form in UTF-8.
            broadcast((connection,), text.encode(errors="replace").decode())
        if connection.transport.get_write_buffer_size() > _MAX_UNSENT_BYTES:
            self._abort("the CSMS does not read what it is sent")

    def keep_alive(self, ping_interval_s: float, pong_timeout_s: float, /) -> None:
        self._pings = ping_interval_s, pong_timeout_s
        if self._connection is not None:
            self._connection.keep_alive(*self._pings)

    def close(self, code: int = 1000, reason: str = "") -> None:
        """`code`: 1000, 1001 or 3000 to 4999; `reason` is cut to what a close frame holds."""
        if code not in (1000, 1001) and not 3000 <= code < 5000:
            raise ValueError(f"{code} is no close code of a client")
        if self._task is None or self._own_end is not None:
            return
        self._own_end = LinkClose(CloseReason.LOCAL, code, reason)
        if self._connection is None:
            self._task.cancel()
            return
        short = reason.encode()[:_MAX_REASON_BYTES].decode(errors="ignore")
        loop = asyncio.get_running_loop()
        self._closing = loop.create_task(self._connection.close(code, short))

    async def wait_closed(self) -> None:
        """Until `closed` was reported (for the end of a program)."""
        if self._task is not None:
            await asyncio.wait([self._task])

    def _abort(self, detail: str) -> None:
        if self._connection is not None and self._own_end is None:
            self._own_end = LinkClose(CloseReason.LOST, detail=detail)
            self._connection.transport.abort()

    async def _run(self, request: LinkRequest) -> None:
        try:
            end = await self._live(request)
        except asyncio.CancelledError:
            end = LinkClose(CloseReason.LOCAL, detail="given up")
            if self._own_end is None:  # not by `close`: the loop shuts down
                self._end(end)
                raise
        except Exception as error:  # noqa: BLE001 - the sink hears of the end, whatever happened
            log.crash("link failed", error)
            end = LinkClose(CloseReason.LOST, detail=type(error).__name__)
        self._end(end)

    def _end(self, end: LinkClose) -> None:
        connection, self._connection = self._connection, None
        if self._pause is not None:
            self._pause.cancel()
        if connection is not None:
            connection.transport.abort()  # nothing, if it is closed already
        self._sink.closed(self._own_end or end)

    async def _live(self, request: LinkRequest) -> LinkClose:
        try:
            connection = await _dial(request, self._close_timeout_s)
        except (OSError, InvalidHandshake, ConfigurationError) as error:
            return failure(error)
        if connection.subprotocol is None:
            try:
                await connection.close(_PROTOCOL_ERROR, "no subprotocol")
            finally:
                connection.transport.abort()
            return LinkClose(CloseReason.SUBPROTOCOL, detail="the CSMS chose no subprotocol")
        self._connection = connection
        if self._pings is not None:
            connection.keep_alive(*self._pings)
        self._sink.opened(connection.subprotocol)
        connection.deliver = self._deliver
        try:
            while True:
                self._deliver(await connection.receive())
        except ConnectionClosed as closed:
            return ending(closed)

    def _deliver(self, data: str | bytes) -> None:
        if self._own_end is None:
            self._sink.frame(data)
            if self._pause is None and self._sink.full():
                self._read_when_there_is_room()

    def _read_when_there_is_room(self) -> None:
        """Let TCP hold the CSMS back; else a flood would fill the memory."""
        self._pause = None
        if self._connection is None:
            return
        if self._own_end is None and self._sink.full():  # the answer to our own close is read
            self._connection.transport.pause_reading()
            loop = asyncio.get_running_loop()
            self._pause = loop.call_later(_FULL_FOR_S, self._read_when_there_is_room)
        else:
            self._connection.transport.resume_reading()


class _connect(connect):  # noqa: N801 - as the class that it refines
    """A redirect stays with the CSMS that is configured. `websockets` would follow one to another
    host, without the password, and so below the security profile of the link.
    """

    def process_redirect(self, exc: Exception) -> Exception | str:
        target = super().process_redirect(exc)
        if isinstance(target, str) and _origin(target) == _origin(self.uri):
            return target
        return exc


def _origin(url: str) -> tuple[bool, str, int]:
    uri = parse_uri(url)
    return uri.secure, uri.host, uri.port


class _Connection(ClientConnection):
    """Three things that `websockets` does not do. Subclassing is the way that `connect` offers for
    this.

    It does not wait for ever for a peer that should close TCP and does not. `websockets` sets a
    deadline when its closing handshake (or the refusal of a bad peer) is under way, but keeps it
    only where somebody is sending or closing.

    It hands a text that came in one frame to `deliver` at once. The way through the queue of `recv`
    and the task that waits there costs a fifth of a small message. All that is special (fragments,
    binary, text that is not UTF-8, what came before `deliver` was set) goes that way, and what
    comes behind it too, so nothing is overtaken.

    It takes another ping interval while it is open.
    """

    deliver: Callable[[str], None] | None = None
    _deadline: asyncio.TimerHandle | None = None
    _queued: int = 0
    """Messages in the queue of `recv`, the one of which parts have come included."""
    _in_parts: bool = False

    def keep_alive(self, ping_interval_s: float, pong_timeout_s: float) -> None:
        if self.keepalive_task is not None:
            self.keepalive_task.cancel()
            self.keepalive_task = None
        self.ping_interval, self.ping_timeout = ping_interval_s or None, pong_timeout_s or None
        self.start_keepalive()

    async def receive(self) -> str | bytes:
        """`recv`, for what was not delivered at once."""
        data = await self.recv()
        self._queued -= 1
        return data

    def process_event(self, event: Event) -> None:
        if not isinstance(event, Frame) or event.opcode not in DATA_OPCODES:
            super().process_event(event)
            return
        if event.fin and not self._queued and self.deliver and event.opcode is Opcode.TEXT:
            try:
                text = bytes(event.data).decode()
            except UnicodeDecodeError:
                pass  # `recv` fails the connection as it must be
            else:
                self.deliver(text)
                return
        if not self._in_parts:
            self._queued += 1
        self._in_parts = not event.fin
        super().process_event(event)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._deadline is None and self.close_timeout and self.protocol.close_expected():
            self._deadline = self.loop.call_later(self.close_timeout, self.transport.abort)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
        super().connection_lost(exc)


async def _dial(request: LinkRequest, close_timeout_s: float) -> _Connection:
    address, secure = _checked_address(request)
    # Reading the certificates of the system takes tens of milliseconds.
    context = (
        await asyncio.to_thread(client_context, request.tls or TlsSettings()) if secure else None
    )
    headers = []
    if request.password is not None:
        credentials = request.identity.encode() + b":" + request.password
        headers.append(("Authorization", "Basic " + base64.b64encode(credentials).decode()))
    try:
        connection = await _connect(
            address,
            subprotocols=[Subprotocol(name) for name in request.subprotocols],
            additional_headers=headers,
            user_agent_header="ocpp_iface",
            compression=None,
            proxy=None,  # a station dials its CSMS, whatever the environment of its process says
            ssl=context,
            max_size=request.max_frame_bytes,
            open_timeout=request.open_timeout_s,
            ping_interval=request.ping_interval_s or None,
            ping_timeout=request.pong_timeout_s or None,
            close_timeout=close_timeout_s,
            logger=_WIRE_LOGGER,
            create_connection=_Connection,
            happy_eyeballs_delay=_NEXT_ADDRESS_AFTER_S,
        )
        return cast("_Connection", connection)
    except ssl.SSLError:  # some are ValueErrors
        raise
    except (InvalidURI, ValueError) as error:
        raise ConfigurationError(f"not a WebSocket URL: {error}", source=request.url) from error


def _checked_address(request: LinkRequest) -> tuple[str, bool]:
    """What is dialled, and whether by TLS. Raises ConfigurationError."""
    try:
        parts = urlsplit(request.url)
        if parts.username is not None or parts.password is not None:
            # Not shown as source: it holds a password.
            raise ConfigurationError("the URL of the CSMS must not hold credentials")
        usable = parts.scheme in ("ws", "wss") and parts.hostname and parts.port != 0
    except ValueError as error:
        raise ConfigurationError(f"not a URL: {error}", source=request.url) from error
    if not usable:
        raise ConfigurationError("not a WebSocket URL (ws://... or wss://...)", source=request.url)
    if not request.identity or (request.password is not None and ":" in request.identity):
        raise ConfigurationError("an identity is not empty, and without colon for Basic auth")
    return request.address, parts.scheme == "wss"


def failure(error: Exception) -> LinkClose:
    """Why a link could not be opened."""
    detail = str(error) or type(error).__name__
    if isinstance(error, ConfigurationError):
        return LinkClose(CloseReason.CONFIGURATION, detail=detail)
    if (tls := _tls_error(error)) is not None:
        return LinkClose(close_reason(tls), detail=str(tls))
    if isinstance(error, InvalidStatus):
        status = error.response.status_code
        reason = CloseReason.UNAUTHORIZED if status == 401 else CloseReason.HTTP_STATUS
        return LinkClose(reason, status, detail)
    if isinstance(error, NegotiationError) and "subprotocol" in detail:
        return LinkClose(CloseReason.SUBPROTOCOL, detail=detail)
    if isinstance(error, InvalidHandshake):
        return LinkClose(CloseReason.PROTOCOL_ERROR, detail=detail)
    if isinstance(error, TimeoutError):
        return LinkClose(CloseReason.OPEN_TIMEOUT, detail=detail)
    if isinstance(error, ConnectionResetError | BrokenPipeError):
        return LinkClose(CloseReason.LOST, detail=detail)
    return LinkClose(CloseReason.REFUSED, detail=detail)


def ending(closed: ConnectionClosed) -> LinkClose:
    """Why an open link ended, if it was not us who closed it."""
    sent, received = closed.sent, closed.rcvd
    if sent is not None and not closed.rcvd_then_sent:  # `websockets` gave the peer up
        if sent.code == _TOO_BIG:
            reason = CloseReason.FRAME_TOO_LARGE
        elif sent.reason == "keepalive ping timeout":
            reason = CloseReason.PING_TIMEOUT
        else:
            reason = CloseReason.PROTOCOL_ERROR
        return LinkClose(reason, sent.code, sent.reason)
    if received is not None:
        return LinkClose(CloseReason.PEER, received.code, received.reason)
    tls = _tls_error(closed)
    return LinkClose(close_reason(tls) if tls else CloseReason.LOST, detail=str(tls or closed))


def _tls_error(error: BaseException | None) -> ssl.SSLError | None:
    """With TLS 1.3 the peer's refusal comes after the handshake, as the cause of something else."""
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return error
        error = error.__cause__ or error.__context__
    return None
