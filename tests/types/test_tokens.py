from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpp_iface.errors import PayloadError
from ocpp_iface.types import AdditionalInfo, AuthorizationStatus, IdToken, IdTokenInfo, IdTokenType


def test_repr_never_shows_the_token() -> None:
    extra = AdditionalInfo("HIDDEN", "customType")
    token = IdToken("SECRET", additional_info=(extra,))
    info = IdTokenInfo(AuthorizationStatus.Accepted, group_id=token)

    assert repr(token) == str(token) == "IdToken(…, ISO14443)"
    assert repr(extra) == "AdditionalInfo(…, customType)"
    assert "SECRET" not in f"{info!r} {info} {[token]}"


def test_tokens_compare_without_case() -> None:
    assert IdToken("04a2Ff") == IdToken("04A2fF")
    assert hash(IdToken("04a2Ff")) == hash(IdToken("04A2fF"))
    assert IdToken("04a2Ff").value == "04a2Ff"


def test_type_is_part_of_the_identity_and_additional_info_is_not() -> None:
    extra = (AdditionalInfo("x", "y"),)

    assert IdToken("a") != IdToken("a", IdTokenType.KeyCode)
    assert IdToken("a") == IdToken("a", additional_info=extra)
    assert IdToken("a", additional_info=extra).additional_info == extra


@given(st.text(max_size=36))
def test_repr_does_not_depend_on_the_value(value: str) -> None:
    assert repr(IdToken(value)) == repr(IdToken(""))


def test_token_of_37_characters_is_refused() -> None:
    assert len(IdToken("x" * 36).value) == 36
    with pytest.raises(PayloadError, match="value: longer than 36"):
        IdToken("x" * 37)


def test_list_of_evses_is_kept_as_a_tuple() -> None:
    info = IdTokenInfo(AuthorizationStatus.Accepted, evse_ids=[1, 2])

    assert info.evse_ids == (1, 2)
