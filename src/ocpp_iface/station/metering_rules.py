"""What a version of OCPP says about meter values beyond the variables."""

from __future__ import annotations

from collections.abc import Callable

from attrs import define


@define(eq=False)
class MeteringRules:
    """The active version may set these when it takes over."""

    aligned_ended_interval_s: Callable[[], float]
    """Seconds between the clock-aligned values kept for the end of a transaction; 0: none. 2.x has a
    variable for it (the default here), 1.6 takes ClockAlignedDataInterval.
    """
    when_empty: tuple[str, ...] = ()
    """What an empty list of measurands to be sent during a transaction or at a clock-aligned instant
    means: nothing (2.x), or the import register (1.6, TC_070, TC_071).
    """
