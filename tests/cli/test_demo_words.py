"""The gist of each var of the contract fits a line."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from ocpp_iface.cli.demo_words import gist
from ocpp_iface.sim import strategies
from ocpp_iface.types import OcppTransactionEvent, OcppTransactionEventResponse, to_json

EVENT = {"transaction_event": "Started", "session_id": "s", "transaction_id": "123456789"}


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("is_connected", True, "true"),
        ("ocpp_transaction_event", EVENT, "Started transaction 12345678"),
        (
            "ocpp_transaction_event",
            {"transaction_event": "Started", "session_id": "s", "evse": {"id": 2}},
            "Started EVSE 2",
        ),
        (
            "ocpp_transaction_event_response",
            {"original_transaction_event": EVENT, "total_cost": 1.5},
            "to Started transaction 12345678, total cost 1.5",
        ),
        ("security_event", {"type": "StartupOfTheDevice"}, "StartupOfTheDevice"),
        ("connection_status", {"connected": False}, "no link"),
        (
            "charging_schedules",
            {
                "schedules": [
                    {
                        "evse": number,
                        "charging_rate_unit": "A",
                        "charging_schedule_period": [{"start_period": 0, "limit": 16.0}],
                    }
                    for number in (0, 1)
                ]
            },
            "station 16 A, EVSE 1 16 A",
        ),
    ],
)
def test_the_gist(name: str, value: Any, words: str) -> None:
    assert gist(name, value) == words


@given(strategies.strategy_for(OcppTransactionEventResponse))
def test_every_answer_has_a_gist(answer: OcppTransactionEventResponse) -> None:
    assert gist("ocpp_transaction_event_response", to_json(answer)).startswith("to ")


@given(strategies.strategy_for(OcppTransactionEvent))
def test_every_event_has_a_gist(event: OcppTransactionEvent) -> None:
    assert gist("ocpp_transaction_event", to_json(event)).startswith(str(event.transaction_event))
