"""`ocpp-iface variables`: look at and change the variables of a station that is not running."""

from __future__ import annotations

import argparse
import fnmatch
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from ocpp_iface.cli.command import Command, Exit
from ocpp_iface.cli.offline import OfflineStation, offline_station
from ocpp_iface.config import StationConfig
from ocpp_iface.devicemodel.custom import format_address, parse_address
from ocpp_iface.devicemodel.definition import KeyPart
from ocpp_iface.devicemodel.instances import Located
from ocpp_iface.errors import ConfigurationError
from ocpp_iface.types import ComponentVariable

_SOURCE: Final = "console"
_DESCRIPTION: Final = """\
Look at and change the variables of a station: its configuration, and over it what its store says
(what the CSMS or an app has set). The station must not be running; use `get` and `set` of
`ocpp-iface run` while it is.

An ADDRESS is Component/Variable as in TxCtrlr/EVConnectionTimeOut or Connector@1.2/ConnectorType
(EVSE 1, connector 2), or a 1.6 key as in ConnectionTimeOut. In patterns, * stands for anything.
"""
_EPILOG: Final = """\
examples:
  ocpp-iface variables list station.toml
  ocpp-iface variables list station.toml 'TxCtrlr/*' --json
  ocpp-iface variables list station.toml --changed      # what was set at run time, and by whom
  ocpp-iface variables get station.toml HeartbeatInterval TxCtrlr/TxStartPoint
  ocpp-iface variables set station.toml TxCtrlr/EVConnectionTimeOut 90
  ocpp-iface variables export station.toml --format toml > variables.toml

Passwords and keys are never shown.
"""


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    listing = actions.add_parser("list", help="variables with value, access and source")
    _add_config(listing)
    listing.add_argument(
        "pattern", nargs="?", default="*", help="of addresses and 1.6 keys, as in 'TxCtrlr/*'"
    )
    listing.add_argument("--changed", action="store_true", help="only what was set at run time")
    listing.add_argument("--json", action="store_true", help="print one JSON array")
    listing.set_defaults(act=_list)
    getting = actions.add_parser("get", help="values, one a line, as ADDRESS=VALUE")
    _add_config(getting)
    getting.add_argument("address", nargs="+", metavar="ADDRESS")
    getting.add_argument("--json", action="store_true", help="print one JSON object")
    getting.set_defaults(act=_get)
    setting = actions.add_parser("set", help="set one variable in the store")
    _add_config(setting)
    setting.add_argument("address", metavar="ADDRESS")
    setting.add_argument("value", metavar="VALUE")
    setting.set_defaults(act=_set)
    export = actions.add_parser("export", help="all readable variables, as JSON or TOML")
    _add_config(export)
    export.add_argument("--format", choices=("json", "toml"), default="json")
    export.add_argument("--changed", action="store_true", help="only what was set at run time")
    export.set_defaults(act=_export)


def _add_config(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("config", metavar="station.toml", type=Path)


def _run(arguments: argparse.Namespace) -> int:
    config = StationConfig.from_toml(arguments.config)
    writes = arguments.act is _set
    if writes and config.store is None:
        raise ConfigurationError(
            "missing: without a store there is nothing to set", source=config.source, path="store"
        )
    with offline_station(config, to_write=writes) as station:
        return int(arguments.act(station, arguments))


def _chosen(station: OfflineStation, pattern: str, *, changed: bool) -> Iterator[Located]:
    for located in station.model:
        name = format_address(station.address(located))
        if changed and not station.is_changed(located):
            continue
        names = (name, *_keys(station, located))
        if any(fnmatch.fnmatchcase(each.casefold(), pattern.casefold()) for each in names):
            yield located


def _list(station: OfflineStation, arguments: argparse.Namespace) -> Exit:
    chosen = _chosen(station, arguments.pattern, changed=arguments.changed)
    records = [_record(station, located) for located in chosen]
    if arguments.json:
        print(json.dumps(records, ensure_ascii=False, indent=1))
        return Exit.OK
    rows = [
        (each["address"], _shown(each["value"]), each["access"], each["source"]) for each in records
    ]
    _print_table([("ADDRESS", "VALUE", "ACCESS", "SOURCE"), *rows])
    return Exit.OK


def _record(station: OfflineStation, located: Located) -> dict[str, Any]:
    shape = station.model.shape(located)
    keys = _keys(station, located)
    record = {
        "address": format_address(station.address(located)),
        "value": station.value(located),
        "access": str(shape.access),
        "source": station.source(located),
        "type": str(shape.data_type),
        "unit": shape.unit,
        "min": shape.minimum,
        "max": shape.maximum,
        "values": list(shape.values) or None,
        "keys16": keys or None,
    }
    kept = ("value",)
    return {name: item for name, item in record.items() if item is not None or name in kept}


def _keys(station: OfflineStation, located: Located) -> list[str]:
    """The 1.6 keys that stand for its value."""
    shape = station.model.shape(located)
    return [each.name for each in shape.key16 if each.part is KeyPart.VALUE]


def _shown(value: str | None) -> str:
    if value is None:
        return "(never shown)"
    return value if len(value) <= 60 else f"{value[:59]}…"


def _print_table(rows: list[tuple[str, ...]]) -> None:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        print("  ".join(cells).rstrip())


def _get(station: OfflineStation, arguments: argparse.Namespace) -> Exit:
    found: dict[str, str] = {}
    missing = False
    for word in arguments.address:
        value, problem = _value(station, word)
        if value is None:
            missing = True
            print(f"ocpp-iface: {word}: {problem}", file=sys.stderr)
        else:
            found[word] = value
    if arguments.json:
        print(json.dumps(found, ensure_ascii=False, indent=1))
    else:
        for word, value in found.items():
            print(f"{word}={value}")
    return Exit.FAILED if missing else Exit.OK


def _value(station: OfflineStation, word: str) -> tuple[str | None, str]:
    if "/" not in word:
        value = station.get_key(word)
        return value, "no such 1.6 key (or one that is never shown)"
    result = station.get(_address(word))
    return result.value, str(result.status)


def _set(station: OfflineStation, arguments: argparse.Namespace) -> Exit:
    word, value = arguments.address, arguments.value
    if station.keys.resolve(word) is not None:
        status = station.set_key(word, value, _SOURCE)
    else:
        status = station.set(_address(word), value, _SOURCE)
    print(status)
    return Exit.OK if status.startswith(("Accepted", "RebootRequired")) else Exit.FAILED


def _export(station: OfflineStation, arguments: argparse.Namespace) -> Exit:
    values = {
        format_address(station.address(located)): value
        for located in _chosen(station, "*", changed=arguments.changed)
        if (value := station.value(located)) is not None
    }
    if arguments.format == "json":
        print(json.dumps(values, ensure_ascii=False, indent=1))
    else:
        print("[variables]")
        for name, value in values.items():
            print(f"{json.dumps(name)} = {json.dumps(value, ensure_ascii=False)}")
    return Exit.OK


def _address(word: str) -> ComponentVariable:
    """Raises ConfigurationError: it is an argument that is wrong."""
    address = parse_address(word)
    if address is None:
        raise ConfigurationError("neither Component/Variable nor a 1.6 key", path=word)
    return address


COMMAND: Final = Command(
    name="variables",
    summary="list, get, set and export the variables of a station",
    description=_DESCRIPTION,
    epilog=_EPILOG,
    add_arguments=_add_arguments,
    run=_run,
)
