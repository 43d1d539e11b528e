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


def test_cable_is_still_kept_when_the_refused_driver_pulls_it_at_the_ev(bench: Bench) -> None:
    refused_late(bench)

    bench.station.unplug(cable_left=True)
    bench.run(5)
    assert bench.station.evse().locked == 1
    bench.station.present_token(TOKEN)
    bench.run(1)

    assert bench.station.evse().locked is None


def test_no_cable_is_kept_for_a_driver_who_is_refused_before_there_is_one(make_bench: Any) -> None:
    points = {"TxCtrlr.TxStartPoint": "Authorized", "TxCtrlr.TxStopPoint": "Authorized"}
    bench: Bench = make_bench(variables=points)
    bench.on("TransactionEvent").reply(idTokenInfo={"status": "Blocked"}).once()
    bench.station.present_token(TOKEN)
    bench.expect("TransactionEvent", eventType="Ended", triggerReason="Deauthorized")
    bench.world.settle()
    bench.on("Authorize").reply(idTokenInfo={"status": "Blocked"})

    assert bench.station.present_token(TOKEN).status == "Blocked"


# -- over a power cut ----------------------------------------------------------------------------


@pytest.mark.parametrize("pulled", ["before", "after", "never"])
def test_power_cut_does_not_forget_whose_cable_is_kept(bench: Bench, pulled: str) -> None:
    """E05.FR.11; the lock holds without power, too."""
    refused_late(bench)
    if pulled == "before":
        bench.station.unplug(cable_left=True)
        bench.run(5)

    bench.power_cut()
    bench.run(5)
    if pulled == "after":
        bench.station.unplug(cable_left=True)
        bench.station.unplug(1, 1, cable_left=True)  # said twice
        bench.run(5)
    assert bench.station.evse().locked == 1
    bench.station.present_token(TOKEN)
    bench.run(1)

    assert bench.station.evse().locked is None
    assert len(bench.csms.transactions) == 1


def test_kept_cable_of_a_transaction_that_a_power_cut_ended(make_bench: Any) -> None:
    """E10.FR.01"""
    bench: Bench = make_bench(variables=KEEPS["2.0.1"], config={"on_power_loss": "end"})
    bench.charging()
    bench.station.unplug(cable_left=True)
    bench.run(5)

    bench.power_cut()
    bench.run(5)
    assert bench.station.evse().locked == 1
    bench.station.present_token(TOKEN)
    bench.run(1)

    assert bench.station.evse().locked is None


def test_cable_that_was_taken_out_without_power_is_kept_no_more(bench: Bench) -> None:
    refused_late(bench)
    bench.station.unplug(cable_left=True)
    bench.run(5)
    bench.power_cut()

    bench.station.unplug(1, 1)
    bench.run(5)

    assert bench.station.present_token(OTHER_TOKEN).waiting_for_plug


def test_a_cable_that_is_not_kept_is_not_known_after_a_power_cut(bench: Bench) -> None:
    """Anybody may have taken it out."""
    bench.charging()
    bench.stop_authorized()
    bench.station.unplug(cable_left=True)
    bench.run(5)

    bench.power_cut()
    bench.run(5)

    assert bench.station.present_token(OTHER_TOKEN).waiting_for_plug


def test_refused_driver_who_plugs_the_ev_in_again_still_gets_the_cable(bench: Bench) -> None:
    refused_late(bench)
    bench.station.unplug(cable_left=True)
    bench.station.plug_in()

    bench.station.present_token(TOKEN)
    bench.run(1)

    assert bench.station.evse().locked is None
