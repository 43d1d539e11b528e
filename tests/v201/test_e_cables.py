"""E05.FR.11, E09, E10, and 4.10 of 1.6: who gets a cable out of the socket."""

from __future__ import annotations

from typing import Any

import pytest

from ocpp_iface.sim.bench import OTHER_TOKEN, TOKEN, Bench

KEEPS = {
    "2.0.1": {
        "TxCtrlr.TxStopPoint": "Authorized",
        "TxCtrlr.StopTxOnEVSideDisconnect": False,
        "OCPPCommCtrlr.UnlockOnEVSideDisconnect": True,
    },
    "1.6": {
        "StopTransactionOnEVSideDisconnect": False,
        "UnlockConnectorOnEVSideDisconnect": True,
    },
}


@pytest.mark.parametrize("version", ["1.6", "2.0.1"])
def test_cable_stays_locked_while_the_transaction_goes_on_without_the_ev(version: str) -> None:
    bench = Bench(version, variables=KEEPS[version])
    bench.charging()

    bench.station.unplug(cable_left=True)
    bench.run(600)
    assert bench.station.evse().locked == 1
    bench.station.present_token(TOKEN)
    bench.world.settle()

    assert bench.station.evse().locked is None
    assert [each.ended is not None for each in bench.csms.transactions.values()] == [True]
    bench.check()


def test_second_card_may_charge_where_the_first_one_was_refused_late(bench: Bench) -> None:
    refused_late(bench)

    outcome = bench.station.present_token(OTHER_TOKEN)
    bench.run(5)

    assert outcome.started
    assert bench.station.evse().contactor_closed


def test_reader_of_the_station_knows_whose_cable_is_kept(make_bench: Any) -> None:
    bench: Bench = make_bench()
    refused_late(bench)
    bench.station.plug_in(2)

    bench.station.present_token(TOKEN, None)
    bench.world.settle()

    assert bench.station.evse(1).locked is None
    assert len(bench.csms.transactions) == 1


def refused_late(bench: Bench) -> None:
    """The CSMS takes its word back in the answer to the transaction event."""
    bench.on("TransactionEvent").reply(idTokenInfo={"status": "Blocked"}).once()
    bench.ev_connected()
    bench.station.present_token(TOKEN)
    bench.expect("TransactionEvent", eventType="Ended", triggerReason="Deauthorized")
    bench.world.settle()
    assert bench.station.evse().locked == 1
