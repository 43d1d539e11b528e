"""The command `monitor_variables` and the var `event_data`."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

from ocpp_iface.sim import Bench, SimStation, address
from ocpp_iface.types import EventData, EventNotificationType, EventTriggerEnum, to_json

Make = Callable[..., Bench]
Events = Callable[[SimStation], list[EventData]]
FAN = "Cooling/FanSpeed"


def by_csms(bench: Bench, key: str, name: str, value: str) -> str:
    """-> the status"""
    if bench.is16:
        return str(bench.call("ChangeConfiguration", key=key, value=value)["status"])
    component, _, variable = name.partition("/")
    data = {"component": {"name": component}, "variable": {"name": variable}}
    answer = bench.call("SetVariables", setVariableData=[{**data, "attributeValue": value}])
    return str(answer["setVariableResult"][0]["attributeStatus"])


def watch(bench: Bench, *names: str) -> None:
    bench.station.ocpp.monitor_variables([address(name) for name in names])


def values(found: list[EventData]) -> list[str]:
    return [event.actual_value for event in found]


def test_a_change_by_the_app_is_published(bench: Bench, events: Events) -> None:
    watch(bench, FAN)

    bench.station.set(FAN, "6")

    (event,) = events(bench.station)
    assert event.component_variable == address(FAN)
    assert event.actual_value == "6"
    assert event.event_notification_type is EventNotificationType.CustomMonitor
    assert event.timestamp == bench.world.now


def test_a_change_by_the_csms_is_published(bench: Bench, events: Events) -> None:
    watch(bench, FAN)

    assert by_csms(bench, "FanSpeed", FAN, "7") == "Accepted"

    assert values(events(bench.station)) == ["7"]


def test_a_change_by_a_boot_is_published(make: Make, events: Events) -> None:
    """Another configuration than that of the last run: the row knows the last value."""
    bench = make()
    watch(bench, FAN, "Cooling/Serial")
    before = len(events(bench.station))
    other = make(config={"custom": ({"address": "Cooling/Serial", "type": "string",
                                     "access": "ro", "value": "C-2"},
                                    {"address": FAN, "type": "integer", "value": 5, "max": 9,
                                     "key": "FanSpeed"})}, boot=False)  # fmt: skip

    bench.station.kill()
    bench.station.make_kernel = other.station.make_kernel
    bench.station.boot()
    bench.run(30)

    assert values(events(bench.station)[before:]) == ["C-2"]


def test_what_did_not_really_change_is_silent(bench: Bench, events: Events) -> None:
    watch(bench, FAN)

    bench.station.set(FAN, "5")  # as it is
    by_csms(bench, "FanSpeed", FAN, "5")
    bench.station.set(FAN, "99")  # refused
    by_csms(bench, "FanSpeed", FAN, "99")
    bench.power_cut()

    assert events(bench.station) == []


def test_what_is_not_watched_is_silent(bench: Bench, events: Events) -> None:
    watch(bench, "Cooling/Serial")

    bench.station.set(FAN, "6")

    assert events(bench.station) == []


def test_several_monitors_add_up(bench: Bench, events: Events) -> None:
    watch(bench, FAN)
    watch(bench, "TxCtrlr/EVConnectionTimeOut")

    by_csms(bench, "ConnectionTimeOut", "TxCtrlr/EVConnectionTimeOut", "90")
    bench.station.set(FAN, "1")

    assert values(events(bench.station)) == ["90", "1"]


def test_the_same_monitor_twice_is_one(bench: Bench, events: Events) -> None:
    watch(bench, FAN, FAN)
    watch(bench, FAN)

    bench.station.set(FAN, "1")

    assert values(events(bench.station)) == ["1"]


def test_each_address_form_gets_its_own_event(bench: Bench, events: Events) -> None:
    watch(bench, FAN, "FanSpeed")

    bench.station.set(FAN, "1")

    found = events(bench.station)
    assert [event.component_variable for event in found] == [address(FAN), address("FanSpeed")]
    assert values(found) == ["1", "1"]


def test_event_ids_rise_and_survive_a_restart(bench: Bench, events: Events) -> None:
    watch(bench, FAN, "FanSpeed")
    bench.station.set(FAN, "1")
    bench.power_cut()
    bench.station.set(FAN, "2")
    bench.station.restart()
    bench.station.set(FAN, "3")

    ids = [event.event_id for event in events(bench.station)]

    assert len(ids) == 6
    assert all(one < other for one, other in pairwise(ids))


def test_monitors_survive_a_power_cut(bench: Bench, events: Events) -> None:
    watch(bench, FAN)
    bench.power_cut()

    bench.station.set(FAN, "2")

    assert values(events(bench.station)) == ["2"]


def test_monitors_work_offline_and_stopped(bench: Bench, events: Events) -> None:
    watch(bench, FAN)
    bench.offline()
    bench.station.set(FAN, "1")
    bench.station.ocpp.stop()
    bench.station.set(FAN, "2")

    assert values(events(bench.station)) == ["1", "2"]


def test_an_unknown_variable_is_no_error_and_silent(bench: Bench, events: Events) -> None:
    watch(bench, "Nobody/Knows", FAN)

    bench.station.set(FAN, "1")

    assert values(events(bench.station)) == ["1"]


def test_an_event_of_1_6_has_the_required_properties_only(bench: Bench, events: Events) -> None:
    watch(bench, FAN)
    bench.station.set(FAN, "1")

    (event,) = events(bench.station)
    shown: Any = to_json(event)

    assert sorted(shown) == [
        "actual_value",
        "component_variable",
        "event_id",
        "event_notification_type",
        "timestamp",
        "trigger",
    ]
    expected = EventTriggerEnum.Alerting if bench.is16 else EventTriggerEnum.Delta
    assert event.trigger is expected


@pytest.mark.parametrize("name", ["Connector@1.1/AvailabilityState", "EVSE@1/AvailabilityState"])
def test_states_of_the_station_can_be_watched(bench: Bench, events: Events, name: str) -> None:
    watch(bench, name)

    bench.session()

    assert values(events(bench.station)) == ["Occupied", "Available"]
