"""TLS for security profiles 2 and 3: what a station accepts from a CSMS, and how it proves itself.

TLS 1.2 or later. With 1.2 the cipher suites that the OCPP security profiles name; Python's `ssl`
cannot choose among the suites of 1.3, all of which are sound.
"""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final

from ocpp_iface.errors import ConfigurationError
from ocpp_iface.ports.transport import CloseReason, TlsSettings

CIPHERS_TLS_1_2: Final = (
    "ECDHE-ECDSA-AES128-GCM-SHA256",
    "ECDHE-ECDSA-AES256-GCM-SHA384",
    "AES128-GCM-SHA256",
    "AES256-GCM-SHA384",
)


def client_context(settings: TlsSettings) -> ssl.SSLContext:
    """For connections to a CSMS. Reads files: slow, do not call it in an event loop.

    Raises ConfigurationError naming the file that is missing, unreadable or no PEM.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(":".join(CIPHERS_TLS_1_2))
    context.check_hostname = settings.verify_hostname
    if settings.verify_hostname and not settings.allow_wildcards:
        context.sslobject_class = _ExactName
    if settings.default_ca_paths:
        context.load_default_certs(ssl.Purpose.SERVER_AUTH)
    for file in settings.ca_files:
        _check_readable(file)
        try:
            context.load_verify_locations(cafile=file)
        except ssl.SSLError as error:
            raise ConfigurationError("holds no CA certificate in PEM form", source=file) from error
    if settings.client_certificate_file is not None:
        _load_client_certificate(context, settings.client_certificate_file, settings)
    return context


class _ExactName(ssl.SSLObject):
    """Ends the handshake if it was a wildcard that matched the name of the CSMS."""

    def do_handshake(self) -> None:
        super().do_handshake()
        host, certificate = self.server_hostname or "", self.getpeercert() or {}
        if not _is_address(host) and host.casefold() not in _names(certificate):
            raise ssl.SSLCertVerificationError(
                1, f"the certificate names {host} by a wildcard, which is not allowed"
            )


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _names(certificate: Mapping[str, Any]) -> list[str]:
    """The host names that a verified certificate spells out: its alternative names, or else its CN."""
    alternatives = certificate.get("subjectAltName", ())
    names = [name for kind, name in alternatives if kind == "DNS"]
    if not names:
        subject = [pair for part in certificate.get("subject", ()) for pair in part]
        names = [name for kind, name in subject if kind == "commonName"]
    return [name.casefold() for name in names]


def _load_client_certificate(
    context: ssl.SSLContext, certificate_file: str, settings: TlsSettings
) -> None:
    key_file = settings.client_key_file or certificate_file
    _check_readable(certificate_file)
    _check_readable(key_file)
    try:
        # Never None: OpenSSL would ask for the password of an encrypted key on the terminal.
        context.load_cert_chain(
            certificate_file, key_file, password=settings.client_key_password or b""
        )
    except ssl.SSLError as error:
        reason = (
            "is not the key of the client certificate"
            if error.reason == "KEY_VALUES_MISMATCH"
            else f"cannot be loaded with the certificate {certificate_file}: no PEM of a"
            " certificate and its private key, or the key's password is wrong"
        )
        raise ConfigurationError(reason, source=key_file) from error


def _check_readable(file: str) -> None:
    """`ssl` does not say which file it could not open."""
    try:
        with Path(file).open("rb"):
            return
    except OSError as error:
        raise ConfigurationError(
            f"cannot be read: {error.strerror or error}", source=file
        ) from error


_VERSION: Final = (
    "UNSUPPORTED_PROTOCOL",
    "TLSV1_ALERT_PROTOCOL_VERSION",
    "VERSION_TOO_LOW",
    "VERSION_TOO_HIGH",
    "WRONG_SSL_VERSION",
    "NO_PROTOCOLS_AVAILABLE",
)
_CIPHER: Final = (
    "HANDSHAKE_FAILURE",  # the alert of a server that shares no cipher suite with us
    "INSUFFICIENT_SECURITY",
    "NO_SHARED_CIPHER",
    "NO_CIPHERS_AVAILABLE",
    "WRONG_CIPHER_RETURNED",
    "UNKNOWN_CIPHER_RETURNED",
)


def close_reason(error: ssl.SSLError) -> CloseReason:
    """Why a TLS handshake failed."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return CloseReason.TLS_CERTIFICATE
    reason = error.reason or ""
    if reason.endswith(_VERSION):
        return CloseReason.TLS_VERSION
    if reason.endswith(_CIPHER):
        return CloseReason.TLS_CIPHER
    return CloseReason.TLS
