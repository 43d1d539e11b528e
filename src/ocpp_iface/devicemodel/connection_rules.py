"""What may be written to the variables that make up the connection to a CSMS (B09, B10, A05).

A wrong value here costs the station its link, so these have rules beyond type and range.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from attrs import frozen

from ocpp_iface.devicemodel.catalog import (
    InternalCtrlr,
    NetworkConfiguration,
    OCPPCommCtrlr,
    SecurityCtrlr,
)
from ocpp_iface.devicemodel.instances import Located, Place
from ocpp_iface.devicemodel.model import DeviceModel
from ocpp_iface.devicemodel.validate import INVALID, Refusal

_URL = re.compile(
    r"(wss?)://(?:\[[^\s/?#@\[\]]+\]|[^\s/?#@:\[\]]+)(?::(\d{1,5}))?(?:[/?][^\s#]*)?",
    re.ASCII | re.IGNORECASE,
)
"""A link dials no other: in particular none with a user and password in it."""
_MAX_PORT: Final = 65_535
_PASSWORD = re.compile(r"[A-Za-z0-9*\-_=:+|@.]+", re.ASCII)
_IDENTITY = re.compile(r"[A-Za-z0-9*\-_=+|@.]+", re.ASCII)
HEX: Final = "hex:"
HIGHEST_PROFILE: Final = 3
SUBPROTOCOLS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "OCPP16": "ocpp1.6",
        "OCPP20": "ocpp2.0.1",
        "OCPP201": "ocpp2.0.1",
        "OCPP21": "ocpp2.1",
    }
)
"""The words of OcppVersion that any station speaks."""
TLS_PROFILE: Final = 2
"""From this security profile on the link is encrypted."""
_NO_URL: Final = "not a WebSocket URL without credentials"


@frozen
class Credentials:
    """What the station could prove itself and check the CSMS with."""

    csms_root: bool
    client_certificate: bool = False


def default_credentials(variables: DeviceModel) -> Callable[[], Credentials]:
    """The roots of the operating system count as CSMS roots, if they may be used."""
    return lambda: Credentials(variables.get(InternalCtrlr.use_ssl_default_verify_paths))


def is_connection_setting(located: Located) -> bool:
    definition = located.definition
    return definition.component == NetworkConfiguration.component or definition in (
        OCPPCommCtrlr.network_configuration_priority,
        SecurityCtrlr.basic_auth_password,
        SecurityCtrlr.identity,
    )


def identity_of(variables: DeviceModel, slot: str) -> str:
    """Under which name the station connects in this slot."""
    own = variables.get(NetworkConfiguration.identity, instance=slot)
    return own or variables.get(SecurityCtrlr.identity)


def password_of(variables: DeviceModel, slot: str) -> str:
    """The Basic Auth password of this slot, "" if there is none."""
    own = variables.get(NetworkConfiguration.basic_auth_password, instance=slot)
    return own or variables.get(SecurityCtrlr.basic_auth_password)


def password_bytes(password: str) -> bytes:
    """What is sent of a password. One that is no text is kept as `hex:` and its digits (the
    AuthorizationKey of 1.6 is any 16 to 20 bytes).
    """
    if password.startswith(HEX):
        try:
            return bytes.fromhex(password[len(HEX) :])
        except ValueError:  # a text that only begins like one
            return password.encode()
    return password.encode()


def slot_in_use(variables: DeviceModel, slot: str) -> bool:
    """Whether the slot is the active one or listed in NetworkConfigurationPriority."""
    priority = variables.get(OCPPCommCtrlr.network_configuration_priority)
    return slot in priority or slot == str(variables.get(OCPPCommCtrlr.active_network_profile))


def check_network_profile(
    variables: DeviceModel,
    slot: str,
    url: str,
    security_profile: int,
    credentials: Credentials,
) -> Refusal | None:
    """B09.FR.02, B09.FR.04, B09.FR.05: whether a profile may be installed in a slot.

    Certificates and password that it takes may come later, as long as the slot is not in use;
    `check_priority` looks for them (A05.FR.02, A05.FR.03).
    """
    priority = variables.shape(Located(OCPPCommCtrlr.network_configuration_priority))
    if slot not in priority.values:
        return Refusal("InvalidConfSlot", f"no configuration slot {slot}")
    if security_profile < variables.get(SecurityCtrlr.security_profile):
        return Refusal("NoSecurityDowngrade", "a lower security profile than the present one")
    problem = _check_url(url, security_profile)
    if problem is None and slot_in_use(variables, slot):
        return _check_profile(security_profile, password_of(variables, slot), credentials)
    return problem


def check_priority(
    variables: DeviceModel, slots: tuple[str, ...], credentials: Credentials
) -> Refusal | None:
    """B10.FR.02, A05.FR.02 to A05.FR.04: every slot must be fit to connect with."""
    if not slots:
        return Refusal(INVALID, "at least one configuration slot is needed")
    for slot in slots:
        url = variables.get(NetworkConfiguration.ocpp_csms_url, instance=slot)
        if not url:
            return Refusal("InvalidNetworkConf", f"configuration slot {slot} is empty")
        profile = variables.get(NetworkConfiguration.security_profile, instance=slot)
        problem = (
            check_network_profile(variables, slot, url, profile, credentials)
            or _check_profile(profile, password_of(variables, slot), credentials)
            or _check_usable(variables, slot, profile)
        )
        if problem is not None:
            return problem
    return None


def check_write(
    variables: DeviceModel,
    located: Located,
    text: str,
    credentials: Credentials,
    *,
    by_address_of_csms: bool,
) -> Refusal | None:
    """Whether a value of the right type may be written to a connection setting.

    `by_address_of_csms`: the CSMS wrote it as component and variable; it may then not touch a slot
    in use (with 1.6 keys there is no other slot).
    """
    definition, slot = located.definition, located.place.instance or ""
    if definition is OCPPCommCtrlr.network_configuration_priority:
        slots = tuple(part.strip() for part in text.split(",") if part.strip())
        return check_priority(variables, slots, credentials)
    if by_address_of_csms and slot and slot_in_use(variables, slot):
        return Refusal("PriorityNetworkConf", f"configuration slot {slot} is in use")
    if definition is NetworkConfiguration.ocpp_csms_url:
        return None if _scheme(text) or not text else Refusal("InvalidURL", _NO_URL)
    if definition is NetworkConfiguration.security_profile:
        return _check_upgrade(variables, slot, int(text), credentials)
    if definition in (NetworkConfiguration.identity, SecurityCtrlr.identity):
        return None if _IDENTITY.fullmatch(text) or not text else Refusal(INVALID, "no identifier")
    if definition in (NetworkConfiguration.basic_auth_password, SecurityCtrlr.basic_auth_password):
        return None if _PASSWORD.fullmatch(text) else Refusal(INVALID, "not a password string")
    return None


def _check_upgrade(
    variables: DeviceModel, slot: str, profile: int, credentials: Credentials
) -> Refusal | None:
    """1.6 security whitepaper, SecurityProfile: only upwards, and only with what it takes."""
    present = variables.get(NetworkConfiguration.security_profile, instance=slot)
    if slot_in_use(variables, slot):
        present = max(present, variables.get(SecurityCtrlr.security_profile))
        if profile < present:
            return Refusal("NoSecurityDowngrade", "a lower security profile than the present one")
    elif profile < variables.get(SecurityCtrlr.security_profile):
        return Refusal("NoSecurityDowngrade", "a lower security profile than the present one")
    return _check_profile(profile, password_of(variables, slot), credentials)


def _check_url(url: str, security_profile: int) -> Refusal | None:
    scheme = _scheme(url)
    if scheme is None:
        return Refusal("InvalidURL", _NO_URL)
    if (scheme == "wss") != (security_profile >= TLS_PROFILE):
        return Refusal("InvalidNetworkConf", "the scheme does not fit the security profile")
    return None


def _scheme(url: str) -> str | None:
    """Of a URL that can be dialled (ws or wss), else None."""
    match = _URL.fullmatch(url)
    if match is None or not 0 < int(match[2] or _MAX_PORT) <= _MAX_PORT:
        return None
    return match[1].lower()


def _check_usable(variables: DeviceModel, slot: str, profile: int) -> Refusal | None:
    """The station would not even dial it, so it could never be told anything better."""
    version = Located(NetworkConfiguration.ocpp_version, Place(instance=slot))
    if variables.source(version):  # somebody chose one
        subprotocol = SUBPROTOCOLS.get(variables.text(version))
        if subprotocol not in variables.get(InternalCtrlr.supported_ocpp_versions):
            return Refusal("InvalidNetworkConf", "its OCPP version is not supported")
    if profile == 0 and not variables.get(InternalCtrlr.allow_security_level_zero_connections):
        return Refusal("InvalidNetworkConf", "security profile 0 is not allowed")
    return None


def _check_profile(profile: int, password: str, credentials: Credentials) -> Refusal | None:
    if profile in (1, TLS_PROFILE) and not password:
        return Refusal("InvalidNetworkConf", "no password is set")
    if profile >= TLS_PROFILE and not credentials.csms_root:
        return Refusal("InvalidNetworkConf", "no CSMS root certificate is installed")
    if profile == HIGHEST_PROFILE and not credentials.client_certificate:
        return Refusal("InvalidNetworkConf", "no station certificate is installed")
    return None
