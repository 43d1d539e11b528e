"""A simulated car: what it wants, whatever the station thinks of it."""

from __future__ import annotations

from collections.abc import Callable

from attrs import define, field


def _nobody() -> None:
    return


@define(eq=False)
class SimEv:
    """`max_power_w`: what it draws if it may; `needs_wh`: after so much it is full (None: never)."""

    max_power_w: float = 11_000.0
    needs_wh: float | None = None
    paused: bool = False
    charged_wh: float = 0.0
    before_change: Callable[[], None] = field(default=_nobody, repr=False)
    on_change: Callable[[], None] = field(default=_nobody, repr=False)
    """Both set by the EVSE it is plugged into: what was drawn until now counts as it was."""

    @property
    def is_full(self) -> bool:
        return self.needs_wh is not None and self.charged_wh >= self.needs_wh - 1e-6

    @property
    def demand_w(self) -> float:
        return 0.0 if self.paused or self.is_full else self.max_power_w

    def pause(self) -> None:
        """The EV stops drawing; the session goes on (SuspendedEV)."""
        self.before_change()
        self.paused = True
        self.on_change()

    def resume(self) -> None:
        self.before_change()
        self.paused = False
        self.on_change()

    def full(self) -> None:
        """The EV has what it needs."""
        self.before_change()
        self.needs_wh = self.charged_wh
        self.on_change()
