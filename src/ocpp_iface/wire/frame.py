"""OCPP-J frames: the envelope around a payload, read from untrusted text and written.

The parser is total: whatever arrives, the outcome is a frame or a `FrameError`. Beyond plain JSON
it refuses what a later layer could not carry: duplicate keys, NaN and infinite numbers, integers
of more than 18 digits (a store holds 64 bits), half surrogate pairs, and deep nesting.
"""

from __future__ import annotations

import json
import math
import re
from json.encoder import encode_basestring
from typing import Any, Final, NoReturn

from attrs import frozen

from ocpp_iface.wire.errors import ErrorKind

MAX_DESCRIPTION: Final = 255
"""OCPP-J 2.0.1 table 7: the longest errorDescription, in characters."""
_MAX_DIGITS: Final = 18
_ECHO_LIMIT: Final = 255
"""An id over the allowed length is still echoed, as only that tells the peer which call failed;
beyond this length it counts as unreadable."""

_CALL, _RESULT, _ERROR = 2, 3, 4
_HEAD = re.compile(r'\s*\[\s*(\d{1,9})\s*(?:,\s*"([^"\\\x00-\x1f]{0,255})"\s*,)?')


@frozen
class Call:
    """A request: `payload` is the parsed JSON object."""

    unique_id: str
    action: str
    payload: Any


@frozen
class CallResult:
    """An answer: `payload` is the parsed JSON object."""

    unique_id: str
    payload: Any


@frozen
class CallError:
    """A refusal; `code` is spelled as received."""

    unique_id: str
    code: str
    description: str
    details: Any


Frame = Call | CallResult | CallError


@frozen
class FrameLimits:
    """`max_bytes` of UTF-8, `max_depth` of nested lists and objects inside the frame, `max_id`
    characters of a message id.
    """

    max_bytes: int = 65_536
    max_depth: int = 32
    max_id: int = 36


class FrameError(Exception):
    """What arrived is not a frame.

    `unique_id` is the message id as far as it could be read. `answerable` is true if it was a
    CALL, or may have been one: which id the CALLERROR then carries, and whether a version sends
    one at all, says `errors.answer_id`. A broken answer is not answerable, but its `unique_id`
    tells which call will get no other one.
    """

    def __init__(
        self, code: ErrorKind, reason: str, unique_id: str | None, *, answerable: bool
    ) -> None:
        self.code, self.reason = code, reason[:MAX_DESCRIPTION]
        self.unique_id, self.answerable = unique_id, answerable
        super().__init__(self.reason)


class _Refused(ValueError):
    """A JSON value that is well formed but not taken."""


def parse(text: str | bytes, limits: FrameLimits = FrameLimits()) -> Frame:
    """Raises `FrameError` for anything but one well-formed frame.

    A binary frame is read if it is UTF-8: no rule forbids it and the content is unambiguous.
    """
    text = _text_of(text, limits)
    try:
        frame = _DECODER.decode(text)
        _check_tree(frame, text, limits)
    except RecursionError:
        _fail_at_head(text, limits, "nested too deep")
    except json.JSONDecodeError as error:
        _fail_at_head(text, limits, f"not JSON at character {error.pos}")
    except ValueError as error:
        _fail_at_head(text, limits, str(error) if isinstance(error, _Refused) else "not JSON")
    if type(frame) is not list or not frame:
        raise FrameError(
            ErrorKind.RPC_FRAMEWORK_ERROR, "not a non-empty array", None, answerable=True
        )
    kind = frame[0]
    if type(kind) is int:
        if kind == _CALL:
            return _call(frame, limits)
        if kind == _RESULT:
            return _result(frame, limits)
        if kind == _ERROR:
            return _error(frame, limits)
    # Errata 2026-02 of 2.0.1 part 4 (4.2): such a message is silently ignored; so does 1.6-J 4.1.3.
    raise FrameError(
        ErrorKind.MESSAGE_TYPE_NOT_SUPPORTED, "unknown message type", None, answerable=False
    )


