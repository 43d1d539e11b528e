"""The command `security_event`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from ocpp_iface.sim import Bench
from ocpp_iface.station.security_events import SECURITY_LOG, SecurityLogRow
from ocpp_iface.types import RegistrationStatus, SecurityEvent, SecurityEventEnum, is_critical

Make = Callable[..., Bench]
ACTION = "SecurityEventNotification"


def log_of(bench: Bench) -> list[SecurityLogRow]:
    process = bench.station.process
    assert process is not None
    return [row for _, row in process.store.table(SECURITY_LOG).items()]


def test_a_critical_event_is_sent_and_logged(bench: Bench) -> None:
    bench.station.ocpp.security_event(SecurityEvent("TamperDetectionActivated", info="door"))

    sent = bench.expect(ACTION, type="TamperDetectionActivated")

    assert sent["techInfo"] == "door"
    assert (
        SecurityLogRow("TamperDetectionActivated", log_of(bench)[-1].timestamp, "door", True)
        == (log_of(bench)[-1])
    )


@pytest.mark.parametrize("kind", list(SecurityEventEnum))
def test_the_standard_table_decides_without_a_flag(bench: Bench, kind: SecurityEventEnum) -> None:
    bench.mark()
    bench.station.ocpp.security_event(SecurityEvent(kind))
    bench.run(5)

    assert bool(bench.csms.received(ACTION, lambda c: not c.taken)) is is_critical(kind)
    assert log_of(bench)[-1].type == kind


@pytest.mark.parametrize(
    ("kind", "critical", "sent"),
    [
        ("TamperDetectionActivated", False, False),
        ("InvalidMessages", True, True),
        ("OfOurOwn", True, True),
        ("OfOurOwn", None, False),
    ],
)
def test_the_flag_wins_over_the_table(
    bench: Bench, kind: str, critical: bool | None, sent: bool
) -> None:
    bench.station.ocpp.security_event(SecurityEvent(kind, critical=critical))
    bench.run(5)

    assert bool(bench.csms.received(ACTION, {"type": kind})) is sent
    assert log_of(bench)[-1].type == kind


def test_too_long_texts_are_cut(bench: Bench) -> None:
    bench.station.ocpp.security_event(SecurityEvent("x" * 51, info="y" * 300, critical=True))

    sent = bench.expect(ACTION)

    assert sent["type"] == "x" * 50
    assert sent["techInfo"] == "y" * 255


def test_the_timestamp_is_now_unless_it_is_given(bench: Bench) -> None:
    before = bench.world.now
    bench.station.ocpp.security_event(SecurityEvent("MemoryExhaustion"))
    now = bench.expect(ACTION, type="MemoryExhaustion")["timestamp"]
    given = datetime(2025, 5, 5, 12, tzinfo=UTC)
    bench.station.ocpp.security_event(SecurityEvent("SettingSystemTime", timestamp=given))
    then = bench.expect(ACTION, type="SettingSystemTime")["timestamp"]

    assert abs(datetime.fromisoformat(now) - before).total_seconds() < 1
    assert datetime.fromisoformat(then) == given


def test_it_waits_while_offline_and_is_then_sent(bench: Bench) -> None:
    bench.offline()
    bench.station.ocpp.security_event(SecurityEvent("TamperDetectionActivated", info="offline"))
    happened = bench.world.now
    bench.run(600)
    bench.mark()

    bench.online()

    sent = bench.expect(ACTION, techInfo="offline")
    assert abs((datetime.fromisoformat(sent["timestamp"]) - happened).total_seconds()) < 1


@pytest.mark.parametrize("status", [RegistrationStatus.Pending, RegistrationStatus.Rejected])
def test_it_waits_until_the_station_is_accepted(make: Make, status: RegistrationStatus) -> None:
    bench = make(boot=False)
    bench.on("BootNotification").reply(status=status.value, interval=60).times(2)
    bench.station.boot()
    bench.run(30)

    bench.station.ocpp.security_event(SecurityEvent("TamperDetectionActivated", info="early"))
    bench.run(25)
    assert not bench.csms.received(ACTION)

    bench.run(180)
    assert bench.csms.received(ACTION, {"techInfo": "early"})


def test_it_survives_a_power_cut(bench: Bench) -> None:
    bench.offline()
    bench.station.ocpp.security_event(SecurityEvent("TamperDetectionActivated", info="durable"))
    bench.station.ocpp.security_event(SecurityEvent("InvalidMessages", info="logged"))
    bench.station.kill()
    bench.station.network.restore()

    bench.station.boot()

    bench.expect(ACTION, techInfo="durable")
    assert [row.info for row in log_of(bench) if row.info in ("durable", "logged")] == [
        "durable",
        "logged",
    ]
