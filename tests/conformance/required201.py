"""Which variables every 2.0.1 station has to have: name, instance, data type, mutability, unit."""

from __future__ import annotations

from typing import Final

RO, RW, ANY = ("ReadOnly",), ("ReadWrite",), ("ReadOnly", "ReadWrite")
INTEGER, BOOLEAN, STRING, DECIMAL = "integer", "boolean", "string", "decimal"
MEMBERS, SEQUENCE, OPTION, MOMENT = "MemberList", "SequenceList", "OptionList", "dateTime"

Wanted = tuple[str, str, str | None, str, tuple[str, ...], str | None]

CONTROLLERS: Final[tuple[Wanted, ...]] = (
    ("OCPPCommCtrlr", "MessageTimeout", "Default", INTEGER, RO, "s"),
    ("OCPPCommCtrlr", "FileTransferProtocols", None, MEMBERS, RO, None),
    ("OCPPCommCtrlr", "NetworkConfigurationPriority", None, SEQUENCE, RW, None),
    ("OCPPCommCtrlr", "NetworkProfileConnectionAttempts", None, INTEGER, RW, None),
    ("OCPPCommCtrlr", "OfflineThreshold", None, INTEGER, RW, "s"),
    ("OCPPCommCtrlr", "MessageAttempts", "TransactionEvent", INTEGER, RW, None),
    ("OCPPCommCtrlr", "MessageAttemptInterval", "TransactionEvent", INTEGER, RW, "s"),
    ("OCPPCommCtrlr", "UnlockOnEVSideDisconnect", None, BOOLEAN, ANY, None),
    ("OCPPCommCtrlr", "ResetRetries", None, INTEGER, RW, None),
    ("DeviceDataCtrlr", "ItemsPerMessage", "GetReport", INTEGER, RO, None),
    ("DeviceDataCtrlr", "ItemsPerMessage", "GetVariables", INTEGER, RO, None),
    ("DeviceDataCtrlr", "ItemsPerMessage", "SetVariables", INTEGER, RO, None),
    ("DeviceDataCtrlr", "BytesPerMessage", "GetReport", INTEGER, RO, None),
    ("DeviceDataCtrlr", "BytesPerMessage", "GetVariables", INTEGER, RO, None),
    ("DeviceDataCtrlr", "BytesPerMessage", "SetVariables", INTEGER, RO, None),
    ("ClockCtrlr", "DateTime", None, MOMENT, RO, None),
    ("ClockCtrlr", "TimeSource", None, SEQUENCE, RW, None),
    ("SecurityCtrlr", "OrganizationName", None, STRING, RW, None),
    ("SecurityCtrlr", "CertificateEntries", None, INTEGER, RO, None),
    ("SecurityCtrlr", "SecurityProfile", None, INTEGER, RO, None),
    ("AuthCtrlr", "AuthorizeRemoteStart", None, BOOLEAN, ANY, None),
    ("AuthCtrlr", "LocalAuthorizeOffline", None, BOOLEAN, RW, None),
    ("AuthCtrlr", "LocalPreAuthorize", None, BOOLEAN, RW, None),
    ("TxCtrlr", "EVConnectionTimeOut", None, INTEGER, RW, "s"),
    ("TxCtrlr", "StopTxOnEVSideDisconnect", None, BOOLEAN, ANY, None),
    ("TxCtrlr", "StopTxOnInvalidId", None, BOOLEAN, RW, None),
    ("TxCtrlr", "TxStartPoint", None, MEMBERS, ANY, None),
    ("TxCtrlr", "TxStopPoint", None, MEMBERS, ANY, None),
    ("SampledDataCtrlr", "TxStartedMeasurands", None, MEMBERS, RW, None),
    ("SampledDataCtrlr", "TxUpdatedMeasurands", None, MEMBERS, RW, None),
    ("SampledDataCtrlr", "TxUpdatedInterval", None, INTEGER, RW, "s"),
    ("SampledDataCtrlr", "TxEndedMeasurands", None, MEMBERS, RW, None),
    ("SampledDataCtrlr", "TxEndedInterval", None, INTEGER, RW, "s"),
    ("AlignedDataCtrlr", "Measurands", None, MEMBERS, RW, None),
    ("AlignedDataCtrlr", "Interval", None, INTEGER, RW, "s"),
    ("AlignedDataCtrlr", "TxEndedMeasurands", None, MEMBERS, RW, None),
    ("AlignedDataCtrlr", "TxEndedInterval", None, INTEGER, RW, "s"),
)

INFRASTRUCTURE: Final[tuple[Wanted, ...]] = (
    ("ChargingStation", "Available", None, BOOLEAN, RO, None),
    ("ChargingStation", "AvailabilityState", None, OPTION, RO, None),
    ("ChargingStation", "SupplyPhases", None, INTEGER, RO, None),
    ("EVSE", "Available", None, BOOLEAN, RO, None),
    ("EVSE", "AvailabilityState", None, OPTION, RO, None),
    ("EVSE", "Power", None, DECIMAL, RO, "W"),
    ("EVSE", "SupplyPhases", None, INTEGER, RO, None),
    ("Connector", "Available", None, BOOLEAN, RO, None),
    ("Connector", "ConnectorType", None, STRING, RO, None),
    ("Connector", "SupplyPhases", None, INTEGER, RO, None),
)
"""Of the station, of each EVSE, of each connector."""
