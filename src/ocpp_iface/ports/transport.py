"""The link to the CSMS: one WebSocket connection, from the attempt to open it to its end.

A link is used once. `open` is called once; then the sink hears `opened` at most once, `frame` any
number of times after that, and `closed` exactly once, as the last thing, whatever happened. When to
open the next one is decided by the kernel.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol
from urllib.parse import quote, urlsplit, urlunsplit

from attrs import field, frozen


class CloseReason(StrEnum):
    """Why there is no link (any more)."""

    # The attempt failed.
    REFUSED = "Refused"
    """No TCP connection: refused, unreachable, unknown host."""
    OPEN_TIMEOUT = "OpenTimeout"
    """Not open within `open_timeout_s`."""
    UNAUTHORIZED = "Unauthorized"
    """HTTP 401: the CSMS does not accept the identity or the password."""
    HTTP_STATUS = "HttpStatus"
    """Another HTTP status instead of a WebSocket; `code` has it."""
    SUBPROTOCOL = "Subprotocol"
    """The CSMS chose none of the subprotocols that were offered."""
    TLS_CERTIFICATE = "TlsCertificate"
    """The certificate of the CSMS is not trusted, expired, or of another host."""
    TLS_VERSION = "TlsVersion"
    """The CSMS does not speak TLS 1.2 or later."""
    TLS_CIPHER = "TlsCipher"
    """The CSMS offers none of the allowed cipher suites."""
    TLS = "Tls"
    """Any other failure of the TLS handshake (the CSMS refused the client certificate, ...)."""
    CONFIGURATION = "Configuration"
    """The request cannot be tried: bad URL, missing password, unreadable certificate file."""

    # The attempt failed, or an open link ended.
    PROTOCOL_ERROR = "ProtocolError"
    """The peer broke the WebSocket protocol (or answered something that is not HTTP)."""
    LOST = "Lost"
    """The TCP connection ended without the closing handshake."""
    LOCAL = "Local"
    """`close` was called."""

    # An open link ended.
    PING_TIMEOUT = "PingTimeout"
    """No pong within `pong_timeout_s`."""
    FRAME_TOO_LARGE = "FrameTooLarge"
    """The peer sent more than `max_frame_bytes` in one message."""
    PEER = "Peer"
    """The CSMS closed it; `code` is its WebSocket close code (1005: it gave none)."""


@frozen
class TlsSettings:
    """How the CSMS is verified and how the station proves itself (security profiles 2 and 3).

    Paths of PEM files. With neither `ca_files` nor `default_ca_paths` no CSMS is trusted.
    """

    ca_files: tuple[str, ...] = ()
    default_ca_paths: bool = True
    """Trust what the operating system trusts, too."""
    verify_hostname: bool = True
    allow_wildcards: bool = False
    """A certificate for `*.example.com` proves that a CSMS is `csms.example.com`; OCPP forbids that."""
    client_certificate_file: str | None = None
    """The station's certificate and its chain (profile 3)."""
    client_key_file: str | None = None
    """None: the key is in the certificate file."""
    client_key_password: bytes | None = field(default=None, repr=False)


@frozen
class LinkRequest:
    """All that is needed to open a link.

    `subprotocols` in order of preference (`ocpp2.0.1`, `ocpp1.6`); the CSMS chooses one.
    With a `password` the station authenticates by HTTP Basic (profiles 1 and 2). `tls` applies if
    the scheme is wss; None: the defaults of `TlsSettings`.
    """

    url: str
    """Of the CSMS, `ws` or `wss`, without the identity."""
    identity: str
    subprotocols: tuple[str, ...]
    password: bytes | None = field(default=None, repr=False)
    tls: TlsSettings | None = None
    ping_interval_s: float = 30.0
    """Between pings; 0: none are sent."""
    pong_timeout_s: float = 5.0
    open_timeout_s: float = 10.0
    max_frame_bytes: int = 1_000_000
    """Of one message; beyond it the link is closed (1009), as WebSocket has it. It lies far above
    the limit of the parser (`wire.frame.FrameLimits`, 65,536): a frame between the two is answered
    with a CALLERROR that names the call, and the link stays. Text that is not UTF-8 closes the link
    (1007), which RFC 6455 8.1 demands; in a binary message it is answered.
    """

    @property
    def address(self) -> str:
        """The URL that is dialled: the percent-encoded identity is its last path segment."""
        parts = urlsplit(self.url)
        path = f"{parts.path.rstrip('/')}/{quote(self.identity, safe='')}"
        return urlunsplit(parts._replace(path=path))


@frozen
class LinkClose:
    """`code`: the WebSocket close code or HTTP status, if there was one; `detail`: for the log."""

    reason: CloseReason
    code: int | None = None
    detail: str = ""


class LinkSink(Protocol):
    """Hears about one link, in the loop of the link. Must not raise and not block."""

    def opened(self, subprotocol: str, /) -> None: ...

    def frame(self, data: str | bytes, /) -> None:
        """A text message as str, a binary one as bytes."""

    def full(self) -> bool:
        """More waits to be handled than should: nothing is read from the CSMS while this is so."""

    def closed(self, close: LinkClose, /) -> None: ...


class Transport(Protocol):
    """One link. No method blocks or raises for what the network does: the sink hears of it."""

    def open(self, request: LinkRequest, /) -> None:
        """Start to open the link. Once."""

    def send(self, text: str, /) -> None:
        """In the order of the calls; what is sent while the link is not open is dropped."""

    def keep_alive(self, ping_interval_s: float, pong_timeout_s: float, /) -> None:
        """Ping at this interval (0: not at all) from now on, whatever the request said."""

    def close(self, code: int = 1000, reason: str = "") -> None:
        """Close, or give up opening; what was sent before goes out first, as far as it can."""
