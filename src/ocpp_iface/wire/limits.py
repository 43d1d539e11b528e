"""Bringing own values into the bounds of the wire: cut texts, limits with one decimal."""

from __future__ import annotations

from decimal import ROUND_DOWN, Decimal
from typing import Final

_ONE_DIGIT: Final = Decimal("0.1")


def one_digit(value: float) -> float:
    """Rounded towards zero to one decimal, so a limit never grows: 8.19 -> 8.1, 8.1 -> 8.1.

    Works on the decimal text of the number, as binary arithmetic would take 8.1 down to 8.0.
    """
    return float(Decimal(repr(float(value))).quantize(_ONE_DIGIT, rounding=ROUND_DOWN))


def cut(text: str, length: int) -> str:
    """At most `length` characters of the beginning."""
    return text[:length]
