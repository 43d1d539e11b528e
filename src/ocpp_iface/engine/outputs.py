"""Everything the kernel may order. Released only after the commit of the step that made it."""

from __future__ import annotations

from operator import itemgetter
from typing import Any

from attrs import frozen

from ocpp_iface.ports.transport import LinkRequest


@frozen
class OpenLink:
    link: int
    request: LinkRequest


@frozen
class CloseLink:
    link: int
    code: int = 1000
    reason: str = ""


@frozen
class KeepAlive:
    """Other pings than those that the link was opened with."""

    link: int
    ping_interval_s: float
    pong_timeout_s: float


@frozen
class SendFrame:
    link: int
    text: str


@frozen
class AskPort:
    """Call `method` of the hardware with `args`; answer by PortReplied(token) within `deadline_s`."""

    token: int
    method: str
    args: tuple[Any, ...]
    deadline_s: float


@frozen
class Publish:
    """A new value of the published var `name`."""

    name: str
    value: object


@frozen
class CommandDone:
    token: int
    result: object = None
    error: Exception | None = None


Output = OpenLink | CloseLink | KeepAlive | SendFrame | AskPort | Publish | CommandDone


class Outbound:
    """Collects the outputs of a step and hands them out in the fixed order.

    Replies, link orders, own calls, port asks, publications, command results: so an answer to the
    CSMS leaves before anything the request caused, and the app hears of a thing after the wire did.
    """

    REPLY, LINK, CALL, ASK, PUBLISH, RESULT = range(6)

    __slots__ = ("_entries",)

    def __init__(self) -> None:
        self._entries: list[tuple[int, Output]] = []

    def add(self, lane: int, output: Output) -> None:
        self._entries.append((lane, output))

    def mark(self) -> int:
        return len(self._entries)

    def rollback_to(self, mark: int) -> list[Output]:
        """Forget what was added since `mark`, and return it."""
        undone = _in_order(self._entries[mark:])
        del self._entries[mark:]
        return undone

    def drain(self) -> tuple[Output, ...]:
        released = tuple(_in_order(self._entries))
        self._entries.clear()
        return released


def _in_order(entries: list[tuple[int, Output]]) -> list[Output]:
    """By lane; within a lane as they were added (the sort is stable)."""
    if len(entries) == 1:
        return [entries[0][1]]
    return [output for _, output in sorted(entries, key=_LANE)]


_LANE = itemgetter(0)
