from __future__ import annotations

from typing import Any

import pytest

from ocpp_iface.devicemodel.catalog import NetworkConfiguration, SecurityCtrlr
from ocpp_iface.engine.block import Cause
from ocpp_iface.station.events import StationBooted
from ocpp_iface.station.network import Network
from ocpp_iface.types import BootReason

CONFIG = NetworkConfiguration
PASSWORD = "correct-horse-battery"
RECONNECT = ("reconnect", "security settings changed", False)


def build(world: Any, profile: int = 1) -> Network:
    def configure() -> None:
        setting = world.ctx.variables.set
        setting(CONFIG.ocpp_csms_url, "ws://csms", instance="1")
        setting(CONFIG.security_profile, profile, instance="1")
        setting(CONFIG.basic_auth_password, "old password 1234", instance="1")

    world.do(configure)
    network = world.station.network = Network(world.ctx)
    world.publish(StationBooted(BootReason.PowerUp))
    world.connect()
    return network


@pytest.fixture
def network(world: Any) -> Network:
    return build(world)


def csms_sets(
    world: Any, definition: Any, value: Any, slot: str | None = "1", source: str = "csms"
) -> None:
    world.do(world.ctx.variables.set, definition, value, source, instance=slot)


@pytest.mark.parametrize(
    ("definition", "slot"),
    [(CONFIG.basic_auth_password, "1"), (SecurityCtrlr.basic_auth_password, None)],
)
def test_a_new_password_makes_the_station_reconnect_after_the_answer(
    world: Any, network: Network, definition: Any, slot: str | None
) -> None:
    """A01.FR.03."""
    csms_sets(world, definition, PASSWORD, slot)
    assert world.orders == []

    world.advance(1)

    assert world.orders == [RECONNECT]


def test_a_new_password_is_logged_without_its_content(world: Any, network: Network) -> None:
    """A01.FR.11, A01.FR.12."""
    csms_sets(world, CONFIG.basic_auth_password, PASSWORD)

    assert world.security.raised == [("ReconfigurationOfSecurityParameters", "password changed")]


def test_several_new_passwords_at_once_make_one_reconnect(world: Any, network: Network) -> None:
    csms_sets(world, SecurityCtrlr.basic_auth_password, PASSWORD, None)
    csms_sets(world, CONFIG.basic_auth_password, "")
    world.advance(1)

    assert world.orders == [RECONNECT]
    assert len(world.security.raised) == 1


def test_the_password_of_another_slot_does_not_matter_now(world: Any, network: Network) -> None:
    csms_sets(world, CONFIG.basic_auth_password, PASSWORD, "2")
    world.advance(10)

    assert world.orders == []


def test_without_basic_authentication_nobody_reconnects(make_world: Any) -> None:
    world = make_world()
    build(world, profile=0)

    csms_sets(world, CONFIG.basic_auth_password, PASSWORD)
    world.advance(10)

    assert world.orders == []


def test_what_the_app_sets_waits_for_the_next_connection(world: Any, network: Network) -> None:
    csms_sets(world, CONFIG.basic_auth_password, PASSWORD, source="app")
    world.advance(10)

    assert world.orders == []
    assert network.profiles()[0].request.password == PASSWORD.encode()


def test_a_higher_profile_is_used_at_once_where_variables_are_keys(
    world: Any, network: Network
) -> None:
    """Security whitepaper A05.FR.06, A05.FR.07."""
    world.policy.keys_first = True
    csms_sets(world, CONFIG.security_profile, 2)

    world.advance(1)

    assert world.orders == [RECONNECT]
    assert network.profiles()[0].request.url == "wss://csms"
    world.lose_link("Local")
    world.connect()
    world.advance(100)
    assert world.orders == [RECONNECT]
    assert network.state.switch is None
    assert world.ctx.variables.get(CONFIG.security_profile, instance="1") == 2


def test_without_a_link_in_time_the_old_profile_comes_back(world: Any, network: Network) -> None:
    """Security whitepaper A05.FR.08."""
    world.policy.keys_first = True
    csms_sets(world, CONFIG.security_profile, 2)
    world.advance(1)
    world.lose_link("Local")

    world.advance(19)
    assert network.security_profile == 2
    world.advance(1)

    assert world.orders[-1] == ("reconnect", "back to the old security profile", False)
    assert network.security_profile == 1
    assert world.ctx.variables.get(CONFIG.security_profile, instance="1") == 1
    assert network.state.switch is None


def test_a_switch_that_a_restart_interrupts_still_ends(world: Any, network: Network) -> None:
    world.policy.keys_first = True
    csms_sets(world, CONFIG.security_profile, 2)

    again = world.restarted()
    again.policy.keys_first = True
    reloaded = again.station.network = Network(again.ctx)
    again.publish(StationBooted(BootReason.PowerUp))
    again.do(reloaded.resume, Cause.BOOT)
    assert reloaded.security_profile == 2
    again.advance(30)

    assert reloaded.security_profile == 1


def test_a_switch_that_an_internal_error_interrupts_still_reconnects(
    world: Any, network: Network
) -> None:
    world.policy.keys_first = True
    csms_sets(world, CONFIG.security_profile, 2)

    again = world.restarted()
    again.link_open, again.link_slot = True, 1
    rebuilt = again.station.network = Network(again.ctx)
    again.do(rebuilt.resume, Cause.REBUILD)
    again.advance(1)

    assert again.orders == [RECONNECT]


def test_elsewhere_a_higher_profile_waits_for_a_start(world: Any, network: Network) -> None:
    csms_sets(world, CONFIG.security_profile, 2)
    world.advance(100)

    assert world.orders == []
    assert network.security_profile == 1
