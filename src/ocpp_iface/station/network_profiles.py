"""Network connection profiles: what the CSMS installs in a slot, and what is in force. (B09)

A profile is written to the variables of its slot at once. It comes into force with the next start of
the station: what is in force is a row of its own, so a change of the active slot does not touch the
connection that is up.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Final

from attrs import field, frozen

from ocpp_iface.devicemodel.catalog import InternalCtrlr, NetworkConfiguration
from ocpp_iface.devicemodel.connection_rules import (
    SUBPROTOCOLS,
    check_network_profile,
    identity_of,
)
from ocpp_iface.devicemodel.definition import VarDef
from ocpp_iface.devicemodel.instances import Located, Place
from ocpp_iface.devicemodel.model import DeviceModel
from ocpp_iface.devicemodel.validate import Parsed, Refusal, check, text_of
from ocpp_iface.ports.store import TableDef
from ocpp_iface.station.context import StationContext
from ocpp_iface.types import SecurityEventEnum

INVALID: Final = "InvalidNetworkConf"


@frozen
class Apn:
    """How to get a mobile data connection."""

    apn: str
    authentication: str
    user_name: str | None = None
    password: str | None = field(default=None, repr=False)
    sim_pin: int | None = field(default=None, repr=False)
    preferred_network: str | None = None
    use_only_preferred_network: bool | None = None


@frozen
class Vpn:
    server: str
    user: str
    password: str = field(repr=False)
    key: str = field(repr=False)
    type: str
    group: str | None = None


@frozen
class NetworkProfile:
    """One way to reach a CSMS; words as in the NetworkConfiguration component."""

    url: str
    security_profile: int
    message_timeout_s: int
    interface: str = "Wired0"
    transport: str = "JSON"
    version: str = "OCPP20"
    identity: str | None = None
    basic_auth_password: str | None = field(default=None, repr=False)
    apn: Apn | None = None
    vpn: Vpn | None = None


class SetNetworkProfileStatus(StrEnum):
    ACCEPTED = "Accepted"
    REJECTED = "Rejected"
    FAILED = "Failed"


@frozen
class SetNetworkProfileOutcome:
    status: SetNetworkProfileStatus
    reason_code: str | None = None


@frozen
class ProfileRow:
    """The profile of a slot as it is in force. Passwords are not kept here."""

    url: str
    security_profile: int
    identity: str
    interface: str
    transport: str
    version: str | None = None
    """None: nobody chose one, so every version may be offered."""
    message_timeout_s: int | None = None


PROFILES: TableDef[int, ProfileRow] = TableDef("network_profile", int, ProfileRow)


def subprotocols_of(version: str | None, offered: tuple[str, ...]) -> tuple[str, ...]:
    """What may be offered with a profile that is bound to `version`."""
    if version is None:
        return offered
    return tuple(name for name in offered if name == SUBPROTOCOLS.get(version))


def configured(ctx: StationContext) -> dict[int, ProfileRow]:
    """What the variables say: the profile of each slot that has a URL."""
    variables = ctx.variables
    rows: dict[int, ProfileRow] = {}
    for slot in variables.layout.slots:
        name = str(slot)

        def get(definition: VarDef[Any], name: str = name) -> Any:
            return variables.get(definition, instance=name)

        def chosen(definition: VarDef[Any], name: str = name) -> Any:
            located = Located(definition, Place(instance=name))
            return variables.get(definition, instance=name) if variables.source(located) else None

        url = get(NetworkConfiguration.ocpp_csms_url)
        if url:
            rows[slot] = ProfileRow(
                url=url,
                security_profile=get(NetworkConfiguration.security_profile),
                identity=identity_of(variables, name) or ctx.station_id,
                interface=get(NetworkConfiguration.ocpp_interface),
                transport=get(NetworkConfiguration.ocpp_transport),
                version=chosen(NetworkConfiguration.ocpp_version),
                message_timeout_s=chosen(NetworkConfiguration.message_timeout),
            )
    return rows


def install(
    ctx: StationContext, slot: int, profile: NetworkProfile, source: str
) -> SetNetworkProfileOutcome:
    """B09.FR.01 to B09.FR.05: check the whole profile, then write it to the variables of the slot."""
    variables = ctx.variables
    refusal = check_network_profile(
        variables, str(slot), profile.url, profile.security_profile, ctx.access.credentials()
    )
    if refusal is not None:
        return SetNetworkProfileOutcome(SetNetworkProfileStatus.REJECTED, refusal.reason_code)
    zero_allowed = variables.get(InternalCtrlr.allow_security_level_zero_connections)
    usable = subprotocols_of(profile.version, ctx.subprotocols)
    parsed = _parsed(variables, slot, profile)
    if parsed is None or not usable or (profile.security_profile == 0 and not zero_allowed):
        return SetNetworkProfileOutcome(SetNetworkProfileStatus.REJECTED, INVALID)
    changed = [
        located.definition for located, value in parsed if variables.write(located, value, source)
    ]
    if any(definition in _SECURITY for definition in changed):
        ctx.station.security.raise_event(
            SecurityEventEnum.ReconfigurationOfSecurityParameters, f"network profile {slot}"
        )
    return SetNetworkProfileOutcome(SetNetworkProfileStatus.ACCEPTED)


_SECURITY = (NetworkConfiguration.security_profile, NetworkConfiguration.basic_auth_password)


def _parsed(
    variables: DeviceModel, slot: int, profile: NetworkProfile
) -> list[tuple[Located, Parsed]] | None:
    """Every variable with its new value; None if one of them does not fit."""
    parsed: list[tuple[Located, Parsed]] = []
    for definition, value in _settings(profile):
        located = Located(definition, Place(instance=str(slot)))
        if value is None:
            empty = Parsed(definition.default, text_of(definition, definition.default))
            parsed.append((located, empty))
            continue
        checked = check(variables.shape(located), text_of(definition, value))
        if isinstance(checked, Refusal):
            return None
        parsed.append((located, checked))
    return parsed


def _settings(profile: NetworkProfile) -> list[tuple[VarDef[Any], Any]]:
    """(variable, value); None resets the variable. Credentials that are not given stay."""
    config, apn, vpn = NetworkConfiguration, profile.apn, profile.vpn
    settings: list[tuple[VarDef[Any], Any]] = [
        (config.ocpp_csms_url, profile.url),
        (config.security_profile, profile.security_profile),
        (config.ocpp_interface, profile.interface),
        (config.ocpp_transport, profile.transport),
        (config.ocpp_version, profile.version),
        (config.message_timeout, profile.message_timeout_s),
        (config.apn_enabled, apn is not None),
        (config.apn, apn and apn.apn),
        (config.apn_user_name, apn and apn.user_name),
        (config.apn_password, apn and apn.password),
        (config.sim_pin, apn and apn.sim_pin),
        (config.preferred_network, apn and apn.preferred_network),
        (config.use_only_preferred_network, apn and apn.use_only_preferred_network),
        (config.apn_authentication, apn and apn.authentication),
        (config.vpn_enabled, vpn is not None),
        (config.vpn_server, vpn and vpn.server),
        (config.vpn_user, vpn and vpn.user),
        (config.vpn_group, vpn and vpn.group),
        (config.vpn_password, vpn and vpn.password),
        (config.vpn_key, vpn and vpn.key),
        (config.vpn_type, vpn and vpn.type),
    ]
    if profile.identity is not None:
        settings.append((config.identity, profile.identity))
    if profile.basic_auth_password is not None:
        settings.append((config.basic_auth_password, profile.basic_auth_password))
    return settings
