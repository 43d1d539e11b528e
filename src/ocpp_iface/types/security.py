"""Security events: the command and var `security_event`, and which of them the CSMS must hear of."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from attrs import field, frozen

from ocpp_iface.types.check import Boolean, Moment, Optional, Text


class SecurityEventEnum(StrEnum):
    """The standard events. `SecurityEvent.type` may name others too."""

    FirmwareUpdated = "FirmwareUpdated"
    FailedToAuthenticateAtCsms = "FailedToAuthenticateAtCsms"
    CsmsFailedToAuthenticate = "CsmsFailedToAuthenticate"
    SettingSystemTime = "SettingSystemTime"
    StartupOfTheDevice = "StartupOfTheDevice"
    ResetOrReboot = "ResetOrReboot"
    SecurityLogWasCleared = "SecurityLogWasCleared"
    ReconfigurationOfSecurityParameters = "ReconfigurationOfSecurityParameters"
    MemoryExhaustion = "MemoryExhaustion"
    InvalidMessages = "InvalidMessages"
    AttemptedReplayAttacks = "AttemptedReplayAttacks"
    TamperDetectionActivated = "TamperDetectionActivated"
    InvalidFirmwareSignature = "InvalidFirmwareSignature"
    InvalidFirmwareSigningCertificate = "InvalidFirmwareSigningCertificate"
    InvalidCsmsCertificate = "InvalidCsmsCertificate"
    InvalidChargingStationCertificate = "InvalidChargingStationCertificate"
    InvalidTLSVersion = "InvalidTLSVersion"
    InvalidTLSCipherSuite = "InvalidTLSCipherSuite"
    MaintenanceLoginAccepted = "MaintenanceLoginAccepted"
    MaintenanceLoginFailed = "MaintenanceLoginFailed"


_NOT_CRITICAL = frozenset(
    {
        SecurityEventEnum.FailedToAuthenticateAtCsms,
        SecurityEventEnum.CsmsFailedToAuthenticate,
        SecurityEventEnum.ReconfigurationOfSecurityParameters,
        SecurityEventEnum.InvalidMessages,
        SecurityEventEnum.AttemptedReplayAttacks,
    }
)
_CRITICAL = frozenset(SecurityEventEnum) - _NOT_CRITICAL


def is_critical(event_type: str) -> bool:
    """Whether the standard calls the event critical (2.0.1, appendix 1: it is sent to the CSMS).

    Names that the standard does not know are not critical: who raises them says so in
    `SecurityEvent.critical`.
    """
    return event_type in _CRITICAL


@frozen
class SecurityEvent:
    """`critical` None: as the standard says. `timestamp` None: now."""

    type: str = field(validator=Text())
    info: str | None = field(default=None, kw_only=True, validator=Optional(Text()))
    critical: bool | None = field(default=None, kw_only=True, validator=Optional(Boolean()))
    timestamp: datetime | None = field(default=None, kw_only=True, validator=Optional(Moment()))
