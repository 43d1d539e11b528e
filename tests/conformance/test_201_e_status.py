"""E14: GetTransactionStatus."""

from __future__ import annotations

import pytest
from steps201 import bay_left, bay_occupied, either_way, events

from ocpp_iface.sim.bench import TOKEN, Bench

BACK_OFF_S = 35

resume_delay = pytest.mark.parametrize("delay", [0, 3], ids=["at once", "resume delay"])
"""Whether the station waits after a reconnect before it empties its queue."""


@pytest.fixture
def charging(make_bench, delay) -> Bench:
    """Samples each 10 s, and is back exactly when the tool says."""
    bench = make_bench(
        config={"message_queue_resume_delay_s": delay},
        variables={
            "SampledDataCtrlr.TxUpdatedInterval": 10,
            "SampledDataCtrlr.TxUpdatedMeasurands": "Energy.Active.Import.Register",
            "OCPPCommCtrlr.OfflineThreshold": BACK_OFF_S + 60,
            "OCPPCommCtrlr.RetryBackOffWaitMinimum": BACK_OFF_S,
            "OCPPCommCtrlr.RetryBackOffRandomRange": 0,
            "OCPPCommCtrlr.UnlockOnEVSideDisconnect": True,
        },
    )
    bench.charging()
    bench.run(25)
    return bench


def status(bench: Bench, transaction_id: str | None = None) -> dict:
    wanted = {} if transaction_id is None else {"transactionId": transaction_id}
    return bench.call("GetTransactionStatus", **wanted)


def assert_samples_of_the_outage(bench: Bench) -> None:
    """What was queued comes now: updates with values, each marked, in order."""
    before = len(events(bench))
    bench.expect("TransactionEvent", offline=True)
    bench.run(9)
    queued = [each for each in events(bench)[before:] if each.get("offline")]
    assert len(queued) >= 3
    for each in queued:
        assert each["eventType"] == "Updated"
        assert each["meterValue"]
    assert queued == sorted(queued, key=lambda each: each["timestamp"])


def test_tc_e_28_cs(bench):
    assert status(bench, "never-heard-of") == {"ongoingIndicator": False, "messagesInQueue": False}


@resume_delay
def test_tc_e_29_cs(charging):
    running = charging.transaction_id()
    charging.mark()

    charging.offline(closed=True)
    charging.online()
    answer = status(charging, running)

    assert answer == {"ongoingIndicator": True, "messagesInQueue": True}
    assert_samples_of_the_outage(charging)
    assert status(charging, running) == {"ongoingIndicator": True, "messagesInQueue": False}


def test_tc_e_30_cs(bench):
    bench.charging()

    answer = status(bench, bench.transaction_id())

    assert answer == {"ongoingIndicator": True, "messagesInQueue": False}


@resume_delay
@either_way
def test_tc_e_31_cs(charging, how):
    running = charging.transaction_id()
    before = len(events(charging))
    charging.mark()

    charging.offline(closed=True)
    if how == "local":
        charging.station.present_token(TOKEN)
    else:
        charging.station.ev().pause()
        charging.run(3)
    charging.station.unplug()
    charging.online()
    answer = status(charging, running)

    assert answer == {"ongoingIndicator": False, "messagesInQueue": True}
    ended = charging.expect("TransactionEvent", eventType="Ended", offline=True)
    charging.expect_status("Available")
    queued = events(charging)[before:]
    triggers = [each["triggerReason"] for each in queued]
    assert all(each["offline"] for each in queued)
    if how == "local":
        assert ended["triggerReason"] == "StopAuthorized"
        assert ended["transactionInfo"].get("stoppedReason", "Local") == "Local"
    else:
        suspended = queued[triggers.index("ChargingStateChanged")]
        assert suspended["transactionInfo"]["chargingState"] == "SuspendedEV"
        assert ended["triggerReason"] == "EVCommunicationLost"
        assert ended["transactionInfo"]["chargingState"] == "Idle"


@pytest.mark.parametrize("points", ["EVConnected,Authorized", "EVConnected", "ParkingBayOccupancy"])
def test_tc_e_32_cs(make_bench, points):
    bench = make_bench(
        variables={"TxCtrlr.TxStartPoint": "ParkingBayOccupancy", "TxCtrlr.TxStopPoint": points}
    )
    bay_occupied(bench)
    bench.charging()
    bench.stop_authorized()
    bench.unplugged()
    bay_left(bench)
    bench.world.settle()

    answer = status(bench, bench.transaction_id())

    assert answer == {"ongoingIndicator": False, "messagesInQueue": False}


@resume_delay
def test_tc_e_33_cs(charging):
    charging.mark()

    charging.offline(closed=True)
    charging.online()
    answer = status(charging)

    assert answer == {"messagesInQueue": True}
    assert_samples_of_the_outage(charging)
    assert status(charging) == {"messagesInQueue": False}


def test_tc_e_34_cs(bench):
    assert status(bench) == {"messagesInQueue": False}
