from __future__ import annotations

import gc
import tracemalloc

import pytest

from ocpp_iface.devicemodel import Configured, DeviceModel, Layout, Place, Setting
from ocpp_iface.devicemodel.catalog import (
    AuthCtrlr,
    ChargingStation,
    Connector,
    DeviceDataCtrlr,
    Evse,
    InternalCtrlr,
    LocalAuthListCtrlr,
    NetworkConfiguration,
    OCPP16LegacyCtrlr,
    OCPPCommCtrlr,
    SmartChargingCtrlr,
    TxCtrlr,
)
from ocpp_iface.devicemodel.custom import custom_variable, parse_address
from ocpp_iface.devicemodel.definition import DataType
from ocpp_iface.devicemodel.model import VARIABLES
from ocpp_iface.devicemodel.validate import check
from ocpp_iface.engine.bus import Bus
from ocpp_iface.errors import ConfigurationError
from ocpp_iface.ports.topology import Topology
from ocpp_iface.storage.memory import MemoryStore
from ocpp_iface.types import AttributeEnum


def at(text):
    return parse_address(text)


def write(variables, address, text):
    """As a caller does who may."""
    located = variables.locate(address)
    variables.write(located, check(variables.shape(located), text), "app")


def configured(*pairs):
    settings = (Setting(at(address), value, path=address) for address, value in pairs)
    return Configured(tuple(settings), source="test.toml")


def test_an_empty_station_has_the_defaults_of_the_catalogue(bench):
    assert bench.variables.get(TxCtrlr.ev_connection_timeout) == 120
    assert bench.variables.get(SmartChargingCtrlr.default_limit_amps) == 48
    assert bench.variables.get(NetworkConfiguration.ocpp_csms_url, instance="1") == ""
    assert bench.variables.at(at("TxCtrlr/TxStopPoint")) == "EVConnected,Authorized"


def test_a_value_that_is_set_is_read_back_by_definition_and_by_address(bench):
    assert bench.variables.set(TxCtrlr.ev_connection_timeout, 5, "app")

    assert bench.variables.get(TxCtrlr.ev_connection_timeout) == 5
    assert bench.variables.at(at("txctrlr/EVCONNECTIONTIMEOUT")) == "5"


def test_instances_of_a_component_are_apart(bench):
    bench.variables.set(Evse.supply_phases, 1, evse=2)
    bench.variables.set(Connector.connector_type, "sType2", evse=2, connector=1)
    bench.variables.set(NetworkConfiguration.identity, "CP2", instance="2")

    assert bench.variables.get(Evse.supply_phases, 1) == 3
    assert bench.variables.get(Evse.supply_phases, 2) == 1
    assert bench.variables.get(Connector.connector_type, 2, 1) == "sType2"
    assert bench.variables.get(Connector.connector_type, 2, 2) == "Unknown"
    assert bench.variables.at(at("NetworkConfiguration[2]/Identity")) == "CP2"
    assert bench.variables.at(at("NetworkConfiguration[1]/Identity")) == ""


def test_a_change_is_published_with_address_old_new_and_source(bench):
    bench.variables.set(Connector.connector_type, "sType2", "app", evse=2, connector=1)

    (change,) = bench.changes
    assert change.address == at("Connector@2.1/ConnectorType")
    assert (change.old, change.new, change.source) == ("Unknown", "sType2", "app")
    assert change.attribute is AttributeEnum.Actual
    assert change.definition is Connector.connector_type
    assert change.place == Place(2, 1)


def test_setting_the_same_value_publishes_nothing_and_writes_no_row(bench):
    assert not bench.variables.set(TxCtrlr.ev_connection_timeout, 120)

    assert bench.changes == []
    assert len(bench.store.table(VARIABLES)) == 0


def test_only_values_that_differ_from_the_catalogue_are_rows(bench):
    bench.variables.set(TxCtrlr.ev_connection_timeout, 5)
    bench.variables.set(TxCtrlr.ev_connection_timeout, 120)

    assert len(bench.store.table(VARIABLES)) == 0
    assert bench.variables.get(TxCtrlr.ev_connection_timeout) == 120


