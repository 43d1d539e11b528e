"""Security of 1.6: the handshakes on a real socket, as a CSMS sees them."""

from __future__ import annotations

import asyncio
import base64
import json
import ssl
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from attrs import define, field
from websockets.asyncio.server import Request, ServerConnection, serve

from ocpp_iface.config import StationConfig
from ocpp_iface.ports.transport import TlsSettings
from ocpp_iface.service import OcppService

pytestmark = pytest.mark.e2e

DATA = Path(__file__).parent.parent / "runtime" / "data"
ROOT = TlsSettings(ca_files=(str(DATA / "ca.pem"),), default_ca_paths=False)
PASSWORD = "the-password-it-came-with"
SUITES = [
    ("server", "ECDHE-ECDSA-AES128-GCM-SHA256"),
    ("server", "ECDHE-ECDSA-AES256-GCM-SHA384"),
    ("server_rsa", "AES128-GCM-SHA256"),
    ("server_rsa", "AES256-GCM-SHA384"),
    ("server", None),
]
"""The certificate of the CSMS and the only suite of TLS 1.2 that it takes; None: TLS 1.3."""


class Charger:
    """Has nothing but a contactor."""

    def permit_energy(self, evse_id: int) -> None:
        del evse_id

    def stop_energy(self, evse_id: int) -> None:
        del evse_id


@define
class Csms:
    """Accepts the boot, and notes what it got."""

    path: str = ""
    credentials: str = ""
    tls: str | None = None
    messages: list[tuple[str, dict[str, Any]]] = field(factory=list)
    booted: asyncio.Event = field(factory=asyncio.Event)

    def upgrade(self, connection: ServerConnection, request: Request) -> None:
        self.path = request.path
        self.credentials = request.headers.get("Authorization", "")
        secure = connection.transport.get_extra_info("ssl_object")
        self.tls = secure.version() if secure else None

    async def talk(self, connection: ServerConnection) -> None:
        async for text in connection:
            _, unique_id, action, payload = json.loads(text)
            self.messages.append((action, payload))
            answer = {}
            if action == "BootNotification":
                now = "2026-01-01T00:00:00Z"
                answer = {"status": "Accepted", "currentTime": now, "interval": 300}
            await connection.send(json.dumps([3, unique_id, answer]))
            reported = [each for each in self.messages if each[0] == "StatusNotification"]
            if len(reported) == 3:
                self.booted.set()


def boots(level: int, context: ssl.SSLContext | None = None) -> Csms:
    """A station is switched on; what the CSMS saw until all statuses are reported."""
    csms = Csms()

    async def scenario() -> None:
        async with serve(
            csms.talk, "127.0.0.1", 0, ssl=context, subprotocols=["ocpp1.6"],
            process_request=csms.upgrade, close_timeout=0.2,
        ) as server:  # fmt: skip
            port = server.sockets[0].getsockname()[1]
            config = StationConfig(
                id="CP-7",
                csms_url=f"{'wss' if context else 'ws'}://127.0.0.1:{port}/ocpp",
                versions=("ocpp1.6",),
                evses=(1, 1),
                security_profile=level,
                password=PASSWORD,
                tls=ROOT if context else None,
            )
            async with OcppService.open(config, hardware=Charger()):
                await patiently(csms.booted.wait)

    asyncio.run(scenario())
    return csms


async def patiently(wait: Callable[[], Awaitable[Any]]) -> None:
    async with asyncio.timeout(20):
        await wait()


def assert_booted_with_its_password(csms: Csms) -> None:
    scheme, credentials = csms.credentials.split(" ")
    identity, password = base64.b64decode(credentials, validate=True).split(b":", 1)
    assert scheme == "Basic"
    assert csms.path == f"/ocpp/{identity.decode()}" == "/ocpp/CP-7"
    assert password == PASSWORD.encode()
    assert len(password) >= 16
    assert csms.messages[0][0] == "BootNotification"
    statuses = [payload for action, payload in csms.messages if action == "StatusNotification"]
    assert [each["connectorId"] for each in statuses] == [0, 1, 2]
    assert {each["status"] for each in statuses} == {"Available"}


def test_tc_085_cs():
    csms = boots(1)

    assert csms.tls is None
    assert_booted_with_its_password(csms)


@pytest.mark.parametrize(("certificate", "suite"), SUITES)
def test_tc_086_cs(certificate, suite):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(DATA / f"{certificate}.pem", DATA / f"{certificate}.key.pem")
    if suite is None:
        context.minimum_version = ssl.TLSVersion.TLSv1_3
    else:
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        context.set_ciphers(suite)

    csms = boots(2, context)

    assert csms.tls == ("TLSv1.3" if suite is None else "TLSv1.2")
    assert_booted_with_its_password(csms)