def format_call(unique_id: str, action: str, payload_text: str) -> str:
    """`payload_text` is the payload as JSON text, e.g. from `Codec.encode_request`."""
    return f"[2,{encode_basestring(unique_id)},{encode_basestring(action)},{payload_text}]"


def format_result(unique_id: str, payload_text: str) -> str:
    return f"[3,{encode_basestring(unique_id)},{payload_text}]"


def format_error(unique_id: str, code: str, description: str = "", details: Any = None) -> str:
    """Never fails: a long description is cut, half a surrogate pair in it becomes "?", details
    that are not a JSON object are left out.
    """
    body = "{}"
    if isinstance(details, dict):
        try:
            body = _ENCODER.encode(details)
            body.encode()
        except (TypeError, ValueError, RecursionError):
            body = "{}"
    told = encode_basestring(description[:MAX_DESCRIPTION].encode("utf-8", "replace").decode())
    return f"[4,{encode_basestring(unique_id)},{encode_basestring(code)},{told},{body}]"


def _call(frame: list[Any], limits: FrameLimits) -> Call:
    unique_id = _id_of(frame)
    if unique_id is None:
        _refuse_call(ErrorKind.RPC_FRAMEWORK_ERROR, "message id is not a string", None)
    if len(unique_id) > limits.max_id:
        echoed = unique_id if len(unique_id) <= _ECHO_LIMIT else None
        reason = f"message id is longer than {limits.max_id}"
        _refuse_call(ErrorKind.RPC_FRAMEWORK_ERROR, reason, echoed)
    if len(frame) != 4:
        reason = f"a CALL has 4 elements, not {len(frame)}"
        _refuse_call(ErrorKind.RPC_FRAMEWORK_ERROR, reason, unique_id)
    action, payload = frame[2], frame[3]
    if type(action) is not str:
        _refuse_call(ErrorKind.RPC_FRAMEWORK_ERROR, "action is not a string", unique_id)
    if payload is None:
        payload = {}  # 1.6-J 4.2.1 and 2.0.1 part 4 4.1.5 both let null stand for no payload
    elif type(payload) is not dict:
        _refuse_call(ErrorKind.FORMAT_VIOLATION, "payload is not an object", unique_id)
    return Call(unique_id, action, payload)


def _result(frame: list[Any], limits: FrameLimits) -> CallResult:
    unique_id = _answered(frame, limits)
    if len(frame) != 3:
        _refuse_answer(f"a CALLRESULT has 3 elements, not {len(frame)}", unique_id)
    payload = frame[2]
    if payload is None:
        payload = {}
    elif type(payload) is not dict:
        _refuse_answer("payload is not an object", unique_id)
    return CallResult(unique_id, payload)


def _error(frame: list[Any], limits: FrameLimits) -> CallError:
    """Tolerant: a refusal with a part missing is still a refusal of that call."""
    unique_id = _answered(frame, limits)
    if not 3 <= len(frame) <= 5:
        _refuse_answer(f"a CALLERROR has 5 elements, not {len(frame)}", unique_id)
    code = frame[2]
    description = frame[3] if len(frame) > 3 else ""
    details = frame[4] if len(frame) > 4 else {}
    if type(code) is not str:
        _refuse_answer("error code is not a string", unique_id)
    return CallError(
        unique_id,
        code,
        description if type(description) is str else "",
        {} if details is None else details,
    )


def _id_of(frame: list[Any]) -> str | None:
    return frame[1] if len(frame) > 1 and type(frame[1]) is str else None


def _answered(frame: list[Any], limits: FrameLimits) -> str:
    unique_id = _id_of(frame)
    if unique_id is None:
        _refuse_answer("message id is not a string", None)
    if len(unique_id) > limits.max_id:
        _refuse_answer(f"message id is longer than {limits.max_id}", None)
    return unique_id


def _refuse_call(code: ErrorKind, reason: str, unique_id: str | None) -> NoReturn:
    raise FrameError(code, reason, unique_id, answerable=True)


def _refuse_answer(reason: str, unique_id: str | None) -> NoReturn:
    raise FrameError(ErrorKind.RPC_FRAMEWORK_ERROR, reason, unique_id, answerable=False)


