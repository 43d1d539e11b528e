from __future__ import annotations

import json

import pytest

from ocpp_iface.devicemodel.catalog import (
    Connector,
    Evse,
    InternalCtrlr,
    NetworkConfiguration,
    TxCtrlr,
)
from ocpp_iface.devicemodel.component_files import configured_from_components
from ocpp_iface.devicemodel.custom import parse_address
from ocpp_iface.errors import ConfigurationError
from ocpp_iface.ports.topology import Topology


def variable(name, data_type="string", mutability="ReadWrite", value=None, **more):
    traits = {"dataType": data_type, "supportsMonitoring": True}
    for trait in ("unit", "minLimit", "maxLimit", "valuesList"):
        if trait in more:
            traits[trait] = more.pop(trait)
    attribute = {"type": "Actual", "mutability": mutability}
    if value is not None:
        attribute["value"] = value
    return {
        "variable_name": name,
        "characteristics": traits,
        "attributes": [attribute],
        "type": "string",
        **more,
    }


def file(component, *variables, **more):
    properties = {f"P{index}": each for index, each in enumerate(variables)}
    return {"name": component, "properties": properties, **more}


def load(make, *documents):
    files = tuple((f"{index}.json", each) for index, each in enumerate(documents))
    imported = configured_from_components(files)
    topology = imported.topology or Topology()
    return make(imported.configured, topology.connectors, imported.slots), imported


def test_evses_and_connectors_make_the_topology(make):
    power = variable("Power", "decimal", "ReadOnly", maxLimit=11000)
    bench, imported = load(
        make,
        file("EVSE", power, evse_id=1),
        file("EVSE", variable("SupplyPhases", "integer", "ReadOnly", 1), evse_id=2),
        file(
            "Connector",
            variable("ConnectorType", mutability="ReadOnly", value="cCCS2"),
            evse_id=2,
            connector_id=2,
        ),
    )

    assert imported.topology == Topology((1, 2))
    assert bench.variables.get(Evse.supply_phases, 2) == 1
    assert bench.variables.get(Connector.connector_type, 2, 2) == "cCCS2"
    one, two = (bench.variables.locate(parse_address(f"EVSE@{n}/Power")) for n in (1, 2))
    assert bench.variables.shape(one).maximum == 11000
    assert bench.variables.shape(two).maximum == 22000


def test_a_default_fills_where_there_is_no_value(make):
    bench, _ = load(
        make,
        file(
            "TxCtrlr",
            variable("EVConnectionTimeOut", "integer", default="77"),
            variable("TxStartPoint", "MemberList", value="Authorized", default="EVConnected"),
        ),
    )

    assert bench.variables.get(TxCtrlr.ev_connection_timeout) == 77
    assert bench.variables.get(TxCtrlr.tx_start_point) == ("Authorized",)


def test_choices_may_be_narrowed_and_access_only_too(make):
    bench, _ = load(
        make,
        file(
            "TxCtrlr",
            variable(
                "TxStopPoint",
                "MemberList",
                "ReadOnly",
                "EVConnected",
                valuesList="EVConnected,Authorized,Nonsense",
            ),
        ),
        file("ChargingStation", variable("SupplyPhases", "integer", "ReadWrite", 1)),
        file("AuthCtrlr", variable("LocalPreAuthorize", "boolean", "ReadWrite", "true")),
    )

    stop = bench.variables.locate(parse_address("TxCtrlr/TxStopPoint"))
    phases = bench.variables.locate(parse_address("ChargingStation/SupplyPhases"))
    assert bench.variables.shape(stop).values == ("EVConnected", "Authorized")
    assert bench.variables.shape(stop).access == "ReadOnly"
    assert bench.variables.shape(phases).access == "ReadOnly"
    early = bench.variables.locate(parse_address("AuthCtrlr/LocalPreAuthorize"))
    assert bench.variables.shape(early).access == "ReadWrite"


def test_what_the_catalogue_has_not_becomes_a_custom_variable(make):
    bench, _ = load(
        make,
        file(
            "Toaster",
            variable("Slots", "integer", "ReadWrite", 2, unit="s", minLimit=1, maxLimit=4),
            instance="kitchen",
        ),
        file("TxCtrlr", variable("ChargingTime", "decimal", None)),
        file("OCPP16LegacyCtrlr", variable("ExampleConfigurationKey", value="x")),
    )

    slots = bench.variables.locate(parse_address("Toaster[kitchen]/Slots"))
    shape = bench.variables.shape(slots)
    assert (bench.variables.text(slots), shape.unit, shape.minimum, shape.maximum) == (
        "2",
        "s",
        1,
        4,
    )
    assert bench.variables.at(parse_address("TxCtrlr/ChargingTime")) == ""
    assert bench.access.get_key("ExampleConfigurationKey").value == "x"


