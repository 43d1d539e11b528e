"""A station that comes and goes on a disk and a charger that stay."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ocpp_iface.errors import NotRunning, StoreError
from ocpp_iface.sim import FileDisk, StationDown, World, address
from ocpp_iface.types import EVSE

Make = Callable[..., World]


def test_a_command_runs_the_world_until_it_is_done(make_world: Make, version: str) -> None:
    world = make_world(version)

    assert world.station.present_token("04AB") == "Accepted"
    with pytest.raises(NotRunning, match="nothing handles StopButton"):
        world.station.stop_button()


def test_commands_of_one_instant_are_one_step(make_world: Make) -> None:
    world = make_world()
    steps: list[int] = []
    kernel = world.station.process.kernel
    step = kernel.step
    kernel.step = lambda inputs, now: steps.append(len(inputs)) or step(inputs, now)
    world.station.send(object())
    world.station.send(object())
    world.settle()

    assert steps == [2]


def test_published_values_are_kept_and_told(make_world: Make) -> None:
    world = make_world(booted=False)
    seen: list[Any] = []
    world.station.subscribe("is_connected", seen.append)
    assert world.station.latest("is_connected") is None
    world.station.boot()
    world.settle()
    world.station.network.drop()
    world.settle()

    assert seen == world.station.published["is_connected"] == [True, False]
    assert world.station.latest("is_connected") is False


def test_a_power_cut_loses_what_was_not_committed_and_nothing_else(
    make_world: Make, version: str
) -> None:
    world = make_world(version)
    station = world.station
    station.plug_in()
    station.kill()
    world.run_for(60)
    assert not station.running
    assert station.send(object()).lost

    station.boot()
    world.run_for(10)
    station.unplug()
    world.settle()

    (record,) = world.csms.transactions.values()
    assert record.complete
    world.check()


def test_a_process_that_ends_leaves_the_contactor_alone(make_world: Make) -> None:
    world = make_world()
    station = world.station
    station.plug_in()
    world.settle()
    station.restart()
    world.settle()
    assert station.evse().contactor_closed

    station.kill()
    assert not station.evse().contactor_closed
    world.check()


def test_after_a_start_the_charger_says_what_it_sees(make_world: Make) -> None:
    world = make_world()
    station = world.station
    station.plug_in()
    world.settle()
    station.kill()
    station.evse().unplug()
    station.boot()
    world.settle()

    (record,) = world.csms.transactions.values()
    assert record.kinds == ["Started", "Ended"]


def test_a_command_at_the_moment_of_a_power_cut_has_no_outcome(make_world: Make) -> None:
    world = make_world()
    station = world.station
    station.wear.cut_before = station.wear.commits + 1
    with pytest.raises(StationDown, match="went down before PlugIn was done"):
        station.plug_in()
    assert not station.running

    world.tolerate_crashes = True
    station.boot()
    station.boot()
    world.settle()
    station.kill()
    station.kill()


def test_life_has_an_order(make_world: Make) -> None:
    world = make_world()
    with pytest.raises(StationDown, match="runs already"):
        world.station.boot()
    world.station.kill()
    with pytest.raises(StationDown, match="does not run"):
        world.station.kill()


def test_a_store_that_fails_ends_the_process(make_world: Make) -> None:
    world = make_world()
    station = world.station
    station.wear.failing = 1
    with pytest.raises(StationDown):
        station.plug_in()

    assert world.problems() == ["cs1 ended: the simulated disk is full"]
    station.failures.clear()
    station.boot()
    world.run_for(10)
    assert len(world.csms.transactions) == 1  # the charger told it again that an EV is there
    world.check()


def test_a_file_keeps_the_store(make_world: Make, mini: Callable[..., Any], tmp_path: Any) -> None:
    world = World()
    station = world.add_station(mini("ocpp2.0.1"), disk=FileDisk(tmp_path / "store.db"))
    station.boot()
    world.settle()
    station.plug_in()
    station.kill()
    station.boot()
    world.run_for(10)
    station.unplug()
    world.settle()

    (record,) = world.csms.transactions.values()
    assert record.complete
    world.check()
    station.kill()


def test_an_unlock_order_goes_to_the_charger_and_back(make_world: Make) -> None:
    world = make_world()
    request = {"evseId": 1, "connectorId": 1}
    assert world.csms.call("UnlockConnector", request) == {"status": "Unlocked"}

    world.station.hardware.fail("unlock")
    assert world.csms.call("UnlockConnector", request) == {"status": "UnlockFailed"}
    assert [order.failed for order in world.station.hardware.log] == ["", "fails"]


def test_a_station_that_wakes_itself_for_ever_is_caught(make_world: Make) -> None:
    world = make_world()
    kernel = world.station.process.kernel
    kernel.next_deadline = lambda: 0.0

    with pytest.raises(AssertionError, match="wakes itself for ever"):
        world.run_for(1000)


def test_two_stations_share_a_csms(make_world: Make, mini: Callable[..., Any]) -> None:
    world = make_world()
    other = world.add_station(mini("ocpp1.6", identity="cs2"))
    other.boot()
    world.settle()
    world.station.plug_in()
    other.plug_in()
    world.settle()

    assert world.csms.call("ClearCache", station="cs2") == {"status": "Accepted"}
    assert [r.station for r in world.csms.transactions.values()] == ["cs1", "cs2"]
    assert list(world.stations) == ["cs1", "cs2"]
    world.check()


def test_the_clock_of_a_station_may_be_wrong(make_world: Make) -> None:
    world = make_world()
    world.station.clock_offset_s = -3600
    world.station.plug_in()
    world.settle()

    started = world.csms.received("TransactionEvent")[0]
    assert started["timestamp"].startswith("2025-12-31T23:00")


@pytest.mark.parametrize(
    ("name", "component", "variable", "evse"),
    [
        ("TxCtrlr.TxStartPoint", "TxCtrlr", "TxStartPoint", None),
        ("HeartbeatInterval", "", "HeartbeatInterval", None),
        (
            "Connector@1.2/AvailabilityState",
            "Connector",
            "AvailabilityState",
            EVSE(1, connector_id=2),
        ),
    ],
)
def test_variables_are_named_by_text(
    name: str, component: str, variable: str, evse: EVSE | None
) -> None:
    found = address(name)

    assert (found.component.name, found.variable.name) == (component, variable)
    assert found.component.evse == evse


def test_the_wear_of_a_store_is_seen(make_world: Make) -> None:
    world = make_world()
    numbers: list[int] = []
    world.station.wear.on_commit = numbers.append
    world.station.plug_in()
    world.settle()

    assert numbers == [1, 2]
    assert world.station.disk.snapshot() is not None
    with pytest.raises(StoreError):  # no unit of work is open
        world.station.process.store.rollback_to(0)
