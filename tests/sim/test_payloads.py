from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st

from ocpp_iface.errors import PayloadError
from ocpp_iface.sim.payloads import json_values, mutated_json, mutated_payload, valid_payload
from ocpp_iface.wire.codec import codec_for

QUICK = settings(max_examples=2_000, deadline=None, database=None, phases=[Phase.generate])
"""The first that is found will do: to look for the simplest one is most of the work."""


@pytest.mark.parametrize(
    ("version", "action"),
    [("ocpp1.6", "SetChargingProfile"), ("ocpp1.6", "StartTransaction"),
     ("ocpp2.0.1", "TransactionEvent"), ("ocpp2.0.1", "SetVariables")],
)  # fmt: skip
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_valid_payloads_pass_the_official_schema(
    version: str, action: str, data: st.DataObject
) -> None:
    payload = data.draw(valid_payload(version, action, "request"))

    codec_for(version).check_request(action, payload)


def test_the_longest_texts_and_the_barest_messages_occur() -> None:
    strategy = valid_payload("ocpp2.0.1", "DataTransfer", "request")

    longest = find(strategy, lambda payload: len(payload["vendorId"]) == 255, settings=QUICK)
    barest = find(strategy, lambda payload: payload == {"vendorId": ""}, settings=QUICK)
    richest = find(strategy, lambda payload: len(payload) == 4, settings=QUICK)

    assert len(longest["vendorId"]) == 255
    assert barest == {"vendorId": ""}
    assert set(richest) == {"vendorId", "messageId", "data", "customData"}


def is_refused(payload: object) -> bool:
    try:
        codec_for("ocpp1.6").decode_request("StatusNotification", payload)
    except PayloadError:
        return True
    return False


def test_mutations_break_payloads_and_sometimes_do_not() -> None:
    strategy = mutated_payload("ocpp1.6", "StatusNotification", "request")

    assert is_refused(find(strategy, is_refused, settings=QUICK))
    assert not is_refused(find(strategy, lambda payload: not is_refused(payload), settings=QUICK))


@given(st.data())
def test_a_mutation_leaves_the_original_alone_and_is_json(data: st.DataObject) -> None:
    original = data.draw(json_values())
    before = json.dumps(original)

    changed = data.draw(mutated_json(st.just(original)))

    assert json.dumps(original) == before
    json.dumps(changed)
