"""Timestamps as RFC 3339 text."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

from ocpp_iface.types.check import EARLIEST_YEAR

_MOMENT = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d+))?([Zz]|([+-])(\d\d):(\d\d))?",
    re.ASCII,
)


def format_moment(moment: datetime) -> str:
    """`moment` (aware) in UTC with `Z`; milliseconds only if there are any, finer parts are cut."""
    utc = moment.astimezone(UTC)
    fraction = f".{utc.microsecond // 1000:03}" if utc.microsecond >= 1000 else ""
    return f"{utc:%Y-%m-%dT%H:%M:%S}{fraction}Z"


def parse_moment(text: str) -> datetime:
    """An RFC 3339 date-time in UTC. Without an offset it is taken as UTC: OCPP asks for one, but
    real systems forget it. A leap second is the second after it.

    Raises ValueError if `text` is no date-time, or before 1970 or after 9999.
    """
    match = _MOMENT.fullmatch(text)
    if match is None:
        raise ValueError("not a date-time")
    *date, hour, minute, second = (int(part) for part in match.group(1, 2, 3, 4, 5, 6))
    fraction = (match[7] or "").ljust(6, "0")[:6]
    leap = second == 60
    try:
        local = datetime(
            date[0],
            date[1],
            date[2],
            hour,
            minute,
            59 if leap else second,
            int(fraction),
            tzinfo=_offset(match[9], match[10], match[11]),
        )
        moment = (local + timedelta(seconds=leap)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ValueError("not a date-time") from error
    if moment.year < EARLIEST_YEAR:
        raise ValueError("a date out of range")
    return moment


def _offset(sign: str | None, hours: str, minutes: str) -> timezone:
    if sign is None:
        return UTC
    if int(minutes) > 59:
        raise ValueError("not an offset")
    offset = timedelta(hours=int(hours), minutes=int(minutes))
    return timezone(-offset if sign == "-" else offset)
