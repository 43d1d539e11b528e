"""Bad frames of the CSMS: the answer that the specification gives, or none; link and state stay."""

from __future__ import annotations

import json
from typing import Any

import pytest

NONE = None
FORMAT = ("FormationViolation", "FormatViolation")
FRAME = ("FormationViolation", "RpcFrameworkError")
"""The words of 1.6 and 2.0.1."""


def call(unique_id: str, action: str, payload: Any) -> str:
    return json.dumps([2, unique_id, action, payload])


def deep(depth: int) -> str:
    return '[2,"d","DataTransfer",{"vendorId":"v","data":' + "[" * depth + "]" * depth + "}]"


UNREADABLE: list[tuple[str, str | bytes]] = [
    ("no JSON", "hello"),
    ("empty", ""),
    ("blank", "  "),
    ("cut off before the id", "[2,"),
    ("an object", "{}"),
    ("a text", '"CALL"'),
    ("a number", "2"),
    ("null", "null"),
    ("an empty array", "[]"),
    ("no id", "[2]"),
    ("id is a number", '[2,17,"ClearCache",{}]'),
    ("id is null", '[2,null,"ClearCache",{}]'),
    ("id far too long", call("x" * 300, "ClearCache", {})),
    ("NaN alone", "NaN"),
    ("bytes that are no text", b"\xff\xfe\x00\x01"),
    ("only brackets", "[" * 100_000),
]

IDENTIFIED: list[tuple[str, str | bytes, str, tuple[str, str]]] = [
    ("cut off", '[2,"a","ClearCache",{', "a", FORMAT),
    ("two frames in one", '[2,"a","ClearCache",{}][2,"b","ClearCache",{}]', "a", FORMAT),
    ("single quotes", "[2,\"a\",'ClearCache',{}]", "a", FORMAT),
    ("no action", '[2,"a"]', "a", FRAME),
    ("no payload", '[2,"a","ClearCache"]', "a", FRAME),
    ("an element too many", '[2,"a","ClearCache",{},{}]', "a", FRAME),
    ("action is no text", '[2,"a",5,{}]', "a", FRAME),
    ("payload is an array", '[2,"a","ClearCache",[]]', "a", FORMAT),
    ("payload is a text", '[2,"a","ClearCache","x"]', "a", FORMAT),
    ("id too long", call("y" * 37, "ClearCache", {}), "y" * 37, FRAME),
    ("NaN", '[2,"a","DataTransfer",{"vendorId":"v","data":NaN}]', "a", FORMAT),
    ("Infinity", '[2,"a","DataTransfer",{"vendorId":"v","data":-Infinity}]', "a", FORMAT),
    ("a number without end", '[2,"a","DataTransfer",{"vendorId":"v","data":1e999}]', "a", FORMAT),
    ("an integer without end", '[2,"a","ClearCache",{"n":' + "9" * 400 + "}]", "a", FORMAT),
    ("duplicate keys", '[2,"a","DataTransfer",{"vendorId":"v","vendorId":"w"}]', "a", FORMAT),
    ("duplicate keys inside", '[2,"a","DataTransfer",{"vendorId":"v","data":{"x":1,"x":1}}]', "a",
     FORMAT),
    ("half a surrogate pair", '[2,"a","DataTransfer",{"vendorId":"\\ud800"}]', "a", FORMAT),
    ("not UTF-8", b'[2,"a","DataTransfer",{"vendorId":"\xff\xff"}]', "a", FORMAT),
    ("nested too deep", deep(40), "d", FORMAT),
    ("nested out of all bounds", deep(20_000), "d", FORMAT),
    ("too large", call("big", "DataTransfer", {"vendorId": "v", "data": "x" * 70_000}), "big",
     FORMAT),
    ("too large in bytes", call("big", "DataTransfer", {"data": "ä" * 40_000}), "big", FORMAT),
    ("too large, binary", call("big", "DataTransfer", {"data": "x" * 70_000}).encode(), "big",
     FORMAT),
    ("unknown action", call("a", "MakeCoffee", {}), "a", ("NotImplemented", "NotImplemented")),
    ("action in another case", call("a", "clearcache", {}), "a",
     ("NotImplemented", "NotImplemented")),
    ("our own action", call("a", "Heartbeat", {}), "a", ("NotSupported", "NotSupported")),
    ("a response for an action", call("a", "ClearCacheResponse", {}), "a",
     ("NotImplemented", "NotImplemented")),
]  # fmt: skip

SILENT: list[tuple[str, str | bytes]] = [
    ("unknown type", '[7,"a","ClearCache",{}]'),
    ("type is a text", '["2","a","ClearCache",{}]'),
    ("type is a fraction", '[2.5,"a","ClearCache",{}]'),
    ("type is true", '[true,"a","ClearCache",{}]'),
    ("a result for nothing", '[3,"nobody",{}]'),
    ("an error for nothing", '[4,"nobody","InternalError","",{}]'),
    ("a broken result", '[3,"nobody",'),
    ("a result that is no object", '[3,"nobody",[]]'),
    ("a result without payload", '[3,"nobody"]'),
    ("a short error", '[4,"nobody"]'),
    ("a result with a number for an id", "[3,5,{}]"),
]


