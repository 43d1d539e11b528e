"""What is served in which registration state; what is not built."""

from __future__ import annotations

from typing import Any

import pytest

from ocpp_iface.engine.block import Admission
from ocpp_iface.engine.registration import RegistrationState
from ocpp_iface.sim.bench import Bench
from ocpp_iface.sim.csms_script import CsmsCallError
from ocpp_iface.v201.backend import V201Backend

_STATES = RegistrationState


@pytest.mark.parametrize(
    ("action", "state", "admission"),
    [
        ("GetVariables", _STATES.PENDING, Admission.HANDLE),
        ("SetVariables", _STATES.PENDING, Admission.HANDLE),
        ("GetBaseReport", _STATES.PENDING, Admission.HANDLE),
        ("GetReport", _STATES.PENDING, Admission.HANDLE),
        ("TriggerMessage", _STATES.PENDING, Admission.HANDLE),
        ("RequestStartTransaction", _STATES.PENDING, Admission.HANDLE),
        ("RequestStopTransaction", _STATES.PENDING, Admission.HANDLE),
        ("Reset", _STATES.PENDING, Admission.SECURITY_ERROR),
        ("TriggerMessage", _STATES.REJECTED, Admission.SECURITY_ERROR),
        ("GetVariables", _STATES.UNREGISTERED, Admission.SECURITY_ERROR),
        ("Reset", _STATES.ACCEPTED, Admission.HANDLE),
    ],
)
def test_admission(action: str, state: RegistrationState, admission: Admission) -> None:
    assert V201Backend().admit(action, state) is admission


NOT_BUILT = [
    ("GetLocalListVersion", {}),
    ("GetInstalledCertificateIds", {}),
    ("CancelReservation", {"reservationId": 1}),
    ("GetLog", {"logType": "SecurityLog", "requestId": 1, "log": {"remoteLocation": "ftp://x"}}),
    ("GetMonitoringReport", {"requestId": 1}),
    ("SetMonitoringBase", {"monitoringBase": "All"}),
    ("GetDisplayMessages", {"requestId": 1}),
    ("CostUpdated", {"totalCost": 1.5, "transactionId": "x"}),
    ("UnpublishFirmware", {"checksum": "x"}),
]


@pytest.mark.parametrize(("action", "payload"), NOT_BUILT)
def test_what_is_not_built_is_not_accepted(
    bench: Bench, action: str, payload: dict[str, Any]
) -> None:
    with pytest.raises(CsmsCallError) as refusal:
        bench.call(action, **payload)

    assert refusal.value.code in ("NotSupported", "NotImplemented")


def test_a_message_of_the_station_is_not_served(bench: Bench) -> None:
    with pytest.raises(CsmsCallError) as refusal:
        bench.call("Heartbeat")

    assert refusal.value.code in ("NotSupported", "NotImplemented")
