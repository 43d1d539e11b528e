from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from ocpp_iface.station import security_events
from ocpp_iface.station.events import SecurityEventRaised, StationBooted
from ocpp_iface.station.security_events import SECURITY_LOG, SecurityEvents
from ocpp_iface.types import BootReason, SecurityEvent
from ocpp_iface.types.facts import SecurityFact


@pytest.fixture
def security(world: Any) -> SecurityEvents:
    world.record(SecurityEventRaised)
    return SecurityEvents(world.ctx)


def logged(world: Any) -> list[tuple[int, str]]:
    return [(number, row.type) for number, row in world.store.table(SECURITY_LOG).items()]


def test_a_critical_event_is_logged_queued_and_published(
    world: Any, security: SecurityEvents
) -> None:
    """A04.FR.01, A04.FR.04."""
    world.do(security.raise_event, "TamperDetectionActivated", "lid")

    assert logged(world) == [(1, "TamperDetectionActivated")]
    assert world.facts() == [SecurityFact("TamperDetectionActivated", world.clock.now, "lid")]
    assert world.values_of("security_event") == [
        SecurityEvent("TamperDetectionActivated", info="lid")
    ]
    assert world.take_events() == [SecurityEventRaised("TamperDetectionActivated", "lid")]


def test_an_event_that_is_not_critical_is_only_logged(world: Any, security: SecurityEvents) -> None:
    world.do(security.raise_event, "InvalidMessages")

    assert logged(world) == [(1, "InvalidMessages")]
    assert world.facts() == []


def test_a_critical_event_waits_until_the_station_is_accepted(
    world: Any, security: SecurityEvents
) -> None:
    """A04.FR.02."""
    world.do(security.raise_event, "StartupOfTheDevice")
    assert world.sent == []

    world.go_online()

    assert [request.type for request in world.sent] == ["StartupOfTheDevice"]


def test_the_app_may_say_what_is_critical(world: Any, security: SecurityEvents) -> None:
    world.do(security.handle, SecurityEvent("DoorOpened", critical=True))
    world.do(security.handle, SecurityEvent("StartupOfTheDevice", critical=False))

    assert [fact.type for fact in world.facts()] == ["DoorOpened"]


def test_an_event_of_the_app_is_not_echoed_to_it(world: Any, security: SecurityEvents) -> None:
    at = world.clock.now - timedelta(hours=1)

    world.do(security.handle, SecurityEvent("MemoryExhaustion", info="90 %", timestamp=at))

    assert world.values_of("security_event") == []
    assert world.facts() == [SecurityFact("MemoryExhaustion", at, "90 %")]


def test_too_long_texts_are_cut(world: Any, security: SecurityEvents) -> None:
    world.do(security.handle, SecurityEvent("t" * 60, info="i" * 300, critical=True))

    assert world.facts() == [SecurityFact("t" * 50, world.clock.now, "i" * 255)]


def test_the_log_is_bounded_and_its_numbers_go_on(
    world: Any, security: SecurityEvents, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(security_events, "LOG_SIZE", 3)

    for count in range(5):
        world.do(security.raise_event, f"event {count}")

    assert logged(world) == [(3, "event 2"), (4, "event 3"), (5, "event 4")]


def test_numbers_go_on_after_a_restart_and_after_clearing(
    world: Any, security: SecurityEvents
) -> None:
    world.do(security.raise_event, "one")
    world.do(security.raise_event, "two")

    again = world.restarted()
    reloaded = SecurityEvents(again.ctx)
    again.do(reloaded.clear)
    again.do(reloaded.raise_event, "three")

    assert logged(again) == [(3, "SecurityLogWasCleared"), (4, "three")]
    assert [number for number, _ in reloaded.entries()] == [3, 4]
    assert [fact.type for fact in again.facts()] == ["SecurityLogWasCleared"]


@pytest.mark.parametrize(
    ("reason", "event"),
    [
        (BootReason.PowerUp, "StartupOfTheDevice"),
        (BootReason.ApplicationReset, "StartupOfTheDevice"),
        (BootReason.RemoteReset, "ResetOrReboot"),
        (BootReason.ScheduledReset, "ResetOrReboot"),
        (BootReason.FirmwareUpdate, "FirmwareUpdated"),
    ],
)
def test_each_start_is_a_security_event(
    world: Any, security: SecurityEvents, reason: BootReason, event: str
) -> None:
    world.publish(StationBooted(reason))

    assert [fact.type for fact in world.facts()] == [event]
