"""B, network profiles, reconnecting, and statuses that changed while there was no link."""

from __future__ import annotations

import pytest
from provisioning201 import assert_booted, get_variable, now, set_variable, statuses

from ocpp_iface.ports.transport import CloseReason
from ocpp_iface.sim.hardware import ALL_METHODS

PASSWORD = "a-password-of-20-chars"
OTHER_URL = "ws://other.sim/ocpp"
either_hardware = pytest.mark.parametrize(
    "methods", [ALL_METHODS, ALL_METHODS - {"reset"}], ids=["hardware", "logical"]
)


def profile(url=OTHER_URL, level=0):
    return {
        "messageTimeout": 30,
        "ocppCsmsUrl": url,
        "ocppInterface": "Wired0",
        "ocppTransport": "JSON",
        "ocppVersion": "OCPP20",
        "securityProfile": level,
    }


def migrate(bench, level=0):
    """The free slot gets the other CSMS, comes first, and the station is restarted."""
    assert get_variable(bench, "OCPPCommCtrlr", "ActiveNetworkProfile") == "1"
    answer = bench.call(
        "SetNetworkProfile", configurationSlot=2, connectionData=profile(level=level)
    )
    assert answer["status"] == "Accepted"
    status = set_variable(bench, "OCPPCommCtrlr", "NetworkConfigurationPriority", "2,1")
    assert status in {"Accepted", "RebootRequired"}
    assert bench.call("Reset", type="OnIdle")["status"] == "Accepted"
    bench.mark()
    bench.station.network.attempts.clear()


def test_tc_b_43_cs(bench):
    answer = bench.call("SetNetworkProfile", configurationSlot=999, connectionData=profile())

    assert answer["status"] == "Rejected"


@either_hardware
@pytest.mark.parametrize("level", [0, 1])
def test_tc_b_45_cs(make_bench, methods, level):
    bench = make_bench(
        hardware_methods=methods, config={"password": PASSWORD, "security_profile": level}
    )
    other = bench.world.add_csms(OTHER_URL)
    if level:
        other.passwords["cs1"] = PASSWORD.encode()

    migrate(bench, level)

    assert assert_booted(bench, csms=other)["reason"] == "RemoteReset"
    assert [attempt.outcome for attempt in bench.station.network.attempts] == ["open"]
    assert not bench.csms.connected()
    (read,) = other.call(
        "GetVariables",
        {
            "getVariableData": [
                {
                    "component": {"name": "OCPPCommCtrlr"},
                    "variable": {"name": "ActiveNetworkProfile"},
                }
            ]
        },
    )["getVariableResult"]
    assert read["attributeValue"] == "2"


@either_hardware
def test_tc_b_46_cs(make_bench, methods):
    bench = make_bench(
        hardware_methods=methods,
        variables={"OCPPCommCtrlr.NetworkProfileConnectionAttempts": 2},
    )
    other = bench.world.add_csms(OTHER_URL, is_up=False)

    migrate(bench)

    assert assert_booted(bench, timeout_s=300.0)["reason"] == "RemoteReset"
    outcomes = [(a.request.url == OTHER_URL, a.outcome) for a in bench.station.network.attempts]
    assert outcomes == [(True, "Refused"), (True, "Refused"), (False, "open")]
    assert not other.connected()


@either_hardware
def test_tc_b_49_cs(make_bench, methods):
    wait_s = 20
    bench = make_bench(
        hardware_methods=methods,
        variables={
            "OCPPCommCtrlr.NetworkProfileConnectionAttempts": 1,
            "OCPPCommCtrlr.RetryBackOffRepeatTimes": 0,
            "OCPPCommCtrlr.RetryBackOffRandomRange": 0,
            "OCPPCommCtrlr.RetryBackOffWaitMinimum": wait_s,
        },
    )
    bench.world.add_csms(OTHER_URL, is_up=False)

    migrate(bench)
    bench.station.network.refuse(CloseReason.REFUSED, times=2)

    assert assert_booted(bench, timeout_s=300.0)["reason"] == "RemoteReset"
    attempts = bench.station.network.attempts
    assert [attempt.request.url == OTHER_URL for attempt in attempts] == [True, False, False]
    assert [attempt.outcome for attempt in attempts] == ["Refused", "Refused", "open"]
    assert attempts[2].at - attempts[1].at >= wait_s


def test_tc_b_51_cs(make_bench):
    bench = make_bench(
        evses=(1, 2, 1),
        variables={
            "OCPPCommCtrlr.OfflineThreshold": 20,
            "OCPPCommCtrlr.RetryBackOffWaitMinimum": 22,
            "OCPPCommCtrlr.RetryBackOffRandomRange": 0,
        },
    )
    since = now(bench.csms)
    bench.csms.close()
    bench.world.settle()
    bench.station.plug_in(2, 1)

    bench.world.run_until(bench.csms.connected, 60.0)
    bench.run(5.0)

    assert statuses(bench.csms, since) == {
        (1, 1): ["Available"],
        (2, 1): ["Occupied"],
        (2, 2): ["Available"],
        (3, 1): ["Available"],
    }
    assert len(bench.csms.received("BootNotification")) == 1


def test_tc_b_52_cs(make_bench):
    bench = make_bench(
        evses=(1, 2),
        variables={
            "OCPPCommCtrlr.OfflineThreshold": 20,
            "OCPPCommCtrlr.RetryBackOffWaitMinimum": 10,
            "OCPPCommCtrlr.RetryBackOffRandomRange": 0,
        },
    )
    since = now(bench.csms)
    bench.csms.close()
    bench.world.settle()
    bench.station.plug_in(2, 1)

    bench.world.run_until(bench.csms.connected, 60.0)
    bench.run(5.0)

    assert statuses(bench.csms, since) == {(2, 1): ["Occupied"]}
    assert len(bench.csms.received("BootNotification")) == 1


def test_tc_b_57_cs(make_bench):
    wait_s = 10
    bench = make_bench(
        variables={
            "OCPPCommCtrlr.NetworkProfileConnectionAttempts": 3,
            "OCPPCommCtrlr.RetryBackOffRepeatTimes": 2,
            "OCPPCommCtrlr.RetryBackOffRandomRange": 0,
            "OCPPCommCtrlr.RetryBackOffWaitMinimum": wait_s,
        }
    )
    attempts = bench.station.network.attempts
    attempts.clear()

    def closed():
        bench.csms.close()
        bench.world.settle()
        return bench.world.scheduler.now

    first = closed()
    bench.world.run_until(bench.csms.connected, 60.0)
    second = closed()
    bench.station.network.refuse(CloseReason.REFUSED, times=1)
    bench.world.run_until(bench.csms.connected, 120.0)

    assert [attempt.outcome for attempt in attempts] == ["open", "Refused", "open"]
    assert attempts[0].at - first == pytest.approx(wait_s, abs=1)
    assert attempts[1].at - second == pytest.approx(wait_s, abs=1)
    assert attempts[2].at - attempts[1].at >= 2 * wait_s
    assert attempts[2].at - attempts[1].at == pytest.approx(2 * wait_s, abs=1)
    bench.quiet(5.0)
