"""Security profiles 2 and 3 over real sockets: who is trusted, and why a handshake failed."""

from __future__ import annotations

import socket
import ssl
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from loopback_peers import csms, end_of, link_to, raw_peer, refusing_tls_peer, request, run
from websockets.asyncio.server import ServerConnection

from ocpp_iface.ports.transport import CloseReason, LinkClose, TlsSettings

pytestmark = pytest.mark.e2e

DATA = Path(__file__).parent / "data"
OUR_CA = TlsSettings(ca_files=(str(DATA / "ca.pem"),), default_ca_paths=False)


def server_context(name: str = "server") -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(DATA / f"{name}.pem", DATA / f"{name}.key.pem")
    return context


async def idle(connection: ServerConnection) -> None:
    await connection.wait_closed()


def outcome(
    context: ssl.SSLContext, tls: TlsSettings | None = OUR_CA, host: str = "127.0.0.1"
) -> str | LinkClose:
    """The subprotocol if the link opens, else why it does not."""
    first: list[Any] = []

    async def scenario() -> None:
        async with csms(idle, ssl=context) as port:
            to = request(port, url=f"wss://{host}:{port}/ocpp", tls=tls)
            async with link_to(to) as (_, sink):
                first.append((await sink.until(1))[0])

    run(scenario)
    return first[0][1] if isinstance(first[0], tuple) else first[0]


def resolve_to_loopback(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    original = socket.getaddrinfo

    def resolve(name: Any, *arguments: Any, **options: Any) -> Any:
        return original("127.0.0.1" if name == host.lower() else name, *arguments, **options)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)


def reason(*arguments: Any) -> CloseReason:
    end = outcome(*arguments)
    assert isinstance(end, LinkClose)
    assert end.detail
    return end.reason


@pytest.mark.parametrize("name", ["server", "server_rsa"])
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_csms_with_a_certificate_of_our_root_is_trusted(
    name: str, host: str, version: ssl.TLSVersion
) -> None:
    context = server_context(name)
    context.minimum_version = context.maximum_version = version
    if version is ssl.TLSVersion.TLSv1_2:
        context.set_ciphers("ALL")

    assert outcome(context, OUR_CA, host) == "ocpp2.0.1"


@pytest.mark.parametrize(
    ("name", "tls"),
    [
        ("expired", OUR_CA),
        ("future", OUR_CA),
        ("other_host", OUR_CA),
        (
            "server",
            TlsSettings(ca_files=(str(DATA / "other_ca.pem"),), default_ca_paths=False),
        ),
        ("server", TlsSettings(default_ca_paths=False)),
        ("server", None),
    ],
    ids=["expired", "future", "other host", "other root", "no root", "roots of the system"],
)
def test_a_certificate_that_proves_nothing_is_refused(name: str, tls: TlsSettings | None) -> None:
    assert reason(server_context(name), tls) is CloseReason.TLS_CERTIFICATE


def test_the_host_name_is_not_compared_if_so_configured() -> None:
    lax = TlsSettings(OUR_CA.ca_files, default_ca_paths=False, verify_hostname=False)

    assert outcome(server_context("other_host"), lax) == "ocpp2.0.1"
    assert reason(server_context("expired"), lax) is CloseReason.TLS_CERTIFICATE


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, CloseReason.TLS_CERTIFICATE),
        ({"allow_wildcards": True}, "ocpp2.0.1"),
        ({"verify_hostname": False}, "ocpp2.0.1"),
    ],
)
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_wildcard_names_the_host_only_if_that_is_allowed(
    monkeypatch: pytest.MonkeyPatch, version: ssl.TLSVersion, changes: Any, expected: Any
) -> None:
    resolve_to_loopback(monkeypatch, "one.csms.example")
    context = server_context("wildcard")
    context.minimum_version = context.maximum_version = version

    result = outcome(context, evolve(OUR_CA, **changes), "one.csms.example")

    assert (result.reason if isinstance(result, LinkClose) else result) == expected


@pytest.mark.parametrize("host", ["csms.example", "CSMS.Example"])
def test_a_certificate_that_spells_the_host_out_needs_no_wildcard(
    monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    resolve_to_loopback(monkeypatch, host)

    assert outcome(server_context("other_host"), OUR_CA, host) == "ocpp2.0.1"


def refusal(context: ssl.SSLContext) -> LinkClose:
    ends: list[LinkClose] = []

    async def scenario() -> None:
        ends.append(await end_of(request(port, url=f"wss://127.0.0.1:{port}/", tls=OUR_CA)))

    with refusing_tls_peer(context) as port:
        run(scenario)
    return ends[0]


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1_1:DeprecationWarning")
def test_a_csms_that_speaks_only_old_tls_is_refused() -> None:
    context = server_context()
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1

    assert refusal(context).reason is CloseReason.TLS_VERSION


def test_a_csms_without_a_common_cipher_suite_is_refused() -> None:
    context = server_context("server_rsa")
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("ECDHE-RSA-AES256-SHA384")

    assert refusal(context).reason is CloseReason.TLS_CIPHER


def test_a_client_certificate_lets_the_station_in() -> None:
    context = server_context()
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(DATA / "ca.pem")
    ours = TlsSettings(
        OUR_CA.ca_files,
        default_ca_paths=False,
        client_certificate_file=str(DATA / "client.pem"),
        client_key_file=str(DATA / "client.key.pem"),
    )

    assert outcome(context, ours) == "ocpp2.0.1"


def test_a_station_without_the_client_certificate_is_told_by_tls() -> None:
    context = server_context()
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(DATA / "ca.pem")

    # With TLS 1.3 the refusal races with the request and may come as a plain loss.
    assert reason(context) in (CloseReason.TLS, CloseReason.LOST, CloseReason.PROTOCOL_ERROR)


def test_a_peer_that_speaks_no_tls_is_a_tls_failure() -> None:
    async def plain(reader: Any, writer: Any) -> None:
        await reader.read(1)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    async def scenario() -> None:
        async with raw_peer(plain) as port:
            to = request(port, url=f"wss://127.0.0.1:{port}/", tls=OUR_CA)
            assert (await end_of(to)).reason is CloseReason.TLS

    run(scenario)
