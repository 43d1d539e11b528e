from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from ocpp_iface.devicemodel.catalog import OCPPCommCtrlr
from ocpp_iface.engine.block import Cause
from ocpp_iface.engine.outbox import Lane
from ocpp_iface.engine.registration import RegistrationState
from ocpp_iface.errors import CallFailed
from ocpp_iface.ports.clock import Now
from ocpp_iface.station.boot import Boot
from ocpp_iface.station.events import (
    BootAccepted,
    CameOnline,
    ClockStepped,
    RegistrationChanged,
    StationBooted,
)
from ocpp_iface.types import BootNotificationResponse, BootReason, RegistrationStatus

ACCEPTED, PENDING, REJECTED = RegistrationStatus


def build(world: Any, cause: Cause = Cause.BOOT) -> Boot:
    async def send(reason: BootReason) -> BootNotificationResponse:
        return await world.ctx.csms.call(reason, Lane.BOOT)

    world.record(StationBooted, RegistrationChanged, BootAccepted, CameOnline)
    world.station.time = SimpleNamespace(heard=lambda *args: heard.append(args))
    heard: list[Any] = []
    boot = world.station.boot = Boot(world.ctx)
    boot.attach(send, fallback_interval_s=60, retry_on_error_s=45)
    boot.heard = heard  # type: ignore[attr-defined]  # for the tests of time only
    world.do(boot.resume, cause)
    return boot


@pytest.fixture
def boot(world: Any) -> Boot:
    boot = build(world)
    world.take_events()
    return boot


def answer(world: Any, status: RegistrationStatus, interval: int = 300) -> BootNotificationResponse:
    response = BootNotificationResponse(status, world.clock.now, interval)
    world.csms_answers(response)
    return response


def kinds(world: Any) -> list[str]:
    return [type(event).__name__ for event in world.take_events()]


def test_a_station_that_starts_sends_a_boot_notification_when_it_is_connected(
    world: Any, boot: Boot
) -> None:
    """B01.FR.01, B01.FR.09."""
    assert world.sent == []

    world.connect()

    assert world.sent == [BootReason.PowerUp]


def test_acceptance_opens_the_gate_and_is_told_in_order(world: Any, boot: Boot) -> None:
    world.connect()

    response = answer(world, ACCEPTED)

    assert world.ctx.online
    assert world.values_of("boot_notification_response") == [response]
    assert world.take_events() == [
        RegistrationChanged(response),
        BootAccepted(first=True),
        CameOnline(None),
    ]
    assert world.ctx.variables.get(OCPPCommCtrlr.heartbeat_interval) == 300


def test_the_time_of_any_answer_is_used(world: Any, boot: Boot) -> None:
    """B01.FR.06."""
    world.connect()
    asked_at = world.clock.monotonic
    world.advance(2)

    response = answer(world, PENDING)

    assert boot.heard == [(response.current_time, asked_at)]  # type: ignore[attr-defined]  # see build


@pytest.mark.parametrize("status", [PENDING, REJECTED])
def test_only_acceptance_sets_the_heartbeat_interval(
    world: Any, boot: Boot, status: RegistrationStatus
) -> None:
    """B01.FR.04."""
    world.connect()

    answer(world, status, 300)

    assert world.ctx.variables.get(OCPPCommCtrlr.heartbeat_interval) == 1800


def test_an_interval_of_zero_leaves_the_heartbeat_interval(world: Any, boot: Boot) -> None:
    world.connect()

    answer(world, ACCEPTED, 0)

    assert world.ctx.variables.get(OCPPCommCtrlr.heartbeat_interval) == 1800


@pytest.mark.parametrize(
    ("status", "state"),
    [(PENDING, RegistrationState.PENDING), (REJECTED, RegistrationState.REJECTED)],
)
def test_the_next_attempt_follows_after_the_interval(
    world: Any, boot: Boot, status: RegistrationStatus, state: RegistrationState
) -> None:
    """B02.FR.04, B02.FR.08, B03.FR.02, B03.FR.06."""
    world.connect()
    answer(world, status, 20)
    assert world.ctx.registration.state is state
    assert kinds(world) == ["RegistrationChanged"]

    world.advance(19)
    assert len(world.sent) == 1
    world.advance(1)

    assert world.sent == [BootReason.PowerUp] * 2


