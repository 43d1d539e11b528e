"""The kernel's clock: what the shell says, corrected by what the CSMS says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from ocpp_iface.ports.clock import Now

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class KernelClock:
    """`now` is the only source of time inside the kernel; it stands still during a step."""

    __slots__ = ("_offset", "_wall", "monotonic", "synchronised")

    def __init__(self) -> None:
        self.monotonic = 0.0
        self.synchronised = False
        self._wall = _EPOCH
        self._offset = timedelta(0)

    def set(self, now: Now) -> None:
        self.monotonic = now.monotonic
        self._wall = now.wall

    @property
    def now(self) -> datetime:
        """The station's time, UTC."""
        return self._wall + self._offset

    @property
    def offset_s(self) -> float:
        """What the CSMS's clock is ahead of the system clock, seconds."""
        return self._offset.total_seconds()

    def synchronise(self, truth: datetime) -> float:
        """Follow the CSMS from now on; returns by how many seconds the clock stepped."""
        step = (truth - self.now).total_seconds()
        self._offset += timedelta(seconds=step)
        self.synchronised = True
        return step
