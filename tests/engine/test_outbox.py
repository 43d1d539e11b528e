from __future__ import annotations

import pytest
from rig import Ask, Retry, Rig, ToyCodec, fact

from ocpp_iface.engine.outbox import Delivery, Lane
from ocpp_iface.engine.registration import RegistrationState
from ocpp_iface.errors import CallDropped, CallFailed, CallTimedOut, PayloadError
from ocpp_iface.types import TransactionEvent, TriggerReason
from ocpp_iface.types.facts import SecurityFact, TransactionFact


def put(rig, *facts):
    rig.kernel.store.begin()
    for each in facts:
        rig.kernel.outbox.put(each)
    rig.kernel.store.commit()


def names(rig):
    return [each.type for each in rig.kernel.outbox.facts()]


def send(rig):
    sent = rig.sent(rig.step())
    return sent[0] if sent else None


def confirm(rig, call):
    return rig.frame([3, call[1], {"text": "ok"}])


def test_p2_there_is_never_a_second_call_in_flight():
    rig = Rig().online()
    put(rig, fact("a"), fact("b"))

    assert send(rig) is not None
    assert send(rig) is None


def test_p3_facts_leave_in_the_order_of_their_creation():
    rig = Rig().online()
    put(rig, fact("a"), fact("b"), fact("c"))
    left = []

    call = send(rig)
    while call is not None:
        left.append(names(rig)[0])
        answer = confirm(rig, call)
        call = answer[0] if answer else None

    assert left == ["a", "b", "c"]


def test_a_fact_is_a_row_until_it_is_confirmed():
    rig = Rig().online()
    put(rig, fact("a"))
    call = send(rig)
    assert names(rig) == ["a"]

    confirm(rig, call)

    assert names(rig) == []
    assert len(rig.store.table(_outbox_table())) == 0


def test_a_lost_link_is_no_failed_attempt_and_the_fact_is_sent_again():
    rig = Rig().online()
    put(rig, fact("a"))
    first = send(rig)
    rig.lose()
    rig.wait(10)

    again = _reopen(rig)

    assert again[1] != first[1]
    assert names(rig) == ["a"]


def test_e13_a_failed_message_waits_the_interval_times_the_attempts_and_gets_a_new_id():
    rig = Rig().online()
    put(rig, fact("a"))
    ids = []
    call = send(rig)
    for attempt in (1, 2):
        ids.append(call[1])
        rig.frame([4, call[1], "InternalError", "", {}])
        assert rig.sent(rig.wait(10 * attempt - 0.1)) == []
        (call,) = rig.sent(rig.wait(0.1))

    assert call[1] not in ids


def test_e13_a_message_is_dropped_when_its_attempts_are_used_up_and_the_next_one_follows():
    rig = Rig().online()
    put(rig, fact("poison"), fact("next"))
    call = send(rig)
    for pause in (10, 20):
        rig.frame([4, call[1], "InternalError", "", {}])
        (call,) = rig.sent(rig.wait(pause))

    (following,) = rig.frame([4, call[1], "InternalError", "", {}])

    assert ("dropped", "poison") in rig.heard
    assert rig.kernel.outbox.dropped_total == 1
    assert names(rig) == ["next"]
    assert following[0] == 2


@pytest.mark.parametrize("code", ["NotImplemented", "NotSupported"])
def test_a_security_event_that_the_csms_does_not_know_holds_up_nothing(code):
    rig = Rig().online()
    put(rig, fact("unknown"), fact("next"))
    call = send(rig)

    (following,) = rig.frame([4, call[1], code, "", {}])

    assert ("dropped", "unknown") in rig.heard
    assert names(rig) == ["next"]
    assert following[0] == 2


def test_e13_a_transaction_event_that_the_csms_claims_not_to_know_is_tried_on():
    rig = Rig().online()
    rig.kernel.outbox.connect(Retry(), {TransactionFact: _plain(), SecurityFact: _plain()})
    put(rig, _event(0, TransactionEvent.Started))
    call = send(rig)

    rig.frame([4, call[1], "NotImplemented", "", {}])
    (again,) = rig.sent(rig.wait(10))

    assert again[0] == 2


