"""What must hold of meter values whatever the meters say and whenever they say it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.station.conftest import World
from tests.station.metering_bench import Bench, times, wh

from ocpp_iface.ports.clock import Now
from ocpp_iface.station.instants import last_boundary, last_sample, next_boundary, next_sample
from ocpp_iface.station.meter_filter import select, thinned, weight
from ocpp_iface.types import (
    Measurand,
    MeterReading,
    MeterValue,
    Phase,
    ReadingContext,
    SampledValue,
    TransactionEvent,
)

moments = st.datetimes(
    datetime(2000, 1, 1),  # noqa: DTZ001 - the strategy adds the zone
    datetime(2100, 1, 1),  # noqa: DTZ001 - the strategy adds the zone
    timezones=st.just(UTC),
)
intervals = st.integers(1, 100_000_000_000).map(lambda us: timedelta(microseconds=us))
seconds = st.integers(1, 5_000)


def bench_at(moment: datetime) -> Bench:
    world = World()
    world.clock.set(Now(world.clock.monotonic, moment))
    bench = Bench(world)
    bench.off()
    return bench


# The grids.


@given(moments, intervals, moments)
def test_the_next_sample_is_the_first_of_the_grid_that_is_later(start, interval, after):
    instant = next_sample(start, interval, after)

    assert after < instant <= after + interval
    assert (instant - start) % interval == timedelta(0)
    assert last_sample(start, interval, after) == instant - interval


@given(intervals, moments)
def test_boundaries_are_whole_intervals_since_midnight(interval, after):
    boundary = next_boundary(interval, after)

    midnight = boundary.replace(hour=0, minute=0, second=0, microsecond=0)
    assert after < boundary <= after + interval
    assert (boundary - midnight) % interval == timedelta(0)
    assert last_boundary(interval, boundary) == boundary
    assert last_boundary(interval, after) <= after
    assert next_boundary(interval, last_boundary(interval, after)) == boundary


# The instants of a running transaction.


@st.composite
def rhythms(draw):
    """Two intervals, and pauses that hold up to some hundred of the shorter one: more are only more of
    the same.
    """
    interval, interval_end = draw(seconds), draw(seconds)
    longest = min(3_000.0, 100.0 * min(interval, interval_end))
    return interval, interval_end, draw(st.lists(st.floats(0.01, longest), max_size=8))


@given(start=moments, rhythm=rhythms())
@settings(max_examples=60)
def test_samples_are_exactly_on_the_grid_and_none_is_missing(start, rhythm):
    interval, interval_end, pauses = rhythm
    bench = bench_at(start)
    bench.set(sampled=interval, sampled_end=interval_end)
    bench.energy(1, 1.0)
    begun = bench.now
    bench.start(1)
    for pause in pauses:
        bench.advance(pause)
        bench.energy(1, 1.0)

    now = bench.now
    updates = times(bench.updates())
    kept = times(bench.end(1))[1:-1]

    def grid(step):
        count = (now - begun) // timedelta(seconds=step)
        return [begun + number * timedelta(seconds=step) for number in range(1, count + 1)]

    # The virtual clock adds floats: an instant within a microsecond of now may go either way.
    assert updates in (grid(interval), grid(interval)[:-1])
    if len(grid(interval_end)) < 200:
        assert kept in (grid(interval_end), grid(interval_end)[:-1])
    else:  # too many for one message
        assert len(kept) > 50
        assert set(kept) <= set(grid(interval_end))
    assert updates == [fact.meter_values[0].timestamp for fact in bench.facts[1:-1]]


@given(start=moments, interval=st.integers(30, 100_000), late=st.lists(st.floats(0, 5_000)))
@settings(max_examples=60, deadline=None)
def test_clock_aligned_values_are_exactly_on_the_boundaries(start, interval, late):
    """However late the station is woken."""
    bench = bench_at(start)
    bench.set(aligned=interval)
    bench.energy(0, 1.0)
    clock = bench.world.clock
    for pause in late:
        clock.set(Now(clock.monotonic + pause, clock.now + timedelta(seconds=pause)))
        bench.advance(1)

    seen = [event.values[0].timestamp for event in bench.idle]
    assert seen == sorted(set(seen))
    for at in seen:
        since = at - at.replace(hour=0, minute=0, second=0, microsecond=0)
        assert since % timedelta(seconds=interval) == timedelta(0)


# Energy.

readings = st.tuples(
    st.just("read"), st.integers(0, 2), st.integers(0, 5_000), st.sampled_from(["Wh", "kWh"])
)
actions = st.one_of(
    readings,
    readings,
    st.tuples(st.just("wait"), st.floats(1, 400)),
    st.tuples(st.just("start"), st.integers(1, 2)),
    st.tuples(st.just("end"), st.integers(1, 2), st.one_of(st.none(), st.integers(0, 5_000))),
    st.tuples(st.just("restart")),
)


def act(bench: Bench, action: tuple) -> Bench:
    match action:
        case ("read", evse_id, value, unit):
            bench.read(evse_id, SampledValue(value / 7, unit=unit))
            row = bench.transactions.open_on(evse_id)
            register = bench.metering.register_wh(evse_id)
            if row is not None and register is not None:  # as the sessions do
                bench.world.do(bench.transactions.note_reading, evse_id, register, bench.now)
        case ("wait", pause):
            bench.advance(pause)
        case ("start", evse_id) if bench.transactions.open_on(evse_id) is None:
            bench.start(evse_id)
        case ("end", evse_id, value) if bench.transactions.open_on(evse_id) is not None:
            final = None if value is None else MeterReading(bench.now, (SampledValue(value / 7),))
            bench.end(evse_id, final)
        case ("restart",):
            again = bench.restarted()
            again.facts[:0] = bench.facts
            return again
    return bench


@given(st.lists(actions, max_size=40))
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_energy_never_goes_back_in_what_is_recorded(steps):
    bench = bench_at(datetime(2025, 6, 1, 12, tzinfo=UTC))
    bench.set(sampled=60, sampled_end=100, aligned=90, aligned_end=130)
    for step in steps:
        bench = act(bench, step)

    by_transaction: dict[str, list] = {}
    for fact in bench.facts:
        by_transaction.setdefault(fact.transaction, []).append(fact)
    for facts in by_transaction.values():
        registers = [fact.register_wh for fact in facts if fact.register_wh is not None]
        assert registers == sorted(registers)
        live = [
            wh(value)
            for fact in facts
            if fact.kind is not TransactionEvent.Ended
            for value in fact.meter_values
        ]
        assert live == sorted(live)
        for fact in facts:
            if fact.kind is TransactionEvent.Ended:
                energies = [wh(value) for value in fact.meter_values]
                assert energies == sorted(energies)
                assert times(fact.meter_values) == sorted(times(fact.meter_values))
                assert max([*energies, *live], default=0) <= (fact.register_wh or 0)


# Selection and thinning.

samples = st.builds(
    SampledValue,
    st.integers(0, 1000).map(float),
    st.sampled_from(list(Measurand)),
    phase=st.one_of(st.none(), st.sampled_from(list(Phase))),
)
words = st.one_of(
    st.sampled_from([str(measurand) for measurand in Measurand]),
    st.builds("{}.{}".format, st.sampled_from(list(Measurand)), st.sampled_from(list(Phase))),
    st.text(max_size=10),
)


@given(st.lists(samples, max_size=12), st.lists(words, max_size=6))
def test_a_selection_is_part_of_the_reading_and_each_sample_at_most_once(given_samples, wanted):
    reading = MeterReading(datetime(2025, 1, 1, tzinfo=UTC), tuple(given_samples))

    chosen = select(reading, wanted)

    assert len(chosen) <= len(given_samples)
    for sample in chosen:
        assert sample in given_samples
        plain, phased = str(sample.measurand), f"{sample.measurand}.{sample.phase}"
        assert plain in wanted or phased in wanted
    assert set(select(reading, wanted + wanted)) == set(chosen)


@given(
    st.lists(st.sampled_from([ReadingContext.Sample_Clock, ReadingContext.Sample_Periodic])),
    st.integers(0, 20_000),
)
def test_thinning_keeps_the_ends_the_order_and_the_limit(kinds, limit):
    start = datetime(2025, 1, 1, tzinfo=UTC)
    values = [
        MeterValue(start + timedelta(seconds=number), kind, (SampledValue(float(number)),))
        for number, kind in enumerate(kinds)
    ]

    fewer = thinned(values, limit)

    assert set(times(fewer)) <= set(times(values))
    assert times(fewer) == sorted(times(fewer))
    assert weight(fewer) <= limit or len(fewer) <= 2
    if values:
        assert (fewer[0], fewer[-1]) == (values[0], values[-1])