def test_a_value_set_at_run_time_survives_a_restart(bench, make):
    bench.variables.set(TxCtrlr.ev_connection_timeout, 5, "csms")
    bench.variables.set(Evse.supply_phases, 1, evse=2)
    bench.store.commit()

    again = make(store=bench.store)

    assert again.variables.get(TxCtrlr.ev_connection_timeout) == 5
    assert again.variables.get(Evse.supply_phases, 2) == 1
    located = again.variables.locate(at("TxCtrlr/EVConnectionTimeOut"))
    assert again.variables.source(located) == "csms"


def test_a_value_set_at_run_time_wins_over_the_configuration(make):
    config = configured(("TxCtrlr/EVConnectionTimeOut", "60"))
    first = make(config)
    assert first.variables.get(TxCtrlr.ev_connection_timeout) == 60
    first.variables.set(TxCtrlr.ev_connection_timeout, 120, "csms")
    first.store.commit()

    again = make(config, store=first.store)

    assert again.variables.get(TxCtrlr.ev_connection_timeout) == 120


def test_a_rollback_and_a_reload_bring_the_old_value_back(bench):
    mark = bench.store.mark()
    bench.variables.set(TxCtrlr.ev_connection_timeout, 5)
    bench.store.rollback_to(mark)

    bench.variables.reload()

    assert bench.variables.get(TxCtrlr.ev_connection_timeout) == 120


def test_rows_that_no_longer_fit_are_left_alone(make):
    extra = custom_variable(at("Toaster/Slots"), DataType.INTEGER)
    first = make(Configured(extra=(extra,)))
    write(first.variables, at("Toaster/Slots"), "2")
    first.store.commit()

    without = make(store=first.store)
    other_type = make(
        Configured(extra=(custom_variable(at("Toaster/Slots"), DataType.BOOLEAN),)),
        store=first.store,
    )

    assert without.variables.at(at("Toaster/Slots")) is None
    assert other_type.variables.at(at("Toaster/Slots")) == "false"
    assert len(first.store.table(VARIABLES)) == 1


def test_a_secret_is_in_no_repr(bench):
    bench.variables.set(NetworkConfiguration.basic_auth_password, "verysecret1234567", instance="1")

    ((_, row),) = bench.store.table(VARIABLES).items()
    assert "verysecret" not in repr(row)
    assert "verysecret" not in repr(bench.changes)


def test_facts_of_the_moment_are_supplied(bench):
    assert bench.variables.get(OCPP16LegacyCtrlr.number_of_connectors) == 3
    assert bench.variables.at(at("ClockCtrlr/DateTime")) == "2026-01-01T12:00:00Z"
    bench.variables.provide(
        Connector.availability_state,
        lambda place: "Occupied" if place.connector == 2 else "Faulted",
    )

    assert bench.variables.get(Connector.availability_state, 2, 2) == "Occupied"
    assert bench.variables.at(at("Connector@1.1/AvailabilityState")) == "Faulted"


def test_what_is_supplied_cannot_be_written_and_what_is_not_derived_not_supplied(bench):
    with pytest.raises(ValueError, match="supplied"):
        bench.variables.set(OCPP16LegacyCtrlr.number_of_connectors, 7)
    with pytest.raises(ValueError, match="not derived"):
        bench.variables.provide(TxCtrlr.ev_connection_timeout, lambda _: 3)


def test_a_supplied_value_that_changed_is_published_once(bench):
    bench.variables.report_change(
        Evse.availability_state, "Available", "Occupied", Place(1), source="station"
    )
    bench.variables.report_change(Evse.availability_state, "Occupied", "Occupied", Place(1))

    (change,) = bench.changes
    assert (change.old, change.new) == ("Available", "Occupied")
    assert change.address == at("EVSE@1/AvailabilityState")


