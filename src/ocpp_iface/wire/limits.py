"""Bringing own texts into the bounds of the wire."""

from __future__ import annotations


def cut(text: str, length: int) -> str:
    """At most `length` characters of the beginning."""
    return text[:length]


def cut_optional(text: str | None, length: int) -> str | None:
    """Of what need not be told; an empty text is not told."""
    return text[:length] if text else None
