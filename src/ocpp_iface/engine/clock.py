"""The kernel's clock: the system's, until the CSMS has said what time it is.

From then on it runs on the monotonic clock from that instant. Whatever the system clock does is its
own affair: if the app sets it to the time that the CSMS told, nothing changes here, and nothing is
corrected twice.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from ocpp_iface.ports.clock import Now

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class KernelClock:
    """`now` is the only source of time inside the kernel; it stands still during a step."""

    __slots__ = ("_origin", "_wall", "monotonic", "now")

    def __init__(self) -> None:
        self.monotonic = 0.0
        self._wall = self.now = _EPOCH
        """`now`: the station's time, UTC."""
        self._origin: datetime | None = None
        """What time it was at monotonic zero, as the CSMS says."""

    def set(self, now: Now) -> None:
        self.monotonic = now.monotonic
        self._wall = now.wall
        self._tell()

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
