"""A CSMS on a real socket, and a real station that connects to it: for cases about HTTP and TLS."""

from __future__ import annotations

import asyncio
import base64
import json
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest
from attrs import define, evolve, field
from websockets.asyncio.server import Request, ServerConnection, serve

from ocpp_iface.config import StationConfig
from ocpp_iface.ports.transport import TlsSettings
from ocpp_iface.service import OcppService
from ocpp_iface.types import format_moment

DATA = Path(__file__).parent.parent / "runtime" / "data"
ROOT = TlsSettings(ca_files=(str(DATA / "ca.pem"),), default_ca_paths=False)
PASSWORD = "the-password-it-came-with"
STATION = "CP-7"
SUITES = [
    ("server", "ECDHE-ECDSA-AES128-GCM-SHA256"),
    ("server", "ECDHE-ECDSA-AES256-GCM-SHA384"),
    ("server_rsa", "AES128-GCM-SHA256"),
    ("server_rsa", "AES256-GCM-SHA384"),
    ("server", None),
]
"""The certificate of the CSMS and the only suite of TLS 1.2 that it takes; None: TLS 1.3."""
each_suite = pytest.mark.parametrize(("certificate", "suite"), SUITES)
CERTIFICATE_PROFILE: Final = 3
_STATUSES: Final = {"ocpp1.6": 3, "ocpp2.0.1": 2}
"""Of a station with two connectors."""


def context_of(certificate: str = "server", suite: str | None = None) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(DATA / f"{certificate}.pem", DATA / f"{certificate}.key.pem")
    if suite is None:
        context.minimum_version = ssl.TLSVersion.TLSv1_3
    else:
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        context.set_ciphers(suite)
    return context


def handshake(context: ssl.SSLContext, port: int) -> Exception | None:
    """Wait for one TLS handshake. -> why it failed. (Unlike asyncio's server it sends the alert.)"""
    with socket.create_server(("127.0.0.1", port)) as listener:
        listener.settimeout(20)
        connection, _ = listener.accept()
        with connection:
            try:
                context.wrap_socket(connection, server_side=True).close()
            except OSError as failure:
                return failure
    return None


class Charger:
    """Has nothing but a contactor."""

    def permit_energy(self, evse_id: int) -> None:
        del evse_id

    def stop_energy(self, evse_id: int) -> None:
        del evse_id


@define
class Csms:
    """Accepts the boot, and notes what it got."""

    version: str = "ocpp1.6"
    path: str = ""
    credentials: str = ""
    tls: str | None = None
    peer: dict[str, Any] = field(factory=dict)
    """The certificate of the station."""
    messages: list[tuple[str, dict[str, Any]]] = field(factory=list)
    booted: asyncio.Event = field(factory=asyncio.Event)
    news: asyncio.Event = field(factory=asyncio.Event)
    """Set with every message."""

    def upgrade(self, connection: ServerConnection, request: Request) -> None:
        self.path = request.path
        self.credentials = request.headers.get("Authorization", "")
        secure = connection.transport.get_extra_info("ssl_object")
        self.tls = secure.version() if secure else None
        self.peer = (secure.getpeercert() if secure else None) or {}

    async def talk(self, connection: ServerConnection) -> None:
        async for text in connection:
            _, unique_id, action, payload = json.loads(text)
            self.messages.append((action, payload))
            answer = {}
            if action == "BootNotification":
                now = format_moment(datetime.now(UTC))
                answer = {"status": "Accepted", "currentTime": now, "interval": 300}
            await connection.send(json.dumps([3, unique_id, answer]))
            self.news.set()
            if len(self.of("StatusNotification")) == _STATUSES[self.version]:
                self.booted.set()

    def of(self, action: str) -> list[dict[str, Any]]:
        return [payload for name, payload in self.messages if name == action]

    async def until(self, condition: Callable[[], Any]) -> None:
        while not condition():
            self.news.clear()
            await self.news.wait()

    @asynccontextmanager
    async def listening(
        self, context: ssl.SSLContext | None = None, port: int = 0
    ) -> AsyncIterator[int]:
        """-> the port"""
        async with serve(
            self.talk, "127.0.0.1", port, ssl=context, subprotocols=[self.version],
            process_request=self.upgrade, close_timeout=0.2,
        ) as server:  # fmt: skip
            yield server.sockets[0].getsockname()[1]


@asynccontextmanager
async def station(
    version: str, level: int, port: int, host: str = "127.0.0.1", **config: Any
) -> AsyncIterator[None]:
    known = {"password": PASSWORD, "tls": ROOT if level > 1 else None}
    own = evolve(
        ROOT,
        client_certificate_file=str(DATA / "client.pem"),
        client_key_file=str(DATA / "client.key.pem"),
    )
    settings = StationConfig(
        id=STATION,
        csms_url=f"{'wss' if level > 1 else 'ws'}://{host}:{port}/ocpp",
        versions=(version,),
        evses=(1, 1),
        security_profile=level,
        **({"tls": own} if level == CERTIFICATE_PROFILE else known),
        **config,
    )
    async with OcppService.open(settings, hardware=Charger()):
        yield


async def patiently(wait: Callable[[], Awaitable[Any]]) -> None:
    async with asyncio.timeout(20):
        await wait()


def boots(version: str, level: int, context: ssl.SSLContext | None = None, **config: Any) -> Csms:
    """A station is switched on; what the CSMS saw until all statuses are reported."""
    csms = Csms(version)

    async def scenario() -> None:
        async with csms.listening(context) as port, station(version, level, port, **config):
            await patiently(csms.booted.wait)

    asyncio.run(scenario())
    return csms


def assert_has_its_password(csms: Csms) -> None:
    """The identity in the header is the one in the path."""
    scheme, credentials = csms.credentials.split(" ")
    identity, password = base64.b64decode(credentials, validate=True).split(b":", 1)
    assert scheme == "Basic"
    assert csms.path == f"/ocpp/{identity.decode()}" == f"/ocpp/{STATION}"
    assert password == PASSWORD.encode()
    assert 16 <= len(password) <= 40
    assert csms.messages[0][0] == "BootNotification"
