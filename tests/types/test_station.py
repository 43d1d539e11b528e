from __future__ import annotations

import pytest

from ocpp_iface.errors import PayloadError
from ocpp_iface.types import BootReason, ConnectorStatus, Fault, ResetKind


def test_fault_needs_a_name_only() -> None:
    fault = Fault("lock")

    assert (fault.error_code, fault.info, fault.is_fault) == ("OtherError", "", True)


@pytest.mark.parametrize("arguments", [{"error_code": ""}, {"is_fault": 1}, {"info": None}])
def test_fault_is_checked(arguments: dict[str, object]) -> None:
    with pytest.raises(PayloadError):
        Fault("lock", **arguments)


def test_words_are_those_of_the_specification() -> None:
    assert list(ConnectorStatus) == ["Available", "Occupied", "Reserved", "Unavailable", "Faulted"]
    assert list(ResetKind) == ["Immediate", "OnIdle"]
    assert list(BootReason) == [
        "ApplicationReset",
        "FirmwareUpdate",
        "LocalReset",
        "PowerUp",
        "RemoteReset",
        "ScheduledReset",
        "Triggered",
        "Unknown",
        "Watchdog",
    ]
