"""Import of what people have: libocpp's 1.6 JSON, EVerest component files, and our own tables.

All of them become a `Configured` for the `DeviceModel`. A fault names the file and the path to it
and nothing starts; a key that this library does not know is set aside and named in `ignored`, since
configurations outlive the programs that they were written for.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from attrs import Factory, define, evolve, frozen

from ocpp_iface.devicemodel.catalog import (
    InternalCtrlr,
    NetworkConfiguration,
    OCPP16LegacyCtrlr,
)
from ocpp_iface.devicemodel.component_files import (
    Imported,
    check_object,
    configured_from_components,
)
from ocpp_iface.devicemodel.custom import config_text, custom_variable, parse_address
from ocpp_iface.devicemodel.definition import RO, RW, DataType, Key16, KeyPart, Scope, VarDef
from ocpp_iface.devicemodel.instances import HERE, Located, Place, address_of
from ocpp_iface.devicemodel.keys16 import STANDARD_KEYS
from ocpp_iface.devicemodel.model import Configured, Setting
from ocpp_iface.errors import ConfigurationError
from ocpp_iface.ports.topology import Topology
from ocpp_iface.types.address import Component, ComponentVariable, Variable

_SECTIONS: Final = (
    "Internal",
    "Core",
    "FirmwareManagement",
    "LocalAuthListManagement",
    "Reservation",
    "SmartCharging",
    "Security",
    "PnC",
    "CostAndPrice",
)
_CUSTOM: Final = "Custom"
_SAME_KEY: Final = (
    ("multilanguagesupportedlanguages", "SupportedLanguages"),
    ("numberofdecimals", "NumberOfDecimalsForCostValues"),
    ("nexttimeoffsetnexttransition", "TimeOffsetNextTransition"),
)
"""Older spellings of keys."""
_STATION_KNOWS: Final = (
    OCPP16LegacyCtrlr.number_of_connectors,
    OCPP16LegacyCtrlr.supported_feature_profiles,
)
_OPEN_LISTS: Final = (InternalCtrlr.supported_ciphers_12, InternalCtrlr.supported_ciphers_13)
_TLS_PROFILE: Final = 2


def read_libocpp16(path: Path, user_path: Path | None = None, *, slot: int = 1) -> Imported:
    """The 1.6 configuration file of libocpp, overlaid by its user file if that is there."""
    user = None
    if user_path is not None and user_path.exists():
        user = read_json(user_path)
    return from_libocpp16(read_json(path), user=user, source=str(path), slot=slot)


def read_component_directory(directory: Path) -> Imported:
    """All `*.json` below an EVerest component_config directory, in the order of their names."""
    files = sorted(directory.rglob("*.json"))
    if not files:
        fault = "no *.json below it" if directory.is_dir() else "not a directory"
        raise ConfigurationError(fault, source=str(directory))
    return from_component_files((str(file), read_json(file)) for file in files)


def read_json(path: Path) -> Any:
    """Raises ConfigurationError for what is no JSON file."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        fault = f"cannot be read: {error.strerror or error}"
        raise ConfigurationError(fault, source=str(path)) from error
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"not JSON: {error}", source=str(path)) from error
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise ConfigurationError(f"not JSON: {error}", source=str(path)) from error


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON number")


def from_component_files(files: Iterable[tuple[str, Any]]) -> Imported:
    """EVerest component files, each with its name."""
    return configured_from_components(tuple(files))


# The 1.6 JSON of libocpp.


@define
class _Collected:
    """What was read so far; `slot` is the network slot that the connection keys mean."""

    source: str
    slot: int
    settings: list[Setting] = Factory(list)
    limits: dict[Located, VarDef[Any]] = Factory(dict)


@frozen
class _Entry:
    """One key of the document."""

    path: str
    name: str
    value: Any


def from_libocpp16(
    document: Any, *, user: Any = None, source: str = "config.json", slot: int = 1
) -> Imported:
    """Sections Internal, Core, ..., Custom; the user document overlays key by key."""
    merged = _merged(check_object(document, source, ""), user, source)
    collected = _Collected(source, slot)
    extra: list[Located] = []
    keys: list[tuple[str, ComponentVariable]] = []
    ignored = []
    for entry in _entries(merged, source):
        standard = STANDARD_KEYS.get(_current_name(entry.name))
        if standard is not None:
            _take_standard(collected, *standard, entry)
        elif entry.path.startswith(f"{_CUSTOM}."):
            located = _custom(entry, source)
            extra.append(located)
            keys.append((entry.name, address_of(located)))
        else:
            ignored.append(entry.path)
    configured = Configured(
        _with_scheme(collected.settings),
        tuple(extra),
        tuple(keys),
        collected.limits,
        source,
        tuple(ignored),
    )
    return Imported(configured, _topology16(merged, source), tuple(sorted({1, 2, slot})))


