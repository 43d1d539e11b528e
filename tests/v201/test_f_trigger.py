"""F06: TriggerMessage."""

from __future__ import annotations

from typing import Any

import pytest

from ocpp_iface.sim.bench import Bench
from ocpp_iface.sim.hardware import ALL_METHODS


def trigger(bench: Bench, message: str, **evse: int) -> str:
    fields: dict[str, Any] = {"evse": evse} if evse else {}
    bench.mark()
    answer = bench.call("TriggerMessage", requestedMessage=message, **fields)
    return str(answer["status"])


@pytest.mark.parametrize(
    "message",
    [
        "LogStatusNotification",
        "FirmwareStatusNotification",
        "SignChargingStationCertificate",
        "SignV2GCertificate",
        "SignCombinedCertificate",
        "PublishFirmwareStatusNotification",
    ],
)
def test_what_no_block_offers_is_not_implemented(bench: Bench, message: str) -> None:
    assert trigger(bench, message) == "NotImplemented"
    bench.quiet(5.0)


def test_the_answer_leaves_before_the_message(bench: Bench) -> None:
    assert trigger(bench, "StatusNotification", id=1, connectorId=1) == "Accepted"
    bench.expect("StatusNotification", evseId=1, connectorId=1)

    mine = [entry for entry in bench.csms.log if entry.direction == "in"]
    answer = next(i for i, entry in enumerate(mine) if entry.action == "TriggerMessage")
    assert mine[answer].kind == "RESULT"
    assert mine[answer + 1].action == "StatusNotification"


def test_status_of_an_occupied_connector(bench: Bench) -> None:
    bench.ev_connected(1)

    assert trigger(bench, "StatusNotification", id=1, connectorId=1) == "Accepted"

    bench.expect_status("Occupied", 1)


@pytest.mark.parametrize("evse", [{}, {"id": 1}, {"id": 9, "connectorId": 1}])
def test_status_needs_one_connector(bench: Bench, evse: dict[str, int]) -> None:
    assert trigger(bench, "StatusNotification", **evse) == "Rejected"
    bench.quiet(5.0)


def test_meter_values_of_one_evse(bench: Bench) -> None:
    bench.station.meter(1, 1234.0)

    assert trigger(bench, "MeterValues", id=1) == "Accepted"

    message = bench.expect("MeterValues", evseId=1)
    (sample,) = message["meterValue"][0]["sampledValue"]
    assert sample["context"] == "Trigger"
    assert bench.csms.received("MeterValues") == [message]


def test_meter_values_of_all_evses(bench: Bench) -> None:
    assert trigger(bench, "MeterValues") == "Accepted"

    bench.expect("MeterValues", evseId=1)
    bench.expect("MeterValues", evseId=2)


def test_no_meter_no_values(make_bench: Any) -> None:
    bench = make_bench(hardware_methods=ALL_METHODS - {"read_meter"}, auto=False)

    assert trigger(bench, "MeterValues") == "Rejected"
    assert trigger(bench, "MeterValues", id=9) == "Rejected"


def test_events_of_all_transactions(bench: Bench) -> None:
    bench.charging(1)
    bench.charging(2)

    assert trigger(bench, "TransactionEvent") == "Accepted"

    for evse in (1, 2):
        event = bench.expect("TransactionEvent", evse={"id": evse}, triggerReason="Trigger")
        assert event["eventType"] == "Updated"
        assert event["transactionInfo"]["chargingState"] == "Charging"
        assert event["meterValue"][0]["sampledValue"][0]["context"] == "Trigger"


def test_event_of_one_transaction(bench: Bench) -> None:
    bench.charging(1)
    bench.charging(2)

    assert trigger(bench, "TransactionEvent", id=2) == "Accepted"

    bench.expect("TransactionEvent", triggerReason="Trigger", evse={"id": 2})
    bench.run(5.0)
    assert len(bench.csms.received("TransactionEvent", {"triggerReason": "Trigger"})) == 1


def test_no_transaction_no_event(bench: Bench) -> None:
    assert trigger(bench, "TransactionEvent") == "Rejected"


def test_while_pending_only_what_can_be_sent_at_once(make_bench: Any) -> None:
    bench = make_bench(boot=False, variables={"TxCtrlr.TxStartPoint": "EVConnected"})
    bench.on("BootNotification").reply(status="Pending", interval=1000)
    bench.station.boot()
    bench.expect("BootNotification")
    bench.station.plug_in(1)

    assert trigger(bench, "TransactionEvent") == "Rejected"
    assert trigger(bench, "StatusNotification", id=1, connectorId=1) == "Accepted"
    bench.expect_status("Occupied", 1)
