from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ocpp_iface import types as t

NOW = datetime(2024, 1, 1, tzinfo=UTC)
PASSWORD = t.ComponentVariable(t.Component("SecurityCtrlr"), t.Variable("basicauthPASSWORD"))
HARMLESS = t.ComponentVariable(t.Component("ClockCtrlr"), t.Variable("TimeZone"))


def values_at(address: t.ComponentVariable) -> list[object]:
    return [
        t.SetVariableRequest(address, "hunter2"),
        t.GetVariableResult(t.GetVariableStatusEnumType.Accepted, address, value="hunter2"),
        t.EventData(
            address,
            1,
            NOW,
            t.EventTriggerEnum.Delta,
            "hunter2",
            t.EventNotificationType.CustomMonitor,
        ),
    ]


@pytest.mark.parametrize("index", range(3))
def test_repr_hides_the_value_of_a_secret_variable(index: int) -> None:
    shown = repr(values_at(PASSWORD)[index])

    assert "hunter2" not in shown
    assert "<hidden>" in shown
    assert "basicauthPASSWORD" in shown


@pytest.mark.parametrize("index", range(3))
def test_repr_shows_the_value_of_any_other_variable(index: int) -> None:
    shown = repr(values_at(HARMLESS)[index])

    assert "'hunter2'" in shown


def test_repr_of_an_absent_secret_says_none() -> None:
    result = t.GetVariableResult(t.GetVariableStatusEnumType.Rejected, PASSWORD)

    assert "value=None" in repr(result)


@pytest.mark.parametrize("key", ["AuthorizationKey", "authorizationkey", "ApnPassword", "SimPin"])
def test_repr_hides_secret_keys(key: str) -> None:
    assert "hunter2" not in repr(t.KeyValue(key, False, value="hunter2"))
    assert t.is_secret_name(key)


def test_repr_shows_other_keys() -> None:
    assert "900" in repr(t.KeyValue("HeartbeatInterval", False, value="900"))
    assert not t.is_secret_name("HeartbeatInterval")


def test_repr_hides_the_text_of_a_raw_message() -> None:
    message = t.Message('{"idTag":"04A2"}', t.MessageDirection.ChargingStationToCSMS)

    assert "04A2" not in repr(message)
    assert "<16 characters>" in repr(message)


def test_is_secret_looks_at_the_variable() -> None:
    assert t.is_secret(PASSWORD)
    assert not t.is_secret(HARMLESS)
