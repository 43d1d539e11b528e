"""IdTokenType and IdTokenInfoType."""

from __future__ import annotations

import pytest

from ocpp_iface.types import AdditionalInfo, AuthorizationStatus, IdToken, IdTokenType
from ocpp_iface.v201.mapping import tokens
from ocpp_iface.wire.v201 import datatypes, enums


@pytest.mark.parametrize("kind", [kind for kind in IdTokenType if kind != "NoAuthorization"])
def test_a_token_goes_there_and_back(kind: IdTokenType) -> None:
    token = IdToken("AB12", kind, additional_info=[AdditionalInfo("X", "pin")])

    back = tokens.from_wire(tokens.to_wire(token))

    assert back == token
    assert back.additional_info == token.additional_info


def test_no_authorization_has_no_value() -> None:
    wire = tokens.to_wire(IdToken("anything", IdTokenType.NoAuthorization))

    assert wire.id_token == ""


@pytest.mark.parametrize("status", list(enums.AuthorizationStatusEnumType))
def test_every_status_is_understood(status: enums.AuthorizationStatusEnumType) -> None:
    info = tokens.info_from_wire(datatypes.IdTokenInfoType(status))

    assert info.status == AuthorizationStatus(status.value)


def test_numbers_are_brought_into_their_bounds() -> None:
    info = tokens.info_from_wire(
        datatypes.IdTokenInfoType(
            enums.AuthorizationStatusEnumType.accepted,
            charging_priority=40,
            evse_id=[1, -3, 2],
        )
    )

    assert info.charging_priority == 9
    assert info.evse_ids == (1, 2)


def test_the_group_and_the_expiry() -> None:
    info = tokens.info_from_wire(
        datatypes.IdTokenInfoType(
            enums.AuthorizationStatusEnumType.accepted,
            cache_expiry_date_time="2030-01-01T00:00:00Z",
            group_id_token=datatypes.IdTokenType("G", enums.IdTokenEnumType.central),
        )
    )

    assert info.group_id == IdToken("G", IdTokenType.Central)
    assert info.cache_expiry is not None
    assert info.cache_expiry.year == 2030
