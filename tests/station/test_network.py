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
from ocpp_iface.engine.block import Cause
from ocpp_iface.ports.transport import CloseReason, TlsSettings
from ocpp_iface.station.events import CameOnline, StationBooted
from ocpp_iface.station.network import Network
from ocpp_iface.types import BootReason, ConnectionStatus

PASSWORD = "correct-horse-battery"
TLS = TlsSettings(
    ca_files=("ca.pem",), client_certificate_file="own.pem", client_key_password=b"hidden"
)


def configure(world: Any, slot: int, url: str = "ws://csms/ocpp", profile: int = 0) -> None:
    def work() -> None:
        setting = world.ctx.variables.set
        setting(NetworkConfiguration.ocpp_csms_url, url, instance=str(slot))
        setting(NetworkConfiguration.security_profile, profile, instance=str(slot))

    world.do(work)


def prefer(world: Any, *slots: str) -> None:
    world.do(world.ctx.variables.set, OCPPCommCtrlr.network_configuration_priority, slots)


def build(world: Any) -> Network:
    world.ctx.tls = TLS
    network = world.station.network = Network(world.ctx)
    return network


def boot(world: Any, network: Network) -> None:
    world.publish(StationBooted(BootReason.PowerUp))
    world.do(network.resume, Cause.BOOT)


@pytest.fixture
def network(world: Any) -> Network:
    configure(world, 1)
    network = build(world)
    boot(world, network)
    return network


def accept(world: Any, slot: int = 1) -> None:
    world.connect(slot)
    world.publish(CameOnline(None))


def test_a_profile_is_dialled_as_the_variables_say(world: Any, network: Network) -> None:
    world.do(world.ctx.variables.set, OCPPCommCtrlr.web_socket_ping_interval, 17)

    (profile,) = network.profiles()

    request = profile.request
    assert (profile.slot, request.url, request.identity) == (1, "ws://csms/ocpp", "CP 1")
    assert request.subprotocols == ("ocpp2.0.1", "ocpp1.6")
    assert (request.password, request.tls) == (None, None)
    assert (request.ping_interval_s, request.pong_timeout_s) == (17, 5)


def test_a_new_ping_interval_counts_at_once(world: Any, network: Network) -> None:
    """The CSMS is told Accepted, not RebootRequired."""
    world.connect(1)
    world.orders.clear()

    world.do(world.ctx.variables.set, OCPPCommCtrlr.web_socket_ping_interval, 17)
    world.do(world.ctx.variables.set, InternalCtrlr.web_socket_pong_timeout, 3)

    assert world.orders == [("keep_alive", 17, 5), ("keep_alive", 17, 3)]


def test_profiles_come_in_the_order_of_their_priority(world: Any, network: Network) -> None:
    """B10.FR.03."""
    configure(world, 2, "ws://other")
    prefer(world, "2", "1")

    boot(world, network)

    assert [profile.slot for profile in network.profiles()] == [2, 1]


def test_a_profile_bound_to_a_version_offers_only_that(world: Any, network: Network) -> None:
    world.do(world.ctx.variables.set, NetworkConfiguration.ocpp_version, "OCPP16", instance="1")
    boot(world, network)

    assert network.profiles()[0].request.subprotocols == ("ocpp1.6",)


@pytest.mark.parametrize(("profile", "url"), [(1, "ws://csms"), (2, "wss://csms")])
def test_profiles_1_and_2_authenticate_with_the_password(
    world: Any, network: Network, profile: int, url: str
) -> None:
    world.do(world.ctx.variables.set, SecurityCtrlr.basic_auth_password, PASSWORD)
    configure(world, 1, url, profile)
    boot(world, network)

    request = network.profiles()[0].request

    assert request.password == PASSWORD.encode()
    assert PASSWORD not in repr(network.profiles())


def test_the_password_of_the_slot_wins(world: Any, network: Network) -> None:
    def work() -> None:
        setting = world.ctx.variables.set
        setting(SecurityCtrlr.basic_auth_password, "x" * 16)
        setting(NetworkConfiguration.basic_auth_password, PASSWORD, instance="1")

    world.do(work)
    configure(world, 1, profile=1)
    boot(world, network)

    assert network.profiles()[0].request.password == PASSWORD.encode()


def test_profile_2_checks_the_csms_and_shows_no_certificate(world: Any, network: Network) -> None:
    world.do(world.ctx.variables.set, SecurityCtrlr.basic_auth_password, PASSWORD)
    world.do(world.ctx.variables.set, InternalCtrlr.use_ssl_default_verify_paths, False)
    configure(world, 1, "wss://csms", 2)
    boot(world, network)

    assert network.profiles()[0].request.tls == TlsSettings(
        ca_files=("ca.pem",), default_ca_paths=False
    )


