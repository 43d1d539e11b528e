"""A crash while the link opens, closes or is dialled: there is always a next attempt."""

from __future__ import annotations

import pytest
from rig import Plan, Rig

from ocpp_iface.engine.inputs import LinkClosed, LinkOpened, PortReplied
from ocpp_iface.engine.kernel import REST_S
from ocpp_iface.engine.link import RECOVERY_S, LinkState
from ocpp_iface.engine.outputs import AskPort, CloseLink, CommandDone, OpenLink
from ocpp_iface.errors import OcppIfaceError
from ocpp_iface.ports.transport import CloseReason


def crash(*_args, **_kwargs):
    raise RuntimeError("a bug")


def crash_once(monkeypatch, target, name):
    """Only the first call crashes."""
    real = getattr(target, name)
    calls = []

    def once(*args, **kwargs):
        calls.append(args)
        if len(calls) == 1:
            crash()
        return real(*args, **kwargs)

    monkeypatch.setattr(target, name, once)


def orders(outputs, kind):
    return [output for output in outputs if isinstance(output, kind)]


def dialled_again(rig, within_s=RECOVERY_S):
    return bool(orders(rig.wait(within_s), OpenLink)) and rig.kernel.link.state is LinkState.OPENING


def test_a_crash_while_the_station_hears_of_the_loss(monkeypatch):
    rig = Rig().online()
    crash_once(monkeypatch, type(rig.toy), "link_closed")

    rig.lose()

    assert rig.heard[-1] == ("resumed", "rebuild")
    assert dialled_again(rig)


def test_a_crash_while_the_pause_is_decided(monkeypatch):
    rig = Rig().online()
    crash_once(monkeypatch, Plan, "backoff")

    rig.lose()

    assert rig.kernel.link.state is LinkState.WAITING
    assert dialled_again(rig)


def test_a_crash_while_the_next_profile_is_chosen(monkeypatch):
    rig = Rig().online()
    rig.lose()
    crash_once(monkeypatch, Plan, "profiles")

    assert not orders(rig.wait(10), OpenLink)
    assert dialled_again(rig)


def test_a_crash_while_it_is_dialled_at_once(monkeypatch):
    """`reconnect` dials when the old link is closed; the order stands whatever the station does."""
    rig = Rig().online()
    rig.kernel.link.reconnect("new settings")
    rig.kernel.outbound.drain()
    crash_once(monkeypatch, type(rig.toy), "link_closed")

    outputs = rig.lose(CloseReason.LOCAL)

    assert orders(outputs, OpenLink)
    assert rig.kernel.link.state is LinkState.OPENING


def test_a_crash_while_the_station_hears_of_a_new_link_closes_it_and_dials_again(monkeypatch):
    rig = Rig()
    rig.begin()
    crash_once(monkeypatch, type(rig.toy), "link_opened")

    outputs = rig.step(LinkOpened(rig.kernel.link.number, "ocpp2.0.1"))

    assert orders(outputs, CloseLink)
    rig.lose(CloseReason.LOCAL)
    assert dialled_again(rig)


def test_what_was_on_the_line_is_given_up_in_spite_of_a_crash(monkeypatch):
    rig = Rig().online()
    rig.step()
    rig.kernel.csms.post(type("Ask", (), {"text": "x"})())
    rig.step()
    assert rig.kernel.outbox.busy
    monkeypatch.setattr(Plan, "backoff", crash)

    rig.lose()

    assert not rig.kernel.outbox.busy


def test_a_link_that_is_history_changes_nothing():
    rig = Rig().online()

    rig.step(LinkClosed(rig.kernel.link.number - 1, CloseReason.LOST))

    assert rig.kernel.link.is_open
    assert not [entry for entry in rig.heard if entry[0] == "down"]


def test_a_timer_that_crashes_is_armed_again_by_a_rebuild():
    rig = Rig().online()
    rig.kernel.timers.after(5, crash)

    rig.wait(5)

    assert rig.heard[-1] == ("resumed", "rebuild")