def test_without_an_interval_the_station_chooses_one(world: Any, boot: Boot) -> None:
    """B02.FR.07, B03.FR.05."""
    world.connect()
    answer(world, PENDING, 0)

    world.advance(59)
    assert len(world.sent) == 1
    world.advance(1)

    assert len(world.sent) == 2


def test_an_error_answer_is_followed_by_another_attempt(world: Any, boot: Boot) -> None:
    world.connect()
    world.csms_answers(None, CallFailed("InternalError"))

    world.advance(44)
    assert len(world.sent) == 1
    world.advance(1)

    assert world.sent == [BootReason.PowerUp] * 2


def test_no_answer_is_followed_by_another_attempt(world: Any, boot: Boot) -> None:
    world.connect()

    world.advance(30 + 45)

    assert len(world.sent) == 2


def test_the_attempts_end_with_the_link_and_begin_again_with_the_next(
    world: Any, boot: Boot
) -> None:
    world.connect()
    world.lose_link()
    world.advance(1000)
    assert len(world.sent) == 1

    world.connect()

    assert len(world.sent) == 2


def test_a_reconnect_does_not_shorten_the_interval_of_the_csms(world: Any, boot: Boot) -> None:
    """B02.FR.04."""
    world.connect()
    answer(world, REJECTED, 100)
    world.advance(10)
    world.lose_link()
    world.advance(10)

    world.connect()
    world.advance(79)
    assert len(world.sent) == 1
    world.advance(1)

    assert len(world.sent) == 2


@pytest.mark.parametrize("by_s", [-7200, 7200])
def test_a_clock_that_is_set_does_not_change_the_interval_of_the_csms(
    world: Any, boot: Boot, by_s: int
) -> None:
    world.connect()
    answer(world, REJECTED, 300)
    world.clock.set(Now(world.clock.monotonic, world.clock.now + timedelta(seconds=by_s)))
    world.publish(ClockStepped(by_s))
    world.lose_link()
    world.advance(100)

    world.connect()
    world.advance(199)
    assert len(world.sent) == 1
    world.advance(2)
    assert len(world.sent) == 2


def test_a_mere_reconnect_needs_no_boot_notification(world: Any, boot: Boot) -> None:
    world.connect()
    answer(world, ACCEPTED)
    world.lose_link()
    world.take_events()

    world.connect(offline_s=12.0)

    assert len(world.sent) == 1
    assert world.take_events() == [CameOnline(12.0)]


def test_another_network_profile_needs_a_boot_notification(world: Any, boot: Boot) -> None:
    """B10.FR.10."""
    world.connect(slot=1)
    answer(world, ACCEPTED)
    world.lose_link()
    world.take_events()
    world.advance(7)

    world.connect(slot=2)
    assert not world.ctx.online
    assert world.sent[1:] == [BootReason.Unknown]
    answer(world, ACCEPTED)

    assert world.take_events()[1:] == [BootAccepted(first=False), CameOnline(7.0)]


def test_the_time_offline_is_that_of_the_last_outage(world: Any, boot: Boot) -> None:
    world.connect(slot=1)
    answer(world, ACCEPTED)
    world.lose_link()
    world.advance(500)
    world.connect(slot=1, offline_s=500.0)
    world.lose_link()
    world.advance(7)

    world.connect(slot=2)
    answer(world, ACCEPTED)
    assert world.take_events()[-1] == CameOnline(7.0)
    world.lose_link()
    world.advance(3)
    world.connect(slot=1)
    answer(world, ACCEPTED)

    assert world.take_events()[-1] == CameOnline(3.0)


@pytest.mark.parametrize("status", [PENDING, REJECTED])
def test_a_triggered_boot_notification_is_sent_at_once(
    world: Any, boot: Boot, status: RegistrationStatus
) -> None:
    """B02.FR.04."""
    world.connect()
    answer(world, status, 100)

    assert world.do(boot.trigger) is True
    assert world.sent[1:] == [BootReason.Triggered]
    answer(world, PENDING, 50)
    world.advance(50)

    assert world.sent[2:] == [BootReason.PowerUp]


def test_a_trigger_while_an_answer_is_awaited_is_done_after_it(world: Any, boot: Boot) -> None:
    world.connect()

    world.do(boot.trigger)
    assert len(world.sent) == 1
    answer(world, PENDING, 100)

    assert world.sent == [BootReason.PowerUp, BootReason.Triggered]


