from __future__ import annotations

import json

import pytest
from rig import Ask, Rig, fact

from ocpp_iface.engine.dispatcher import RpcProblem
from ocpp_iface.engine.inputs import FrameReceived, PortReplied
from ocpp_iface.engine.outputs import AskPort, CommandDone, OpenLink, Publish, SendFrame
from ocpp_iface.errors import OcppIfaceError


def crash(_toy):
    raise RuntimeError("a bug")


def note_then_crash(toy):
    toy.note("half")
    toy.kernel.publish("event_data", "never seen")
    raise RuntimeError("a bug")


def test_beginning_resumes_from_the_rows_and_dials():
    rig = Rig()

    rig.begin()

    assert rig.heard == [("resumed", "boot")]
    assert isinstance(rig.kernel.outbound.drain()[0], OpenLink)


def test_a_call_gets_exactly_one_answer():
    rig = Rig().online()

    assert rig.frame([2, "1", "Ask", {"text": "x"}]) == [[3, "1", {"text": "fine"}]]


def test_an_answer_leaves_before_what_the_call_caused():
    def handle(toy):
        toy.kernel.publish("event_data", 1)
        toy.kernel.asks.tell("missing")
        toy.kernel.csms.post(Ask("own call"))
        return Ask("done")

    rig = Rig(behave={"x": handle}).online()

    outputs = rig.step(
        FrameReceived(rig.kernel.link.number, json.dumps([2, "1", "Ask", {"text": "x"}]))
    )

    assert [type(output) for output in outputs] == [SendFrame, SendFrame, Publish]
    assert json.loads(outputs[0].text)[0] == 3


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ([2, "1", "Nothing", {}], "NotImplemented"),
        ([2, "1", "Ask", {}], "FormatViolation"),
        ([2, "1", "Ask", []], "FormatViolation"),
    ],
)
def test_a_call_that_cannot_be_handled_gets_its_error(frame, code):
    rig = Rig().online()

    (answer,) = rig.frame(frame)

    assert answer[:3] == [4, "1", code]


def test_a_handler_may_answer_with_an_error_of_its_own():
    def refuse(_toy):
        raise RpcProblem("SecurityError", "not now")

    rig = Rig(behave={"x": refuse}).online()

    assert rig.frame([2, "1", "Ask", {"text": "x"}]) == [[4, "1", "SecurityError", "not now", {}]]


def test_a_crashing_handler_is_an_internal_error_without_its_text():
    rig = Rig(behave={"x": crash}).online()

    (answer,) = rig.frame([2, "1", "Ask", {"text": "x"}])

    assert answer[:3] == [4, "1", "InternalError"]
    assert "a bug" not in json.dumps(answer)
    assert rig.frame([2, "2", "Ask", {"text": "y"}]) == [[3, "2", {"text": "fine"}]]


def test_what_a_crashing_handler_wrote_is_undone_and_memory_is_taken_from_the_rows():
    rig = Rig(behave={"x": note_then_crash}).online()

    outputs = rig.step(
        FrameReceived(rig.kernel.link.number, json.dumps([2, "1", "Ask", {"text": "x"}]))
    )

    assert [type(output) for output in outputs] == [SendFrame]
    assert rig.heard[-1] == ("resumed", "rebuild")
    assert rig.toy.memory == {}
    assert dict(rig.toy.notes.items()) == {}


def test_what_a_crashing_handler_queued_is_never_sent():
    def queue_then_crash(toy):
        toy.kernel.outbox.put(fact("half"))
        raise RuntimeError("a bug")

    rig = Rig(behave={"x": queue_then_crash}).online()

    sent = rig.frame([2, "1", "Ask", {"text": "x"}]) + rig.sent(rig.wait(60))

    assert [frame[:3] for frame in sent] == [[4, "1", "InternalError"]]
    assert len(rig.kernel.outbox) == 0


