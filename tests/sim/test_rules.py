"""Each rule of the wire, broken once."""

from __future__ import annotations

import pytest

from ocpp_iface.sim.rules import WireRules
from ocpp_iface.wire.frame import Call, CallError, CallResult


@pytest.fixture
def found() -> list[str]:
    return []


@pytest.fixture
def rules(found: list[str]) -> WireRules:
    made = WireRules(found.append)
    made.registration = "Accepted"
    return made


def boot(rules: WireRules, status: str, interval: int = 10, at: float = 0.0) -> None:
    rules.sent(at, Call(f"boot{at}", "BootNotification", {}))
    rules.heard(at, CallResult(f"boot{at}", {"status": status, "interval": interval}))


def test_a_second_call_in_flight_is_a_violation(rules: WireRules, found: list[str]) -> None:
    rules.sent(0.0, Call("1", "Heartbeat", {}))
    rules.sent(1.0, Call("2", "Authorize", {}))

    assert found == ["Authorize is sent while Heartbeat waits for its answer"]


def test_a_call_after_the_answer_or_the_time_out_is_none(
    rules: WireRules, found: list[str]
) -> None:
    rules.sent(0.0, Call("1", "Heartbeat", {}))
    rules.heard(0.1, CallResult("1", {}))
    rules.sent(0.2, Call("2", "Heartbeat", {}))
    rules.sent(30.2, Call("3", "Heartbeat", {}))
    rules.link_changed()
    rules.sent(30.3, Call("4", "Heartbeat", {}))

    assert found == []


def test_an_id_is_never_used_again(rules: WireRules, found: list[str]) -> None:
    rules.sent(0.0, Call("1", "Heartbeat", {}))
    rules.link_changed()
    rules.process_started()
    rules.sent(1.0, Call("1", "BootNotification", {}))

    assert found == ["message id 1 is used again, for BootNotification"]


def test_an_inbound_call_has_one_answer(rules: WireRules, found: list[str]) -> None:
    rules.heard(0.0, Call("c1", "Reset", {}))
    rules.sent(0.1, CallResult("c1", {}))
    assert found == []

    rules.sent(0.2, CallError("c1", "InternalError", "", {}))
    rules.sent(0.3, CallResult("c2", {}))

    assert found == [
        "call c1 is answered twice",
        "an answer is sent for c2, which nobody called",
    ]


def test_a_repeated_id_of_the_csms_has_two_answers(rules: WireRules, found: list[str]) -> None:
    for _ in range(2):
        rules.heard(0.0, Call("c1", "Reset", {}))
        rules.sent(0.1, CallResult("c1", {}))

    assert found == []


def test_garbage_may_be_answered_once(rules: WireRules, found: list[str]) -> None:
    rules.heard_garbage("c1")
    rules.heard_garbage(None)
    rules.sent(0.0, CallError("c1", "FormatViolation", "", {}))
    rules.sent(0.0, CallError("-1", "RpcFrameworkError", "", {}))
    assert found == []

    rules.sent(0.0, CallError("-1", "RpcFrameworkError", "", {}))
    assert len(found) == 1


def test_what_is_not_answered_in_time_is_told(rules: WireRules) -> None:
    rules.heard(0.0, Call("c1", "Reset", {}))

    assert rules.unanswered(29.0) == []
    assert rules.unanswered(31.0) == ["no answer to Reset c1 since 31.0 s"]


def test_only_boot_may_be_sent_before_it_is_answered(rules: WireRules, found: list[str]) -> None:
    rules.process_started()
    rules.sent(0.0, Call("1", "Heartbeat", {}))

    assert found == [
        "Heartbeat is sent although the registration says: no BootNotification was answered"
    ]


@pytest.mark.parametrize("status", ["Pending", "Rejected"])
def test_nothing_may_be_sent_when_not_accepted(
    rules: WireRules, found: list[str], status: str
) -> None:
    rules.process_started()
    boot(rules, status)
    rules.sent(1.0, Call("1", "StatusNotification", {}))
    boot(rules, "Accepted", at=10.0)
    rules.sent(11.0, Call("2", "StatusNotification", {}))

    assert found == [f"StatusNotification is sent although the registration says: {status}"]


def test_what_is_triggered_may_be_sent_while_pending(rules: WireRules, found: list[str]) -> None:
    rules.process_started()
    boot(rules, "Pending", interval=0)
    rules.heard(1.0, Call("c1", "TriggerMessage", {"requestedMessage": "Heartbeat"}))
    rules.heard(1.0, Call("c2", "GetBaseReport", {}))
    for number, action in enumerate(["Heartbeat", "NotifyReport", "NotifyReport"]):
        rules.sent(2.0, Call(str(number), action, {}))
        rules.heard(2.0, CallResult(str(number), {}))
    assert found == []

    rules.sent(3.0, Call("9", "Heartbeat", {}))
    assert len(found) == 1


def test_boot_is_repeated_only_after_the_interval(rules: WireRules, found: list[str]) -> None:
    rules.process_started()
    boot(rules, "Rejected", interval=60)
    boot(rules, "Rejected", interval=60, at=60.0)
    assert found == []

    boot(rules, "Rejected", interval=60, at=70.0)
    assert found == ["BootNotification is repeated 50.0 s before the interval is over"]
