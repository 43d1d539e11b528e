"""What a station accepts as TLS, and the errors for files that cannot be used.

The handshakes themselves, over sockets, are in test_websocket_tls.
"""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from ocpp_iface.errors import ConfigurationError
from ocpp_iface.ports.transport import CloseReason, TlsSettings
from ocpp_iface.runtime.tls import CIPHERS_TLS_1_2, client_context, close_reason

DATA = Path(__file__).parent / "data"


def file(name: str) -> str:
    return str(DATA / name)


def own_ca(**settings: object) -> TlsSettings:
    return TlsSettings(ca_files=(file("ca.pem"),), default_ca_paths=False, **settings)


def test_the_csms_is_verified_unless_said_otherwise() -> None:
    context = client_context(TlsSettings())

    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname is True
    assert context.minimum_version is ssl.TLSVersion.TLSv1_2


def test_the_hostname_check_can_be_turned_off_but_not_the_verification() -> None:
    context = client_context(own_ca(verify_hostname=False))

    assert context.check_hostname is False
    assert context.verify_mode is ssl.CERT_REQUIRED


def test_only_the_suites_of_the_security_profiles_are_offered_with_tls_1_2() -> None:
    ciphers = client_context(own_ca()).get_ciphers()

    assert [each["name"] for each in ciphers if each["protocol"] != "TLSv1.3"] == list(
        CIPHERS_TLS_1_2
    )


def test_only_the_configured_roots_are_trusted_without_the_default_paths() -> None:
    both = TlsSettings(ca_files=(file("ca.pem"), file("other_ca.pem")), default_ca_paths=False)

    assert client_context(TlsSettings(default_ca_paths=False)).get_ca_certs() == []
    subjects = [ca["subject"][0][0][1] for ca in client_context(both).get_ca_certs()]
    assert subjects == ["Test root ca", "Test root other_ca"]


@pytest.mark.parametrize(
    "settings",
    [
        own_ca(client_certificate_file=file("client.pem"), client_key_file=file("client.key.pem")),
        own_ca(
            client_certificate_file=file("client.pem"),
            client_key_file=file("client_encrypted.key.pem"),
            client_key_password=b"open",
        ),
    ],
    ids=["plain key", "encrypted key"],
)
def test_a_client_certificate_is_loaded(settings: TlsSettings) -> None:
    client_context(settings)


def test_certificate_and_key_may_be_in_one_file(tmp_path: Path) -> None:
    both = tmp_path / "both.pem"
    both.write_bytes((DATA / "client.pem").read_bytes() + (DATA / "client.key.pem").read_bytes())

    client_context(own_ca(client_certificate_file=str(both)))


@pytest.mark.parametrize(
    ("settings", "named", "reason"),
    [
        (TlsSettings(ca_files=("/missing/ca.pem",)), "/missing/ca.pem", "No such file"),
        (TlsSettings(ca_files=(str(DATA),)), str(DATA), "directory"),
        (TlsSettings(ca_files=(file("make.sh"),)), file("make.sh"), "no CA certificate"),
        (own_ca(client_certificate_file="/missing/c.pem"), "/missing/c.pem", "No such file"),
        (
            own_ca(client_certificate_file=file("client.pem"), client_key_file="/missing/k.pem"),
            "/missing/k.pem",
            "No such file",
        ),
        (
            own_ca(
                client_certificate_file=file("client.pem"), client_key_file=file("server.key.pem")
            ),
            file("server.key.pem"),
            "not the key",
        ),
        (own_ca(client_certificate_file=file("client.pem")), file("client.pem"), "no PEM"),
        (
            own_ca(
                client_certificate_file=file("client.pem"),
                client_key_file=file("client_encrypted.key.pem"),
            ),
            file("client_encrypted.key.pem"),
            "password is wrong",
        ),
        (
            own_ca(
                client_certificate_file=file("client.pem"),
                client_key_file=file("client_encrypted.key.pem"),
                client_key_password=b"hunter2",
            ),
            file("client_encrypted.key.pem"),
            "password is wrong",
        ),
    ],
)
def test_a_file_that_cannot_be_used_is_named(
    settings: TlsSettings, named: str, reason: str
) -> None:
    with pytest.raises(ConfigurationError, match=reason) as caught:
        client_context(settings)

    assert caught.value.source == named
    assert "hunter2" not in str(caught.value)


def test_the_key_password_is_not_shown() -> None:
    assert "hunter2" not in repr(own_ca(client_key_password=b"hunter2"))


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("UNSUPPORTED_PROTOCOL", CloseReason.TLS_VERSION),
        ("TLSV1_ALERT_PROTOCOL_VERSION", CloseReason.TLS_VERSION),
        ("SSLV3_ALERT_HANDSHAKE_FAILURE", CloseReason.TLS_CIPHER),
        ("TLSV1_ALERT_INSUFFICIENT_SECURITY", CloseReason.TLS_CIPHER),
        ("TLSV13_ALERT_CERTIFICATE_REQUIRED", CloseReason.TLS),
        ("WRONG_VERSION_NUMBER", CloseReason.TLS),
        (None, CloseReason.TLS),
    ],
)
def test_the_words_of_openssl_are_sorted(words: str | None, reason: CloseReason) -> None:
    error = ssl.SSLError(1, "handshake failed")
    error.reason = words  # type: ignore[assignment] # OpenSSL may give none

    assert close_reason(error) is reason
