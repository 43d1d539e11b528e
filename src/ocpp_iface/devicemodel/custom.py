"""Variables that the configuration adds, and how values of a configuration become text."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from attrs import evolve

from ocpp_iface.devicemodel.definition import RW, Access, DataType, Scope, VarDef
from ocpp_iface.devicemodel.instances import Located, Place, place_of
from ocpp_iface.devicemodel.validate import Parsed, parse, text_of
from ocpp_iface.errors import ConfigurationError
from ocpp_iface.types.address import EVSE, Component, ComponentVariable, Variable
from ocpp_iface.types.check import is_unicode

_ADDRESS = re.compile(
    r"(?P<component>[^/\[\]@]{1,50})(\[(?P<instance>[^\[\]]{1,50})\])?"
    r"(@(?P<evse>[1-9]\d{0,4})(\.(?P<connector>[1-9]\d{0,4}))?)?"
    r"/(?P<variable>[^/\[\]]{1,50})(\[(?P<variable_instance>[^\[\]]{1,50})\])?",
    re.ASCII,
)

STANDARD_TRAITS: Final[Mapping[str, tuple[DataType, str | None]]] = MappingProxyType(
    {
        "ACCurrent": (DataType.DECIMAL, "A"),
        "Active": (DataType.BOOLEAN, None),
        "ACVoltage": (DataType.DECIMAL, "V"),
        "AllowReset": (DataType.BOOLEAN, None),
        "Angle": (DataType.DECIMAL, "Deg"),
        "Attempts": (DataType.INTEGER, None),
        "Available": (DataType.BOOLEAN, None),
        "Capacity": (DataType.DECIMAL, "Wh"),
        "Certificate": (DataType.STRING, None),
        "ChargingTime": (DataType.DECIMAL, "s"),
        "ChargeProtocol": (DataType.STRING, None),
        "ChargingStation": (DataType.STRING, None),
        "CHAdeMOProtocolNumber": (DataType.INTEGER, None),
        "AutoManufacturerCode": (DataType.INTEGER, None),
        "Color": (DataType.STRING, None),
        "Complete": (DataType.BOOLEAN, None),
        "ConnectedTime": (DataType.DECIMAL, "s"),
        "Count": (DataType.INTEGER, None),
        "CurrentImbalance": (DataType.DECIMAL, "Percent"),
        "CustomImplementationEnabled": (DataType.BOOLEAN, None),
        "DataText": (DataType.STRING, None),
        "DateTime": (DataType.DATE_TIME, None),
        "DCCurrent": (DataType.DECIMAL, "A"),
        "DCVoltage": (DataType.DECIMAL, "V"),
        "DistributionPanel": (DataType.STRING, None),
        "DynamicControl": (DataType.BOOLEAN, None),
        "ECVariant": (DataType.STRING, None),
        "Enabled": (DataType.BOOLEAN, None),
        "Energy": (DataType.DECIMAL, "Wh"),
        "EnergyExport": (DataType.DECIMAL, "Wh"),
        "EnergyExportRegister": (DataType.DECIMAL, "Wh"),
        "EnergyImport": (DataType.DECIMAL, "Wh"),
        "EnergyImportRegister": (DataType.DECIMAL, "Wh"),
        "Entries": (DataType.INTEGER, None),
        "Fallback": (DataType.BOOLEAN, None),
        "FanSpeed": (DataType.DECIMAL, "RPM"),
        "FieldLength": (DataType.INTEGER, None),
        "FirmwareVersion": (DataType.STRING, None),
        "Force": (DataType.DECIMAL, "N"),
        "Formats": (DataType.MEMBER_LIST, None),
        "Frequency": (DataType.DECIMAL, "Hz"),
        "Fuse": (DataType.INTEGER, "A"),
        "FuseRating": (DataType.DECIMAL, "A"),
        "Height": (DataType.DECIMAL, "m"),
        "HighCurrentControl": (DataType.BOOLEAN, None),
        "HighVoltageControl": (DataType.BOOLEAN, None),
        "Humidity": (DataType.DECIMAL, "RH"),
        "Hysteresis": (DataType.DECIMAL, "Percent"),
        "ICCID": (DataType.STRING, None),
        "Impedance": (DataType.DECIMAL, "Ohm"),
        "IMSI": (DataType.STRING, None),
        "Interval": (DataType.INTEGER, "s"),
        "Length": (DataType.DECIMAL, "m"),
        "Light": (DataType.DECIMAL, "lx"),
        "Manufacturer": (DataType.STRING, None),
        "MaxMsgElements": (DataType.INTEGER, None),
        "Message": (DataType.STRING, None),
        "MinimumStatusDuration": (DataType.INTEGER, "s"),
        "Mode": (DataType.STRING, None),
        "Model": (DataType.STRING, None),
        "MonitoringBase": (DataType.STRING, None),
        "MonitoringLevel": (DataType.INTEGER, None),
        "NetworkAddress": (DataType.STRING, None),
        "Operated": (DataType.BOOLEAN, None),
        "OperatingTimes": (DataType.STRING, None),
        "Overload": (DataType.BOOLEAN, None),
        "Percent": (DataType.DECIMAL, "Percent"),
        "PhaseRotation": (DataType.STRING, None),
        "PostChargingTime": (DataType.DECIMAL, "s"),
        "Power": (DataType.DECIMAL, "W"),
        "Problem": (DataType.BOOLEAN, None),
        "Protecting": (DataType.BOOLEAN, None),
        "ProtocolAgreed": (DataType.STRING, None),
        "ProtocolSupportedByEV": (DataType.STRING, None),
        "SelftestActive": (DataType.BOOLEAN, None),
        "SerialNumber": (DataType.STRING, None),
        "SignalStrength": (DataType.DECIMAL, "dBm"),
        "State": (DataType.STRING, None),
        "StateOfCharge": (DataType.DECIMAL, "Percent"),
        "Storage": (DataType.INTEGER, "B"),
        "SupplyPhases": (DataType.INTEGER, None),
        "Suspending": (DataType.BOOLEAN, None),
        "Suspension": (DataType.BOOLEAN, None),
        "Temperature": (DataType.DECIMAL, "Celsius"),
        "Time": (DataType.DATE_TIME, None),
        "Timeout": (DataType.DECIMAL, "s"),
        "Token": (DataType.STRING, None),
        "TokenType": (DataType.STRING, None),
        "Tries": (DataType.INTEGER, None),
        "Tripped": (DataType.BOOLEAN, None),
        "VehicleID": (DataType.STRING, None),
        "VehicleStatus": (DataType.BOOLEAN, None),
        "VendorName": (DataType.STRING, None),
        "VersionDate": (DataType.DATE_TIME, None),
        "VersionNumber": (DataType.STRING, None),
        "VoltageImbalance": (DataType.DECIMAL, "Percent"),
    }
)
"""Type and unit of the standardized variables of physical components, which a station has only if
its configuration says so."""

_DEFAULTS: Final[Mapping[DataType, Any]] = MappingProxyType(
    {
        DataType.BOOLEAN: False,
        DataType.INTEGER: None,
        DataType.DECIMAL: None,
        DataType.DATE_TIME: None,
        DataType.MEMBER_LIST: (),
        DataType.SEQUENCE_LIST: (),
    }
)


def parse_address(text: str) -> ComponentVariable | None:
    """`Component[instance]@evse.connector/Variable[instance]`, all but the names optional."""
    match = _ADDRESS.fullmatch(text)
    if match is None:
        return None
    evse = None
    if match["evse"] is not None:
        connector = None if match["connector"] is None else int(match["connector"])
        evse = EVSE(int(match["evse"]), connector_id=connector)
    return ComponentVariable(
        Component(match["component"], instance=match["instance"], evse=evse),
        Variable(match["variable"], instance=match["variable_instance"]),
    )


def format_address(address: ComponentVariable) -> str:
    """The text that `parse_address` understands."""
    component, variable = address.component, address.variable
    instance = f"[{component.instance}]" if component.instance else ""
    evse = ""
    if component.evse is not None:
        connector = component.evse.connector_id
        evse = f"@{component.evse.id}" + ("" if connector is None else f".{connector}")
    own = f"[{variable.instance}]" if variable.instance else ""
    return f"{component.name}{instance}{evse}/{variable.name}{own}"


def config_text(value: Any, *, where: str, source: str) -> str:
    """A value of JSON or TOML as the text of a variable. Raises ConfigurationError."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _encodable(value, where, source)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return _float_text(value, where=where, source=source)
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return _encodable(",".join(value), where, source)
    if isinstance(value, (Mapping, list)):
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        return _encodable(text, where, source)
    raise ConfigurationError("not a value of a variable", source=source, path=where)