def test_a_timed_out_message_counts_as_an_attempt():
    rig = Rig().online()
    put(rig, fact("a"))
    send(rig)

    assert rig.sent(rig.wait(30)) == []
    (again,) = rig.sent(rig.wait(10))

    assert again[0] == 2


def test_attempts_are_remembered_over_a_restart():
    rig = Rig().online()
    put(rig, fact("a"))
    call = send(rig)
    for pause in (10, 20):
        rig.frame([4, call[1], "InternalError", "", {}])
        (call,) = rig.sent(rig.wait(pause))

    after = Rig(store=rig.store).online()
    call = send(after)
    after.frame([4, call[1], "InternalError", "", {}])

    assert ("dropped", "a") in after.heard


def unspeakable(monkeypatch, *texts, error):
    """No frame can be made of these."""
    real = ToyCodec.encode_request

    def encode(codec, request):
        if getattr(request, "type", getattr(request, "text", None)) in texts:
            raise error
        return real(codec, request)

    monkeypatch.setattr(ToyCodec, "encode_request", encode)


@pytest.mark.parametrize("error", [PayloadError("text", "too long"), KeyError("a bug")])
def test_a_fact_of_which_no_message_can_be_made_does_not_block_the_queue_for_ever(
    monkeypatch, error
):
    """It uses up its attempts like one that the CSMS refuses."""
    unspeakable(monkeypatch, "poison", error=error)
    rig = Rig().online()
    put(rig, fact("poison"), fact("next"))

    assert send(rig) is None
    assert rig.sent(rig.wait(10)) == []
    (call,) = rig.sent(rig.wait(20))

    assert ("dropped", "poison") in rig.heard
    assert names(rig) == ["next"]
    assert call[0] == 2
    assert ("resumed", "rebuild") not in rig.heard


def test_who_waits_for_the_answer_to_a_message_that_cannot_be_made_is_told(monkeypatch):
    unspeakable(monkeypatch, "poison", error=PayloadError("text", "too long"))
    rig = Rig().online()
    got = []
    rig.kernel.outbox.call(Ask("poison"), Lane.NORMAL, lambda _value, error: got.append(error))
    rig.kernel.outbox.call(Ask("next"), Lane.NORMAL, None)

    assert send(rig)[3] == {"text": "next"}

    assert isinstance(got[0], CallFailed)


def test_nothing_but_boot_leaves_before_acceptance():
    rig = Rig().online()
    rig.kernel.registration.state = RegistrationState.UNREGISTERED
    got = []
    put(rig, fact("a"))

    rig.kernel.outbox.call(Ask("x"), Lane.NORMAL, lambda _value, error: got.append(error))
    assert send(rig) is None
    assert isinstance(got[0], CallDropped)

    rig.kernel.outbox.call(Ask("boot"), Lane.BOOT, None)
    assert send(rig) is not None


@pytest.mark.parametrize(
    ("state", "leaves"),
    [
        (RegistrationState.UNREGISTERED, False),
        (RegistrationState.PENDING, True),
        (RegistrationState.REJECTED, False),
        (RegistrationState.ACCEPTED, True),
    ],
)
def test_a_triggered_message_leaves_while_pending(state, leaves):
    rig = Rig().online()
    rig.kernel.registration.state = state

    rig.kernel.outbox.call(Ask("triggered"), Lane.TRIGGERED, None)

    assert (send(rig) is not None) is leaves


def test_a_call_whose_link_is_lost_is_told_so():
    rig = Rig().online()
    got = []
    rig.kernel.outbox.call(Ask("x"), Lane.NORMAL, lambda _value, error: got.append(error))
    rig.kernel.outbox.call(Ask("y"), Lane.NORMAL, lambda _value, error: got.append(error))
    send(rig)

    rig.lose()

    assert [type(error) for error in got] == [CallTimedOut, CallDropped]


def test_a_call_error_reaches_the_caller_with_its_code():
    rig = Rig().online()
    got = []
    rig.kernel.outbox.call(Ask("x"), Lane.NORMAL, lambda _value, error: got.append(error))
    call = send(rig)

    rig.frame([4, call[1], "SecurityError", "no", {}])

    assert isinstance(got[0], CallFailed)
    assert got[0].code == "SecurityError"


