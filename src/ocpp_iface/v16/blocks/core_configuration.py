"""Core: GetConfiguration and ChangeConfiguration."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from ocpp_iface.devicemodel.access import ShownKey
from ocpp_iface.devicemodel.catalog import NetworkConfiguration, OCPP16LegacyCtrlr
from ocpp_iface.devicemodel.connection_rules import HEX
from ocpp_iface.devicemodel.keys16 import KeyTarget
from ocpp_iface.engine.block import Block
from ocpp_iface.engine.dispatcher import Handler, RpcProblem
from ocpp_iface.station.context import StationContext
from ocpp_iface.v16.mapping import values
from ocpp_iface.wire.v16 import call, call_result, datatypes, enums

_LONGEST_VALUE: Final = 500
_KEY: Final = re.compile(r"(?:[0-9A-Fa-f]{2}){16,20}")


class Configuration(Block):
    """What a changed value does is up to whoever watches its variable; so a new AuthorizationKey or
    SecurityProfile makes the station reconnect after the answer has left.
    """

    code = "Core"

    def __init__(self, ctx: StationContext) -> None:
        self._ctx = ctx

    def routes(self) -> Mapping[type, Handler]:
        return {
            call.GetConfiguration: self.get,
            call.ChangeConfiguration: self.change,
        }

    def get(self, request: Any) -> call_result.GetConfiguration:
        """5.8: all keys if none is named; GetConfigurationMaxKeys bounds how many may be named. A key
        of a function that is not there is unknown, as it is to the list of all.
        """
        names = request.key
        if not names:
            known = [_shown(each) for each in self._ctx.access.all_keys()]
            return call_result.GetConfiguration(configuration_key=known)
        most = self._ctx.variables.get(OCPP16LegacyCtrlr.get_configuration_max_keys)
        if len(names) > most:
            raise RpcProblem("OccurrenceConstraintViolation", f"more than {most} keys")
        known, unknown = [], []
        supported = self._ctx.access.keys.supported()
        for name in names:
            each = self._find(name, supported)
            if each is None:
                unknown.append(name)
            else:
                known.append(_shown(each))
        return call_result.GetConfiguration(
            configuration_key=known or None, unknown_key=unknown or None
        )

    def change(self, request: Any) -> call_result.ChangeConfiguration:
        """5.3; whitepaper 7.2: the AuthorizationKey comes in hexadecimal digits."""
        if self._took_binary_password(request):
            return call_result.ChangeConfiguration(enums.ConfigurationStatus.accepted)
        keys = self._ctx.access.keys
        target = keys.resolve(request.key)
        if target is None or target.key.profile not in keys.supported():
            return call_result.ChangeConfiguration(enums.ConfigurationStatus.not_supported)
        if not self._is_meant(target, request.value):
            return call_result.ChangeConfiguration(enums.ConfigurationStatus.rejected)
        status = self._ctx.access.change_key(request.key, request.value)
        return call_result.ChangeConfiguration(enums.ConfigurationStatus(status.value))

    # -- inside --------------------------------------------------------------------------------

    def _find(self, name: str, supported: tuple[str, ...]) -> ShownKey | None:
        access = self._ctx.access
        target = access.keys.resolve(name)
        if target is None or target.key.profile not in supported:
            return None
        return access.show(target)

    def _is_meant(self, target: KeyTarget, value: str) -> bool:
        """Whether 1.6 knows what the value asks for. Whitepaper A05.FR.01: a SecurityProfile that is
        the present one already is refused as a lower one is.
        """
        definition = target.located.definition
        if definition is NetworkConfiguration.security_profile:
            return value != self._ctx.access.keys.read(target)
        return values.is_meant(definition, value, self._ctx.topology.count)

    def _took_binary_password(self, request: Any) -> bool:
        """Keeps the bytes that the digits stand for; whatever else is sent is taken as it is."""
        target = self._ctx.access.keys.resolve(request.key)
        password = NetworkConfiguration.basic_auth_password
        if target is None or target.located.definition is not password:
            return False
        if _KEY.fullmatch(request.value) is None:
            return False
        slot = target.located.place.instance
        self._ctx.variables.set(password, HEX + request.value.lower(), "csms", instance=slot)
        return True


def _shown(each: ShownKey) -> datatypes.KeyValue:
    value = each.value
    return datatypes.KeyValue(
        each.key, each.read_only, None if value is None else value[:_LONGEST_VALUE]
    )
