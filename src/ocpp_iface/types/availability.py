"""Request and response of `change_availability`."""

from __future__ import annotations

from enum import StrEnum

from attrs import field, frozen

from ocpp_iface.types.address import EVSE
from ocpp_iface.types.check import Instance, Optional, Text, Word


class OperationalStatusEnumType(StrEnum):
    Inoperative = "Inoperative"
    Operative = "Operative"


class ChangeAvailabilityStatusEnumType(StrEnum):
    Accepted = "Accepted"
    Rejected = "Rejected"
    Scheduled = "Scheduled"


@frozen
class ChangeAvailabilityRequest:
    """Without `evse`: the whole station."""

    operational_status: OperationalStatusEnumType = field(validator=Word(OperationalStatusEnumType))
    evse: EVSE | None = field(default=None, kw_only=True, validator=Optional(Instance(EVSE)))


@frozen
class StatusInfoType:
    """Why a status is what it is: `reason_code` for machines, `additional_info` for people."""

    reason_code: str = field(validator=Text())
    additional_info: str | None = field(default=None, kw_only=True, validator=Optional(Text()))


@frozen
class ChangeAvailabilityResponse:
    """Scheduled: it happens when the running transactions have ended."""

    status: ChangeAvailabilityStatusEnumType = field(
        validator=Word(ChangeAvailabilityStatusEnumType)
    )
    status_info: StatusInfoType | None = field(
        default=None, kw_only=True, validator=Optional(Instance(StatusInfoType))
    )
