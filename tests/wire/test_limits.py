"""Texts within the bounds of the wire."""

from __future__ import annotations

from ocpp_iface.wire.limits import cut, cut_optional


def test_texts_are_cut_at_the_end() -> None:
    assert cut("abcdef", 3) == "abc"
    assert cut("ab", 3) == "ab"


def test_what_is_empty_is_not_told() -> None:
    assert cut_optional("abcdef", 3) == "abc"
    assert cut_optional("", 3) is None
    assert cut_optional(None, 3) is None
