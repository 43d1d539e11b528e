from __future__ import annotations

from datetime import timedelta

import pytest
from tests.station.metering_bench import ENERGY, EVERYTHING, Bench, contexts, times, wh

from ocpp_iface.devicemodel.catalog import InternalCtrlr, SampledDataCtrlr
from ocpp_iface.engine.block import Cause
from ocpp_iface.ports.clock import Now
from ocpp_iface.station.kept_samples import SAMPLES
from ocpp_iface.station.meter_filter import weight
from ocpp_iface.types import (
    Measurand,
    MeterReading,
    ReadingContext,
    SampledValue,
    SignedMeterValue,
    StoppedReason,
    TransactionEvent,
)

VOLTAGE = SampledValue(230.0, Measurand.Voltage)
BEGIN, END = ReadingContext.Transaction_Begin, ReadingContext.Transaction_End
PERIODIC, CLOCK = ReadingContext.Sample_Periodic, ReadingContext.Sample_Clock


@pytest.fixture
def bench(world):
    bench = Bench(world)
    bench.off()
    return bench


def kept_rows(bench):
    return len(bench.world.store.table(SAMPLES))


# The first event.


def test_the_first_event_has_the_started_measurands(bench):
    bench.set(started=EVERYTHING)
    bench.read(1, VOLTAGE, SampledValue(10.0))
    bench.start(1)

    [value] = bench.facts[0].meter_values
    assert (value.context, value.timestamp) == (BEGIN, bench.facts[0].timestamp)
    assert value.samples == (SampledValue(10.0), VOLTAGE)


def test_the_first_event_has_no_values_without_measurands_or_reading(bench):
    bench.start(2)
    bench.set(started=())
    bench.energy(1, 10.0)
    bench.start(1)

    assert [fact.meter_values for fact in bench.facts] == [(), ()]


# The last event.


def test_begin_and_end_are_in_the_last_event(bench):
    bench.energy(1, 10.0)
    start = bench.now
    bench.start(1)
    bench.advance(1000)
    bench.energy(1, 90.0)

    values = bench.end(1)

    assert contexts(values) == [BEGIN, END]
    assert times(values) == [start, bench.now]
    assert [wh(value) for value in values] == [10.0, 90.0]


def test_sampled_values_stand_between_begin_and_end_at_exact_intervals(bench):
    bench.set(sampled_end=60)
    bench.energy(1, 10.0)
    start = bench.now
    bench.start(1)
    bench.advance(190)

    values = bench.end(1)

    assert contexts(values) == [BEGIN, PERIODIC, PERIODIC, PERIODIC, END]
    offsets = [(at - start).total_seconds() for at in times(values)]
    assert offsets == [0, 60, 120, 180, 190]
    assert bench.updates() == []


def test_values_for_updates_and_for_the_end_are_separate(bench):
    bench.set(sampled=60, sampled_end=90, updated=("Voltage",), ended=(ENERGY,))
    bench.read(1, SampledValue(1.0), VOLTAGE)
    start = bench.now
    bench.start(1)
    bench.advance(190)

    assert [value.samples for value in bench.updates()] == [(VOLTAGE,)] * 3
    values = bench.end(1)
    assert [(at - start).total_seconds() for at in times(values)] == [0, 90, 180, 190]
    assert {value.samples for value in values} == {(SampledValue(1.0),)}


def test_with_aligned_values_alone_all_are_of_the_clock(bench):
    bench.set(aligned_end=60, ended=())
    bench.energy(1, 1.0)
    bench.start(1)
    bench.advance(200)

    assert contexts(bench.end(1)) == [CLOCK] * 3


def test_no_values_at_all_if_none_are_configured(bench):
    bench.set(ended=(), clock_ended=(), sampled_end=60, aligned_end=60)
    bench.energy(1, 1.0)
    bench.start(1)
    bench.advance(200)

    assert bench.end(1) == ()


def test_the_final_reading_is_the_value_of_the_end(bench):
    bench.energy(1, 10.0)
    bench.start(1)

    values = bench.end(1, MeterReading(bench.now, (SampledValue(55.0),)))

    assert wh(values[-1]) == 55.0
    assert bench.facts[-1].register_wh == 55.0


def test_a_final_reading_that_went_back_does_not_shrink_the_transaction(bench):
    bench.energy(1, 10.0)
    bench.start(1)
    bench.energy(1, 60.0)

    values = bench.end(1, MeterReading(bench.now, (SampledValue(0.0), VOLTAGE)))

    assert wh(values[-1]) == 60.0
    assert bench.facts[-1].register_wh == 60.0


