"""Everything the kernel may order. Released only after the commit of the step that made it."""

from __future__ import annotations

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


Output = OpenLink | CloseLink | SendFrame | AskPort | Publish | CommandDone


class Outbound:
    """Collects the outputs of a step and hands them out in the fixed order.

    Replies, link orders, own calls, port asks, publications, command results: so an answer to the
    CSMS leaves before anything the request caused, and the app hears of a thing after the wire did.
    """

    _LANES = 6
    REPLY, LINK, CALL, ASK, PUBLISH, RESULT = range(_LANES)

    __slots__ = ("_lanes",)

    def __init__(self) -> None:
        self._lanes: list[list[Output]] = [[] for _ in range(self._LANES)]

    def add(self, lane: int, output: Output) -> None:
        self._lanes[lane].append(output)

    def mark(self) -> tuple[int, ...]:
        return tuple(len(lane) for lane in self._lanes)

    def rollback_to(self, mark: tuple[int, ...]) -> list[Output]:
        """Forget what was added since `mark`, and return it."""
        undone: list[Output] = []
        for lane, length in zip(self._lanes, mark, strict=True):
            undone += lane[length:]
            del lane[length:]
        return undone

    def drain(self) -> tuple[Output, ...]:
        released = tuple(output for lane in self._lanes for output in lane)
        for lane in self._lanes:
            lane.clear()
        return released
