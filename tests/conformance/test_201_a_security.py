"""A: passwords and security profiles, in the simulated world (handshakes: test_201_a_tls.py)."""

from __future__ import annotations

import pytest
from provisioning201 import assert_booted, at, get_variable, get_variables, set_variable

from ocpp_iface.ports.transport import TlsSettings
from ocpp_iface.sim.bench import Bench
from ocpp_iface.sim.csms import SimCsms

PASSWORD = "the-password-it-came-with"
NEW_PASSWORD = "Another*one-of_40:chars=allowed|@here123"
PLAIN, SECURE, OTHER = "ws://csms.sim/ocpp", "wss://csms.sim/ocpp", "wss://other.sim/ocpp"
NO_ROOT = TlsSettings(default_ca_paths=False)
CERTIFICATE = TlsSettings(client_certificate_file="station.pem", client_key_file="station.key")


def secured(make_bench, level: int, **config: object) -> Bench:
    """Booted at a CSMS that asks for the password (profiles 1 and 2)."""
    url = PLAIN if level < 2 else SECURE
    bench = make_bench(
        boot=False,
        config={"password": PASSWORD, "security_profile": level, "csms_url": url, **config},
    )
    bench.csms.url = url
    if level < 3:
        bench.csms.passwords["cs1"] = PASSWORD.encode()
    bench.booted()
    return bench


def attempts(bench: Bench, since: float):
    return [each for each in bench.station.network.attempts if each.at >= since]


def profile(level: int, url: str = OTHER) -> dict:
    return {
        "messageTimeout": 30,
        "ocppCsmsUrl": url,
        "ocppInterface": "Wired0",
        "ocppTransport": "JSON",
        "ocppVersion": "OCPP20",
        "securityProfile": level,
    }


def install(bench: Bench, level: int, url: str = OTHER) -> str:
    """In the slot that is not in use. -> the status"""
    assert get_variable(bench, "OCPPCommCtrlr", "ActiveNetworkProfile") == "1"
    data = profile(level, url)
    return bench.call("SetNetworkProfile", configurationSlot=2, connectionData=data)["status"]


def prefer(bench: Bench, slots: str = "2,1") -> str:
    return set_variable(bench, "OCPPCommCtrlr", "NetworkConfigurationPriority", slots)


def read(csms: SimCsms, component: str, variable: str) -> str:
    (result,) = csms.call("GetVariables", {"getVariableData": [at(component, variable)]})[
        "getVariableResult"
    ]
    return result["attributeValue"]


@pytest.mark.parametrize("level", [1, 2])
def test_tc_a_01_cs(make_bench, level):
    bench = secured(make_bench, level)
    assert set_variable(bench, "SecurityCtrlr", "BasicAuthPassword", NEW_PASSWORD) == "Accepted"
    bench.csms.passwords["cs1"] = NEW_PASSWORD.encode()
    bench.run(30)
    asked = bench.world.scheduler.now

    assert bench.call("Reset", type="Immediate")["status"] == "Accepted"
    assert_booted(bench)

    for attempt in attempts(bench, asked):
        assert attempt.request.identity == "cs1"
        assert attempt.request.address == f"{bench.csms.url}/cs1"
        assert attempt.request.password == NEW_PASSWORD.encode()


@pytest.mark.parametrize("level", [1, 2])
def test_tc_a_09_cs(make_bench, level):
    bench = secured(make_bench, level)
    asked = bench.world.scheduler.now

    assert set_variable(bench, "SecurityCtrlr", "BasicAuthPassword", NEW_PASSWORD) == "Accepted"
    bench.csms.passwords["cs1"] = NEW_PASSWORD.encode()
    bench.world.run_until(lambda: attempts(bench, asked), 30, "the station to connect again")
    bench.run(5)

    (again,) = attempts(bench, asked)
    assert (again.outcome, again.request.password) == ("open", NEW_PASSWORD.encode())
    assert bench.csms.connected()
    (shown,) = get_variables(bench, at("SecurityCtrlr", "BasicAuthPassword"))
    assert "attributeValue" not in shown  # who may read it could pass for the station


