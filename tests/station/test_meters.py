from __future__ import annotations

from datetime import timedelta

import pytest
from tests.station.metering_bench import Bench

from ocpp_iface.devicemodel.catalog import Evse
from ocpp_iface.devicemodel.instances import Located, Place
from ocpp_iface.engine.block import Cause
from ocpp_iface.errors import PayloadError, PortRefused
from ocpp_iface.station.events import MeterRead
from ocpp_iface.types import Location, Measurand, MeterReading, Phase, SampledValue

VOLTAGE = SampledValue(230.0, Measurand.Voltage)


def watts(value, phase=None, **more):
    return SampledValue(value, Measurand.Power_Active_Import, phase=phase, **more)


@pytest.fixture
def bench(world):
    bench = Bench(world)
    bench.off()
    world.record(MeterRead)
    return bench


def test_a_reading_is_known_and_announced(world, bench):
    bench.read(2, SampledValue(5.0), VOLTAGE)

    reading = MeterReading(bench.now, (SampledValue(5.0), VOLTAGE))
    assert bench.metering.latest(2) == reading
    assert world.events == [MeterRead(2, reading)]
    assert bench.metering.latest(1) is None
    assert (bench.metering.register_wh(2), bench.metering.register_wh(1)) == (5.0, None)


def test_the_main_meter_is_number_zero(world, bench):
    bench.energy(0, 77.0)

    assert bench.metering.register_wh(0) == 77.0
    assert world.counted == []


def test_a_reading_of_no_evse_is_counted_and_survived(world, bench):
    bench.energy(9, 1.0)

    assert world.counted == ["implausible_readings"]
    assert world.events == []
    assert bench.metering.latest(9) is None
    assert bench.metering.register_wh(9) is None


def test_an_implausible_reading_is_counted_and_announced_as_it_is_used(world, bench):
    bench.energy(1, 100.0)
    bench.start(1)
    bench.read(1, SampledValue(50.0), VOLTAGE, at=bench.now + timedelta(days=400))

    assert world.counted == ["implausible_readings"]
    used = MeterReading(bench.now, (SampledValue(100.0), VOLTAGE))
    assert world.events[-1] == MeterRead(1, used)
    assert bench.metering.latest(1) == used


def test_the_register_never_goes_back_within_a_transaction(bench):
    bench.energy(1, 1000.0)
    bench.start(1)
    for wh in (1100.0, 3.0, 4.0, 5.0, 1099.0):
        bench.energy(1, wh)
        assert bench.metering.register_wh(1) == 1100.0


def test_an_exchanged_main_meter_is_recognised(bench):
    for wh in (9000.0, 1.0, 2.0):
        bench.energy(0, wh)

    assert bench.metering.register_wh(0) == 2.0


@pytest.mark.parametrize("nonsense", [float("nan"), float("inf"), -float("inf")])
def test_what_is_not_finite_cannot_even_be_reported(nonsense):
    with pytest.raises(PayloadError):
        SampledValue(nonsense)


# Asking the meter.


def test_a_meter_that_can_be_read_is_asked(make_world):
    world = make_world(hardware=("stop_energy", "read_meter"))
    bench = Bench(world)
    world.answers["read_meter"] = lambda evse_id: MeterReading(
        bench.now, (SampledValue(10.0 * evse_id),)
    )

    assert world.flow(bench.metering.refresh(2)).finished

    assert bench.metering.register_wh(2) == 20.0


@pytest.mark.parametrize("answer", [PortRefused("broken"), None, "nonsense"])
def test_what_is_known_stays_if_the_meter_cannot_be_read(make_world, answer):
    world = make_world(hardware=("stop_energy", "read_meter"))
    bench = Bench(world)
    bench.energy(1, 7.0)
    world.answers["read_meter"] = answer

    running = world.flow(bench.metering.refresh(1))

    assert running.finished
    assert running.error is None
    assert bench.metering.register_wh(1) == 7.0


def test_hardware_without_a_readable_meter_is_not_asked(world, bench):
    assert world.flow(bench.metering.refresh(1)).finished
    assert world.asked == []


# After a restart.


@pytest.mark.parametrize("cause", list(Cause))
def test_the_register_of_a_transaction_is_known_after_a_restart(bench, cause):
    bench.energy(1, 100.0)
    bench.start(1)
    bench.advance(60)
    bench.energy(1, 150.0)
    bench.world.do(bench.transactions.note_reading, 1, 150.0, bench.now)

    again = bench.restarted(cause)

    assert again.metering.register_wh(1) == 150.0
    assert again.metering.register_wh(2) is None
    again.energy(1, 120.0)
    assert again.metering.register_wh(1) == 150.0


@pytest.mark.parametrize(
    ("samples", "shown"),
    [
        ((VOLTAGE,), ""),
        ((watts(7040.5), VOLTAGE), "7040.5"),
        ((watts(7.4, unit="kW"),), "7400"),
        ((watts(0.0),), "0"),
        ((watts(1.0, Phase.L1), watts(2.0, Phase.L2), watts(3.0, Phase.L3)), "6"),
        ((watts(1.0, Phase.L1), watts(9.0)), "9"),
        ((watts(5.0, location=Location.EV), watts(4.0, location=Location.Outlet)), "4"),
        ((watts(1.0, multiplier=30),), ""),
    ],
)
def test_the_power_of_an_evse_is_what_its_meter_says(world, bench, samples, shown):
    """Referenced variable EVSE.Power: unset (B06.FR.13) as long as nobody knows it."""
    power = world.ctx.variables
    assert power.text(Located(Evse.power, Place(2))) == ""

    bench.read(2, *samples)

    assert power.text(Located(Evse.power, Place(2))) == shown
    assert power.text(Located(Evse.power, Place(1))) == ""
