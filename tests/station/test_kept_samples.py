from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ocpp_iface.station.kept_samples import SAMPLES, KeptSamples
from ocpp_iface.station.meter_filter import weight
from ocpp_iface.storage import MemoryStore
from ocpp_iface.types import MeterValue, ReadingContext, SampledValue

NOW = datetime(2025, 6, 1, tzinfo=UTC)


@pytest.fixture
def store():
    store = MemoryStore()
    store.begin()
    return store


def value(number):
    return MeterValue(
        NOW + timedelta(minutes=number),
        ReadingContext.Sample_Periodic,
        (SampledValue(float(number)),),
    )


def rows(store):
    return [key for key, _ in store.table(SAMPLES).items()]


def test_values_are_kept_in_their_order(store):
    kept = KeptSamples(store, lambda: 1e6)
    for number in range(12):
        kept.add("a", value(number))
    kept.add("b", value(99))

    assert kept.of("a") == tuple(value(number) for number in range(12))
    assert kept.of("b") == (value(99),)
    assert kept.of("c") == ()


def test_values_survive_a_restart_and_go_on(store):
    before = KeptSamples(store, lambda: 1e6)
    for number in range(11):
        before.add("a", value(number))

    after = KeptSamples(store, lambda: 1e6)
    after.add("a", value(11))

    assert after.of("a") == tuple(value(number) for number in range(12))
    assert len(rows(store)) == 12


def test_a_transaction_that_is_over_leaves_nothing(store):
    kept = KeptSamples(store, lambda: 1e6)
    kept.add("a", value(0))
    kept.add("b", value(1))

    kept.forget("a")
    kept.forget("never seen")

    assert kept.of("a") == ()
    assert rows(store) == ["b/000000000"]
    kept.add("a", value(2))
    assert kept.of("a") == (value(2),)


def test_values_of_unknown_transactions_are_forgotten(store):
    kept = KeptSamples(store, lambda: 1e6)
    for name in "abc":
        kept.add(name, value(0))

    kept.forget_all_but(["b"])

    assert rows(store) == ["b/000000000"]


def test_the_store_does_not_grow_with_the_transaction(store):
    limit = 10 * weight((value(0),))
    kept = KeptSamples(store, lambda: limit)
    for number in range(5000):
        kept.add("a", value(number))
        assert weight(kept.of("a")) <= limit

    numbers = [one.energy_wh() for one in kept.of("a")]
    assert numbers[0] == 0
    assert numbers[-1] == 4999
    assert numbers == sorted(numbers)
    assert len(rows(store)) == len(numbers) > 4
    assert KeptSamples(store, lambda: limit).of("a") == kept.of("a")
