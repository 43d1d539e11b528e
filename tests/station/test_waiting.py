"""The driver who may charge at whichever EVSE is plugged in next."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.station.inside import energy_flows, rebuild, station_of

from ocpp_iface.engine.block import Cause
from ocpp_iface.sim import Bench
from ocpp_iface.sim.memory import disagreements

TOKEN = "04AB12CD"
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
