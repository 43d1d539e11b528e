from __future__ import annotations

from datetime import timedelta

import pytest
from tests.station.metering_bench import ENERGY, EVERYTHING, Bench, contexts, times, wh

from ocpp_iface.devicemodel.catalog import SampledDataCtrlr
from ocpp_iface.engine.block import Cause
from ocpp_iface.ports.clock import Now
from ocpp_iface.station.events import ClockStepped
from ocpp_iface.types import (
    Measurand,
    Phase,
    ReadingContext,
    SampledValue,
    SignedMeterValue,
    TriggerReason,
)

VOLTAGE = SampledValue(230.0, Measurand.Voltage)
PERIODIC = ReadingContext.Sample_Periodic


@pytest.fixture
def bench(world):
    bench = Bench(world)
    bench.off()
    return bench


def seconds(start, values):
    return [(at - start).total_seconds() for at in times(values)]


def step(bench, by_s):
    """The clock is set, as after an answer of the CSMS."""

    def work():
        bench.world.clock.synchronise(bench.now + timedelta(seconds=by_s))
        bench.world.bus.publish(ClockStepped(by_s))

    bench.world.do(work)


def test_samples_come_at_exact_intervals_from_the_start(bench):
    bench.set(sampled=60)
    bench.energy(1, 100.0)
    bench.advance(17.3)
    start = bench.now
    bench.start(1)

    bench.advance(200)

    assert seconds(start, bench.updates()) == [60, 120, 180]
    assert contexts(bench.updates()) == [PERIODIC] * 3
    facts = bench.facts[1:]
    assert [fact.trigger for fact in facts] == [TriggerReason.MeterValuePeriodic] * 3
    assert [fact.timestamp for fact in facts] == times(bench.updates())


def test_a_sample_is_the_latest_reading_at_the_instant_of_the_sample(bench):
    bench.set(sampled=60)
    bench.energy(1, 100.0)
    bench.start(1)
    bench.advance(50)
    bench.energy(1, 150.0)
    bench.advance(60)
    bench.energy(1, 180.0)
    bench.advance(20)

    assert [wh(value) for value in bench.updates()] == [150.0, 180.0]


def test_without_any_reading_there_is_no_sample(bench):
    bench.set(sampled=60)
    bench.start(1)
    bench.advance(150)
    assert bench.updates() == []

    bench.energy(1, 1.0)
    bench.advance(60)

    assert len(bench.updates()) == 1


def test_the_configured_measurands_are_sampled(bench):
    bench.set(sampled=60, updated=("Voltage", ENERGY))
    bench.read(1, SampledValue(5.0), VOLTAGE, SampledValue(50.0, Measurand.Frequency))
    bench.start(1)
    bench.advance(60)

    assert bench.updates()[0].samples == (VOLTAGE, SampledValue(5.0))


def test_no_measurands_no_events(bench):
    bench.set(sampled=60, updated=())
    bench.energy(1, 1.0)
    bench.start(1)
    bench.advance(300)

    assert bench.updates() == []


def test_a_version_may_give_an_empty_list_a_meaning(bench):
    bench.metering.rules.when_empty = (ENERGY,)
    bench.set(sampled=60, updated=(), ended=())
    bench.energy(1, 1.0)
    bench.start(1)
    bench.advance(60)

    assert [wh(value) for value in bench.updates()] == [1.0]
    assert bench.end() == ()


def test_an_interval_of_zero_is_none(bench):
    bench.energy(1, 1.0)
    bench.start(1)
    bench.advance(86_400)

    assert bench.updates() == []


def test_each_evse_has_its_own_grid(bench):
    bench.set(sampled=60)
    bench.energy(1, 1.0)
    bench.energy(2, 2.0)
    bench.start(1)
    first = bench.now
    bench.advance(25)
    bench.start(2)
    second = bench.now
    bench.advance(120)

    by_evse = {
        evse_id: [
            v for fact in bench.facts[1:] if fact.evse_id == evse_id for v in fact.meter_values
        ]
        for evse_id in (1, 2)
    }
    assert seconds(first, by_evse[1]) == [60, 120]
    assert seconds(second, [v for v in by_evse[2] if v.context is PERIODIC]) == [60, 120]


def test_sampling_ends_with_the_transaction(bench):
    bench.set(sampled=60, sampled_end=60)
    bench.energy(1, 1.0)
    bench.start(1)
    bench.advance(90)
    bench.end(1)
    bench.advance(600)

    assert len(bench.updates()) == 1


def test_a_second_transaction_has_a_new_grid(bench):
    bench.set(sampled=60)
    bench.energy(1, 1.0)
    bench.start(1)
    bench.advance(90)
    bench.end(1)
    start = bench.now
    bench.start(1)
    bench.advance(60)

    assert seconds(start, bench.updates()[1:]) == [60]


