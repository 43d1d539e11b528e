"""E15: the EV ends its session (ISO 15118 SessionStop), which the app reports as StoppedByEV."""

from __future__ import annotations

from typing import Any

import pytest

from ocpp_iface.sim.bench import Bench


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
    bench.station.unplug()
    bench.expect(
        "TransactionEvent", eventType="Ended", transactionInfo={"stoppedReason": "EVDisconnected"}
    )
