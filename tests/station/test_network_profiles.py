from __future__ import annotations

from typing import Any

import pytest
from attrs import evolve

from ocpp_iface.devicemodel.catalog import (
    InternalCtrlr,
    NetworkConfiguration,
    OCPPCommCtrlr,
    SecurityCtrlr,
)
from ocpp_iface.station.network import Network
from ocpp_iface.station.network_profiles import (
    Apn,
    NetworkProfile,
    SetNetworkProfileStatus,
    Vpn,
    configured,
)

ACCEPTED, REJECTED, _ = SetNetworkProfileStatus
PLAIN = NetworkProfile("ws://csms/ocpp", 0, 45)


@pytest.fixture
def network(world: Any) -> Network:
    return Network(world.ctx)


def value(world: Any, definition: Any, slot: int = 2) -> Any:
    return world.ctx.variables.get(definition, instance=str(slot))


def put(world: Any, network: Network, profile: NetworkProfile, slot: int = 2) -> Any:
    outcome = world.do(network.set_profile, slot, profile)
    return outcome.status, outcome.reason_code


def test_an_accepted_profile_is_in_the_variables_of_its_slot(world: Any, network: Network) -> None:
    """B09.FR.01."""
    profile = evolve(
        PLAIN,
        interface="Wireless1",
        version="OCPP16",
        apn=Apn("internet", "CHAP", user_name="me", password="apn secret", sim_pin=1234),
        vpn=Vpn("vpn.example", "me", "vpn secret", "shared secret", "IPSec"),
    )

    assert put(world, network, profile) == (ACCEPTED, None)

    config = NetworkConfiguration
    assert value(world, config.ocpp_csms_url) == "ws://csms/ocpp"
    assert value(world, config.message_timeout) == 45
    assert value(world, config.ocpp_interface) == "Wireless1"
    assert (value(world, config.apn_enabled), value(world, config.apn)) == (True, "internet")
    assert value(world, config.sim_pin) == 1234
    assert (value(world, config.vpn_enabled), value(world, config.vpn_type)) == (True, "IPSec")
    assert "secret" not in repr(profile)


def test_a_profile_without_apn_removes_the_old_one(world: Any, network: Network) -> None:
    put(world, network, evolve(PLAIN, apn=Apn("internet", "CHAP", sim_pin=1)))

    put(world, network, PLAIN)

    assert value(world, NetworkConfiguration.apn_enabled) is False
    assert value(world, NetworkConfiguration.apn) == ""
    assert value(world, NetworkConfiguration.sim_pin) is None


def test_words_that_are_the_default_are_kept_as_chosen(world: Any, network: Network) -> None:
    """B09.FR.01: a profile for OCPP20 offers nothing else, and its 60 s are its time-out."""
    assert put(world, network, evolve(PLAIN, version="OCPP20", message_timeout_s=60))[0] is ACCEPTED

    row = configured(world.ctx)[2]

    assert (row.version, row.message_timeout_s) == ("OCPP20", 60)


def test_a_slot_without_a_time_out_shows_the_one_that_counts(world: Any) -> None:
    """Referenced variable OCPPCommCtrlr.MessageTimeout[Default]."""
    shown = value(world, NetworkConfiguration.message_timeout)

    assert shown == world.ctx.variables.get(OCPPCommCtrlr.message_timeout)


def test_an_unknown_slot_is_rejected(world: Any, network: Network) -> None:
    """B09.FR.05."""
    assert put(world, network, PLAIN, slot=999) == (REJECTED, "InvalidConfSlot")


def test_a_lower_security_profile_is_rejected(world: Any, network: Network) -> None:
    """B09.FR.04."""
    world.do(world.ctx.variables.set, SecurityCtrlr.security_profile, 2)

    assert put(world, network, PLAIN) == (REJECTED, "NoSecurityDowngrade")


def _wrong(**changes: Any) -> NetworkProfile:
    return evolve(PLAIN, **changes)


@pytest.mark.parametrize(
    "profile",
    [
        _wrong(url="http://csms"),
        _wrong(url="wss://csms"),
        _wrong(url="ws://csms", security_profile=2),
        _wrong(url="wss://csms", security_profile=7),
        _wrong(security_profile=-1),
        _wrong(transport="SOAP"),
        _wrong(version="OCPP15"),
        _wrong(version="OCPP21"),
        _wrong(interface="Carrier pigeon"),
        _wrong(message_timeout_s=0),
        _wrong(url="ws://csms/" + "x" * 2000),
        _wrong(apn=Apn("internet", "NOTHING")),
        _wrong(vpn=Vpn("server", "user", "password", "key", "SSH")),
    ],
)
def test_an_invalid_profile_is_rejected_and_changes_nothing(
    world: Any, network: Network, profile: NetworkProfile
) -> None:
    """B09.FR.02."""
    status, reason = put(world, network, profile)

    assert status is REJECTED
    assert reason in ("InvalidNetworkConf", "InvalidURL", "NoSecurityDowngrade")
    assert value(world, NetworkConfiguration.ocpp_csms_url) == ""
    assert world.security.types == []


def test_security_profile_0_must_be_allowed(world: Any, network: Network) -> None:
    world.do(world.ctx.variables.set, InternalCtrlr.allow_security_level_zero_connections, False)

    assert put(world, network, PLAIN) == (REJECTED, "InvalidNetworkConf")


def test_a_change_of_the_security_settings_is_a_security_event(
    world: Any, network: Network
) -> None:
    world.do(world.ctx.variables.set, SecurityCtrlr.basic_auth_password, "a" * 16)
    world.security.raised.clear()

    put(world, network, PLAIN)
    assert world.security.types == []
    put(world, network, evolve(PLAIN, security_profile=1, basic_auth_password="b" * 16))

    assert world.security.types == ["ReconfigurationOfSecurityParameters"]
