"""What becomes of sessions when the process ended: resumed, ended, or forgotten by rule."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.station.inside import (
    energy_flows,
    facts_of,
    in_a_step,
    kernel_of,
    order_names,
    rebuild,
    station_of,
)

from ocpp_iface.sim import Bench
from ocpp_iface.sim.csms_record import TransactionRecord
from ocpp_iface.sim.memory import disagreements
from ocpp_iface.station.rows import EvseRow
from ocpp_iface.types import StoppedReason, TransactionEvent

TOKEN = "04AB12CD"
Make = Callable[..., Bench]
ENDED = TransactionEvent.Ended


def record(bench: Bench) -> TransactionRecord:
    (only,) = bench.csms.transactions.values()
    return only


# -- after a power cut -----------------------------------------------------------------------------


def test_a_transaction_is_resumed(bench: Bench) -> None:
    bench.charging()
    uuid = station_of(bench).evses[1].transaction_id
    bench.run(60)

    bench.power_cut()
    bench.run(30)

    assert station_of(bench).evses[1].transaction_id == uuid
    assert energy_flows(bench)
    bench.station.present_token(TOKEN)
    bench.run(30)
    assert record(bench).complete
    assert record(bench).energy_wh == pytest.approx(bench.station.evse().register_wh, abs=2)


def test_a_charger_that_forgot_the_time_waits_for_the_ev_no_longer_than_usual(make: Make) -> None:
    """Its clock begins in 1970 again, long before the driver was authorized."""
    bench = make(
        variables={"TxCtrlr.TxStartPoint": "Authorized", "TxCtrlr.EVConnectionTimeOut": 60}
    )
    bench.station.present_token(TOKEN)
    bench.run(10)
    bench.station.kill()
    bench.station.clock_offset_s -= 56 * 365 * 86_400.0

    bench.station.boot()
    bench.run(70)

    assert station_of(bench).evses[1].row.authorization is None
    assert station_of(bench).evses[1].transaction_id is None


def test_a_transaction_is_ended_if_so_configured(make: Make) -> None:
    bench = make(config={"on_power_loss": "end"})
    bench.charging()
    bench.run(100)
    cut_at = bench.world.now

    bench.power_cut(3600)
    bench.run(60)

    assert record(bench).stopped_reason == "PowerLoss"
    ended = record(bench).ended
    assert ended is not None
    assert ended.payload["timestamp"] < cut_at.isoformat()
    assert not energy_flows(bench)


def test_at_most_the_interval_of_recordings_is_lost(make: Make) -> None:
    """11 kW for 30 s, and 10 s between readings."""
    bench = make(
        config={"on_power_loss": "end"},
        variables={"SampledDataCtrlr.TxUpdatedInterval": 0},
    )
    bench.charging()
    bench.run(1000)
    register = bench.station.evse().register_wh

    bench.power_cut()
    bench.run(60)

    billed = record(bench).energy_wh or 0.0
    assert register - 11_000 * 41 / 3600 <= billed <= register


@pytest.mark.parametrize("policy", ["resume", "end"])
def test_an_end_that_was_decided_is_carried_out_for_its_reason(make: Make, policy: str) -> None:
    bench = make(config={"on_power_loss": policy})
    bench.charging()
    bench.station.hardware.hang("stop_energy")
    bench.station.stop_button()
    bench.run(1)

    bench.power_cut()
    bench.run(30)

    assert record(bench).complete
    assert record(bench).stopped_reason in ("Local", None)
    assert order_names(bench)[-2:] == ["stop_energy", "unlock"]
    assert not energy_flows(bench)


def test_an_ev_that_left_while_the_power_was_off_ends_its_transaction(bench: Bench) -> None:
    bench.charging()
    bench.station.kill()
    bench.station.evse().unplug()
    bench.run(60)

    bench.station.boot()
    bench.run(60)

    assert record(bench).complete
    assert record(bench).stopped_reason == "EVDisconnected"


def test_an_idle_evse_begins_empty(bench: Bench) -> None:
    """What is plugged in the hardware has to say."""
    bench.ev_connected()
    bench.station.kill()
    bench.station.evse().unplug()

    bench.station.boot()
    bench.run(10)

    assert station_of(bench).evses[1].row == EvseRow()


def test_a_driver_who_had_not_plugged_in_is_forgotten(bench: Bench) -> None:
    bench.station.present_token(TOKEN)

    bench.power_cut()
    bench.station.plug_in()
    bench.run(10)

    assert station_of(bench).evses[1].authorization is None
    assert not energy_flows(bench)


def test_a_transaction_that_waits_for_its_ev_goes_on_waiting(make201: Make) -> None:
    """E03: the time that has passed counts, that without power too."""
    bench = make201(
        variables={
            "TxCtrlr.TxStartPoint": "Authorized",
            "TxCtrlr.TxStopPoint": "Authorized",
            "TxCtrlr.EVConnectionTimeOut": 60,
        }
    )
    bench.station.present_token(TOKEN)
    bench.run(30)

    bench.power_cut(10)
    bench.run(10)
    assert station_of(bench).transactions.open_on(1) is not None
    bench.run(15)

    assert record(bench).stopped_reason == "Timeout"


def test_a_time_that_ran_out_without_power_is_over_at_once(make201: Make) -> None:
    bench = make201(
        variables={
            "TxCtrlr.TxStartPoint": "Authorized",
            "TxCtrlr.TxStopPoint": "Authorized",
            "TxCtrlr.EVConnectionTimeOut": 60,
        }
    )
    bench.station.present_token(TOKEN)

    bench.power_cut(300)
    bench.run(5)

    assert record(bench).stopped_reason == "Timeout"


def test_energy_that_was_withheld_stays_withheld(make: Make) -> None:
    bench = make(variables={"TxCtrlr.StopTxOnInvalidId": False})
    if bench.is16:
        bench.on("StartTransaction").reply(idTagInfo={"status": "Invalid"})
    else:
        bench.on("TransactionEvent").reply(idTokenInfo={"status": "Invalid"}).once()
    bench.station.plug_in()
    bench.station.present_token(TOKEN)
    bench.run(5)
    assert not energy_flows(bench)

    bench.power_cut()
    bench.run(60)

    assert station_of(bench).evses[1].row.withheld
    assert not energy_flows(bench)


def test_an_allowance_of_energy_outlasts_a_power_cut(make: Make) -> None:
    """MaxEnergyOnInvalidId"""
    bench = make(
        variables={"TxCtrlr.StopTxOnInvalidId": False, "TxCtrlr.MaxEnergyOnInvalidId": 500}
    )
    if bench.is16:
        bench.on("StartTransaction").reply(idTagInfo={"status": "Invalid"})
    else:
        bench.on("TransactionEvent").reply(idTokenInfo={"status": "Invalid"}).once()
    bench.station.plug_in()
    bench.station.present_token(TOKEN)
    bench.run(60)

    bench.power_cut()
    bench.run(600)

    assert not energy_flows(bench)
    assert 500 <= bench.station.evse().register_wh <= 540


def test_a_transaction_that_is_over_and_delivered_leaves_no_row(bench: Bench) -> None:
    bench.session()
    bench.run(10)

    bench.power_cut()

    assert station_of(bench).transactions._rows == {}


def test_an_ended_transaction_of_which_nothing_waits_any_more_is_forgotten(bench: Bench) -> None:
    """Its last message was given up when its confirmation could not be handled."""
    bench.charging()
    bench.offline()
    bench.stop_authorized()
    bench.run(5)
    outbox = kernel_of(bench).outbox
    in_a_step(bench, lambda: [outbox.discard(number) for number in list(outbox._rows)])

    bench.power_cut()

    assert station_of(bench).transactions._rows == {}
    bench.csms.books.transactions.clear()  # it never hears of the end


def test_an_end_that_was_not_delivered_keeps_its_row_over_a_power_cut(bench: Bench) -> None:
    bench.charging()
    bench.offline()
    bench.stop_authorized()
    bench.run(5)

    bench.power_cut()
    assert len(station_of(bench).transactions._rows) == 1
    bench.online()
    bench.run(60)

    assert record(bench).complete
    assert station_of(bench).transactions._rows == {}


# -- when only the process ended -------------------------------------------------------------------


def test_the_energy_of_an_ended_process_is_stopped_before_its_transaction_is(make: Make) -> None:
    bench = make(config={"on_power_loss": "end"})
    bench.charging()
    assert energy_flows(bench)

    bench.station.restart()
    bench.run(60)

    assert not energy_flows(bench)
    assert record(bench).stopped_reason == "PowerLoss"


# -- an internal rebuild ---------------------------------------------------------------------------


def test_a_rebuild_forgets_no_cable_and_no_driver(bench: Bench) -> None:
    bench.station.plug_in()
    bench.station.present_token(TOKEN)
    before = station_of(bench).evses[1].row

    rebuild(bench)

    assert station_of(bench).evses[1].row == before
    assert disagreements(bench.station) == []


def test_a_rebuild_keeps_the_time_for_plugging_in(make: Make) -> None:
    bench = make(variables={"TxCtrlr.EVConnectionTimeOut": 60})
    bench.station.present_token(TOKEN)
    bench.run(40)

    rebuild(bench)
    bench.run(15)
    assert station_of(bench).evses[1].authorization is not None
    bench.run(10)

    assert station_of(bench).evses[1].authorization is None


def test_a_rebuild_ends_no_transaction(make: Make) -> None:
    bench = make(config={"on_power_loss": "end"})
    bench.charging()

    rebuild(bench)
    facts = facts_of(bench)
    bench.run(60)

    assert not [fact for fact in facts if fact.kind is ENDED]
    assert energy_flows(bench)
    assert not [fact for fact in facts if fact.stopped_reason is StoppedReason.PowerLoss]
