"""The network between one station and its CSMS: delays, losses and refusals, scripted or drawn.

A frame takes `latency_s` (and up to `jitter_s` more), order kept. What a link was carrying when it
is lost arrives nowhere.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from random import Random
from typing import TYPE_CHECKING, Any, Protocol

from attrs import define, field, frozen

from ocpp_iface.ports.transport import CloseReason, LinkRequest
from ocpp_iface.sim.scheduler import Action, Due, Scheduler
from ocpp_iface.wire.frame import Frame, FrameError, FrameLimits, parse

if TYPE_CHECKING:
    from ocpp_iface.sim.rules import WireRules

_TAP_LIMITS = FrameLimits(max_bytes=10_000_000, max_id=255)
"""Wide, since the answer to a bad frame carries its id however long that is."""


class Direction(StrEnum):
    UP = "up"
    """From the station to the CSMS."""
    DOWN = "down"


class StationEnd(Protocol):
    """Who hears of a link at the station (each call names the link by its number)."""

    def link_opened(self, number: int, subprotocol: str) -> None: ...

    def link_frame(self, number: int, data: str | bytes) -> None: ...

    def link_closed(
        self, number: int, reason: CloseReason, detail: str, code: int | None
    ) -> None: ...


class CsmsEnd(Protocol):
    """Who hears of a link at the CSMS."""

    def frame(self, text: str, frame: Frame | FrameError) -> None: ...

    def closed(self) -> None: ...


@frozen
class Accepted:
    subprotocol: str
    csms: CsmsEnd


@frozen
class Refused:
    reason: CloseReason
    code: int | None = None


class Endpoint(Protocol):
    """What a URL leads to."""

    def accept(self, link: Connection, request: LinkRequest) -> Accepted | Refused: ...


class Endpoints(Protocol):
    def find(self, url: str) -> Endpoint | None: ...


@frozen
class Attempt:
    """One try to open a link: when, with what, and what came of it ("open" or a CloseReason)."""

    at: float
    request: LinkRequest
    outcome: str


@define(eq=False, slots=True)
class Connection:
    """One link: opened once, closed once."""

    network: Network
    number: int
    request: LinkRequest
    station: StationEnd
    csms: CsmsEnd | None = None
    open: bool = False
    over: bool = False
    _clear_up: float = 0.0
    _clear_down: float = 0.0

    # -- the station's end -------------------------------------------------------------------

    def send(self, text: str) -> None:
        """A frame of the station sets out."""
        network, csms = self.network, self.csms
        if not self.open or csms is None:
            return
        parsed = tap(text)
        if isinstance(parsed, FrameError):
            network.rules.report(f"the station sent what is not a frame: {parsed.reason}")
        else:
            network.rules.sent(network.scheduler.now, parsed)
        network.record(">", text)
        self._clear_up = network.carry(
            self, Direction.UP, self._clear_up, lambda: csms.frame(text, parsed)
        )

    def close(self) -> None:
        """The station closes; what it sent before arrives first."""
        if self.over:
            return
        network = self.network
        if not self.open:
            self.end(CloseReason.LOCAL, "given up")
            return
        self.open = False
        arrival = max(self._clear_up, network.scheduler.now + network.latency_s)
        network.scheduler.at(
            arrival, lambda: self.end(CloseReason.LOCAL, "closed by the station"), transit=True
        )

    # -- the CSMS's end ----------------------------------------------------------------------

    def send_down(self, data: str | bytes) -> None:
        """A frame of the CSMS sets out."""
        if not self.open:
            return
        self._clear_down = self.network.carry(
            self, Direction.DOWN, self._clear_down, lambda: self._hear(data)
        )

    def close_down(self, code: int = 1000, reason: str = "") -> None:
        """The CSMS closes; what it sent before arrives first."""
        network = self.network
        arrival = max(self._clear_down, network.scheduler.now + network.latency_s)
        network.scheduler.at(
            arrival, lambda: self.end(CloseReason.PEER, reason, code), transit=True
        )

    def end(self, reason: CloseReason, detail: str = "", code: int | None = None) -> None:
        """There is no link (any more): both ends hear it, once."""
        if self.over:
            return
        self.over, self.open = True, False
        network = self.network
        network.forget(self)
        network.note(f"closed: {reason} {detail}".rstrip())
        network.rules.link_changed()
        if self.csms is not None:
            self.csms.closed()
        self.station.link_closed(self.number, reason, detail, code)

    def _hear(self, data: str | bytes) -> None:
        network = self.network
        parsed = tap(data)
        if isinstance(parsed, FrameError):
            network.rules.heard_garbage(parsed.unique_id)
        else:
            network.rules.heard(network.scheduler.now, parsed)
        network.record("<", data)
        self.station.link_frame(self.number, data)


@define(eq=False, slots=True)
class _DropAfter:
    direction: Direction
    remaining: int
    lose: bool


@define(eq=False, slots=True)
class _Refusal:
    reason: CloseReason
    code: int | None
    times: int | None


@define(eq=False)
class Network:
    scheduler: Scheduler
    endpoints: Endpoints
    rules: WireRules
    seed: int | str
    record: Callable[[str, Any], None]
    """(kind, content): writes the trace."""
    latency_s: float = 0.02
    jitter_s: float = 0.0
    is_up: bool = True
    attempts: list[Attempt] = field(factory=list)
    _links: list[Connection] = field(factory=list)
    _drops: list[_DropAfter] = field(factory=list)
    _refusals: list[_Refusal] = field(factory=list)
    _deaf: list[Connection] = field(factory=list)
    _flapping: Due | None = None
    _random: Random = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._random = Random(f"{self.seed}/network")  # noqa: S311 - a simulation has to repeat

    # -- faults ------------------------------------------------------------------------------

    def cut(self) -> None:
        """Every link is lost at once, and none can be opened until `restore`."""
        self.is_up = False
        self.note("network cut")
        self.drop()

    def restore(self) -> None:
        """Links can be opened again; refusals and drops that were planned are forgotten."""
        self.is_up = True
        self._refusals.clear()
        self._drops.clear()
        self.note("network restored")

    def drop(self) -> None:
        """The TCP connection ends; the next attempt may succeed."""
        for link in list(self._links):
            if link.open:
                link.end(CloseReason.LOST, "connection lost")

    def half_open(self, timeout_s: float | None = None) -> None:
        """Frames of the present link vanish in both directions, until a ping finds out.

        `timeout_s`: when; by default as the station's link is configured to ping.
        """
        for link in list(self._links):
            self._deaf.append(link)
            ping = link.request.ping_interval_s
            wait = timeout_s
            if wait is None and ping > 0:
                wait = ping + link.request.pong_timeout_s
            if wait is not None:
                self.scheduler.after(wait, self._ping_timeout(link))

    def drop_after(self, frames: int, direction: str = "up", *, lose: bool = False) -> None:
        """The link is lost when `frames` more have arrived in this direction ("up": to the CSMS).

        With `lose` the last of them does not arrive.
        """
        self._drops.append(_DropAfter(Direction(direction), frames, lose))

    def refuse(
        self,
        reason: CloseReason = CloseReason.REFUSED,
        *,
        code: int | None = None,
        times: int | None = None,
    ) -> None:
        """Attempts fail so, `times` times or until `restore` (HTTP 401, TLS faults, ...)."""
        if reason is CloseReason.UNAUTHORIZED:
            code = code or 401
        self._refusals.append(_Refusal(reason, code, times))

    def flap(self, every_s: float, for_s: float, *, spread: float = 0.5) -> None:
        """From now on lose the network about every `every_s` for about `for_s` seconds.

        `spread`: how far both may be off, as a part of themselves.
        """
        self.steady()
        self._flapping = self.scheduler.after(
            self._about(every_s, spread), lambda: self._outage(every_s, for_s, spread)
        )

    def steady(self) -> None:
        """End `flap`."""
        if self._flapping is not None:
            self._flapping.cancel()
            self._flapping = None

    # -- links -------------------------------------------------------------------------------

    @property
    def link(self) -> Connection | None:
        """The link that is open, if one is."""
        return next((link for link in self._links if link.open), None)

    def dial(self, station: StationEnd, number: int, request: LinkRequest) -> Connection:
        link = Connection(self, number, request, station)
        self._links.append(link)
        wait = 2 * self._transit_s() if self.is_up else self.latency_s
        self.scheduler.after(wait, lambda: self._handshake(link), transit=True)
        return link

    def carry(
        self, link: Connection, direction: Direction, not_before: float, arrive: Action
    ) -> float:
        """Take a frame to the other end; returns when it is there."""
        arrival = max(not_before, self.scheduler.now + self._transit_s())
        if link in self._deaf:
            return arrival
        ends = loses = False
        for drop in list(self._drops):
            if drop.direction is direction:
                drop.remaining -= 1
                if drop.remaining <= 0:
                    self._drops.remove(drop)
                    ends, loses = True, drop.lose

        def landed() -> None:
            if link.over or link in self._deaf:
                return
            if not loses:
                arrive()
            if ends:
                link.end(CloseReason.LOST, "connection lost")

        self.scheduler.at(arrival, landed, transit=True)
        return arrival

    def abandon(self, station: StationEnd) -> None:
        """The process at the station's end is gone: the CSMS sees its connections end."""
        for link in list(self._links):
            if link.station is station:
                link.end(CloseReason.LOST, "the station's process ended")

    def forget(self, link: Connection) -> None:
        if link in self._links:
            self._links.remove(link)
        if link in self._deaf:
            self._deaf.remove(link)

    def note(self, text: str) -> None:
        self.record("link", text)

    # -- inside ------------------------------------------------------------------------------

    def _handshake(self, link: Connection) -> None:
        if link.over:
            return
        outcome = self._outcome(link)
        now = self.scheduler.now
        if isinstance(outcome, Refused):
            self.attempts.append(Attempt(now, link.request, outcome.reason))
            link.end(outcome.reason, "", outcome.code)
            return
        self.attempts.append(Attempt(now, link.request, "open"))
        link.open, link.csms = True, outcome.csms
        self.rules.link_changed()
        self.note(f"open {link.request.url} {outcome.subprotocol}")
        link.station.link_opened(link.number, outcome.subprotocol)

    def _outcome(self, link: Connection) -> Accepted | Refused:
        if not self.is_up:
            return Refused(CloseReason.REFUSED)
        if self._refusals:
            refusal = self._refusals[0]
            if refusal.times is not None:
                refusal.times -= 1
                if refusal.times <= 0:
                    self._refusals.pop(0)
            return Refused(refusal.reason, refusal.code)
        endpoint = self.endpoints.find(link.request.url)
        if endpoint is None:
            return Refused(CloseReason.REFUSED)
        return endpoint.accept(link, link.request)

    def _ping_timeout(self, link: Connection) -> Action:
        return lambda: link.end(CloseReason.PING_TIMEOUT, "no pong")

    def _outage(self, every_s: float, for_s: float, spread: float) -> None:
        self.cut()
        self._flapping = self.scheduler.after(
            self._about(for_s, spread), lambda: self._recovered(every_s, for_s, spread)
        )

    def _recovered(self, every_s: float, for_s: float, spread: float) -> None:
        self.is_up = True
        self.note("network restored")
        self._flapping = None
        self.flap(every_s, for_s, spread=spread)

    def _about(self, seconds: float, spread: float) -> float:
        return seconds * (1 + spread * (2 * self._random.random() - 1))

    def _transit_s(self) -> float:
        if not self.jitter_s:
            return self.latency_s
        return self.latency_s + self.jitter_s * self._random.random()


def tap(data: str | bytes) -> Frame | FrameError:
    try:
        return parse(data, _TAP_LIMITS)
    except FrameError as fault:
        return fault
