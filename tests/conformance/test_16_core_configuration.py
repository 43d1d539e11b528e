"""Core of 1.6: configuration keys, and vendor data."""

from __future__ import annotations

import pytest
from steps16 import configure, value_of

READ, WRITE, EITHER = {True}, {False}, {True, False}
CORE_KEYS = {
    "AuthorizeRemoteTxRequests": EITHER,
    "ClockAlignedDataInterval": WRITE,
    "ConnectionTimeOut": WRITE,
    "ConnectorPhaseRotation": WRITE,
    "GetConfigurationMaxKeys": READ,
    "HeartbeatInterval": WRITE,
    "LocalAuthorizeOffline": WRITE,
    "LocalPreAuthorize": WRITE,
    "MeterValuesAlignedData": WRITE,
    "MeterValuesSampledData": WRITE,
    "MeterValueSampleInterval": WRITE,
    "NumberOfConnectors": READ,
    "ResetRetries": WRITE,
    "StopTransactionOnInvalidId": WRITE,
    "StopTxnAlignedData": WRITE,
    "StopTxnSampledData": WRITE,
    "SupportedFeatureProfiles": READ,
    "TransactionMessageAttempts": WRITE,
    "TransactionMessageRetryInterval": WRITE,
    "UnlockConnectorOnEVSideDisconnect": EITHER,
}
"""Whether `readonly` may be true, false, or either."""
PROFILE_KEYS = {
    "LocalAuthListManagement": {
        "LocalAuthListEnabled": WRITE,
        "LocalAuthListMaxLength": READ,
        "SendLocalListMaxLength": READ,
    },
    "SmartCharging": {
        "ChargeProfileMaxStackLevel": READ,
        "ChargingScheduleAllowedChargingRateUnit": READ,
        "ChargingScheduleMaxPeriods": READ,
        "MaxChargingProfilesInstalled": READ,
    },
}


@pytest.mark.parametrize("most", [None, 7])
def test_tc_019_cs(make_bench, most):
    """`most`: GetConfigurationMaxKeys."""
    variables = {} if most is None else {"GetConfigurationMaxKeys": most}
    bench = make_bench("1.6", variables=variables)

    one = bench.call("GetConfiguration", key=["SupportedFeatureProfiles"])
    everything = bench.call("GetConfiguration")
    limit = int(value_of(bench, "GetConfigurationMaxKeys"))
    shown = {each["key"]: each for each in everything["configurationKey"]}
    wanted = list(shown)[:limit]
    some = bench.call("GetConfiguration", key=wanted)

    assert not one.get("unknownKey")
    (profiles,) = one["configurationKey"]
    assert profiles["key"] == "SupportedFeatureProfiles"
    words = profiles["value"].split(",")
    assert "Core" in words
    required = dict(CORE_KEYS)
    for word in words:
        required |= PROFILE_KEYS.get(word, {})
    for key, readonly in required.items():
        assert shown[key]["readonly"] in readonly, key
        assert "value" in shown[key]
    assert len(shown) == len(everything["configurationKey"])
    assert not everything.get("unknownKey")
    assert shown["NumberOfConnectors"]["value"] == "2"
    assert not some.get("unknownKey")
    assert [each["key"] for each in some["configurationKey"]] == wanted
    assert most is None or limit == most
    bench.quiet(5)


@pytest.mark.parametrize("seconds", ["45", "0"])
def test_tc_021_cs(bench16, seconds):
    bench = bench16
    configure(bench, MeterValueSampleInterval=10)

    answer = bench.call("ChangeConfiguration", key="MeterValueSampleInterval", value=seconds)

    assert answer == {"status": "Accepted"}
    assert value_of(bench, "MeterValueSampleInterval") == seconds
    bench.quiet(5)


def test_tc_040_1_cs(bench16):
    answer = bench16.call("ChangeConfiguration", key="Testing", value="true")

    assert answer == {"status": "NotSupported"}
    bench16.quiet(5)


def test_tc_040_2_cs(bench16):
    bench = bench16
    before = value_of(bench, "MeterValueSampleInterval")

    answer = bench.call("ChangeConfiguration", key="MeterValueSampleInterval", value="-1")

    assert answer == {"status": "Rejected"}
    assert value_of(bench, "MeterValueSampleInterval") == before
    bench.quiet(5)


@pytest.mark.parametrize("message", [{}, {"messageId": "m", "data": "d"}])
def test_tc_062_cs(bench16, message):
    answer = bench16.call("DataTransfer", vendorId="org.nobody.knows", **message)

    assert answer["status"] in {"Rejected", "UnknownMessageId", "UnknownVendorId"}
    bench16.quiet(5)
