from __future__ import annotations

import pytest

from ocpp_iface.devicemodel.catalog import (
    InternalCtrlr,
    NetworkConfiguration,
    OCPPCommCtrlr,
    SecurityCtrlr,
)
from ocpp_iface.devicemodel.connection_rules import (
    Credentials,
    check_network_profile,
    check_priority,
    check_write,
    default_credentials,
    identity_of,
    password_bytes,
    password_of,
    slot_in_use,
)
from ocpp_iface.devicemodel.instances import Located, Place

ROOT = Credentials(csms_root=True)
NONE = Credentials(csms_root=False)
FULL = Credentials(csms_root=True, client_certificate=True)


@pytest.mark.parametrize(
    ("profile", "credentials", "reason"),
    [
        (("2", "ws://csms:9000/ocpp", 0), NONE, None),
        (("2", "ws://csms", 1), NONE, None),
        (("2", "wss://csms", 2), ROOT, None),
        (("2", "wss://csms", 3), FULL, None),
        (("9", "ws://csms", 0), ROOT, "InvalidConfSlot"),
        (("2", "http://csms", 0), ROOT, "InvalidURL"),
        (("2", "", 0), ROOT, "InvalidURL"),
        (("2", "ws://", 0), ROOT, "InvalidURL"),
        (("2", "ws://user:password@csms/ocpp", 1), ROOT, "InvalidURL"),
        (("2", "ws://csms:65536", 0), ROOT, "InvalidURL"),
        (("2", "ws://csms:0/ocpp", 0), ROOT, "InvalidURL"),
        (("2", "ws://[::1", 0), ROOT, "InvalidURL"),
        (("2", "ws://[2001:db8::1]:9000/ocpp?x=a@b:1", 0), NONE, None),
        (("2", "ws://csms", 2), ROOT, "InvalidNetworkConf"),
        (("2", "wss://csms", 1), ROOT, "InvalidNetworkConf"),
        (("2", "wss://csms", 3), NONE, None),
        (("1", "wss://csms", 2), NONE, "InvalidNetworkConf"),
        (("1", "wss://csms", 3), ROOT, "InvalidNetworkConf"),
    ],
)
def test_a_network_profile_is_checked_before_it_is_installed(bench, profile, credentials, reason):
    """B09.FR.02, B09.FR.05."""
    bench.variables.set(SecurityCtrlr.basic_auth_password, "0123456789abcdef")

    refusal = check_network_profile(bench.variables, *profile, credentials)

    assert (refusal and refusal.reason_code) == reason


def test_a_profile_with_basic_auth_needs_a_password(bench):
    refusal = check_network_profile(bench.variables, "1", "ws://csms", 1, ROOT)

    assert refusal.reason_code == "InvalidNetworkConf"


@pytest.mark.parametrize(("level", "credentials"), [(1, ROOT), (2, NONE), (3, ROOT)])
def test_what_a_profile_needs_has_to_be_there_when_its_slot_is_used(bench, level, credentials):
    """A05.FR.02, A05.FR.03."""
    url = "ws://csms" if level == 1 else "wss://csms"
    if level == 2:
        bench.variables.set(SecurityCtrlr.basic_auth_password, "0123456789abcdef")
    bench.variables.set(NetworkConfiguration.ocpp_csms_url, url, instance="2")
    bench.variables.set(NetworkConfiguration.security_profile, level, instance="2")

    installed = check_network_profile(bench.variables, "2", url, level, credentials)
    used = check_priority(bench.variables, ("2",), credentials)

    assert installed is None
    assert used.reason_code == "InvalidNetworkConf"


