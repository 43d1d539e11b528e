"""Attribute names and JSON names: matched by their letters only.

`charging_schedule_period` and `chargingSchedulePeriod` have the same letters in the same order,
and so has every field of every class (`tests/wire/test_names.py`). No rule about casing is needed,
so none can be wrong (`evse_id` / `evseId`, `ocsp_request_data`, `get_15118_ev_certificate`).
"""

from __future__ import annotations

from collections.abc import Iterable


def letters(name: str) -> str:
    return name.replace("_", "").casefold()


def match(attributes: Iterable[str], wire_names: Iterable[str]) -> dict[str, str]:
    """Wire name -> attribute, for each wire name that has an attribute.

    Raises `ValueError` if an attribute has no wire name or two names fall together.
    """
    by_letters: dict[str, str] = {}
    for attribute in attributes:
        if by_letters.setdefault(letters(attribute), attribute) != attribute:
            raise ValueError(f"two attributes read as {letters(attribute)}")
    found: dict[str, str] = {}
    for wire_name in wire_names:
        matched = by_letters.pop(letters(wire_name), None)
        if matched is not None:
            found[wire_name] = matched
    if by_letters:
        raise ValueError(f"no wire name for {sorted(by_letters.values())}")
    return found
