from __future__ import annotations

from typing import Any

import pytest

from ocpp_iface.devicemodel.catalog import Evse, OCPPCommCtrlr
from ocpp_iface.engine.block import Cause
from ocpp_iface.errors import PortRefused
from ocpp_iface.station.availability import Availability
from ocpp_iface.station.boot import Boot
from ocpp_iface.station.events import StationBooted
from ocpp_iface.station.reset import Resets, ResetStatus
from ocpp_iface.types import (
    BootReason,
    ResetKind,
    StoppedReason,
    TransactionEvent,
    TriggerReason,
)
from ocpp_iface.types.facts import TransactionFact

IMMEDIATE, ON_IDLE = ResetKind
ACCEPTED, REJECTED, SCHEDULED = ResetStatus
HARDWARE = ("stop_energy", "set_operative", "reset")


def build(world: Any, cause: Cause = Cause.BOOT) -> Resets:
    world.record(StationBooted)
    station = world.station
    station.muted = False
    station.boot = Boot(world.ctx)
    station.availability = Availability(world.ctx)
    station.resets = Resets(world.ctx)
    world.do(station.boot.resume, cause)
    world.do(station.availability.resume, cause)
    world.do(station.resets.resume, cause)
    world.take_events()
    return station.resets


@pytest.fixture
def resets(world: Any) -> Resets:
    """Of a station whose hardware cannot restart."""
    return build(world)


def with_hardware(make_world: Any, answer: Any = True) -> Any:
    world = make_world(hardware=HARDWARE)
    world.answers["reset"] = answer
    build(world)
    return world


def allow_evse_reset(world: Any) -> None:
    world.do(world.ctx.variables.set, Evse.allow_reset, True, evse=1)


def order(world: Any, kind: ResetKind, evse_id: int | None = None, **options: Any) -> Any:
    return world.do(world.station.resets.request, kind, evse_id, **options).status


def queue_ended(world: Any) -> None:
    fact = TransactionFact(
        TransactionEvent.Ended, "tx", 1, world.clock.now, TriggerReason.ResetCommand, 1
    )
    world.do(world.outbox.put, fact)


def test_an_idle_station_without_restart_hardware_restarts_logically(
    world: Any, resets: Resets
) -> None:
    """B11.FR.01, B11.FR.03, B11.FR.04."""
    world.go_online()

    assert order(world, IMMEDIATE) is ACCEPTED
    assert world.orders == [("disconnect", "reset")]
    world.advance(1)

    assert world.take_events() == [StationBooted(BootReason.RemoteReset)]
    assert world.orders[1:] == [("connect",)]
    assert not world.ctx.registration.accepted
    assert resets.pending == ()


def test_an_idle_station_resets_at_once_on_idle_too(world: Any, resets: Resets) -> None:
    assert order(world, ON_IDLE) is ACCEPTED

    assert world.orders == [("disconnect", "reset")]


def test_an_immediate_reset_ends_the_transactions_first(world: Any, resets: Resets) -> None:
    """B12.FR.02, B12.FR.04."""
    world.transactions.start(1)
    world.transactions.start(2)

    assert order(world, IMMEDIATE) is ACCEPTED

    expected = (TriggerReason.ResetCommand, StoppedReason.ImmediateReset)
    assert world.transactions.ended == [(1, *expected), (2, *expected)]
    assert world.orders == [("disconnect", "reset")]


def test_a_graceful_reset_ends_the_transactions_as_a_reboot(world: Any, resets: Resets) -> None:
    """1.6 §5.14, Soft."""
    world.transactions.start(1)

    assert order(world, ON_IDLE, stop_transactions=True) is ACCEPTED

    assert world.transactions.ended == [(1, TriggerReason.ResetCommand, StoppedReason.Reboot)]


def test_an_on_idle_reset_waits_for_the_last_transaction(world: Any, resets: Resets) -> None:
    """B12.FR.01, B12.FR.03."""
    world.transactions.start(1)
    world.transactions.start(2)

    assert order(world, ON_IDLE) is SCHEDULED
    world.transactions.finish(1)
    assert world.orders == []
    world.transactions.finish(2)

    assert world.orders == [("disconnect", "reset")]
    world.advance(1)
    assert world.take_events() == [StationBooted(BootReason.ScheduledReset)]


def test_what_is_available_becomes_unavailable_while_a_reset_waits(
    world: Any, resets: Resets
) -> None:
    """B12, scenario 3a."""
    world.transactions.start(1)
    order(world, ON_IDLE)
    availability = world.station.availability
    assert availability.operative(1, 1)
    assert not availability.operative(2, 1)

    world.transactions.finish(1)
    assert not availability.operative(1, 1)
    world.advance(1)

    assert availability.operative(1, 1)
    assert availability.operative(2, 1)


