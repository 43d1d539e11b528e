"""E01 to E15 on the wire: which event carries what."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from ocpp_iface.sim.bench import OTHER_TOKEN, TOKEN, Bench


def events(bench: Bench) -> list[dict[str, Any]]:
    return list(bench.csms.received("TransactionEvent"))


def starting(bench: Bench) -> dict[str, Any]:
    """The one Started event."""
    (started,) = bench.csms.received("TransactionEvent", {"eventType": "Started"})
    return started


def ending(bench: Bench) -> dict[str, Any]:
    (ended,) = bench.csms.received("TransactionEvent", {"eventType": "Ended"})
    return ended


START_POINTS = [
    "ParkingBayOccupancy",
    "EVConnected",
    "Authorized",
    "PowerPathClosed",
    "EnergyTransfer",
    "EVConnected,Authorized",
]


@pytest.mark.parametrize("points", START_POINTS)
@pytest.mark.parametrize("token_first", [False, True])
def test_exactly_one_started_and_numbers_without_gap(
    make_bench: Any, points: str, token_first: bool
) -> None:
    bench = make_bench(variables={"TxCtrlr.TxStartPoint": points})
    bench.station.bay(1, True)
    if token_first:
        bench.station.present_token(TOKEN, 1)
        bench.station.plug_in(1)
    else:
        bench.station.plug_in(1)
        bench.station.present_token(TOKEN, 1)
    bench.run(10.0)
    bench.station.present_token(TOKEN, 1)
    bench.run(5.0)
    bench.station.unplug(1)
    bench.station.bay(1, False)
    bench.run(5.0)

    got = events(bench)
    assert [event["seqNo"] for event in got] == list(range(len(got)))
    assert [event["eventType"] for event in got].count("Started") == 1
    assert got[0]["eventType"] == "Started"
    assert got[-1]["eventType"] == "Ended"
    assert len({event["transactionInfo"]["transactionId"] for event in got}) == 1
    named = [event for event in got if "idToken" in event]
    assert named[0]["idToken"]["idToken"] == TOKEN
    plugged = [event for event in got if event.get("evse", {}).get("connectorId") == 1]
    assert plugged


def test_cable_first_names_evse_and_token(make_bench: Any) -> None:
    bench = make_bench(variables={"TxCtrlr.TxStartPoint": "EVConnected"})
    bench.charging(1)
    first, second, *rest = events(bench)

    assert first["triggerReason"] == "CablePluggedIn"
    assert first["evse"] == {"id": 1, "connectorId": 1}
    assert "idToken" not in first
    assert second["triggerReason"] == "Authorized"
    assert second["idToken"] == {"idToken": TOKEN, "type": "ISO14443"}
    assert all("idToken" not in event and "evse" not in event for event in rest)


def test_token_first_names_the_connector_when_the_ev_comes(make_bench: Any) -> None:
    bench = make_bench(variables={"TxCtrlr.TxStartPoint": "Authorized"})
    bench.authorized_local()
    assert starting(bench)["evse"] == {"id": 1}
    assert "chargingState" not in starting(bench)["transactionInfo"]

    bench.ev_connected(1)

    plugged = events(bench)[1]
    assert plugged["triggerReason"] == "CablePluggedIn"
    assert plugged["evse"] == {"id": 1, "connectorId": 1}


def test_stop_by_the_same_token_names_it(bench: Bench) -> None:
    bench.charging(1)
    bench.stop_authorized()

    ended = ending(bench)
    assert ended["triggerReason"] == "StopAuthorized"
    assert ended["idToken"]["idToken"] == TOKEN
    assert ended["transactionInfo"]["stoppedReason"] == "Local"
    assert ended["transactionInfo"]["chargingState"] == "EVConnected"


def test_stop_by_another_token_of_the_group_names_that_one(bench: Bench) -> None:
    bench.csms.tokens.put(TOKEN, group="G")
    bench.csms.tokens.put(OTHER_TOKEN, group="G")
    bench.charging(1)
    bench.stop_authorized(OTHER_TOKEN)

    assert ending(bench)["idToken"]["idToken"] == OTHER_TOKEN


def test_number_of_phases_is_named_when_it_changes(make_bench: Any) -> None:
    bench = make_bench(auto=False)
    bench.ev_connected(1)
    bench.authorized_local()
    bench.station.charging_state(1, "Charging", phases_used=3)
    bench.station.charging_state(1, "SuspendedEV")
    bench.station.charging_state(1, "Charging")
    bench.station.charging_state(1, "SuspendedEV")
    bench.station.charging_state(1, "Charging", phases_used=1)
    bench.run(5.0)

    assert [event.get("numberOfPhasesUsed") for event in events(bench)] == [
        None,
        3,
        None,
        None,
        None,
        1,
    ]


def test_time_spent_charging_grows_while_energy_flows(make_bench: Any) -> None:
    bench = make_bench(variables={"SampledDataCtrlr.TxUpdatedInterval": 10})
    bench.charging(1)
    bench.run(35.0)
    bench.suspended(1)
    bench.run(35.0)

    spent = [event["transactionInfo"].get("timeSpentCharging") for event in events(bench)[1:]]
    assert all(before <= after for before, after in pairwise(spent))
    assert spent[-1] == spent[-2]
    assert 30 <= spent[-1] <= 40


def test_offline_events_are_flagged_and_in_order(bench: Bench) -> None:
    bench.charging(1)
    bench.run(1.0)
    bench.offline()
    bench.station.ev(1).pause()
    bench.run(5.0)
    bench.station.ev(1).resume()
    bench.run(5.0)
    bench.online()
    bench.run(30.0)
    bench.station.ev(1).pause()
    bench.run(5.0)

    offline = [event.get("offline", False) for event in events(bench)]
    assert offline[:2] == [False, False]
    assert offline[-1] is False
    assert offline[2:-1] == [True, True]
    assert [event["seqNo"] for event in events(bench)] == list(range(len(offline)))


def test_an_event_that_was_not_confirmed_when_the_link_was_lost_is_sent_as_offline(
    bench: Bench,
) -> None:
    bench.charging(1)
    bench.on("TransactionEvent").silent().once()
    bench.station.ev(1).pause()
    bench.run(3.0)
    bench.offline()
    bench.run(1.0)
    bench.online()
    bench.run(5.0)

    first, again = events(bench)[-2:]
    assert first["seqNo"] == again["seqNo"]
    assert (first.get("offline", False), again["offline"]) == (False, True)


def test_a_clock_that_is_corrected_at_boot_makes_nothing_offline(make_bench: Any) -> None:
    bench = make_bench(boot=False)
    bench.station.clock_offset_s = 7200.0
    bench.booted()

    bench.charging(1)

    assert [event.get("offline", False) for event in events(bench)] == [False, False]


@pytest.mark.parametrize(
    ("stop_points", "kind"),
    [("EVConnected,Authorized", "Ended"), ("PowerPathClosed", "Ended"), ("EVConnected", "Updated")],
)
def test_a_token_refused_late_is_deauthorized(make_bench: Any, stop_points: str, kind: str) -> None:
    bench = make_bench(variables={"TxCtrlr.TxStopPoint": stop_points})
    bench.on("TransactionEvent", {"eventType": "Started"}).reply(idTokenInfo={"status": "Invalid"})
    bench.ev_connected(1)
    bench.station.present_token(TOKEN, 1)
    bench.run(5.0)

    refused = bench.expect("TransactionEvent", triggerReason="Deauthorized")

    assert refused["eventType"] == kind
    if kind == "Ended":
        assert refused["transactionInfo"]["stoppedReason"] == "DeAuthorized"
    assert bench.station.hardware.evses[1].permitted is False


def test_a_token_refused_late_only_suspends_if_so_configured(make_bench: Any) -> None:
    bench = make_bench(variables={"TxCtrlr.StopTxOnInvalidId": False})
    bench.on("TransactionEvent", {"eventType": "Started"}).reply(idTokenInfo={"status": "Invalid"})
    bench.ev_connected(1)
    bench.station.present_token(TOKEN, 1)
    bench.run(10.0)

    suspended = bench.expect(
        "TransactionEvent",
        eventType="Updated",
        triggerReason="ChargingStateChanged",
        transactionInfo={"chargingState": "SuspendedEVSE"},
    )
    assert suspended["seqNo"] >= 1
    assert [event["eventType"] for event in events(bench)].count("Ended") == 0


def test_stop_without_a_stop_point_frees_the_cable(make_bench: Any) -> None:
    bench = make_bench(variables={"TxCtrlr.TxStopPoint": "EVConnected"})
    bench.charging(1)

    bench.stop_authorized()
    bench.run(5.0)

    assert bench.station.hardware.evses[1].permitted is False
    assert bench.station.hardware.evses[1].locked is None
    bench.unplugged(1)
    assert ending(bench)["triggerReason"] == "EVCommunicationLost"


def test_ev_side_disconnect_can_suspend(make_bench: Any) -> None:
    bench = make_bench(
        variables={
            "TxCtrlr.TxStopPoint": "Authorized",
            "TxCtrlr.StopTxOnEVSideDisconnect": False,
        }
    )
    bench.charging(1)
    bench.station.unplug(1)
    lost = bench.expect("TransactionEvent", triggerReason="EVCommunicationLost")
    bench.expect_status("Available", 1)
    bench.station.plug_in(1)
    back = bench.expect("TransactionEvent", triggerReason="CablePluggedIn")

    assert lost["eventType"] == "Updated"
    assert lost["transactionInfo"]["chargingState"] == "Idle"
    assert back["eventType"] == "Updated"
    assert back["evse"] == {"id": 1, "connectorId": 1}
    assert back["transactionInfo"]["chargingState"] == "EVConnected"


def test_connection_timeout_ends_the_transaction(make_bench: Any) -> None:
    bench = make_bench(
        variables={"TxCtrlr.TxStartPoint": "Authorized", "TxCtrlr.EVConnectionTimeOut": 30}
    )
    bench.authorized_local()
    bench.run(40.0)

    ended = ending(bench)
    assert ended["triggerReason"] == "EVConnectTimeout"
    assert ended["transactionInfo"]["stoppedReason"] == "Timeout"
    assert bench.station.present_token(TOKEN, 1).started


def test_transaction_status(bench: Bench) -> None:
    assert bench.call("GetTransactionStatus") == {"messagesInQueue": False}
    assert bench.call("GetTransactionStatus", transactionId="none") == {
        "messagesInQueue": False,
        "ongoingIndicator": False,
    }
    bench.charging(1)
    running = bench.transaction_id()
    assert bench.call("GetTransactionStatus", transactionId=running) == {
        "messagesInQueue": False,
        "ongoingIndicator": True,
    }
    bench.stop_authorized()
    bench.run(2.0)
    assert bench.call("GetTransactionStatus", transactionId=running) == {
        "messagesInQueue": False,
        "ongoingIndicator": False,
    }


def test_transaction_status_knows_what_waits(bench: Bench) -> None:
    bench.charging(1)
    running = bench.transaction_id()
    bench.on("TransactionEvent").silent()
    bench.station.ev(1).pause()
    bench.run(3.0)

    answer = bench.call("GetTransactionStatus", transactionId=running)

    assert answer == {"messagesInQueue": True, "ongoingIndicator": True}
    assert bench.call("GetTransactionStatus") == {"messagesInQueue": True}


def test_a_message_that_is_never_accepted_is_dropped_and_the_rest_goes_on(
    make_bench: Any,
) -> None:
    bench = make_bench(
        variables={
            "OCPPCommCtrlr/MessageAttempts[TransactionEvent]": 2,
            "OCPPCommCtrlr/MessageAttemptInterval[TransactionEvent]": 1,
        }
    )
    bench.charging(1)
    bench.on("TransactionEvent", {"transactionInfo": {"chargingState": "SuspendedEV"}}).error(
        "InternalError", "no"
    )
    bench.station.ev(1).pause()
    bench.run(20.0)
    bench.station.ev(1).resume()
    bench.run(20.0)

    numbers = [event["seqNo"] for event in events(bench)]
    assert numbers == [0, 1, 2, 2, 3]


def test_costs_reach_the_app(bench: Bench) -> None:
    bench.on("TransactionEvent", {"eventType": "Started"}).reply(
        totalCost=0.25,
        chargingPriority=12,
        updatedPersonalMessage={"format": "UTF8", "content": "hi"},
        idTokenInfo={"status": "Accepted", "chargingPriority": 40},
    )
    bench.charging(1)

    response = bench.station.published["ocpp_transaction_event_response"][0]

    assert response.total_cost == 0.25
    assert response.personal_message.content == "hi"
