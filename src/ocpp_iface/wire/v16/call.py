"""1.6 requests: the classes of the `ocpp` package, with those typed that it leaves open."""

from __future__ import annotations

from dataclasses import dataclass

from ocpp.v16.call import (
    Authorize,
    BootNotification,
    CancelReservation,
    CertificateSigned,
    ChangeAvailability,
    ChangeConfiguration,
    ClearCache,
    ClearChargingProfile,
    DataTransfer,
    DiagnosticsStatusNotification,
    ExtendedTriggerMessage,
    FirmwareStatusNotification,
    GetCompositeSchedule,
    GetDiagnostics,
    GetInstalledCertificateIds,
    GetLocalListVersion,
    Heartbeat,
    InstallCertificate,
    RemoteStopTransaction,
    ReserveNow,
    Reset,
    SignCertificate,
    StartTransaction,
    StatusNotification,
    TriggerMessage,
    UnlockConnector,
    UpdateFirmware,
)

from ocpp_iface.wire.v16 import datatypes, enums

__all__ = [
    "Authorize",
    "BootNotification",
    "CancelReservation",
    "CertificateSigned",
    "ChangeAvailability",
    "ChangeConfiguration",
    "ClearCache",
    "ClearChargingProfile",
    "DataTransfer",
    "DeleteCertificate",
    "DiagnosticsStatusNotification",
    "ExtendedTriggerMessage",
    "FirmwareStatusNotification",
    "GetCompositeSchedule",
    "GetConfiguration",
    "GetDiagnostics",
    "GetInstalledCertificateIds",
    "GetLocalListVersion",
    "GetLog",
    "Heartbeat",
    "InstallCertificate",
    "LogStatusNotification",
    "MeterValues",
    "RemoteStartTransaction",
    "RemoteStopTransaction",
    "ReserveNow",
    "Reset",
    "SecurityEventNotification",
    "SendLocalList",
    "SetChargingProfile",
    "SignCertificate",
    "SignedFirmwareStatusNotification",
    "SignedUpdateFirmware",
    "StartTransaction",
    "StatusNotification",
    "StopTransaction",
    "TriggerMessage",
    "UnlockConnector",
    "UpdateFirmware",
]


@dataclass
class DeleteCertificate:
    certificate_hash_data: datatypes.CertificateHashData


@dataclass
class GetConfiguration:
    key: list[str] | None = None


@dataclass
class GetLog:
    log: datatypes.LogParameters
    log_type: enums.Log
    request_id: int
    retries: int | None = None
    retry_interval: int | None = None


@dataclass
class LogStatusNotification:
    """`request_id` is absent when no GetLog caused the upload."""

    status: enums.UploadLogStatus
    request_id: int | None = None


@dataclass
class MeterValues:
    connector_id: int
    meter_value: list[datatypes.MeterValue]
    transaction_id: int | None = None


@dataclass
class RemoteStartTransaction:
    id_tag: str
    connector_id: int | None = None
    charging_profile: datatypes.ChargingProfile | None = None


@dataclass
class SecurityEventNotification:
    type: str
    timestamp: str
    tech_info: str | None = None


@dataclass
class SendLocalList:
    list_version: int
    update_type: enums.UpdateType
    local_authorization_list: list[datatypes.AuthorizationData] | None = None


@dataclass
class SetChargingProfile:
    connector_id: int
    cs_charging_profiles: datatypes.ChargingProfile


@dataclass
class SignedFirmwareStatusNotification:
    """`request_id` is absent in an answer to a trigger while nothing is going on."""

    status: enums.FirmwareStatus
    request_id: int | None = None


@dataclass
class SignedUpdateFirmware:
    request_id: int
    firmware: datatypes.Firmware
    retries: int | None = None
    retry_interval: int | None = None


@dataclass
class StopTransaction:
    meter_stop: int
    timestamp: str
    transaction_id: int
    reason: enums.Reason | None = None
    id_tag: str | None = None
    transaction_data: list[datatypes.MeterValue] | None = None
