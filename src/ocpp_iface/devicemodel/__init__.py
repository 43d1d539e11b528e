"""The variables of a station: one store, addressed by component and variable or by 1.6 key."""

from __future__ import annotations

from ocpp_iface.devicemodel.access import Access, Addressing, Caller
from ocpp_iface.devicemodel.instances import HERE, Layout, Located, Place, Unknown
from ocpp_iface.devicemodel.keys16 import Keys16
from ocpp_iface.devicemodel.model import Configured, DeviceModel, Setting, VariableChanged
from ocpp_iface.devicemodel.watch import EventIds, Watches

__all__ = [
    "HERE",
    "Access",
    "Addressing",
    "Caller",
    "Configured",
    "DeviceModel",
    "EventIds",
    "Keys16",
    "Layout",
    "Located",
    "Place",
    "Setting",
    "Unknown",
    "VariableChanged",
    "Watches",
]
