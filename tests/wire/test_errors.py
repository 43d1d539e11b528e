from __future__ import annotations

import pytest

from ocpp_iface.errors import Fault
from ocpp_iface.wire.errors import ErrorKind, error_code, error_kind

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


@pytest.mark.parametrize("fault", list(Fault))
@pytest.mark.parametrize("version", ["ocpp1.6", "ocpp2.0.1"])
def test_every_fault_of_a_payload_has_a_code_that_is_understood_again(
    version: str, fault: Fault
) -> None:
    assert error_kind(error_code(version, fault)).value == fault.value


@pytest.mark.parametrize(
    ("received", "kind"),
    [
        ("FormationViolation", ErrorKind.FORMAT_VIOLATION),
        ("FormatViolation", ErrorKind.FORMAT_VIOLATION),
        ("OccurenceConstraintViolation", ErrorKind.OCCURRENCE_CONSTRAINT_VIOLATION),
        ("OccurrenceConstraintViolation", ErrorKind.OCCURRENCE_CONSTRAINT_VIOLATION),
        ("NotSupported", ErrorKind.NOT_SUPPORTED),
        ("SomethingElse", ErrorKind.GENERIC_ERROR),
        ("", ErrorKind.GENERIC_ERROR),
    ],
)
def test_received_codes_are_understood_in_any_spelling(received: str, kind: ErrorKind) -> None:
    assert error_kind(received) is kind