def test_a_flow_that_crashes_after_an_order_is_taken_up_again():
    async def flow(toy):
        await toy.kernel.asks.ask("stop_energy", 1)
        crash()

    def begin(toy):
        toy.kernel.flows.start("stop", flow(toy))

    rig = Rig(behave={"stop": begin}).online()
    (ask,) = orders(rig.command("stop"), AskPort)

    rig.step(PortReplied(ask.token, None, None))

    assert rig.heard[-1] == ("resumed", "rebuild")


@pytest.mark.parametrize("pause", [0, REST_S - 1])
def test_a_bug_that_strikes_again_at_once_does_not_keep_the_station_busy(pause):
    rig = Rig().online()
    rig.kernel.timers.after(1, crash)
    rig.wait(1)
    rig.kernel.timers.after(pause, crash)

    rig.wait(pause)

    assert rig.heard.count(("resumed", "rebuild")) == 1


def test_what_crashed_too_soon_after_a_rebuild_is_taken_up_after_the_rest():
    """Else a flow that strikes twice in a minute would be missing for ever."""
    rig = Rig().online()
    rig.kernel.timers.after(1, crash)
    rig.wait(1)
    for _ in range(3):
        rig.kernel.timers.after(5, crash)
        rig.wait(5)

    rig.wait(REST_S - 15.5)
    assert rig.heard.count(("resumed", "rebuild")) == 1
    rig.wait(0.5)
    assert rig.heard.count(("resumed", "rebuild")) == 2
    rig.wait(REST_S * 10)
    assert rig.heard.count(("resumed", "rebuild")) == 2


def test_what_a_rebuild_has_made_good_already_needs_no_other_one():
    rig = Rig(behave={"x": lambda toy: (toy.note("half"), crash())}).online()
    rig.kernel.timers.after(1, crash)
    rig.wait(1)
    rig.kernel.timers.after(5, crash)
    rig.wait(5)
    rig.command("x")

    rig.wait(REST_S * 10)

    assert rig.heard.count(("resumed", "rebuild")) == 2


def test_after_a_rest_it_is_rebuilt_again():
    rig = Rig().online()
    for _ in range(2):
        rig.kernel.timers.after(1, crash)
        rig.wait(1 + REST_S)

    assert rig.heard.count(("resumed", "rebuild")) == 2


def test_a_flow_that_crashes_after_a_write_is_undone_and_its_caller_told():
    async def flow(toy):
        toy.note("half")
        crash()

    rig = Rig(behave={"x": flow}).online()

    (done,) = orders(rig.command("x"), CommandDone)

    assert isinstance(done.error, RuntimeError)
    assert rig.toy.memory == {}
    assert dict(rig.toy.notes.items()) == {}
    assert rig.heard[-1] == ("resumed", "rebuild")


def test_a_call_whose_flow_crashes_after_a_write_is_undone_and_answered_once():
    async def flow(toy):
        toy.note("half")
        crash()

    rig = Rig(behave={"x": flow}).online()

    (answer,) = rig.frame([2, "1", "Ask", {"text": "x"}])

    assert answer[:3] == [4, "1", "InternalError"]
    assert dict(rig.toy.notes.items()) == {}


def test_a_refusal_of_a_flow_is_no_crash():
    async def flow(toy):
        toy.note("kept")
        raise OcppIfaceError("no")

    rig = Rig(behave={"x": flow}).online()

    (done,) = orders(rig.command("x"), CommandDone)

    assert str(done.error) == "no"
    assert list(rig.toy.memory) == ["kept"]


def test_a_command_that_is_undone_by_another_flow_has_one_outcome():
    async def other(_toy):
        crash()

    def begin(toy):
        toy.kernel.flows.start("other", other(toy))
        return "fine"

    rig = Rig(behave={"x": begin}).online()

    (done,) = orders(rig.command("x"), CommandDone)

    assert done.error is not None
