"""CALLERROR codes: one vocabulary inside, the spelling of each version on the wire."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from ocpp_iface.errors import Fault, OcppIfaceError

if TYPE_CHECKING:
    from ocpp_iface.wire.frame import FrameError

OCPP16: Final = "ocpp1.6"
UNREADABLE_ID: Final = "-1"
"""2.0.1 part 4 4.2.3: the id of a CALLERROR for a message whose own id cannot be read."""


class ErrorKind(StrEnum):
    """Why a call is refused, in the words of OCPP-J 2.0.1 part 4 4.3."""

    FORMAT_VIOLATION = "FormatViolation"
    GENERIC_ERROR = "GenericError"
    INTERNAL_ERROR = "InternalError"
    MESSAGE_TYPE_NOT_SUPPORTED = "MessageTypeNotSupported"
    NOT_IMPLEMENTED = "NotImplemented"
    NOT_SUPPORTED = "NotSupported"
    OCCURRENCE_CONSTRAINT_VIOLATION = "OccurrenceConstraintViolation"
    PROPERTY_CONSTRAINT_VIOLATION = "PropertyConstraintViolation"
    PROTOCOL_ERROR = "ProtocolError"
    RPC_FRAMEWORK_ERROR = "RpcFrameworkError"
    SECURITY_ERROR = "SecurityError"
    TYPE_CONSTRAINT_VIOLATION = "TypeConstraintViolation"


class UnknownAction(OcppIfaceError):
    """The version has no such message (a CALL with it is answered NotImplemented)."""

    def __init__(self, action: str) -> None:
        self.action = action
        super().__init__(f"unknown action {action[:50]!r}")


# 1.6-J 4.2.3 prints two words that its errata sheet (5.1, 5.2) calls wrong and yet leaves as they
# are, since a change would break implementations: so these are what a 1.6 peer knows. It has no
# word for a broken envelope or an unknown message type; FormationViolation is its word for a text
# that is not of the agreed structure.
_SPELLING_16: Final = {
    ErrorKind.FORMAT_VIOLATION: "FormationViolation",
    ErrorKind.OCCURRENCE_CONSTRAINT_VIOLATION: "OccurenceConstraintViolation",
    ErrorKind.RPC_FRAMEWORK_ERROR: "FormationViolation",
    ErrorKind.MESSAGE_TYPE_NOT_SUPPORTED: "GenericError",
}


def error_code(subprotocol: str, kind: ErrorKind | Fault) -> str:
    """The word that goes into a CALLERROR of this version."""
    word = ErrorKind(kind.value)
    return _SPELLING_16.get(word, word.value) if subprotocol == OCPP16 else word.value


def answer_id(subprotocol: str, error: FrameError) -> str | None:
    """The message id of the CALLERROR that answers a broken frame; None if there is no answer.

    2.0.1 part 4 4.2.3 answers even a frame whose id cannot be read, with "-1"; 1.6-J has no such
    rule, and an answer must carry the id of its call.
    """
    if not error.answerable:
        return None
    if error.unique_id is None and subprotocol != OCPP16:
        return UNREADABLE_ID
    return error.unique_id
