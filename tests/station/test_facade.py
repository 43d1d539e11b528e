"""Stop and restart of OCPP by the app, and what is and is not done in between."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.station.inside import energy_flows, facts_of, kernel_of, order_names, rebuild, station_of

from ocpp_iface.sim import Bench
from ocpp_iface.sim.memory import disagreements
from ocpp_iface.station import commands, reports
from ocpp_iface.types import AuthorizationStatus, StoppedReason, TransactionEvent, TriggerReason

TOKEN = "04AB12CD"
Make = Callable[..., Bench]


def stop(bench: Bench) -> bool:
    stopped: bool = bench.station.ocpp.stop()
    bench.world.settle()
    return stopped


def restart(bench: Bench) -> bool:
    restarted: bool = bench.station.ocpp.restart()
    bench.run(30)
    return restarted


def test_every_command_and_report_has_a_handler(bench: Bench) -> None:
    handled = kernel_of(bench)._assembly.commands  # a block's own ones included

    declared = [
        each
        for module in (commands, reports)
        for each in vars(module).values()
        if isinstance(each, type) and each.__module__ == module.__name__
    ]
    assert [each.__name__ for each in declared if each not in handled] == []


# -- stop ----------------------------------------------------------------------------------------


def test_stop_closes_what_runs_and_stops_its_energy(bench: Bench) -> None:
    bench.charging()
    facts = facts_of(bench)

    assert stop(bench)

    (ended,) = [fact for fact in facts if fact.kind is TransactionEvent.Ended]
    assert (ended.trigger, ended.stopped_reason) == (
        TriggerReason.AbnormalCondition,
        StoppedReason.Other,
    )
    assert order_names(bench)[-1] == "stop_energy"
    assert not energy_flows(bench)


def test_stop_frees_no_cable(bench: Bench) -> None:
    """Nobody asked for it; the driver is not there."""
    bench.charging()

    stop(bench)
    bench.run(5)

    assert bench.station.evse().locked == 1


def test_a_stop_is_one_stop(bench: Bench) -> None:
    assert stop(bench)
    assert not stop(bench)


def test_stop_sends_a_waiting_driver_away(bench: Bench) -> None:
    bench.station.present_token(TOKEN)

    stop(bench)

    assert station_of(bench).evses[1].authorization is None
    bench.station.plug_in()
    restart(bench)
    assert not energy_flows(bench)
    assert not bench.csms.transactions


# -- in between -----------------------------------------------------------------------------------


def test_cables_are_followed_while_ocpp_is_stopped(bench: Bench) -> None:
    stop(bench)

    bench.station.plug_in()
    assert station_of(bench).evses[1].plugged == 1
    bench.station.unplug()
    assert station_of(bench).evses[1].plugged is None
    bench.station.plug_in()
    restart(bench)
    bench.mark()

    assert bench.station.present_token(TOKEN).started
    bench.run(5)
    assert energy_flows(bench)


def test_a_token_is_refused_while_ocpp_is_stopped(bench: Bench) -> None:
    stop(bench)
    bench.station.plug_in()

    assert bench.station.present_token(TOKEN).status is AuthorizationStatus.Invalid
    bench.run(60)

    assert not energy_flows(bench)


@pytest.mark.parametrize("point", ["EVConnected", "ParkingBayOccupancy"])
def test_no_transaction_starts_while_ocpp_is_stopped(make201: Make, point: str) -> None:
    bench = make201(variables={"TxCtrlr.TxStartPoint": point})
    stop(bench)
    facts = facts_of(bench)

    bench.station.bay(1, True)
    bench.station.plug_in()
    bench.run(5)

    assert facts == []
    assert station_of(bench).transactions.all_open() == []


def test_readings_and_faults_are_followed_while_ocpp_is_stopped(bench: Bench) -> None:
    stop(bench)

    bench.station.meter(1, 4_200.0)
    bench.station.fault("GroundFailure")
    bench.run(5)

    assert station_of(bench).metering.register_wh(1) == 4_200.0
    restart(bench)
    bench.expect_status("Faulted")


def test_an_unplug_while_stopped_is_the_end_of_the_session(bench: Bench) -> None:
    bench.charging()
    stop(bench)

    bench.station.unplug()

    assert station_of(bench).evses[1].row.session_id is None
    restart(bench)
    bench.expect_status("Available")


def test_a_stopped_station_stays_stopped_over_a_rebuild(bench: Bench) -> None:
    stop(bench)

    rebuild(bench)
    bench.run(600)

    assert not bench.csms.connected()
    assert station_of(bench).muted
    assert disagreements(bench.station) == []
    assert restart(bench)


# -- restart ---------------------------------------------------------------------------------------


def test_restart_needs_a_stop(bench: Bench) -> None:
    assert not restart(bench)


def test_restart_boots_anew(bench: Bench) -> None:
    stop(bench)
    bench.mark()

    assert restart(bench)

    boot = bench.expect("BootNotification")
    assert bench.is16 or boot["reason"] == "ApplicationReset"
    bench.expect_status("Available")


def test_sessions_go_on_after_a_restart(bench: Bench) -> None:
    bench.charging()
    stop(bench)
    bench.run(60)
    restart(bench)

    assert bench.station.present_token(TOKEN).started
    bench.run(30)
    bench.station.present_token(TOKEN)
    bench.run(10)

    assert [each.complete for each in bench.csms.transactions.values()] == [True, True]
