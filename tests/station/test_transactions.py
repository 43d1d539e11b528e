"""Transactions: their rows, numbers, ends, and what the CSMS answers; on both versions."""

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
from ocpp_iface.sim.memory import disagreements
from ocpp_iface.station.rows import TransactionRow
from ocpp_iface.types import (
    ChargingState,
    StoppedReason,
    TransactionEvent,
    TriggerReason,
)

Make = Callable[..., Bench]
STARTED, UPDATED, ENDED = TransactionEvent


def row_of(bench: Bench, evse: int = 1) -> TransactionRow:
    row = station_of(bench).transactions.open_on(evse)
    assert row is not None
    return row


# -- what is asked ---------------------------------------------------------------------------------


def test_a_transaction_is_found_by_every_name_it_has(bench: Bench) -> None:
    bench.charging()
    transactions = station_of(bench).transactions
    row = row_of(bench)

    assert transactions.find(row.uuid) is row
    assert transactions.all_open() == [row]
    if bench.is16:
        assert transactions.numbered(int(bench.transaction_id())) is row
    assert transactions.find("unknown") is None
    assert transactions.numbered(-5) is None
    assert transactions.open_on(9) is None


def test_a_transaction_is_known_until_the_csms_has_its_end(bench: Bench) -> None:
    bench.charging()
    uuid = row_of(bench).uuid
    bench.offline()
    bench.stop_authorized()
    bench.run(5)
    transactions = station_of(bench).transactions

    assert transactions.all_open() == []
    assert transactions.find(uuid) is not None
    bench.online()
    bench.run(30)

    assert transactions.find(uuid) is None


def test_a_transaction_whose_end_is_given_up_is_forgotten(make: Make) -> None:
    bench = make(
        variables={
            "OCPPCommCtrlr/MessageAttempts[TransactionEvent]": 1,
            "OCPPCommCtrlr/MessageAttemptInterval[TransactionEvent]": 1,
        }
    )
    bench.charging()
    uuid = row_of(bench).uuid
    bench.on("StopTransaction" if bench.is16 else "TransactionEvent").error("InternalError")

    bench.station.stop_button()
    bench.run(30)

    assert station_of(bench).transactions.find(uuid) is None
    bench.csms.books.transactions.clear()  # it never heard of the end


# -- events ----------------------------------------------------------------------------------------


def test_numbers_of_events_have_no_gap(bench: Bench) -> None:
    """E01.FR.07"""
    facts = facts_of(bench)

    bench.session(seconds=200)

    assert [fact.seq_no for fact in facts] == list(range(len(facts)))
    assert [facts[0].kind, facts[-1].kind] == [STARTED, ENDED]
    assert len({fact.transaction for fact in facts}) == 1


def test_the_evse_is_named_when_the_ev_has_come(make201: Make) -> None:
    """E01.FR.16: with a token first, the connector is known with the plug."""
    bench = make201(variables={"TxCtrlr.TxStartPoint": "Authorized"})
    facts = facts_of(bench)
    bench.station.present_token("04AB12CD")
    bench.station.plug_in()
    bench.run(5)

    assert [(fact.with_evse, fact.connector_id) for fact in facts[:3]] == [
        (True, None),
        (True, 1),
        (False, 1),
    ]


def test_the_time_of_charging_is_counted(make: Make) -> None:
    bench = make(auto=False)
    facts = facts_of(bench)
    bench.station.plug_in()
    bench.station.present_token("04AB12CD")
    bench.station.charging_state(1, "Charging")
    bench.run(100)
    bench.station.charging_state(1, "SuspendedEV")
    bench.run(50)
    bench.station.charging_state(1, "Charging")
    bench.run(10)
    bench.station.stop_button()
    bench.run(1)

    assert facts[-1].time_spent_charging_s == pytest.approx(110, abs=2)


def test_an_offline_event_says_so(make: Make) -> None:
    bench = make(variables={"AuthCtrlr.OfflineTxForUnknownIdEnabled": True})
    bench.offline()
    facts = facts_of(bench)

    bench.charging()
    bench.online()
    bench.station.stop_button()
    bench.run(5)

    assert facts[0].offline
    assert not facts[-1].offline


def test_what_belongs_to_no_transaction_is_no_event(bench: Bench) -> None:
    facts = facts_of(bench)

    in_a_step(
        bench, lambda: station_of(bench).transactions.record(1, TriggerReason.MeterValuePeriodic)
    )

    assert facts == []


