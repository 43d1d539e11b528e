"""When a transaction starts and ends."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpp_iface.station.policy import TxPoint
from ocpp_iface.station.tx_points import Conditions, energy_comes_first, holds, starts, stops

NOBODY = Conditions()
PLUGGED = Conditions(connected=True)
READY = Conditions(connected=True, authorized=True, locked=True)
NOT_HELD = Conditions(connected=True, authorized=True)
CHARGING = Conditions(connected=True, authorized=True, energy=True, locked=True)
WAITING = Conditions(authorized=True)
PARKED = Conditions(bay=True)

conditions = st.builds(Conditions, st.booleans(), st.booleans(), st.booleans(), st.booleans())
some_points = st.lists(st.sampled_from(list(TxPoint)), max_size=3, unique=True)


@pytest.mark.parametrize(
    ("point", "when", "expected"),
    [
        (TxPoint.PARKING_BAY_OCCUPANCY, PARKED, True),
        (TxPoint.PARKING_BAY_OCCUPANCY, CHARGING, False),
        (TxPoint.EV_CONNECTED, PLUGGED, True),
        (TxPoint.AUTHORIZED, WAITING, True),
        (TxPoint.AUTHORIZED, PLUGGED, False),
        (TxPoint.POWER_PATH_CLOSED, WAITING, False),
        (TxPoint.POWER_PATH_CLOSED, PLUGGED, False),
        (TxPoint.POWER_PATH_CLOSED, READY, True),
        (TxPoint.ENERGY_TRANSFER, READY, False),
        (TxPoint.ENERGY_TRANSFER, CHARGING, True),
        (TxPoint.DATA_SIGNED, CHARGING, False),
    ],
)
def test_what_each_point_means(point: TxPoint, when: Conditions, expected: bool) -> None:
    assert holds(point, when) is expected


@pytest.mark.parametrize(
    ("points", "before", "after", "expected"),
    [
        ([TxPoint.EV_CONNECTED], NOBODY, PLUGGED, True),
        ([TxPoint.EV_CONNECTED], PLUGGED, PLUGGED, False),
        ([TxPoint.EV_CONNECTED], PLUGGED, READY, True),  # it stayed connected after the last one
        ([TxPoint.POWER_PATH_CLOSED], PLUGGED, READY, True),
        ([TxPoint.POWER_PATH_CLOSED], WAITING, READY, True),
        ([TxPoint.POWER_PATH_CLOSED], PLUGGED, NOT_HELD, False),
        ([TxPoint.POWER_PATH_CLOSED], NOT_HELD, READY, True),
        ([TxPoint.AUTHORIZED], PLUGGED, NOT_HELD, True),
        ([TxPoint.AUTHORIZED], NOT_HELD, READY, False),
        ([TxPoint.ENERGY_TRANSFER], PLUGGED, READY, False),
        ([TxPoint.ENERGY_TRANSFER], READY, CHARGING, True),
        ([TxPoint.AUTHORIZED, TxPoint.EV_CONNECTED], NOBODY, WAITING, True),
        ([], NOBODY, CHARGING, False),
    ],
)
def test_start(
    points: list[TxPoint], before: Conditions, after: Conditions, expected: bool
) -> None:
    assert starts(points, before, after) is expected


@pytest.mark.parametrize(
    ("points", "before", "after", "expected"),
    [
        ([TxPoint.EV_CONNECTED], READY, WAITING, True),
        ([TxPoint.EV_CONNECTED], READY, PLUGGED, False),
        ([TxPoint.AUTHORIZED], READY, PLUGGED, True),
        ([TxPoint.AUTHORIZED], READY, WAITING, False),
        ([TxPoint.POWER_PATH_CLOSED], READY, WAITING, True),
        ([TxPoint.POWER_PATH_CLOSED], NOT_HELD, PLUGGED, True),
        ([TxPoint.ENERGY_TRANSFER], CHARGING, READY, True),
        ([TxPoint.POWER_PATH_CLOSED], WAITING, NOBODY, True),
        # E06.FR.06: exactly as EVConnected and Authorized
        ([TxPoint.POWER_PATH_CLOSED], Conditions(bay=True, authorized=True), PARKED, True),
        ([TxPoint.POWER_PATH_CLOSED], Conditions(bay=True, connected=True), PARKED, True),
        ([TxPoint.POWER_PATH_CLOSED], PLUGGED, READY, False),
        ([TxPoint.POWER_PATH_CLOSED], WAITING, READY, False),
        ([TxPoint.AUTHORIZED], PLUGGED, NOBODY, True),
        ([TxPoint.ENERGY_TRANSFER], PLUGGED, NOBODY, True),
        ([TxPoint.PARKING_BAY_OCCUPANCY], READY, NOBODY, False),
        ([TxPoint.PARKING_BAY_OCCUPANCY], PARKED, NOBODY, True),
    ],
)
def test_stop(points: list[TxPoint], before: Conditions, after: Conditions, expected: bool) -> None:
    assert stops(points, before, after) is expected


@given(some_points, conditions, conditions)
def test_a_driver_who_is_there_is_stopped_by_points_only(
    points: list[TxPoint], before: Conditions, after: Conditions
) -> None:
    path = (TxPoint.EV_CONNECTED, TxPoint.AUTHORIZED)
    meant = [*points, *(path if TxPoint.POWER_PATH_CLOSED in points else ())]
    left = any(holds(point, before) and not holds(point, after) for point in meant)
    if after.authorized or after.connected or after.bay:
        assert stops(points, before, after) is left


@pytest.mark.parametrize(
    ("points", "expected"),
    [
        ((TxPoint.ENERGY_TRANSFER,), True),
        ((TxPoint.AUTHORIZED, TxPoint.ENERGY_TRANSFER), True),
        ((TxPoint.PARKING_BAY_OCCUPANCY,), False),
        ((TxPoint.POWER_PATH_CLOSED, TxPoint.AUTHORIZED), False),
        ((TxPoint.DATA_SIGNED, TxPoint.ENERGY_TRANSFER), False),
        ((), False),
    ],
)
def test_energy_flows_before_the_transaction_only_where_it_may_start_it(
    points: tuple[TxPoint, ...], expected: bool
) -> None:
    assert energy_comes_first(points) is expected
