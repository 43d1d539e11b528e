from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpp_iface.errors import PayloadError
from ocpp_iface.types import AttributeEnum
from ocpp_iface.types.check import (
    Boolean,
    Check,
    Instance,
    Integer,
    Items,
    Moment,
    Number,
    Optional,
    Text,
    Word,
    as_optional_tuple,
    as_tuple,
    kind_of,
)

CHECKS = [
    Text(3, min_length=1),
    Integer(0, 5),
    Number(),
    Boolean(),
    Moment(),
    Word(AttributeEnum),
    Instance(datetime),
    Items(Text(), min_items=1),
]


@pytest.mark.parametrize(
    ("check", "value"),
    [
        (Text(3, min_length=1), "abc"),
        (Text(3, min_length=1), "a"),
        (Text(3, min_length=1), "\ud7ff\ue000\U0010ffff"),
        (Integer(0, 5), 0),
        (Integer(0, 5), 5),
        (Number(), 5),
        (Number(), -0.5),
        (Boolean(), False),
        (Moment(), datetime(1970, 1, 1, tzinfo=UTC)),
        (Word(AttributeEnum), AttributeEnum.Target),
        (Items(Text(), min_items=1), ("a",)),
        (Optional(Integer()), None),
        (Optional(Integer()), 3),
    ],
)
def test_good_value_passes(check: Check, value: Any) -> None:
    check.check("here", value)


@pytest.mark.parametrize(
    ("check", "value", "reason"),
    [
        (Text(3, min_length=1), "abcd", "longer than 3"),
        (Text(3, min_length=1), "", "shorter than 1"),
        (Integer(0, 5), -1, "less than 0"),
        (Integer(0, 5), 6, "more than 5"),
        (Integer(), 1.0, "expected an integer, not a number"),
        (Number(), float("-inf"), "not a finite number"),
        (Boolean(), 1, "expected a boolean, not a number"),
        (Word(AttributeEnum), "Actual", "expected a AttributeEnum, not a string"),
        (Instance(datetime), 1, "expected a datetime, not a number"),
        (Items(Text(), min_items=1), (), "fewer than 1 items"),
        (Items(Text()), {}, "expected a list, not an object"),
        (Optional(Integer()), "3", "expected an integer, not a string"),
    ],
)
def test_bad_value_is_refused_with_the_reason(check: Check, value: Any, reason: str) -> None:
    with pytest.raises(PayloadError) as caught:
        check.check("here", value)

    assert (caught.value.path, caught.value.reason) == ("here", reason)


def test_bad_item_is_named_by_its_index() -> None:
    with pytest.raises(PayloadError) as caught:
        Items(Items(Text(1))).check("here", (("a",), ("b", "cc")))

    assert caught.value.path == "here[1][1]"


@pytest.mark.parametrize("check", CHECKS)
@given(value=st.one_of(st.none(), st.integers(), st.floats(), st.text(), st.binary(), st.tuples()))
def test_check_raises_payload_error_or_nothing(check: Check, value: Any) -> None:
    try:
        check.check("here", value)
    except PayloadError as error:
        fault: PayloadError | None = error
    else:
        fault = None

    assert fault is None or fault.path == "here"


def test_list_becomes_a_tuple_and_all_else_is_left_alone() -> None:
    assert as_tuple([1, 2]) == (1, 2)
    assert as_tuple((1,)) == (1,)
    assert as_tuple("ab") == "ab"
    assert as_optional_tuple(None) is None
    assert as_optional_tuple([1]) == (1,)


def test_every_kind_has_a_word() -> None:
    kinds = [kind_of(value) for value in (None, True, 1, 1.5, "", [], (), {}, b"")]

    assert kinds == [
        "null",
        "a boolean",
        "a number",
        "a number",
        "a string",
        "a list",
        "a list",
        "an object",
        "bytes",
    ]