def test_an_immediate_reset_replaces_a_scheduled_one(world: Any, resets: Resets) -> None:
    world.transactions.start(1)
    order(world, ON_IDLE)

    assert order(world, IMMEDIATE) is ACCEPTED

    assert world.transactions.all_open() == []
    world.advance(1)
    assert world.take_events() == [StationBooted(BootReason.RemoteReset)]


def test_the_messages_of_ended_transactions_get_time_to_arrive(world: Any, resets: Resets) -> None:
    world.go_online()
    queue_ended(world)

    order(world, IMMEDIATE)
    world.advance(5)
    assert world.orders == []
    world.csms_answers("ok")
    world.advance(0.5)

    assert world.orders == [("disconnect", "reset")]
    assert world.facts() == []


def test_messages_that_do_not_arrive_in_time_stay_queued(world: Any, resets: Resets) -> None:
    """B12.FR.05."""
    world.go_online()
    queue_ended(world)

    order(world, IMMEDIATE)
    world.advance(60)

    assert world.orders == [("disconnect", "reset")]
    assert len(world.facts()) == 1


def test_offline_nothing_is_waited_for(world: Any, resets: Resets) -> None:
    queue_ended(world)

    order(world, IMMEDIATE)

    assert world.orders == [("disconnect", "reset")]


def test_the_hardware_restarts_and_the_next_process_tells_why(make_world: Any) -> None:
    world = with_hardware(make_world)
    world.go_online()

    order(world, IMMEDIATE)
    world.advance(100)
    assert world.orders_of("reset") == [(IMMEDIATE, None)]
    assert world.orders == [("disconnect", "reset")]  # and nothing is connected until the restart

    again = world.restarted()
    resets = build(again)
    assert again.station.boot.reason is BootReason.RemoteReset
    assert resets.pending == ()
    again.advance(100)
    assert again.orders == []
    assert again.station.availability.operative(1, 1)


@pytest.mark.parametrize("answer", [False, None, "yes", PortRefused("stuck")])
def test_a_reset_that_fails_is_retried_and_then_done_logically(
    make_world: Any, answer: Any
) -> None:
    """ResetRetries."""
    world = with_hardware(make_world, answer)
    world.do(world.ctx.variables.set, OCPPCommCtrlr.reset_retries, 2)

    order(world, ON_IDLE)
    world.advance(11)

    assert world.orders_of("reset") == [(ON_IDLE, None)] * 3
    assert world.orders == [("disconnect", "reset"), ("connect",)]


def test_a_promised_restart_that_does_not_come_is_done_logically(make_world: Any) -> None:
    world = with_hardware(make_world)
    order(world, IMMEDIATE)

    world.advance(300)
    assert world.orders == [("disconnect", "reset")]
    world.advance(1)

    assert world.orders == [("disconnect", "reset"), ("connect",)]


def test_the_app_may_go_on_in_the_same_process(make_world: Any) -> None:
    world = with_hardware(make_world)
    assert world.do(world.station.resets.restart_now) is False
    order(world, IMMEDIATE)

    assert world.do(world.station.resets.restart_now) is True
    world.advance(1)

    assert world.orders[-1] == ("connect",)


def test_a_second_order_while_one_is_under_way_changes_nothing(world: Any, resets: Resets) -> None:
    order(world, IMMEDIATE)

    assert order(world, IMMEDIATE) is ACCEPTED
    world.advance(5)

    assert world.orders == [("disconnect", "reset"), ("connect",)]


def test_a_station_that_the_app_stopped_meanwhile_does_not_connect(
    world: Any, resets: Resets
) -> None:
    order(world, IMMEDIATE)
    world.station.muted = True

    world.advance(5)

    assert world.orders == [("disconnect", "reset")]


def test_one_evse_is_reset_alone(make_world: Any) -> None:
    """B11.FR.08."""
    world = with_hardware(make_world)
    allow_evse_reset(world)
    world.go_online()
    during: list[bool] = []
    availability = world.station.availability
    world.answers["reset"] = lambda *_args: during.append(availability.operative(1, 1)) or True

    assert order(world, IMMEDIATE, 1) is ACCEPTED

    assert world.orders_of("reset") == [(IMMEDIATE, 1)]
    assert during == [False]
    assert availability.operative(1, 1)
    assert (1, 1, False) in world.orders_of("set_operative")
    assert (2, 1, False) not in world.orders_of("set_operative")
    assert world.orders == []
    assert world.station.resets.pending == ()


def test_only_the_transaction_of_the_evse_is_ended(make_world: Any) -> None:
    """B12.FR.08."""
    world = with_hardware(make_world)
    allow_evse_reset(world)
    world.transactions.start(1)
    world.transactions.start(2)

    assert order(world, IMMEDIATE, 1) is ACCEPTED

    assert world.transactions.ended == [
        (1, TriggerReason.ResetCommand, StoppedReason.ImmediateReset)
    ]