def _merged(document: Mapping[str, Any], user: Any, source: str) -> Mapping[str, Any]:
    if user is None:
        return document
    overlay = check_object(user, f"{source} (user)", "")
    merged = dict(document)
    for section, content in overlay.items():
        base = check_object(merged.get(section, {}), source, section)
        merged[section] = {**base, **check_object(content, f"{source} (user)", section)}
    return merged


def _entries(document: Mapping[str, Any], source: str) -> Iterator[_Entry]:
    for section, content in document.items():
        if section.startswith("$"):
            continue
        known = section in _SECTIONS or section == _CUSTOM
        if not known:
            yield _Entry(section, f"[{section}]", content)
            continue
        for name, value in check_object(content, source, section).items():
            if value is not None:
                yield _Entry(f"{section}.{name}", name, value)


def _current_name(name: str) -> str:
    folded = name.casefold()
    return dict(_SAME_KEY).get(folded, folded).casefold()


def _take_standard(
    collected: _Collected, key: Key16, definition: VarDef[Any], entry: _Entry
) -> None:
    if definition in _STATION_KNOWS:
        return
    limits, source = collected.limits, collected.source
    located = Located(definition, _place(definition, collected.slot))
    text = config_text(entry.value, where=entry.path, source=source)
    if key.part is KeyPart.CHOICES:
        _limit_choices(key, text, limits)
    elif key.part is KeyPart.LIMIT:
        limits[located] = _limited(limits.get(located, definition), entry, source)
    else:
        words = {word16: word for word, word16 in key.words}
        if words:
            text = ",".join(words.get(part.strip(), part.strip()) for part in text.split(","))
        if definition in _OPEN_LISTS:
            members = tuple(part.strip() for part in text.split(",") if part.strip())
            limits[located] = evolve(limits.get(located, definition), values=members)
        collected.settings.append(Setting(address_of(located), text, path=entry.path))


def _place(definition: VarDef[Any], slot: int) -> Place:
    return Place(instance=str(slot)) if definition.scope is Scope.SLOT else HERE


def _limit_choices(key: Key16, text: str, limits: dict[Located, VarDef[Any]]) -> None:
    members = tuple(part.strip() for part in text.split(",") if part.strip())
    for definition in _with_key(key):
        located = Located(definition)
        limits[located] = evolve(limits.get(located, definition), values=members)


def _with_key(key: Key16) -> Iterator[VarDef[Any]]:
    for _, definition in STANDARD_KEYS.values():
        if key in definition.key16:
            yield definition


def _limited(shape: VarDef[Any], entry: _Entry, source: str) -> VarDef[Any]:
    if isinstance(entry.value, bool) or not isinstance(entry.value, int) or entry.value < 0:
        raise ConfigurationError("not a count", source=source, path=entry.path)
    if shape.data_type.is_list:
        return evolve(shape, max_items=entry.value)
    return evolve(shape, maximum=entry.value)


def _custom(entry: _Entry, source: str) -> Located:
    """A key of the section Custom: readable and writable, of the type of its value."""
    if not 0 < len(entry.name) <= 50:
        raise ConfigurationError("longer than 50", source=source, path=entry.path)
    kind = DataType.STRING
    if isinstance(entry.value, bool):
        kind = DataType.BOOLEAN
    elif isinstance(entry.value, int):
        kind = DataType.INTEGER
    elif isinstance(entry.value, float):
        kind = DataType.DECIMAL
    address = ComponentVariable(Component(OCPP16LegacyCtrlr.component), Variable(entry.name))
    text = config_text(entry.value, where=entry.path, source=source)
    return _custom_variable(address, kind, text, entry.path, source)


def _custom_variable(
    address: ComponentVariable, kind: DataType | None, text: str, path: str, source: str
) -> Located:
    try:
        return custom_variable(address, kind, access=RW, default=text)
    except ValueError as error:
        raise ConfigurationError(str(error), source=source, path=path) from error


def _with_scheme(settings: list[Setting]) -> tuple[Setting, ...]:
    """CentralSystemURI of libocpp may lack the scheme; the security profile tells it."""
    profile = "0"
    for setting in settings:
        if setting.address.variable.name == NetworkConfiguration.security_profile.name:
            profile = setting.value
    encrypted = profile.isdigit() and int(profile) >= _TLS_PROFILE
    scheme = "wss://" if encrypted else "ws://"
    return tuple(
        evolve(setting, value=scheme + setting.value)
        if setting.address.variable.name == NetworkConfiguration.ocpp_csms_url.name
        and setting.value
        and "://" not in setting.value
        else setting
        for setting in settings
    )


def _topology16(document: Mapping[str, Any], source: str) -> Topology | None:
    core = check_object(document.get("Core", {}), source, "Core")
    count = core.get("NumberOfConnectors")
    if count is None:
        return None
    if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= 1000:
        raise ConfigurationError(
            "not a number of connectors", source=source, path="Core.NumberOfConnectors"
        )
    return Topology((1,) * count)


