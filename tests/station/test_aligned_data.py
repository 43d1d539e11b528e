from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from tests.station.metering_bench import ENERGY, Bench, contexts, times, wh

from ocpp_iface.devicemodel.catalog import AlignedDataCtrlr
from ocpp_iface.ports.clock import Now
from ocpp_iface.station.events import ClockStepped
from ocpp_iface.types import (
    Measurand,
    ReadingContext,
    SampledValue,
    SignedMeterValue,
    TriggerReason,
)

VOLTAGE = SampledValue(230.0, Measurand.Voltage)
CLOCK = ReadingContext.Sample_Clock


@pytest.fixture
def bench(world):
    """At 12:00:07.3, and every meter has said something."""
    bench = Bench(world)
    bench.off()
    bench.advance(7.3)
    for evse_id in (0, 1, 2):
        bench.read(evse_id, SampledValue(100.0 * evse_id), VOLTAGE)
    return bench


def clock_times(values):
    return [at.strftime("%H:%M:%S.%f")[:-4] for at in times(values)]


def idle_times(bench, evse_id):
    return clock_times(
        [v for event in bench.idle if event.evse_id == evse_id for v in event.values]
    )


def test_idle_evses_and_the_main_meter_are_reported_at_the_boundaries(bench):
    bench.set(aligned=900)
    bench.advance(1900)

    for evse_id in (0, 1, 2):
        assert idle_times(bench, evse_id) == ["12:15:00.00", "12:30:00.00"]
    last = bench.idle[-1]
    assert (last.evse_id, last.connector_id) == (2, None)
    assert contexts(last.values) == [CLOCK]
    assert last.values[0].samples == (SampledValue(200.0),)


def test_an_evse_without_a_reading_is_left_out(world):
    bench = Bench(world)
    bench.off()
    bench.set(aligned=900)
    bench.energy(2, 1.0)
    bench.advance(900)

    assert [event.evse_id for event in bench.idle] == [2]


def test_a_late_timer_does_not_show(bench):
    bench.set(aligned=900)
    clock = bench.world.clock
    clock.set(Now(clock.monotonic + 893.9, clock.now + timedelta(seconds=893.9)))
    bench.advance(0)

    assert idle_times(bench, 0) == ["12:15:00.00"]


def test_of_missed_boundaries_only_the_last_has_a_value(bench):
    bench.set(aligned=60)
    clock = bench.world.clock
    clock.set(Now(clock.monotonic + 3600, clock.now + timedelta(hours=1)))
    bench.advance(60)

    assert idle_times(bench, 1) == ["13:00:00.00", "13:01:00.00"]


def test_a_day_begins_at_midnight(bench):
    bench.set(aligned=7 * 3600)
    bench.advance(86_400)

    assert idle_times(bench, 1) == ["14:00:00.00", "21:00:00.00", "00:00:00.00", "07:00:00.00"]


def test_in_a_transaction_they_are_events_of_the_transaction(bench):
    bench.set(aligned=900, clock=("Voltage",))
    bench.start(1)
    bench.advance(900)

    assert [event.evse_id for event in bench.idle] == [0, 2]
    fact = bench.facts[-1]
    assert (fact.evse_id, fact.trigger) == (1, TriggerReason.MeterValueClock)
    assert contexts(fact.meter_values) == [CLOCK]
    assert clock_times(fact.meter_values) == ["12:15:00.00"]
    assert fact.meter_values[0].samples == (VOLTAGE,)


def test_all_values_of_a_round_have_the_same_time(bench):
    bench.set(aligned=900)
    bench.start(2)
    bench.advance(900)

    values = [value for event in bench.idle for value in event.values] + bench.updates()
    assert len(values) == 3
    assert set(times(values)) == {datetime(2025, 6, 1, 12, 15, tzinfo=UTC)}


def test_while_anybody_charges_nothing_is_sent_if_so_configured(bench):
    bench.set(aligned=900, aligned_end=900)
    bench.switch(AlignedDataCtrlr.send_during_idle, True)
    bench.advance(900)
    assert len(bench.idle) == 3

    bench.start(1)
    bench.advance(1800)
    assert len(bench.idle) == 3
    assert bench.updates() == []
    assert CLOCK not in contexts(bench.end(1))

    bench.advance(900)
    assert len(bench.idle) == 6


