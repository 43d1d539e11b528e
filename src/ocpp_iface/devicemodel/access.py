"""Reading and writing on behalf of others: the one place that decides and says what may be done.

Three callers: the facade's get_variables and set_variables, the CSMS's GetVariables and
SetVariables, the CSMS's GetConfiguration and ChangeConfiguration. Every request gets one result, in
order, with the address as it was asked; write-only values leave by no path.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import Final

from attrs import field, frozen

from ocpp_iface.devicemodel.catalog import InternalCtrlr, NetworkConfiguration, SecurityCtrlr
from ocpp_iface.devicemodel.connection_rules import (
    Credentials,
    check_write,
    default_credentials,
    is_connection_setting,
)
from ocpp_iface.devicemodel.definition import RO
from ocpp_iface.devicemodel.instances import Located, Unknown
from ocpp_iface.devicemodel.keys16 import Keys16, KeyTarget
from ocpp_iface.devicemodel.model import ACTUAL, DeviceModel
from ocpp_iface.devicemodel.validate import TOO_LONG, Parsed, Refusal, check
from ocpp_iface.devicemodel.value_sizes import longest_reported, longest_set
from ocpp_iface.types.address import ComponentVariable
from ocpp_iface.types.availability import StatusInfoType
from ocpp_iface.types.configuration import ConfigurationStatus
from ocpp_iface.types.variables import (
    AttributeEnum,
    GetVariableRequest,
    GetVariableResult,
    GetVariableStatusEnumType,
    SetVariableRequest,
    SetVariableResult,
    SetVariableStatusEnumType,
)

_Get = GetVariableStatusEnumType
_Set = SetVariableStatusEnumType
_LONGEST_VALUE: Final = 2500
"""Of the contract."""
AMBIGUOUS: Final = "AmbiguousMapping"


class Addressing(StrEnum):
    """How an address is understood."""

    KEYS_FIRST = "keys first"
    """The facade while 1.6 is active: the variable's name is a 1.6 key if there is such a key,
    whatever the component; else component and variable count."""
    COMPONENTS = "components"
    """Component and variable; for the app an empty component still means a 1.6 key."""


class Caller(StrEnum):
    APP = "app"
    CSMS = "csms"


@frozen
class GetOutcome:
    result: GetVariableResult
    status_info: StatusInfoType | None = None


@frozen
class Read:
    """What was read: `value` only with Accepted, `refusal` only where there is more to say."""

    status: GetVariableStatusEnumType
    value: str | None = None
    refusal: Refusal | None = None

    @property
    def status_info(self) -> StatusInfoType | None:
        return None if self.refusal is None else _info(self.refusal)


@frozen
class ShownKey:
    """A 1.6 key as GetConfiguration shows it."""

    key: str
    read_only: bool
    value: str | None = field(default=None, repr=False)


@frozen
class SetOutcome:
    result: SetVariableResult
    status_info: StatusInfoType | None = None


@frozen
class Target:
    """Where a request leads; `key` if it led there by the name of a key."""

    located: Located
    key: KeyTarget | None = None


@frozen
class _Verdict:
    status: SetVariableStatusEnumType
    info: StatusInfoType | None = None


def _info(refusal: Refusal) -> StatusInfoType:
    return StatusInfoType(refusal.reason_code, additional_info=refusal.info or None)


def _rejected(reason_code: str, info: str = "") -> _Verdict:
    return _Verdict(_Set.Rejected, _info(Refusal(reason_code, info)))


@frozen
class Access:
    """`credentials` tells what the station holds when a security profile is to be changed."""

    variables: DeviceModel
    keys: Keys16
    credentials: Callable[[], Credentials] = field()
    _longest_reported: int = field(init=False)
    """As the configuration says: nothing else can set it."""

    @credentials.default
    def _default_credentials(self) -> Callable[[], Credentials]:
        return default_credentials(self.variables)

    @_longest_reported.default
    def _configured_size(self) -> int:
        return longest_reported(self.variables)

    # Component and variable.

    def get_variables(
        self,
        requests: Iterable[GetVariableRequest],
        addressing: Addressing,
        caller: Caller = Caller.APP,
    ) -> list[GetVariableResult]:
        """The results in the order of the requests, duplicates included."""
        return [self.get_one(request, addressing, caller).result for request in requests]

    def set_variables(
        self,
        requests: Iterable[SetVariableRequest],
        source: str,
        addressing: Addressing,
        caller: Caller = Caller.APP,
    ) -> list[SetVariableResult]:
        """The results in the order of the requests; `source` is kept with each value."""
        return [self.set_one(request, source, addressing, caller).result for request in requests]

    def get_one(
        self, request: GetVariableRequest, addressing: Addressing, caller: Caller
    ) -> GetOutcome:
        address, attribute = request.component_variable, request.attribute_type or ACTUAL
        read = self.read(address, attribute, addressing, caller)
        result = GetVariableResult(read.status, address, attribute_type=attribute, value=read.value)
        return GetOutcome(result, read.status_info)

    def read(
        self,
        address: ComponentVariable,
        attribute: AttributeEnum,
        addressing: Addressing,
        caller: Caller,
    ) -> Read:
        """B06.FR.01 to B06.FR.15."""
        return self.read_at(self.find(address, addressing, caller), attribute, caller)

    def read_at(self, target: Target | Unknown, attribute: AttributeEnum, caller: Caller) -> Read:
        """The second half of `read`."""
        if isinstance(target, Unknown):
            return Read(_Get(target.value))
        definition = target.located.definition
        supported = (ACTUAL,) if target.key is not None else definition.attributes
        if attribute not in supported:
            return Read(_Get.NotSupportedAttributeType)
        if self._is_ambiguous(target, caller):
            return Read(_Get.Rejected, refusal=Refusal(AMBIGUOUS))
        if _is_hidden(target):
            return Read(_Get.Rejected, refusal=Refusal("WriteOnly"))
        longest = self._longest_reported if caller is Caller.CSMS else _LONGEST_VALUE
        return Read(_Get.Accepted, self._text(target, attribute)[:longest])

    def find(
        self, address: ComponentVariable, addressing: Addressing, caller: Caller
    ) -> Target | Unknown:
        """Where an address leads: always to the same place as long as the station runs."""
        nameless = not address.component.name and caller is Caller.APP
        if addressing is Addressing.KEYS_FIRST or nameless:
            key = self.keys.of_address(address)
            if key is not None:
                return Target(key.located, key)
        if nameless:
            return Unknown.VARIABLE
        located = self.variables.locate(address)
        return located if isinstance(located, Unknown) else Target(located)

    def set_one(
        self, request: SetVariableRequest, source: str, addressing: Addressing, caller: Caller
    ) -> SetOutcome:
        """B05.FR.01 to B05.FR.12."""
        address, attribute = request.component_variable, request.attribute_type or ACTUAL
        target = self.find(address, addressing, caller)
        if isinstance(target, Unknown):
            verdict = _Verdict(_Set(target.value))
        elif addressing is Addressing.KEYS_FIRST and not self._app_may_set(target):
            verdict = _rejected("ReadOnly", "only custom keys can be set")
        else:
            verdict = self._assign(target, attribute, request.value, source, caller)
        result = SetVariableResult(verdict.status, address, attribute_type=attribute)
        return SetOutcome(result, verdict.info)

    # 1.6 keys.

    def get_key(self, name: str) -> ShownKey | None:
        """One key for GetConfiguration; None: unknown, or never shown."""
        target = self.keys.resolve(name)
        return None if target is None or target.hidden else self.show(target)

    def all_keys(self) -> tuple[ShownKey, ...]:
        """What GetConfiguration without a list of keys shows."""
        return tuple(self.show(target) for target in self.keys.listed())

    def show(self, target: KeyTarget) -> ShownKey:
        """A key as GetConfiguration shows it; without value if that can only be written."""
        key = target.key
        if target.hidden:
            return ShownKey(key.name, target.read_only)
        read_only = target.read_only or self.variables.shape(target.located).access is RO
        return ShownKey(key.name, read_only, self.keys.read(target))

    def change_key(
        self, name: str, value: str, caller: Caller = Caller.CSMS, source: str = "csms"
    ) -> ConfigurationStatus:
        """ChangeConfiguration. AuthorizationKey and SecurityProfile are Accepted, not
        RebootRequired: the station reconnects with them by itself.
        """
        target = self.keys.resolve(name)
        if target is None:
            return ConfigurationStatus.NotSupported
        verdict = self._assign(Target(target.located, target), ACTUAL, value, source, caller)
        return ConfigurationStatus(verdict.status.value)

    # How.

    def _is_ambiguous(self, target: Target, caller: Caller) -> bool:
        return caller is Caller.APP and self.keys.is_ambiguous(target.located)

    def _app_may_set(self, target: Target) -> bool:
        """The contract: with 1.6 custom keys can be set, others only by a switch."""
        custom = self.variables.layout.is_custom(target.located)
        return custom or self.variables.get(InternalCtrlr.standard_keys_writable)

    def _text(self, target: Target, attribute: AttributeEnum) -> str:
        if target.key is not None:
            return self.keys.read(target.key)
        return self.variables.text(target.located, attribute)

    def _assign(
        self, target: Target, attribute: AttributeEnum, text: str, source: str, caller: Caller
    ) -> _Verdict:
        located, definition = target.located, target.located.definition
        supported = (ACTUAL,) if target.key is not None else definition.attributes
        if attribute not in supported:
            return _Verdict(_Set.NotSupportedAttributeType)
        if self._is_ambiguous(target, caller):
            return _rejected(AMBIGUOUS)
        read_only = self.variables.shape(located).access is RO or (
            target.key is not None and target.key.read_only
        )
        if read_only:
            return _rejected("ReadOnly")
        parsed = self._checked(target, attribute, text, caller)
        if isinstance(parsed, Refusal):
            return _Verdict(_Set.Rejected, _info(parsed))
        self.variables.write(located, parsed, source, attribute)
        self._let_password_count(located, source)
        return _Verdict(self._accepted(target, caller))

    def _checked(
        self, target: Target, attribute: AttributeEnum, text: str, caller: Caller
    ) -> Parsed | Refusal:
        located, key = target.located, target.key
        if key is not None:
            text = self.keys.to_variable(key, text)
            longest = key.key.max_length
            if longest is not None and len(text) > longest:
                return Refusal(TOO_LONG, f"longer than {longest} characters")
        elif caller is Caller.CSMS and len(text) > longest_set(self.variables):
            return Refusal(TOO_LONG, f"longer than {longest_set(self.variables)} characters")
        parsed = check(
            self.variables.shape(located), text, lenient=key is not None or caller is Caller.APP
        )
        if isinstance(parsed, Refusal) or attribute is not ACTUAL:
            return parsed
        return self._forbidden(target, parsed, caller) or parsed

    def _forbidden(self, target: Target, parsed: Parsed, caller: Caller) -> Refusal | None:
        located = target.located
        if is_connection_setting(located):
            return check_write(
                self.variables,
                located,
                parsed.text,
                self.credentials(),
                by_address_of_csms=caller is Caller.CSMS and target.key is None,
            )
        switches_on = located.definition.name.endswith("Enabled") and parsed.value is True
        if switches_on and not self.variables.is_available(located):
            return Refusal("UnsupportedRequest", "the function is not available")
        return None

    def _accepted(self, target: Target, caller: Caller) -> SetVariableStatusEnumType:
        located = target.located
        if (
            caller is Caller.CSMS
            and target.key is not None
            and located.definition
            in (
                NetworkConfiguration.basic_auth_password,
                NetworkConfiguration.security_profile,
            )
        ):
            return _Set.Accepted
        by_app = caller is Caller.APP and is_connection_setting(located)
        reboot = by_app or located.definition.reboot
        return _Set.RebootRequired if reboot else _Set.Accepted

    def _let_password_count(self, located: Located, source: str) -> None:
        """A01: a new password of the station replaces those of the slots."""
        if located.definition is not SecurityCtrlr.basic_auth_password:
            return
        own = NetworkConfiguration.basic_auth_password
        for slot in self.variables.layout.slots:
            if self.variables.get(own, instance=str(slot)):
                self.variables.set(own, "", source, instance=str(slot))


def _is_hidden(target: Target) -> bool:
    if target.key is not None:
        return target.key.hidden
    return target.located.definition.write_only
