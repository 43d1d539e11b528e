from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpp_iface.wire.limits import cut, one_digit


@pytest.mark.parametrize(
    ("value", "expected"),
    [(8.1, 8.1), (8.19, 8.1), (16, 16.0), (0.3, 0.3), (2.675, 2.6), (-8.19, -8.1), (0.0, 0.0),
     (1e-9, 0.0), (22080.99, 22080.9)],
)  # fmt: skip
def test_limits_are_cut_to_one_digit_towards_zero(value: float, expected: float) -> None:
    assert one_digit(value) == expected


@given(st.floats(-1e12, 1e12))
def test_a_limit_never_grows_and_never_changes_twice(value: float) -> None:
    cut_value = one_digit(value)

    assert abs(cut_value) <= abs(value) < abs(cut_value) + 0.11
    assert one_digit(cut_value) == cut_value


def test_texts_are_cut_at_the_end() -> None:
    assert cut("abcdef", 3) == "abc"
    assert cut("ab", 3) == "ab"
