from __future__ import annotations

import pytest

from ocpp_iface.types import SecurityEventEnum, is_critical

NOT_CRITICAL = {
    "FailedToAuthenticateAtCsms",
    "CsmsFailedToAuthenticate",
    "ReconfigurationOfSecurityParameters",
    "InvalidMessages",
    "AttemptedReplayAttacks",
}


@pytest.mark.parametrize("event", list(SecurityEventEnum))
def test_standard_event_is_critical_as_the_standard_says(event: SecurityEventEnum) -> None:
    assert is_critical(event) is (event.value not in NOT_CRITICAL)
    assert is_critical(event.value) is is_critical(event)


@pytest.mark.parametrize("event", ["", "MyOwnEvent", "firmwareupdated"])
def test_unknown_event_is_not_critical(event: str) -> None:
    assert not is_critical(event)