def test_the_app_hears_of_each_event(bench: Bench) -> None:
    facts = facts_of(bench)

    bench.session()

    told = bench.station.published["ocpp_transaction_event"]
    numbers = [event for event in told if event.transaction_event is UPDATED]
    assert [told[0].transaction_event, told[-1].transaction_event] == [STARTED, ENDED]
    assert len({event.session_id for event in told}) == 1
    assert len(numbers) >= len([fact for fact in facts if fact.kind is UPDATED])


# -- meter ---------------------------------------------------------------------------------------


def commits(bench: Bench) -> int:
    return bench.station.wear.commits


def test_a_meter_that_is_read_every_second_costs_two_commits_a_minute(make: Make) -> None:
    """DESIGN 14: flash wears out."""
    sampling = {"SampledDataCtrlr.TxUpdatedInterval": 0, "SampledDataCtrlr.TxEndedInterval": 0}
    bench = make(variables=sampling)
    bench.station.evse().meter_interval_s = 1.0
    bench.charging()
    bench.run(60)
    before = commits(bench)

    bench.run(600)

    assert 18 <= commits(bench) - before <= 22


def test_a_reading_is_recorded_at_the_interval_that_is_configured(make: Make) -> None:
    bench = make(auto=False, variables={"InternalCtrlr.TransactionRecordInterval": 100})
    bench.charging()
    bench.station.meter(1, 100.0)
    first = row_of(bench).last_wh
    bench.run(50)
    bench.station.meter(1, 200.0)
    assert row_of(bench).last_wh == first
    bench.run(51)

    bench.station.meter(1, 300.0)

    assert row_of(bench).last_wh == 300.0


def test_interval_0_records_every_reading(make: Make) -> None:
    bench = make(auto=False, variables={"InternalCtrlr.TransactionRecordInterval": 0})
    bench.charging()

    for register in (100.0, 101.0, 102.0):
        bench.station.meter(1, register)
        assert row_of(bench).last_wh == register


def test_the_first_reading_is_recorded_at_once(make: Make) -> None:
    """Without it the energy of the transaction would not be known."""
    bench = make(auto=False, hardware_methods=frozenset({"permit_energy", "stop_energy"}))
    bench.charging()
    assert row_of(bench).meter_start_wh is None

    bench.station.meter(1, 100.0)

    assert (row_of(bench).meter_start_wh, row_of(bench).last_wh) == (100.0, 100.0)


def test_an_event_records_the_newest_reading(make: Make) -> None:
    bench = make(auto=False)
    bench.charging()
    bench.station.meter(1, 100.0)
    bench.station.meter(1, 150.0)

    bench.station.charging_state(1, "SuspendedEV")

    assert row_of(bench).last_wh == 150.0


def test_a_value_that_is_kept_for_the_end_records_the_register_too(make201: Make) -> None:
    """Else the value of the end could be below one before it."""
    bench = make201(
        auto=False,
        variables={
            "SampledDataCtrlr.TxEndedInterval": 10,
            "SampledDataCtrlr.TxUpdatedInterval": 0,
            "InternalCtrlr.TransactionRecordInterval": 10_000,
        },
        config={"on_power_loss": "end"},
    )
    bench.charging()
    bench.run(8)
    bench.station.meter(1, 150.0)
    bench.run(10)
    assert row_of(bench).last_wh == 150.0

    bench.power_cut()
    bench.run(60)

    (record,) = bench.csms.transactions.values()
    assert record.stopped_reason == "PowerLoss"
    assert record.complete


# -- the end -----------------------------------------------------------------------------------


def test_the_end_is_durable_before_it_is_carried_out(bench: Bench) -> None:
    bench.charging()
    bench.station.hardware.hang("stop_energy")

    bench.station.stop_button()

    ending = row_of(bench).ending
    assert ending is not None
    assert ending.reason is StoppedReason.Local
    assert disagreements(bench.station) == []


def test_a_transaction_ends_once(bench: Bench) -> None:
    bench.charging()
    bench.station.hardware.hang("stop_energy")
    facts = facts_of(bench)
    bench.station.stop_button()

    bench.station.stop_transaction(1, "EmergencyStop")
    bench.station.unplug()
    bench.run(30)

    ended = [fact for fact in facts if fact.kind is ENDED]
    assert [fact.stopped_reason for fact in ended] == [StoppedReason.Local]


def test_the_final_reading_of_the_hardware_is_the_last_one(bench: Bench) -> None:
    facts = facts_of(bench)
    bench.charging()
    bench.run(95)

    bench.station.stop_button()
    bench.run(1)

    assert facts[-1].register_wh == pytest.approx(bench.station.evse().register_wh, abs=0.1)