def test_an_interval_of_zero_is_none(bench):
    bench.advance(86_400)

    assert bench.idle == []


@pytest.mark.parametrize("switch", [AlignedDataCtrlr.enabled, AlignedDataCtrlr.available])
def test_aligned_values_can_be_switched_off(bench, switch):
    bench.set(aligned=900, aligned_end=900)
    bench.switch(switch, False)
    bench.start(1)
    bench.advance(4000)

    assert bench.idle == []
    assert bench.updates() == []
    assert CLOCK not in contexts(bench.end(1))


def test_a_changed_interval_counts_at_once(bench):
    bench.set(aligned=86_400)
    bench.advance(100)
    bench.set(aligned=300)
    bench.advance(300)
    bench.set(aligned=0)
    bench.advance(3000)

    assert idle_times(bench, 0) == ["12:05:00.00"]


@pytest.mark.parametrize("by_s", [-40_000, -100, -0.3, 0.3, 450, 40_000])
def test_a_clock_that_is_set_arms_the_boundary_of_the_new_time(bench, by_s):
    bench.set(aligned=900)

    def step():
        bench.world.clock.synchronise(bench.now + timedelta(seconds=by_s))
        bench.world.bus.publish(ClockStepped(by_s))

    bench.world.do(step)
    new = bench.now
    bench.advance(900)

    [at] = [value.timestamp for event in bench.idle if event.evse_id == 0 for value in event.values]
    assert new < at <= new + timedelta(seconds=900)
    assert (at - at.replace(hour=0, minute=0, second=0)) % timedelta(seconds=900) == timedelta(0)


def test_a_version_may_give_an_empty_list_a_meaning(bench):
    bench.set(aligned=900, clock=())
    bench.advance(900)
    assert bench.idle == []

    bench.metering.rules.when_empty = (ENERGY,)
    bench.advance(900)

    assert {wh(event.values[0]) for event in bench.idle} == {0.0, 100.0, 200.0}


def test_signed_data_are_sent_if_configured(bench):
    signed = SampledValue(500.0, signed=SignedMeterValue("AAAA"))
    bench.set(aligned=900)
    bench.read(1, signed)
    bench.advance(900)
    bench.switch(AlignedDataCtrlr.sign_readings, True)
    bench.advance(900)

    values = [event.values[0].samples for event in bench.idle if event.evse_id == 1]
    assert values == [(SampledValue(500.0),), (signed,)]


# Kept for the end of a transaction.


def test_values_kept_for_the_end_are_in_the_last_event(bench):
    bench.set(aligned_end=60, clock_ended=(ENERGY, "Voltage"), ended=())
    bench.start(1)
    bench.advance(200)

    values = bench.end(1)

    assert clock_times(values) == ["12:01:00.00", "12:02:00.00", "12:03:00.00"]
    assert contexts(values) == [CLOCK] * 3
    assert values[0].samples == (SampledValue(100.0), VOLTAGE)
    assert bench.idle == []
    assert bench.updates() == []


def test_only_values_of_the_transaction_are_in_its_last_event(bench):
    bench.set(aligned_end=60, ended=())
    bench.start(1)
    bench.advance(60)
    bench.start(2)
    bench.advance(60)

    assert [wh(value) for value in bench.end(1)] == [100.0, 100.0]
    assert [wh(value) for value in bench.end(2)] == [200.0]
    bench.start(2)
    assert bench.end(2) == ()


def test_nothing_is_kept_without_measurands(bench):
    bench.set(aligned_end=60, clock_ended=(), ended=())
    bench.start(1)
    bench.advance(600)

    assert bench.end(1) == ()


def test_both_intervals_run_beside_each_other(bench):
    bench.set(aligned=120, aligned_end=60, ended=())
    bench.start(1)
    bench.advance(250)

    assert clock_times(bench.updates()) == ["12:02:00.00", "12:04:00.00"]
    assert len(bench.end(1)) == 4


def test_a_version_may_keep_values_at_another_interval(bench):
    bench.set(aligned=120, ended=())
    bench.metering.rules.aligned_ended_interval_s = lambda: bench.world.ctx.variables.get(
        AlignedDataCtrlr.interval
    )
    bench.start(1)
    bench.advance(250)

    assert clock_times(bench.end(1)) == ["12:02:00.00", "12:04:00.00"]