def test_the_other_inputs_of_the_step_are_not_touched_by_a_crash():
    rig = Rig(behave={"x": note_then_crash, "y": lambda toy: toy.note("kept") or Ask("kept")})
    rig.online()
    number = rig.kernel.link.number

    answers = rig.sent(
        rig.step(
            FrameReceived(number, json.dumps([2, "1", "Ask", {"text": "y"}])),
            FrameReceived(number, json.dumps([2, "2", "Ask", {"text": "x"}])),
            FrameReceived(number, json.dumps([2, "3", "Ask", {"text": "z"}])),
        )
    )

    assert [(answer[0], answer[1]) for answer in answers] == [(3, "1"), (4, "2"), (3, "3")]
    assert list(rig.toy.memory) == ["kept"]


def test_a_call_whose_reply_was_undone_with_another_input_still_gets_an_answer():
    """P4: a flow crashes in the input that also answered a pending call."""

    def waits(toy):
        async def flow():
            await toy.kernel.signal.wait()
            return Ask("late")

        return flow()

    def wakes(toy):
        toy.kernel.signal.fire()

        async def crashes():
            toy.note("half")
            raise RuntimeError("a bug")

        toy.kernel.flows.start("crashes", crashes())
        return Ask("woken")

    rig = Rig(behave={"waits": waits, "wakes": wakes}).online()
    from ocpp_iface.engine.traps import Signal

    rig.kernel.signal = Signal()
    assert rig.frame([2, "1", "Ask", {"text": "waits"}]) == []

    answers = rig.frame([2, "2", "Ask", {"text": "wakes"}])

    assert sorted(answer[1] for answer in answers) == ["1", "2"]
    assert {answer[0] for answer in answers} == {4}


def test_a_command_gets_exactly_one_result():
    rig = Rig(behave={"x": lambda _toy: "result"}).online()

    assert rig.command("x", 5) == [CommandDone(5, "result", None)]


def test_a_command_that_crashes_gets_an_error():
    rig = Rig(behave={"x": note_then_crash}).online()

    (done,) = rig.command("x", 5)

    assert done.token == 5
    assert isinstance(done.error, Exception)


def test_a_pending_command_of_a_rebuilt_station_gets_an_error():
    def waits(toy):
        async def flow():
            await toy.kernel.asks.ask("anything")

        return flow()

    rig = Rig(behave={"waits": waits, "x": note_then_crash}).online()
    (asked,) = rig.command("waits", 1)
    assert isinstance(asked, AskPort)

    outputs = rig.command("x", 2)

    assert {output.token for output in outputs} == {1, 2}
    assert all(isinstance(output.error, Exception) for output in outputs)
    assert rig.step(PortReplied(asked.token, "late")) == []


def asks_the_hardware(toy):
    async def flow():
        await toy.kernel.asks.ask("anything")
        return Ask("answered")

    return flow()


def test_an_answer_to_a_call_of_an_older_link_is_not_sent_on_the_next():
    rig = Rig(behave={"x": asks_the_hardware}).online()
    (asked,) = rig.step(
        FrameReceived(rig.kernel.link.number, json.dumps([2, "1", "Ask", {"text": "x"}]))
    )
    rig.reconnect()

    late = rig.sent(rig.step(PortReplied(asked.token, "done")))

    assert late == []
    assert rig.frame([2, "1", "Ask", {"text": "y"}]) == [[3, "1", {"text": "fine"}]]


def test_a_call_of_an_older_link_does_not_time_out_on_the_next():
    rig = Rig(behave={"x": asks_the_hardware}).online()
    rig.frame([2, "1", "Ask", {"text": "x"}])
    rig.reconnect()

    assert rig.sent(rig.wait(60)) == []


def test_a_handler_that_never_answers_times_out_to_an_error():
    def forgets(toy):
        async def flow():
            await toy.kernel.asks.ask("anything")

        return flow()

    rig = Rig(behave={"x": forgets}).online()
    assert rig.frame([2, "1", "Ask", {"text": "x"}]) == []

    (answer,) = rig.sent(rig.wait(60))

    assert answer[:3] == [4, "1", "InternalError"]