def test_profile_3_shows_its_certificate_and_no_password(world: Any, network: Network) -> None:
    configure(world, 1, "wss://csms", 3)
    boot(world, network)

    request = network.profiles()[0].request

    assert request.tls == TLS
    assert request.password is None


@pytest.mark.parametrize("url", ["ws://csms/a", "csms/a"])
def test_profiles_2_and_3_never_leave_tls_out(world: Any, network: Network, url: str) -> None:
    configure(world, 1, url, 3)
    boot(world, network)

    assert network.profiles()[0].request.url == "wss://csms/a"


def test_a_url_without_a_scheme_is_completed(world: Any, network: Network) -> None:
    configure(world, 1, "csms:8180/a")
    boot(world, network)

    assert network.profiles()[0].request.url == "ws://csms:8180/a"


def test_the_variables_may_give_the_station_another_identity(world: Any, network: Network) -> None:
    world.do(world.ctx.variables.set, SecurityCtrlr.identity, "CP 2")
    boot(world, network)
    assert network.profiles()[0].request.identity == "CP 2"

    world.do(world.ctx.variables.set, NetworkConfiguration.identity, "CP 3", instance="1")
    boot(world, network)
    assert network.profiles()[0].request.identity == "CP 3"


def _no_identity(world: Any, network: Network) -> None:
    world.ctx.station_id = ""


def _no_password(world: Any, network: Network) -> None:
    configure(world, 1, profile=1)


def _no_certificate(world: Any, network: Network) -> None:
    configure(world, 1, "wss://csms", 3)
    world.ctx.tls = TlsSettings()


def _zero_forbidden(world: Any, network: Network) -> None:
    world.do(world.ctx.variables.set, InternalCtrlr.allow_security_level_zero_connections, False)


def _other_version(world: Any, network: Network) -> None:
    world.do(world.ctx.variables.set, NetworkConfiguration.ocpp_version, "OCPP21", instance="1")


def _no_url(world: Any, network: Network) -> None:
    configure(world, 1, "")


@pytest.mark.parametrize(
    "spoil", [_no_identity, _no_password, _no_certificate, _zero_forbidden, _other_version, _no_url]
)
def test_a_profile_that_cannot_be_dialled_is_left_out_and_said_once(
    world: Any, network: Network, spoil: Any, caplog: pytest.LogCaptureFixture
) -> None:
    spoil(world, network)
    boot(world, network)

    assert list(network.profiles()) == []
    assert list(network.profiles()) == []
    assert len([record for record in caplog.records if "not usable" in record.message]) == 1


def test_a_change_comes_into_force_with_the_next_start(world: Any, network: Network) -> None:
    """B09: not before a reboot, even if the profile is the active one."""
    configure(world, 1, "ws://new")
    configure(world, 2, "ws://two")
    prefer(world, "2", "1")
    assert [profile.request.url for profile in network.profiles()] == ["ws://csms/ocpp"]

    boot(world, network)

    assert [profile.request.url for profile in network.profiles()] == ["ws://two", "ws://new"]


def test_what_is_in_force_survives_an_internal_error(world: Any, network: Network) -> None:
    configure(world, 1, "ws://new")

    again = world.restarted()
    rebuilt = Network(again.ctx)

    assert rebuilt.profiles()[0].request.url == "ws://csms/ocpp"


def test_the_last_good_profile_is_tried_first_after_a_restart(world: Any, network: Network) -> None:
    """B10.FR.07."""
    configure(world, 2, "ws://two")
    prefer(world, "1", "2")
    boot(world, network)
    assert network.preferred_slot() is None
    accept(world, slot=2)

    again = world.restarted()
    reloaded = Network(again.ctx)
    boot(again, reloaded)

    assert reloaded.preferred_slot() == 2


def test_after_a_change_the_first_profile_is_tried_first(world: Any, network: Network) -> None:
    """B10.FR.04, A05.FR.05."""
    accept(world, slot=1)
    configure(world, 2, "ws://two")
    prefer(world, "2", "1")

    boot(world, network)

    assert network.preferred_slot() is None
    assert network.fallback_slot() == 1  # B10.FR.07: where to go if that does not work


def test_a_profile_that_is_not_listed_any_more_is_nothing_to_fall_back_to(
    world: Any, network: Network
) -> None:
    accept(world, slot=1)
    configure(world, 2, "ws://two")
    prefer(world, "2")

    boot(world, network)

    assert network.fallback_slot() is None