@pytest.mark.parametrize("wrong", ["only-15-chars..", "", "x" * 41, "no#such^char%acters"])
@pytest.mark.parametrize("level", [1, 2])
def test_tc_a_10_cs(make_bench, level, wrong):
    bench = secured(make_bench, level)
    asked = bench.world.scheduler.now

    assert set_variable(bench, "SecurityCtrlr", "BasicAuthPassword", wrong) == "Rejected"
    bench.run(30)
    assert not attempts(bench, asked)
    bench.station.network.drop()
    bench.world.run_until(bench.csms.connected, 300, "the station to connect again")
    assert bench.call("Reset", type="Immediate")["status"] == "Accepted"
    assert_booted(bench)

    assert {each.request.password for each in attempts(bench, asked)} == {PASSWORD.encode()}
    assert {each.outcome for each in attempts(bench, asked)} == {"open"}


@pytest.mark.parametrize("level", [1, 2])
def test_tc_a_19_cs(make_bench, level):
    config = {"tls": CERTIFICATE} if level == 2 else {}
    bench = secured(make_bench, level, **config)
    other = bench.world.add_csms(OTHER)
    if level == 1:
        other.passwords["cs1"] = PASSWORD.encode()

    assert install(bench, level + 1) == "Accepted"
    assert prefer(bench) in {"Accepted", "RebootRequired"}
    assert bench.call("Reset", type="OnIdle")["status"] == "Accepted"
    bench.csms.is_up = False
    asked = bench.world.scheduler.now
    assert_booted(bench, csms=other)

    (attempt,) = attempts(bench, asked)
    assert attempt.request.url == OTHER
    assert attempt.request.tls is not None
    assert (attempt.request.password is None) is (level == 2)
    assert (attempt.request.tls.client_certificate_file is not None) is (level == 2)
    assert read(other, "SecurityCtrlr", "SecurityProfile") == str(level + 1)
    assert read(other, "OCPPCommCtrlr", "NetworkConfigurationPriority") == "2"

    other.is_up, bench.csms.is_up = False, True
    other.close()
    away = bench.world.scheduler.now
    bench.run(600)
    tried = attempts(bench, away)
    assert tried
    assert {each.request.url for each in tried} == {OTHER}
    assert not bench.csms.connected()
    other.is_up = True
    bench.world.run_until(other.connected, 600, "the station to connect again")


def test_tc_a_20_cs(make_bench):
    bench = secured(make_bench, 1, tls=NO_ROOT)
    asked = bench.world.scheduler.now

    for level in (2, 3):
        if install(bench, level) == "Accepted":
            assert prefer(bench) == "Rejected"
    bench.run(60)

    assert get_variable(bench, "OCPPCommCtrlr", "NetworkConfigurationPriority") == "1"
    assert get_variable(bench, "SecurityCtrlr", "SecurityProfile") == "1"
    assert not attempts(bench, asked)


@pytest.mark.parametrize("level", [1, 2])
def test_tc_a_21_cs(make_bench, level):
    bench = secured(make_bench, level)
    asked = bench.world.scheduler.now

    assert install(bench, 3) == "Accepted"
    assert prefer(bench) == "Rejected"
    bench.run(60)

    assert get_variable(bench, "OCPPCommCtrlr", "NetworkConfigurationPriority") == "1"
    assert get_variable(bench, "SecurityCtrlr", "SecurityProfile") == str(level)
    assert not attempts(bench, asked)


@pytest.mark.parametrize(("level", "lower"), [(2, 1), (2, 0), (3, 2), (3, 1), (3, 0)])
def test_tc_a_22_cs(make_bench, level, lower):
    config = {"tls": CERTIFICATE} if level == 3 else {}
    bench = secured(make_bench, level, **config)

    url = OTHER if lower > 1 else OTHER.replace("wss", "ws")
    assert install(bench, lower, url) == "Rejected"

    assert prefer(bench) == "Rejected"
    assert get_variable(bench, "SecurityCtrlr", "SecurityProfile") == str(level)
