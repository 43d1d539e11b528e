"""Randomness of the operating system, behind `ports.entropy`."""

from __future__ import annotations

import os
from random import SystemRandom
from typing import Final

from attrs import frozen

_RANDOM: Final = SystemRandom()


@frozen
class SystemEntropy:
    def unique_id(self) -> str:
        """122 random bits in the form of a UUID of version 4 (36 characters)."""
        digits = os.urandom(16).hex()
        variant = "89ab"[int(digits[16], 16) & 3]
        return (
            f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"
        )

    def uniform(self, upper: float, /) -> float:
        return _RANDOM.random() * upper
