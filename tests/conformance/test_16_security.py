"""Security of 1.6: passwords and security profiles, in the simulated world."""

from __future__ import annotations

import pytest
from steps16 import ALL, value_of

from ocpp_iface.ports.transport import CloseReason, TlsSettings
from ocpp_iface.sim.bench import Bench

PASSWORD = "the-password-it-came-with"
NEW = b"OCA_OCTT_admin_test"
PLAIN, SECURE = "ws://csms.sim/ocpp", "wss://csms.sim/ocpp"
NO_ROOT = TlsSettings(default_ca_paths=False)


def secured(make_bench, level: int, **config: object) -> Bench:
    """Booted with security profile 1 or 2 at a CSMS that asks for the password."""
    bench = make_bench(
        "1.6",
        boot=False,
        config={
            "password": PASSWORD,
            "security_profile": level,
            "csms_url": PLAIN if level < 2 else SECURE,
            **config,
        },
    )
    bench.csms.url = PLAIN if level < 2 else SECURE
    bench.csms.passwords["cs1"] = PASSWORD.encode()
    bench.booted()
    return bench


def change(bench: Bench, key: str, value: str) -> str:
    return bench.call("ChangeConfiguration", key=key, value=value)["status"]


def attempts(bench: Bench, since: float = 0.0):
    return [each for each in bench.station.network.attempts if each.at >= since]


@pytest.mark.parametrize("level", [1, 2])
def test_tc_073_cs(make_bench, level):
    bench = secured(make_bench, level)
    asked = bench.world.scheduler.now

    assert change(bench, "AuthorizationKey", NEW.hex()) == "Accepted"
    bench.csms.passwords["cs1"] = NEW
    bench.world.run_until(lambda: attempts(bench, asked), 30, "the station to connect again")
    bench.world.run_until(bench.csms.connected, 5, "the link")

    (again,) = attempts(bench, asked)
    assert again.request.password == NEW
    assert again.request.url == bench.csms.url
    (shown,) = bench.call("GetConfiguration", key=["AuthorizationKey"])["configurationKey"]
    assert "value" not in shown  # who may read it could pass for the station
    bench.station.restart()  # the new one lasts
    bench.expect("BootNotification")
    assert attempts(bench)[-1].request.password == NEW


@pytest.mark.parametrize("succeeds", [True, False])
def test_tc_083_cs(make_bench, succeeds):
    """`succeeds`: or nothing answers there, and the station has to come back."""
    bench = secured(make_bench, 1)
    asked = bench.world.scheduler.now
    assert value_of(bench, "SecurityProfile") == "1"
    bench.mark()

    assert change(bench, "SecurityProfile", "2") in {"Accepted", "RebootRequired"}
    if succeeds:
        bench.csms.url = SECURE
    bench.run(2)
    (first, *_) = attempts(bench, asked)
    assert first.request.url == SECURE
    assert first.request.password == PASSWORD.encode()
    assert first.request.tls is not None
    bench.world.run_until(bench.csms.connected, 300, "the station to connect again")

    assert value_of(bench, "SecurityProfile") == ("2" if succeeds else "1")
    assert attempts(bench)[-1].request.url == bench.csms.url
    bench.call("Reset", type="Hard")
    bench.expect("BootNotification")
    for connector in ALL:
        bench.expect("StatusNotification", connectorId=connector, status="Available")
    assert attempts(bench)[-1].request.url == bench.csms.url
    assert value_of(bench, "SecurityProfile") == ("2" if succeeds else "1")


def test_tc_083_cs_without_a_root(make_bench):
    """Nothing to check the CSMS with: the profile stays."""
    bench = secured(make_bench, 1, tls=NO_ROOT)
    asked = bench.world.scheduler.now

    assert change(bench, "SecurityProfile", "2") == "Rejected"
    bench.run(60)

    assert value_of(bench, "SecurityProfile") == "1"
    assert attempts(bench, asked) == []


def test_tc_084_cs(make_bench):
    bench = secured(make_bench, 2)
    asked = bench.world.scheduler.now

    assert change(bench, "SecurityProfile", "1") == "Rejected"
    bench.run(60)

    assert value_of(bench, "SecurityProfile") == "2"
    assert attempts(bench, asked) == []


@pytest.mark.parametrize("level", [1, 2])
@pytest.mark.parametrize("wrong_first", [False, True])
def test_tc_085_cs(make_bench, level, wrong_first):
    """`wrong_first`: the CSMS does not take the password at first; the same is offered again."""
    bench = secured(make_bench, level)
    if wrong_first:
        bench.station.network.refuse(CloseReason.UNAUTHORIZED, times=2)
    reset = bench.world.scheduler.now

    assert bench.call("Reset", type="Hard") == {"status": "Accepted"}
    bench.expect("BootNotification", timeout_s=300)

    for attempt in attempts(bench, reset):
        assert attempt.request.identity == "cs1"
        assert attempt.request.address == f"{bench.csms.url}/cs1"
        assert attempt.request.password == PASSWORD.encode()
        assert len(attempt.request.password) >= 16
    assert len(attempts(bench, reset)) == (3 if wrong_first else 1)
    for connector in ALL:
        bench.expect("StatusNotification", connectorId=connector, status="Available")
