"""Typed payloads of one version: JSON text out, checked objects in."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from ocpp_iface.errors import PayloadError
from ocpp_iface.wire.decoders import BadPart, Decode, build_decoder
from ocpp_iface.wire.encoders import Encode, build_encoder, dump
from ocpp_iface.wire.errors import UnknownAction
from ocpp_iface.wire.registry import Direction, Version, version_of
from ocpp_iface.wire.schema import OfficialValidator, load_schema
from ocpp_iface.wire.shapes import Record, shape_of

__all__ = ["Codec", "UnknownAction", "codec_for"]


@lru_cache
def codec_for(subprotocol: str, *, validate_outbound: bool = False, lenient: bool = False) -> Codec:
    """The shared codec of a version ("ocpp1.6", "ocpp2.0.1").

    `validate_outbound` checks what is sent against the official schema (slow: for tests and
    simulations). `lenient` takes unknown words of enumerations as plain `str`.
    Raises `ValueError` for an unknown subprotocol.
    """
    version = version_of(subprotocol)
    return Codec(version, validate_outbound=validate_outbound, lenient=lenient)


class Codec:
    """Functions for a message are generated when it is first used; `prepare` does it before.

    Decoding takes what `json` (`frame.parse`) makes of a text: plain dict, list, str, int, float,
    bool. Date-times stay `str`, numbers stay int or float, enumerations become members, an absent
    field is None.
    """

    def __init__(self, version: Version, *, validate_outbound: bool, lenient: bool) -> None:
        self._version = version
        self._validate_outbound = validate_outbound
        self._lenient = lenient
        self._requests = version.classes("request")
        self._responses = version.classes("response")
        self._actions = {
            held_by: action
            for classes in (self._requests, self._responses)
            for action, held_by in classes.items()
        }
        self._shapes: dict[type, Record] = {}
        self._request_encoders: dict[type, Encode] = {}
        self._response_encoders: dict[type, Encode] = {}
        self._request_decoders: dict[str, Decode] = {}
        self._response_decoders: dict[str, Decode] = {}
        self._validators: dict[tuple[str, Direction], OfficialValidator] = {}

    @property
    def subprotocol(self) -> str:
        return self._version.subprotocol

    @property
    def actions(self) -> tuple[str, ...]:
        """Every action of the version."""
        return tuple(self._requests)

    def action_of(self, message: object) -> str:
        """The action of a request or response, or of its class. Raises `UnknownAction`."""
        held_by = message if isinstance(message, type) else type(message)
        action = self._actions.get(held_by)
        if action is None:
            raise UnknownAction(held_by.__name__)
        return action

    def request_class(self, action: str) -> type:
        return _known(self._requests, action)

    def response_class(self, action: str) -> type:
        return _known(self._responses, action)

    def encode_request(self, request: object) -> tuple[str, str]:
        """The action and the payload as JSON text."""
        held_by = type(request)
        encode = self._request_encoders.get(held_by) or self._encoder(held_by, "request")
        action, text = self._actions[held_by], encode(request)
        if self._validate_outbound:
            self._validator(action, "request").check_text(text)
        return action, text

    def encode_response(self, response: object) -> str:
        """The payload as JSON text."""
        held_by = type(response)
        encode = self._response_encoders.get(held_by) or self._encoder(held_by, "response")
        text = encode(response)
        if self._validate_outbound:
            self._validator(self._actions[held_by], "response").check_text(text)
        return text

    def decode_request(self, action: str, payload: Any) -> Any:
        """Raises `UnknownAction`, or `PayloadError` if the payload breaks the schema."""
        decode = self._request_decoders.get(action) or self._decoder(action, "request")
        return _run(decode, payload)

    def decode_response(self, action: str, payload: Any) -> Any:
        """Raises `UnknownAction`, or `PayloadError` if the payload breaks the schema."""
        decode = self._response_decoders.get(action) or self._decoder(action, "response")
        return _run(decode, payload)

    def check_request(self, action: str, payload: Any) -> None:
        """Official-schema validation of a payload of plain JSON values. Raises `PayloadError`."""
        self._validator(action, "request").check_text(dump(payload))

    def check_response(self, action: str, payload: Any) -> None:
        """Official-schema validation of a payload of plain JSON values. Raises `PayloadError`."""
        self._validator(action, "response").check_text(dump(payload))

    def prepare(self, *actions: str) -> None:
        """Generate the functions of these actions (of all, if none is given) now."""
        for action in actions or self.actions:
            self._decoder(action, "request")
            self._decoder(action, "response")
            self._encoder(self._requests[action], "request")
            self._encoder(self._responses[action], "response")

    def shape(self, held_by: type, direction: Direction) -> Record:
        """What the generated functions of a message class are made from."""
        if held_by not in self._shapes:
            action = self.action_of(held_by)
            schema = load_schema(self._version, action, direction)
            self._shapes[held_by] = shape_of(schema, held_by)
        return self._shapes[held_by]

    def _encoder(self, held_by: type, direction: Direction) -> Encode:
        is_request = direction == "request"
        classes = self._requests if is_request else self._responses
        if classes.get(self.action_of(held_by)) is not held_by:
            raise UnknownAction(f"{held_by.__name__} as {direction}")
        encode = build_encoder(self.shape(held_by, direction))
        (self._request_encoders if is_request else self._response_encoders)[held_by] = encode
        return encode

    def _decoder(self, action: str, direction: Direction) -> Decode:
        is_request = direction == "request"
        held_by = _known(self._requests if is_request else self._responses, action)
        decode = build_decoder(self.shape(held_by, direction), lenient=self._lenient)
        (self._request_decoders if is_request else self._response_decoders)[action] = decode
        return decode

    def _validator(self, action: str, direction: Direction) -> OfficialValidator:
        key = (action, direction)
        if key not in self._validators:
            _known(self._requests, action)
            schema = load_schema(self._version, action, direction)
            self._validators[key] = OfficialValidator(schema)
        return self._validators[key]


def _known(classes: dict[str, type], action: str) -> type:
    held_by = classes.get(action)
    if held_by is None:
        raise UnknownAction(action)
    return held_by


def _run(decode: Callable[[Any], Any], payload: Any) -> Any:
    try:
        return decode(payload)
    except BadPart as bad:
        raise PayloadError(bad.path, bad.reason, bad.fault) from None