def test_a_full_queue_drops_every_other_intermediate_message_and_never_a_start_or_an_end():
    rig = Rig().online()
    rig.lose()
    Retry.limit, limit = 10, Retry.limit
    try:
        put(rig, _event(0, TransactionEvent.Started))
        for number in range(1, 40):
            put(rig, _event(number, TransactionEvent.Updated))
        put(rig, _event(40, TransactionEvent.Ended))
    finally:
        Retry.limit = limit
    kept = [each.seq_no for each in rig.kernel.outbox.facts()]

    assert len(kept) <= 12
    assert kept[0] == 0
    assert kept[-1] == 40
    assert kept == sorted(kept)


def test_a_fact_that_gives_way_is_sent_after_what_waits_in_the_normal_lane():
    rig = Rig().online()
    put(rig, fact("security"))
    rig.kernel.outbox.call(Ask("status"), Lane.NORMAL, None)

    first = send(rig)
    assert names(rig) == ["security"]
    assert rig.kernel.outbox.row_on_line is None
    confirm(rig, first)

    assert rig.kernel.outbox.row_on_line is not None


def test_a_fact_that_gives_way_is_sent_after_younger_transaction_events():
    rig = Rig().online()
    rig.kernel.outbox.connect(Retry(), {TransactionFact: _plain(), SecurityFact: _plain()})
    put(rig, fact("security"), _event(0, TransactionEvent.Started))

    confirm(rig, send(rig))

    assert names(rig) == ["security"]


def test_a_refused_fact_that_gives_way_holds_up_no_transaction_and_is_tried_again():
    rig = Rig().online()
    rig.kernel.outbox.connect(Retry(), {TransactionFact: _plain(), SecurityFact: _plain()})
    put(rig, fact("security"), fact("other"))
    refused = send(rig)
    assert rig.frame([4, refused[1], "InternalError", "", {}]) == []
    put(rig, _event(0, TransactionEvent.Started))

    started = send(rig)
    assert confirm(rig, started) == []
    (again,) = rig.sent(rig.wait(10))

    assert again[2:] == refused[2:]
    assert again[1] != refused[1]


def test_a_transaction_waits_its_own_pause_whatever_was_refused_before():
    rig = Rig().online()
    rig.kernel.outbox.connect(Retry(), {TransactionFact: _plain(), SecurityFact: _plain()})
    put(rig, fact("security"))
    rig.frame([4, send(rig)[1], "InternalError", "", {}])  # again in 10 s
    rig.wait(5)
    put(rig, _event(0, TransactionEvent.Started))
    rig.frame([4, send(rig)[1], "InternalError", "", {}])

    assert rig.sent(rig.wait(9.9)) == []
    (started,) = rig.sent(rig.wait(0.1))
    confirm(rig, started)
    assert names(rig) == ["security"]


def test_what_somebody_waits_for_passes_the_rows_but_not_the_registration_gate():
    rig = Rig().online()
    put(rig, fact("a"), fact("b"))
    answers = []
    first = send(rig)
    rig.kernel.outbox.call(Ask("who"), Lane.URGENT, lambda value, _error: answers.append(value))

    (urgent,) = confirm(rig, first)
    confirm(rig, urgent)
    rig.kernel.registration.state = RegistrationState.PENDING
    rig.kernel.outbox.call(Ask("who"), Lane.URGENT, lambda _value, error: answers.append(error))

    assert names(rig) == ["b"]
    assert answers[0] is not None
    assert isinstance(answers[1], CallDropped)


def test_a_muted_outbox_takes_nothing():
    rig = Rig().online()
    rig.kernel.outbox.muted = True

    put(rig, fact("a"))

    assert names(rig) == []


def _plain():
    return Delivery(lambda _fact: Ask("event"))


def _event(number, kind):
    return TransactionFact(kind, "tx", number, _start(), TriggerReason.MeterValuePeriodic, 1)


def _start():
    from rig import START

    return START


def _outbox_table():
    from ocpp_iface.engine.outbox import OUTBOX

    return OUTBOX


def _reopen(rig):
    from ocpp_iface.engine.inputs import LinkOpened

    sent = rig.sent(rig.step(LinkOpened(rig.kernel.link.number, "ocpp2.0.1")))
    return sent[0]
