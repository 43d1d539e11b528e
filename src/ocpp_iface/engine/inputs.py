"""Everything that may enter the kernel. Totally ordered; nothing else changes its state."""

from __future__ import annotations

from attrs import field, frozen

from ocpp_iface.errors import PortError
from ocpp_iface.ports.transport import CloseReason


@frozen
class LinkOpened:
    """The link numbered `link` is up; the CSMS chose `subprotocol`."""

    link: int
    subprotocol: str


@frozen
class LinkClosed:
    """The link numbered `link` is down, or the attempt to open it failed."""

    link: int
    reason: CloseReason
    detail: str = ""
    code: int | None = None


@frozen
class FrameReceived:
    link: int
    text: str | bytes


@frozen
class Tick:
    """Time has passed; due timers run."""


@frozen
class Command:
    """A request of the app: a contract command or a report of the hardware.

    `request` selects the handler by its type. With a `token`, exactly one CommandDone follows.
    """

    request: object
    token: int | None = None


@frozen
class PortReplied:
    """The answer to AskPort number `token`: a value, or why there is none."""

    token: int
    value: object = None
    error: PortError | None = field(default=None)


Input = LinkOpened | LinkClosed | FrameReceived | Tick | Command | PortReplied
