"""What only the assembly can get wrong: which parts it gives to whom."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ocpp_iface.config import NetworkProfile
from ocpp_iface.ports.transport import TlsSettings
from ocpp_iface.sim.bench import Bench
from ocpp_iface.sim.csms import DEFAULT_URL
from ocpp_iface.sim.hardware import ALL_METHODS
from ocpp_iface.types import parse_moment

MakeBench = Callable[..., Bench]


def seconds_until_the_second_boot(bench: Bench) -> float:
    """The first gets no answer."""
    bench.on("BootNotification").silent().once()
    bench.station.boot()
    first = bench.expect("BootNotification")
    second = bench.expect("BootNotification", timeout_s=300.0)
    return second.at - first.at


def test_message_timeout_of_the_station_counts_if_the_profile_has_none(
    make_bench: MakeBench,
) -> None:
    bench = make_bench(boot=False, variables={"OCPPCommCtrlr/MessageTimeout[Default]": 50})

    assert seconds_until_the_second_boot(bench) == pytest.approx(50 + 30, abs=1)


def test_message_timeout_of_the_profile_in_use_comes_first(make_bench: MakeBench) -> None:
    profile = NetworkProfile(csms_url=DEFAULT_URL, message_timeout_s=5)
    bench = make_bench(boot=False, config={"csms_url": None, "network_profiles": (profile,)})

    assert seconds_until_the_second_boot(bench) == pytest.approx(5 + 30, abs=1)


@pytest.mark.parametrize(
    ("tls", "security_profile", "status"),
    [
        (TlsSettings(default_ca_paths=False), 2, "Rejected"),
        (TlsSettings(), 2, "RebootRequired"),
        (TlsSettings(("roots.pem",), default_ca_paths=False), 2, "RebootRequired"),
        (TlsSettings(("roots.pem",)), 3, "Rejected"),
        (TlsSettings(("roots.pem",), client_certificate_file="me.pem"), 3, "RebootRequired"),
    ],
)
def test_a_security_profile_needs_what_the_configured_files_hold(
    make_bench: MakeBench, tls: TlsSettings, security_profile: int, status: str
) -> None:
    bench = make_bench(config={"tls": tls, "password": "a-password-of-20-chars"})

    installed = bench.call(
        "SetNetworkProfile",
        configurationSlot=2,
        connectionData={
            "ocppVersion": "OCPP20",
            "ocppTransport": "JSON",
            "ocppCsmsUrl": "wss://elsewhere.sim",
            "messageTimeout": 30,
            "securityProfile": security_profile,
            "ocppInterface": "Wired0",
        },
    )

    assert installed["status"] == "Accepted"  # what it takes may come later (A05.FR.02)

    answer = bench.call(
        "SetVariables",
        setVariableData=[
            {
                "component": {"name": "OCPPCommCtrlr"},
                "variable": {"name": "NetworkConfigurationPriority"},
                "attributeValue": "2,1",
            }
        ],
    )["setVariableResult"][0]

    assert answer["attributeStatus"] == status


def test_restart_goes_on_when_a_reset_did_not_end_the_process(make_bench: MakeBench) -> None:
    bench = make_bench()
    bench.station.hardware.answer("reset", True)
    assert bench.call("Reset", type="Immediate") == {"status": "Accepted"}
    bench.run(10.0)

    assert bench.station.ocpp.restart() is True

    assert bench.expect("BootNotification")["reason"] == "RemoteReset"


def test_restart_does_nothing_to_a_station_that_runs(make_bench: MakeBench) -> None:
    bench = make_bench()

    assert bench.station.ocpp.restart() is False

    bench.quiet(5.0)


@pytest.mark.parametrize("sets_clock", [True, False])
def test_time_is_the_csmss_whether_or_not_the_app_sets_the_system_clock(
    make_bench: MakeBench, sets_clock: bool
) -> None:
    methods = ALL_METHODS if sets_clock else ALL_METHODS - {"set_time"}
    bench = make_bench(boot=False, hardware_methods=methods)
    bench.station.clock_offset_s = -7200.0
    bench.booted()
    bench.run(30.0)

    bench.ev_connected()

    (status,) = bench.csms.received("StatusNotification", {"connectorStatus": "Occupied"})
    assert abs((parse_moment(status["timestamp"]) - bench.world.now).total_seconds()) < 2
    assert (abs(bench.station.clock_offset_s) < 1) is sets_clock


@pytest.mark.parametrize("by_s", [-5 * 3600, 5 * 3600])
def test_a_system_clock_that_is_set_stops_nothing(make_bench: MakeBench, by_s: int) -> None:
    """Where the CSMS does not tell the time, the app or NTP does (ClockCtrlr.TimeSource)."""
    bench = make_bench(
        variables={
            "ClockCtrlr.TimeSource": "NTP",
            "AlignedDataCtrlr.Interval": 60,
            "SampledDataCtrlr.TxUpdatedInterval": 0,
        }
    )
    bench.charging()
    bench.world.run_for(90)
    set_at = bench.world.scheduler.now

    bench.station.clock_offset_s += by_s
    bench.world.run_for(125)

    aligned = bench.world.csms.received("TransactionEvent", {"triggerReason": "MeterValueClock"})
    assert len([event for event in aligned if event.at > set_at]) >= 2
    bench.expect("SecurityEventNotification", type="SettingSystemTime")
