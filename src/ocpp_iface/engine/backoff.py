"""The reconnect back-off of OCPP-J (part 4, section 5.3). Pure arithmetic."""

from __future__ import annotations

from attrs import frozen


@frozen
class BackOff:
    """RetryBackOffWaitMinimum, RetryBackOffRandomRange (seconds) and RetryBackOffRepeatTimes."""

    wait_minimum_s: float
    random_range_s: float
    repeat_times: int

    def wait_s(self, failures: int, jitter: float) -> float:
        """The pause before the next attempt.

        `failures` counts the attempts that failed since the last connection, `jitter` is in
        [0, 1). The pause starts at the minimum, doubles `repeat_times` times, then stays; each
        pause gets its own random part.
        """
        doublings = min(max(failures - 1, 0), self.repeat_times)
        return self.wait_minimum_s * 2.0**doublings + jitter * self.random_range_s
