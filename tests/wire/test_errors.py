from __future__ import annotations

from ocpp_iface.wire.errors import ErrorKind, error_code

WORDS_16 = {
    "NotImplemented",
    "NotSupported",
    "InternalError",
    "ProtocolError",
    "SecurityError",
    "FormationViolation",
    "PropertyConstraintViolation",
    "OccurenceConstraintViolation",
    "TypeConstraintViolation",
    "GenericError",
}


def test_16_sends_only_the_words_of_its_own_text() -> None:
    assert {error_code("ocpp1.6", kind) for kind in ErrorKind} == WORDS_16


def test_201_sends_every_word_as_it_is() -> None:
    assert [error_code("ocpp2.0.1", kind) for kind in ErrorKind] == list(ErrorKind)
