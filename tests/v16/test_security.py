"""SecurityEventNotification (whitepaper A04)."""

import pytest

from ocpp_iface.types import SecurityEvent
from ocpp_iface.v16.blocks.security import NAMES


def test_the_start_is_reported_with_its_name_and_time(make_bench):
    bench = make_bench()
    bench.station.boot()

    event = bench.csms.expect("SecurityEventNotification")

    assert event == {
        "type": "StartupOfTheDevice",
        "timestamp": "2026-01-01T00:00:00Z",
        "techInfo": "PowerUp",
    }


@pytest.mark.parametrize(("neutral", "name"), sorted(NAMES.items()))
def test_names_of_1_6(bench, neutral, name):
    bench.station.ocpp.security_event(SecurityEvent(neutral, critical=True))

    bench.csms.expect("SecurityEventNotification", type=name)


def test_offline_it_waits(bench):
    bench.world.settle()
    bench.csms.mark()
    bench.station.network.cut()
    bench.world.run_for(5)
    bench.station.ocpp.security_event(SecurityEvent("TamperDetectionActivated", info="lid"))
    bench.station.kill()
    bench.station.network.restore()
    bench.station.boot()

    bench.csms.expect("SecurityEventNotification", type="TamperDetectionActivated", techInfo="lid")


def test_it_can_be_switched_off(make_bench):
    bench = make_bench(variables={"DisableSecurityEventNotifications": "true"}).booted()
    bench.station.ocpp.security_event(SecurityEvent("TamperDetectionActivated"))

    bench.csms.expect_none("SecurityEventNotification", within_s=10)
