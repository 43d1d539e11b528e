from __future__ import annotations

from typing import Any

import pytest

from ocpp_iface.errors import Fault, PayloadError
from ocpp_iface.wire.codec import codec_for
from ocpp_iface.wire.registry import version_of
from ocpp_iface.wire.schema import OfficialValidator, load_schema

SCHEMA = {
    "$schema": "http://json-schema.org/draft-04/schema#",
    "type": "object",
    "additionalProperties": False,
    "required": ["name"],
    "properties": {
        "name": {"type": "string", "maxLength": 3},
        "when": {"type": "string", "format": "date-time"},
        "list": {"type": "array", "minItems": 1, "items": {"enum": ["A"]}},
    },
}


@pytest.mark.parametrize("version", ["ocpp1.6", "ocpp2.0.1"])
def test_every_message_has_its_official_schema(version: str) -> None:
    known = version_of(version)
    for action in codec_for(version).actions:
        for direction in ("request", "response"):
            assert load_schema(known, action, direction)["type"] == "object"


@pytest.mark.parametrize(
    ("payload", "path", "fault"),
    [
        ({}, "", Fault.OCCURRENCE),
        ({"name": 1}, "name", Fault.TYPE),
        ({"name": "abcd"}, "name", Fault.PROPERTY),
        ({"name": "a", "more": 1}, "", Fault.FORMAT),
        ({"name": "a", "list": []}, "list", Fault.OCCURRENCE),
        ({"name": "a", "list": ["A", "B"]}, "list[1]", Fault.PROPERTY),
        ({"name": "a", "when": "later"}, "when", Fault.PROPERTY),
    ],
)
def test_a_fault_has_path_and_kind(payload: Any, path: str, fault: Fault) -> None:
    with pytest.raises(PayloadError) as caught:
        OfficialValidator(SCHEMA).check(payload)

    assert (caught.value.path, caught.value.fault) == (path, fault)


def test_a_good_payload_passes() -> None:
    OfficialValidator(SCHEMA).check({"name": "abc", "when": "2026-01-01T00:00:00Z", "list": ["A"]})
    OfficialValidator(SCHEMA).check_text('{"name":"abc"}')


def test_multiples_of_a_tenth_are_judged_in_decimals() -> None:
    schema = load_schema(version_of("ocpp1.6"), "GetCompositeSchedule", "response")
    text = (
        '{"status":"Accepted","chargingSchedule":{"chargingRateUnit":"A",'
        '"chargingSchedulePeriod":[{"startPeriod":0,"limit":%s}]}}'
    )

    OfficialValidator(schema).check_text(text % "8.1")
    with pytest.raises(PayloadError) as caught:
        OfficialValidator(schema).check_text(text % "8.11")
    assert caught.value.path == "chargingSchedule.chargingSchedulePeriod[0].limit"
