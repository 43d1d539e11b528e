"""The station and its connectors: statuses, boots, resets, faults."""

from __future__ import annotations

from enum import StrEnum

from attrs import field, frozen

from ocpp_iface.types.check import Boolean, Text


class ConnectorStatus(StrEnum):
    Available = "Available"
    Occupied = "Occupied"
    Reserved = "Reserved"
    Unavailable = "Unavailable"
    Faulted = "Faulted"


class BootReason(StrEnum):
    ApplicationReset = "ApplicationReset"
    FirmwareUpdate = "FirmwareUpdate"
    LocalReset = "LocalReset"
    PowerUp = "PowerUp"
    RemoteReset = "RemoteReset"
    ScheduledReset = "ScheduledReset"
    Triggered = "Triggered"
    Unknown = "Unknown"
    Watchdog = "Watchdog"


class ResetKind(StrEnum):
    """At once, or when no transaction is running (2.0.1); 1.6 calls them Hard and Soft."""

    Immediate = "Immediate"
    OnIdle = "OnIdle"


@frozen
class Fault:
    """Something is wrong with the hardware; `id` names this fault until it is cleared.

    `error_code` is a ChargePointErrorCode of 1.6: ConnectorLockFailure, EVCommunicationError,
    GroundFailure, HighTemperature, InternalError, LocalListConflict, OtherError,
    OverCurrentFailure, OverVoltage, PowerMeterFailure, PowerSwitchFailure, ReaderFailure,
    ResetFailure, UnderVoltage or WeakSignal. Only with `is_fault` does the connector become
    Faulted; without, charging goes on and the fault is reported only.
    """

    id: str = field(validator=Text(min_length=1))
    error_code: str = field(default="OtherError", validator=Text(50, min_length=1))
    info: str = field(default="", validator=Text())
    vendor_id: str = field(default="", validator=Text(255))
    vendor_error_code: str = field(default="", validator=Text(50))
    is_fault: bool = field(default=True, validator=Boolean())
