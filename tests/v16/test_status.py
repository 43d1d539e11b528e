"""The nine statuses, the error code and the text, of the facts of a connector."""

import itertools

import pytest
from attrs import evolve

from ocpp_iface.station.connector import ConnectorFacts
from ocpp_iface.types import ChargingState, Fault
from ocpp_iface.v16.mapping.status import EV_GONE, project
from ocpp_iface.wire.v16 import enums

FREE = ConnectorFacts(1, 1)
PLUGGED = evolve(FREE, plugged=True)
CHARGING = evolve(PLUGGED, authorized=True, transaction=True, charging_state=ChargingState.Charging)
BROKEN = Fault("f1", "GroundFailure", info="leak", vendor_id="acme", vendor_error_code="E1")
WARNING = Fault("w1", "HighTemperature", is_fault=False)


@pytest.mark.parametrize(
    ("facts", "status"),
    [
        (FREE, "Available"),
        (PLUGGED, "Preparing"),
        (evolve(FREE, authorized=True), "Preparing"),
        (evolve(FREE, cable_left=True), "Preparing"),
        (evolve(FREE, reserved=True), "Reserved"),
        (evolve(PLUGGED, reserved=True), "Reserved"),
        (evolve(FREE, reserved=True, authorized=True), "Preparing"),
        (evolve(FREE, operative=False), "Unavailable"),
        (evolve(FREE, operative=False, held=True), "Available"),
        (evolve(PLUGGED, operative=False), "Unavailable"),
        (evolve(FREE, evse_in_use=True), "Unavailable"),
        (CHARGING, "Charging"),
        (evolve(CHARGING, operative=False), "Charging"),
        (evolve(CHARGING, charging_state=ChargingState.SuspendedEV), "SuspendedEV"),
        (evolve(CHARGING, charging_state=ChargingState.SuspendedEVSE), "SuspendedEVSE"),
        (evolve(CHARGING, charging_state=ChargingState.EVConnected), "Preparing"),
        (
            evolve(CHARGING, charging_state=ChargingState.EVConnected, prepared=True),
            "SuspendedEV",
        ),
        (evolve(CHARGING, ending=True), "Finishing"),
        (evolve(PLUGGED, finishing=True), "Finishing"),
        (evolve(PLUGGED, finishing=True, operative=False), "Finishing"),
        (evolve(FREE, cable_left=True, finishing=True), "Finishing"),
        (evolve(FREE, transaction=True, ending=True), "Available"),
        (evolve(CHARGING, faults=(BROKEN,)), "Faulted"),
        (evolve(FREE, faults=(BROKEN,), operative=False), "Faulted"),
        (evolve(FREE, faults=(WARNING,)), "Available"),
    ],
)
def test_status_of_the_facts(facts, status):
    assert project(facts).status.value == status


def test_an_ev_that_was_pulled_from_a_running_transaction_is_named_literally():
    """TC_005_3"""
    projection = project(evolve(CHARGING, plugged=False, cable_left=True, ev_gone=True))

    assert projection.status.value == "SuspendedEV"
    assert projection.info == EV_GONE == "EV side disconnected"
    assert projection.error_code.value == "NoError"


def test_an_ev_that_was_pulled_and_ends_the_transaction_is_named_too():
    projection = project(evolve(CHARGING, plugged=False, cable_left=True, ending=True))

    assert (projection.status.value, projection.info) == ("Finishing", EV_GONE)


def test_a_fault_is_named_with_all_that_is_known():
    projection = project(evolve(FREE, faults=(BROKEN,)))

    assert projection.error_code.value == "GroundFailure"
    assert (projection.info, projection.vendor_id) == ("leak", "acme")
    assert projection.vendor_error_code == "E1"


def test_of_several_faults_the_newest_that_explains_the_status_is_named():
    newer = Fault("f2", "OverVoltage")

    assert project(evolve(FREE, faults=(BROKEN, newer, WARNING))).error_code.value == "OverVoltage"
    assert project(evolve(FREE, faults=(WARNING,))).error_code.value == "HighTemperature"


def test_an_error_code_of_no_standard_is_another_error():
    assert project(evolve(FREE, faults=(Fault("x", "Gremlins"),))).error_code.value == "OtherError"


def test_an_ev_communication_error_is_named_only_where_an_ev_can_be():
    talk = Fault("c", "EVCommunicationError", is_fault=False)

    assert project(evolve(PLUGGED, faults=(talk,))).error_code.value == "EVCommunicationError"
    assert project(evolve(FREE, faults=(talk,))).error_code.value == "NoError"
    assert project(evolve(CHARGING, faults=(talk,))).error_code.value == "NoError"


def test_texts_are_cut_to_what_the_schema_takes():
    long = Fault("f", "OtherError", info="i" * 80, vendor_error_code="c" * 50)

    assert len(project(evolve(FREE, faults=(long,))).info) == 50


def test_the_station_itself_is_available_unavailable_or_faulted():
    station = ConnectorFacts(0, 0)
    shown = {
        project(evolve(station, operative=operative, faults=faults)).status.value
        for operative, faults in itertools.product((True, False), ((), (WARNING,), (BROKEN,)))
    }

    assert shown == {"Available", "Unavailable", "Faulted"}


def test_every_combination_of_facts_has_a_status_of_the_schema():
    flags = (
        "plugged",
        "cable_left",
        "authorized",
        "transaction",
        "prepared",
        "ending",
        "finishing",
        "reserved",
        "ev_gone",
        "evse_in_use",
    )
    for values in itertools.product((False, True), repeat=len(flags)):
        for state in ChargingState:
            facts = evolve(FREE, charging_state=state, **dict(zip(flags, values, strict=True)))
            assert isinstance(project(facts).status, enums.ChargePointStatus)
