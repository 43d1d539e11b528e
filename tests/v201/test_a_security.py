"""A04: SecurityEventNotification."""

from __future__ import annotations

from ocpp_iface.sim.bench import Bench
from ocpp_iface.station.commands import RaiseSecurityEvent
from ocpp_iface.types import SecurityEvent


def test_a_critical_event_is_sent(bench: Bench) -> None:
    bench.station.command(RaiseSecurityEvent(SecurityEvent("TamperDetectionActivated", info="x")))

    sent = bench.expect("SecurityEventNotification", type="TamperDetectionActivated")

    assert sent["techInfo"] == "x"


def test_another_event_is_not(bench: Bench) -> None:
    bench.station.command(RaiseSecurityEvent(SecurityEvent("AttemptedReplayAttacks")))
    bench.run(5.0)

    assert (
        bench.csms.received("SecurityEventNotification", {"type": "AttemptedReplayAttacks"}) == []
    )


def test_an_event_waits_for_the_link(bench: Bench) -> None:
    bench.offline()
    event = SecurityEvent("Mine", critical=True)
    bench.station.command(RaiseSecurityEvent(event))
    bench.power_cut()
    bench.station.network.restore()
    bench.is_online = True

    bench.expect("SecurityEventNotification", type="Mine", timeout_s=120)


def test_the_start_is_reported_after_the_statuses(bench: Bench) -> None:
    (boot,) = bench.csms.received("SecurityEventNotification", {"type": "StartupOfTheDevice"})

    assert boot.index > max(call.index for call in bench.csms.received("StatusNotification"))