@pytest.mark.parametrize("data", [x[1] for x in UNREADABLE], ids=[x[0] for x in UNREADABLE])
def test_without_an_id_2_0_1_answers_minus_one_and_1_6_nothing(victim: Any, data: Any) -> None:
    before = victim.state()

    answers = victim.receives(data)

    if victim.is16:
        assert answers == []
    else:
        (answer,) = answers
        assert answer[:3] == [4, "-1", "RpcFrameworkError"]
    assert victim.state() == before
    victim.assert_alive()


@pytest.mark.parametrize(
    ("data", "unique_id", "codes"), [x[1:] for x in IDENTIFIED], ids=[x[0] for x in IDENTIFIED]
)
def test_with_an_id_it_is_answered_with_its_error(
    victim: Any, data: Any, unique_id: str, codes: tuple[str, str]
) -> None:
    before = victim.state()

    (answer,) = victim.receives(data)

    assert answer[:3] == [4, unique_id, codes[0 if victim.is16 else 1]]
    assert len(answer) == 5
    assert len(answer[3]) <= 255
    assert victim.state() == before
    victim.assert_alive()


@pytest.mark.parametrize("data", [x[1] for x in SILENT], ids=[x[0] for x in SILENT])
def test_what_is_no_call_gets_no_answer(victim: Any, data: Any) -> None:
    before = victim.state()

    assert victim.receives(data) == []

    assert victim.state() == before
    victim.assert_alive()


def test_a_binary_frame_that_is_text_is_read(victim: Any) -> None:
    (answer,) = victim.receives(call("b", "ClearCache", {}).encode())

    assert answer == [3, "b", {"status": "Accepted"}]


def test_a_payload_of_null_is_an_empty_one(victim: Any) -> None:
    (answer,) = victim.receives('[2,"n","ClearCache",null]')

    assert answer == [3, "n", {"status": "Accepted"}]


def test_a_repeated_id_is_carried_out_once(victim: Any) -> None:
    """A CSMS that missed the answer may send the call again under its id."""
    what = (
        {"type": "Inoperative", "connectorId": 1}
        if victim.is16
        else {"operationalStatus": "Inoperative"}
    )
    frame = call("again", "ChangeAvailability", what)
    (first, *_) = victim.receives(frame)
    before = victim.state()

    (second,) = victim.receives(frame)

    assert first == second == [3, "again", {"status": "Accepted"}]
    assert victim.state() == before
    victim.assert_alive()


def test_a_refusal_is_repeated_too(victim: Any) -> None:
    frame = call("again", "MakeCoffee", {})
    (first,) = victim.receives(frame)

    assert first[:3] == [4, "again", "NotImplemented"]
    assert victim.receives(frame) == [first]


def test_an_id_that_another_call_had_is_refused(victim: Any) -> None:
    frame = call("again", "ClearCache", {})
    (first,) = victim.receives(frame)
    victim.receives('[2,"again","ClearCache",')
    before = victim.state()

    (second,) = victim.receives(call("again", "DataTransfer", {"vendorId": "v"}))

    assert second[:3] == [4, "again", FRAME[0 if victim.is16 else 1]]
    assert victim.state() == before
    assert victim.receives(frame) == [first]


def test_a_call_that_is_still_being_handled_is_not_begun_again(victim: Any) -> None:
    victim.bench.station.hardware.hang("unlock")
    where = {"connectorId": 1} if victim.is16 else {"evseId": 1, "connectorId": 1}
    frame = call("again", "UnlockConnector", where)
    assert victim.receives(frame) == []

    (second,) = victim.receives(frame)

    assert second[:3] == [4, "again", FRAME[0 if victim.is16 else 1]]


# -- payloads ------------------------------------------------------------------------------------

