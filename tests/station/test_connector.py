"""The facts a connector's status is made of, as whole stations gather them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.station.inside import station_of

from ocpp_iface.sim import Bench
from ocpp_iface.station.commands import ChangeAvailability
from ocpp_iface.station.connector import ConnectorFacts
from ocpp_iface.types import (
    EVSE,
    ChangeAvailabilityRequest,
    ChargingState,
    Fault,
    OperationalStatusEnumType,
)

Make = Callable[..., Bench]


@pytest.fixture
def two(make: Make) -> Bench:
    """One EVSE with two connectors."""
    return make(evses=(2,))


def facts(bench: Bench, connector: int = 1, evse: int = 1) -> ConnectorFacts:
    return station_of(bench).connector_facts(evse, connector)


def inoperative(bench: Bench, evse: EVSE | None = None) -> None:
    request = ChangeAvailabilityRequest(OperationalStatusEnumType.Inoperative, evse=evse)
    bench.station.command(ChangeAvailability(request))


def test_nothing_is_the_matter_with_an_idle_connector(two: Bench) -> None:
    assert facts(two) == ConnectorFacts(1, 1)


def test_the_other_connector_of_an_evse_in_use_is_not_usable(two: Bench) -> None:
    two.charging(1, 1)

    here, there = facts(two, 1), facts(two, 2)

    assert (here.plugged, here.authorized, here.transaction, here.evse_in_use) == (
        True,
        True,
        True,
        False,
    )
    assert here.charging_state is ChargingState.Charging
    assert here.prepared
    assert there == ConnectorFacts(1, 2, evse_in_use=True)


def test_a_driver_who_has_not_plugged_in_may_use_each_connector(two: Bench) -> None:
    two.station.present_token("04AB12CD", 1)

    assert facts(two, 1).authorized
    assert facts(two, 2).authorized
    assert not facts(two, 2).evse_in_use


@pytest.mark.parametrize("state", ["Charging", "SuspendedEV", "SuspendedEVSE"])
def test_all_was_prepared_once_there_is_word_of_energy(make: Make, state: str) -> None:
    bench = make(auto=False)
    bench.station.plug_in()
    bench.station.present_token("04AB12CD")

    assert not facts(bench).prepared
    bench.station.charging_state(1, state)
    bench.run(5)
    bench.station.charging_state(1, "EVConnected")

    assert facts(bench).prepared


def test_a_transaction_whose_energy_is_being_stopped_is_ending(bench: Bench) -> None:
    bench.charging()
    bench.station.hardware.hang("stop_energy")
    bench.station.stop_button()

    assert facts(bench).ending
    bench.run(30)

    assert not facts(bench).ending
    assert facts(bench).finishing


def test_a_cable_that_stays_after_the_transaction_is_finishing(two: Bench) -> None:
    two.charging(1, 2)
    two.stop_authorized(None, 1, 2)

    assert facts(two, 2).finishing
    assert not facts(two, 1).finishing
    two.station.unplug(1)

    assert facts(two, 2) == ConnectorFacts(1, 2)


def test_a_cable_without_an_ev_is_still_here(two: Bench) -> None:
    two.charging(1, 2)

    two.station.unplug(1, 2, cable_left=True)
    two.run(1)

    here = facts(two, 2)
    assert (here.plugged, here.cable_left, here.transaction) == (False, True, False)
    assert facts(two, 1).evse_in_use


def test_a_transaction_without_its_ev_keeps_its_connector(make: Make) -> None:
    bench = make(
        evses=(2,),
        variables={
            "TxCtrlr.TxStopPoint": "Authorized",
            "TxCtrlr.StopTxOnEVSideDisconnect": False,
        },
    )
    bench.charging(1, 2)

    bench.station.unplug(1, 2)

    assert facts(bench, 2).ev_gone
    assert facts(bench, 1).evse_in_use


def test_faults_of_the_evse_concern_each_connector(two: Bench) -> None:
    own, common = Fault("a", "WeakSignal", is_fault=False), Fault("b", "GroundFailure")
    two.station.fault(own, 1, 1)
    assert not facts(two, 1).faulted

    two.station.fault(common, 1, None)

    assert facts(two, 1).faults == (own, common)
    assert facts(two, 2).faults == (common,)
    assert facts(two, 2).faulted


def test_a_connector_that_leaves_with_the_transaction_says_so(two: Bench) -> None:
    two.charging(1, 1)

    inoperative(two, EVSE(1))

    assert facts(two, 1).leaving
    assert facts(two, 1).operative
    two.stop_authorized(None, 1, 1)
    assert not facts(two, 1).operative
    assert not facts(two, 1).leaving


def test_a_connector_is_inoperative_with_all_above_it(two: Bench) -> None:
    inoperative(two)

    assert not facts(two, 1).operative
    assert not facts(two, 1).held


def test_a_connector_that_is_held_for_a_reset_is_not_out_of_order(make201: Make) -> None:
    bench = make201(evses=(1, 1))
    bench.charging(1)
    bench.call("Reset", type="OnIdle")

    idle = facts(bench, 1, 2)

    assert not idle.operative
    assert idle.held


def test_the_station_itself_has_availability_and_faults(two: Bench) -> None:
    inoperative(two)
    fault = two.station.fault("OtherError", 0, None)

    assert facts(two, 0, 0) == ConnectorFacts(0, 0, operative=False, faults=(fault,))
