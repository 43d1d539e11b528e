"""Sessions: energy, and verdicts of the CSMS that come late, on whole stations of both versions."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.station.inside import counted, energy_flows, facts_of, order_names, station_of

from ocpp_iface.sim import Bench
from ocpp_iface.types import (
    ChargingState,
    SignedMeterValue,
    StoppedReason,
    TransactionEvent,
    TriggerReason,
)

TOKEN = "04AB12CD"
Make = Callable[..., Bench]
ENDED = TransactionEvent.Ended


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
    ("state", "reason"),
    [
        ("SuspendedEV", StoppedReason.StoppedByEV),
        ("EVConnected", StoppedReason.StoppedByEV),
        ("SuspendedEVSE", StoppedReason.Other),
    ],
)
def test_the_transfer_of_energy_is_over_whoever_suspends_it(
    make201: Make, state: str, reason: StoppedReason
) -> None:
    """E06.FR.07, TxStopPoint EnergyTransfer: as soon as EV or EVSE suspend the charging."""
    bench = make201(auto=False, variables={"TxCtrlr.TxStopPoint": "EnergyTransfer"})
    bench.charging()
    facts = facts_of(bench)

    bench.station.charging_state(1, state)
    bench.run(1)

    assert facts[-1].kind is ENDED
    assert facts[-1].stopped_reason is reason


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
        variables={"TxCtrlr.StopTxOnInvalidId": False, "TxCtrlr.MaxEnergyOnInvalidId": 500},
        boot=False,
    )
    bench.station.evse().register_wh = 7_000.0
    bench.booted()
    refused_later(bench)
    bench.run(30)
    assert energy_flows(bench)

    bench.run(300)

    register = bench.station.evse().register_wh
    assert not energy_flows(bench)
    assert 7_500 <= register <= 7_500 + 40  # a reading every ten seconds at 11 kW
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


def test_a_driver_who_is_accepted_anew_gets_energy_again(make201: Make) -> None:
    """In the same transaction, as only the EV ends it."""
    bench = make201(
        variables={"TxCtrlr.StopTxOnInvalidId": False, "TxCtrlr.TxStopPoint": "EVConnected"}
    )
    refused_later(bench)
    bench.run(5)
    bench.station.present_token(TOKEN)  # that ends the authorization
    bench.run(5)
    assert station_of(bench).evses[1].row.withheld

    bench.station.present_token(TOKEN)
    bench.run(5)

    assert energy_flows(bench)
    assert len(bench.csms.transactions) == 1


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


# -- a meter that has to sign first ----------------------------------------------------------------


def readings(bench: Bench) -> int:
    """How often the meter was asked."""
    return len(bench.station.hardware.orders("read_meter", 1))


def test_nothing_begins_before_the_meter_has_signed(make201: Make) -> None:
    """E01.S4, E01.FR.04: DataSigned"""
    bench = make201(
        auto=False,
        variables={"TxCtrlr.TxStartPoint": "DataSigned", "SampledDataCtrlr.SignReadings": True},
    )
    facts = facts_of(bench)
    before = readings(bench)
    bench.station.plug_in()
    bench.station.present_token(TOKEN)
    bench.run(2)
    assert readings(bench) == before + 1  # asked once, when driver and EV were there
    assert facts == []
    assert not energy_flows(bench)

    bench.station.evse().signature = SignedMeterValue("AAAA")
    bench.station.meter(1, bench.station.evse().reading())
    bench.run(1)

    assert facts[0].trigger is TriggerReason.SignedDataReceived
    assert energy_flows(bench)
