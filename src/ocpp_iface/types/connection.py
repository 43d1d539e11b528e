"""The link to the CSMS, in more detail than `is_connected`."""

from __future__ import annotations

from attrs import field, frozen

from ocpp_iface.types.check import Boolean, Integer, Optional, Text


@frozen
class ConnectionStatus:
    """`configuration_slot` is the network profile in use, `ocpp_version` what was agreed upon."""

    connected: bool = field(validator=Boolean())
    csms_url: str | None = field(default=None, kw_only=True, validator=Optional(Text()))
    identity: str | None = field(default=None, kw_only=True, validator=Optional(Text()))
    security_profile: int | None = field(default=None, kw_only=True, validator=Optional(Integer()))
    configuration_slot: int | None = field(
        default=None, kw_only=True, validator=Optional(Integer())
    )
    ocpp_interface: str | None = field(default=None, kw_only=True, validator=Optional(Text()))
    ocpp_transport: str | None = field(default=None, kw_only=True, validator=Optional(Text()))
    ocpp_version: str | None = field(default=None, kw_only=True, validator=Optional(Text()))
