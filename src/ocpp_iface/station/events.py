"""Domain events: what has happened, in neutral words and the past tense. Published on the bus,
inside the step in which it happened; blocks and station services watch them.
"""

from __future__ import annotations

from datetime import datetime

from attrs import frozen

from ocpp_iface.smartcharging import ChargingSchedule, EvNeedsReport, EvSchedule, LimitSource
from ocpp_iface.types import (
    BootNotificationResponse,
    BootReason,
    Fault,
    IdToken,
    IdTokenInfo,
    MeterReading,
    MeterValue,
    OcppTransactionEventResponse,
)
from ocpp_iface.types.facts import TransactionFact


@frozen
class LinkUp:
    """The link is open; `offline_s` is how long there was none (None: the first link)."""

    slot: int
    subprotocol: str
    offline_s: float | None


@frozen
class LinkDown:
    """There is no link any more; `was_open` is False for an attempt that failed."""

    reason: str
    detail: str
    was_open: bool


@frozen
class StationBooted:
    """The station has started: the process did, or OCPP began anew after a logical reset."""

    reason: BootReason


@frozen
class RegistrationChanged:
    """The CSMS answered BootNotification (any status)."""

    response: BootNotificationResponse


@frozen
class BootAccepted:
    """Accepted: everything that waited for it may start. `first` after a (re)start."""

    first: bool


@frozen
class CameOnline:
    """Link up and accepted: after the first acceptance or after a reconnect.

    `offline_s` is how long it was not so; None if it never was before.
    """

    offline_s: float | None


@frozen
class ConnectorStatusChanged:
    """Something that a connector's status depends on has changed (plug, tx, fault, availability).

    `connector_id` None: all connectors of the EVSE; `evse_id` 0: the station itself (and all below).
    Blocks compute the projected status and send it if it differs from what was last reported.
    """

    evse_id: int
    connector_id: int | None = None


@frozen
class FaultReported:
    """A fault is new or has changed. `connector_id` None: of the EVSE; `evse_id` 0: of the station."""

    evse_id: int
    connector_id: int | None
    fault: Fault


@frozen
class FaultCleared:
    """A fault is gone; addressed like FaultReported."""

    evse_id: int
    connector_id: int | None
    fault: Fault


@frozen
class TransactionChanged:
    """A transaction event was recorded (its fact is already in the outbox)."""

    fact: TransactionFact
    session_id: str


@frozen
class TransactionAnswered:
    """The CSMS answered a transaction message."""

    fact: TransactionFact
    response: OcppTransactionEventResponse


@frozen
class TransactionStarted:
    transaction: str
    evse_id: int


@frozen
class TransactionReady:
    """The driver is authorized and the EV is connected, for the first time in the transaction."""

    transaction: str
    evse_id: int


@frozen
class TransactionEnded:
    transaction: str
    evse_id: int


@frozen
class TransactionNumbered:
    """1.6: the CSMS gave the transaction its number."""

    transaction: str
    evse_id: int
    number: int


@frozen
class TokenJudged:
    """The CSMS said something about a token: by Authorize, or in a transaction answer."""

    token: IdToken
    info: IdTokenInfo


@frozen
class MeterRead:
    """The app reported a reading of EVSE `evse_id` (0: the main meter)."""

    evse_id: int
    reading: MeterReading


@frozen
class IdleMeterValues:
    """Clock-aligned or triggered values that belong to no transaction."""

    evse_id: int
    connector_id: int | None
    values: tuple[MeterValue, ...]


@frozen
class ClockStepped:
    """The station's clock was set; wall-clock timers have to be armed again."""

    by_s: float


@frozen
class SecurityEventRaised:
    """A security event of any kind was recorded (var `security_event`)."""

    type: str
    info: str | None


@frozen
class ProfilesChanged:
    """Charging profiles or external limits were installed or removed; 0 stands for all EVSEs."""

    evse_ids: tuple[int, ...]


@frozen
class ExternalLimitSet:
    """An external system set a limit, and it is significantly different; `evse_id` 0: the station."""

    evse_id: int
    source: LimitSource
    schedule: ChargingSchedule
    grid_critical: bool | None


@frozen
class ExternalLimitCleared:
    evse_id: int
    source: LimitSource


@frozen
class EvNeedsReported:
    """A vehicle said what it needs."""

    report: EvNeedsReport
    at: datetime


@frozen
class EvScheduleReported:
    """A vehicle said how it plans to charge."""

    plan: EvSchedule
