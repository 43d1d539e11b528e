"""Seeded randomness: `ports.Entropy` of a simulated station."""

from __future__ import annotations

from random import Random


class SimEntropy:
    """Ids are shaped like UUIDs, so that a trace knows them and calls them #1, #2, ...

    One object serves all processes of a station: a restart repeats no id.
    """

    __slots__ = ("_random",)

    def __init__(self, seed: int | str) -> None:
        self._random = Random(seed)  # noqa: S311 - a simulation has to repeat

    def unique_id(self) -> str:
        digits = f"{self._random.getrandbits(128):032x}"
        return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"

    def uniform(self, upper: float, /) -> float:
        return self._random.random() * upper
