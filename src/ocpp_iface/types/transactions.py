"""Transactions: the vars `ocpp_transaction_event` and `ocpp_transaction_event_response`, and the
words that say what happens in a transaction and why.
"""

from __future__ import annotations

from enum import StrEnum

from attrs import field, frozen

from ocpp_iface.types.address import EVSE
from ocpp_iface.types.check import Instance, Integer, Number, Optional, Text, Word
from ocpp_iface.types.messages import MessageContent


class TransactionEvent(StrEnum):
    Started = "Started"
    Updated = "Updated"
    Ended = "Ended"


@frozen
class OcppTransactionEvent:
    """`transaction_id` is missing in 1.6 until the CSMS has given one."""

    transaction_event: TransactionEvent = field(validator=Word(TransactionEvent))
    session_id: str = field(validator=Text())
    evse: EVSE | None = field(default=None, kw_only=True, validator=Optional(Instance(EVSE)))
    transaction_id: str | None = field(default=None, kw_only=True, validator=Optional(Text()))


@frozen
class OcppTransactionEventResponse:
    """What the CSMS answered. `total_cost` in the currency of the station, so far or in all."""

    original_transaction_event: OcppTransactionEvent = field(
        validator=Instance(OcppTransactionEvent)
    )
    total_cost: float | None = field(default=None, kw_only=True, validator=Optional(Number()))
    charging_priority: int | None = field(default=None, kw_only=True, validator=Optional(Integer()))
    personal_message: MessageContent | None = field(
        default=None, kw_only=True, validator=Optional(Instance(MessageContent))
    )


class ChargingState(StrEnum):
    Charging = "Charging"
    EVConnected = "EVConnected"
    SuspendedEV = "SuspendedEV"
    SuspendedEVSE = "SuspendedEVSE"
    Idle = "Idle"


class TriggerReason(StrEnum):
    """Why a TransactionEvent is sent."""

    Authorized = "Authorized"
    CablePluggedIn = "CablePluggedIn"
    ChargingRateChanged = "ChargingRateChanged"
    ChargingStateChanged = "ChargingStateChanged"
    Deauthorized = "Deauthorized"
    EnergyLimitReached = "EnergyLimitReached"
    EVCommunicationLost = "EVCommunicationLost"
    EVConnectTimeout = "EVConnectTimeout"
    MeterValueClock = "MeterValueClock"
    MeterValuePeriodic = "MeterValuePeriodic"
    TimeLimitReached = "TimeLimitReached"
    Trigger = "Trigger"
    UnlockCommand = "UnlockCommand"
    StopAuthorized = "StopAuthorized"
    EVDeparted = "EVDeparted"
    EVDetected = "EVDetected"
    RemoteStop = "RemoteStop"
    RemoteStart = "RemoteStart"
    AbnormalCondition = "AbnormalCondition"
    SignedDataReceived = "SignedDataReceived"
    ResetCommand = "ResetCommand"


class StoppedReason(StrEnum):
    """Why a transaction ended."""

    DeAuthorized = "DeAuthorized"
    EmergencyStop = "EmergencyStop"
    EnergyLimitReached = "EnergyLimitReached"
    EVDisconnected = "EVDisconnected"
    GroundFault = "GroundFault"
    ImmediateReset = "ImmediateReset"
    Local = "Local"
    LocalOutOfCredit = "LocalOutOfCredit"
    MasterPass = "MasterPass"
    Other = "Other"
    OvercurrentFault = "OvercurrentFault"
    PowerLoss = "PowerLoss"
    PowerQuality = "PowerQuality"
    Reboot = "Reboot"
    Remote = "Remote"
    SOCLimitReached = "SOCLimitReached"
    StoppedByEV = "StoppedByEV"
    TimeLimitReached = "TimeLimitReached"
    Timeout = "Timeout"
