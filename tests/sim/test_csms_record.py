"""The books of the CSMS find what is lost, invented or out of order."""

from __future__ import annotations

from typing import Any

import pytest

from ocpp_iface.sim.csms_record import Books, registers_wh


def event(kind: str, seq: int, wh: float | None = None, **more: Any) -> dict[str, Any]:
    payload = {"eventType": kind, "seqNo": seq, "transactionInfo": {"transactionId": "t1"}, **more}
    if wh is not None:
        payload["meterValue"] = [{"timestamp": "", "sampledValue": [{"value": wh}]}]
    return payload


def books(*events: dict[str, Any]) -> Books:
    made = Books()
    for number, payload in enumerate(events):
        made.note(float(number), "cs1", "TransactionEvent", payload, {})
    return made


def test_a_whole_transaction_is_in_order() -> None:
    made = books(
        event("Started", 0, 100.0),
        event("Updated", 1, 600.0),
        event("Ended", 2, 900.0, transactionInfo={"transactionId": "t1", "stoppedReason": "Local"}),
    )
    record = made.transactions["t1"]

    assert record.complete
    assert record.seq_nos == [0, 1, 2]
    assert record.energy_wh == 800
    assert record.stopped_reason == "Local"
    assert len(record.updates) == 1
    assert made.open() == []


@pytest.mark.parametrize(
    ("events", "fault"),
    [
        ([event("Updated", 0)], "begins with Updated"),
        ([event("Started", 0), event("Ended", 2)], "seqNos [0, 2]"),
        ([event("Started", 0), event("Updated", 0)], "seqNos [0, 0]"),
        ([event("Started", 0), event("Ended", 1), event("Updated", 2)], "goes on after its end"),
        ([event("Started", 0), event("Started", 1)], "started 2, ended 0 times"),
        ([event("Started", 0, 10.0), event("Updated", 1, 5.0)], "falls from 10.0 to 5.0 Wh"),
    ],
)
def test_a_fault_is_found(events: list[dict[str, Any]], fault: str) -> None:
    assert fault in "".join(books(*events).problems())


def test_a_repeated_event_counts_once() -> None:
    made = books(event("Started", 0), event("Started", 0, offline=True), event("Ended", 1))
    record = made.transactions["t1"]

    assert [e.repeated for e in record.events] == [False, True, False]
    assert record.complete


def test_what_the_csms_refused_may_be_missing() -> None:
    made = books(event("Started", 0))
    made.note(1.0, "cs1", "TransactionEvent", event("Updated", 1), None)
    made.note(2.0, "cs1", "TransactionEvent", event("Ended", 3), {})

    assert made.problems() == []


def test_the_last_message_may_repeat_old_samples() -> None:
    series = {"meterValue": [{"sampledValue": [{"value": wh}]} for wh in (10.0, 20.0, 30.0)]}
    made = books(event("Started", 0, 10.0), event("Updated", 1, 20.0), event("Ended", 2, **series))

    assert made.problems() == []
    assert made.transactions["t1"].energy_wh == 20


def test_16_transactions_are_kept_by_number() -> None:
    made = Books()
    start = {"connectorId": 1, "idTag": "A", "meterStart": 10, "timestamp": "1"}
    made.note(0.0, "cs1", "StartTransaction", start, None)  # refused: comes again
    made.note(1.0, "cs1", "StartTransaction", start, {"transactionId": 7})
    made.note(1.5, "cs1", "StartTransaction", start, {"transactionId": 7})
    meter = {"connectorId": 1, "transactionId": 7, "meterValue": []}
    made.note(2.0, "cs1", "MeterValues", meter, {})
    made.note(2.0, "cs1", "MeterValues", {"connectorId": 1, "meterValue": []}, {})
    stop = {"transactionId": 7, "meterStop": 500, "timestamp": "2", "reason": "Remote"}
    made.note(3.0, "cs1", "StopTransaction", stop, {})
    record = made.transactions["7"]

    assert record.complete
    assert (record.number, record.energy_wh, record.stopped_reason) == (7, 490, "Remote")
    assert record.kinds == ["Started", "Updated", "Ended"]


def test_16_an_unknown_number_is_a_stray() -> None:
    made = Books()
    made.note(0.0, "cs1", "StopTransaction", {"transactionId": 9, "meterStop": 0}, {})
    made.note(0.0, "cs1", "StopTransaction", {"transactionId": -1, "meterStop": 0}, {})

    assert made.problems() == ["StopTransaction of cs1 names the unknown transaction 9"]


def test_only_the_total_register_counts() -> None:
    samples = [
        {"value": "1", "measurand": "Voltage"},
        {"value": "2", "phase": "L1"},
        {"value": "3", "location": "Inlet"},
        {"value": "aa", "format": "SignedData"},
        {"value": "4", "unit": "kWh"},
        {"value": 5, "unitOfMeasure": {"unit": "Wh", "multiplier": 2}},
    ]

    assert list(registers_wh({"meterValue": [{"sampledValue": samples}]})) == [4000, 500]
