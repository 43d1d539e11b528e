from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

from ocpp_iface.runtime.clock import SystemClock


def test_both_scales_are_those_of_the_system() -> None:
    before = time.monotonic(), datetime.now(UTC)
    now = SystemClock().now()
    after = time.monotonic(), datetime.now(UTC)

    assert before[0] <= now.monotonic <= after[0]
    assert before[1] - timedelta(seconds=5) <= now.wall <= after[1] + timedelta(seconds=5)
    assert now.wall.utcoffset() == timedelta(0)
