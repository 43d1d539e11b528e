"""The kernel's clock: the system's, until the CSMS has said what time it is.

From then on it runs on the monotonic clock from that instant. Whatever the system clock does is its
own affair: if the app sets it to the time that the CSMS told, nothing changes here, and nothing is
corrected twice. Before, and where another source than the CSMS tells the time, a system clock that is
set is noticed: it has gone on by more or less than the monotonic one.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from ocpp_iface.ports.clock import Now

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NOISE_S: Final = 1.0
"""Clocks that are kept right go a little faster or slower for a while: that is no step."""


class KernelClock:
    """`now` is the only source of time inside the kernel; it stands still during a step."""

    __slots__ = ("_origin", "_started", "_wall", "monotonic", "now")

    def __init__(self) -> None:
        self.monotonic = 0.0
        self._started = False
        self._wall = self.now = _EPOCH
        """`now`: the station's time, UTC."""
        self._origin: datetime | None = None
        """What time it was at monotonic zero, as the CSMS says."""

    def set(self, now: Now) -> float:
        """Returns by how many seconds the station's time stepped: 0.0 if it only went on."""
        wall_s = (now.wall - self._wall).total_seconds()
        step = wall_s - (now.monotonic - self.monotonic)
        follows = self._started and self._origin is None
        self._started = True
        self.monotonic = now.monotonic
        self._wall = now.wall
        self._tell()
        return step if follows and abs(step) > NOISE_S else 0.0

    @property
    def synchronised(self) -> bool:
        """The CSMS has said what time it is."""
        return self._origin is not None

    @property
    def offset_s(self) -> float:
        """What the station's time is ahead of the system clock, seconds."""
        return (self.now - self._wall).total_seconds()

    def synchronise(self, truth: datetime) -> float:
        """Follow the CSMS from now on; returns by how many seconds the clock stepped."""
        step = (truth - self.now).total_seconds()
        self._origin = truth - timedelta(seconds=self.monotonic)
        self._tell()
        return step

    def _tell(self) -> None:
        if self._origin is None:
            self.now = self._wall
        else:
            self.now = self._origin + timedelta(seconds=self.monotonic)
