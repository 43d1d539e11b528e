"""Virtual time: a heap of what happens when. Nothing in a simulation knows another clock.

Two kinds of entries. *Transit* is what is under way (a frame on the wire, an order to the hardware,
inputs waiting for their step): `World.settle` waits for those. The rest is what happens later by
itself (timers of the station, the next meter reading).
"""

from __future__ import annotations

import heapq
from collections.abc import Callable

from attrs import define, field

Action = Callable[[], None]


class Due:
    """One entry; `cancel` takes it out."""

    __slots__ = ("_scheduler", "action", "transit")

    def __init__(self, scheduler: Scheduler, action: Action, transit: bool) -> None:
        self._scheduler = scheduler
        self.action: Action | None = action
        self.transit = transit

    def cancel(self) -> None:
        if self.action is not None:
            self.action = None
            self._scheduler.left(self)

    @property
    def active(self) -> bool:
        return self.action is not None


@define(eq=False, slots=True)
class Scheduler:
    """`now`: seconds since the world began. Equal instants run in the order of their entry."""

    now: float = 0.0
    in_transit: int = 0
    _heap: list[tuple[float, int, Due]] = field(factory=list)
    _count: int = 0

    def at(self, instant: float, action: Action, *, transit: bool = False) -> Due:
        due = Due(self, action, transit)
        self._count += 1
        self.in_transit += transit
        heapq.heappush(self._heap, (max(instant, self.now), self._count, due))
        return due

    def after(self, delay_s: float, action: Action, *, transit: bool = False) -> Due:
        return self.at(self.now + delay_s, action, transit=transit)

    def next_at(self) -> float | None:
        heap = self._heap
        while heap and heap[0][2].action is None:
            heapq.heappop(heap)
        return heap[0][0] if heap else None

    def run_next(self, until: float) -> bool:
        """Go to the next entry not after `until` and run it; False if there is none."""
        instant = self.next_at()
        if instant is None or instant > until:
            return False
        due = heapq.heappop(self._heap)[2]
        action, due.action = due.action, None
        self.left(due)
        self.now = instant
        if action is not None:
            action()
        return True

    def left(self, due: Due) -> None:
        self.in_transit -= due.transit
