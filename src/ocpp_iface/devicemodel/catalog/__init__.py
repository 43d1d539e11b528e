"""The standard catalogue: every component this library knows, named one by one."""

from __future__ import annotations

from typing import Final

from ocpp_iface.devicemodel.catalog.administration import (
    ClockCtrlr,
    CustomizationCtrlr,
    DeviceDataCtrlr,
    DisplayMessageCtrlr,
    MonitoringCtrlr,
)
from ocpp_iface.devicemodel.catalog.authorization import (
    AuthCacheCtrlr,
    AuthCtrlr,
    LocalAuthListCtrlr,
    ReservationCtrlr,
)
from ocpp_iface.devicemodel.catalog.communication import NetworkConfiguration, OCPPCommCtrlr
from ocpp_iface.devicemodel.catalog.energy import SmartChargingCtrlr, TariffCostCtrlr
from ocpp_iface.devicemodel.catalog.hardware import ChargingStation, Connector, Evse
from ocpp_iface.devicemodel.catalog.internal import InternalCtrlr
from ocpp_iface.devicemodel.catalog.iso15118 import ISO15118Ctrlr
from ocpp_iface.devicemodel.catalog.metering import AlignedDataCtrlr, SampledDataCtrlr
from ocpp_iface.devicemodel.catalog.ocpp16_legacy import OCPP16LegacyCtrlr
from ocpp_iface.devicemodel.catalog.security import SecurityCtrlr
from ocpp_iface.devicemodel.catalog.tx import TxCtrlr
from ocpp_iface.devicemodel.component import ComponentDef

COMPONENTS: Final[tuple[type[ComponentDef], ...]] = (
    ChargingStation,
    Evse,
    Connector,
    AlignedDataCtrlr,
    AuthCacheCtrlr,
    AuthCtrlr,
    ClockCtrlr,
    CustomizationCtrlr,
    DeviceDataCtrlr,
    DisplayMessageCtrlr,
    ISO15118Ctrlr,
    LocalAuthListCtrlr,
    MonitoringCtrlr,
    NetworkConfiguration,
    OCPPCommCtrlr,
    ReservationCtrlr,
    SampledDataCtrlr,
    SecurityCtrlr,
    SmartChargingCtrlr,
    TariffCostCtrlr,
    TxCtrlr,
    OCPP16LegacyCtrlr,
    InternalCtrlr,
)
"""In the order of reports."""

__all__ = [
    "COMPONENTS",
    "AlignedDataCtrlr",
    "AuthCacheCtrlr",
    "AuthCtrlr",
    "ChargingStation",
    "ClockCtrlr",
    "Connector",
    "CustomizationCtrlr",
    "DeviceDataCtrlr",
    "DisplayMessageCtrlr",
    "Evse",
    "ISO15118Ctrlr",
    "InternalCtrlr",
    "LocalAuthListCtrlr",
    "MonitoringCtrlr",
    "NetworkConfiguration",
    "OCPP16LegacyCtrlr",
    "OCPPCommCtrlr",
    "ReservationCtrlr",
    "SampledDataCtrlr",
    "SecurityCtrlr",
    "SmartChargingCtrlr",
    "TariffCostCtrlr",
    "TxCtrlr",
]