GOOD = {
    "V16": ("ChangeAvailability", {"connectorId": 1, "type": "Inoperative"}),
    "V201": ("ChangeAvailability", {"operationalStatus": "Inoperative", "evse": {"id": 1}}),
}
PAYLOADS: list[tuple[str, dict[str, Any], dict[str, Any], tuple[str, str]]] = [
    ("missing field", {"connectorId": 1}, {"evse": {"id": 1}},
     ("OccurenceConstraintViolation", "OccurrenceConstraintViolation")),
    ("missing field inside", {"type": "Inoperative"},
     {"operationalStatus": "Inoperative", "evse": {"connectorId": 1}},
     ("OccurenceConstraintViolation", "OccurrenceConstraintViolation")),
    ("extra field", {"connectorId": 1, "type": "Inoperative", "why": "no"},
     {"operationalStatus": "Inoperative", "why": "no"}, FORMAT),
    ("wrong type", {"connectorId": "1", "type": "Inoperative"},
     {"operationalStatus": "Inoperative", "evse": {"id": "1"}},
     ("TypeConstraintViolation", "TypeConstraintViolation")),
    ("a fraction for an integer", {"connectorId": 1.5, "type": "Inoperative"},
     {"operationalStatus": "Inoperative", "evse": {"id": 1.5}},
     ("TypeConstraintViolation", "TypeConstraintViolation")),
    ("null", {"connectorId": None, "type": "Inoperative"},
     {"operationalStatus": None, "evse": {"id": 1}},
     ("TypeConstraintViolation", "TypeConstraintViolation")),
    ("not one of its words", {"connectorId": 1, "type": "Broken"},
     {"operationalStatus": "Broken"},
     ("PropertyConstraintViolation", "PropertyConstraintViolation")),
    ("an integer over 64 bits", {"connectorId": 10**17, "type": "Inoperative"},
     {"operationalStatus": "Inoperative", "evse": {"id": 10**17}}, None),
]  # fmt: skip


@pytest.mark.parametrize(
    ("for16", "for201", "codes"), [x[1:] for x in PAYLOADS], ids=[x[0] for x in PAYLOADS]
)
def test_a_payload_that_breaks_the_schema_changes_nothing(
    victim: Any, for16: Any, for201: Any, codes: tuple[str, str] | None
) -> None:
    before = victim.state()

    (answer,) = victim.receives(call("p", "ChangeAvailability", for16 if victim.is16 else for201))

    if codes is None:  # well formed, and about nothing that this station has
        assert answer[:2] == [3, "p"]
        assert answer[2]["status"] == "Rejected"
    else:
        assert answer[:3] == [4, "p", codes[0 if victim.is16 else 1]]
    assert victim.state() == before
    victim.assert_alive()


@pytest.mark.parametrize("length", [51, 60_000])
def test_a_text_that_is_too_long(victim: Any, length: int) -> None:
    long = "k" * length
    if victim.is16:
        frame = call("p", "ChangeConfiguration", {"key": long, "value": "1"})
    else:
        where = {"component": {"name": long}, "variable": {"name": "x"}, "attributeValue": "1"}
        frame = call("p", "SetVariables", {"setVariableData": [where]})
    before = victim.state()

    (answer,) = victim.receives(frame)

    assert answer[:3] == [4, "p", "PropertyConstraintViolation"]
    assert long not in str(answer)
    assert victim.state() == before
    victim.assert_alive()


# -- answers ---------------------------------------------------------------------------------------

ACCEPTED = '[3,"{id}",{"status":"Accepted","currentTime":"2026-01-01T00:00:00Z","interval":%s}]'
ANSWERS = [
    ("not JSON", "what"),
    ("broken", '[3,"{id}",'),
    ("no object", '[3,"{id}",[]]'),
    ("a field is missing", '[3,"{id}",{}]'),
    ("wrong type", '[3,"{id}",{"status":5,"currentTime":true,"interval":"x"}]'),
    ("no date", '[3,"{id}",{"status":"Accepted","currentTime":"soon","interval":5}]'),
    ("negative", ACCEPTED % "-99999999999"),
    ("for ever", ACCEPTED % "99999999999"),
    ("an error without a code", '[4,"{id}"]'),
    ("an error of nonsense", '[4,"{id}","Whatever","x",{}]'),
    ("another id", '[3,"someone-else",{"status":"Accepted"}]'),
]  # fmt: skip


@pytest.mark.parametrize("text", [x[1] for x in ANSWERS], ids=[x[0] for x in ANSWERS])
def test_a_boot_notification_with_a_bad_answer_is_sent_again(
    make_bench: Any, version: str, text: str
) -> None:
    bench = make_bench(version, boot=False)
    bench.on("BootNotification").raw(text).once()
    bench.station.boot()

    bench.run(300)

    assert len(bench.csms.received("BootNotification")) >= 1
    assert bench.station.latest("boot_notification_response").status == "Accepted"
    bench.session()


@pytest.mark.parametrize("text", [x[1] for x in ANSWERS], ids=[x[0] for x in ANSWERS])
def test_no_transaction_is_lost_for_a_bad_answer(bench: Any, text: str) -> None:
    bench.on("StartTransaction" if bench.is16 else "TransactionEvent").raw(text).once()

    bench.station.plug_in(1)
    bench.station.present_token("04AB12CD", 1)
    bench.run(300)
    bench.station.present_token("04AB12CD", 1)
    bench.station.unplug(1)
    bench.run(600)

    assert bench.csms.books.open() == []
    kinds = [kind for record in bench.csms.transactions.values() for kind in record.kinds]
    assert kinds.count("Started") >= 1
    assert kinds.count("Ended") >= 1
