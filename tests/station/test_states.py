"""AvailabilityState and Problem as variables, on a whole station."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from ocpp_iface.sim.bench import Bench
from ocpp_iface.station.commands import ChangeAvailability, MonitorVariables
from ocpp_iface.station.connector import ConnectorFacts
from ocpp_iface.station.states import availability_state
from ocpp_iface.types import (
    EVSE,
    ChangeAvailabilityRequest,
    Component,
    ComponentVariable,
    ConnectorStatus,
    Fault,
    GetVariableRequest,
    OperationalStatusEnumType,
    Variable,
)

BROKEN = (Fault("f"),)
NUISANCE = (Fault("f", is_fault=False),)


@pytest.mark.parametrize(
    ("facts", "word"),
    [
        ({}, "Available"),
        ({"plugged": True}, "Occupied"),
        ({"cable_left": True}, "Occupied"),
        ({"reserved": True}, "Reserved"),
        ({"reserved": True, "plugged": True}, "Occupied"),
        ({"operative": False}, "Unavailable"),
        ({"operative": False, "plugged": True}, "Unavailable"),
        ({"operative": False, "held": True, "plugged": True}, "Occupied"),
        ({"operative": False, "held": True}, "Unavailable"),
        ({"operative": False, "transaction": True, "plugged": True}, "Occupied"),
        ({"faults": BROKEN, "operative": False}, "Faulted"),
        ({"faults": BROKEN, "plugged": True}, "Faulted"),
        ({"faults": NUISANCE}, "Available"),
        ({"evse_in_use": True}, "Available"),
        ({"transaction": True, "ev_gone": True}, "Available"),
        ({"authorized": True}, "Available"),
        ({"transaction": True, "leaving": True}, "Available"),
        ({"transaction": True, "leaving": True, "plugged": True}, "Occupied"),
        ({"transaction": True, "leaving": True, "ending": True}, "Unavailable"),
        ({"transaction": True, "ending": True}, "Available"),
    ],
)
def test_state_of_a_connector(facts: dict[str, Any], word: str) -> None:
    assert availability_state(ConnectorFacts(1, 1, **facts)) == ConnectorStatus(word)


@pytest.fixture(params=["2.0.1", "1.6"])
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    made = Bench(request.param, evses=(2, 1))
    yield made
    made.check()


def state(bench: Bench, component: str, variable: str = "AvailabilityState", **evse: int) -> str:
    where = EVSE(evse["id"], connector_id=evse.get("connector_id")) if evse else None
    address = ComponentVariable(Component(component, evse=where), Variable(variable))
    (result,) = bench.station.ocpp.get_variables([GetVariableRequest(address)])
    return str(result.value)


def test_states_follow_the_facts(bench: Bench) -> None:
    bench.station.plug_in(1, 2)
    bench.station.fault("OtherError", 2)

    assert state(bench, "Connector", id=1, connector_id=1) == "Available"
    assert state(bench, "Connector", id=1, connector_id=2) == "Occupied"
    assert state(bench, "EVSE", id=1) == "Occupied"
    assert state(bench, "Connector", id=2, connector_id=1) == "Faulted"
    assert state(bench, "Connector", "Problem", id=2, connector_id=1) == "true"
    assert state(bench, "EVSE", "Problem", id=1) == "false"
    assert state(bench, "ChargingStation") == "Available"


def test_station_and_evse_become_unavailable(bench: Bench) -> None:
    request = ChangeAvailabilityRequest(OperationalStatusEnumType.Inoperative)
    bench.station.command(ChangeAvailability(request))

    assert state(bench, "ChargingStation") == "Unavailable"
    assert state(bench, "EVSE", id=2) == "Unavailable"
    assert state(bench, "Connector", id=2, connector_id=1) == "Unavailable"


def test_a_watched_state_is_published_once_for_each_change(bench: Bench) -> None:
    where = EVSE(1, connector_id=1)
    address = ComponentVariable(Component("Connector", evse=where), Variable("AvailabilityState"))
    bench.station.command(MonitorVariables([address]))

    bench.station.plug_in(1, 1)
    bench.station.present_token("A1", 1)
    bench.run(5.0)
    bench.station.unplug(1)
    bench.run(5.0)

    values = [event.actual_value for event in bench.station.published["event_data"]]
    assert values == ["Occupied", "Available"]
