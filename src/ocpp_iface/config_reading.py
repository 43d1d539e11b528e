"""Reading what people write into configuration files, with faults that name the place.

Knows tables, types and addresses; what the fields mean stands in `config`.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Final, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

import attrs
from attrs import frozen

from ocpp_iface.devicemodel.catalog import (
    InternalCtrlr,
    NetworkConfiguration,
    OCPPCommCtrlr,
    SecurityCtrlr,
)
from ocpp_iface.devicemodel.component_files import Imported
from ocpp_iface.devicemodel.custom import parse_address
from ocpp_iface.devicemodel.definition import VarDef
from ocpp_iface.devicemodel.instances import STANDARD
from ocpp_iface.devicemodel.keys16 import STANDARD_KEYS
from ocpp_iface.devicemodel.loader import read_component_directory, read_libocpp16
from ocpp_iface.devicemodel.model import Configured
from ocpp_iface.errors import ConfigurationError
from ocpp_iface.ports.transport import TlsSettings
from ocpp_iface.types.check import is_unicode, kind_of

T = TypeVar("T")

_TLS_PATHS: Final = ("client_certificate_file", "client_key_file")
_SCALARS: Final = {str: "text", int: "an integer", bool: "true or false", float: "a number"}
_INTERNAL: Final = ("imported", "source")
"""Fields that no file sets."""


def as_tuple(value: Any) -> Any:
    """Converter: a list becomes a tuple, all else is judged later."""
    return tuple(value) if isinstance(value, list) else value


def as_path(value: Any) -> Any:
    """Converter: a path object becomes text."""
    return os.fspath(value) if isinstance(value, os.PathLike) else value


def suggestion(word: object, known: Iterable[str]) -> str:
    """`; did you mean X?` if something known is close, else what there is if that is short."""
    names = list(known)
    folded = {name.casefold(): name for name in names}
    close = get_close_matches(str(word).casefold(), folded, n=1)
    if close:
        return f"; did you mean {folded[close[0]]}?"
    return f"; known: {', '.join(names)}" if len(names) <= 10 else ""


# -- files and tables ------------------------------------------------------------------------


def read_toml(file: Path) -> Mapping[str, Any]:
    """Raises ConfigurationError for what is no TOML file."""
    try:
        with file.open("rb") as content:
            return tomllib.load(content)
    except OSError as error:
        raise ConfigurationError(
            f"cannot be read: {error.strerror or error}", source=str(file)
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"not TOML: {error}", source=str(file)) from error


def read_fields(
    config: type, data: Mapping[str, Any], source: str, base: Path | None
) -> dict[str, Any]:
    """The arguments for `config`: names checked, `tls` built, paths relative to `base`; the items
    of `network_profiles` stay tables.
    """
    if not isinstance(data, Mapping):
        raise ConfigurationError(f"expected a table, not {kind_of(data)}", source=source)
    hints = _hints(config)
    known = [name for name in hints if name not in _INTERNAL]
    _check_names(data, known, source, "")
    for each in attrs.fields(config):
        if each.default is attrs.NOTHING and each.name not in data:
            raise ConfigurationError("missing", source=source, path=each.name)
    fields = dict(data)
    if isinstance(fields.get("store"), str):
        fields["store"] = _resolved(fields["store"], base)
    if "tls" in fields:
        fields["tls"] = _tls(fields["tls"], source, base)
    if "network_profiles" in fields:
        kind = get_args(hints["network_profiles"])[0]
        fields["network_profiles"] = _tables(fields["network_profiles"], kind, source)
    return fields


def _check_names(table: Mapping[str, Any], known: Iterable[str], source: str, path: str) -> None:
    names = list(known)
    for name in table:
        if name not in names:
            raise ConfigurationError(
                f"unknown{suggestion(name, names)}", source=source, path=f"{path}{name}"
            )


def _tables(value: Any, kind: type, source: str) -> list[Mapping[str, Any]]:
    path = "network_profiles"
    if not isinstance(value, list):
        raise ConfigurationError("expected a list of tables", source=source, path=path)
    for index, table in enumerate(value):
        place = f"{path}[{index}]"
        if not isinstance(table, Mapping):
            raise ConfigurationError("expected a table", source=source, path=place)
        _check_names(table, _hints(kind), source, f"{place}.")
        if "csms_url" not in table:
            raise ConfigurationError("missing", source=source, path=f"{place}.csms_url")
    return value


def _tls(value: Any, source: str, base: Path | None) -> TlsSettings:
    if not isinstance(value, Mapping):
        raise ConfigurationError("expected a table", source=source, path="tls")
    _check_names(value, _hints(TlsSettings), source, "tls.")
    fields = dict(value)
    for name in _TLS_PATHS:
        if isinstance(fields.get(name), str):
            fields[name] = _resolved(fields[name], base)
    files = fields.get("ca_files")
    if isinstance(files, list):
        fields["ca_files"] = tuple(
            _resolved(each, base) if isinstance(each, str) else each for each in files
        )
    secret = fields.get("client_key_password")
    if isinstance(secret, str):
        fields["client_key_password"] = secret.encode()
    return TlsSettings(**fields)


def _resolved(path: str, base: Path | None) -> str:
    return path if base is None or not path else str(base / path)


# -- types -----------------------------------------------------------------------------------


@cache
def _hints(kind: Any) -> Mapping[str, Any]:
    hints = get_type_hints(kind)
    return {each.name: hints[each.name] for each in attrs.fields(kind)}


def check_types(value: Any, path: str = "") -> None:
    """Whether every field of an attrs object is of its declared type; nested ones too."""
    for name, hint in _hints(value.__class__).items():
        _check_type(hint, getattr(value, name), f"{path}{name}")


def _check_type(hint: Any, value: Any, path: str) -> None:
    origin = get_origin(hint)
    if hint is Any:
        return
    if origin is Union or origin is UnionType:
        if value is None and NoneType in get_args(hint):
            return
        hint = next(each for each in get_args(hint) if each is not NoneType)
        _check_type(hint, value, path)
    elif origin is Literal:
        if value not in get_args(hint):
            words = get_args(hint)
            raise _wrong(path, f"not one of {', '.join(words)}{suggestion(value, words)}")
    elif origin is tuple:
        if not isinstance(value, tuple):
            raise _wrong(path, f"expected a list, not {kind_of(value)}")
        for index, item in enumerate(value):
            _check_type(get_args(hint)[0], item, f"{path}[{index}]")
    elif origin is not None and issubclass(origin, Mapping):
        if not isinstance(value, Mapping):
            raise _wrong(path, f"expected a table, not {kind_of(value)}")
        for name, item in value.items():
            _check_type(get_args(hint)[0], name, path)
            _check_type(get_args(hint)[1], item, f"{path}.{name}")
    elif hint in _SCALARS:
        if type(value) is not hint and not (hint is float and type(value) is int):
            raise _wrong(path, f"expected {_SCALARS[hint]}, not {kind_of(value)}")
        if hint is str and not is_unicode(value):
            raise _wrong(path, "half a surrogate pair")
    elif not isinstance(value, hint):
        raise _wrong(path, f"expected {hint.__name__}, not {kind_of(value)}")
    elif hint is TlsSettings:
        check_types(value, f"{path}.")


def _wrong(path: str, reason: str) -> ConfigurationError:
    return ConfigurationError(reason, path=path)


# -- variables -------------------------------------------------------------------------------


def flat_variables(variables: Mapping[str, Any]) -> dict[str, Any]:
    """`{"A": {"B": 1}}`, which is what TOML makes of `A.B = 1`, as `{"A/B": 1}`; a dot between
    component and variable becomes the slash.
    """
    flat: dict[str, Any] = {}
    for name, value in variables.items():
        if isinstance(value, Mapping):
            flat |= {f"{name}/{inner}": item for inner, item in value.items()}
        elif "/" not in name and "." in name:
            component, _, variable = name.rpartition(".")
            flat[f"{component}/{variable}"] = value
        else:
            flat[name] = value
    return flat


def check_variables(names: Iterable[str], custom: Configured) -> None:
    """That every name is a 1.6 key or the address of a standard or custom variable."""
    own_keys = [name.casefold() for name, _ in custom.keys]
    own = [
        (each.definition.component.casefold(), each.definition.name.casefold())
        for each in custom.extra
    ]
    for name in names:
        if name.casefold() in STANDARD_KEYS or name.casefold() in own_keys:
            continue
        address = parse_address(name)
        if address is None:
            keys = [key.name for key, _ in STANDARD_KEYS.values()]
            reason = f"neither a 1.6 key nor Component/Variable{suggestion(name, keys)}"
            raise _wrong(f"variables.{name}", reason)
        component, variable = address.component.name, address.variable.name
        if (component.casefold(), variable.casefold()) in own:
            continue
        standard = STANDARD.component(component)
        if standard is None:
            components = [each.component for each in STANDARD.components]
            reason = f"unknown component{suggestion(component, components)}"
            raise _wrong(f"variables.{name}", reason)
        if STANDARD.variable(address) is None:
            known = [each.name for each in standard.variables]
            reason = f"unknown variable{suggestion(variable, known)}"
            raise _wrong(f"variables.{name}", reason)


def setting(configured: Configured, definition: VarDef[Any], slot: str | None = None) -> str | None:
    """The text that is configured for a variable; the last one counts."""
    found = None
    for each in configured.settings:
        address = each.address
        if (
            address.component.name == definition.component
            and address.variable.name == definition.name
            and address.variable.instance == definition.instance
            and (slot is None or address.component.instance == slot)
        ):
            found = each.value
    return found


# -- foreign files ---------------------------------------------------------------------------


@frozen
class Found:
    """What foreign files said: arguments of StationConfig (`network_profiles` as tables)."""

    fields: Mapping[str, Any]
    configured: Configured
    source: str


def import_libocpp16(path: str | Path, user_config: str | Path | None) -> Found:
    user = None if user_config is None else Path(user_config)
    return _found(read_libocpp16(Path(path), user), str(path))


def import_components(directory: str | Path) -> Found:
    found = _found(read_component_directory(Path(directory)), str(directory))
    versions = setting(found.configured, InternalCtrlr.supported_ocpp_versions)
    if not versions:
        return found
    return attrs.evolve(found, fields={**found.fields, "versions": tuple(versions.split(","))})


def _found(imported: Imported, source: str) -> Found:
    configured = imported.configured
    profiles = [
        profile for slot in _order(imported) if (profile := _profile(configured, slot)) is not None
    ]
    fields: dict[str, Any] = {"network_profiles": tuple(profiles)}
    identity = setting(configured, SecurityCtrlr.identity)
    own = [each["identity"] for each in profiles if each.get("identity")]
    name = identity or (own or [setting(configured, NetworkConfiguration.identity)])[0]
    if name:
        fields["id"] = name
    password = setting(configured, SecurityCtrlr.basic_auth_password)
    if password:
        fields["password"] = password
    if imported.topology is not None:
        fields["evses"] = imported.topology.connectors
    return Found(fields, configured, source)


def _order(imported: Imported) -> list[str]:
    """The slots, those of the configured priority first."""
    slots = [str(slot) for slot in imported.slots]
    priority = setting(imported.configured, OCPPCommCtrlr.network_configuration_priority) or ""
    first = [slot for slot in priority.split(",") if slot in slots]
    return first or slots


def _profile(configured: Configured, slot: str) -> dict[str, Any] | None:
    url = setting(configured, NetworkConfiguration.ocpp_csms_url, slot)
    if not url:
        return None
    profile: dict[str, Any] = {"csms_url": url, "slot": int(slot)}
    level = setting(configured, NetworkConfiguration.security_profile, slot)
    if level and level.isdigit():
        profile["security_profile"] = int(level)
    for name, definition in (
        ("identity", NetworkConfiguration.identity),
        ("password", NetworkConfiguration.basic_auth_password),
    ):
        text = setting(configured, definition, slot)
        if text:
            profile[name] = text
    return profile
