"""E15: the EV ends its session (ISO 15118 SessionStop), which the app reports as StoppedByEV."""

from __future__ import annotations

from typing import Any

import pytest

from ocpp_iface.sim.bench import TOKEN, Bench


@pytest.mark.parametrize("points", ["Authorized", "PowerPathClosed", "EnergyTransfer"])
def test_session_stop_of_the_ev_ends_the_transaction(make_bench: Any, points: str) -> None:
    bench: Bench = make_bench(variables={"TxCtrlr.TxStopPoint": points})
    bench.charging()

    bench.station.stop_transaction(1, "StoppedByEV")

    bench.expect(
        "TransactionEvent",
        eventType="Ended",
        triggerReason="StopAuthorized",
        transactionInfo={"stoppedReason": "StoppedByEV", "chargingState": "EVConnected"},
    )


def test_session_stop_of_the_ev_without_a_stop_point_ends_the_authorization(
    make_bench: Any,
) -> None:
    bench: Bench = make_bench(variables={"TxCtrlr.TxStopPoint": "EVConnected"})
    bench.charging()

    bench.station.stop_transaction(1, "StoppedByEV")

    bench.expect("TransactionEvent", eventType="Updated", triggerReason="StopAuthorized")
    bench.run(5)
    assert not bench.station.evse().contactor_closed


@pytest.mark.parametrize("points", ["Authorized", "PowerPathClosed", "EnergyTransfer"])
def test_session_stop_of_the_ev_ends_what_nobody_was_authorized_for(
    make_bench: Any, points: str
) -> None:
    """E15.FR.04"""
    bench: Bench = make_bench(variables=tx_points("EVConnected", points))
    bench.ev_connected()

    bench.station.stop_transaction(1, "StoppedByEV")

    bench.expect("TransactionEvent", eventType="Ended", triggerReason="StopAuthorized")


# -- why it ended --------------------------------------------------------------------------------


def tx_points(start: str, stop: str) -> dict[str, Any]:
    return {"TxCtrlr.TxStartPoint": start, "TxCtrlr.TxStopPoint": stop}


@pytest.mark.parametrize(
    ("stop", "reason"), [("remote", "Remote"), ("token", "Local"), ("ev", "StoppedByEV")]
)
def test_unplugging_after_a_stop_tells_the_reason_of_the_stop(
    make_bench: Any, stop: str, reason: str
) -> None:
    """F04.FR.03, TC_E_14, and what stoppedReason is: what began the process of stopping."""
    bench: Bench = make_bench(variables=tx_points("EVConnected", "EVConnected"))
    bench.charging()
    if stop == "remote":
        bench.stop_remote()
    elif stop == "token":
        bench.stop_authorized()
    else:
        bench.station.stop_transaction(1, "StoppedByEV")
    bench.run(5)

    bench.station.unplug()

    bench.expect(
        "TransactionEvent",
        eventType="Ended",
        triggerReason="EVCommunicationLost",
        transactionInfo={"stoppedReason": reason, "chargingState": "Idle"},
    )


def test_reason_of_a_stop_is_over_when_the_driver_goes_on(make_bench: Any) -> None:
    bench: Bench = make_bench(variables=tx_points("EVConnected", "EVConnected"))
    bench.charging()
    bench.stop_authorized()
    bench.run(5)
    bench.station.present_token(TOKEN)
    bench.run(5)

    bench.station.unplug()

    bench.expect(
        "TransactionEvent", eventType="Ended", transactionInfo={"stoppedReason": "EVDisconnected"}
    )


# -- nobody is authorized ------------------------------------------------------------------------


@pytest.mark.parametrize("points", ["Authorized", "PowerPathClosed"])
def test_remote_stop_ends_a_transaction_that_nobody_was_authorized_for(
    make_bench: Any, points: str
) -> None:
    """F03.FR.03"""
    bench: Bench = make_bench(variables=tx_points("EVConnected", points))
    bench.ev_connected()

    assert bench.call("RequestStopTransaction", transactionId=bench.transaction_id()) == {
        "status": "Accepted"
    }

    bench.expect(
        "TransactionEvent",
        eventType="Ended",
        triggerReason="RemoteStop",
        transactionInfo={"stoppedReason": "Remote"},
    )


def test_started_tells_the_charging_state_without_an_ev_too(make_bench: Any) -> None:
    """E02.FR.13: it has one from now on."""
    bench: Bench = make_bench(variables=tx_points("Authorized", "Authorized"))

    bench.station.present_token(TOKEN)

    bench.expect("TransactionEvent", eventType="Started", transactionInfo={"chargingState": "Idle"})


# -- the flow of energy ----------------------------------------------------------------------------


def test_energy_that_the_station_holds_back_is_no_transfer_that_starts(make_bench: Any) -> None:
    """E01.FR.06"""
    bench: Bench = make_bench(auto=False, variables=tx_points("EnergyTransfer", "EVConnected"))
    bench.ev_connected()
    bench.station.present_token(TOKEN)
    bench.mark()

    bench.station.charging_state(1, "SuspendedEVSE")
    bench.quiet(5, "Authorize")
    bench.station.charging_state(1, "Charging")

    bench.expect("TransactionEvent", eventType="Started", triggerReason="ChargingStateChanged")


def test_transaction_that_lives_of_energy_ends_when_it_is_withheld(make_bench: Any) -> None:
    """E06.FR.07; E05.FR.02 leaves this configuration out. E05.FR.11: the cable stays."""
    variables = {
        **tx_points("PowerPathClosed", "EnergyTransfer,EVConnected"),
        "TxCtrlr.StopTxOnInvalidId": False,
    }
    bench: Bench = make_bench(variables=variables)
    bench.on("TransactionEvent", {"eventType": "Started"}).reply(idTokenInfo={"status": "Blocked"})
    bench.ev_connected()
    bench.station.present_token(TOKEN)

    bench.expect(
        "TransactionEvent", eventType="Ended", transactionInfo={"stoppedReason": "DeAuthorized"}
    )
    bench.run(5)
    assert not bench.station.evse().contactor_closed
    assert bench.station.evse().locked == 1
    bench.station.present_token(TOKEN)
    bench.run(5)
    assert bench.station.evse().locked is None
