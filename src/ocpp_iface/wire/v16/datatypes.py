"""1.6 nested types: those of the `ocpp` package, with the corrected ones below."""

from __future__ import annotations

from dataclasses import dataclass

from ocpp.v16.datatypes import (
    AuthorizationData,
    CertificateHashData,
    ChargingProfile,
    ChargingSchedule,
    ChargingSchedulePeriod,
    IdTagInfo,
    KeyValue,
    LogParameters,
)

from ocpp_iface.wire.v16 import enums

__all__ = [
    "AuthorizationData",
    "CertificateHashData",
    "ChargingProfile",
    "ChargingSchedule",
    "ChargingSchedulePeriod",
    "Firmware",
    "IdTagInfo",
    "KeyValue",
    "LogParameters",
    "MeterValue",
    "SampledValue",
]


@dataclass
class Firmware:
    location: str
    retrieve_date_time: str
    signing_certificate: str
    signature: str
    install_date_time: str | None = None


@dataclass
class SampledValue:
    value: str
    context: enums.ReadingContext | None = None
    format: enums.ValueFormat | None = None
    measurand: enums.Measurand | None = None
    phase: enums.Phase | None = None
    location: enums.Location | None = None
    unit: enums.UnitOfMeasure | None = None


@dataclass
class MeterValue:
    timestamp: str
    sampled_value: list[SampledValue]
