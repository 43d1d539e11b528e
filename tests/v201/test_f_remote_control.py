"""F01 to F05: remote start and stop, unlock."""

from __future__ import annotations

from typing import Any

import pytest

from ocpp_iface.ports.hardware import UnlockOutcome
from ocpp_iface.sim.bench import TOKEN, Bench
from ocpp_iface.sim.csms_script import CsmsCallError
from ocpp_iface.sim.hardware import ALL_METHODS


def start(bench: Bench, **fields: Any) -> dict[str, Any]:
    request = {
        "idToken": {"idToken": TOKEN, "type": "ISO14443"},
        "remoteStartId": 42,
        "evseId": 1,
        **fields,
    }
    return bench.call("RequestStartTransaction", **{k: v for k, v in request.items() if v})


def test_start_with_the_cable_plugged(bench: Bench) -> None:
    bench.ev_connected(1)

    answer = start(bench)

    assert answer == {"status": "Accepted"}
    bench.expect("Authorize", idToken={"idToken": TOKEN})
    started = bench.expect("TransactionEvent")
    assert started["eventType"] == "Started"
    assert started["triggerReason"] == "RemoteStart"
    assert started["transactionInfo"]["remoteStartId"] == 42
    assert started["idToken"]["idToken"] == TOKEN


def test_start_before_the_cable(bench: Bench) -> None:
    assert start(bench) == {"status": "Accepted"}
    bench.run(5.0)
    assert bench.csms.received("TransactionEvent") == []

    bench.station.plug_in(1)

    started = bench.expect("TransactionEvent", eventType="Started")
    assert started["triggerReason"] == "RemoteStart"
    assert started["transactionInfo"]["remoteStartId"] == 42


def test_start_for_a_transaction_that_runs_unauthorized_returns_its_id(make_bench: Any) -> None:
    bench = make_bench(variables={"TxCtrlr.TxStartPoint": "EVConnected"})
    bench.ev_connected(1)
    running = bench.transaction_id()

    answer = start(bench)

    assert answer == {"status": "Accepted", "transactionId": running}
    event = bench.expect("TransactionEvent", triggerReason="RemoteStart")
    assert event["transactionInfo"]["transactionId"] == running
    assert event["transactionInfo"]["remoteStartId"] == 42


@pytest.mark.parametrize(
    ("variables", "token"),
    [
        ({"AuthCtrlr.AuthorizeRemoteStart": False}, {"idToken": TOKEN, "type": "ISO14443"}),
        ({}, {"idToken": "C1", "type": "Central"}),
        ({}, {"idToken": "", "type": "NoAuthorization"}),
    ],
    ids=["by setting", "central", "none"],
)
def test_start_without_authorization(
    make_bench: Any, variables: dict[str, Any], token: dict[str, str]
) -> None:
    bench = make_bench(variables=variables)
    bench.ev_connected(1)

    start(bench, idToken=token)

    event = bench.expect("TransactionEvent", eventType="Started")
    assert event["idToken"] == token
    assert bench.csms.received("Authorize") == []


def test_a_token_that_the_csms_refuses_starts_nothing(bench: Bench) -> None:
    bench.csms.tokens.put(TOKEN, "Blocked")
    bench.ev_connected(1)

    assert start(bench)["status"] == "Accepted"

    bench.expect("Authorize")
    bench.run(5.0)
    assert bench.csms.received("TransactionEvent") == []


def test_start_without_evse_takes_the_one_that_is_plugged(bench: Bench) -> None:
    bench.ev_connected(2)

    assert start(bench, evseId=None)["status"] == "Accepted"

    assert bench.expect("TransactionEvent")["evse"]["id"] == 2


def test_start_where_somebody_charges_is_rejected(bench: Bench) -> None:
    bench.charging(1)

    answer = start(bench)

    assert answer["status"] == "Rejected"
    assert answer["statusInfo"]["reasonCode"]


@pytest.mark.parametrize("evse_id", [3, 99])
def test_start_at_an_unknown_evse_is_rejected(bench: Bench, evse_id: int) -> None:
    assert start(bench, evseId=evse_id)["status"] == "Rejected"


def test_start_at_an_inoperative_evse_is_rejected(bench: Bench) -> None:
    bench.call("ChangeAvailability", operationalStatus="Inoperative", evse={"id": 1})

    assert start(bench)["status"] == "Rejected"


def test_start_at_a_faulted_evse_is_rejected(bench: Bench) -> None:
    bench.station.fault("GroundFailure", 1)

    assert start(bench)["status"] == "Rejected"


def test_group_of_the_request_may_stop(bench: Bench) -> None:
    bench.csms.tokens.put("GROUPMATE", group="G")
    bench.ev_connected(1)
    start(bench, groupIdToken={"idToken": "G", "type": "Central"})
    bench.expect("TransactionEvent", eventType="Started")
    bench.run(3.0)

    bench.station.present_token("GROUPMATE", 1)

    bench.expect("TransactionEvent", eventType="Ended", triggerReason="StopAuthorized")


