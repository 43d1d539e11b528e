from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ocpp_iface.engine.backoff import BackOff
from ocpp_iface.engine.clock import KernelClock
from ocpp_iface.engine.link import Link, LinkProfile, LinkState
from ocpp_iface.engine.outputs import CloseLink, KeepAlive, OpenLink, Outbound
from ocpp_iface.engine.timers import Timers
from ocpp_iface.ports.clock import Now
from ocpp_iface.ports.transport import CloseReason, LinkRequest

START = datetime(2026, 1, 1, tzinfo=UTC)
REASONS_AFTER_OPEN = [
    CloseReason.PING_TIMEOUT,
    CloseReason.FRAME_TOO_LARGE,
    CloseReason.PEER,
    CloseReason.LOST,
    CloseReason.PROTOCOL_ERROR,
    CloseReason.LOCAL,
]


class Plan:
    def __init__(self, slots=(1,), attempts=3, preferred=None, fallback=None):
        self.slots, self.limit = list(slots), attempts
        self.preferred, self.fallback = preferred, fallback

    def profiles(self):
        return [
            LinkProfile(slot, LinkRequest(f"ws://csms{slot}", "cp", ("ocpp2.0.1",)))
            for slot in self.slots
        ]

    def attempts(self):
        return self.limit

    def backoff(self):
        return BackOff(10, 0, 2)

    def preferred_slot(self):
        return self.preferred

    def fallback_slot(self):
        return self.fallback


class NoJitter:
    def unique_id(self):
        return "id"

    def uniform(self, _upper):
        return 0.0


class Rig:
    def __init__(self, plan=None):
        self.clock = KernelClock()
        self.clock.set(Now(0.0, START))
        self.out = Outbound()
        self.timers = Timers(self.clock)
        self.link = Link(self.out, self.timers, NoJitter())
        self.link.plan = plan or Plan()

    def orders(self):
        return list(self.out.drain())

    def wait(self, seconds):
        self.clock.set(Now(self.clock.monotonic + seconds, START))
        while (timer := self.timers.take_due()) is not None:
            timer.action()

    def dialled(self):
        return [order.request.url for order in self.orders() if isinstance(order, OpenLink)]

    def fail(self, reason=CloseReason.REFUSED):
        assert self.link.closed(self.link.number, reason, "")

    def open(self):
        assert self.link.opened(self.link.number)


def test_starting_dials_at_once():
    rig = Rig()

    rig.link.start()

    assert rig.dialled() == ["ws://csms1"]


@pytest.mark.parametrize("reason", list(CloseReason))
def test_every_failed_attempt_is_followed_by_another(reason):
    rig = Rig()
    rig.link.start()
    rig.orders()

    rig.fail(reason)
    rig.wait(10)

    assert rig.dialled() == ["ws://csms1"]


@pytest.mark.parametrize("reason", REASONS_AFTER_OPEN)
def test_every_end_of_an_open_link_is_followed_by_another_attempt(reason):
    rig = Rig()
    rig.link.start()
    rig.open()
    rig.orders()

    rig.fail(reason)
    rig.wait(9.9)
    assert rig.dialled() == []
    rig.wait(0.1)

    assert rig.dialled() == ["ws://csms1"]


def test_the_pause_doubles_with_failures_and_starts_anew_after_a_connection():
    rig = Rig(Plan(attempts=0))
    rig.link.start()
    rig.fail()
    rig.wait(10)
    rig.fail()
    rig.orders()
    rig.wait(19)
    assert rig.dialled() == []
    rig.wait(1)
    rig.open()
    rig.orders()

    rig.fail(CloseReason.LOST)
    rig.wait(10)

    assert rig.dialled() == ["ws://csms1"]


def test_b10_the_next_profile_is_tried_after_the_attempts_of_one():
    rig = Rig(Plan(slots=(1, 2), attempts=2))
    rig.link.start()
    for _ in range(3):
        rig.fail()
        rig.wait(100)

    assert rig.dialled() == ["ws://csms1", "ws://csms1", "ws://csms2", "ws://csms2"]


def test_b10_when_all_were_tried_the_one_that_worked_is_the_one_to_go_back_to():
    rig = Rig(Plan(slots=(1, 2, 3), attempts=1))
    rig.link.start()
    rig.fail()
    rig.wait(100)
    rig.open()  # slot 2 worked
    rig.orders()
    rig.fail(CloseReason.LOST)

    for _ in range(4):
        rig.wait(100)
        rig.fail()

    assert rig.dialled() == ["ws://csms2", "ws://csms3", "ws://csms1", "ws://csms2"]


def test_b10_what_worked_in_an_earlier_process_is_known_too():
    rig = Rig(Plan(slots=(1, 2, 3), attempts=1, fallback=2))
    rig.link.start()

    for _ in range(4):
        rig.fail()
        rig.wait(100)

    dialled = rig.dialled()
    assert dialled == [f"ws://csms{slot}" for slot in (1, 2, 3, 2, 3)]


def test_stopping_closes_and_nothing_follows():
    rig = Rig()
    rig.link.start()
    rig.open()
    number = rig.link.number
    rig.orders()

    rig.link.stop("enough")

    assert rig.orders() == [CloseLink(number, 1000, "enough")]
    assert not rig.link.closed(number, CloseReason.LOCAL, "")
    rig.wait(1000)
    assert rig.orders() == []


def test_stopping_forgets_that_it_was_to_reconnect():
    rig = Rig()
    rig.link.start()
    rig.open()
    rig.link.reconnect("new password")
    rig.link.stop("enough")
    rig.link.start()
    rig.orders()

    rig.fail()

    assert rig.dialled() == []
    assert rig.link.state is LinkState.WAITING


def test_news_of_an_older_link_are_ignored():
    rig = Rig()
    rig.link.start()
    old = rig.link.number
    rig.fail()
    rig.wait(10)

    assert not rig.link.opened(old)
    assert not rig.link.closed(old, CloseReason.LOST, "")
    assert rig.link.state is LinkState.OPENING


def test_reconnecting_closes_first_and_dials_at_once_after():
    rig = Rig()
    rig.link.start()
    rig.open()
    rig.orders()

    rig.link.reconnect("new password")
    assert [type(order) for order in rig.orders()] == [CloseLink]
    rig.fail(CloseReason.LOCAL)

    assert rig.dialled() == ["ws://csms1"]


def test_other_pings_are_for_the_link_that_is_there():
    rig = Rig()
    rig.link.keep_alive(10, 5)
    assert rig.orders() == []
    rig.link.start()
    rig.open()
    rig.orders()

    rig.link.keep_alive(10, 5)

    assert rig.orders() == [KeepAlive(rig.link.number, 10, 5)]


def test_without_a_usable_profile_it_keeps_looking():
    plan = Plan(slots=())
    rig = Rig(plan)
    rig.link.start()
    assert rig.orders() == []

    plan.slots = [1]
    rig.wait(60)

    assert rig.dialled() == ["ws://csms1"]
