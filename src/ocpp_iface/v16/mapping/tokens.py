"""idTag and IdTagInfo.

An idTag has no type. A token of any reader is sent by its value; what comes from the CSMS gets the
commonest type, so that one idTag is one token.
"""

from __future__ import annotations

from typing import Final

from ocpp_iface.log import Log
from ocpp_iface.types import AuthorizationStatus, IdToken, IdTokenInfo, IdTokenType
from ocpp_iface.wire import datetimes
from ocpp_iface.wire.v16 import datatypes

log = Log(__name__)

LONGEST: Final = 20
TYPE: Final = IdTokenType.ISO14443
_NOT_OF_CARDS: Final = (IdTokenType.Central, IdTokenType.NoAuthorization)


def fits(token: IdToken) -> bool:
    """CiString20Type: a longer token cannot be sent."""
    return len(token.value) <= LONGEST


def to_wire(token: IdToken | None) -> str:
    """The idTag of a token that charges.

    A transaction that was begun under another version may have a token that is too long, or none;
    what is left of it is still the best there is to tell the CSMS about its energy.
    """
    return "" if token is None else token.value[:LONGEST]


def from_wire(id_tag: str) -> IdToken:
    return IdToken(id_tag, TYPE)


def typeless(token: IdToken) -> IdToken:
    """The token with the type of all idTags, so that what a reader says of its kind makes no
    difference. A token that needs no authorization is none of the CSMS's.
    """
    return token if token.type in _NOT_OF_CARDS else from_wire(token.value)


def info_from_wire(info: datatypes.IdTagInfo) -> IdTokenInfo:
    parent = info.parent_id_tag
    expiry = None
    if info.expiry_date:
        try:
            expiry = datetimes.parse(info.expiry_date)
        except ValueError:
            log.warning("expiryDate of an idTag is no date-time, ignored")
    return IdTokenInfo(
        AuthorizationStatus(str(info.status)),
        cache_expiry=expiry,
        group_id=from_wire(parent) if parent else None,
    )