def test_model_and_vendor_have_one_value_at_two_addresses(make):
    bench = make(configured(("ChargingStation/Model", "X1")))

    assert bench.variables.get(InternalCtrlr.charge_point_model) == "X1"
    assert bench.variables.get(ChargingStation.model) == "X1"
    assert bench.variables.at(at("ChargingStation/VendorName")) == "ocpp_iface"


def test_an_alias_leads_to_the_same_variable(bench):
    alias = at("OCPP16LegacyCtrlr/UnlockConnectorOnEVSideDisconnect")

    write(bench.variables, alias, "false")

    assert bench.variables.get(OCPPCommCtrlr.unlock_on_ev_side_disconnect) is False


@pytest.mark.parametrize(
    ("address", "value", "reason"),
    [
        ("TxCtrlr/Nonsense", "1", "UnknownVariable"),
        ("Nonsense/X", "1", "UnknownComponent"),
        ("EVSE@9/SupplyPhases", "1", "UnknownComponent"),
        ("TxCtrlr/EVConnectionTimeOut", "soon", "not an integer"),
        ("OCPPCommCtrlr/HeartbeatInterval", "0", "less than 1"),
    ],
)
def test_a_wrong_configuration_names_file_path_and_fault(make, address, value, reason):
    with pytest.raises(ConfigurationError, match=reason) as caught:
        make(configured((address, value)))

    assert (caught.value.source, caught.value.path) == ("test.toml", address)


def test_a_configuration_cannot_make_the_library_do_what_it_cannot(make):
    bench = make(
        configured(
            ("LocalAuthListCtrlr/Available", "true"),
            ("LocalAuthListCtrlr/Enabled", "true"),
            ("ISO15118Ctrlr/PnCEnabled", "true"),
            ("AuthCtrlr/Enabled", "false"),
        )
    )

    assert bench.variables.get(LocalAuthListCtrlr.available) is False
    assert bench.variables.get(LocalAuthListCtrlr.enabled) is False
    assert bench.variables.get(AuthCtrlr.enabled) is False


def test_slots_are_the_values_of_the_network_configuration_priority(make):
    bench = make(slots=(1, 2, 7))
    priority = bench.variables.locate(at("OCPPCommCtrlr/NetworkConfigurationPriority"))

    assert bench.variables.shape(priority).values == ("1", "2", "7")
    assert bench.variables.at(at("NetworkConfiguration[7]/OcppCsmsUrl")) == ""
    assert bench.variables.at(at("NetworkConfiguration[3]/OcppCsmsUrl")) is None


def test_an_instance_that_is_not_named_is_not_guessed(bench):
    assert bench.variables.at(at("DeviceDataCtrlr/ItemsPerMessage")) is None
    assert bench.variables.at(at("DeviceDataCtrlr/ItemsPerMessage[GetReport]")) == "100"
    assert bench.variables.get(DeviceDataCtrlr.items_per_get_report) == 100


def test_every_variable_is_listed_once_and_found_at_its_address(bench):
    from ocpp_iface.devicemodel.instances import address_of

    listed = list(bench.variables)

    assert len(set(listed)) == len(listed)
    assert all(bench.variables.locate(address_of(each)) == each for each in listed)


def test_an_idle_model_is_light():
    stores = [MemoryStore() for _ in range(200)]
    layout = Layout(Topology((1, 1)))
    config = configured(*[("TxCtrlr/EVConnectionTimeOut", "60")] * 20)
    gc.collect()
    tracemalloc.start()

    models = [
        DeviceModel(store, Bus(), Layout(layout.topology), lambda: None, config) for store in stores
    ]

    used, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert used / len(models) < 8 * 1024


@pytest.mark.parametrize("text", ["Toaster/Slots", "TxCtrlr/TxStartPoint"])
def test_a_variable_is_defined_once(make, text):
    twice = (custom_variable(at("toaster/SLOTS")), custom_variable(at(text)))

    with pytest.raises(ConfigurationError, match="defined twice"):
        make(Configured(extra=twice))
