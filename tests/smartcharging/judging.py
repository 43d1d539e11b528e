"""A station to judge profiles by, and the verdict in short."""

from __future__ import annotations

import pytest
from tests.smartcharging.builders import profile

from ocpp_iface.smartcharging import (
    Candidate,
    ChargingProfile,
    Edition,
    EvseFacts,
    Facts,
    InstalledProfile,
    Origin,
    Purpose,
    Reason,
    validate,
)

V16, V201 = Edition.V16, Edition.V201
START = Origin.REQUEST_START
BOTH = pytest.mark.parametrize("edition", [V16, V201])

Verdict = tuple[Reason, str] | None


def facts(edition: Edition = V201, *items: InstalledProfile, **more: object) -> Facts:
    """EVSE 1 charges, EVSE 2 is free, EVSE 3 charges on DC."""
    evses = (EvseFacts(1, "tx"), EvseFacts(2), EvseFacts(3, "dc", dc=True))
    return Facts(edition, **{"evses": evses, "installed": items, **more})


def tx(**more: object) -> ChargingProfile:
    return profile(purpose=Purpose.TX, **{"transaction_id": "tx", **more})


def judge(
    value: ChargingProfile,
    evse_id: int | None = 1,
    known: Facts | None = None,
    origin: Origin = Origin.SET_PROFILE,
) -> Verdict:
    rejection = validate(Candidate(value, evse_id, origin), known or facts())
    return None if rejection is None else (rejection.reason_code, rejection.requirement)


def named(edition: Edition, v201: str, v16: str) -> str:
    return v16 if edition is V16 else v201
