"""Time is an interface; the kernel is told what time it is and never asks."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from attrs import frozen


@frozen
class Now:
    """One instant on both scales.

    `monotonic` (seconds, never steps back, arbitrary origin) runs timers; `wall` (aware, UTC) is
    what the system clock says and may step.
    """

    monotonic: float
    wall: datetime


class Clock(Protocol):
    def now(self) -> Now: ...
