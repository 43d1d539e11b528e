from __future__ import annotations

import pytest

from ocpp_iface.wire.codec import codec_for
from ocpp_iface.wire.names import letters, match
from ocpp_iface.wire.shapes import Many, Record

VERSIONS = ("ocpp1.6", "ocpp2.0.1")


def records(version: str) -> dict[str, Record]:
    """Every record of every message, by the name of its message and class."""
    codec = codec_for(version)
    found: dict[str, Record] = {}
    for action in codec.actions:
        for direction, held_by in (
            ("request", codec.request_class(action)),
            ("response", codec.response_class(action)),
        ):
            waiting = [codec.shape(held_by, direction)]
            while waiting:
                record = waiting.pop()
                found[f"{action} {direction} {record.name}"] = record
                for field in record.fields:
                    part = field.shape.item if isinstance(field.shape, Many) else field.shape
                    if isinstance(part, Record):
                        waiting.append(part)
    return found


@pytest.mark.parametrize("version", VERSIONS)
def test_names_are_a_bijection_in_every_class(version: str) -> None:
    found = records(version)

    assert len(found) > 78
    for name, record in found.items():
        if record.held_by is None:
            continue
        attributes = [field.attribute for field in record.fields if field.attribute]
        wire_names = [field.wire for field in record.fields]
        assert len(set(map(letters, attributes))) == len(attributes), name
        assert len(set(map(letters, wire_names))) == len(wire_names), name
        assert sorted(attributes) == sorted(record.held_by.__dataclass_fields__), name
        for field in record.fields:
            homeless = field.attribute is None and field.wire == "customData"
            assert homeless or letters(field.attribute) == letters(field.wire), name


@pytest.mark.parametrize("version", VERSIONS)
def test_only_custom_data_stays_a_plain_dict(version: str) -> None:
    untyped = {
        field.wire
        for record in records(version).values()
        for field in record.fields
        if isinstance(field.shape, Record) and field.shape.held_by is None
    }

    assert untyped == ({"customData"} if version == "ocpp2.0.1" else set())


def test_letters_decide() -> None:
    found = match(["evse_id", "ocsp_request_data"], ["evseId", "ocspRequestData", "other"])

    assert found == {"evseId": "evse_id", "ocspRequestData": "ocsp_request_data"}


def test_what_does_not_match_is_an_error() -> None:
    with pytest.raises(ValueError, match="no wire name"):
        match(["lost"], ["found"])
    with pytest.raises(ValueError, match="two attributes"):
        match(["evse_id", "evseid"], ["evseId"])
