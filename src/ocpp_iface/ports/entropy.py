"""All randomness of the library, so that a simulation can seed it."""

from __future__ import annotations

from typing import Protocol


class Entropy(Protocol):
    def unique_id(self) -> str:
        """A new id of at most 36 characters, never repeated (message ids, transaction ids)."""

    def uniform(self, upper: float, /) -> float:
        """A number in [0, upper) (jitter of the reconnect back-off)."""
