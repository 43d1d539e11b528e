from __future__ import annotations

import json

import pytest

from ocpp_iface.devicemodel.catalog import (
    AuthCtrlr,
    InternalCtrlr,
    NetworkConfiguration,
    OCPPCommCtrlr,
    SampledDataCtrlr,
    SmartChargingCtrlr,
    TxCtrlr,
)
from ocpp_iface.devicemodel.loader import (
    from_libocpp16,
    from_tables,
    merge,
    read_component_directory,
    read_json,
    read_libocpp16,
)
from ocpp_iface.errors import ConfigurationError
from ocpp_iface.ports.topology import Topology

LIBOCPP = {
    "Internal": {
        "ChargePointId": "cp001",
        "CentralSystemURI": "127.0.0.1:8180/steve/",
        "ChargePointModel": "Yeti",
        "SupportedCiphers13": ["TLS_AES_256_GCM_SHA384", "TLS_NEW"],
        "SupportedMeasurands": "Energy.Active.Import.Register,Voltage",
        "SupplyVoltage": 231.5,
        "SomethingNew": 7,
    },
    "Core": {
        "HeartbeatInterval": 900,
        "LocalPreAuthorize": False,
        "NumberOfConnectors": 2,
        "SupportedFeatureProfiles": "Core,Reservation",
        "MeterValuesSampledData": "Voltage",
        "MeterValuesSampledDataMaxLength": 1,
        "websocketpinginterval": 0,
        "BlinkRepeat": None,
    },
    "SmartCharging": {
        "ChargingScheduleAllowedChargingRateUnit": "Current",
        "MaxChargingProfilesInstalled": 42,
    },
    "Security": {"SecurityProfile": 1, "AuthorizationKey": "DEADBEEFDEADBEEF"},
    "CostAndPrice": {"DefaultPrice": {"priceText": "10 €"}, "NumberOfDecimals": 4},
    "Custom": {"Greeting": "hello", "Count": 3, "Share": 0.5, "Loud": True},
}


def station(make, imported):
    topology = imported.topology or Topology()
    return make(imported.configured, topology.connectors, imported.slots)


def test_a_libocpp_configuration_fills_the_variables(make):
    imported = from_libocpp16(LIBOCPP)
    bench = station(make, imported)
    get = bench.variables.get

    assert imported.topology == Topology((1, 1))
    assert get(OCPPCommCtrlr.heartbeat_interval) == 900
    assert get(OCPPCommCtrlr.web_socket_ping_interval) == 0
    assert get(AuthCtrlr.local_pre_authorize) is False
    assert get(InternalCtrlr.charge_point_model) == "Yeti"
    assert get(NetworkConfiguration.identity, instance="1") == "cp001"
    assert get(NetworkConfiguration.ocpp_csms_url, instance="1") == "ws://127.0.0.1:8180/steve/"
    assert get(NetworkConfiguration.basic_auth_password, instance="1") == "DEADBEEFDEADBEEF"
    assert get(SmartChargingCtrlr.supply_voltage) == 231.5
    assert get(SmartChargingCtrlr.rate_unit) == ("A",)
    assert get(InternalCtrlr.supported_ciphers_13) == ("TLS_AES_256_GCM_SHA384", "TLS_NEW")
    assert get(SampledDataCtrlr.tx_updated_measurands) == ("Voltage",)


def test_limits_and_choices_of_the_configuration_count(make):
    bench = station(make, from_libocpp16(LIBOCPP))

    assert bench.access.get_key("MaxChargingProfilesInstalled").value == "42"
    assert bench.access.get_key("MeterValuesSampledDataMaxLength").value == "1"
    assert bench.access.change_key("MeterValuesSampledData", "SoC") == "Rejected"
    assert bench.access.change_key("StopTxnSampledData", "Voltage") == "Accepted"
    voltage_and_energy = "Voltage,Energy.Active.Import.Register"
    assert bench.access.change_key("MeterValuesSampledData", voltage_and_energy) == "Rejected"


def test_custom_keys_have_the_type_of_their_value(make):
    bench = station(make, from_libocpp16(LIBOCPP))

    values = [bench.access.get_key(key).value for key in ("greeting", "Count", "Share", "Loud")]
    assert values == ["hello", "3", "0.5", "true"]
    assert bench.access.change_key("Count", "many") == "Rejected"
    assert bench.access.change_key("Count", "4") == "Accepted"


def test_what_the_station_knows_better_is_not_taken_from_the_configuration(make):
    bench = station(make, from_libocpp16(LIBOCPP))

    assert bench.access.get_key("NumberOfConnectors").value == "2"
    assert "Reservation" not in bench.access.get_key("SupportedFeatureProfiles").value


