"""A monitored variable changed: the var `event_data`."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from attrs import field, frozen

from ocpp_iface.types.address import ComponentVariable
from ocpp_iface.types.check import Boolean, Instance, Integer, Moment, Optional, Text, Word
from ocpp_iface.types.redaction import is_secret, repr_guarding


class EventTriggerEnum(StrEnum):
    Alerting = "Alerting"
    Delta = "Delta"
    Periodic = "Periodic"


class EventNotificationType(StrEnum):
    HardWiredNotification = "HardWiredNotification"
    HardWiredMonitor = "HardWiredMonitor"
    PreconfiguredMonitor = "PreconfiguredMonitor"
    CustomMonitor = "CustomMonitor"


@frozen(repr=False)
class EventData:
    """`cause` is the `event_id` of the event that led to this one; in 1.6 only the required
    fields are set.
    """

    component_variable: ComponentVariable = field(validator=Instance(ComponentVariable))
    event_id: int = field(validator=Integer())
    timestamp: datetime = field(validator=Moment())
    trigger: EventTriggerEnum = field(validator=Word(EventTriggerEnum))
    actual_value: str = field(validator=Text(2500))
    event_notification_type: EventNotificationType = field(validator=Word(EventNotificationType))
    cause: int | None = field(default=None, kw_only=True, validator=Optional(Integer()))
    tech_code: str | None = field(default=None, kw_only=True, validator=Optional(Text(50)))
    tech_info: str | None = field(default=None, kw_only=True, validator=Optional(Text(500)))
    cleared: bool | None = field(default=None, kw_only=True, validator=Optional(Boolean()))
    transaction_id: str | None = field(default=None, kw_only=True, validator=Optional(Text(36)))
    variable_monitoring_id: int | None = field(
        default=None, kw_only=True, validator=Optional(Integer())
    )

    def __repr__(self) -> str:
        return repr_guarding(self, "actual_value", is_secret(self.component_variable))
