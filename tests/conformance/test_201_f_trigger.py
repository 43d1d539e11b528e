"""F06: TriggerMessage. Each answer leaves before the message that was asked for."""

from __future__ import annotations

from typing import Any

import pytest

from ocpp_iface.sim.bench import Bench
from ocpp_iface.sim.csms_script import Received


def trigger(bench: Bench, message: str, *evse: int) -> dict[str, Any]:
    """`evse`: its id and, perhaps, the connector's."""
    bench.mark()
    wanted = {"requestedMessage": message}
    where = dict(zip(("id", "connectorId"), evse, strict=False))
    return bench.call("TriggerMessage", **wanted, **({"evse": where} if where else {}))


def accepted(bench: Bench, message: str, *evse: int) -> None:
    answer = trigger(bench, message, *evse)
    assert answer == {"status": "Accepted"}
    assert not [call for call in bench.csms.received(message) if not call.taken]


def assert_triggered_values(call: Received) -> None:
    assert call["meterValue"]
    for value in call["meterValue"]:
        assert {sample["context"] for sample in value["sampledValue"]} == {"Trigger"}


@pytest.mark.parametrize("charging", [False, True])
@pytest.mark.parametrize("evse", [1, 2])
def test_tc_f_11_cs(bench, evse, charging):
    if charging:
        bench.charging()

    accepted(bench, "MeterValues", evse)

    assert_triggered_values(bench.expect("MeterValues", evseId=evse))
    bench.quiet(5)


def test_tc_f_12_cs(bench):
    accepted(bench, "MeterValues")

    for evse in (1, 2):
        assert_triggered_values(bench.expect("MeterValues", evseId=evse))
    bench.run(5)
    assert {call["evseId"] for call in bench.csms.received("MeterValues")} <= {0, 1, 2}


def test_tc_f_13_cs(bench):
    bench.charging()

    accepted(bench, "TransactionEvent", 1)

    event = bench.expect(
        "TransactionEvent",
        eventType="Updated",
        triggerReason="Trigger",
        transactionInfo={"chargingState": "Charging", "transactionId": bench.transaction_id()},
    )
    assert event.get("evse", {"id": 1})["id"] == 1
    assert_triggered_values(event)
    bench.quiet(5)


def test_tc_f_14_cs(bench):
    bench.charging(1)
    bench.charging(2, token="08EF34AB")

    accepted(bench, "TransactionEvent")

    for evse in (1, 2):
        event = bench.expect(
            "TransactionEvent",
            eventType="Updated",
            triggerReason="Trigger",
            evse={"id": evse},
            transactionInfo={
                "chargingState": "Charging",
                "transactionId": bench.transaction_id(evse),
            },
        )
        assert_triggered_values(event)
    bench.quiet(5)


def test_tc_f_20_cs(bench):
    accepted(bench, "Heartbeat")

    bench.expect("Heartbeat", timeout_s=5)


def test_tc_f_23_cs(bench):
    accepted(bench, "StatusNotification", 1, 1)

    bench.expect_status("Available")
    bench.quiet(5)


def test_tc_f_24_cs(bench):
    bench.ev_connected()

    accepted(bench, "StatusNotification", 1, 1)

    bench.expect_status("Occupied")
    bench.quiet(5)


def test_tc_f_26_cs(bench):
    assert trigger(bench, "BootNotification")["status"] == "Rejected"
    bench.csms.expect_none("BootNotification", within_s=10)


def test_tc_f_27_cs(bench):
    assert trigger(bench, "SignCombinedCertificate")["status"] == "NotImplemented"
