from __future__ import annotations

from typing import Any

import pytest

from ocpp_iface.devicemodel.catalog import OCPPCommCtrlr
from ocpp_iface.engine.block import Cause
from ocpp_iface.engine.registration import RegistrationState
from ocpp_iface.station.events import RegistrationChanged
from ocpp_iface.station.heartbeat import Heartbeat
from ocpp_iface.types import BootNotificationResponse, RegistrationStatus


@pytest.fixture
def heartbeat(world: Any) -> Heartbeat:
    async def send() -> None:
        await world.ctx.csms.call("Heartbeat")

    world.do(world.ctx.variables.set, OCPPCommCtrlr.heartbeat_interval, 100)
    return Heartbeat(world.ctx, send)


def test_a_heartbeat_is_sent_each_interval_while_online(world: Any, heartbeat: Heartbeat) -> None:
    """G02.FR.02."""
    world.go_online()

    world.advance(99)
    assert world.sent == []
    world.advance(1)
    assert world.sent == ["Heartbeat"]
    world.csms_answers("ok")
    world.advance(100)

    assert world.sent == ["Heartbeat"] * 2


def test_nothing_is_sent_offline_and_the_interval_starts_anew(
    world: Any, heartbeat: Heartbeat
) -> None:
    world.go_online()
    world.advance(50)
    world.lose_link()
    world.advance(500)
    assert world.sent == []

    world.go_online()
    world.advance(99)
    assert world.sent == []
    world.advance(1)

    assert world.sent == ["Heartbeat"]


def test_a_changed_interval_counts_at_once(world: Any, heartbeat: Heartbeat) -> None:
    """G02.FR.01."""
    world.go_online()
    world.advance(50)

    world.do(world.ctx.variables.set, OCPPCommCtrlr.heartbeat_interval, 10)
    world.advance(10)

    assert world.sent == ["Heartbeat"]


def test_without_an_interval_there_are_no_heartbeats(world: Any, heartbeat: Heartbeat) -> None:
    world.do(world.ctx.variables.set, OCPPCommCtrlr.heartbeat_interval, 0)
    world.go_online()

    world.advance(86_400)

    assert world.sent == []


def test_an_unanswered_heartbeat_is_not_repeated_on_top(world: Any, heartbeat: Heartbeat) -> None:
    world.do(world.ctx.variables.set, OCPPCommCtrlr.heartbeat_interval, 10)
    world.go_online()

    world.advance(25)

    assert world.sent == ["Heartbeat"]
    assert len(world.flows) == 1


def test_a_failed_heartbeat_does_not_stop_the_next(world: Any, heartbeat: Heartbeat) -> None:
    world.go_online()

    world.advance(200)  # the first times out after 30 s

    assert world.sent == ["Heartbeat"] * 2


def test_heartbeats_stop_when_the_registration_is_withdrawn(
    world: Any, heartbeat: Heartbeat
) -> None:
    world.go_online()
    world.ctx.registration.state = RegistrationState.PENDING
    response = BootNotificationResponse(RegistrationStatus.Pending, world.clock.now, 5)

    world.publish(RegistrationChanged(response))
    world.advance(300)

    assert world.sent == []


def test_a_heartbeat_can_be_triggered(world: Any, heartbeat: Heartbeat) -> None:
    world.go_online()

    world.do(heartbeat.beat)

    assert world.sent == ["Heartbeat"]


def test_the_interval_runs_again_after_a_rebuild(world: Any, heartbeat: Heartbeat) -> None:
    world.link_open = True
    world.ctx.registration.state = RegistrationState.ACCEPTED

    world.do(heartbeat.resume, Cause.REBUILD)
    world.advance(100)

    assert world.sent == ["Heartbeat"]