def test_a_profile_is_ignored_without_smart_charging(bench: Bench) -> None:
    bench.ev_connected(1)
    profile = {
        "id": 1,
        "stackLevel": 0,
        "chargingProfilePurpose": "TxProfile",
        "chargingProfileKind": "Relative",
        "chargingSchedule": [
            {
                "id": 1,
                "chargingRateUnit": "A",
                "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 8.0}],
            }
        ],
    }

    assert start(bench, chargingProfile=profile)["status"] == "Accepted"


def test_remote_stop(bench: Bench) -> None:
    bench.charging(1)

    assert bench.stop_remote() == {"status": "Accepted"}

    (ended,) = bench.csms.received("TransactionEvent", {"eventType": "Ended"})
    assert ended["triggerReason"] == "RemoteStop"
    assert ended["transactionInfo"]["stoppedReason"] == "Remote"


def test_a_late_remote_stop_does_not_hit_the_next_driver(bench: Bench) -> None:
    """F03.FR.08"""
    bench.charging()
    ended = bench.transaction_id()
    bench.on("TransactionEvent", lambda event: event["eventType"] == "Ended").silent()
    bench.station.unplug()
    bench.run(5)
    bench.station.plug_in()
    bench.station.present_token(TOKEN)
    bench.run(5)
    assert bench.station.evse().permitted

    answer = bench.call("RequestStopTransaction", transactionId=ended)
    bench.run(5)

    assert answer["status"] == "Rejected"
    assert bench.station.evse().permitted


def test_remote_stop_of_an_unknown_transaction_is_rejected(bench: Bench) -> None:
    bench.charging(1)

    answer = bench.call("RequestStopTransaction", transactionId="someone-else")

    assert answer["status"] == "Rejected"
    assert answer["statusInfo"]["reasonCode"] == "TxNotFound"


def test_unlock(bench: Bench) -> None:
    assert bench.call("UnlockConnector", evseId=1, connectorId=1) == {"status": "Unlocked"}
    assert bench.call("UnlockConnector", evseId=1, connectorId=9) == {"status": "UnknownConnector"}
    assert bench.call("UnlockConnector", evseId=7, connectorId=1) == {"status": "UnknownConnector"}


def test_unlock_leaves_an_authorized_transaction_alone(bench: Bench) -> None:
    bench.charging(1)

    answer = bench.call("UnlockConnector", evseId=1, connectorId=1)

    assert answer == {"status": "OngoingAuthorizedTransaction"}
    assert bench.station.hardware.evses[1].locked == 1
    assert bench.call("UnlockConnector", evseId=2, connectorId=1) == {"status": "Unlocked"}


def test_unlock_leaves_energy_without_a_transaction_alone(make_bench: Any) -> None:
    bench = make_bench(variables={"TxCtrlr.TxStartPoint": "ParkingBayOccupancy"})
    bench.station.plug_in(1)
    bench.station.present_token(TOKEN, 1)
    bench.run(3.0)

    answer = bench.call("UnlockConnector", evseId=1, connectorId=1)

    assert answer == {"status": "OngoingAuthorizedTransaction"}


def test_unlock_in_a_transaction_that_nobody_authorized(make_bench: Any) -> None:
    bench = make_bench(variables={"TxCtrlr.TxStartPoint": "EVConnected"})
    bench.ev_connected(1)

    assert bench.call("UnlockConnector", evseId=1, connectorId=1) == {"status": "Unlocked"}
    bench.expect("TransactionEvent", eventType="Updated", triggerReason="UnlockCommand")


def test_a_station_without_locks_does_not_support_unlock(make_bench: Any) -> None:
    bench = make_bench(hardware_methods=ALL_METHODS - {"unlock"})

    with pytest.raises(CsmsCallError) as refusal:
        bench.call("UnlockConnector", evseId=1, connectorId=1)

    assert refusal.value.code == "NotSupported"
    assert bench.call("UnlockConnector", evseId=1, connectorId=9) == {"status": "UnknownConnector"}


@pytest.mark.parametrize("trouble", ["fail", "hang", "false", "failed"])
def test_a_lock_that_does_not_open(bench: Bench, trouble: str) -> None:
    hardware = bench.station.hardware
    match trouble:
        case "fail":
            hardware.fail("unlock")
        case "hang":
            hardware.hang("unlock")
        case "false":
            hardware.answer("unlock", False)
        case "failed":
            hardware.answer("unlock", UnlockOutcome.FAILED)

    answer = bench.call("UnlockConnector", evseId=1, connectorId=1)

    assert answer == {"status": "UnlockFailed"}


def test_a_connector_that_has_no_lock(bench: Bench) -> None:
    bench.station.hardware.answer("unlock", UnlockOutcome.NOT_SUPPORTED)

    with pytest.raises(CsmsCallError) as refusal:
        bench.call("UnlockConnector", evseId=1, connectorId=1)

    assert refusal.value.code == "NotSupported"


def test_unlock_of_the_other_connector_is_no_event_of_the_transaction(make_bench: Any) -> None:
    """E02.FR.17"""
    bench: Bench = make_bench(evses=(2,))
    bench.charging(1, 1)
    bench.mark()

    assert bench.call("UnlockConnector", evseId=1, connectorId=2) == {"status": "Unlocked"}
    bench.run(5)

    triggers = [event["triggerReason"] for event in bench.csms.received("TransactionEvent")]
    assert "UnlockCommand" not in triggers
