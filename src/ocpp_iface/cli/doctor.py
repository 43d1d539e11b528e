"""`ocpp-iface doctor`: looks at a configuration, its store and its CSMS, and says what is wrong."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import socket
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from attrs import frozen

from ocpp_iface.cli.command import Command, Exit
from ocpp_iface.cli.offline import offline_station
from ocpp_iface.cli.style import Style
from ocpp_iface.config import NetworkProfile, StationConfig
from ocpp_iface.errors import ConfigurationError, StoreError, StoreTooNew
from ocpp_iface.ports.transport import CloseReason, LinkClose, LinkRequest, TlsSettings
from ocpp_iface.runtime.tls import client_context
from ocpp_iface.runtime.websocket import WebSocketLink

OK, WARNING, WRONG = "ok", "warning", "wrong"
_COLOURS: Final = {OK: "green", WARNING: "yellow", WRONG: "red"}
_OPEN_TIMEOUT_S: Final = 10.0
_MIN_FREE_BYTES: Final = 50_000_000

_DESCRIPTION: Final = """\
Look at a configuration, its store, its certificates and its CSMS, and say what is wrong and what to
do about it. It dials the CSMS as the station would (TLS, password, OCPP version), but sends no
message, so the CSMS sees a station that connects and leaves. While the station itself is running use
--offline: a CSMS may drop its link when the same id dials again.

It ends with status 1 if something is wrong, with 2 if that is the configuration.
"""
_EPILOG: Final = """\
examples:
  ocpp-iface doctor station.toml
  ocpp-iface doctor station.toml --offline     # without dialling the CSMS
  ocpp-iface doctor station.toml --json