def test_what_is_not_known_is_set_aside_and_named():
    document = {**LIBOCPP, "Mystery": {"A": 1}, "$schema": "x"}

    assert from_libocpp16(document).configured.ignored == ("Internal.SomethingNew", "Mystery")


def test_the_user_file_overlays_key_by_key(make):
    user = {"Core": {"HeartbeatInterval": 60}, "Custom": {"Greeting": "hi"}}
    bench = station(make, from_libocpp16(LIBOCPP, user=user))

    assert bench.variables.get(OCPPCommCtrlr.heartbeat_interval) == 60
    assert bench.access.get_key("Greeting").value == "hi"
    assert bench.access.get_key("Count").value == "3"


def test_a_profile_with_tls_makes_the_url_wss(make):
    document = {
        "Internal": {"CentralSystemURI": "csms.example/ocpp"},
        "Security": {"SecurityProfile": 2},
    }
    bench = station(make, from_libocpp16(document, slot=3))

    url = bench.variables.get(NetworkConfiguration.ocpp_csms_url, instance="3")
    assert url == "wss://csms.example/ocpp"


@pytest.mark.parametrize(
    ("document", "path", "reason"),
    [
        ([], "", "not an object"),
        ({"Core": 5}, "Core", "not an object"),
        ({"Core": {"HeartbeatInterval": True}}, "Core.HeartbeatInterval", "not an integer"),
        ({"Core": {"HeartbeatInterval": -1}}, "Core.HeartbeatInterval", "less than 1"),
        ({"Core": {"LocalPreAuthorize": "perhaps"}}, "Core.LocalPreAuthorize", "neither true"),
        ({"Core": {"NumberOfConnectors": 0}}, "Core.NumberOfConnectors", "number of connectors"),
        (
            {"SmartCharging": {"MaxChargingProfilesInstalled": "x"}},
            "SmartCharging.MaxChargingProfilesInstalled",
            "not a count",
        ),
        ({"Core": {"ConnectionTimeOut": float("inf")}}, "Core.ConnectionTimeOut", "finite"),
        ({"Core": {"ConnectionTimeOut": object()}}, "Core.ConnectionTimeOut", "not a value"),
        ({"Custom": {"x" * 51: "y"}}, "Custom." + "x" * 51, "longer than 50"),
        ({"Security": {"AuthorizationKey": "short"}}, "Security.AuthorizationKey", "shorter"),
    ],
)
def test_a_bad_libocpp_configuration_names_file_path_and_fault(make, document, path, reason):
    with pytest.raises(ConfigurationError, match=reason) as caught:
        station(make, from_libocpp16(document, source="bad.json"))

    assert (caught.value.source, caught.value.path) == ("bad.json", path)


def test_a_secret_of_the_configuration_is_in_no_repr():
    assert "DEADBEEF" not in repr(from_libocpp16(LIBOCPP))


# Files.


def test_libocpp_files_are_read_with_their_overlay(make, tmp_path):
    (tmp_path / "config.json").write_text(json.dumps(LIBOCPP), encoding="utf-8")
    (tmp_path / "user.json").write_text('{"Core": {"HeartbeatInterval": 7}}', encoding="utf-8")

    imported = read_libocpp16(tmp_path / "config.json", tmp_path / "user.json")
    alone = read_libocpp16(tmp_path / "config.json", tmp_path / "none.json")

    assert station(make, imported).variables.get(OCPPCommCtrlr.heartbeat_interval) == 7
    assert station(make, alone).variables.get(OCPPCommCtrlr.heartbeat_interval) == 900


@pytest.mark.parametrize("content", [b"{", b"\xff\xfe", b'{"a": NaN}', b"[" * 100_000, b""])
def test_a_file_that_is_no_json_is_named(tmp_path, content):
    path = tmp_path / "broken.json"
    path.write_bytes(content)

    with pytest.raises(ConfigurationError) as caught:
        read_json(path)

    assert caught.value.source == str(path)


def test_a_missing_file_is_named(tmp_path):
    path = tmp_path / "nowhere.json"

    with pytest.raises(ConfigurationError) as refused:
        read_json(path)

    assert str(refused.value) == f"{path}: cannot be read: No such file or directory"