def test_network_configuration_files_make_slots(make):
    url = variable("OcppCsmsUrl", value="ws://three")
    bench, imported = load(make, file("NetworkConfiguration", url, instance="3"))

    assert imported.slots == (1, 2, 3)
    assert bench.variables.get(NetworkConfiguration.ocpp_csms_url, instance="3") == "ws://three"


def test_connection_profiles_in_the_older_form_fill_slots_without_a_url(make):
    profiles = [
        {
            "configurationSlot": slot,
            "connectionData": {
                "ocppCsmsUrl": f"ws://old{slot}",
                "securityProfile": 1,
                "messageTimeout": 30,
                "ocppVersion": "OCPP20",
                "ocppInterface": "Wired0",
                "ocppTransport": "JSON",
            },
        }
        for slot in (1, 2)
    ]
    bench, _ = load(
        make,
        file("InternalCtrlr", variable("NetworkConnectionProfiles", value=json.dumps(profiles))),
        file("NetworkConfiguration", variable("OcppCsmsUrl", value="ws://new"), instance="2"),
        file("NetworkConfiguration", variable("OcppCsmsUrl", default=""), instance="1"),
    )
    url = NetworkConfiguration.ocpp_csms_url

    assert bench.variables.get(url, instance="1") == "ws://old1"
    assert bench.variables.get(url, instance="2") == "ws://new"
    assert bench.variables.get(NetworkConfiguration.security_profile, instance="1") == 1


def test_ciphers_may_be_written_with_colons(make):
    bench, _ = load(
        make,
        file(
            "InternalCtrlr",
            variable("SupportedCiphers13", "MemberList", "ReadOnly", "A:B", valuesList="A:B:C"),
        ),
    )

    assert bench.variables.get(InternalCtrlr.supported_ciphers_13) == ("A", "B")


@pytest.mark.parametrize(
    ("document", "path", "reason"),
    [
        ([], "", "not an object"),
        ({}, "name", "not a component name"),
        (file("EVSE", evse_id=0), "evse_id", "from 1 on"),
        (file("EVSE", evse_id=True), "evse_id", "from 1 on"),
        (file("EVSE", evse_id=2), "evse_id", "no EVSE 1"),
        (file("X", instance=3), "instance", "not a string"),
        (file("Connector", connector_id=1), "connector_id", "without evse_id"),
        (file("NetworkConfiguration", instance="x"), "instance", "not a slot number"),
        ({"name": "X", "properties": []}, "properties", "not an object"),
        ({"name": "X", "properties": {"P": 3}}, "properties.P", "not an object"),
        ({"name": "X", "properties": {"P": {}}}, "properties.P", "not a variable name"),
        (
            file("X", variable("V", "colour")),
            "properties.P0.characteristics.dataType",
            "unknown data type",
        ),
        (
            file("TxCtrlr", variable("EVConnectionTimeOut", "integer", maxLimit="high")),
            "properties.P0.characteristics.maxLimit",
            "not a number",
        ),
        (
            file("TxCtrlr", variable("EVConnectionTimeOut", "integer", value="soon")),
            "properties.P0",
            "not an integer",
        ),
        (
            {"name": "X", "properties": {"P": {**variable("V"), "attributes": [{"type": "Now"}]}}},
            "properties.P.attributes",
            "unknown attribute",
        ),
        (
            file("InternalCtrlr", variable("NetworkConnectionProfiles", value="[")),
            "properties.P0",
            "not JSON",
        ),
        (
            file("InternalCtrlr", variable("NetworkConnectionProfiles", value="{}")),
            "properties.P0",
            "not a list",
        ),
        (
            file(
                "InternalCtrlr",
                variable("NetworkConnectionProfiles", value='[{"configurationSlot": 9}]'),
            ),
            "properties.P0[0]",
            "no slot 9",
        ),
    ],
)
def test_a_bad_component_file_names_file_path_and_fault(make, document, path, reason):
    with pytest.raises(ConfigurationError, match=reason) as caught:
        load(make, document)

    assert (caught.value.source, caught.value.path) == ("0.json", path)
