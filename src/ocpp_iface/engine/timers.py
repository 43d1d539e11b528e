"""Timers as data: when the kernel wants to be woken, and what runs then.

Monotonic timers measure how long; wall timers name an instant and follow the clock when it steps.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from datetime import datetime

from ocpp_iface.engine.clock import KernelClock

Action = Callable[[], None]


class Timer:
    """A handle; `cancel` is safe at any time."""

    __slots__ = ("action", "name")

    def __init__(self, name: str, action: Action) -> None:
        self.name = name
        self.action: Action | None = action

    def cancel(self) -> None:
        self.action = None

    @property
    def active(self) -> bool:
        return self.action is not None


class Timers:
    __slots__ = ("_clock", "_compact_at", "_count", "_monotonic", "_wall")

    def __init__(self, clock: KernelClock) -> None:
        self._clock = clock
        self._count = 0
        self._compact_at = 64
        self._monotonic: list[tuple[float, int, Timer]] = []
        self._wall: list[tuple[datetime, int, Timer]] = []

    def after(self, delay_s: float, action: Action, name: str = "") -> Timer:
        timer = Timer(name, action)
        self._count += 1
        due = self._clock.monotonic + max(0.0, delay_s)
        heapq.heappush(self._monotonic, (due, self._count, timer))
        self._tidy()
        return timer

    def at(self, instant: datetime, action: Action, name: str = "") -> Timer:
        """Run when the station's clock reaches `instant` (at once if it already has)."""
        timer = Timer(name, action)
        self._count += 1
        heapq.heappush(self._wall, (instant, self._count, timer))
        self._tidy()
        return timer

    def next_deadline(self) -> float | None:
        """The monotonic instant of the next timer, None if none is set."""
        self._drop_cancelled()
        deadline = self._monotonic[0][0] if self._monotonic else None
        if self._wall:
            ahead = (self._wall[0][0] - self._clock.now).total_seconds()
            due = self._clock.monotonic + max(0.0, ahead)
            deadline = due if deadline is None else min(deadline, due)
        return deadline

    def take_due(self) -> Timer | None:
        """Remove and return the next timer that is due, oldest first."""
        monotonic, wall, clock = self._monotonic, self._wall, self._clock
        while monotonic and monotonic[0][0] <= clock.monotonic:
            timer = heapq.heappop(monotonic)[2]
            if timer.action is not None:
                return timer
        while wall and wall[0][0] <= clock.now:
            timer = heapq.heappop(wall)[2]
            if timer.action is not None:
                return timer
        return None

    def clear(self) -> None:
        self._monotonic.clear()
        self._wall.clear()

    def _drop_cancelled(self) -> None:
        heap = self._monotonic
        while heap and heap[0][2].action is None:
            heapq.heappop(heap)
        wall = self._wall
        while wall and wall[0][2].action is None:
            heapq.heappop(wall)

    def _tidy(self) -> None:
        """Calls, samples and limits re-arm often: cancelled timers must not pile up below the top."""
        if len(self._monotonic) + len(self._wall) <= self._compact_at:
            return
        self._monotonic = [entry for entry in self._monotonic if entry[2].active]
        self._wall = [entry for entry in self._wall if entry[2].active]
        heapq.heapify(self._monotonic)
        heapq.heapify(self._wall)
        self._compact_at = 64 + 2 * (len(self._monotonic) + len(self._wall))
