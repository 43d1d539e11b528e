"""Date-times of the wire: tolerant in (ISO 8601), one form out (RFC 3339, UTC)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, tzinfo
from typing import Final

_SHAPE: Final = re.compile(
    r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,12})?)?"
    r"(?:[Zz]|[+-]\d\d(?::?\d\d)?)?",
    re.ASCII,
)
_RFC3339: Final = re.compile(
    r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)", re.ASCII
)


def parse(text: str, *, strict: bool = False, naive: tzinfo = UTC) -> datetime:
    """An aware datetime in UTC.

    Tolerant by default, as peers are known to send: no offset (then `naive` is the zone), `+02`,
    `+0200`, a blank for the T, no seconds, up to 12 fraction digits (cut to microseconds).
    `strict` takes RFC 3339 only. A leap second reads as the last second before it.
    Raises `ValueError`.
    """
    shape = _RFC3339 if strict else _SHAPE
    if shape.fullmatch(text) is None:
        raise ValueError("not a date-time")
    canonical = text.upper()
    leap = canonical[16:19] == ":60"
    if leap:
        canonical = f"{canonical[:17]}59{canonical[19:]}"
    moment = datetime.fromisoformat(canonical)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=naive)
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("date-time out of range") from None


def is_datetime(text: str) -> bool:
    """Whether `parse` takes the text."""
    try:
        parse(text)
    except ValueError:
        return False
    return True


def format(moment: datetime, *, milliseconds: bool = False) -> str:  # noqa: A001 - the pair of parse
    """`YYYY-MM-DDTHH:MM:SS[.mmm]Z`; fractions are cut, not rounded. Raises `ValueError` if naive."""
    if moment.tzinfo is None:
        raise ValueError("a date-time without zone has no place on the wire")
    if moment.tzinfo is not UTC:
        moment = moment.astimezone(UTC)
    text = moment.isoformat(timespec="milliseconds" if milliseconds else "seconds")
    return f"{text[:-6]}Z"
