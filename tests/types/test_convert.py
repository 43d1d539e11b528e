from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ocpp_iface.errors import PayloadError
from ocpp_iface.types import (
    EVSE,
    AttributeEnum,
    MessageContent,
    MessageFormat,
    SecurityEvent,
    from_json,
    to_json,
)


def test_absent_fields_are_left_out() -> None:
    assert to_json(EVSE(1)) == {"id": 1}


def test_words_and_moments_are_plain_strings() -> None:
    moment = datetime(2024, 1, 1, tzinfo=UTC)

    assert type(to_json(AttributeEnum.Actual)) is str
    assert to_json(MessageContent("hi", format=MessageFormat.UTF8)) == {
        "content": "hi",
        "format": "UTF8",
    }
    assert to_json(SecurityEvent("x", timestamp=moment))["timestamp"] == "2024-01-01T00:00:00Z"


def test_lists_tuples_and_mappings_are_converted_within() -> None:
    assert to_json([EVSE(1), (EVSE(2),), {"a": EVSE(3)}, None, 1.5, True]) == [
        {"id": 1},
        [{"id": 2}],
        {"a": {"id": 3}},
        None,
        1.5,
        True,
    ]


def test_foreign_value_has_no_json_form() -> None:
    with pytest.raises(TypeError, match="no JSON form for set"):
        to_json({1})


def test_lists_tuples_and_optionals_are_read() -> None:
    assert from_json(list[EVSE], [{"id": 1}]) == [EVSE(1)]
    assert from_json(tuple[EVSE, ...], [{"id": 1}]) == (EVSE(1),)
    assert from_json(EVSE | None, None) is None
    assert from_json(EVSE | None, {"id": 1}) == EVSE(1)
    assert from_json(list[str], ["a"]) == ["a"]
    assert from_json(AttributeEnum, "Actual") is AttributeEnum.Actual


def test_integer_is_a_number_and_is_kept() -> None:
    assert from_json(float, 3) == 3
    assert isinstance(from_json(float, 3), int)


def test_null_is_no_way_to_leave_a_field_out() -> None:
    with pytest.raises(PayloadError, match="connector_id: expected a value, not null"):
        from_json(EVSE, {"id": 1, "connector_id": None})
