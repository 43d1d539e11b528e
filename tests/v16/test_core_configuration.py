"""GetConfiguration and ChangeConfiguration (5.3, 5.8)."""

import pytest

from ocpp_iface.sim.csms_script import CsmsCallError

READ_ONLY = ["NumberOfConnectors", "SupportedFeatureProfiles", "GetConfigurationMaxKeys"]
READ_WRITE = [
    "ClockAlignedDataInterval",
    "ConnectionTimeOut",
    "ConnectorPhaseRotation",
    "HeartbeatInterval",
    "LocalAuthorizeOffline",
    "LocalPreAuthorize",
    "MeterValuesAlignedData",
    "MeterValuesSampledData",
    "MeterValueSampleInterval",
    "ResetRetries",
    "StopTransactionOnInvalidId",
    "StopTxnAlignedData",
    "StopTxnSampledData",
    "TransactionMessageAttempts",
    "TransactionMessageRetryInterval",
    "UnlockConnectorOnEVSideDisconnect",
]


def get(bench, *keys):
    return bench.csms.call("GetConfiguration", {"key": list(keys)} if keys else None)


def test_all_required_keys_are_there_with_their_accessibility(bench):
    """TC_019"""
    known = {each["key"]: each for each in get(bench)["configurationKey"]}

    for key in READ_ONLY:
        assert known[key]["readonly"] is True
    for key in READ_WRITE:
        assert known[key]["readonly"] is False
    assert known["NumberOfConnectors"]["value"] == "1"


def test_known_and_unknown_keys_are_told_apart_whatever_the_case(bench):
    answer = get(bench, "heartbeatINTERVAL", "NoSuchKey")

    (known,) = answer["configurationKey"]
    assert known["key"] == "HeartbeatInterval"
    assert answer["unknownKey"] == ["NoSuchKey"]


def test_only_known_keys_means_no_unknown_ones(bench):
    assert "unknownKey" not in get(bench, "SupportedFeatureProfiles")


def test_too_many_keys_are_refused(make_bench):
    bench = make_bench(variables={"GetConfigurationMaxKeys": "2"}).booted()

    with pytest.raises(CsmsCallError) as refusal:
        get(bench, "A", "B", "C")
    assert refusal.value.code == "OccurenceConstraintViolation"
    assert len(get(bench, "A", "B")["unknownKey"]) == 2


def test_the_password_is_never_shown(make_bench):
    bench = make_bench(password="secret-secret-secret").booted()

    (shown,) = get(bench, "AuthorizationKey")["configurationKey"]

    assert shown == {"key": "AuthorizationKey", "readonly": False}
    assert "secret-secret" not in str(bench.csms.log)


def test_a_change_is_in_force_at_once(bench):
    """TC_021"""
    bench.configure("MeterValueSampleInterval", "77")

    (shown,) = get(bench, "MeterValueSampleInterval")["configurationKey"]
    assert shown["value"] == "77"


@pytest.mark.parametrize(
    ("key", "value", "status"),
    [
        ("Testing", "true", "NotSupported"),
        ("MeterValueSampleInterval", "-1", "Rejected"),
        ("MeterValueSampleInterval", "soon", "Rejected"),
        ("NumberOfConnectors", "2", "Rejected"),
        ("LocalPreAuthorize", "perhaps", "Rejected"),
        ("MeterValuesSampledData", "Nonsense", "Rejected"),
        ("meterVALUEsampleinterval", "10", "Accepted"),
        ("SecurityProfile", "2", "Rejected"),
    ],
)
def test_statuses_of_changes(bench, key, value, status):
    """TC_040_1, TC_040_2"""
    assert bench.csms.call("ChangeConfiguration", {"key": key, "value": value}) == {
        "status": status
    }


@pytest.mark.parametrize(
    "key",
    ["LocalAuthListEnabled", "ReserveConnectorZeroSupported", "ISO15118PnCEnabled", "TimeOffset"],
)
@pytest.mark.parametrize("value", ["true", "false", "+01:00"])
def test_a_key_of_a_function_that_is_not_there_is_not_supported(bench, key, value):
    """5.3, 5.8, 9: a key tells that its function is there."""
    answer = bench.csms.call("ChangeConfiguration", {"key": key, "value": value})

    assert answer == {"status": "NotSupported"}
    assert get(bench, key) == {"unknownKey": [key]}


