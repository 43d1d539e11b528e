"""Whether there is a link, and when to try again.

States: STOPPED (the app wants none), WAITING (back-off runs), OPENING, OPEN, CLOSING (our close is
under way and another attempt follows it at once or never). Every way a link can end comes through
`closed`, so there is one place that decides about the next attempt.

Network profiles are tried in their priority order, each `attempts` times; after a loss the profile
that worked is tried first, and when all were tried it is the one to go back to. (B10)
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum, auto
from typing import Final, Protocol

from attrs import define, field, frozen

from ocpp_iface.engine.backoff import BackOff
from ocpp_iface.engine.outputs import CloseLink, KeepAlive, OpenLink, Outbound
from ocpp_iface.engine.timers import Timer, Timers
from ocpp_iface.log import Log
from ocpp_iface.ports.entropy import Entropy
from ocpp_iface.ports.transport import CloseReason, LinkRequest

log = Log(__name__)

RECOVERY_S: Final = 30.0
"""After an internal error that left no other time for the next attempt."""


class LinkState(Enum):
    STOPPED = auto()
    WAITING = auto()
    OPENING = auto()
    OPEN = auto()
    CLOSING = auto()


@frozen
class LinkProfile:
    """One way to reach a CSMS: a network profile slot, ready to be dialled."""

    slot: int
    request: LinkRequest


class LinkPlan(Protocol):
    """What the configuration says; read at each attempt."""

    def profiles(self) -> Sequence[LinkProfile]:
        """In the order of their priority."""

    def attempts(self) -> int:
        """How often a profile is tried before the next one; below 1: for ever."""

    def backoff(self) -> BackOff: ...

    def preferred_slot(self) -> int | None:
        """The slot to begin with, None: the first of the priority list."""

    def fallback_slot(self) -> int | None:
        """The slot that worked last, in an earlier process too; None: none ever did."""


@define(eq=False, slots=True)
class Link:
    _outbound: Outbound
    _timers: Timers
    _entropy: Entropy
    plan: LinkPlan = field(init=False)
    """Set with the assembly, before the first attempt."""
    state: LinkState = LinkState.STOPPED
    number: int = 0
    """Counts attempts; what carries an older number is history and ignored."""
    slot: int | None = None
    last_good: int | None = None
    failures: int = 0
    tries_on_slot: int = 0
    _tried: tuple[int, ...] = ()
    _timer: Timer | None = None
    _again: bool = False
    request: LinkRequest | None = None
    opened_at: float | None = None
    """When the last link opened, monotonic."""
    lost_at: float | None = None
    """When the last open link ended, monotonic; None: there never was one."""
    warned: bool = False

    @property
    def is_open(self) -> bool:
        return self.state is LinkState.OPEN

    def start(self) -> None:
        """Open as soon as possible."""
        if self.state is LinkState.STOPPED:
            self.failures = self.tries_on_slot = 0
            self._tried = ()
            self.slot = self.plan.preferred_slot()
            if self.last_good is None:
                self.last_good = self.plan.fallback_slot()
            self.state = LinkState.WAITING
            self._open()

    def stop(self, reason: str = "stopped") -> None:
        self._cancel()
        if self.state in (LinkState.OPEN, LinkState.OPENING):
            self._outbound.add(Outbound.LINK, CloseLink(self.number, 1000, reason))
        self.state = LinkState.STOPPED
        self._again = False
        self.number += 1

    def reconnect(self, reason: str, *, fresh: bool = False) -> None:
        """Close and open again with what the configuration says now.

        With `fresh`, begin again at the head of the priority list.
        """
        if self.state is LinkState.STOPPED:
            return
        if fresh:
            self.slot = None
        self.failures = self.tries_on_slot = 0
        self._tried = ()
        if self.state in (LinkState.OPEN, LinkState.OPENING):
            self.state = LinkState.CLOSING
            self._again = True
            self._outbound.add(Outbound.LINK, CloseLink(self.number, 1000, reason))
        elif self.state is LinkState.WAITING:
            self._cancel()
            self._open()

    def opened(self, number: int) -> bool:
        """True if this is the link we wait for."""
        if number != self.number or self.state is not LinkState.OPENING:
            return False
        self.state = LinkState.OPEN
        self.failures = self.tries_on_slot = 0
        self._tried = ()
        self.last_good = self.slot
        self.warned = False
        return True

    def concerns(self, number: int) -> bool:
        """Whether this is the link that is open, or being opened or closed."""
        return number == self.number and self.state not in (LinkState.STOPPED, LinkState.WAITING)

    def closed(self, number: int, reason: CloseReason, detail: str) -> bool:
        """True if the current link (or the attempt) ended; the next attempt is arranged."""
        if not self.concerns(number):
            return False
        again, self._again = self._again, False
        was_opening = self.state is LinkState.OPENING
        self.state = LinkState.WAITING
        if again:
            self._open()
            return True
        self.failures += 1
        if was_opening:
            self.tries_on_slot += 1
        self._wait(reason, detail)
        return True

    def hang_up(self, reason: str) -> None:
        """Close the open link; the next attempt follows after the back-off."""
        if self.state is LinkState.OPEN:
            self.state = LinkState.CLOSING
            self._outbound.add(Outbound.LINK, CloseLink(self.number, 1000, reason))

    def keep_alive(self, ping_interval_s: float, pong_timeout_s: float) -> None:
        """Of the present link, if there is one; the next one is opened as the plan says."""
        if self.state in (LinkState.OPEN, LinkState.OPENING):
            order = KeepAlive(self.number, ping_interval_s, pong_timeout_s)
            self._outbound.add(Outbound.LINK, order)

    def recover(self) -> None:
        """After an internal error, which may have come before the next attempt was arranged."""
        idle = self._timer is None or not self._timer.active
        if self.state is LinkState.WAITING and idle:
            self._timer = self._timers.after(RECOVERY_S, self._open, "link")

    # -- inside ------------------------------------------------------------------------------

    def _wait(self, reason: CloseReason, detail: str) -> None:
        pause = self.plan.backoff().wait_s(self.failures, self._entropy.uniform(1.0))
        self.state = LinkState.WAITING
        write = log.debug if self.warned or reason is CloseReason.LOCAL else log.warning
        self.warned = True  # one warning for an outage, not one for each attempt
        write("no link", reason=reason, detail=detail, retry_in_s=round(pause, 1))
        self._timer = self._timers.after(pause, self._open, "link")

    def _open(self) -> None:
        self._cancel()
        profile = self._choose()
        if profile is None:
            self.state = LinkState.WAITING
            self._timer = self._timers.after(60.0, self._open, "link")
            log.error("no network profile is usable")
            return
        self.number += 1
        self.state = LinkState.OPENING
        self.slot = profile.slot
        self.request = profile.request
        self._outbound.add(Outbound.LINK, OpenLink(self.number, profile.request))

    def _choose(self) -> LinkProfile | None:
        profiles = list(self.plan.profiles())
        if not profiles:
            return None
        slots = [profile.slot for profile in profiles]
        if self.slot not in slots:
            self.slot, self.tries_on_slot = slots[0], 0
        limit = self.plan.attempts()
        if 0 < limit <= self.tries_on_slot:
            self._advance(slots)
        return profiles[slots.index(self.slot)] if self.slot in slots else profiles[0]

    def _advance(self, slots: list[int]) -> None:
        """The slot's attempts are used up: the next one, or back to the one that worked."""
        self.tries_on_slot = 0
        here = self.slot if self.slot in slots else slots[0]
        self._tried = (*self._tried, here) if here is not None else self._tried
        order = slots[slots.index(here) + 1 :] + slots[: slots.index(here) + 1]
        untried = [slot for slot in order if slot not in self._tried]
        if untried:
            self.slot = untried[0]
            return
        self._tried = ()
        self.slot = self.last_good if self.last_good in slots else order[0]

    def _cancel(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
