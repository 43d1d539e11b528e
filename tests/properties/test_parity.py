"""P5: for a variable that has a 1.6 key, the app gets the same answers on both versions and by both
addressings; P7: every message survives the wire.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ocpp_iface.devicemodel.definition import RW
from ocpp_iface.devicemodel.instances import address_of
from ocpp_iface.devicemodel.keys16 import STANDARD_KEYS
from ocpp_iface.sim import Bench
from ocpp_iface.sim.payloads import valid_payload
from ocpp_iface.types import (
    Component,
    ComponentVariable,
    GetVariableRequest,
    SetVariableRequest,
    Variable,
)
from ocpp_iface.wire.codec import codec_for
from ocpp_iface.wire.registry import version_of

VERSIONS = ("1.6", "2.0.1")
VALUES = st.sampled_from(
    ["", "0", "1", "60", "-1", "99999999999", "true", "false", "TRUE", "x", "Current.Import",
     "Energy.Active.Import.Register", "Energy.Active.Import.Register,Voltage", "1.5", "Authorized",
     "RST", "1.RST", "a-password-of-24-letters", "2026-01-01T00:00:00Z", "y" * 600]
) | st.text(max_size=20)  # fmt: skip


@lru_cache(maxsize=1)
def benches() -> dict[str, Bench]:
    """One of each version; offline, so that the two see the same."""
    made = {}
    for version in VERSIONS:
        bench = Bench(version, evses=(1, 1), config={"standard_keys_writable": True})
        bench.offline()
        made[version] = bench
    return made


def forms(key: str) -> dict[str, ComponentVariable]:
    """By key, and by component and variable."""
    process = benches()["1.6"].station.process
    assert process is not None
    target = process.kernel._assembly._ctx.access.keys.resolve(key)  # type: ignore[attr-defined]
    return {
        "key": ComponentVariable(Component(""), Variable(key)),
        "address": address_of(target.located),
    }


KEYS = sorted(STANDARD_KEYS)


def is_stricter(key: str) -> bool:
    """The key is read-only and its variable is not, so 1.6 (keys first) refuses what 2.0.1 sets."""
    known, definition = STANDARD_KEYS[key]
    return known.read_only and definition.access is RW


@pytest.mark.parametrize("key", KEYS)
def test_get_agrees_across_versions(key: str) -> None:
    for form, where in forms(key).items():
        results = []
        for version in VERSIONS:
            (result,) = benches()[version].station.ocpp.get_variables([GetVariableRequest(where)])
            assert result.component_variable == where
            results.append((result.status, result.value))
        assert results[0] == results[1], form


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(key=st.sampled_from(KEYS), form=st.sampled_from(["key", "address"]), value=VALUES)
def test_set_agrees_across_versions_and_is_seen_by_both_addressings(
    key: str, form: str, value: str
) -> None:
    where, after = forms(key), []
    if form == "address" and is_stricter(key):
        form = "key"
    for version in VERSIONS:
        ocpp = benches()[version].station.ocpp
        asked = [GetVariableRequest(each) for each in where.values()]
        before = ocpp.get_variables(asked)
        (done,) = ocpp.set_variables([SetVariableRequest(where[form], value)], "app")
        now = ocpp.get_variables(asked)
        if done.status not in ("Accepted", "RebootRequired"):
            assert now == before
        after.append((done.status, [(result.status, result.value) for result in now]))
    assert after[0] == after[1]


# -- P7 ------------------------------------------------------------------------------------------


def messages() -> list[tuple[str, str, str]]:
    return [
        (subprotocol, action, direction)
        for subprotocol in ("ocpp1.6", "ocpp2.0.1")
        for direction in ("request", "response")
        for action in version_of(subprotocol).classes(direction)  # type: ignore[arg-type]
    ]


@pytest.mark.parametrize(("subprotocol", "action", "direction"), messages())
def test_every_message_survives_the_wire(subprotocol: str, action: str, direction: Any) -> None:
    codec = codec_for(subprotocol)
    decode: Callable[[str, Any], Any] = (
        codec.decode_request if direction == "request" else codec.decode_response
    )

    @settings(max_examples=6, deadline=None, database=None,
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(valid_payload(subprotocol, action, direction))
    def check(payload: Any) -> None:
        import json

        message = decode(action, payload)
        text = (
            codec.encode_request(message)[1]
            if direction == "request"
            else codec.encode_response(message)
        )
        assert decode(action, json.loads(text)) == message

    check()
