"""What a simulated CSMS answers when the test did not say: a plain, friendly CSMS.

Payloads are the JSON of the wire. An action that is not listed is answered with an empty object.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from attrs import define, field

from ocpp_iface.types import format_moment
from ocpp_iface.wire.errors import OCPP16

Payload = dict[str, Any]

_STATUSES_16: Final = ("Accepted", "Blocked", "Expired", "Invalid", "ConcurrentTx")


@define
class Tokens:
    """What the CSMS knows of tokens; what it does not know is Accepted, unless `strict`."""

    strict: bool = False
    _known: dict[str, tuple[str, str | None, str | None]] = field(factory=dict)

    def put(
        self,
        token: str,
        status: str = "Accepted",
        group: str | None = None,
        expiry: str | None = None,
    ) -> None:
        """`group`: the group (1.6: parent) id; `expiry`: when a cache has to forget it, RFC 3339."""
        self._known[token.casefold()] = (status, group, expiry)

    def info16(self, token: str) -> Payload:
        """The `idTagInfo` of an answer."""
        status, group, expiry = self._look_up(token)
        info: Payload = {"status": status if status in _STATUSES_16 else "Invalid"}
        if group is not None:
            info["parentIdTag"] = group
        if expiry is not None:
            info["expiryDate"] = expiry
        return info

    def info201(self, token: Mapping[str, Any]) -> Payload:
        """The `idTokenInfo` of an answer."""
        status, group, expiry = self._look_up(str(token.get("idToken", "")))
        info: Payload = {"status": status}
        if group is not None:
            info["groupIdToken"] = {"idToken": group, "type": "Central"}
        if expiry is not None:
            info["cacheExpiryDateTime"] = expiry
        return info

    def _look_up(self, token: str) -> tuple[str, str | None, str | None]:
        unknown = "Invalid" if self.strict else "Accepted"
        return self._known.get(token.casefold(), (unknown, None, None))


@define
class Office:
    """The state that default answers are made from."""

    now: Callable[[], Any]
    """The CSMS's clock."""
    heartbeat_interval_s: int = 300
    tokens: Tokens = field(factory=Tokens)
    last_number: int = 0
    _numbers: dict[str, int] = field(factory=dict)

    def number(self, key: str) -> int:
        """1.6: a new transaction id; the same start again (a retry) gets the same id."""
        if key not in self._numbers:
            self.last_number += 1
            self._numbers[key] = self.last_number
        return self._numbers[key]

    def time(self) -> str:
        return format_moment(self.now())


Default = Callable[[Office, Payload, str], Payload]
"""(office, request, a key that equal requests of one station share) -> response"""


def _boot(office: Office, _request: Payload, _key: str) -> Payload:
    return {
        "status": "Accepted",
        "currentTime": office.time(),
        "interval": office.heartbeat_interval_s,
    }


def _heartbeat(office: Office, _request: Payload, _key: str) -> Payload:
    return {"currentTime": office.time()}


def _accepted(_office: Office, _request: Payload, _key: str) -> Payload:
    return {"status": "Accepted"}


def _unknown_vendor(_office: Office, _request: Payload, _key: str) -> Payload:
    return {"status": "UnknownVendorId"}


def _authorize16(office: Office, request: Payload, _key: str) -> Payload:
    return {"idTagInfo": office.tokens.info16(request["idTag"])}


def _start16(office: Office, request: Payload, key: str) -> Payload:
    return {
        "transactionId": office.number(key),
        "idTagInfo": office.tokens.info16(request["idTag"]),
    }


def _stop16(office: Office, request: Payload, _key: str) -> Payload:
    token = request.get("idTag")
    return {} if token is None else {"idTagInfo": office.tokens.info16(token)}


def _authorize201(office: Office, request: Payload, _key: str) -> Payload:
    return {"idTokenInfo": office.tokens.info201(request["idToken"])}


def _transaction201(office: Office, request: Payload, _key: str) -> Payload:
    token = request.get("idToken")
    return {} if token is None else {"idTokenInfo": office.tokens.info201(token)}


_BOTH: Final[Mapping[str, Default]] = MappingProxyType(
    {
        "BootNotification": _boot,
        "Heartbeat": _heartbeat,
        "DataTransfer": _unknown_vendor,
        "SignCertificate": _accepted,
    }
)
_OCPP16: Final[Mapping[str, Default]] = MappingProxyType(
    {**_BOTH, "Authorize": _authorize16, "StartTransaction": _start16, "StopTransaction": _stop16}
)
_OCPP201: Final[Mapping[str, Default]] = MappingProxyType(
    {
        **_BOTH,
        "Authorize": _authorize201,
        "TransactionEvent": _transaction201,
        "NotifyEVChargingNeeds": _accepted,
        "NotifyEVChargingSchedule": _accepted,
    }
)


def default_reply(
    subprotocol: str, action: str, office: Office, request: Payload, key: str
) -> Payload:
    defaults = _OCPP16 if subprotocol == OCPP16 else _OCPP201
    reply = defaults.get(action)
    return reply(office, request, key) if reply is not None else {}