def _encodable(text: str, where: str, source: str) -> str:
    if not is_unicode(text):
        raise ConfigurationError("half a surrogate pair", source=source, path=where)
    return text


def _float_text(value: float, *, where: str, source: str) -> str:
    try:
        return text_of(_FLOAT, value)
    except ArithmeticError as error:
        raise ConfigurationError("not a finite number", source=source, path=where) from error


_FLOAT: Final[VarDef[float]] = VarDef(name="", data_type=DataType.DECIMAL, default=0.0)


def custom_variable(
    address: ComponentVariable,
    data_type: DataType | None = None,
    *,
    access: Access = RW,
    unit: str | None = None,
    minimum: float | None = None,
    maximum: float | None = None,
    values: tuple[str, ...] = (),
    monitored: bool = True,
    default: str = "",
) -> Located:
    """A variable beyond the catalogue; without a type it has that of its standardized name.

    Raises ValueError if `default` has not that type.
    """
    known_type, known_unit = STANDARD_TRAITS.get(address.variable.name, (DataType.STRING, None))
    kind = data_type or known_type
    place = place_of(address.component)
    definition: VarDef[Any] = VarDef(
        name=address.variable.name,
        data_type=kind,
        default=_DEFAULTS.get(kind, ""),
        component=address.component.name,
        scope=_scope(place),
        instance=address.variable.instance,
        access=access,
        unit=unit if unit is not None or data_type is not None else known_unit,
        minimum=minimum,
        maximum=maximum,
        values=values,
        monitored=monitored,
    )
    if default:
        parsed = parse(definition, default, lenient=True)
        if not isinstance(parsed, Parsed):
            raise ValueError(parsed.info)
        definition = evolve(definition, default=parsed.value)
    return Located(definition, Place(place.evse, place.connector, address.component.instance))


def _scope(place: Place) -> Scope:
    if place.evse is None:
        return Scope.STATION
    return Scope.EVSE if place.connector is None else Scope.CONNECTOR
