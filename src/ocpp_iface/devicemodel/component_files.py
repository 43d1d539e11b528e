"""EVerest component_config files: one JSON object per component instance.

A file names its component (`name`, `instance`, `evse_id`, `connector_id`) and its variables
(`properties`). For a variable of the catalogue the values, limits and value lists are taken, and an
access that is narrower; anything else becomes a custom variable.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from attrs import Factory, define, evolve, frozen

from ocpp_iface.devicemodel.catalog import (
    InternalCtrlr,
    NetworkConfiguration,
    OCPP16LegacyCtrlr,
)
from ocpp_iface.devicemodel.custom import config_text, custom_variable
from ocpp_iface.devicemodel.definition import RO, RW, Access, DataType, VarDef
from ocpp_iface.devicemodel.instances import (
    Layout,
    Located,
    Place,
    Unknown,
    address_of,
    place_of,
)
from ocpp_iface.devicemodel.model import ACTUAL, Configured, Setting
from ocpp_iface.errors import ConfigurationError
from ocpp_iface.ports.topology import Topology
from ocpp_iface.types.address import EVSE, Component, ComponentVariable, Variable
from ocpp_iface.types.variables import AttributeEnum


@frozen
class Imported:
    """What a configuration said. `topology` is None if it did not say which connectors there are."""

    configured: Configured
    topology: Topology | None
    slots: tuple[int, ...] = (1, 2)


def check_object(value: Any, source: str, path: str) -> Mapping[str, Any]:
    """Raises ConfigurationError for what is no JSON object."""
    if not isinstance(value, Mapping):
        raise ConfigurationError("not an object", source=source, path=path)
    return value


_PROFILES: Final = "NetworkConnectionProfiles"
_CIPHERS: Final = (InternalCtrlr.supported_ciphers_12, InternalCtrlr.supported_ciphers_13)
_PROFILE_FIELDS: Final = (
    ("ocppCsmsUrl", NetworkConfiguration.ocpp_csms_url),
    ("securityProfile", NetworkConfiguration.security_profile),
    ("ocppInterface", NetworkConfiguration.ocpp_interface),
    ("ocppTransport", NetworkConfiguration.ocpp_transport),
    ("ocppVersion", NetworkConfiguration.ocpp_version),
    ("messageTimeout", NetworkConfiguration.message_timeout),
    ("identity", NetworkConfiguration.identity),
    ("basicAuthPassword", NetworkConfiguration.basic_auth_password),
)


@frozen
class _File:
    source: str
    component: Component
    properties: Mapping[str, Any]


@define
class _Builder:
    layout: Layout
    settings: list[Setting] = Factory(list)
    extra: list[Located] = Factory(list)
    limits: dict[Located, VarDef[Any]] = Factory(dict)
    profiles: list[Setting] = Factory(list)


def configured_from_components(files: tuple[tuple[str, Any], ...]) -> Imported:
    """Raises ConfigurationError; its source is the file at fault."""
    read = [_file(source, document) for source, document in files]
    topology = _topology(read)
    slots = _slots(read)
    builder = _Builder(Layout(topology or Topology(), slots))
    for file in read:
        for name, content in file.properties.items():
            where = f"properties.{name}"
            _take(builder, file, check_object(content, file.source, where), where)
    settings = (*builder.settings, *_wanted_profiles(builder))
    keys = tuple(
        (located.definition.name, address_of(located))
        for located in builder.extra
        if located.definition.component == OCPP16LegacyCtrlr.component
    )
    configured = Configured(settings, tuple(builder.extra), keys, builder.limits)
    return Imported(configured, topology, slots)


def _file(source: str, document: Any) -> _File:
    content = check_object(document, source, "")
    name = content.get("name")
    if not isinstance(name, str) or not 0 < len(name) <= 50:
        raise ConfigurationError("not a component name", source=source, path="name")
    instance = content.get("instance")
    if instance is not None and not isinstance(instance, str):
        raise ConfigurationError("not a string", source=source, path="instance")
    evse = _number(content, "evse_id", source)
    connector = _number(content, "connector_id", source)
    if connector is not None and evse is None:
        raise ConfigurationError("a connector without evse_id", source=source, path="connector_id")
    place = None if evse is None else EVSE(evse, connector_id=connector)
    properties = check_object(content.get("properties", {}), source, "properties")
    return _File(source, Component(name, instance=instance or None, evse=place), properties)


def _number(content: Mapping[str, Any], name: str, source: str) -> int | None:
    value = content.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ConfigurationError("not a number from 1 on", source=source, path=name)
    return value


def _topology(files: list[_File]) -> Topology | None:
    """From the components EVSE and Connector; both must be numbered without a gap."""
    counts: dict[int, int] = {}
    for file in files:
        evse = file.component.evse
        if evse is not None and file.component.name.casefold() in ("evse", "connector"):
            counts[evse.id] = max(counts.get(evse.id, 1), evse.connector_id or 1)
    if not counts:
        return None
    for number in range(1, max(counts) + 1):
        if number not in counts:
            last = next(file for file in files if _evse(file) == max(counts))
            raise ConfigurationError(
                f"there is no EVSE {number}", source=last.source, path="evse_id"
            )
    return Topology(tuple(counts[number] for number in sorted(counts)))


def _evse(file: _File) -> int | None:
    return None if file.component.evse is None else file.component.evse.id


def _slots(files: list[_File]) -> tuple[int, ...]:
    """B09.FR.06: at least two, and those that have a file."""
    slots = {1, 2}
    for file in files:
        instance = file.component.instance
        if file.component.name.casefold() == "networkconfiguration" and instance is not None:
            if not instance.isdigit():
                raise ConfigurationError("not a slot number", source=file.source, path="instance")
            slots.add(int(instance))
    return tuple(sorted(slots))


def _take(builder: _Builder, file: _File, content: Mapping[str, Any], where: str) -> None:
    name = content.get("variable_name")
    if not isinstance(name, str) or not 0 < len(name) <= 50:
        raise ConfigurationError("not a variable name", source=file.source, path=where)
    instance = content.get("instance") or None
    address = ComponentVariable(file.component, Variable(name, instance=instance))
    if name == _PROFILES:
        _take_profiles(builder, file, content, where)
        return
    located = builder.layout.locate(address)
    traits = check_object(content.get("characteristics", {}), file.source, where)
    if isinstance(located, Unknown):
        located = _custom(file, address, content, traits, where)
        builder.extra.append(located)
    else:
        _reshape(builder, file, located, content, where)
    for attribute, text in _values(file, located, content, where):
        address = address_of(located)
        builder.settings.append(Setting(address, text, attribute, where, file.source))


def _attributes(content: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    attributes = content.get("attributes")
    for attribute in attributes if isinstance(attributes, list) else ():
        if isinstance(attribute, Mapping):
            yield attribute


def _kind(file: _File, attribute: Mapping[str, Any], where: str) -> AttributeEnum:
    try:
        return AttributeEnum(attribute.get("type", ACTUAL))
    except ValueError as error:
        path = f"{where}.attributes"
        raise ConfigurationError("unknown attribute", source=file.source, path=path) from error


def _values(
    file: _File, located: Located, content: Mapping[str, Any], where: str
) -> Iterator[tuple[AttributeEnum, str]]:
    for attribute in _attributes(content):
        kind = _kind(file, attribute, where)
        value = attribute.get("value")
        if value is None and kind is ACTUAL:
            value = content.get("default")
        if value is None or kind not in located.definition.attributes:
            continue
        text = config_text(value, where=where, source=file.source)
        if located.definition in _CIPHERS:
            text = text.replace(":", ",")
        if text or located.definition.data_type is DataType.STRING:
            yield kind, text


def _reshape(
    builder: _Builder, file: _File, located: Located, content: Mapping[str, Any], where: str
) -> None:
    """Limits and choices of the file, an access that is narrower; never one that is wider."""
    definition = located.definition
    traits = check_object(content.get("characteristics", {}), file.source, where)
    shape = definition
    if definition.data_type.is_number:
        low, high = _limit(file, traits, "minLimit", where), _limit(file, traits, "maxLimit", where)
        shape = evolve(
            shape,
            minimum=shape.minimum if low is None else low,
            maximum=shape.maximum if high is None else high,
        )
    values = _members(traits.get("valuesList"))
    if values and definition in _CIPHERS:
        shape = evolve(shape, values=tuple(part for each in values for part in each.split(":")))
    elif values and definition.values:
        known = tuple(value for value in values if value in definition.values)
        shape = evolve(shape, values=known or definition.values)
    if definition.access is RW and RO in _accesses(content):
        shape = evolve(shape, access=RO)
    same = (shape.minimum, shape.maximum, shape.values, shape.access) == (
        definition.minimum,
        definition.maximum,
        definition.values,
        definition.access,
    )
    if not same:
        builder.limits[located] = shape


def _accesses(content: Mapping[str, Any]) -> list[str]:
    return [str(attribute.get("mutability")) for attribute in _attributes(content)]


def _limit(file: _File, traits: Mapping[str, Any], name: str, where: str) -> float | None:
    value = traits.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        path = f"{where}.characteristics.{name}"
        raise ConfigurationError("not a number", source=file.source, path=path)
    return value


def _members(values: Any) -> tuple[str, ...]:
    if not isinstance(values, str):
        return ()
    return tuple(part.strip() for part in values.split(",") if part.strip())


def _custom(
    file: _File,
    address: ComponentVariable,
    content: Mapping[str, Any],
    traits: Mapping[str, Any],
    where: str,
) -> Located:
    path = f"{where}.characteristics.dataType"
    try:
        kind = DataType(traits.get("dataType", DataType.STRING))
    except ValueError as error:
        raise ConfigurationError("unknown data type", source=file.source, path=path) from error
    mutability = (_accesses(content) or [""])[0]
    access = Access(mutability) if mutability in list(Access) else RO
    located = custom_variable(
        address,
        kind,
        access=access,
        unit=traits.get("unit"),
        minimum=_limit(file, traits, "minLimit", where),
        maximum=_limit(file, traits, "maxLimit", where),
        values=_members(traits.get("valuesList")),
        monitored=traits.get("supportsMonitoring") is True,
    )
    kinds = tuple(_kind(file, each, where) for each in _attributes(content))
    return evolve(located, definition=evolve(located.definition, attributes=kinds or (ACTUAL,)))


def _take_profiles(builder: _Builder, file: _File, content: Mapping[str, Any], where: str) -> None:
    """The older way to state connection profiles: a JSON array as the value of one variable."""
    value = next((each["value"] for each in _attributes(content) if each.get("value")), None)
    if value is None:
        return
    try:
        profiles = json.loads(value) if isinstance(value, str) else value
    except ValueError as error:
        raise ConfigurationError(f"not JSON: {error}", source=file.source, path=where) from error
    if not isinstance(profiles, list):
        raise ConfigurationError("not a list", source=file.source, path=where)
    for index, profile in enumerate(profiles):
        path = f"{where}[{index}]"
        slot = _number(check_object(profile, file.source, path), "configurationSlot", file.source)
        if slot not in builder.layout.slots:
            raise ConfigurationError(f"no slot {slot}", source=file.source, path=path)
        data = check_object(profile.get("connectionData", {}), file.source, path)
        place = place_of(Component(NetworkConfiguration.component, instance=str(slot)))
        builder.profiles += _profile_settings(file, data, place, path)


def _profile_settings(
    file: _File, data: Mapping[str, Any], place: Place, path: str
) -> list[Setting]:
    return [
        Setting(
            address_of(Located(definition, place)),
            config_text(data[name], where=f"{path}.{name}", source=file.source),
            path=f"{path}.{name}",
            source=file.source,
        )
        for name, definition in _PROFILE_FIELDS
        if data.get(name) is not None
    ]


def _wanted_profiles(builder: _Builder) -> list[Setting]:
    """Those of slots that have no URL of their own."""
    url = NetworkConfiguration.ocpp_csms_url.name
    own = [
        setting.address.component.instance
        for setting in builder.settings
        if setting.address.variable.name == url and setting.value
    ]
    return [each for each in builder.profiles if each.address.component.instance not in own]