def test_a_repeated_call_is_answered_again_and_not_handled_twice():
    handled = []
    rig = Rig(behave={"x": lambda _toy: handled.append(1) or Ask("once")}).online()
    (first,) = rig.frame([2, "1", "Ask", {"text": "x"}])

    (answer,) = rig.frame([2, "1", "Ask", {"text": "x"}])

    assert answer == first == [3, "1", {"text": "once"}]
    assert handled == [1]


def test_only_the_newest_answers_are_kept_so_an_old_call_is_refused():
    rig = Rig().online()
    for number in range(6):
        rig.frame([2, str(number), "Ask", {"text": "x"}])

    (again,) = rig.frame([2, "5", "Ask", {"text": "x"}])
    (refused,) = rig.frame([2, "0", "Ask", {"text": "x"}])

    assert again == [3, "5", {"text": "fine"}]
    assert refused[:3] == [4, "0", "RpcFrameworkError"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "[2]",
        "null",
        '"text"',
        "[9,1,2]",
        '[3,"nothing",{}]',
        '[4,"nothing","GenericError","",{}]',
        b"\xff\xfe",
        "[" * 100_000,
    ],
)
def test_rubble_changes_nothing(text):
    rig = Rig().online()

    rig.frame(text)

    assert rig.kernel.link.is_open
    assert rig.frame([2, "1", "Ask", {"text": "x"}]) == [[3, "1", {"text": "fine"}]]


def test_a_late_answer_is_counted_and_ignored():
    rig = Rig().online()
    got = []
    rig.kernel.outbox.call(Ask("own"), _normal(), lambda value, error: got.append((value, error)))
    (call,) = rig.sent(rig.step())
    rig.wait(31)

    rig.frame([3, call[1], {"text": "too late"}])

    assert len(got) == 1
    assert isinstance(got[0][1], OcppIfaceError)
    assert rig.kernel.outbox.late_answers == 1


def test_an_answer_that_is_not_valid_is_an_error_for_the_caller():
    rig = Rig().online()
    got = []
    rig.kernel.outbox.call(Ask("own"), _normal(), lambda value, error: got.append((value, error)))
    (call,) = rig.sent(rig.step())

    rig.frame([3, call[1], {"wrong": 1}])

    assert got[0][0] is None
    assert "FormatViolation" in str(got[0][1])
    assert rig.kernel.counters == {"bad_answers": 1}


def test_a_fact_whose_answer_cannot_be_handled_is_not_sent_for_ever():
    rig = Rig(behave={"ok poison": note_then_crash}).online()
    rig.kernel.store.begin()
    rig.kernel.outbox.put(fact("poison"))
    rig.kernel.outbox.put(fact("next"))
    rig.kernel.store.commit()
    (first,) = rig.sent(rig.step())

    (second,) = rig.frame([3, first[1], {"text": "ok"}])
    rig.frame([3, second[1], {"text": "ok"}])

    assert len(rig.kernel.outbox) == 0


def test_frames_of_an_older_link_are_ignored():
    rig = Rig().online()
    old = rig.kernel.link.number
    rig.lose()

    assert rig.step(FrameReceived(old, '[2,"1","Ask",{"text":"x"}]')) == []


def test_equal_inputs_give_equal_outputs():
    def run():
        rig = Rig(behave={"x": crash}).online()
        outputs = []
        for number in range(20):
            outputs += rig.step(
                FrameReceived(
                    rig.kernel.link.number, json.dumps([2, str(number), "Ask", {"text": "x"}])
                )
            )
            outputs += rig.wait(number)
        return outputs

    assert all(run() == first for first in [run()] for _ in range(10))


def _normal():
    from ocpp_iface.engine.outbox import Lane

    return Lane.NORMAL
