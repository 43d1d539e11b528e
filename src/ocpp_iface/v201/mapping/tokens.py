"""IdTokenType and IdTokenInfoType."""

from __future__ import annotations

from typing import Any

from ocpp_iface.types import (
    AdditionalInfo,
    AuthorizationStatus,
    IdToken,
    IdTokenInfo,
    IdTokenType,
    MessageContent,
    MessageFormat,
)
from ocpp_iface.wire import datetimes
from ocpp_iface.wire.v201 import datatypes, enums


def to_wire(token: IdToken) -> datatypes.IdTokenType:
    additional = [
        datatypes.AdditionalInfoType(info.additional_id_token, info.type)
        for info in token.additional_info
    ]
    return datatypes.IdTokenType(
        "" if token.type is IdTokenType.NoAuthorization else token.value,
        enums.IdTokenEnumType(token.type.value),
        additional_info=additional or None,
    )


def from_wire(token: datatypes.IdTokenType) -> IdToken:
    additional: Any = [
        AdditionalInfo(info.additional_id_token, info.type) for info in token.additional_info or ()
    ]
    return IdToken(token.id_token, IdTokenType(token.type.value), additional_info=additional)


def info_from_wire(info: datatypes.IdTokenInfoType) -> IdTokenInfo:
    """Numbers that the schema allows and the text forbids are brought into their bounds."""
    expiry = info.cache_expiry_date_time
    evse_ids: Any = [evse_id for evse_id in info.evse_id or () if evse_id >= 0]
    priority = info.charging_priority
    return IdTokenInfo(
        AuthorizationStatus(info.status.value),
        cache_expiry=datetimes.parse(expiry) if expiry else None,
        group_id=from_wire(info.group_id_token) if info.group_id_token else None,
        charging_priority=None if priority is None else max(-9, min(priority, 9)),
        language1=info.language_1,
        language2=info.language_2,
        evse_ids=evse_ids,
        personal_message=message_from_wire(info.personal_message),
    )


def message_from_wire(message: datatypes.MessageContentType | None) -> MessageContent | None:
    if message is None:
        return None
    return MessageContent(
        message.content, format=MessageFormat(message.format.value), language=message.language
    )
