"""B: SetNetworkProfile."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ocpp_iface.engine.block import Block
from ocpp_iface.engine.dispatcher import Handler
from ocpp_iface.station.context import StationContext
from ocpp_iface.station.network_profiles import Apn, NetworkProfile, Vpn
from ocpp_iface.v201.mapping.status_info import because
from ocpp_iface.wire.v201 import call, call_result, datatypes, enums


class Network(Block):
    code = "B"

    def __init__(self, ctx: StationContext) -> None:
        self._ctx = ctx

    def routes(self) -> Mapping[type, Handler]:
        return {call.SetNetworkProfile: self.set_profile}

    def set_profile(self, request: Any) -> call_result.SetNetworkProfile:
        """B09.FR.01 to B09.FR.05"""
        outcome = self._ctx.station.network.set_profile(
            request.configuration_slot, _profile(request.connection_data)
        )
        return call_result.SetNetworkProfile(
            enums.SetNetworkProfileStatusEnumType(outcome.status.value),
            status_info=because(outcome.reason_code) if outcome.reason_code else None,
        )


def _profile(data: datatypes.NetworkConnectionProfileType) -> NetworkProfile:
    return NetworkProfile(
        url=data.ocpp_csms_url,
        security_profile=data.security_profile,
        message_timeout_s=data.message_timeout,
        interface=data.ocpp_interface.value,
        transport=data.ocpp_transport.value,
        version=data.ocpp_version.value,
        apn=_apn(data.apn) if data.apn else None,
        vpn=_vpn(data.vpn) if data.vpn else None,
    )


def _apn(apn: datatypes.APNType) -> Apn:
    return Apn(
        apn.apn,
        apn.apn_authentication.value,
        user_name=apn.apn_user_name,
        password=apn.apn_password,
        sim_pin=apn.sim_pin,
        preferred_network=apn.preferred_network,
        use_only_preferred_network=apn.use_only_preferred_network,
    )


def _vpn(vpn: datatypes.VPNType) -> Vpn:
    return Vpn(vpn.server, vpn.user, vpn.password, vpn.key, vpn.type.value, group=vpn.group)
