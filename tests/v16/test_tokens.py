"""idTag and IdTagInfo."""

from datetime import UTC, datetime

from ocpp_iface.types import AuthorizationStatus, IdToken, IdTokenType
from ocpp_iface.v16.mapping import tokens
from ocpp_iface.wire.v16 import datatypes, enums


def test_an_id_tag_is_the_same_token_wherever_it_comes_from():
    assert tokens.from_wire("04aB") == IdToken("04AB", IdTokenType.ISO14443)
    assert tokens.to_wire(tokens.from_wire("04aB")) == "04aB"


def test_only_twenty_characters_fit():
    assert tokens.fits(IdToken("x" * 20))
    assert not tokens.fits(IdToken("x" * 21))


def test_what_charges_already_is_named_as_far_as_it_goes():
    assert tokens.to_wire(IdToken("x" * 36)) == "x" * 20
    assert tokens.to_wire(None) == ""


def test_the_parent_is_the_group_and_the_expiry_that_of_the_cache():
    info = datatypes.IdTagInfo(
        enums.AuthorizationStatus.concurrent_tx,
        parent_id_tag="fleet",
        expiry_date="2026-02-03T04:05:06+01:00",
    )

    known = tokens.info_from_wire(info)

    assert known.status is AuthorizationStatus.ConcurrentTx
    assert known.group_id == IdToken("FLEET")
    assert known.cache_expiry == datetime(2026, 2, 3, 3, 5, 6, tzinfo=UTC)


def test_an_expiry_that_is_no_date_is_ignored():
    info = datatypes.IdTagInfo(enums.AuthorizationStatus.accepted, expiry_date="soon")

    assert tokens.info_from_wire(info).cache_expiry is None