def test_an_on_idle_reset_of_an_evse_waits_for_its_transaction_only(make_world: Any) -> None:
    """B12.FR.07."""
    world = with_hardware(make_world)
    allow_evse_reset(world)
    world.transactions.start(1)
    world.transactions.start(2)

    assert order(world, ON_IDLE, 1) is SCHEDULED
    assert world.orders_of("reset") == []
    world.transactions.finish(1)

    assert world.orders_of("reset") == [(ON_IDLE, 1)]


def test_a_reset_of_one_evse_does_not_stand_for_that_of_another(make_world: Any) -> None:
    """B12.FR.03"""
    world = with_hardware(make_world)
    allow_evse_reset(world)
    world.do(world.ctx.variables.set, Evse.allow_reset, True, evse=2)
    underway: list[Any] = []

    def reset(_kind: Any, evse_id: int) -> bool:
        if evse_id == 1:
            underway.append(world.station.resets.request(IMMEDIATE, 2).status)
        return True

    world.answers["reset"] = reset

    assert order(world, IMMEDIATE, 1) is ACCEPTED

    assert underway == [ACCEPTED]
    assert world.orders_of("reset") == [(IMMEDIATE, 1), (IMMEDIATE, 2)]


def test_a_reset_of_the_station_includes_those_of_its_evses(make_world: Any) -> None:
    world = with_hardware(make_world)
    allow_evse_reset(world)
    world.transactions.start(1)
    order(world, ON_IDLE, 1)

    order(world, ON_IDLE)
    world.transactions.finish(1)

    assert world.orders_of("reset") == [(ON_IDLE, None)]


def test_an_evse_is_not_reset_unless_the_hardware_can_and_it_is_allowed(
    world: Any, resets: Resets, make_world: Any
) -> None:
    """B11.FR.09, B12.FR.09, B11.FR.10."""
    other = with_hardware(make_world)

    assert world.do(resets.request, IMMEDIATE, 1).reason_code == "UnsupportedRequest"
    assert other.do(other.station.resets.request, IMMEDIATE, 1).reason_code == "NotEnabled"
    assert other.do(other.station.resets.request, IMMEDIATE, 7).reason_code == "UnknownEvse"
    assert order(other, IMMEDIATE, 1) is REJECTED


def test_a_scheduled_reset_survives_a_restart_with_its_transaction(
    world: Any, resets: Resets
) -> None:
    world.transactions.start(1)
    order(world, ON_IDLE)

    again = world.restarted()
    again.transactions.start(1)
    build(again)
    assert not again.station.availability.operative(2, 1)
    assert again.orders == []
    again.transactions.finish(1)

    assert again.orders == [("disconnect", "reset")]


def test_a_power_cut_does_the_scheduled_reset_if_nothing_runs_after_it(
    world: Any, resets: Resets
) -> None:
    world.transactions.start(1)
    order(world, ON_IDLE)

    again = world.restarted()
    reloaded = build(again)
    again.advance(100)

    assert reloaded.pending == ()
    assert again.orders == []
    assert again.station.availability.operative(1, 1)


def test_a_power_cut_that_ended_the_transaction_of_an_evse_lets_its_reset_begin(
    make_world: Any,
) -> None:
    world = with_hardware(make_world)
    allow_evse_reset(world)
    world.transactions.start(1)
    assert order(world, ON_IDLE, 1) is SCHEDULED

    again = world.restarted()
    again.answers["reset"] = True
    reloaded = build(again)

    assert again.orders_of("reset") == [(ON_IDLE, 1)]
    assert reloaded.pending == ()


def test_transactions_that_recovery_ends_do_not_start_the_reset_again(
    world: Any, resets: Resets
) -> None:
    world.transactions.start(1)
    order(world, ON_IDLE)

    again = world.restarted()
    again.transactions.start(1)
    station = again.station
    station.muted = False
    station.boot, station.availability = Boot(again.ctx), Availability(again.ctx)
    station.resets = Resets(again.ctx)
    again.transactions.finish(1)
    again.do(station.resets.resume, Cause.BOOT)

    assert again.orders == []
    assert station.resets.pending == ()


def test_a_reset_that_was_under_way_goes_on_after_an_internal_error(
    world: Any, resets: Resets
) -> None:
    world.go_online()
    queue_ended(world)
    order(world, IMMEDIATE)

    again = world.restarted()
    build(again, Cause.REBUILD)
    again.advance(1)

    assert again.orders == [("disconnect", "reset"), ("connect",)]
    assert again.take_events() == [StationBooted(BootReason.RemoteReset)]


def test_a_reset_of_an_evse_that_a_power_cut_interrupted_is_ordered_again(
    make_world: Any,
) -> None:
    world = make_world(hardware=HARDWARE)  # the hardware does not answer
    build(world)
    allow_evse_reset(world)
    order(world, IMMEDIATE, 1)

    again = world.restarted()
    again.answers["reset"] = True
    reloaded = build(again)

    assert again.orders_of("reset") == [(IMMEDIATE, 1)]
    assert reloaded.pending == ()
