from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpp_iface.sim.payloads import date_times
from ocpp_iface.wire import datetimes

NOON = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)
TWO_HOURS = timezone(timedelta(hours=2))


@pytest.mark.parametrize(
    "text",
    ["2026-03-01T12:00:00Z", "2026-03-01T12:00:00.000Z", "2026-03-01t12:00:00z",
     "2026-03-01T14:00:00+02:00", "2026-03-01T11:30:00-00:30"],
)  # fmt: skip
def test_rfc_3339_is_read_in_both_manners(text: str) -> None:
    assert datetimes.parse(text) == NOON
    assert datetimes.parse(text, strict=True) == NOON
    assert datetimes.parse(text).tzinfo is UTC


@pytest.mark.parametrize(
    "text",
    ["2026-03-01T12:00:00", "2026-03-01 12:00:00Z", "2026-03-01T14:00:00+02", "2026-03-01T12:00Z",
     "2026-03-01T14:00:00+0200", "2026-03-01T12:00:00,000Z", "2026-03-01T12:00:00.000000000Z"],
)  # fmt: skip
def test_what_peers_are_known_to_send_is_read_unless_strict(text: str) -> None:
    assert datetimes.parse(text) == NOON
    if not text.endswith("000000000Z"):  # RFC 3339 has no limit of fraction digits
        with pytest.raises(ValueError, match="not a date-time"):
            datetimes.parse(text, strict=True)


@pytest.mark.parametrize(
    "text",
    ["", "now", "2026-03-01", "12:00:00Z", "20260301T120000Z", "2026-W09-7T12:00:00Z",
     "2026-02-30T12:00:00Z", "2026-03-01T24:01:00Z", "2026-13-01T12:00:00Z", "2026-03-01T12:61:00Z",
     "2026-03-01T12:00:00+99:00", "2026-03-01T12:00:00 Z", "\uff12026-03-01T12:00:00Z",
     "0001-01-01T00:00:00+02:00", "2026-03-01T12:00:00Z\n", "2026-03-01T12:00:00.Z"],
)  # fmt: skip
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        datetimes.parse(text)
    assert not datetimes.is_datetime(text)


def test_a_date_time_without_offset_is_in_the_zone_that_is_said() -> None:
    assert datetimes.parse("2026-03-01T14:00:00", naive=TWO_HOURS) == NOON


def test_fractions_are_kept_to_the_microsecond() -> None:
    assert datetimes.parse("2026-03-01T12:00:00.1234567Z").microsecond == 123456


def test_a_leap_second_reads_as_the_second_before() -> None:
    assert datetimes.parse("2016-12-31T23:59:60Z") == datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC)


def test_one_form_is_written() -> None:
    moment = datetime(2026, 3, 1, 14, 0, 0, 999_999, tzinfo=TWO_HOURS)

    assert datetimes.format(moment) == "2026-03-01T12:00:00Z"
    assert datetimes.format(moment, milliseconds=True) == "2026-03-01T12:00:00.999Z"
    with pytest.raises(ValueError, match="without zone"):
        datetimes.format(datetime(2026, 3, 1))  # noqa: DTZ001


@given(date_times())
def test_own_texts_read_back(text: str) -> None:
    moment = datetimes.parse(text, strict=True)
    written = datetimes.format(moment, milliseconds=True)

    assert datetimes.parse(written, strict=True) == moment
    assert datetimes.format(datetimes.parse(written), milliseconds=True) == written


@given(st.text(st.characters(), max_size=30) | st.from_regex(r"\A[0-9T:+.Z-]{10,30}\Z"))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        moment = datetimes.parse(text)
    except ValueError:
        return
    datetimes.format(moment)
