"""The clocks of the operating system, behind `ports.clock`."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from attrs import frozen

from ocpp_iface.ports.clock import Now


@frozen
class SystemClock:
    def now(self) -> Now:
        return Now(monotonic=time.monotonic(), wall=datetime.now(UTC))