"""

_REMEDIES: Final[dict[CloseReason, str]] = {
    CloseReason.REFUSED: "is the CSMS running, are host and port right, does a firewall interfere?",
    CloseReason.OPEN_TIMEOUT: "host or port may be wrong, or a firewall drops the packets",
    CloseReason.UNAUTHORIZED: "check `id` and `password` against what the CSMS knows",
    CloseReason.HTTP_STATUS: "the CSMS is there but takes no station now; ask its operator",
    CloseReason.SUBPROTOCOL: "the CSMS speaks none of `versions`; ask its operator which it does",
    CloseReason.TLS_CERTIFICATE: (
        "set tls.ca_files to the root certificate of the CSMS, or check the host name and the clock"
    ),
    CloseReason.TLS_VERSION: "the CSMS must offer TLS 1.2 or later",
    CloseReason.TLS_CIPHER: "the CSMS offers none of the cipher suites that OCPP allows",
    CloseReason.TLS: "a client certificate may be needed (security profile 3), or it was refused",
    CloseReason.CONFIGURATION: "correct the configuration",
    CloseReason.PROTOCOL_ERROR: "what answers there is no WebSocket server",
    CloseReason.LOST: "the connection was cut; ws:// for wss://, or the reverse, looks like this",
}

_HTTP_REMEDIES: Final = {
    400: "the CSMS may speak none of `versions`, or the path of csms_url is wrong",
    403: "the CSMS does not let this id in; check `id`",
    404: "the path of csms_url is wrong, or the CSMS does not know this id",
}


@frozen
class Finding:
    """`remedy`: what to do, if it is not ok."""

    what: str
    state: str
    detail: str
    remedy: str = ""


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("config", metavar="station.toml", type=Path)
    parser.add_argument("--offline", action="store_true", help="do not dial the CSMS")
    parser.add_argument("--json", action="store_true", help="print one JSON array")


def _run(arguments: argparse.Namespace) -> int:
    findings = examine(arguments.config, dial=not arguments.offline)
    if arguments.json:
        records = [
            {"what": f.what, "state": f.state, "detail": f.detail, "remedy": f.remedy}
            for f in findings
        ]
        print(json.dumps(records, ensure_ascii=False, indent=1))
    else:
        _print(findings)
    wrong = [finding for finding in findings if finding.state == WRONG]
    if not wrong:
        return Exit.OK
    return Exit.USAGE if wrong[0].what == "configuration" else Exit.FAILED


def _print(findings: list[Finding]) -> None:
    style = Style.of(sys.stdout)
    width = max(len(finding.what) for finding in findings)
    for finding in findings:
        state = style.paint(f"{finding.state:<8}", _COLOURS[finding.state])
        print(f"{state} {finding.what:<{width}}  {finding.detail}")
        if finding.remedy:
            print(f"{'':<{width + 9}}  -> {finding.remedy}")


def examine(file: Path, *, dial: bool) -> list[Finding]:
    """Everything that can be said; a configuration that cannot be read ends it."""
    try:
        config = StationConfig.from_toml(file)
    except ConfigurationError as error:
        remedy = "correct this place of the file"
        if not os.access(file, os.R_OK) or not file.is_file():
            remedy = "check the name of the file and the right to read it"
        return [Finding("configuration", WRONG, str(error), remedy)]
    try:
        offline = list(_examine_store(config))
    except ConfigurationError as error:  # a value that does not fit its variable
        return [Finding("configuration", WRONG, str(error), "correct this place of the file")]
    connectors = ", ".join(str(count) for count in config.evses)
    detail = f"{config.id}: {len(config.evses)} EVSE (connectors: {connectors}), offers"
    findings = [Finding("configuration", OK, f"{detail} {', '.join(config.versions)}")]
    findings += offline
    for profile in config.profiles:
        findings += _examine_profile(config, profile, dial=dial)
    return findings


def _examine_store(config: StationConfig) -> list[Finding]:
    if config.store is None:
        with offline_station(config):
            remedy = 'set store = "station.db" to lose nothing when the process ends'
            return [Finding("store", WARNING, "in memory: everything is forgotten", remedy)]
    path = Path(config.store)
    if not path.parent.is_dir():
        remedy = "create the directory, or correct `store`"
        return [Finding("store", WRONG, f"{path.parent} is no directory", remedy)]
    if not os.access(path.parent, os.W_OK):
        return [Finding("store", WRONG, f"{path.parent} is not writable", "change its rights")]
    if not path.exists():
        with offline_station(config):
            return [Finding("store", OK, f"{path} will be made at the first start"), _space(path)]
    if not path.is_file():
        return [Finding("store", WRONG, f"{path} is not a file", "correct `store`")]
    if not os.access(path, os.R_OK | os.W_OK):
        detail = f"{path} cannot be read and written"
        return [Finding("store", WRONG, detail, "change its rights or its owner")]
    problem = _soundness(path)
    if problem is not None:
        return [problem]
    try:
        return [_content(config, path), _space(path)]
    except StoreTooNew as error:
        remedy = "use the version that wrote it, or another file"
        return [Finding("store", WRONG, str(error), remedy)]
    except StoreError as error:
        return [Finding("store", WRONG, str(error), "correct `store`, or use another file")]


def _content(config: StationConfig, path: Path) -> Finding:
    with offline_station(config) as station:
        changed = sum(1 for located in station.model if station.is_changed(located))
    return Finding("store", OK, f"{path} is sound; {changed} variables were set at run time")


def _soundness(path: Path) -> Finding | None:
    """Looked at without opening it as a station would: that moves a damaged file aside."""
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=0)) as connection:
            verdict = str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY:
            remedy = "a station is running on it; stop that to have the store examined"
            return Finding("store", WARNING, f"{path} is in use", remedy)
        verdict = str(error)
    if verdict == "ok":
        return None
    remedy = "the next start will move it aside and say so; the start after that begins empty"
    return Finding("store", WRONG, f"{path} is damaged: {verdict}", remedy)


def _space(path: Path) -> Finding:
    usage = os.statvfs(path.parent)
    free = usage.f_bavail * usage.f_frsize
    detail = f"{free // 1_000_000} MB free"
    if free < _MIN_FREE_BYTES:
        return Finding("disk", WARNING, detail, "a full disk stops the station: make room")
    return Finding("disk", OK, detail)


def _examine_profile(
    config: StationConfig, profile: NetworkProfile, *, dial: bool
) -> list[Finding]:
    name = f"network profile {profile.slot}"
    findings = []
    if not profile.security_profile:
        remedy = "fine on loopback and in a VPN; else use wss:// and a password"
        detail = "security profile 0: neither encrypted nor authenticated"
        findings.append(Finding(name, WARNING, detail, remedy))
    else:
        findings.append(Finding(name, OK, f"security profile {profile.security_profile}"))
    secure = urlsplit(profile.csms_url).scheme == "wss"
    if secure:
        try:
            client_context(config.tls_settings)
        except ConfigurationError as error:
            findings.append(Finding(f"{name}: TLS", WRONG, str(error), "correct the [tls] table"))
            return findings
    if dial:
        findings.append(asyncio.run(_dial(config, profile, f"{name}: CSMS")))
    return findings


class _Sink:
    """Waits for the one thing that matters: open, or why not."""

    def __init__(self) -> None:
        self.end: asyncio.Future[str | LinkClose] = asyncio.get_running_loop().create_future()

    def opened(self, subprotocol: str, /) -> None:
        if not self.end.done():
            self.end.set_result(subprotocol)

    def frame(self, _data: str | bytes, /) -> None:
        return

    def full(self) -> bool:
        return False

    def closed(self, close: LinkClose, /) -> None:
        if not self.end.done():
            self.end.set_result(close)


async def _dial(config: StationConfig, profile: NetworkProfile, name: str) -> Finding:
    request = LinkRequest(
        url=profile.csms_url,
        identity=profile.identity or config.id,
        subprotocols=config.versions,
        password=None if profile.password is None else profile.password.encode(),
        tls=config.tls_settings if profile.csms_url.startswith("wss") else TlsSettings(),
        open_timeout_s=_OPEN_TIMEOUT_S,
    )
    sink = _Sink()
    link = WebSocketLink(sink)
    link.open(request)
    end = await sink.end
    link.close()
    await link.wait_closed()
    if isinstance(end, str):
        return Finding(name, OK, f"{request.address} answers and speaks {end}")
    host = urlsplit(profile.csms_url).hostname or ""
    if end.reason is CloseReason.REFUSED and not _resolves(host):
        return Finding(name, WRONG, f"the host {host} is unknown", "check csms_url and the DNS")
    detail = f"{request.address}: {end.reason}: {end.detail}"
    return Finding(name, WRONG, detail, _remedy(end))


def _remedy(end: LinkClose) -> str:
    known = _HTTP_REMEDIES.get(end.code or 0) if end.reason is CloseReason.HTTP_STATUS else None
    return known or _REMEDIES.get(end.reason, "")


def _resolves(host: str) -> bool:
    try:
        socket.getaddrinfo(host, None)
    except OSError:
        return False
    return True


COMMAND: Final = Command(
    name="doctor",
    summary="check a configuration, its store and its CSMS, and say what is wrong",
    description=_DESCRIPTION,
    epilog=_EPILOG,
    add_arguments=_add_arguments,
    run=_run,
)
