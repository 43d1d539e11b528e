"""What the CSMS answers to a BootNotification: the var `boot_notification_response`."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from attrs import field, frozen

from ocpp_iface.types.availability import StatusInfoType
from ocpp_iface.types.check import Instance, Integer, Moment, Optional, Word


class RegistrationStatus(StrEnum):
    Accepted = "Accepted"
    Pending = "Pending"
    Rejected = "Rejected"


@frozen
class BootNotificationResponse:
    """`interval` in seconds: of the heartbeat if Accepted, else until the next BootNotification."""

    status: RegistrationStatus = field(validator=Word(RegistrationStatus))
    current_time: datetime = field(validator=Moment())
    interval: int = field(validator=Integer())
    status_info: StatusInfoType | None = field(
        default=None, kw_only=True, validator=Optional(Instance(StatusInfoType))
    )