def test_a_trigger_of_an_accepted_station_does_not_bring_it_online_again(
    world: Any, boot: Boot
) -> None:
    world.connect()
    answer(world, ACCEPTED)
    world.take_events()

    world.do(boot.trigger)
    assert world.sent[1:] == [BootReason.Triggered]
    answer(world, ACCEPTED)

    assert world.take_events()[1:] == [BootAccepted(first=False)]


def test_a_triggered_boot_that_fails_is_not_repeated_by_an_accepted_station(
    world: Any, boot: Boot
) -> None:
    world.connect()
    answer(world, ACCEPTED)
    world.do(boot.trigger)

    world.csms_answers(None, CallFailed("InternalError"))
    world.advance(200)

    assert len(world.sent) == 2
    assert world.ctx.registration.accepted


def test_a_registration_that_is_withdrawn_is_regained(world: Any, boot: Boot) -> None:
    world.connect()
    answer(world, ACCEPTED)
    world.do(boot.trigger)
    answer(world, PENDING, 10)
    assert not world.ctx.online
    world.take_events()

    world.advance(10)
    answer(world, ACCEPTED)

    assert world.take_events()[-1] == CameOnline(10.0)


def test_without_a_link_nothing_can_be_triggered(world: Any, boot: Boot) -> None:
    assert world.do(boot.trigger) is False


def test_the_reason_of_a_planned_start_is_told_and_used_once(world: Any, boot: Boot) -> None:
    world.do(boot.plan, BootReason.RemoteReset)
    assert boot.reason is BootReason.PowerUp

    again = world.restarted()
    build(again)
    assert again.take_events() == [StationBooted(BootReason.RemoteReset)]
    again.connect()
    assert again.sent == [BootReason.RemoteReset]

    third = again.restarted()
    assert build(third).reason is BootReason.PowerUp


def test_a_start_without_a_new_process_boots_again(world: Any, boot: Boot) -> None:
    world.connect()
    answer(world, ACCEPTED)
    world.lose_link()
    world.take_events()

    world.do(boot.note_reason, BootReason.ApplicationReset)
    assert world.take_events() == [StationBooted(BootReason.ApplicationReset)]
    world.connect()
    answer(world, ACCEPTED)

    assert world.sent[1:] == [BootReason.ApplicationReset]
    assert BootAccepted(first=True) in world.take_events()


def test_a_process_that_starts_is_not_bound_by_the_old_interval(world: Any, boot: Boot) -> None:
    """B01.FR.03."""
    world.connect()
    answer(world, REJECTED, 1000)

    again = world.restarted()
    build(again)
    again.connect()

    assert again.sent == [BootReason.PowerUp]


def test_after_an_internal_error_the_attempts_go_on(world: Any, boot: Boot) -> None:
    world.connect()
    answer(world, PENDING, 100)
    world.advance(40)

    again = world.restarted()
    again.link_open = True
    again.ctx.registration.state = RegistrationState.PENDING
    build(again, Cause.REBUILD)
    assert again.events == []
    again.advance(59)
    assert again.sent == []
    again.advance(1)

    assert again.sent == [BootReason.PowerUp]


def test_after_an_internal_error_an_accepted_station_stays_accepted(world: Any, boot: Boot) -> None:
    world.connect()
    answer(world, ACCEPTED)

    again = world.restarted()
    again.link_open = True
    again.ctx.registration.state = RegistrationState.ACCEPTED
    build(again, Cause.REBUILD)
    again.advance(1000)

    assert again.sent == []
    assert again.ctx.registration.accepted


def test_an_acceptance_that_was_undone_is_asked_for_again_after_a_pause(
    world: Any, boot: Boot
) -> None:
    again = world.restarted()
    again.link_open = True
    again.ctx.registration.state = RegistrationState.ACCEPTED

    build(again, Cause.REBUILD)
    assert not again.ctx.registration.accepted
    assert again.sent == []
    again.advance(45)

    assert again.sent == [BootReason.PowerUp]


def test_the_interval_follows_the_clock_that_the_answer_set(world: Any, boot: Boot) -> None:
    world.station.time.heard = lambda _time, _asked: world.clock.synchronise(
        world.clock.now + timedelta(hours=1)
    )
    world.connect()
    answer(world, REJECTED, 100)
    world.lose_link()

    world.connect()
    world.advance(100)

    assert len(world.sent) == 2
