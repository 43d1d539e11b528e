from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from attrs import evolve

from ocpp_iface.station.meter import Doubt, Meter
from ocpp_iface.types import Location, Measurand, MeterReading, Phase, SampledValue

NOW = datetime(2025, 6, 1, tzinfo=UTC)
VOLTAGE = SampledValue(230.0, Measurand.Voltage)


def read(meter, *samples, charging=False, at=NOW):
    return meter.read(MeterReading(at, samples), NOW, charging=charging)


def energy(wh):
    return SampledValue(float(wh))


def test_a_plausible_reading_is_used_as_it_is():
    meter = Meter()

    assert read(meter, energy(100), VOLTAGE) == ()
    assert meter.latest == MeterReading(NOW, (energy(100), VOLTAGE))
    assert meter.register_wh() == 100


def test_the_same_value_again_is_plausible():
    meter = Meter()
    read(meter, energy(100))

    assert read(meter, energy(100), charging=True) == ()


def test_a_register_that_goes_back_is_not_used_but_the_rest_is():
    meter = Meter()
    read(meter, energy(100), VOLTAGE)
    lower = evolve(VOLTAGE, value=225.0)

    assert read(meter, energy(50), lower, charging=True) == (Doubt.REGISTER_WENT_BACK,)

    assert meter.latest.samples == (energy(100), lower)
    assert meter.register_wh() == 100


def test_units_are_compared_not_numbers():
    meter = Meter()
    read(meter, energy(900))

    assert read(meter, SampledValue(1.0, unit="kWh")) == ()
    assert meter.register_wh() == 1000
    assert read(meter, energy(950)) == (Doubt.REGISTER_WENT_BACK,)


def test_a_register_recovers_when_it_passes_its_last_value():
    meter = Meter()
    for wh in (100, 50, 99):
        read(meter, energy(wh), charging=True)
    assert meter.register_wh() == 100

    assert read(meter, energy(101), charging=True) == ()
    assert meter.register_wh() == 101


def test_an_exchanged_meter_is_recognised_by_the_second_reading():
    meter = Meter()
    read(meter, energy(100_000))

    assert read(meter, energy(5)) == (Doubt.REGISTER_WENT_BACK,)
    assert meter.register_wh() == 100_000
    assert read(meter, energy(6)) == ()
    assert meter.register_wh() == 6


def test_one_wrong_reading_is_no_exchanged_meter():
    meter = Meter()
    for wh in (1000, 5, 1001, 4, 1002):
        read(meter, energy(wh))

    assert meter.register_wh() == 1002


def test_a_register_that_falls_on_and_on_is_not_believed():
    meter = Meter()
    for wh in (1000, 900, 800, 700):
        read(meter, energy(wh))

    assert meter.register_wh() == 1000


def test_within_a_transaction_no_meter_is_exchanged():
    meter = Meter()
    for wh in (1000, 5, 6, 7, 8):
        read(meter, energy(wh), charging=True)
    assert meter.register_wh() == 1000

    read(meter, energy(9))

    assert meter.register_wh() == 9


def test_each_register_has_its_own_past():
    meter = Meter()
    exported = SampledValue(70.0, Measurand.Energy_Active_Export_Register)
    phase = SampledValue(30.0, phase=Phase.L1)
    read(meter, energy(100), exported, phase)

    assert read(meter, energy(101), evolve(exported, value=71.0), evolve(phase, value=31.0)) == ()
    assert read(meter, energy(102), evolve(exported, value=60.0)) == (Doubt.REGISTER_WENT_BACK,)
    assert meter.latest.samples == (energy(102), evolve(exported, value=71.0))


def test_the_outlet_is_the_default_place():
    meter = Meter()
    read(meter, energy(100))

    assert read(meter, evolve(energy(90), location=Location.Outlet)) == (Doubt.REGISTER_WENT_BACK,)


def test_intervals_and_power_may_fall():
    meter = Meter()
    power = SampledValue(7000.0, Measurand.Power_Active_Import)
    interval = SampledValue(7.0, Measurand.Energy_Active_Import_Interval)
    read(meter, power, interval)

    assert read(meter, evolve(power, value=0.0), evolve(interval, value=0.0), charging=True) == ()


def test_a_time_far_from_now_is_replaced():
    for away in (timedelta(hours=2), timedelta(hours=-2), timedelta(days=20_000)):
        meter = Meter()

        assert read(meter, energy(1), at=NOW - away) == (Doubt.FAR_TIMESTAMP,)
        assert meter.latest == MeterReading(NOW, (energy(1),))
        assert meter.raw.timestamp == NOW - away


def test_a_meter_clock_that_is_a_little_wrong_is_believed():
    meter = Meter()

    assert read(meter, energy(1), at=NOW - timedelta(minutes=59)) == ()


def test_the_register_is_remembered_when_a_reading_has_none():
    meter = Meter()
    assert meter.register_wh() is None
    read(meter, energy(100))
    read(meter, VOLTAGE)

    assert meter.register_wh() == 100
    assert meter.latest.energy_wh() is None


def test_registers_of_phases_are_added_up_if_there_is_no_total():
    for location in (None, Location.Outlet):
        meter = Meter()
        phases = (Phase.L1, Phase.L2, Phase.L3)
        read(meter, *(SampledValue(10.5, phase=phase, location=location) for phase in phases))

        assert meter.register_wh() == 31.5


def test_a_restored_register_is_where_the_next_reading_goes_on():
    meter = Meter()
    meter.restore(500.0, NOW)
    assert (meter.register_wh(), meter.restored) == (500.0, True)

    assert read(meter, energy(400), charging=True) == (Doubt.REGISTER_WENT_BACK,)
    assert (meter.register_wh(), meter.restored) == (500.0, False)


@pytest.mark.parametrize("wh", [1e300, -1e300, 1.1e15])
def test_a_register_that_cannot_be_is_left_out(wh: float) -> None:
    meter = Meter()
    meter.read(MeterReading(NOW, (SampledValue(500.0),)), NOW, charging=True)
    power = SampledValue(11.0, Measurand.Power_Active_Import)

    doubts = meter.read(MeterReading(NOW, (SampledValue(wh), power)), NOW, charging=True)

    assert doubts == (Doubt.OUT_OF_RANGE,)
    assert meter.register_wh() == 500
    assert meter.latest is not None
    assert meter.latest.samples == (power,)
