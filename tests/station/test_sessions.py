"""Sessions: cable, bay, driver and energy of an EVSE, on whole stations of both versions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.station.inside import counted, energy_flows, facts_of, order_names, station_of

from ocpp_iface.sim import Bench
from ocpp_iface.types import StoppedReason, TransactionEvent, TriggerReason

TOKEN = "04AB12CD"
Make = Callable[..., Bench]
STARTED, UPDATED, ENDED = TransactionEvent


def points(start: str, stop: str) -> dict[str, Any]:
    return {"TxCtrlr.TxStartPoint": start, "TxCtrlr.TxStopPoint": stop}


# -- the cable -----------------------------------------------------------------------------------


def test_a_cable_that_is_reported_again_changes_nothing(bench: Bench) -> None:
    bench.charging()
    facts = facts_of(bench)

    bench.station.plug_in()
    bench.run(5)

    assert facts == []
    assert counted(bench) == 0
    assert energy_flows(bench)


def test_a_second_cable_at_an_evse_is_implausible_and_ignored(make: Make) -> None:
    bench = make(evses=(2,))
    bench.charging()
    facts = facts_of(bench)

    bench.station.plug_in(1, 2)
    bench.run(5)

    assert counted(bench) == 1
    assert station_of(bench).evses[1].plugged == 1
    assert facts == []


@pytest.mark.parametrize("connector", [1, 2])
def test_what_is_not_plugged_in_cannot_be_unplugged(make: Make, connector: int) -> None:
    bench = make(evses=(2,))

    bench.station.unplug(1, connector)
    bench.mark()

    assert counted(bench) == 1
    bench.quiet(5)


def test_the_other_connector_cannot_end_the_transaction(make: Make) -> None:
    bench = make(evses=(2,))
    bench.charging()

    bench.station.unplug(1, 2)
    bench.run(5)

    assert counted(bench) == 1
    assert station_of(bench).transactions.open_on(1) is not None


def test_the_ev_that_leaves_ends_the_transaction(bench: Bench) -> None:
    bench.charging()
    facts = facts_of(bench)

    bench.station.unplug()
    bench.run(1)

    (ended,) = [fact for fact in facts if fact.kind is ENDED]
    assert ended.trigger is TriggerReason.EVCommunicationLost
    assert ended.stopped_reason is StoppedReason.EVDisconnected
    assert station_of(bench).evses[1].row.session_id is None


def test_a_cable_pulled_at_the_ev_is_released_when_the_energy_has_stopped(bench: Bench) -> None:
    bench.charging()

    bench.station.unplug(cable_left=True)
    bench.run(1)

    assert order_names(bench)[-2:] == ["stop_energy", "unlock"]
    evse = station_of(bench).evses[1]
    assert (evse.plugged, evse.row.cable_left) == (None, 1)
    bench.station.unplug()
    assert evse.row.cable_left is None
    assert evse.row.session_id is None


def test_the_transaction_of_an_ev_that_comes_back_in_time_goes_on(make201: Make) -> None:
    """E10"""
    bench = make201(
        variables={
            "TxCtrlr.TxStopPoint": "Authorized",
            "TxCtrlr.StopTxOnEVSideDisconnect": False,
            "TxCtrlr.EVConnectionTimeOut": 30,
        }
    )
    bench.charging()
    uuid = station_of(bench).evses[1].transaction_id

    bench.station.unplug()
    bench.run(20)
    assert not energy_flows(bench)
    bench.station.plug_in()
    bench.run(60)

    assert station_of(bench).evses[1].transaction_id == uuid
    assert energy_flows(bench)


def test_an_ev_that_does_not_come_back_has_timed_out(make201: Make) -> None:
    """E10.FR.02"""
    bench = make201(
        variables={
            "TxCtrlr.TxStopPoint": "Authorized",
            "TxCtrlr.StopTxOnEVSideDisconnect": False,
            "TxCtrlr.EVConnectionTimeOut": 30,
        }
    )
    bench.charging()
    facts = facts_of(bench)

    bench.station.unplug()
    bench.run(31)

    assert facts[-1].kind is ENDED
    assert facts[-1].trigger is TriggerReason.EVConnectTimeout
    assert facts[-1].stopped_reason is StoppedReason.Timeout


# -- the bay -------------------------------------------------------------------------------------


def test_a_bay_that_decides_starts_and_ends_the_transaction(make201: Make) -> None:
    """E01, E06: ParkingBayOccupancy"""
    bench = make201(variables=points("ParkingBayOccupancy", "ParkingBayOccupancy"))
    facts = facts_of(bench)

    bench.station.bay(1, True)
    bench.station.plug_in()
    bench.station.present_token(TOKEN)
    bench.run(5)
    bench.station.unplug()
    bench.run(5)
    assert [fact.kind for fact in facts].count(ENDED) == 0
    bench.station.bay(1, False)
    bench.run(5)

    assert (facts[0].kind, facts[0].trigger) == (STARTED, TriggerReason.EVDetected)
    assert (facts[-1].kind, facts[-1].trigger) == (ENDED, TriggerReason.EVDeparted)


def test_a_bay_that_is_left_says_why_the_driver_had_stopped(make201: Make) -> None:
    bench = make201(variables=points("ParkingBayOccupancy", "ParkingBayOccupancy"))
    bench.station.bay(1, True)
    bench.station.plug_in()
    bench.station.present_token(TOKEN)
    bench.run(5)
    bench.station.stop_transaction(1, "StoppedByEV")
    bench.run(5)
    facts = facts_of(bench)

    bench.station.unplug()
    bench.station.bay(1, False)
    bench.run(5)

    assert facts[-1].kind is ENDED
    assert facts[-1].stopped_reason is StoppedReason.StoppedByEV


def test_a_bay_stays_occupied_when_a_cable_leaves_before_there_was_a_driver(make201: Make) -> None:
    bench = make201(variables=points("PowerPathClosed", "ParkingBayOccupancy"))
    facts = facts_of(bench)
    bench.station.bay(1, True)
    bench.station.plug_in()
    bench.run(5)
    bench.station.unplug()
    bench.run(5)
    bench.station.plug_in()
    bench.station.present_token(TOKEN)
    bench.run(5)

    bench.station.bay(1, False)
    bench.run(5)

    assert [facts[0].kind, facts[-1].kind] == [STARTED, ENDED]
    assert facts[-1].trigger is TriggerReason.EVDeparted


def test_a_bay_that_is_reported_again_changes_nothing(make201: Make) -> None:
    bench = make201(variables=points("ParkingBayOccupancy", "ParkingBayOccupancy"))
    bench.station.bay(1, True)
    facts = facts_of(bench)

    bench.station.bay(1, True)

    assert facts == []


def test_a_bay_that_decides_nothing_is_no_event(bench: Bench) -> None:
    bench.charging()
    facts = facts_of(bench)

    bench.station.bay(1, True)
    bench.station.bay(1, False)
    bench.run(1)

    assert facts == []


def test_an_occupied_bay_outlasts_the_time_for_plugging_in(make201: Make) -> None:
    """E03.FR.15"""
    bench = make201(
        variables={
            **points("ParkingBayOccupancy", "ParkingBayOccupancy"),
            "TxCtrlr.EVConnectionTimeOut": 30,
        }
    )
    bench.station.bay(1, True)
    bench.station.present_token(TOKEN)
    facts = facts_of(bench)

    bench.run(31)

    assert [fact.kind for fact in facts] == [UPDATED]
    assert facts[0].trigger is TriggerReason.EVConnectTimeout
    assert station_of(bench).evses[1].authorization is None


# -- the driver ----------------------------------------------------------------------------------


def test_a_driver_who_does_not_plug_in_is_forgotten_in_time(make: Make) -> None:
    bench = make(variables={"TxCtrlr.EVConnectionTimeOut": 30})
    bench.station.present_token(TOKEN)

    bench.run(29)
    assert station_of(bench).evses[1].authorization is not None
    bench.run(2)

    assert station_of(bench).evses[1].authorization is None
    assert station_of(bench).evses[1].row.session_id is None


def test_a_driver_who_plugs_in_has_no_time_limit_any_more(make: Make) -> None:
    bench = make(variables={"TxCtrlr.EVConnectionTimeOut": 30})
    bench.station.present_token(TOKEN)
    bench.run(20)
    bench.station.plug_in()

    bench.run(60)

    assert energy_flows(bench)


def test_a_driver_who_leaves_before_a_transaction_began_has_to_come_back_in_time(
    make201: Make,
) -> None:
    """C01.FR.26"""
    bench = make201(
        auto=False,
        variables={
            **points("EnergyTransfer", "EVConnected"),
            "TxCtrlr.StopTxOnEVSideDisconnect": False,
            "TxCtrlr.EVConnectionTimeOut": 30,
        },
    )
    bench.station.plug_in()
    bench.station.present_token(TOKEN)

    bench.station.unplug()
    bench.run(20)
    assert station_of(bench).evses[1].authorization is not None
    bench.run(11)

    assert station_of(bench).evses[1].authorization is None


def test_without_a_time_limit_a_driver_may_come_whenever(make: Make) -> None:
    bench = make(variables={"TxCtrlr.EVConnectionTimeOut": 0})
    bench.station.present_token(TOKEN)

    bench.run(7200)
    bench.station.plug_in()
    bench.run(5)

    assert energy_flows(bench)


def test_a_transaction_of_a_driver_who_never_came_ends(make201: Make) -> None:
    """E03.FR.05"""
    bench = make201(
        variables={**points("Authorized", "PowerPathClosed"), "TxCtrlr.EVConnectionTimeOut": 30}
    )
    facts = facts_of(bench)
    bench.station.present_token(TOKEN)

    bench.run(31)

    assert [fact.kind for fact in facts] == [STARTED, ENDED]
    assert facts[-1].stopped_reason is StoppedReason.Timeout


def test_the_stop_button_stops_the_energy_before_it_frees_the_cable(bench: Bench) -> None:
    bench.charging()
    facts = facts_of(bench)

    assert bench.station.stop_button()
    bench.run(1)

    assert order_names(bench)[-2:] == ["stop_energy", "unlock"]
    ended = facts[-1]
    assert (ended.kind, ended.trigger) == (ENDED, TriggerReason.StopAuthorized)
    assert (ended.stopped_reason, ended.id_token) == (StoppedReason.Local, None)


def test_the_stop_button_of_an_idle_evse_stops_nothing(bench: Bench) -> None:
    assert not bench.station.stop_button()


def test_the_stop_button_sends_a_waiting_driver_away(bench: Bench) -> None:
    bench.station.present_token(TOKEN)

    assert bench.station.stop_button()

    assert station_of(bench).evses[1].authorization is None


APP_STOPS = {
    "Local": TriggerReason.StopAuthorized,
    "Remote": TriggerReason.RemoteStop,
    "EnergyLimitReached": TriggerReason.EnergyLimitReached,
    "TimeLimitReached": TriggerReason.TimeLimitReached,
    "StoppedByEV": TriggerReason.StopAuthorized,
    "EmergencyStop": TriggerReason.AbnormalCondition,
    "LocalOutOfCredit": TriggerReason.AbnormalCondition,
    "GroundFault": TriggerReason.AbnormalCondition,
    "SOCLimitReached": TriggerReason.AbnormalCondition,
    "PowerQuality": TriggerReason.AbnormalCondition,
}


@pytest.mark.parametrize(("reason", "trigger"), APP_STOPS.items())
def test_the_app_ends_a_transaction_for_a_reason(
    bench: Bench, reason: str, trigger: TriggerReason
) -> None:
    bench.charging()
    facts = facts_of(bench)

    assert bench.station.stop_transaction(1, reason)
    bench.run(1)

    (ended,) = [fact for fact in facts if fact.kind is ENDED]
    assert (ended.trigger, ended.stopped_reason) == (trigger, StoppedReason(reason))
    assert order_names(bench)[-2:] == ["stop_energy", "unlock"]


def test_the_app_cannot_end_what_does_not_run(bench: Bench) -> None:
    bench.ev_connected()

    assert not bench.station.stop_transaction(1, "Local")


def test_a_reason_of_the_app_ends_a_transaction_that_no_stop_point_would(make201: Make) -> None:
    bench = make201(variables=points("ParkingBayOccupancy", "ParkingBayOccupancy"))
    bench.station.bay(1, True)
    facts = facts_of(bench)

    assert bench.station.stop_transaction(1, "EmergencyStop")
    bench.run(1)

    assert facts[-1].kind is ENDED


# -- what the station itself says ------------------------------------------------------------------


def test_a_driver_who_waits_at_an_evse_that_breaks_is_sent_away(bench: Bench) -> None:
    bench.station.present_token(TOKEN)

    bench.station.fault("OtherError", connector=None)

    assert station_of(bench).evses[1].authorization is None


def test_what_an_earlier_process_left_closed_is_opened(bench: Bench) -> None:
    """Nothing says that energy may flow, so it must not."""
    bench.station.evse().permit()

    bench.station.restart()
    bench.run(2)

    assert not bench.station.evse().permitted