def test_a_changed_interval_counts_at_once_from_the_same_start(bench):
    bench.set(sampled=600)
    bench.energy(1, 1.0)
    start = bench.now
    bench.start(1)
    bench.advance(70)

    bench.set(sampled=25)
    bench.advance(40)
    bench.set(sampled=0)
    bench.advance(1000)

    assert seconds(start, bench.updates()) == [75, 100]


@pytest.mark.parametrize("switch", [SampledDataCtrlr.enabled, SampledDataCtrlr.available])
def test_sampling_can_be_switched_off_and_on(bench, switch):
    bench.set(sampled=60, ended=EVERYTHING)
    bench.energy(1, 1.0)
    bench.switch(switch, False)
    bench.start(1)
    bench.advance(100)
    assert bench.facts[0].meter_values == ()
    assert bench.updates() == []

    bench.switch(switch, True)
    bench.advance(20)

    assert len(bench.updates()) == 1


def test_signed_data_are_sent_if_configured(bench):
    signed = SampledValue(1.0, signed=SignedMeterValue("AAAA"))
    bench.set(sampled=60)
    bench.read(1, signed)
    bench.start(1)
    bench.advance(60)
    bench.switch(SampledDataCtrlr.sign_readings, True)
    bench.advance(60)

    assert [value.samples for value in bench.updates()] == [(SampledValue(1.0),), (signed,)]


def test_registers_can_be_sent_without_phases(bench):
    bench.set(sampled=60)
    bench.switch(SampledDataCtrlr.register_values_without_phases, True)
    bench.read(1, *(SampledValue(10.0, phase=phase) for phase in (Phase.L1, Phase.L2, Phase.L3)))
    bench.start(1)
    bench.advance(60)

    assert bench.updates()[0].samples == (SampledValue(30.0),)


# The clock.


@pytest.mark.parametrize("by_s", [-86_400 * 365, -3600, -7, -0.5, 0.25, 13, 3601, 86_400 * 9000])
def test_a_clock_that_is_set_costs_at_most_one_interval(bench, by_s):
    bench.set(sampled=60)
    bench.energy(1, 1.0)
    start = bench.now
    bench.start(1)
    bench.advance(70)

    step(bench, by_s)
    set_at = bench.now
    bench.advance(180)

    since = [at for at in times(bench.updates()[1:]) if at > set_at]
    assert len(since) == 3
    assert (since[0] - set_at).total_seconds() <= 60
    assert {(at - start) % timedelta(seconds=60) for at in since} == {timedelta(0)}


def test_a_system_clock_set_back_unnoticed_costs_at_most_one_interval(bench):
    bench.set(sampled=60)
    bench.energy(1, 1.0)
    bench.start(1)
    bench.advance(70)
    clock = bench.world.clock
    clock.set(Now(clock.monotonic, clock.now - timedelta(hours=5)))

    bench.advance(180)

    assert len(bench.updates()) in (3, 4)


def test_of_missed_instants_only_the_last_is_sampled(bench):
    bench.set(sampled=60, sampled_end=60)
    bench.energy(1, 1.0)
    start = bench.now
    bench.start(1)
    clock = bench.world.clock
    clock.set(Now(clock.monotonic + 250, clock.now + timedelta(seconds=250)))

    bench.advance(60)

    assert seconds(start, bench.updates()) == [240, 300]
    kept = [value for value in bench.end() if value.context is PERIODIC]
    assert seconds(start, kept) == [240, 300]


# Restarts.


def test_a_resumed_transaction_is_sampled_on_its_old_grid(bench):
    bench.set(sampled=60)
    bench.energy(1, 1.0)
    start = bench.now
    bench.start(1)
    bench.advance(80)

    again = bench.restarted()
    again.energy(1, 2.0)
    again.advance(100)

    assert seconds(start, again.updates()) == [120, 180]


def test_after_a_power_cut_nothing_is_sampled_until_the_meter_was_heard(bench):
    bench.set(sampled=60)
    bench.energy(1, 1.0)
    bench.start(1)

    again = bench.restarted(Cause.BOOT)
    again.advance(120)
    assert again.updates() == []
    again.energy(1, 3.0)
    again.advance(60)

    assert [wh(value) for value in again.updates()] == [3.0]


@pytest.mark.parametrize("cause", [Cause.REBUILD, Cause.VERSION])
def test_after_a_rebuild_the_last_register_is_sampled(bench, cause):
    bench.set(sampled=60)
    bench.energy(1, 1.0)
    bench.start(1)

    again = bench.restarted(cause)
    again.advance(60)

    assert [wh(value) for value in again.updates()] == [1.0]