def test_a_final_reading_that_nobody_reported_yet_is_taken(bench):
    bench.energy(1, 10.0)
    uuid = bench.start(1)
    final = MeterReading(bench.now, (SampledValue(20.0),))

    values = bench.world.do(bench.metering.end_values, uuid, 1, final)

    assert wh(values[-1]) == 20.0
    assert bench.metering.latest(1) == final


def test_the_last_event_fits_into_a_message(bench):
    bench.set(sampled_end=1, ended=EVERYTHING)
    bench.switch(InternalCtrlr.max_message_size, 8_000)
    bench.read(1, SampledValue(1.0), VOLTAGE)
    bench.start(1)
    for minute in range(1, 31):
        bench.advance(60)
        bench.read(1, SampledValue(float(minute)), VOLTAGE)
    assert kept_rows(bench) < 30

    values = bench.end(1)

    assert weight(values) <= 6_000
    assert len(values) > 5
    assert contexts(values)[0] is BEGIN
    assert contexts(values)[-1] is END
    assert times(values) == sorted(times(values))


def test_after_the_end_nothing_is_kept(bench):
    bench.set(sampled_end=10, aligned_end=10)
    bench.energy(1, 1.0)
    bench.start(1)
    bench.advance(100)
    assert kept_rows(bench) > 10

    bench.end(1)

    assert kept_rows(bench) == 0
    assert bench.world.timers.next_deadline() is not None, "the boundaries go on"


# Power cuts.


def test_kept_values_survive_a_restart(bench):
    bench.set(sampled_end=60)
    bench.energy(1, 1.0)
    bench.start(1)
    bench.advance(150)

    again = bench.restarted()
    again.energy(1, 5.0)
    again.advance(60)

    assert [wh(value) for value in again.end(1)] == [1.0, 1.0, 1.0, 5.0, 5.0]


def test_a_transaction_cut_off_ends_with_what_was_recorded_last(bench):
    bench.set(sampled_end=60)
    bench.energy(1, 1.0)
    bench.start(1)
    bench.advance(90)
    bench.energy(1, 8.0)
    bench.world.do(bench.transactions.note_reading, 1, 8.0, bench.now)
    cut = bench.now
    bench.world.clock.set(Now(bench.world.clock.monotonic, cut + timedelta(hours=2)))

    fresh = bench.restarted()
    row = fresh.transactions.all_open()[0]
    fresh.world.do(fresh.transactions.close_interrupted, row)

    ended = fresh.facts[-1]
    assert (ended.kind, ended.stopped_reason) == (TransactionEvent.Ended, StoppedReason.PowerLoss)
    assert contexts(ended.meter_values) == [BEGIN, PERIODIC, END]
    assert [wh(value) for value in ended.meter_values] == [1.0, 1.0, 8.0]
    assert ended.meter_values[-1].timestamp == cut
    assert kept_rows(fresh) == 0


def test_rows_of_transactions_that_are_gone_are_removed(bench):
    bench.set(sampled_end=60)
    bench.energy(1, 1.0)
    uuid = bench.start(1)
    bench.advance(60)
    bench.world.do(bench.transactions.forget, uuid)

    assert kept_rows(bench.restarted()) == 0


# Triggered values.


def test_triggered_values_are_the_newest_of_a_transaction(bench):
    bench.set(updated=("Voltage",), clock=(ENERGY,))
    bench.read(1, SampledValue(3.0), VOLTAGE)
    bench.advance(10)

    [sampled] = bench.metering.triggered_values(1)
    [aligned] = bench.metering.triggered_values(1, aligned=True)

    assert (sampled.context, sampled.timestamp) == (ReadingContext.Trigger, bench.now)
    assert (sampled.samples, aligned.samples) == ((VOLTAGE,), (SampledValue(3.0),))
    assert bench.metering.triggered_values(2) == ()
    assert bench.metering.triggered_values(0, aligned=True) == ()


def test_signed_data_of_begin_and_end_follow_their_switch(bench):
    signed = SampledValue(1.0, signed=SignedMeterValue("AAAA"))
    bench.read(1, signed)
    bench.start(1)
    bench.switch(SampledDataCtrlr.sign_readings, True)

    assert bench.facts[0].meter_values[0].samples == (SampledValue(1.0),)
    assert bench.end(1)[-1].samples == (signed,)


@pytest.mark.parametrize("cause", list(Cause))
def test_a_station_that_is_loaded_reads_every_meter(make_world, cause):
    world = make_world(hardware=("read_meter",))
    world.answers["read_meter"] = lambda evse_id: MeterReading(
        world.clock.now, (SampledValue(100.0 * evse_id),)
    )

    bench = Bench(world, cause)

    assert [args[0] for args in world.orders_of("read_meter")] == [0, 1, 2]
    assert bench.metering.register_wh(2) == 200.0