def _text_of(text: str | bytes, limits: FrameLimits) -> str:
    """The frame as text within the size limit, free of lone surrogates."""
    if isinstance(text, bytes):
        if len(text) > limits.max_bytes:
            head = text[: limits.max_id + 300].decode("utf-8", "replace")
            _fail_at_head(head, limits, f"larger than {limits.max_bytes} bytes")
        try:
            return text.decode("utf-8")
        except UnicodeDecodeError:
            _fail_at_head(text.decode("utf-8", "replace"), limits, "not UTF-8")
    size = len(text)
    if not text.isascii():
        try:
            size = size if size > limits.max_bytes else len(text.encode("utf-8"))
        except UnicodeEncodeError:
            _fail_at_head(text, limits, "not UTF-8")
    if size > limits.max_bytes:
        _fail_at_head(text, limits, f"larger than {limits.max_bytes} bytes")
    return text


def _fail_at_head(text: str, limits: FrameLimits, reason: str) -> NoReturn:
    """Refuse a text that cannot be read whole, with the type and id that its beginning shows."""
    head = _HEAD.match(text[:600])
    kind = int(head[1]) if head else None
    unique_id = head[2] if head else None
    if unique_id is not None and ("�" in unique_id or not _is_unicode(unique_id)):
        unique_id = None
    if kind in (None, _CALL):
        code = ErrorKind.FORMAT_VIOLATION if unique_id else ErrorKind.RPC_FRAMEWORK_ERROR
        raise FrameError(code, reason, unique_id, answerable=True) from None
    if unique_id is not None and len(unique_id) > limits.max_id:
        unique_id = None
    code = ErrorKind.FORMAT_VIOLATION
    if kind not in (_RESULT, _ERROR):
        code, unique_id = ErrorKind.MESSAGE_TYPE_NOT_SUPPORTED, None
    raise FrameError(code, reason, unique_id, answerable=False) from None


def _is_unicode(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _check_tree(frame: Any, text: str, limits: FrameLimits) -> None:
    """Depth, duplicate keys and surrogates, at a cost far below that of a hook per object.

    Every key of the text ends in a quote and a colon. If nothing separates the two, the text
    holds at least as many such pairs as keys, so as many keys in the tree as pairs in the text
    proves that no key was lost; else a second, slow reading decides.
    """
    keys, depth = 0, 1
    level: list[Any] = [frame]
    while True:
        below: list[Any] = []
        for node in level:
            values = node
            if type(node) is dict:
                keys += len(node)
                values = node.values()
            elif type(node) is not list:  # only a frame that is a bare value
                continue
            for value in values:
                if type(value) is dict or type(value) is list:
                    below.append(value)  # noqa: PERF401 - twice as fast as extend
        if not below:
            break
        level = below
        depth += 1
        if depth > limits.max_depth:
            raise _Refused("nested too deep")
    if text.count('":') != keys or _may_part_key_and_colon(text):
        _STRICT_DECODER.decode(text)
    if "\\u" in text and not _is_unicode(_ENCODER.encode(frame)):
        raise _Refused("half a surrogate pair")


def _may_part_key_and_colon(text: str) -> bool:
    return "\n" in text or "\t" in text or "\r" in text or (" " in text and " :" in text)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Refused("duplicate key in an object")
    return found


def _whole(digits: str) -> int:
    if len(digits) > _MAX_DIGITS + digits.startswith("-"):
        raise _Refused("integer out of range")
    return int(digits)


def _finite(digits: str) -> float:
    value = float(digits)
    if math.isinf(value):
        raise _Refused("number out of range")
    return value


def _no_constant(name: str) -> NoReturn:
    raise _Refused(f"{name} is not JSON")


_DECODER = json.JSONDecoder(parse_int=_whole, parse_float=_finite, parse_constant=_no_constant)
_STRICT_DECODER = json.JSONDecoder(object_pairs_hook=_unique)
_ENCODER = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, allow_nan=False)
