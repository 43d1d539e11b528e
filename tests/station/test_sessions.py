"""Sessions: cable, bay, driver and energy of an EVSE, on whole stations of both versions."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from ocpp_iface.sim import Bench
from ocpp_iface.types import ChargingState, StoppedReason, TransactionEvent, TriggerReason
from tests.station.inside import counted, energy_flows, facts_of, order_names, station_of

TOKEN = "04AB12CD"
Make = Callable[..., Bench]
STARTED, UPDATED, ENDED = TransactionEvent


@pytest.fixture(params=["1.6", "2.0.1"])
def make(request: pytest.FixtureRequest, make_bench: Make) -> Make:
    return partial(make_bench, request.param, evses=(1,))


@pytest.fixture
def make201(make_bench: Make) -> Make:
    """For rules that 1.6 does not have."""
    return partial(make_bench, "2.0.1", evses=(1,))


@pytest.fixture
def bench(make: Make) -> Bench:
    return make()


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


# -- energy --------------------------------------------------------------------------------------


def test_energy_without_an_ev_is_implausible(make: Make) -> None:
    bench = make(auto=False)

    bench.station.charging_state(1, "Charging")
    assert counted(bench) == 1
    bench.station.charging_state(1, "Idle")

    assert counted(bench) == 1
    assert station_of(bench).evses[1].charging_state is ChargingState.Idle


def test_a_charging_state_that_is_reported_again_is_no_event(make: Make) -> None:
    bench = make(auto=False)
    bench.charging()
    facts = facts_of(bench)

    bench.station.charging_state(1, "Charging")
    assert facts == []
    bench.station.charging_state(1, "SuspendedEVSE")

    assert [fact.charging_state for fact in facts] == [ChargingState.SuspendedEVSE]


@pytest.mark.parametrize(
    ("state", "ends"), [("SuspendedEV", True), ("EVConnected", True), ("SuspendedEVSE", False)]
)
def test_only_the_ev_can_end_the_transfer_of_energy(make201: Make, state: str, ends: bool) -> None:
    """E06: EnergyTransfer"""
    bench = make201(auto=False, variables={"TxCtrlr.TxStopPoint": "EnergyTransfer"})
    bench.charging()
    facts = facts_of(bench)

    bench.station.charging_state(1, state)
    bench.run(1)

    assert (facts[-1].kind is ENDED) == ends
    if ends:
        assert facts[-1].stopped_reason is StoppedReason.StoppedByEV


def test_the_number_of_phases_in_use_is_told_when_it_changes(make201: Make) -> None:
    """E02.FR.18, E02.FR.19"""
    bench = make201(auto=False)
    bench.charging()
    facts = facts_of(bench)

    bench.station.charging_state(1, "SuspendedEVSE")
    bench.station.charging_state(1, "Charging", 3)
    bench.station.charging_state(1, "SuspendedEVSE")
    bench.station.charging_state(1, "Charging", 3)
    bench.station.charging_state(1, "SuspendedEVSE")
    bench.station.charging_state(1, "Charging", 1)

    assert [fact.phases_used for fact in facts] == [None, 3, None, None, None, 1]


def test_energy_that_is_not_permitted_by_the_hardware_ends_the_transaction(bench: Bench) -> None:
    facts = facts_of(bench)
    bench.station.hardware.fail("permit_energy")
    bench.station.plug_in()

    bench.station.present_token(TOKEN)
    bench.run(2)

    ended = facts[-1]
    assert (ended.kind, ended.trigger) == (ENDED, TriggerReason.AbnormalCondition)
    assert ended.stopped_reason is StoppedReason.Other
    assert not energy_flows(bench)


def test_hardware_that_does_not_answer_has_not_permitted_energy(bench: Bench) -> None:
    facts = facts_of(bench)
    bench.station.hardware.hang("permit_energy")
    bench.station.plug_in()

    bench.station.present_token(TOKEN)
    bench.run(45)

    assert facts[-1].kind is ENDED
    assert facts[-1].stopped_reason is StoppedReason.Other


def test_energy_is_permitted_only_when_the_cable_is_held(bench: Bench) -> None:
    bench.charging()

    assert order_names(bench)[-2:] == ["lock", "permit_energy"]


def test_a_station_without_locks_permits_energy_at_once(make: Make) -> None:
    methods = frozenset({"permit_energy", "stop_energy"})
    bench = make(hardware_methods=methods)

    bench.charging()

    assert energy_flows(bench)
    assert "lock" not in order_names(bench)


def test_a_cable_that_cannot_be_held_is_a_fault_until_it_is_unplugged(bench: Bench) -> None:
    bench.station.hardware.fail("lock", None)
    bench.station.plug_in()
    bench.station.present_token(TOKEN)
    bench.run(5)

    faults = station_of(bench).faults
    assert [fault.error_code for fault in faults.of(1, 1)] == ["ConnectorLockFailure"]
    assert "permit_energy" not in order_names(bench)
    bench.station.unplug()

    assert faults.of(1, 1) == ()


def test_an_ev_that_is_gone_before_its_cable_is_held_causes_no_fault(bench: Bench) -> None:
    bench.station.hardware.hang("lock")
    bench.station.plug_in()
    bench.station.present_token(TOKEN)
    bench.run(1)
    bench.station.unplug()

    bench.run(45)

    assert station_of(bench).faults.of(1, 1) == ()
    assert not energy_flows(bench)


@pytest.mark.parametrize("trouble", ["fail", "hang"])
def test_a_lock_stays_closed_while_energy_may_still_flow(bench: Bench, trouble: str) -> None:
    bench.charging()
    facts = facts_of(bench)
    getattr(bench.station.hardware, trouble)("stop_energy", None)

    bench.station.stop_button()
    bench.run(30)

    assert facts[-1].kind is ENDED
    assert "unlock" not in order_names(bench)
    assert bench.station.evse().locked == 1
    bench.station.hardware.heal()


@pytest.mark.parametrize("trouble", ["fail", "hang"])
def test_a_lock_that_does_not_open_changes_nothing_about_the_end(
    bench: Bench, trouble: str
) -> None:
    bench.charging()
    facts = facts_of(bench)
    getattr(bench.station.hardware, trouble)("unlock")

    bench.station.stop_button()
    bench.run(60)

    assert facts[-1].kind is ENDED
    assert station_of(bench).transactions.open_on(1) is None


# -- a verdict that comes late ---------------------------------------------------------------------


def refused_later(bench: Bench, status: str = "Invalid") -> None:
    """The CSMS accepts the token, and takes that back in its answer to the start."""
    if bench.is16:
        bench.on("StartTransaction").reply(idTagInfo={"status": status})
    else:
        bench.on("TransactionEvent").reply(idTokenInfo={"status": status}).once()
    bench.station.plug_in()
    bench.station.present_token(TOKEN)


def test_a_token_that_is_refused_late_ends_the_transaction_and_keeps_the_cable(
    bench: Bench,
) -> None:
    """E05"""
    facts = facts_of(bench)
    refused_later(bench)
    bench.run(2)

    ended = facts[-1]
    assert (ended.kind, ended.trigger) == (ENDED, TriggerReason.Deauthorized)
    assert ended.stopped_reason is StoppedReason.DeAuthorized
    assert "unlock" not in order_names(bench)
    bench.station.present_token(TOKEN)
    bench.run(1)

    assert bench.station.evse().locked is None


def test_a_token_that_is_refused_late_may_cost_the_energy_only(make: Make) -> None:
    """E05.FR.02, E05.FR.03"""
    bench = make(variables={"TxCtrlr.StopTxOnInvalidId": False})
    facts = facts_of(bench)
    refused_later(bench)
    bench.run(5)

    assert not energy_flows(bench)
    assert facts[-1].charging_state is ChargingState.SuspendedEVSE
    assert [fact.kind for fact in facts].count(ENDED) == 0
    assert station_of(bench).evses[1].row.withheld


def test_a_token_that_is_refused_late_may_still_buy_a_little_energy(make: Make) -> None:
    """MaxEnergyOnInvalidId"""
    bench = make(
        variables={"TxCtrlr.StopTxOnInvalidId": False, "TxCtrlr.MaxEnergyOnInvalidId": 500}
    )
    refused_later(bench)
    bench.run(30)
    assert energy_flows(bench)

    bench.run(300)

    register = bench.station.evse().register_wh
    assert not energy_flows(bench)
    assert 500 <= register <= 500 + 40  # a reading every ten seconds at 11 kW
    assert station_of(bench).evses[1].row.energy_cap_wh is None
    bench.run(600)
    assert bench.station.evse().register_wh == register


def test_energy_that_was_used_already_is_not_given_again(make: Make) -> None:
    """The allowance counts from the start of the transaction."""
    bench = make(
        auto=False,
        variables={
            "TxCtrlr.StopTxOnInvalidId": False,
            "TxCtrlr.MaxEnergyOnInvalidId": 500,
            "AuthCtrlr.OfflineTxForUnknownIdEnabled": True,
        },
    )
    bench.offline()
    bench.station.meter(1, 0.0)
    bench.station.plug_in()
    bench.station.present_token(TOKEN)
    bench.run(1)
    bench.station.meter(1, 600.0)
    if bench.is16:
        bench.on("StartTransaction").reply(idTagInfo={"status": "Invalid"})
    else:
        bench.on("TransactionEvent").reply(idTokenInfo={"status": "Invalid"}).once()
    assert energy_flows(bench)

    bench.online()
    bench.run(5)

    assert not energy_flows(bench)
    assert station_of(bench).evses[1].row.withheld


def test_a_driver_who_is_accepted_anew_gets_energy_again(make: Make) -> None:
    bench = make(variables={"TxCtrlr.StopTxOnInvalidId": False})
    refused_later(bench)
    bench.run(5)
    bench.station.present_token(TOKEN)  # ends the transaction
    bench.run(5)
    bench.csms.off()

    bench.station.present_token("08EF34AB")
    bench.run(5)

    assert energy_flows(bench)


def test_a_group_that_the_csms_names_late_counts(bench: Bench) -> None:
    family = {"parentIdTag": "FAMILY"} if bench.is16 else {}
    group = {} if bench.is16 else {"groupIdToken": {"idToken": "FAMILY", "type": "Central"}}
    action, part = (
        ("StartTransaction", "idTagInfo") if bench.is16 else ("TransactionEvent", "idTokenInfo")
    )
    bench.on(action).reply(**{part: {"status": "Accepted", **family, **group}})
    bench.station.plug_in()
    bench.station.present_token(TOKEN)
    bench.run(2)

    authorization = station_of(bench).evses[1].authorization

    assert authorization is not None
    assert authorization.group_id is not None
    assert authorization.group_id.value == "FAMILY"
    row = station_of(bench).transactions.open_on(1)
    assert row is not None
    assert row.group_id == authorization.group_id


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