def test_without_a_final_reading_the_last_report_counts(bench: Bench) -> None:
    facts = facts_of(bench)
    bench.charging()
    bench.run(95)
    bench.station.hardware.fail("stop_energy")

    bench.station.stop_button()
    bench.run(20)

    register = facts[-1].register_wh
    assert register is not None
    assert 0 < register <= bench.station.evse().register_wh
    bench.station.evse().stop()


def test_hardware_that_answers_nonsense_has_not_stopped_for_sure(bench: Bench) -> None:
    facts = facts_of(bench)
    bench.charging()
    bench.station.hardware.answer("stop_energy", "yes")

    bench.station.stop_button()
    bench.run(20)

    assert facts[-1].kind is ENDED
    assert "unlock" not in order_names(bench)


def test_all_transactions_end_before_a_reset_goes_on(make: Make) -> None:
    bench = make(evses=(1, 1))
    bench.charging(1)
    bench.charging(2, token="08EF34AB")
    transactions = station_of(bench).transactions
    done: list[bool] = []

    async def end_all() -> None:
        await transactions.end_all(TriggerReason.ResetCommand, StoppedReason.ImmediateReset)
        done.append(not transactions.all_open())

    in_a_step(bench, lambda: kernel_of(bench).flows.start("test", end_all()))
    bench.run(5)

    assert done == [True]


def test_what_is_closed_at_once_frees_its_cable_when_the_energy_has_stopped(bench: Bench) -> None:
    """An end that was under way when the app stopped OCPP."""
    bench.charging()
    bench.station.hardware.hang("stop_energy")
    bench.station.stop_button()
    bench.run(1)

    bench.station.ocpp.stop()
    bench.run(30)

    assert order_names(bench)[-2:] == ["stop_energy", "unlock"]
    assert not energy_flows(bench)


def test_a_lost_start_is_noted(make_bench: Make) -> None:
    """1.6, erratum 3.18"""
    bench = make_bench("1.6", evses=(1,), variables={"TransactionMessageAttempts": 1})
    bench.on("StartTransaction").error("InternalError")

    bench.station.plug_in()
    bench.station.present_token("04AB12CD")
    bench.run(5)

    assert row_of(bench).number_lost
    assert row_of(bench).number is None
    bench.csms.books.transactions.clear()


# -- faults --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("GroundFailure", StoppedReason.GroundFault),
        ("OverCurrentFailure", StoppedReason.OvercurrentFault),
        ("OverVoltage", StoppedReason.PowerQuality),
        ("UnderVoltage", StoppedReason.PowerQuality),
        ("HighTemperature", StoppedReason.Other),
    ],
)
def test_a_fault_ends_the_transaction_with_its_reason(
    bench: Bench, code: str, reason: StoppedReason
) -> None:
    """E06.FR.16"""
    bench.charging()
    facts = facts_of(bench)

    bench.station.fault(code)
    bench.run(1)

    (ended,) = [fact for fact in facts if fact.kind is ENDED]
    assert (ended.trigger, ended.stopped_reason) == (TriggerReason.AbnormalCondition, reason)
    assert not energy_flows(bench)


@pytest.mark.parametrize(("evse", "connector", "ends"), [(0, None, 2), (1, None, 1), (1, 2, 0)])
def test_a_fault_ends_what_it_touches(
    make: Make, evse: int, connector: int | None, ends: int
) -> None:
    bench = make(evses=(2, 1))
    bench.charging(1)
    bench.charging(2, token="08EF34AB")

    bench.station.fault("OtherError", evse, connector)
    bench.run(1)

    assert 2 - len(station_of(bench).transactions.all_open()) == ends


# -- an internal rebuild ---------------------------------------------------------------------------


def test_a_rebuild_takes_nothing_from_a_transaction(bench: Bench) -> None:
    bench.charging()
    bench.run(57)
    uuid = row_of(bench).uuid

    rebuild(bench)
    facts = facts_of(bench)
    bench.run(60)
    bench.station.stop_button()
    bench.run(5)

    assert {fact.transaction for fact in facts} == {uuid}
    assert facts[-1].charging_state is ChargingState.EVConnected
    (record,) = bench.csms.transactions.values()
    assert record.complete
    assert record.energy_wh == pytest.approx(bench.station.evse().register_wh, abs=2)


def test_a_rebuild_in_the_middle_of_an_end_finishes_it(bench: Bench) -> None:
    bench.charging()
    bench.station.hardware.hang("stop_energy")
    bench.station.stop_button()
    bench.run(1)

    rebuild(bench)
    bench.run(30)

    (record,) = bench.csms.transactions.values()
    assert record.complete
    assert order_names(bench)[-2:] == ["stop_energy", "unlock"]
