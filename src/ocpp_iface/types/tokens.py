"""Who wants to charge: identifiers and what is known about them. A repr never shows a token."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from attrs import field, frozen

from ocpp_iface.types.check import Instance, Integer, Items, Moment, Optional, Text, Word, as_tuple
from ocpp_iface.types.messages import MessageContent


class IdTokenType(StrEnum):
    Central = "Central"
    eMAID = "eMAID"  # noqa: N815  # the word of the specification
    ISO14443 = "ISO14443"
    ISO15693 = "ISO15693"
    KeyCode = "KeyCode"
    Local = "Local"
    MacAddress = "MacAddress"
    NoAuthorization = "NoAuthorization"


@frozen(repr=False)
class AdditionalInfo:
    """An extra identifier that the CSMS may check beside the token."""

    additional_id_token: str = field(validator=Text(36))
    type: str = field(validator=Text(50))

    def __repr__(self) -> str:
        return f"AdditionalInfo(…, {self.type})"


@frozen(repr=False)
class IdToken:
    """An identifier: `value` of at most 36 characters (20 in 1.6) and its type.

    Two tokens are equal if type and value are, whatever the case of the value; `additional_info`
    travels with the token but is no part of its identity.
    """

    value: str = field(validator=Text(36), eq=str.casefold)
    type: IdTokenType = field(default=IdTokenType.ISO14443, validator=Word(IdTokenType))
    additional_info: tuple[AdditionalInfo, ...] = field(
        default=(),
        kw_only=True,
        eq=False,
        converter=as_tuple,
        validator=Items(Instance(AdditionalInfo)),
    )

    def __repr__(self) -> str:
        return f"IdToken(…, {self.type})"


class AuthorizationStatus(StrEnum):
    Accepted = "Accepted"
    Blocked = "Blocked"
    ConcurrentTx = "ConcurrentTx"
    Expired = "Expired"
    Invalid = "Invalid"
    NoCredit = "NoCredit"
    NotAllowedTypeEVSE = "NotAllowedTypeEVSE"
    NotAtThisLocation = "NotAtThisLocation"
    NotAtThisTime = "NotAtThisTime"
    Unknown = "Unknown"


@frozen
class IdTokenInfo:
    """What the CSMS (or a list it sent) says about a token.

    `cache_expiry`: not to be used from a cache after it. `group_id`: tokens of one group may stop
    each other's transactions. `charging_priority`: -9 .. 9. `evse_ids`: the EVSEs the token may
    use; empty means all.
    """

    status: AuthorizationStatus = field(validator=Word(AuthorizationStatus))
    cache_expiry: datetime | None = field(default=None, validator=Optional(Moment()))
    group_id: IdToken | None = field(default=None, validator=Optional(Instance(IdToken)))
    charging_priority: int | None = field(default=None, validator=Optional(Integer(-9, 9)))
    language1: str | None = field(default=None, validator=Optional(Text(8)))
    language2: str | None = field(default=None, validator=Optional(Text(8)))
    evse_ids: tuple[int, ...] = field(
        default=(), converter=as_tuple, validator=Items(Integer(minimum=0))
    )
    personal_message: MessageContent | None = field(
        default=None, validator=Optional(Instance(MessageContent))
    )