def test_the_back_off_is_read_at_each_use_and_has_a_floor(world: Any, network: Network) -> None:
    assert network.backoff().wait_minimum_s == 3
    world.do(world.ctx.variables.set, OCPPCommCtrlr.retry_back_off_wait_minimum, 0)
    world.do(world.ctx.variables.set, OCPPCommCtrlr.retry_back_off_random_range, 7)
    world.do(world.ctx.variables.set, OCPPCommCtrlr.retry_back_off_repeat_times, 9)

    back_off = network.backoff()

    assert (back_off.wait_minimum_s, back_off.random_range_s, back_off.repeat_times) == (1, 7, 9)
    assert network.attempts() == 3


def test_is_connected_is_false_at_the_start_and_told_on_each_change(
    world: Any, network: Network
) -> None:
    assert world.values_of("is_connected") == [False]

    world.lose_link("Refused", was_open=False)
    assert world.values_of("is_connected") == [False]
    world.connect()
    world.lose_link()
    world.lose_link("Refused", was_open=False)

    assert world.values_of("is_connected") == [False, True, False]


def test_connection_status_tells_what_the_link_is(world: Any, network: Network) -> None:
    configure(world, 1, "ws://user:secret@csms/ocpp")
    boot(world, network)

    world.connect(subprotocol="ocpp1.6")
    world.lose_link()

    status = ConnectionStatus(
        connected=True,
        csms_url="ws://csms/ocpp",
        identity="CP 1",
        security_profile=0,
        configuration_slot=1,
        ocpp_interface="Wired0",
        ocpp_transport="JSON",
        ocpp_version="ocpp1.6",
    )
    assert world.values_of("connection_status") == [status, ConnectionStatus(connected=False)]


def test_the_active_profile_is_the_one_on_which_the_station_is_accepted(
    world: Any, network: Network
) -> None:
    configure(world, 2, "ws://two")
    prefer(world, "2", "1")
    boot(world, network)

    world.connect(slot=2)
    assert world.ctx.variables.get(OCPPCommCtrlr.active_network_profile) == 1
    world.publish(CameOnline(None))

    assert world.ctx.variables.get(OCPPCommCtrlr.active_network_profile) == 2


@pytest.mark.parametrize(
    ("reason", "event"),
    [
        (CloseReason.UNAUTHORIZED, "FailedToAuthenticateAtCsms"),
        (CloseReason.TLS_CERTIFICATE, "InvalidCsmsCertificate"),
        (CloseReason.TLS_VERSION, "InvalidTLSVersion"),
        (CloseReason.TLS_CIPHER, "InvalidTLSCipherSuite"),
    ],
)
def test_a_refusal_for_security_is_an_event_once_per_outage(
    world: Any, network: Network, reason: CloseReason, event: str
) -> None:
    world.lose_link(reason, was_open=False)
    world.lose_link(reason, was_open=False)
    assert world.security.types == [event]

    world.connect()
    world.lose_link()
    world.lose_link(reason, was_open=False)

    assert world.security.types == [event, event]


def test_an_ordinary_loss_is_no_security_event(world: Any, network: Network) -> None:
    world.connect()
    world.lose_link(CloseReason.PING_TIMEOUT)

    assert world.security.types == []


def test_a_higher_security_profile_that_works_removes_the_lower_ones(
    world: Any, network: Network
) -> None:
    """A05.FR.06."""
    accept(world, slot=1)
    configure(world, 2, "wss://csms", 3)
    prefer(world, "2", "1")
    boot(world, network)

    accept(world, slot=2)

    variables = world.ctx.variables
    assert variables.get(SecurityCtrlr.security_profile) == 3
    assert variables.get(NetworkConfiguration.ocpp_csms_url, instance="1") == ""
    assert variables.get(OCPPCommCtrlr.network_configuration_priority) == ("2",)
    assert [profile.slot for profile in network.profiles()] == [2]
    assert "ReconfigurationOfSecurityParameters" in world.security.types
    boot(world, network)
    assert network.preferred_slot() == 2


def test_the_message_timeout_of_the_active_profile_counts_if_somebody_set_it(
    world: Any, network: Network
) -> None:
    world.connect()
    assert network.message_timeout_s() is None

    world.do(world.ctx.variables.set, NetworkConfiguration.message_timeout, 12, instance="1")
    boot(world, network)

    assert network.message_timeout_s() == 12


def test_the_settings_of_tls_hide_the_key_password() -> None:
    assert "hidden" not in repr(evolve(TLS, verify_hostname=False))
