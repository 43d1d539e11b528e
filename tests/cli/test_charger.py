"""The simulated charger: energy, limits, and what outlives the process."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from ocpp_iface.cli.charger import Outlet, SimulatedCharger
from ocpp_iface.errors import ConfigurationError
from ocpp_iface.types import ChargingSchedule, ChargingSchedulePeriod, ChargingState


def outlet(**fields: Any) -> Outlet:
    made = Outlet(1, 11_000.0, 1.0)
    for name, value in fields.items():
        setattr(made, name, value)
    return made


def limit(unit: str, *periods: tuple[int, float]) -> ChargingSchedule:
    return ChargingSchedule(1, unit, [ChargingSchedulePeriod(*each) for each in periods])


def run(work: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
    return asyncio.run(work())


def test_energy_flows_while_it_is_permitted_and_a_car_wants_it() -> None:
    charging = outlet(plugged=1, permitted=True)

    charging.count(3600.0)
    charging.permitted = False
    charging.count(7200.0)

    assert charging.register_wh == 11_000.0


def test_the_meter_runs_at_the_wanted_speed() -> None:
    fast = outlet(plugged=1, permitted=True, speed=60.0)

    fast.count(60.0)

    assert fast.register_wh == pytest.approx(11_000.0)


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({}, ChargingState.Idle),
        ({"plugged": 1}, ChargingState.EVConnected),
        ({"plugged": 1, "permitted": True}, ChargingState.Charging),
        ({"plugged": 1, "permitted": True, "paused": True}, ChargingState.SuspendedEV),
        (
            {"plugged": 1, "permitted": True, "limit": limit("A", (0, 0.0))},
            ChargingState.SuspendedEVSE,
        ),
    ],
)
def test_the_state_is_what_a_controller_would_see(
    fields: dict[str, Any], state: ChargingState
) -> None:
    assert outlet(**fields).state(0.0) is state


@pytest.mark.parametrize(
    ("schedule", "now", "watts"),
    [
        (limit("W", (0, 3000.0)), 5.0, 3000.0),
        (limit("A", (0, 10.0)), 5.0, 6900.0),
        (limit("W", (0, 3000.0), (60, 1000.0)), 59.0, 3000.0),
        (limit("W", (0, 3000.0), (60, 1000.0)), 60.0, 1000.0),
        (limit("A", (0, 100.0)), 0.0, 11_000.0),
    ],
)
def test_a_limit_holds_from_the_start_of_its_period(
    schedule: ChargingSchedule, now: float, watts: float
) -> None:
    limited = outlet(plugged=1, permitted=True)
    limited.set_limit(schedule, 0.0)

    assert limited.flow_w(now) == watts


def test_meter_and_cars_outlive_the_process(tmp_path: Path) -> None:
    memory = tmp_path / "station.db.charger"

    async def first() -> None:
        charger = SimulatedCharger((1, 2), memory=memory)
        charger.plug(2, 1)
        charger.set_register(2, 500.0)

    async def second() -> dict[str, Any]:
        return SimulatedCharger((1, 2), memory=memory).remembered()

    run(first)
    assert run(second) == {
        "1": {"register_wh": 0.0, "plugged": None},
        "2": {"register_wh": 500.0, "plugged": 1},
    }


@pytest.mark.parametrize(
    "content",
    [
        "[1, 2]",
        '{"1": 5}',
        '{"1": {"register_wh": NaN}}',
        '{"1": {"register_wh": -1.0}}',
        '{"1": {"plugged": "x"}}',
    ],
)
def test_a_memory_that_is_not_its_own_is_a_configuration_error(
    content: str, tmp_path: Path
) -> None:
    memory = tmp_path / "station.db.charger"
    memory.write_text(content)

    async def start() -> None:
        SimulatedCharger((1,), memory=memory)

    with pytest.raises(ConfigurationError, match=r"station\.db\.charger: is not what"):
        run(start)


def test_orders_are_told_with_the_meter() -> None:
    orders: list[tuple[str, int, dict[str, Any]]] = []

    async def work() -> None:
        charger = SimulatedCharger((1,), on_order=lambda *order: orders.append(order))
        await charger.permit_energy(1)
        await charger.lock(1, 1)
        await charger.unlock(1, 1)
        await charger.set_limit(1, limit("A", (0, 6.0)))
        await charger.set_limit(0, limit("A", (0, 6.0)))
        await charger.set_operative(1, None, False)
        await charger.stop_energy(1)

    run(work)
    assert orders == [
        ("permit_energy", 1, {"register_wh": 0.0}),
        ("lock", 1, {"connector": 1}),
        ("unlock", 1, {"connector": 1}),
        ("set_limit", 1, {"limit": 6.0, "unit": "A"}),
        ("set_operative", 1, {"connector": None, "operative": False}),
        ("stop_energy", 1, {"register_wh": 0.0}),
    ]
