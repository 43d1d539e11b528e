"""Every kind of bad frame, and what each one is answered with."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ocpp_iface.sim.payloads import json_values, mutated_json
from ocpp_iface.wire.errors import ErrorKind, answer_id
from ocpp_iface.wire.frame import (
    Call,
    CallError,
    CallResult,
    Frame,
    FrameError,
    FrameLimits,
    format_call,
    format_error,
    format_result,
    parse,
)

FORMAT = ErrorKind.FORMAT_VIOLATION
RPC = ErrorKind.RPC_FRAMEWORK_ERROR
TYPE = ErrorKind.MESSAGE_TYPE_NOT_SUPPORTED
ID36 = "i" * 36


def refused(text: str | bytes, limits: FrameLimits | None = None) -> FrameError:
    with pytest.raises(FrameError) as caught:
        parse(text, limits or FrameLimits())
    assert caught.value.reason
    assert len(caught.value.reason) <= 255
    return caught.value


def nested(depth: int) -> str:
    """A call whose payload has lists nested so that the whole frame is `depth` deep."""
    return f'[2,"a","X",{{"v":{"[" * (depth - 2)}{"]" * (depth - 2)}}}]'


@pytest.mark.parametrize(
    ("text", "frame"),
    [
        ('[2,"a","Heartbeat",{}]', Call("a", "Heartbeat", {})),
        (b'[2,"a","Heartbeat",{}]', Call("a", "Heartbeat", {})),
        (' [ 2 , "a" , "X" ,\n{ "k" : 1 , "l" :\t2 } ] ', Call("a", "X", {"k": 1, "l": 2})),
        ('[2,"","X",{}]', Call("", "X", {})),
        (f'[2,"{ID36}","X",{{}}]', Call(ID36, "X", {})),
        ('[2,"a","X",null]', Call("a", "X", {})),
        ('[2,"ä","X",{"k":"\\ud83d\\ude00"}]', Call("ä", "X", {"k": "\U0001f600"})),
        ('[2,"a","X",{"k":"a\\":b"}]', Call("a", "X", {"k": 'a":b'})),
        ('[2,"a","X",{"k":":b"}]', Call("a", "X", {"k": ":b"})),
        ('[2,"a","X",{"k":"u :v"}]', Call("a", "X", {"k": "u :v"})),
        ('[2,"a","X",{"k":{"k":1}}]', Call("a", "X", {"k": {"k": 1}})),
        ('[2,"a","X",{"k":-999999999999999999.5e-3}]', Call("a", "X", {"k": -1e15})),
        ('[3,"a",{"currentTime":"x"}]', CallResult("a", {"currentTime": "x"})),
        ('[3,"a",null]', CallResult("a", {})),
        ('[4,"a","C","d",{"e":1}]', CallError("a", "C", "d", {"e": 1})),
        ('[4,"-1","C","",{}]', CallError("-1", "C", "", {})),
        ('[4,"a","C"]', CallError("a", "C", "", {})),
        ('[4,"a","C","d"]', CallError("a", "C", "d", {})),
        ('[4,"a","C",null,null]', CallError("a", "C", "", {})),
        ('[4,"a","C","d",[1]]', CallError("a", "C", "d", [1])),
    ],
)
def test_good_frames(text: str | bytes, frame: Frame) -> None:
    assert parse(text) == frame


@pytest.mark.parametrize(
    ("text", "code", "unique_id"),
    [
        # malformed JSON: the id is taken from the beginning, if it stands there
        ('[2,"a","X",{]', FORMAT, "a"),
        ('[2,"a","X",{}', FORMAT, "a"),
        ('[2,"a","X",{}] [2', FORMAT, "a"),
        ("[2", RPC, None),
        ("[2,", RPC, None),
        ('[2,"a', RPC, None),
        ('[2,"a\\u0062","X",{', RPC, None),
        ("", RPC, None),
        ("hello", RPC, None),
        ("\ufeff[2]", RPC, None),
        # not an array
        ("{}", RPC, None),
        ("null", RPC, None),
        ('"[2]"', RPC, None),
        ("17", RPC, None),
        ("[]", RPC, None),
        # a wrong number of elements
        ("[2]", RPC, None),
        ('[2,"a"]', RPC, "a"),
        ('[2,"a","X"]', RPC, "a"),
        ('[2,"a","X",{},{}]', RPC, "a"),
        # the id
        ('[2,5,"X",{}]', RPC, None),
        ('[2,null,"X",{}]', RPC, None),
        ('[2,["a"],"X",{}]', RPC, None),
        (f'[2,"{ID36}i","X",{{}}]', RPC, f"{ID36}i"),
        (f'[2,"{"i" * 300}","X",{{}}]', RPC, None),
        # action and payload
        ('[2,"a",5,{}]', RPC, "a"),
        ('[2,"a",null,{}]', RPC, "a"),
        ('[2,"a","X",[]]', FORMAT, "a"),
        ('[2,"a","X","{}"]', FORMAT, "a"),
        ('[2,"a","X",false]', FORMAT, "a"),
        # what JSON has not, or what could not be stored
        ('[2,"a","X",{"v":NaN}]', FORMAT, "a"),
        ('[2,"a","X",{"v":Infinity}]', FORMAT, "a"),
        ('[2,"a","X",{"v":-Infinity}]', FORMAT, "a"),
        ('[2,"a","X",{"v":1e999}]', FORMAT, "a"),
        ('[2,"a","X",{"v":1000000000000000000}]', FORMAT, "a"),
        (f'[2,"a","X",{{"v":{"9" * 5000}}}]', FORMAT, "a"),
        ('[2,"a","X",{"k":1,"k":1}]', FORMAT, "a"),
        ('[2,"a","X",{"k" :1,"k" :2}]', FORMAT, "a"),
        ('[2,"a","X",{"k":1,"k"\n:"a\\":b"}]', FORMAT, "a"),
        ('[2,"a","X",{"o":[{"k":{},"k":[]}]}]', FORMAT, "a"),
        ('[2,"a","X",{"k":"\\ud800"}]', FORMAT, "a"),
        ('[2,"a","X",{"\\udfff":1}]', FORMAT, "a"),
        ('[2,"a","X",{"k":"\ud800"}]', FORMAT, "a"),
        ('[2,"\ud800","X",{}]', RPC, None),
        # bytes
        (b'[2,"a","X",{"k":"\xff"}]', FORMAT, "a"),
        (b'[2,"\xff","X",{}]', RPC, None),
        (b"\x00\x01\x02\xfe", RPC, None),
        (b"\x00", RPC, None),
        (b"", RPC, None),
    ],
)
def test_a_bad_call_is_answered(text: str | bytes, code: ErrorKind, unique_id: str | None) -> None:
    error = refused(text)

    assert (error.code, error.unique_id, error.answerable) == (code, unique_id, True)
    assert answer_id("ocpp1.6", error) == unique_id
    assert answer_id("ocpp2.0.1", error) == (unique_id or "-1")


@pytest.mark.parametrize(
    ("text", "unique_id"),
    [
        ('[3,"a"]', "a"),
        ('[3,"a",{},{}]', "a"),
        ('[3,"a",[]]', "a"),
        ('[3,"a",5]', "a"),
        ("[3]", None),
        ("[3,5,{}]", None),
        (f'[3,"{ID36}i",{{}}]', None),
        ('[3,"a",{', "a"),
        ('[3,"a",{"v":NaN}]', "a"),
        ('[3,"a",{"k":1,"k":2}]', "a"),
        (f'[3,"{ID36}i",{{', None),
        ('[4,"a"]', "a"),
        ('[4,"a",5,"",{}]', "a"),
        ('[4,"a","C","",{},1]', "a"),
        ('[4,null,"C","",{}]', None),
        ('[4,"a","C"', "a"),
    ],
)
def test_a_bad_answer_is_not_answered_but_tells_its_call(text: str, unique_id: str | None) -> None:
    error = refused(text)

    assert (error.unique_id, error.answerable) == (unique_id, False)
    assert answer_id("ocpp1.6", error) is None
    assert answer_id("ocpp2.0.1", error) is None


@pytest.mark.parametrize(
    "text",
    ['[5,"a",{}]', '[6,"a","X",{}]', '["2","a","X",{}]', '[2.0,"a","X",{}]', '[true,"a","X",{}]',
     "[null]", "[[2]]", '[-2,"a","X",{}]', '[7,"a",{', '[22,"a","X",{'],
)  # fmt: skip
def test_an_unknown_message_type_is_ignored(text: str) -> None:
    error = refused(text)

    assert (error.code, error.unique_id) == (TYPE, None)
    assert answer_id("ocpp2.0.1", error) is None


def test_a_frame_may_be_as_large_as_the_limit_in_bytes() -> None:
    text = format_call("a", "X", json.dumps({"k": "ä" * 100}, ensure_ascii=False))
    size = len(text.encode())

    assert isinstance(parse(text, FrameLimits(max_bytes=size)), Call)
    assert isinstance(parse(text.encode(), FrameLimits(max_bytes=size)), Call)
    for too_large in (text, text.encode()):
        error = refused(too_large, FrameLimits(max_bytes=size - 1))
        assert (error.code, error.unique_id, error.answerable) == (FORMAT, "a", True)


def test_a_huge_text_is_refused_before_it_is_read() -> None:
    error = refused("[" * 1_000_000)

    assert (error.code, error.unique_id, error.answerable) == (RPC, None, True)


def test_nesting_up_to_the_limit() -> None:
    assert isinstance(parse(nested(32)), Call)
    assert isinstance(parse(nested(5), FrameLimits(max_depth=5)), Call)
    for depth in (33, 34, 500, 5_000, 30_000):
        error = refused(nested(depth))
        assert (error.code, error.unique_id, error.reason) == (FORMAT, "a", "nested too deep")
    assert refused(nested(6), FrameLimits(max_depth=5)).unique_id == "a"


def test_a_longer_id_may_be_allowed() -> None:
    text = f'[2,"{"i" * 40}","X",{{}}]'

    assert isinstance(parse(text, FrameLimits(max_id=40)), Call)


@given(st.text(st.characters(codec="utf-8"), max_size=36), json_values())
def test_what_is_formatted_is_parsed_to_the_same(unique_id: str, value: Any) -> None:
    payload = {"value": value}
    text = json.dumps(payload)

    assert parse(format_call(unique_id, "X", text)) == Call(unique_id, "X", payload)
    assert parse(format_result(unique_id, text)) == CallResult(unique_id, payload)
    assert parse(format_error(unique_id, "C", unique_id, payload)) == CallError(
        unique_id, "C", unique_id, payload
    )


@pytest.mark.parametrize(
    "details", [None, "text", [1], {"v": float("nan")}, {"v": object()}, {1: {2}}, {"v": "\ud800"}]
)
def test_an_error_can_always_be_built(details: Any) -> None:
    text = format_error("a", "C", "x" * 1000, details)

    assert parse(text) == CallError("a", "C", "x" * 255, {})


def test_an_error_with_half_a_character_in_its_description_can_be_sent() -> None:
    text = format_error("a", "C", "x\ud800y")

    assert parse(text.encode()) == CallError("a", "C", "x?y", {})


def test_an_error_with_endless_details_can_be_built() -> None:
    endless: dict[str, Any] = {}
    endless["more"] = endless

    assert parse(format_error("a", "C", "", endless)) == CallError("a", "C", "", {})


def total(text: str | bytes) -> Frame | None:
    """Anything but a frame or a `FrameError` fails the test; a frame can be stored and sent."""
    try:
        frame = parse(text)
    except FrameError as error:
        format_error(error.unique_id or "-1", error.code, error.reason).encode()
        return None
    json.dumps(frame.details if isinstance(frame, CallError) else frame.payload).encode()
    frame.unique_id.encode()
    return frame


@given(st.binary(max_size=200))
def test_any_bytes_give_a_frame_or_a_frame_error(blob: bytes) -> None:
    total(blob)


@given(st.text(st.characters(), max_size=200))
@example('[2,"\ud800')
def test_any_text_gives_a_frame_or_a_frame_error(text: str) -> None:
    total(text)


@given(st.lists(st.sampled_from([*'[]{}",:\\ 2345aeNu.-\ud800\n', '"k":', '[2,"a","X",', "null"]),
                max_size=60).map("".join))  # fmt: skip
@settings(max_examples=400)
def test_any_rubble_of_json_gives_a_frame_or_a_frame_error(text: str) -> None:
    total(text)


@given(mutated_json(st.just([2, "a", "X", {"k": [1, "v", {"w": 1.5}]}])), st.booleans())
@settings(max_examples=300)
def test_any_mutated_frame_gives_a_frame_or_a_frame_error(value: Any, pretty: bool) -> None:
    frame = total(json.dumps(value, indent=1 if pretty else None, allow_nan=True))

    if isinstance(frame, Call):
        assert value[:3] == [2, frame.unique_id, frame.action]
        assert frame.payload == (value[3] or {})


@given(
    st.lists(st.tuples(st.sampled_from(["a", "b", 'c":', "d :"]), json_values()), max_size=5),
    st.sampled_from([(",", ":"), (", ", ": "), (",", " :"), (",\n", "\t: ")]),
)
def test_duplicate_keys_are_found_and_nothing_else(
    pairs: list[tuple[str, Any]], separators: tuple[str, str]
) -> None:
    comma, colon = separators
    members = [
        json.dumps(key) + colon + json.dumps(value, separators=separators) for key, value in pairs
    ]
    text = f'[2,"a","X",{{{comma.join(members)}}}]'

    frame = total(text)

    keys = [key for key, _ in pairs]
    assert (frame is not None) == (len(keys) == len(set(keys)))
