from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpp_iface.sim.strategies import moments
from ocpp_iface.types import format_moment, parse_moment

NOON = datetime(2024, 1, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-01-01T12:00:00Z", NOON),
        ("2024-01-01t12:00:00z", NOON),
        ("2024-01-01T12:00:00", NOON),
        ("2024-01-01T14:00:00+02:00", NOON),
        ("2024-01-01T02:30:00-09:30", NOON),
        ("2024-01-01T12:00:00.5Z", NOON + timedelta(milliseconds=500)),
        ("2024-01-01T12:00:00.123456789Z", NOON + timedelta(microseconds=123456)),
        ("2024-01-01T11:59:60Z", NOON),
        ("1970-01-01T00:00:00Z", datetime(1970, 1, 1, tzinfo=UTC)),
        ("9999-12-31T23:59:59Z", datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)),
    ],
)
def test_rfc_3339_text_is_read(text: str, expected: datetime) -> None:
    assert parse_moment(text) == expected
    assert parse_moment(text).tzinfo is UTC


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2024-01-01",
        "2024-01-01T12:00",
        "2024-01-01 12:00:00Z",
        "2024-01-01T12:00:00Z\n",
        " 2024-01-01T12:00:00Z",
        "2024-01-01T12:00:00.Z",
        "2024-01-01T12:00:00,5Z",
        "2024-01-01T12:00:00+0200",
        "2024-01-01T12:00:00+02:60",
        "2024-01-01T12:00:00+24:00",
        "2024-01-01T24:00:00Z",
        "2024-01-01T12:60:00Z",
        "2024-01-01T12:00:61Z",
        "2024-13-01T12:00:00Z",
        "2023-02-29T12:00:00Z",
        "0000-01-01T00:00:00Z",
        "0001-01-01T00:00:00+01:00",
        "9999-12-31T23:59:59-01:00",
        "9999-12-31T23:59:60Z",
        "1969-12-31T23:59:59Z",
        "٢٠٢٤-01-01T12:00:00Z",
        "1704110400",
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"^(not a date-time|a date out of range)$"):
        parse_moment(text)


@given(st.text())
def test_no_text_raises_anything_but_value_error(text: str) -> None:
    try:
        parse_moment(text)
    except ValueError:
        return
    assert len(text) >= len("2024-01-01T12:00:00")


@given(moments())
def test_moment_survives_the_way_through_text(moment: datetime) -> None:
    assert parse_moment(format_moment(moment)) == moment


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (NOON, "2024-01-01T12:00:00Z"),
        (NOON.astimezone(timezone(timedelta(hours=5))), "2024-01-01T12:00:00Z"),
        (NOON + timedelta(milliseconds=7), "2024-01-01T12:00:00.007Z"),
        (NOON + timedelta(microseconds=999), "2024-01-01T12:00:00Z"),
        (NOON + timedelta(microseconds=1999), "2024-01-01T12:00:00.001Z"),
    ],
)
def test_moment_is_written_in_utc_with_milliseconds_only_if_there_are_any(
    moment: datetime, expected: str
) -> None:
    assert format_moment(moment) == expected
