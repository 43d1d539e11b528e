"""The exact words in which a fault is told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from ocpp_iface import types as t
from ocpp_iface.errors import Fault, PayloadError
from ocpp_iface.types import from_json


def request(name: Any = "Enabled", **more: Any) -> dict[str, Any]:
    address = {"component": {"name": "ClockCtrlr"}, "variable": {"name": name}}
    return {"component_variable": address, **more}


CASES = [
    (
        list[t.GetVariableRequest],
        [request(), request(), request("x" * 51)],
        "requests[2].component_variable.variable.name",
        "longer than 50",
        Fault.PROPERTY,
    ),
    (
        list[t.GetVariableRequest],
        [request(attribute_type="Factual")],
        "requests[0].attribute_type",
        "not one of Actual, Target, MinSet, MaxSet",
        Fault.PROPERTY,
    ),
    (
        list[t.GetVariableRequest],
        [{"component_variable": {"component": {"name": "x"}}}],
        "requests[0].component_variable.variable",
        "missing",
        Fault.OCCURRENCE,
    ),
    (list[t.GetVariableRequest], {}, "requests", "expected a list, not an object", Fault.TYPE),
    (
        list[t.SetVariableRequest],
        [request(value="v"), request(value=1)],
        "requests[1].value",
        "expected a string, not a number",
        Fault.TYPE,
    ),
    (
        list[t.SetVariableRequest],
        [request(value=None)],
        "requests[0].value",
        "expected a value, not null",
        Fault.TYPE,
    ),
    (list[t.EVSE], [{"id": 0}], "requests[0].id", "less than 1", Fault.PROPERTY),
    (
        list[t.EVSE],
        [{"id": 1, "connector_id": True}],
        "requests[0].connector_id",
        "expected an integer, not a boolean",
        Fault.TYPE,
    ),
    (
        list[t.EVSE],
        [{"id": 1.0}],
        "requests[0].id",
        "expected an integer, not a number",
        Fault.TYPE,
    ),
    (list[t.EVSE], ["1"], "requests[0]", "expected an object, not a string", Fault.TYPE),
    (
        t.GetConfigurationResponse,
        {"configuration_keys": [], "unknown_keys": ["a", "x" * 51]},
        "requests.unknown_keys[1]",
        "longer than 50",
        Fault.PROPERTY,
    ),
    (
        t.SecurityEvent,
        {"type": "x", "timestamp": 5},
        "requests.timestamp",
        "expected a date-time, not a number",
        Fault.TYPE,
    ),
    (
        t.SecurityEvent,
        {"type": "x", "timestamp": "2024-02-30T00:00:00Z"},
        "requests.timestamp",
        "not a date-time",
        Fault.PROPERTY,
    ),
    (
        t.SecurityEvent,
        {"type": "x", "timestamp": "1969-12-31T23:59:59Z"},
        "requests.timestamp",
        "a date out of range",
        Fault.PROPERTY,
    ),
    (
        t.ChargingSchedules,
        {
            "schedules": [
                {
                    "evse": 0,
                    "charging_rate_unit": "A",
                    "charging_schedule_period": [{"start_period": 0, "limit": float("nan")}],
                }
            ]
        },
        "requests.schedules[0].charging_schedule_period[0].limit",
        "not a finite number",
        Fault.PROPERTY,
    ),
    (str, 5, "requests", "expected a string, not a number", Fault.TYPE),
    (str, "a\ud800", "requests", "half a surrogate pair", Fault.PROPERTY),
    (bool, 1, "requests", "expected a boolean, not a number", Fault.TYPE),
    (int, 2**31, "requests", "more than 2147483647", Fault.PROPERTY),
    (float, "1", "requests", "expected a number, not a string", Fault.TYPE),
    (t.AttributeEnum, 1, "requests", "expected a string, not a number", Fault.TYPE),
    (datetime, "now", "requests", "not a date-time", Fault.PROPERTY),
    (t.EVSE, object(), "requests", "expected an object, not object", Fault.TYPE),
]


@pytest.mark.parametrize(("kind", "document", "path", "reason", "fault"), CASES)
def test_fault_in_json_is_told_with_its_path(
    kind: Any, document: Any, path: str, reason: str, fault: Fault
) -> None:
    with pytest.raises(PayloadError) as caught:
        from_json(kind, document, "requests")

    error = caught.value
    assert (error.path, error.reason, error.fault) == (path, reason, fault)
    assert str(error) == f"{path}: {reason}"


def test_path_is_relative_without_a_prefix() -> None:
    with pytest.raises(PayloadError, match=r"^component_variable\.variable\.name: longer than 50$"):
        from_json(t.GetVariableRequest, request("x" * 51))


CONSTRUCTIONS = [
    (lambda: t.EVSE(True), "id", "expected an integer, not a boolean"),
    (lambda: t.EVSE(1, connector_id=0), "connector_id", "less than 1"),
    (lambda: t.Variable("x" * 51), "name", "longer than 50"),
    (lambda: t.Variable(None), "name", "expected a string, not null"),
    (lambda: t.Variable("\udfffé"), "name", "half a surrogate pair"),
    (lambda: t.SecurityEvent("x", info="\ud83d"), "info", "half a surrogate pair"),
    (
        lambda: t.GetVariableRequest("Enabled"),
        "component_variable",
        "expected a ComponentVariable, not a string",
    ),
    (
        lambda: t.ChangeAvailabilityRequest("Operative"),
        "operational_status",
        "expected a OperationalStatusEnumType, not a string",
    ),
    (
        lambda: t.ChangeAvailabilityRequest("Sleepy"),
        "operational_status",
        "not one of Inoperative, Operative",
    ),
    (
        lambda: t.SecurityEvent("x", timestamp=datetime(2024, 1, 1)),  # noqa: DTZ001  # the fault
        "timestamp",
        "a datetime without a time zone",
    ),
    (
        lambda: t.SecurityEvent("x", timestamp="2024-01-01T00:00:00Z"),
        "timestamp",
        "expected a datetime, not a string",
    ),
    (
        lambda: t.SecurityEvent(
            "x", timestamp=datetime(1, 1, 1, tzinfo=timezone(timedelta(1, -1)))
        ),
        "timestamp",
        "a date out of range",
    ),
    (lambda: t.ConnectionStatus(1), "connected", "expected a boolean, not a number"),
    (lambda: t.ChargingSchedules("abc"), "schedules", "expected a list, not a string"),
    (
        lambda: t.ChargingSchedules([1]),
        "schedules[0]",
        "expected a ChargingSchedule, not a number",
    ),
    (lambda: t.ChargingSchedulePeriod(0, 10**400), "limit", "not a finite number"),
    (
        lambda: t.IdTokenInfo(t.AuthorizationStatus.Accepted, charging_priority=10),
        "charging_priority",
        "more than 9",
    ),
    (lambda: t.Fault(""), "id", "shorter than 1"),
]


@pytest.mark.parametrize(("make", "path", "reason"), CONSTRUCTIONS)
def test_wrong_argument_is_refused_at_construction(make: Any, path: str, reason: str) -> None:
    with pytest.raises(PayloadError) as caught:
        make()

    assert (caught.value.path, caught.value.reason) == (path, reason)


def test_fault_never_repeats_the_value() -> None:
    with pytest.raises(PayloadError) as caught:
        from_json(t.IdToken, {"value": "04A2B3C4D5" * 4, "type": "ISO14443"})

    assert "04A2" not in repr(caught.value)


def test_list_argument_becomes_a_tuple_that_cannot_change() -> None:
    schedules: list[t.ChargingSchedule] = []

    value = t.ChargingSchedules(schedules)

    assert value.schedules == ()
    assert hash(value) == hash(t.ChargingSchedules(()))


def test_utc_is_assumed_where_an_offset_is_missing() -> None:
    event = from_json(t.SecurityEvent, {"type": "x", "timestamp": "2024-01-01T12:00:00"})

    assert event.timestamp == datetime(2024, 1, 1, 12, tzinfo=UTC)
