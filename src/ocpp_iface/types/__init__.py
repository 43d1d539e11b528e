"""Every value of the public surface: the types of the contract and those of the ports."""

from __future__ import annotations

from ocpp_iface.types.address import (
    EVSE,
    Component,
    ComponentVariable,
    Variable,
)
from ocpp_iface.types.availability import (
    ChangeAvailabilityRequest,
    ChangeAvailabilityResponse,
    ChangeAvailabilityStatusEnumType,
    OperationalStatusEnumType,
    StatusInfoType,
)
from ocpp_iface.types.boot import (
    BootNotificationResponse,
    RegistrationStatus,
)
from ocpp_iface.types.configuration import (
    ConfigurationStatus,
    GetConfigurationResponse,
    KeyValue,
)
from ocpp_iface.types.connection import (
    ConnectionStatus,
)
from ocpp_iface.types.convert import (
    from_json,
    to_json,
)
from ocpp_iface.types.data_transfer import (
    CustomData,
    DataTransferRequest,
    DataTransferResponse,
    DataTransferStatus,
)
from ocpp_iface.types.events import (
    EventData,
    EventNotificationType,
    EventTriggerEnum,
)
from ocpp_iface.types.messages import (
    Message,
    MessageContent,
    MessageDirection,
    MessageFormat,
)
from ocpp_iface.types.metering import (
    Location,
    Measurand,
    MeterReading,
    MeterValue,
    Phase,
    ReadingContext,
    SampledValue,
    SignedMeterValue,
    default_unit,
)
from ocpp_iface.types.moments import (
    format_moment,
    parse_moment,
)
from ocpp_iface.types.redaction import (
    is_secret,
    is_secret_name,
)
from ocpp_iface.types.schedules import (
    ChargingSchedule,
    ChargingSchedulePeriod,
    ChargingSchedules,
    OperationMode,
    V2XFreqWattPointType,
    V2XSignalWattPointCurve,
)
from ocpp_iface.types.security import (
    SecurityEvent,
    SecurityEventEnum,
    is_critical,
)
from ocpp_iface.types.station import (
    BootReason,
    ConnectorStatus,
    Fault,
    ResetKind,
)
from ocpp_iface.types.tokens import (
    AdditionalInfo,
    AuthorizationStatus,
    IdToken,
    IdTokenInfo,
    IdTokenType,
)
from ocpp_iface.types.transactions import (
    ChargingState,
    OcppTransactionEvent,
    OcppTransactionEventResponse,
    StoppedReason,
    TransactionEvent,
    TriggerReason,
)
from ocpp_iface.types.variables import (
    AttributeEnum,
    GetVariableRequest,
    GetVariableResult,
    GetVariableStatusEnumType,
    SetVariableRequest,
    SetVariableResult,
    SetVariableStatusEnumType,
)

__all__ = [
    "EVSE",
    "AdditionalInfo",
    "AttributeEnum",
    "AuthorizationStatus",
    "BootNotificationResponse",
    "BootReason",
    "ChangeAvailabilityRequest",
    "ChangeAvailabilityResponse",
    "ChangeAvailabilityStatusEnumType",
    "ChargingSchedule",
    "ChargingSchedulePeriod",
    "ChargingSchedules",
    "ChargingState",
    "Component",
    "ComponentVariable",
    "ConfigurationStatus",
    "ConnectionStatus",
    "ConnectorStatus",
    "CustomData",
    "DataTransferRequest",
    "DataTransferResponse",
    "DataTransferStatus",
    "EventData",
    "EventNotificationType",
    "EventTriggerEnum",
    "Fault",
    "GetConfigurationResponse",
    "GetVariableRequest",
    "GetVariableResult",
    "GetVariableStatusEnumType",
    "IdToken",
    "IdTokenInfo",
    "IdTokenType",
    "KeyValue",
    "Location",
    "Measurand",
    "Message",
    "MessageContent",
    "MessageDirection",
    "MessageFormat",
    "MeterReading",
    "MeterValue",
    "OcppTransactionEvent",
    "OcppTransactionEventResponse",
    "OperationMode",
    "OperationalStatusEnumType",
    "Phase",
    "ReadingContext",
    "RegistrationStatus",
    "ResetKind",
    "SampledValue",
    "SecurityEvent",
    "SecurityEventEnum",
    "SetVariableRequest",
    "SetVariableResult",
    "SetVariableStatusEnumType",
    "SignedMeterValue",
    "StatusInfoType",
    "StoppedReason",
    "TransactionEvent",
    "TriggerReason",
    "V2XFreqWattPointType",
    "V2XSignalWattPointCurve",
    "Variable",
    "default_unit",
    "format_moment",
    "from_json",
    "is_critical",
    "is_secret",
    "is_secret_name",
    "parse_moment",
    "to_json",
]