@pytest.mark.parametrize(
    "key",
    [
        "MeterValuesAlignedData",
        "MeterValuesSampledData",
        "StopTxnAlignedData",
        "StopTxnSampledData",
    ],
)
@pytest.mark.parametrize("measurand", ["Energy.Active.Net", "Energy.Apparent.Net.L1"])
def test_a_measurand_that_1_6_has_not_is_rejected_and_changes_nothing(bench, key, measurand):
    """3.16.4"""
    bench.configure(key, "Voltage.L1-N,SoC")
    for value in (measurand, f"Voltage,{measurand}"):
        answer = bench.csms.call("ChangeConfiguration", {"key": key, "value": value})
        assert answer == {"status": "Rejected"}

    (shown,) = get(bench, key)["configurationKey"]
    assert shown["value"] == "Voltage.L1-N,SoC"


@pytest.mark.parametrize("level", ["0", "1"])
def test_the_security_profile_that_is_in_use_already_is_rejected(make_bench, level):
    """Whitepaper A05.FR.01: a lower or equal value."""
    options = {"password": "secret-secret-secret"} if level == "1" else {}
    bench = make_bench(security_profile=int(level), **options).booted()
    bench.csms.mark()
    for value in {"0", level}:
        request = {"key": "SecurityProfile", "value": value}
        assert bench.csms.call("ChangeConfiguration", request) == {"status": "Rejected"}

    bench.world.run_for(60)
    assert bench.csms.connected()
    assert bench.actions().count("BootNotification") == 1
    (shown,) = get(bench, "SecurityProfile")["configurationKey"]
    assert shown["value"] == level


@pytest.mark.parametrize(
    ("value", "status"),
    [
        ("0.RST,1.RST,2.RTS", "Accepted"),
        ("0.RST, 1.NotApplicable, 2.Unknown", "Accepted"),
        ("1.TSR", "Accepted"),
        ("Unknown", "Accepted"),
        ("", "Accepted"),
        ("1.ABC", "Rejected"),
        ("3.RST", "Rejected"),
        ("1.RST,1.RTS", "Rejected"),
        ("RST", "Rejected"),
        ("1.RST,", "Rejected"),
        ("-1.RST", "Rejected"),
        ("1.rst", "Rejected"),
    ],
)
def test_a_phase_rotation_is_one_of_six_for_a_connector_that_there_is(make_bench, value, status):
    """9.1.7, 5.3"""
    bench = make_bench(connectors=(1, 1)).booted()
    request = {"key": "ConnectorPhaseRotation", "value": value}

    assert bench.csms.call("ChangeConfiguration", request) == {"status": status}


def test_changes_survive_a_power_cut(bench):
    bench.configure("ConnectionTimeOut", "99")
    bench.station.kill()
    bench.station.boot()
    bench.csms.expect("BootNotification")
    bench.world.settle()

    (shown,) = get(bench, "ConnectionTimeOut")["configurationKey"]
    assert shown["value"] == "99"


def test_a_new_heartbeat_interval_counts_at_once(bench):
    bench.configure("HeartbeatInterval", "20")
    first = bench.csms.expect("Heartbeat", timeout_s=30)
    second = bench.csms.expect("Heartbeat", timeout_s=30)

    assert second.at - first.at == pytest.approx(20, abs=0.5)


def test_the_station_reconnects_with_a_new_password_after_the_answer(make_bench):
    """TC_073"""
    bench = make_bench(password="old-password-0123").booted()
    bench.csms.passwords["cs1"] = b"new-password-0123"

    bench.configure("AuthorizationKey", "new-password-0123")
    bench.world.run_until(lambda: not bench.csms.connected(), 30)
    bench.world.run_until(bench.csms.connected, 120)

    assert len(bench.csms.received("BootNotification")) == 1


def test_a_password_in_hexadecimal_digits_stands_for_its_bytes(make_bench):
    """TC_073"""
    bench = make_bench(password="old-password-0123").booted()
    bench.csms.passwords["cs1"] = b"OCA_OCTT_admin_test"

    bench.configure("AuthorizationKey", "4F43415F4F4354545F61646D696E5F74657374")
    bench.world.run_until(lambda: not bench.csms.connected(), 30)
    bench.world.run_until(bench.csms.connected, 120)


def test_a_password_that_is_too_short_changes_nothing(make_bench):
    bench = make_bench(password="old-password-0123").booted()

    answer = bench.csms.call("ChangeConfiguration", {"key": "AuthorizationKey", "value": "abc123"})

    assert answer == {"status": "Rejected"}
    bench.world.run_for(10)
    assert bench.csms.connected()