def test_a_directory_of_component_files_is_read_in_order(make, tmp_path):
    (tmp_path / "standardized").mkdir()
    for name, value in (("a", 10), ("b", 20)):
        document = {
            "name": "TxCtrlr",
            "properties": {
                "T": {
                    "variable_name": "EVConnectionTimeOut",
                    "characteristics": {"dataType": "integer"},
                    "attributes": [{"type": "Actual", "mutability": "ReadWrite", "value": value}],
                }
            },
        }
        path = tmp_path / "standardized" / f"{name}.json"
        path.write_text(json.dumps(document), encoding="utf-8")

    imported = read_component_directory(tmp_path)

    assert imported.topology is None
    assert station(make, imported).variables.get(TxCtrlr.ev_connection_timeout) == 20


def test_a_directory_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ConfigurationError, match="nowhere: not a directory"):
        read_component_directory(tmp_path / "nowhere")


def test_a_directory_without_files_is_a_mistake(tmp_path):
    with pytest.raises(ConfigurationError, match=r"no \*\.json below it"):
        read_component_directory(tmp_path)


# Our own tables.


def test_tables_take_keys_and_addresses_and_custom_variables(make):
    configured = from_tables(
        {
            "ConnectionTimeOut": 7,
            "OCPPCommCtrlr/MessageTimeout[Default]": 20,
            "EVSE@1/SupplyPhases": 1,
            "TxCtrlr/TxStartPoint": ["EVConnected", "Authorized"],
            "ChargingScheduleAllowedChargingRateUnit": "Power",
            "NetworkConfiguration[2]/OcppCsmsUrl": "wss://two",
        },
        custom=[
            {
                "address": "FiscalMetering@1/EnergyImport",
                "value": 12.5,
                "access": "ro",
                "key": "FiscalEnergy",
            },
            {"address": "Vendor/Mode", "type": "OptionList", "values": ["A", "B"], "value": "A"},
        ],
        keys={"MyStart": "TxCtrlr/TxStartPoint"},
    )
    bench = make(configured)
    get = bench.variables.get

    assert get(TxCtrlr.ev_connection_timeout) == 7
    assert get(OCPPCommCtrlr.message_timeout) == 20
    assert get(TxCtrlr.tx_start_point) == ("EVConnected", "Authorized")
    assert get(SmartChargingCtrlr.rate_unit) == ("W",)
    assert bench.access.get_key("FiscalEnergy").value == "12.5"
    assert bench.access.get_key("MyStart").value == "EVConnected,Authorized"
    assert bench.access.change_key("FiscalEnergy", "1") == "Rejected"


@pytest.mark.parametrize(
    ("tables", "path", "reason"),
    [
        ({"variables": {"NoSuchKey": 1}}, "variables.NoSuchKey", "neither a known"),
        ({"variables": {"TxCtrlr/Nope": 1}}, "variables.TxCtrlr/Nope", "UnknownVariable"),
        ({"variables": {}, "custom": [{"address": "x"}]}, "custom[0].address", "neither"),
        (
            {"variables": {}, "custom": [{"address": "V/x", "type": "number"}]},
            "custom[0]",
            "number",
        ),
        (
            {"variables": {}, "custom": [{"address": "V/x", "colour": "red"}]},
            "custom[0].colour",
            "unknown field",
        ),
        (
            {"variables": {}, "custom": [{"address": "V/x", "access": "wo"}]},
            "custom[0].access",
            "neither ro nor rw",
        ),
        (
            {"variables": {}, "custom": [{"address": "V/x", "type": "integer", "value": "y"}]},
            "custom[0]",
            "not an integer",
        ),
        (
            {"variables": {}, "custom": [{"address": "V/x", "min": "low"}]},
            "custom[0].min",
            "not a number",
        ),
        ({"variables": {}, "custom": [3]}, "custom[0]", "not an object"),
        ({"variables": {}, "keys": {"Mine": "nothing"}}, "keys.Mine", "neither"),
    ],
)
def test_a_bad_table_names_its_path_and_fault(make, tables, path, reason):
    variables = tables.pop("variables")

    with pytest.raises(ConfigurationError, match=reason) as caught:
        make(from_tables(variables, source="station.toml", **tables))

    assert (caught.value.source, caught.value.path) == ("station.toml", path)


def test_of_two_configurations_the_later_wins(make):
    merged = merge(
        from_tables({"ConnectionTimeOut": 1, "HeartbeatInterval": 5}),
        from_tables({"ConnectionTimeOut": 2}, source="later.toml"),
    )
    bench = make(merged)

    assert merged.source == "later.toml"
    assert bench.variables.get(TxCtrlr.ev_connection_timeout) == 2
    assert bench.variables.get(OCPPCommCtrlr.heartbeat_interval) == 5