# Our own tables.


def from_tables(
    variables: Mapping[str, Any],
    *,
    custom: Iterable[Mapping[str, Any]] = (),
    keys: Mapping[str, str] | None = None,
    source: str = "configuration",
    slot: int = 1,
) -> Configured:
    """The tables of a StationConfig.

    `variables`: values by 1.6 key or by address (`Component[instance]@evse.connector/Variable`).
    `custom`: tables with `address`, and `type`, `access`, `unit`, `min`, `max`, `values`, `value`,
    `key` as wanted. `keys`: further 1.6 keys, each with the address it stands for.
    """
    collected = _Collected(source, slot)
    for name, value in variables.items():
        standard = STANDARD_KEYS.get(name.casefold())
        if standard is not None:
            entry = _Entry(f"variables.{name}", name, value)
            _take_standard(collected, *standard, entry)
            continue
        path = f"variables.{name}"
        text = config_text(value, where=path, source=source)
        collected.settings.append(Setting(_address(name, path, source), text, path=path))
    extra, own_keys = _customs(custom, source)
    for name in keys or {}:
        _check_key(name, f"keys.{name}", source)
    further = tuple(
        (name, _address(target, f"keys.{name}", source)) for name, target in (keys or {}).items()
    )
    settings = _with_scheme(collected.settings)
    return Configured(settings, extra, (*own_keys, *further), collected.limits, source)


def _address(text: str, path: str, source: str) -> ComponentVariable:
    address = parse_address(text)
    if address is None:
        raise ConfigurationError(
            "neither a known 1.6 key nor Component/Variable", source=source, path=path
        )
    return address


def _customs(
    tables: Iterable[Mapping[str, Any]], source: str
) -> tuple[tuple[Located, ...], tuple[tuple[str, ComponentVariable], ...]]:
    extra: list[Located] = []
    keys: list[tuple[str, ComponentVariable]] = []
    for index, table in enumerate(tables):
        path = f"custom[{index}]"
        located = _custom_from_table(check_object(table, source, path), path, source)
        extra.append(located)
        if table.get("key"):
            _check_key(table["key"], f"{path}.key", source)
            keys.append((table["key"], address_of(located)))
    return tuple(extra), tuple(keys)


def _check_key(name: str, path: str, source: str) -> None:
    if len(name) > _LONGEST_KEY:
        raise ConfigurationError(f"longer than {_LONGEST_KEY} characters", source=source, path=path)


_LONGEST_KEY: Final = 50
"""GetConfiguration.conf: a KeyValue with more could not be sent."""

_CUSTOM_TEXTS: Final = ("address", "type", "access", "unit", "key")
_CUSTOM_FIELDS: Final = (*_CUSTOM_TEXTS, "min", "max", "values", "value")
_ACCESS: Final = MappingProxyType({"ro": RO, "rw": RW, "readonly": RO, "readwrite": RW})


def _custom_from_table(table: Mapping[str, Any], path: str, source: str) -> Located:
    for name in table:
        if name not in _CUSTOM_FIELDS:
            raise ConfigurationError("unknown field", source=source, path=f"{path}.{name}")
        if name in _CUSTOM_TEXTS and not isinstance(table[name], str):
            raise ConfigurationError("expected text", source=source, path=f"{path}.{name}")
    address = _address(str(table.get("address", "")), f"{path}.address", source)
    access = _ACCESS.get(str(table.get("access", "rw")).lower())
    if access is None:
        raise ConfigurationError("neither ro nor rw", source=source, path=f"{path}.access")
    for name in ("min", "max"):
        limit = table.get(name, 0)
        if type(limit) not in (int, float) or not math.isfinite(limit):
            raise ConfigurationError("not a number", source=source, path=f"{path}.{name}")
    values = table.get("values", ())
    if not isinstance(values, list | tuple):
        raise ConfigurationError("expected a list", source=source, path=f"{path}.values")
    try:
        kind = DataType(table["type"]) if "type" in table else None
        return custom_variable(
            address,
            kind,
            access=access,
            unit=table.get("unit"),
            minimum=table.get("min"),
            maximum=table.get("max"),
            values=tuple(
                config_text(each, where=f"{path}.values[{index}]", source=source)
                for index, each in enumerate(values)
            ),
            default=config_text(table.get("value", ""), where=f"{path}.value", source=source),
        )
    except ValueError as error:
        raise ConfigurationError(str(error), source=source, path=path) from error


def merge(*parts: Configured) -> Configured:
    """Later parts win where they set the same variable."""
    merged = Configured()
    for part in parts:
        merged = Configured(
            merged.settings + part.settings,
            merged.extra + part.extra,
            merged.keys + part.keys,
            {**merged.limits, **part.limits},
            part.source or merged.source,
            merged.ignored + part.ignored,
        )
    return merged
