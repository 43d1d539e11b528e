"""The configuration: what is derived, what is refused and where the fault is said to be."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import attrs
import pytest

from ocpp_iface.config import NetworkProfile, StationConfig
from ocpp_iface.devicemodel.catalog import (
    InternalCtrlr,
    NetworkConfiguration,
    OCPPCommCtrlr,
    TxCtrlr,
)
from ocpp_iface.devicemodel.instances import Layout
from ocpp_iface.devicemodel.model import DeviceModel
from ocpp_iface.engine.bus import Bus
from ocpp_iface.errors import ConfigurationError
from ocpp_iface.ports.topology import Topology
from ocpp_iface.ports.transport import TlsSettings
from ocpp_iface.storage import MemoryStore

MINIMAL = {"id": "CS-1", "csms_url": "ws://csms.example/ocpp"}
PASSWORD = "correct-horse-battery"


def model(config: StationConfig) -> DeviceModel:
    configured = config.configured()
    layout = Layout(config.topology, config.slots, configured.extra)
    now = datetime(2025, 1, 1, tzinfo=UTC)
    return DeviceModel(MemoryStore(), Bus(), layout, lambda: now, configured)


def fault_of(data: dict[str, Any]) -> ConfigurationError:
    with pytest.raises(ConfigurationError) as raised:
        StationConfig.from_dict(data, source="station.toml")
    assert raised.value.source == "station.toml"
    return raised.value


def write(directory: Path, text: str) -> Path:
    file = directory / "station.toml"
    file.write_text(text, encoding="utf-8")
    return file


# -- what is read --------------------------------------------------------------------------------


def test_an_id_and_a_url_are_enough() -> None:
    config = StationConfig(id="CS-1", csms_url="ws://csms.example/ocpp")

    assert config.versions == ("ocpp2.0.1", "ocpp1.6")
    assert config.topology == Topology((1,))
    assert config.slots == (1, 2)
    assert config.store is None
    assert config.profiles == (
        NetworkProfile(
            csms_url="ws://csms.example/ocpp", slot=1, security_profile=0, identity="CS-1"
        ),
    )
    assert config.identity.vendor == "ocpp_iface"
    assert config.identity.serial_number is None


def test_a_file_may_say_everything(tmp_path: Path) -> None:
    file = write(
        tmp_path,
        f"""
        id = "CS-1"
        versions = ["ocpp1.6"]
        evses = [1, 2]
        vendor = "Acme"
        model = "Volt"
        serial_number = "42"
        password = "{PASSWORD}"
        store = "station.db"
        synchronous = "NORMAL"
        on_power_loss = "end"
        charging_schedules_interval_s = 5
        charging_schedules_unit = "W"
        message_queue_resume_delay_s = 3
        standard_keys_writable = true
        trace_messages = true

        [tls]
        ca_files = ["roots/csms.pem"]
        default_ca_paths = false

        [[network_profiles]]
        slot = 3
        csms_url = "wss://first.example"
        message_timeout_s = 20

        [[network_profiles]]
        csms_url = "wss://second.example"
        identity = "other"
        password = "another-good-password"

        [variables]
        HeartbeatInterval = 300
        "TxCtrlr/EVConnectionTimeOut" = "60"
        AuthCtrlr.LocalPreAuthorize = true

        [[custom]]
        address = "Fan/Speed"
        type = "integer"
        value = 1200
        key = "FanSpeed"

        [keys]
        PlugTimeout = "Fan/Speed"
        """,
    )

    config = StationConfig.from_toml(file)
    variables = model(config)

    assert config.source == str(file)
    assert config.topology == Topology((1, 2))
    assert config.store == str(tmp_path / "station.db")
    assert config.tls_settings.ca_files == (str(tmp_path / "roots/csms.pem"),)
    assert config.slots == (1, 2, 3)
    assert config.identity.vendor == "Acme"
    assert config.identity.serial_number == "42"
    assert variables.get(OCPPCommCtrlr.heartbeat_interval) == 300
    assert variables.get(TxCtrlr.ev_connection_timeout) == 60
    assert variables.get(InternalCtrlr.resume_transactions_on_boot) is False
    assert variables.get(InternalCtrlr.composite_schedule_interval) == 5
    assert variables.get(InternalCtrlr.composite_schedule_unit) == "W"
    assert variables.get(InternalCtrlr.message_queue_resume_delay) == 3
    assert variables.get(InternalCtrlr.standard_keys_writable) is True
    assert variables.get(InternalCtrlr.supported_ocpp_versions) == ("ocpp1.6",)
    assert variables.get(InternalCtrlr.use_ssl_default_verify_paths) is False
    assert variables.get(OCPPCommCtrlr.network_configuration_priority) == ("3", "2")
    url, password = NetworkConfiguration.ocpp_csms_url, NetworkConfiguration.basic_auth_password
    assert variables.get(url, instance="3") == "wss://first.example"
    assert variables.get(password, instance="3") == PASSWORD
    assert variables.get(NetworkConfiguration.message_timeout, instance="3") == 20
    assert variables.get(NetworkConfiguration.identity, instance="2") == "other"
    assert variables.get(password, instance="2") == "another-good-password"
    assert tuple(name for name, _ in config.configured().keys) == ("FanSpeed", "PlugTimeout")


def test_fields_that_say_nothing_leave_the_defaults() -> None:
    variables = model(StationConfig(**MINIMAL))

    assert variables.get(InternalCtrlr.composite_schedule_interval) == 30
    assert variables.get(InternalCtrlr.resume_transactions_on_boot) is True


def test_a_dot_may_stand_for_the_slash_of_an_address() -> None:
    config = StationConfig(**MINIMAL, variables={"TxCtrlr.EVConnectionTimeOut": "60"})

    assert model(config).get(TxCtrlr.ev_connection_timeout) == 60


@pytest.mark.parametrize(
    ("url", "password", "certificate", "level"),
    [
        ("ws://csms.example", None, None, 0),
        ("ws://csms.example", PASSWORD, None, 1),
        ("wss://csms.example", PASSWORD, None, 2),
        ("WSS://csms.example", None, "station.pem", 3),
    ],
)
def test_the_security_profile_follows_from_what_is_given(
    url: str, password: str | None, certificate: str | None, level: int
) -> None:
    tls = None if certificate is None else TlsSettings(client_certificate_file=certificate)

    config = StationConfig(id="CS-1", csms_url=url, password=password, tls=tls)

    assert config.profiles[0].security_profile == level


def test_a_password_of_bytes_is_text() -> None:
    config = StationConfig(**MINIMAL, password=PASSWORD.encode())

    assert config.password == PASSWORD


def test_no_repr_shows_a_password() -> None:
    config = StationConfig(
        id="CS-1",
        password=PASSWORD,
        network_profiles=[NetworkProfile(csms_url="ws://a", password=PASSWORD)],
    )

    assert PASSWORD not in repr(config)
    assert PASSWORD not in repr(config.profiles)
    assert PASSWORD not in repr(config.configured())


def test_no_repr_shows_a_password_given_as_a_variable() -> None:
    custom = {"address": "Modem/Password", "value": PASSWORD}
    config = StationConfig(**MINIMAL, variables={"AuthorizationKey": PASSWORD}, custom=[custom])

    assert PASSWORD not in repr(config)


def test_a_configuration_can_be_changed_with_evolve() -> None:
    config = attrs.evolve(StationConfig(**MINIMAL), evses=(2,))

    assert config.topology == Topology((2,))


# -- what is refused -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "path", "reason"),
    [
        ({"id": 5}, "id", "expected text, not a number"),
        ({"id": ""}, "id", "missing"),
        ({"id": "x" * 49}, "id", "longer than 48"),
        ({"id": "a:b"}, "id", "colon"),
        ({"evses": []}, "evses", "connector counts"),
        ({"evses": [1, 0]}, "evses[1]", "1 or more"),
        ({"evses": [1, "2"]}, "evses[1]", "expected an integer, not a string"),
        ({"evses": [True]}, "evses[0]", "expected an integer, not a boolean"),
        ({"evses": 2}, "evses", "expected a list"),
        ({"versions": []}, "versions", "at least one"),
        ({"versions": ["ocpp1.6", "ocpp1.6"]}, "versions[1]", "twice"),
        ({"versions": ["ocpp2.01"]}, "versions[0]", "did you mean ocpp2.0.1?"),
        ({"csms_url": "http://csms.example"}, "csms_url", "WebSocket URL"),
        ({"csms_url": "ws://"}, "csms_url", "WebSocket URL"),
        ({"csms_url": "ws://[::1"}, "csms_url", "not a URL"),
        ({"csms_url": "ws://me:secret@csms.example"}, "csms_url", "credentials"),
        ({"csms_url": 7}, "csms_url", "expected text"),
        ({"csms_url": "wss://csms.example"}, "password", "security profile 2 needs it"),
        ({"security_profile": 1}, "password", "security profile 1 needs it"),
        ({"security_profile": 2}, "csms_url", "goes with wss://"),
        ({"security_profile": 4}, "security_profile", "not 0, 1, 2 or 3"),
        (
            {"security_profile": 3, "csms_url": "wss://csms.example"},
            "tls.client_certificate_file",
            "security profile 3 needs it",
        ),
        ({"synchronous": "off"}, "synchronous", "not one of FULL, NORMAL"),
        ({"on_power_loss": "resum"}, "on_power_loss", "did you mean resume?"),
        ({"trace_messages": 1}, "trace_messages", "expected true or false"),
        ({"charging_schedules_interval_s": "30"}, "charging_schedules_interval_s", "an integer"),
        ({"evse": [1]}, "evse", "did you mean evses?"),
        ({"source": "me"}, "source", "unknown"),
        ({"tls": {"ca_file": "x"}}, "tls.ca_file", "did you mean ca_files?"),
        ({"tls": {"verify_hostname": "no"}}, "tls.verify_hostname", "expected true or false"),
        ({"tls": []}, "tls", "expected a table"),
        ({"variables": []}, "variables", "expected a table"),
        (
            {"variables": {"HeartbeatIntervall": 5}},
            "variables.HeartbeatIntervall",
            "did you mean HeartbeatInterval?",
        ),
        (
            {"variables": {"TxCtlr/EVConnectionTimeOut": 5}},
            "variables.TxCtlr/EVConnectionTimeOut",
            "did you mean TxCtrlr?",
        ),
        (
            {"variables": {"TxCtrlr": {"EVConnectTimeOut": 5}}},
            "variables.TxCtrlr/EVConnectTimeOut",
            "did you mean EVConnectionTimeOut?",
        ),
        ({"custom": [{"address": "Fan"}]}, "custom[0].address", "Component/Variable"),
        ({"custom": [{"address": "A/B", "values": 5}]}, "custom[0].values", "expected a list"),
        ({"custom": [{"address": "A/B", "values": "Low"}]}, "custom[0].values", "expected a list"),
        ({"custom": [{"address": "A/B", "values": [None]}]}, "custom[0].values[0]", "not a value"),
        ({"custom": [{"address": "A/B", "unit": 5}]}, "custom[0].unit", "expected text"),
        ({"custom": [{"address": "A/B", "key": ["x"]}]}, "custom[0].key", "expected text"),
        ({"custom": [{"address": "A/B", "key": "x" * 51}]}, "custom[0].key", "longer than 50"),
        ({"custom": [{"address": "A/B", "max": float("nan")}]}, "custom[0].max", "not a number"),
        ({"custom": [{"address": "A/B", "max": True}]}, "custom[0].max", "not a number"),
        ({"keys": {"Fan": 5}}, "keys.Fan", "expected text"),
        ({"keys": {"x" * 51: "A/B"}}, f"keys.{'x' * 51}", "longer than 50"),
        ({"variables": {1: "x"}}, "variables", "expected text"),
        ({"vendor": "\ud800"}, "vendor", "half a surrogate pair"),
        ({"variables": {"HeartbeatInterval": "\ud800"}}, "variables.HeartbeatInterval", "half a"),
    ],
)
def test_a_fault_names_its_place_and_what_is_wrong(
    change: dict[str, Any], path: str, reason: str
) -> None:
    fault = fault_of(MINIMAL | change)

    assert fault.path == path
    assert reason in fault.reason


@pytest.mark.parametrize(
    ("profiles", "path", "reason"),
    [
        ("ws://a", "network_profiles", "list of tables"),
        (["ws://a"], "network_profiles[0]", "expected a table"),
        ([{"slot": 1}], "network_profiles[0].csms_url", "missing"),
        ([{"csms_url": "ws://a", "slt": 1}], "network_profiles[0].slt", "did you mean slot?"),
        ([{"csms_url": "ws://a", "slot": 0}], "network_profiles[0].slot", "from 1 on"),
        ([{"csms_url": "ws://a", "slot": "1"}], "network_profiles[0].slot", "an integer"),
        (
            [{"csms_url": "ws://a"}, {"csms_url": "ws://b", "slot": 1}],
            "network_profiles[1].slot",
            "used twice",
        ),
        (
            [{"csms_url": "ws://a"}, {"csms_url": "wss://b"}],
            "network_profiles[1].password",
            "security profile 2",
        ),
        ([], "csms_url", "either csms_url or network_profiles"),
    ],
)
def test_a_fault_in_a_network_profile_names_the_profile(
    profiles: object, path: str, reason: str
) -> None:
    fault = fault_of({"id": "CS-1", "network_profiles": profiles})

    assert fault.path == path
    assert reason in fault.reason


def test_one_way_to_say_where_the_csms_is() -> None:
    fault = fault_of(MINIMAL | {"network_profiles": [{"csms_url": "ws://a"}]})

    assert "not both" in fault.reason


def test_no_way_to_a_csms_is_said_to_be_missing() -> None:
    fault = fault_of({"id": "CS-1"})

    assert (fault.path, fault.reason) == (
        "csms_url",
        "missing: either csms_url or network_profiles is needed",
    )


def test_the_name_of_the_store_is_not_empty(tmp_path: Path) -> None:
    file = tmp_path / "station.toml"
    file.write_text('id = "CS-1"\ncsms_url = "ws://a"\nstore = ""\n')

    with pytest.raises(ConfigurationError, match="store: empty; leave it out"):
        StationConfig.from_toml(file)


def test_a_missing_id_is_named() -> None:
    assert fault_of({"csms_url": "ws://a"}).path == "id"


def test_bytes_that_are_no_text_are_no_password() -> None:
    with pytest.raises(ConfigurationError, match="password: not UTF-8"):
        StationConfig(**MINIMAL, password=b"\xff" * 20)


def test_a_value_that_does_not_fit_its_variable_is_refused_before_anything_starts() -> None:
    config = StationConfig(**MINIMAL, variables={"HeartbeatInterval": "soon"})

    with pytest.raises(ConfigurationError, match=r"variables\.HeartbeatInterval"):
        model(config)


def test_a_file_that_is_no_toml_or_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"station\.toml: not TOML"):
        StationConfig.from_toml(write(tmp_path, "id = "))
    with pytest.raises(ConfigurationError, match=r"nowhere\.toml: cannot be read"):
        StationConfig.from_toml(tmp_path / "nowhere.toml")
    with pytest.raises(ConfigurationError, match="expected a table"):
        StationConfig.from_dict([])  # type: ignore[arg-type]  # that is the test


# -- foreign files -------------------------------------------------------------------------------

LIBOCPP16 = {
    "Internal": {
        "ChargePointId": "cp001",
        "CentralSystemURI": "127.0.0.1:8180/steve/",
        "ChargeBoxSerialNumber": "cp001",
        "ChargePointModel": "Yeti",
        "ChargePointVendor": "Pionix",
        "FirmwareVersion": "0.1",
        "UnheardOf": True,
    },
    "Core": {"NumberOfConnectors": 2, "HeartbeatInterval": 86400},
    "Security": {"SecurityProfile": 0},
}


def libocpp(directory: Path, **changes: Any) -> Path:
    file = directory / "config.json"
    content = {**LIBOCPP16, **changes}
    file.write_text(json.dumps(content), encoding="utf-8")
    return file


def test_the_file_of_libocpp_is_a_configuration(tmp_path: Path) -> None:
    config = StationConfig.from_libocpp16(libocpp(tmp_path))

    assert config.id == "cp001"
    assert config.versions == ("ocpp1.6",)
    assert config.topology == Topology((1, 1))
    assert config.profiles[0].csms_url == "ws://127.0.0.1:8180/steve/"
    assert config.profiles[0].security_profile == 0
    assert config.identity.vendor == "Pionix"
    assert config.identity.model == "Yeti"
    assert config.imported is not None
    assert config.imported.ignored == ("Internal.UnheardOf",)
    assert model(config).get(OCPPCommCtrlr.heartbeat_interval) == 86400


def test_the_user_file_of_libocpp_wins(tmp_path: Path) -> None:
    user = tmp_path / "user.json"
    user.write_text(json.dumps({"Core": {"HeartbeatInterval": 60}}), encoding="utf-8")

    config = StationConfig.from_libocpp16(libocpp(tmp_path), user)

    assert model(config).get(OCPPCommCtrlr.heartbeat_interval) == 60


def test_what_the_file_of_libocpp_lacks_can_be_given(tmp_path: Path) -> None:
    file = libocpp(tmp_path, Security={"SecurityProfile": 1})

    with pytest.raises(ConfigurationError, match="security profile 1 needs it"):
        StationConfig.from_libocpp16(file)
    config = StationConfig.from_libocpp16(file, password=PASSWORD)

    assert config.profiles[0].password == PASSWORD


def test_a_file_of_libocpp_without_csms_is_refused(tmp_path: Path) -> None:
    file = libocpp(tmp_path, Internal={"ChargePointId": "cp001"})

    with pytest.raises(ConfigurationError, match="network_profiles: not in the file"):
        StationConfig.from_libocpp16(file)


def component(directory: Path, name: str, variables: dict[str, str], **place: Any) -> None:
    properties = {
        variable: {
            "variable_name": variable,
            "characteristics": {"dataType": "string"},
            "attributes": [{"type": "Actual", "value": value}],
        }
        for variable, value in variables.items()
    }
    file = directory / f"{name}{len(list(directory.iterdir()))}.json"
    file.write_text(json.dumps({"name": name, "properties": properties, **place}), encoding="utf-8")


def test_a_directory_of_components_is_a_configuration(tmp_path: Path) -> None:
    component(tmp_path, "EVSE", {}, evse_id=1)
    component(tmp_path, "Connector", {}, evse_id=1, connector_id=2)
    component(tmp_path, "SecurityCtrlr", {"Identity": "cp001"})
    component(tmp_path, "OCPPCommCtrlr", {"NetworkConfigurationPriority": "2,1"})
    url = "ws://{}.example"
    for slot in ("1", "2"):
        values = {"OcppCsmsUrl": url.format(f"slot{slot}"), "SecurityProfile": "0"}
        component(tmp_path, "NetworkConfiguration", values, instance=slot)

    config = StationConfig.from_component_config(tmp_path)

    assert config.id == "cp001"
    assert config.topology == Topology((2,))
    assert [profile.slot for profile in config.profiles] == [2, 1]
    assert config.profiles[0].csms_url == "ws://slot2.example"
    assert model(config).get(OCPPCommCtrlr.network_configuration_priority) == ("2", "1")


def test_what_the_components_do_not_say_can_be_given(tmp_path: Path) -> None:
    component(tmp_path, "NetworkConfiguration", {"OcppCsmsUrl": "ws://a"}, instance="1")

    with pytest.raises(ConfigurationError, match="id: not in the files"):
        StationConfig.from_component_config(tmp_path)
    config = StationConfig.from_component_config(tmp_path, id="cp7", evses=[1, 1])

    assert config.id == "cp7"
    assert config.topology == Topology((1, 1))
