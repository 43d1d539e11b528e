from __future__ import annotations

from typing import Any

import pytest

from ocpp_iface.sim.match import matches, mismatch, one_of

PAYLOAD = {"status": "Accepted", "n": 1, "list": [{"a": 1, "b": 2}], "nested": {"flag": True}}


@pytest.mark.parametrize(
    "pattern",
    [
        None,
        {},
        {"status": "Accepted"},
        {"status": ..., "missing": None},
        {"nested": {"flag": True}},
        {"list": [{"a": 1}]},
        {"n": lambda n: n < 2},
        {"status": one_of("Rejected", "Accepted")},
        {"missing": one_of("x", None)},
        lambda payload: payload["n"] == 1,
    ],
)
def test_a_pattern_says_only_what_matters(pattern: Any) -> None:
    assert matches(PAYLOAD, pattern)


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ({"status": "Rejected"}, "status is 'Accepted', not 'Rejected'"),
        ({"missing": ...}, "missing is missing"),
        ({"status": None}, "status is 'Accepted', should be absent"),
        ({"nested": {"flag": False}}, "nested.flag is True, not False"),
        ({"list": [{"a": 2}]}, "list[0].a is 1, not 2"),
        ({"list": []}, "not a list of 0"),
        ({"n": True}, "n is 1, not True"),
        ({"n": {"x": 1}}, "n is 1, not an object"),
        ({"n": lambda n: n > 1}, "refused by the condition"),
        ({"missing": one_of("x", "y")}, "missing is missing, not 'x' | 'y'"),
    ],
)
def test_a_mismatch_names_the_place(pattern: Any, why: str) -> None:
    assert why in str(mismatch(PAYLOAD, pattern))
