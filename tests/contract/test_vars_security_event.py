"""The var `security_event`: what the station itself has noticed."""

from __future__ import annotations

from collections.abc import Callable

from ocpp_iface.sim import Bench
from ocpp_iface.types import SecurityEvent

Make = Callable[..., Bench]


def told(bench: Bench) -> list[SecurityEvent]:
    return list(bench.station.published.get("security_event", ()))


def test_the_start_is_told(bench: Bench) -> None:
    assert told(bench)[0].type == "StartupOfTheDevice"


def test_what_the_station_notices_is_told_even_if_it_is_not_critical(make: Make) -> None:
    bench = make(
        boot=False,
        config={"password": "0123456789abcdef", "security_profile": 1},
    )
    bench.csms.passwords["cs1"] = b"another-password"
    bench.station.boot()
    bench.run(10)

    assert "FailedToAuthenticateAtCsms" in [event.type for event in told(bench)]
    assert not bench.csms.received("SecurityEventNotification")


def test_an_event_of_the_app_is_not_told_to_the_app_again(bench: Bench) -> None:
    before = len(told(bench))

    bench.station.ocpp.security_event(SecurityEvent("TamperDetectionActivated"))
    bench.run(5)

    assert len(told(bench)) == before
