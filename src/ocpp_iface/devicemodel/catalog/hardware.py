"""ChargingStation, EVSE and Connector: the hardware, one instance of each that there is."""

from __future__ import annotations

from ocpp_iface.devicemodel.component import ComponentDef
from ocpp_iface.devicemodel.definition import (
    RW,
    Boolean,
    Decimal,
    Integer,
    OptionList,
    Scope,
    String,
)
from ocpp_iface.types.station import ConnectorStatus

_STATES = tuple(str(status) for status in ConnectorStatus)


class ChargingStation(ComponentDef, name="ChargingStation"):
    allow_new_sessions_pending_firmware_update = Boolean(
        "AllowNewSessionsPendingFirmwareUpdate", access=RW
    )
    availability_state = OptionList(
        "AvailabilityState", "Available", _STATES, required=True, persistent=False, derived=True
    )
    available = Boolean("Available", default=True, required=True)
    problem = Boolean("Problem", persistent=False, derived=True)
    model = String("Model", maximum=50, derived=True)
    vendor_name = String("VendorName", maximum=50, derived=True)
    phase_rotation = String("PhaseRotation", default="RST", maximum=13, access=RW)
    supply_phases = Integer("SupplyPhases", default=3, minimum=0, maximum=3, required=True)


class Evse(ComponentDef, name="EVSE", scope=Scope.EVSE):
    allow_reset = Boolean("AllowReset")
    availability_state = OptionList(
        "AvailabilityState", "Available", _STATES, required=True, persistent=False, derived=True
    )
    available = Boolean("Available", default=True, required=True)
    evse_id = String("EvseId", maximum=50)
    power = Decimal(
        "Power", unit="W", minimum=0, maximum=22_000, required=True, persistent=False, derived=True
    )
    """The power now, if the meter tells it; the limit is what the EVSE can give."""
    problem = Boolean("Problem", persistent=False, derived=True)
    supply_phases = Integer("SupplyPhases", default=3, minimum=0, maximum=3, required=True)
    iso15118_evse_id = String("ISO15118EvseId", minimum=7, maximum=37, access=RW)


class Connector(ComponentDef, name="Connector", scope=Scope.CONNECTOR):
    availability_state = OptionList(
        "AvailabilityState", "Available", _STATES, persistent=False, derived=True
    )
    available = Boolean("Available", default=True, required=True)
    connector_type = String("ConnectorType", default="Unknown", maximum=20, required=True)
    problem = Boolean("Problem", persistent=False, derived=True)
    supply_phases = Integer("SupplyPhases", default=3, minimum=0, maximum=3, required=True)
