"""The backend as a whole: admission, unknown actions, the versions together."""

import pytest

from ocpp_iface.engine.block import Admission
from ocpp_iface.engine.registration import RegistrationState
from ocpp_iface.sim.csms_script import CsmsCallError
from ocpp_iface.v16.backend import _BLOCKS, V16Backend


@pytest.mark.parametrize(
    ("state", "admission"),
    [
        (RegistrationState.UNREGISTERED, Admission.HANDLE),
        (RegistrationState.PENDING, Admission.HANDLE),
        (RegistrationState.REJECTED, Admission.IGNORE),
        (RegistrationState.ACCEPTED, Admission.HANDLE),
    ],
)
def test_admission(state, admission):
    """4.2"""
    assert V16Backend().admit("GetConfiguration", state) is admission


@pytest.mark.parametrize(
    ("action", "payload"),
    [
        ("GetLocalListVersion", {}),
        ("CancelReservation", {"reservationId": 1}),
        ("UpdateFirmware", {"location": "ftp://x", "retrieveDate": "2026-01-01T00:00:00Z"}),
    ],
)
def test_what_is_not_built_is_not_supported(bench, action, payload):
    with pytest.raises(CsmsCallError) as refusal:
        bench.csms.call(action, payload)
    assert refusal.value.code == "NotSupported"


def test_an_unknown_action_is_not_implemented(bench):
    bench.csms.send_raw('[2,"x","MakeCoffee",{}]')
    bench.world.settle()

    answer = bench.csms.log[-1]
    assert (answer.kind, answer.payload["code"]) == ("ERROR", "NotImplemented")


def test_error_codes_are_spelled_as_1_6_does(bench):
    bench.csms.send_raw('[2,"x","Reset",{"type":"Lukewarm"}]')
    bench.csms.send_raw('[2,"y","Reset",{}]')
    bench.world.settle()

    codes = [entry.payload["code"] for entry in bench.csms.log if entry.kind == "ERROR"]
    assert codes == ["PropertyConstraintViolation", "OccurenceConstraintViolation"]


def test_only_profiles_that_are_built_are_claimed(bench):
    (shown,) = bench.csms.call("GetConfiguration", {"key": ["SupportedFeatureProfiles"]})[
        "configurationKey"
    ]

    claimed = shown["value"].split(",")
    assert claimed[0] == "Core"
    assert set(claimed) == {block.code for block in _BLOCKS} - {"Security"}
