"""The driver who may charge at whichever EVSE is plugged in next."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.station.inside import energy_flows, facts_of, rebuild, station_of

from ocpp_iface.engine.block import Cause
from ocpp_iface.sim import Bench
from ocpp_iface.sim.memory import disagreements
from ocpp_iface.station.reports import PlugIn, Unplug
from ocpp_iface.types import TriggerReason

TOKEN = "04AB12CD"
OTHER = "08EF34AB"
Make = Callable[..., Bench]


@pytest.fixture
def two(make: Make) -> Bench:
    """Two EVSEs, and a driver who waits for a plug."""
    bench = make(evses=(1, 1), variables={"TxCtrlr.EVConnectionTimeOut": 60})
    bench.station.present_token(TOKEN, None)
    return bench


def test_the_next_plug_claims_the_driver_once(two: Bench) -> None:
    two.station.plug_in(1)
    two.station.plug_in(2)
    two.run(5)

    assert energy_flows(two, 1)
    assert not energy_flows(two, 2)


def test_a_driver_who_waits_too_long_is_forgotten(two: Bench) -> None:
    two.run(61)

    assert station_of(two).waiting.driver is None
    two.station.plug_in(1)
    two.run(5)
    assert not energy_flows(two, 1)


def test_without_a_time_limit_the_driver_waits_for_ever(make: Make) -> None:
    bench = make(evses=(1, 1), variables={"TxCtrlr.EVConnectionTimeOut": 0})
    bench.station.present_token(TOKEN, None)

    bench.run(7200)

    assert station_of(bench).waiting.driver is not None


def test_an_evse_that_is_broken_claims_nobody(two: Bench) -> None:
    two.station.fault("OtherError", 1)

    two.station.plug_in(1)
    two.run(2)
    assert not energy_flows(two, 1)
    two.station.plug_in(2)
    two.run(2)

    assert energy_flows(two, 2)


@pytest.mark.parametrize("cause", [Cause.REBUILD, Cause.VERSION])
def test_a_rebuild_forgets_neither_the_driver_nor_the_time(two: Bench, cause: Cause) -> None:
    two.run(40)

    rebuild(two, cause)
    assert station_of(two).waiting.driver is not None
    two.run(15)
    assert station_of(two).waiting.driver is not None
    two.run(10)

    assert station_of(two).waiting.driver is None


def test_a_rebuild_does_not_hinder_the_plug(two: Bench) -> None:
    rebuild(two)

    two.station.plug_in(2)
    two.run(5)

    assert energy_flows(two, 2)


def test_a_power_cut_forgets_the_driver(two: Bench) -> None:
    """As it does one who waits at an EVSE: they present the token again."""
    two.power_cut()

    assert station_of(two).waiting.driver is None
    two.station.plug_in(1)
    two.run(5)
    assert not energy_flows(two, 1)


def test_a_stop_of_ocpp_sends_the_driver_away(two: Bench) -> None:
    two.station.ocpp.stop()

    two.station.plug_in(1)
    two.station.ocpp.restart()
    two.run(30)

    assert not energy_flows(two, 1)


def test_the_row_is_what_memory_says(two: Bench) -> None:
    assert disagreements(two.station) == []
    two.station.plug_in(1)

    assert disagreements(two.station) == []


# -- where a transaction runs already --------------------------------------------------------------


def test_a_driver_who_plugs_in_where_a_transaction_runs_is_authorized_for_it(
    make201: Make,
) -> None:
    """E02.FR.20: the next event says so, after the one about the cable."""
    bench = make201(evses=(1, 1), variables={"TxCtrlr.TxStartPoint": "ParkingBayOccupancy"})
    bench.station.bay(1, True)
    bench.station.present_token(TOKEN, None)
    facts = facts_of(bench)

    bench.station.plug_in(1)

    told = [(fact.trigger, fact.id_token.value if fact.id_token else None) for fact in facts]
    assert told == [(TriggerReason.CablePluggedIn, None), (TriggerReason.Authorized, TOKEN)]
    row = station_of(bench).transactions.open_on(1)
    assert row is not None
    assert row.id_token is not None
    assert station_of(bench).waiting.driver is None


def test_the_transaction_of_another_driver_claims_nobody(make201: Make) -> None:
    """C01.FR.23"""
    points = {
        "TxCtrlr.TxStartPoint": "ParkingBayOccupancy,PowerPathClosed",
        "TxCtrlr.TxStopPoint": "ParkingBayOccupancy",
    }
    bench = make201(evses=(1, 1), variables=points)
    bench.station.bay(1, True)
    bench.station.plug_in(1)
    bench.station.present_token(OTHER, 1)
    bench.run(5)
    bench.station.unplug(1)
    bench.run(5)
    bench.station.present_token(TOKEN, None)

    bench.station.plug_in(1)
    bench.run(5)
    assert not energy_flows(bench, 1)
    bench.station.plug_in(2)
    bench.run(5)

    assert energy_flows(bench, 2)


def test_a_driver_who_plugs_in_while_the_last_transaction_ends_is_not_lost(make: Make) -> None:
    bench = make(evses=(1, 1))
    bench.charging(token=OTHER)
    bench.station.present_token(TOKEN, None)

    plug_anew(bench)
    bench.run(5)

    authorization = station_of(bench).evses[1].authorization
    assert authorization is not None
    assert authorization.token.value == TOKEN
    assert energy_flows(bench, 1)


def test_a_plug_while_the_last_transaction_ends_begins_the_next_one(make201: Make) -> None:
    """E01.FR.02"""
    points = {"TxCtrlr.TxStartPoint": "EVConnected", "TxCtrlr.TxStopPoint": "EVConnected"}
    bench = make201(variables=points)
    bench.charging()
    facts = facts_of(bench)

    plug_anew(bench)
    bench.run(5)

    assert [fact.kind.value for fact in facts] == ["Ended", "Started"]
    assert facts[0].transaction != facts[1].transaction
    assert facts[1].id_token is None
    assert not energy_flows(bench)


def test_an_ev_that_stays_after_its_transaction_has_not_come_anew(make201: Make) -> None:
    points = {
        "TxCtrlr.TxStartPoint": "ParkingBayOccupancy,EVConnected",
        "TxCtrlr.TxStopPoint": "Authorized",
    }
    bench = make201(variables=points)
    bench.station.bay(1, True)
    bench.station.plug_in()
    bench.station.present_token(TOKEN)
    bench.run(5)
    facts = facts_of(bench)

    bench.station.present_token(TOKEN)
    bench.run(5)

    assert facts[-1].kind.value == "Ended"
    assert station_of(bench).transactions.open_on(1) is None


def plug_anew(bench: Bench) -> None:
    """The EV leaves and another one comes before the hardware has stopped the energy."""
    charger = bench.station.evse(1)
    charger.unplug()
    bench.station.send(Unplug(1, 1))
    charger.plug(1)
    bench.station.send(PlugIn(1, 1))
