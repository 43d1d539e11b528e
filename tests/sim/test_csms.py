"""The scripted CSMS against a small station."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ocpp_iface.ports.transport import CloseReason
from ocpp_iface.sim import CsmsCallError, World, one_of

Make = Callable[..., World]


def test_a_rule_with_a_count_comes_before_the_others(make_world: Make) -> None:
    world = make_world(booted=False)
    csms = world.csms
    csms.on("BootNotification").reply(status="Rejected", interval=30)
    csms.on("BootNotification").reply(status="Pending", interval=10).once()
    csms.on("BootNotification").reply(status="Pending", interval=20).times(2)
    world.station.boot()
    world.run_for(10 + 20 + 20 + 30 + 5)
    csms.off("BootNotification")
    world.run_for(30)

    answers = [e.payload for e in csms.log if e.direction == "out" and e.kind == "RESULT"]
    assert [(a["status"], a["interval"]) for a in answers] == [
        ("Pending", 10),
        ("Pending", 20),
        ("Pending", 20),
        ("Rejected", 30),
        ("Rejected", 30),
        ("Accepted", 300),
    ]
    world.check()


def test_a_rule_may_ask_the_request(make_world: Make, version: str) -> None:
    world = make_world(version)
    where = {"idTag": "BAD"} if version == "ocpp1.6" else {"idToken": {"idToken": "BAD"}}
    word = "idTagInfo" if version == "ocpp1.6" else "idTokenInfo"
    world.csms.on("Authorize", where).reply(lambda request: {word: {"status": "Blocked"}})

    assert world.station.present_token("BAD") == "Blocked"
    assert world.station.present_token("GOOD") == "Accepted"


def test_the_csms_knows_tokens(make_world: Make, version: str) -> None:
    world = make_world(version)
    world.csms.tokens.put("old", "Expired", group="G1", expiry="2027-01-01T00:00:00Z")

    assert world.station.present_token("OLD") == "Expired"
    world.csms.tokens.strict = True
    assert world.station.present_token("nobody") == "Invalid"


def test_a_late_answer_is_late(make_world: Make) -> None:
    world = make_world()
    world.csms.on("Authorize").delay(7.0)
    since = world.scheduler.now

    world.station.present_token("04AB")

    assert world.scheduler.now - since == pytest.approx(7.04)


@pytest.mark.parametrize("script", ["error", "silent", "raw"])
def test_a_call_may_fail_in_every_way(make_world: Make, script: str) -> None:
    world = make_world()
    rule = world.csms.on("Authorize")
    {
        "error": lambda: rule.error("SecurityError", "no"),
        "silent": rule.silent,
        "raw": lambda: rule.raw('[4,"{id}","GenericError","",{}]'),
    }[script]()

    with pytest.raises(Exception, match=r"SecurityError|no answer|GenericError"):
        world.station.present_token("04AB")
    world.check()


def test_a_wrong_answer_of_the_test_is_told_to_the_test(make_world: Make) -> None:
    world = make_world()
    world.csms.on("Authorize").reply({"status": "Accepted"})

    with pytest.raises(ValueError, match="the test's answer to Authorize is wrong"):
        world.station.present_token("04AB")


def test_call_returns_the_response_or_raises(make_world: Make, version: str) -> None:
    world = make_world(version)

    assert world.csms.call("ClearCache") == {"status": "Accepted"}
    with pytest.raises(CsmsCallError) as refused:
        world.csms.call("Reset", {"type": "Hard" if version == "ocpp1.6" else "Immediate"})
    assert refused.value.code == "NotSupported"
    with pytest.raises(ValueError, match="the test's Reset is not valid"):
        world.csms.call("Reset", {"type": "Sideways"})
    with pytest.raises(AssertionError, match="cs9 is connected"):
        world.csms.call("ClearCache", station="cs9")


def test_garbage_is_sent_and_answered(make_world: Make) -> None:
    world = make_world()
    world.csms.send_raw('[2,"x1","ClearCache"]')
    world.settle()

    entry = world.csms.log[-1]
    assert (entry.kind, entry.unique_id) == ("ERROR", "x1")
    world.check()


def test_expect_finds_each_call_once_in_any_order(make_world: Make) -> None:
    world = make_world()
    world.station.plug_in()
    world.run_for(15)
    csms = world.csms

    updated = csms.expect("TransactionEvent", eventType="Updated")
    started = csms.expect("TransactionEvent", eventType="Started", seqNo=0)
    assert started.index < updated.index
    assert csms.next("BootNotification").at < started.at
    csms.expect_none("TransactionEvent", eventType="Started")

    world.station.unplug()
    ended = csms.expect("TransactionEvent", eventType=one_of("Ended", "x"), timeout_s=1)
    assert ended["seqNo"] == 2
    assert ended.action == "TransactionEvent"


def test_expect_waits_and_says_what_came_instead(make_world: Make) -> None:
    world = make_world()
    world.station.plug_in()

    with pytest.raises(AssertionError) as failure:
        world.csms.expect("TransactionEvent", eventType="Ended", timeout_s=3)

    text = str(failure.value)
    assert "waited 3 s in vain for TransactionEvent eventType='Ended'" in text
    assert "not the one at 0.100 s: eventType is 'Started', not 'Ended'" in text
    assert "the last 20 lines of the trace" in text
    assert "CALL #2 TransactionEvent" in text


def test_mark_makes_history(make_world: Make) -> None:
    world = make_world()
    world.csms.mark()

    with pytest.raises(AssertionError, match="in vain for BootNotification"):
        world.csms.expect("BootNotification", timeout_s=1)
    world.station.plug_in()
    with pytest.raises(AssertionError, match="unexpected TransactionEvent"):
        world.csms.expect_none("TransactionEvent", within_s=1)


def test_received_filters(make_world: Make) -> None:
    world = make_world()
    world.station.plug_in()
    world.settle()

    assert len(world.csms.received()) == 2
    assert len(world.csms.received("TransactionEvent", {"seqNo": 0}, station="cs1")) == 1
    assert world.csms.received(station="cs2") == []


def test_a_frame_against_the_schema_is_a_violation(make_world: Make) -> None:
    for validation in ("official", "codec"):
        world = make_world(validation=validation)
        link = world.station.network.link
        assert link is not None
        link.send('[2,"x","Authorize",{"idToken":{"idToken":"1"}}]')
        link.send('[2,"y","MakeCoffee",{}]')
        world.settle()

        assert len(world.csms.violations) == 2
        assert "Authorize request that is not valid" in world.csms.violations[0]
        with pytest.raises(AssertionError, match="MakeCoffee"):
            world.check()


def test_basic_authentication_is_checked(make_world: Make) -> None:
    world = make_world(booted=False)
    world.csms.passwords["cs1"] = b"other"
    world.station.boot()
    world.settle()
    assert world.station.network.attempts[-1].outcome is CloseReason.UNAUTHORIZED

    world.csms.passwords["cs1"] = b"secret"
    world.run_until(world.csms.connected, 300)
    assert "secret" not in repr(world.csms.passwords) or "secret" not in str(world.trace)


@pytest.mark.parametrize(
    ("speaks", "offers", "agreed"),
    [
        (("ocpp1.6", "ocpp2.0.1"), ("ocpp2.0.1", "ocpp1.6"), "ocpp2.0.1"),
        (("ocpp1.6",), ("ocpp2.0.1", "ocpp1.6"), "ocpp1.6"),
    ],
)
def test_the_first_common_version_is_taken(
    make_world: Make, speaks: tuple[str, ...], offers: tuple[str, ...], agreed: str
) -> None:
    world = make_world(*offers, booted=False)
    world.csms.subprotocols = speaks
    world.station.boot()
    world.settle()

    assert world.csms.session().subprotocol == agreed


def test_without_a_common_version_there_is_no_link(make_world: Make) -> None:
    world = make_world(booted=False)
    world.csms.subprotocols = ("ocpp2.1",)
    world.station.boot()
    world.settle()

    assert world.station.network.attempts[-1].outcome is CloseReason.SUBPROTOCOL


def test_the_books_hold_each_transaction(make_world: Make, version: str) -> None:
    world = make_world(version)
    for _ in range(2):
        world.station.plug_in()
        world.run_for(25)
        world.station.unplug()
        world.run_for(5)

    records = list(world.csms.transactions.values())
    assert len(records) == 2
    assert all(record.complete for record in records)
    if version == "ocpp1.6":
        assert [record.number for record in records] == [1, 2]
    else:
        assert records[0].seq_nos == [0, 1, 2, 3]
        assert records[0].kinds == ["Started", "Updated", "Updated", "Ended"]
    world.check()


def test_the_csms_has_its_own_clock(make_world: Make) -> None:
    world = make_world(booted=False)
    world.csms.clock_offset_s = 3600
    world.station.boot()
    world.settle()

    answer = next(e for e in world.csms.log if e.direction == "out")
    assert answer.payload["currentTime"].startswith("2026-01-01T01:00:00")


def test_a_second_csms_has_its_own_url(make_world: Make) -> None:
    world = make_world(booted=False)
    other = world.add_csms("ws://other/ocpp", subprotocols=("ocpp1.6",))

    assert world.find("ws://other/ocpp") is other
    assert world.csms is not other