@pytest.mark.parametrize(
    ("version", "zero_allowed", "reason"),
    [
        (None, True, None),
        ("OCPP20", True, None),
        ("OCPP16", True, None),
        ("OCPP21", True, "InvalidNetworkConf"),
        (None, False, "InvalidNetworkConf"),
    ],
)
def test_a_slot_that_the_station_would_not_dial_gets_no_priority(
    bench, version, zero_allowed, reason
):
    """B10.FR.02: after the next start nobody could reach the station any more."""
    bench.variables.set(InternalCtrlr.supported_ocpp_versions, ("ocpp2.0.1", "ocpp1.6"))
    bench.variables.set(InternalCtrlr.allow_security_level_zero_connections, zero_allowed)
    bench.variables.set(NetworkConfiguration.ocpp_csms_url, "ws://csms", instance="2")
    if version is not None:
        bench.variables.set(NetworkConfiguration.ocpp_version, version, instance="2")

    refusal = check_priority(bench.variables, ("2",), ROOT)

    assert (refusal and refusal.reason_code) == reason


def test_a_lower_security_profile_than_the_present_one_is_refused(bench):
    """B09.FR.04, A05."""
    bench.variables.set(SecurityCtrlr.security_profile, 2)
    bench.variables.set(NetworkConfiguration.ocpp_csms_url, "ws://csms", instance="2")

    profile = Located(NetworkConfiguration.security_profile, Place(instance="2"))
    refusals = [
        check_network_profile(bench.variables, "2", "ws://csms", 1, ROOT),
        check_priority(bench.variables, ("2",), ROOT),
        check_write(bench.variables, profile, "1", ROOT, by_address_of_csms=True),
        check_write(
            bench.variables,
            Located(NetworkConfiguration.security_profile, Place(instance="1")),
            "1",
            ROOT,
            by_address_of_csms=False,
        ),
    ]

    assert [refusal.reason_code for refusal in refusals] == ["NoSecurityDowngrade"] * 4


@pytest.mark.parametrize(
    ("definition", "text", "reason"),
    [
        (NetworkConfiguration.ocpp_csms_url, "ws://csms/x?y=1", None),
        (NetworkConfiguration.ocpp_csms_url, "", None),
        (NetworkConfiguration.ocpp_csms_url, "ftp://csms", "InvalidURL"),
        (NetworkConfiguration.ocpp_csms_url, "ws://user:password@csms", "InvalidURL"),
        (NetworkConfiguration.identity, "CP-001", None),
        (NetworkConfiguration.identity, "a:b", "InvalidValue"),
        (NetworkConfiguration.basic_auth_password, "0123456789:abcdef", None),
        (NetworkConfiguration.basic_auth_password, "tab\tin the middle", "InvalidValue"),
        (NetworkConfiguration.apn, "anything", None),
    ],
)
def test_each_connection_setting_has_its_form(bench, definition, text, reason):
    located = Located(definition, Place(instance="2"))

    refusal = check_write(bench.variables, located, text, ROOT, by_address_of_csms=True)

    assert (refusal and refusal.reason_code) == reason


def test_a_slot_without_its_own_identity_and_password_uses_those_of_the_station(bench):
    bench.variables.set(SecurityCtrlr.identity, "STATION")
    bench.variables.set(SecurityCtrlr.basic_auth_password, "station-password")
    bench.variables.set(NetworkConfiguration.identity, "SLOT", instance="2")
    bench.variables.set(NetworkConfiguration.basic_auth_password, "slot-password", instance="2")

    assert [identity_of(bench.variables, slot) for slot in ("1", "2")] == ["STATION", "SLOT"]
    assert [password_of(bench.variables, slot) for slot in ("1", "2")] == [
        "station-password",
        "slot-password",
    ]


def test_a_slot_is_in_use_if_it_is_active_or_in_the_priority(bench):
    bench.variables.set(OCPPCommCtrlr.active_network_profile, 2)

    assert slot_in_use(bench.variables, "1")
    assert slot_in_use(bench.variables, "2")
    assert not slot_in_use(bench.variables, "3")


def test_the_roots_of_the_system_count_as_csms_roots(bench):
    assert default_credentials(bench.variables)() == Credentials(csms_root=True)


@pytest.mark.parametrize(
    ("password", "sent"),
    [
        ("plain-password-01", b"plain-password-01"),
        ("hex:00ff10", b"\x00\xff\x10"),
        ("hex:no digits at all", b"hex:no digits at all"),
    ],
)
def test_a_password_that_is_no_text_is_kept_in_digits(password, sent):
    assert password_bytes(password) == sent
