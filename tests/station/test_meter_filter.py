from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from attrs import evolve

from ocpp_iface.station.meter_filter import base_value, select, thinned, weight
from ocpp_iface.types import (
    Location,
    Measurand,
    MeterReading,
    MeterValue,
    Phase,
    ReadingContext,
    SampledValue,
    SignedMeterValue,
)

NOW = datetime(2025, 6, 1, tzinfo=UTC)
TOTAL = SampledValue(1500.0)
L1, L2, L3 = (SampledValue(500.0, phase=phase) for phase in (Phase.L1, Phase.L2, Phase.L3))
VOLTAGES = tuple(
    SampledValue(230.0 + number, Measurand.Voltage, phase=phase)
    for number, phase in enumerate((Phase.L1_N, Phase.L2_N, Phase.L3_N))
)
ENERGY = "Energy.Active.Import.Register"


def reading(*samples):
    return MeterReading(NOW, samples)


def test_the_configured_measurands_are_selected_in_their_order():
    power = SampledValue(7000.0, Measurand.Power_Active_Import)

    chosen = select(reading(TOTAL, *VOLTAGES, power), ("Power.Active.Import", ENERGY))

    assert chosen == (power, TOTAL)


def test_nothing_configured_selects_nothing():
    assert select(reading(TOTAL), ()) == ()


def test_all_phases_and_locations_of_a_measurand_are_reported():
    inlet = evolve(TOTAL, location=Location.Inlet)

    assert select(reading(*VOLTAGES), ("Voltage",)) == VOLTAGES
    assert select(reading(TOTAL, inlet, L1), (ENERGY,)) == (TOTAL, inlet, L1)


@pytest.mark.parametrize(("word", "index"), [("Voltage.L1-N", 0), ("Voltage.L3-N", 2)])
def test_a_phase_behind_the_measurand_selects_that_phase(word, index):
    assert select(reading(*VOLTAGES), (word,)) == (VOLTAGES[index],)


def test_a_phase_that_the_meter_has_not_selects_nothing():
    assert select(reading(*VOLTAGES), ("Voltage.L1",)) == ()


def test_a_sample_is_selected_once():
    chosen = select(reading(*VOLTAGES), ("Voltage.L2-N", "Voltage", "Voltage"))

    assert chosen == (VOLTAGES[1], VOLTAGES[0], VOLTAGES[2])


@pytest.mark.parametrize("word", ["", "Nonsense", "Voltage.L9", ".L1", "Nonsense.L1", "L1"])
def test_a_word_that_is_no_measurand_selects_nothing(word):
    assert select(reading(TOTAL, *VOLTAGES), (word,)) == ()


def test_what_the_ev_measured_is_left_out_except_its_state_of_charge():
    soc = SampledValue(80.0, Measurand.SoC, location=Location.EV)
    current = SampledValue(16.0, Measurand.Current_Import, location=Location.EV)

    assert select(reading(soc, current), ("SoC", "Current.Import")) == (soc,)


def test_registers_without_phases_are_the_total_alone():
    chosen = select(
        reading(TOTAL, L1, L2, L3, *VOLTAGES), (ENERGY, "Voltage"), registers_without_phases=True
    )

    assert chosen == (TOTAL, *VOLTAGES)


def test_a_total_that_the_meter_has_not_is_added_up():
    kilo = evolve(L1, value=0.25, unit="kWh")

    chosen = select(reading(kilo, L2, L3), (ENERGY,), registers_without_phases=True)

    assert chosen == (SampledValue(1250.0),)


def test_a_neutral_has_no_energy():
    neutral = SampledValue(1.0, phase=Phase.N)

    assert select(reading(neutral), (ENERGY,), registers_without_phases=True) == ()


def test_signed_data_go_along_only_if_asked_for():
    signed = evolve(TOTAL, signed=SignedMeterValue("AAAA"))

    assert select(reading(signed), (ENERGY,)) == (signed,)
    assert select(reading(signed), (ENERGY,), signed=False) == (TOTAL,)


def test_the_base_value_is_exact():
    assert base_value(SampledValue(1.1, unit="kWh")) == 1100
    assert base_value(SampledValue(1.1, multiplier=3)) == 1100
    assert base_value(SampledValue(7.0)) == 7


# Thinning out.


def kept(count, context=ReadingContext.Sample_Periodic):
    return [
        MeterValue(NOW + timedelta(minutes=number), context, (SampledValue(float(number)),))
        for number in range(count)
    ]


def test_what_fits_is_left_alone():
    values = kept(10)

    assert thinned(values, weight(values)) == tuple(values)


def test_every_second_value_between_first_and_last_is_dropped():
    values = kept(7)

    assert thinned(values, weight(values) - 1) == tuple(values[n] for n in (0, 2, 4, 6))


def test_values_are_dropped_until_they_fit():
    values = kept(1000)
    limit = weight(values[:20])

    fewer = thinned(values, limit)

    assert weight(fewer) <= limit < 2 * weight(fewer) + weight(values[:3])
    assert (fewer[0], fewer[-1]) == (values[0], values[-1])


@pytest.mark.parametrize("count", [0, 1, 2])
def test_first_and_last_stay_even_if_they_do_not_fit(count):
    assert thinned(kept(count), 0) == tuple(kept(count))


def test_first_and_last_are_all_that_stays_in_no_room():
    values = kept(9)

    assert thinned(values, 0) == (values[0], values[-1])


def test_of_alternating_kinds_neither_is_dropped_wholly():
    periodic, clock = kept(20), kept(20, ReadingContext.Sample_Clock)
    values = [value for pair in zip(periodic, clock, strict=True) for value in pair]

    fewer = thinned(values, weight(values) // 2 + 1000)

    counts = [
        sum(value.context is context for value in fewer)
        for context in (ReadingContext.Sample_Periodic, ReadingContext.Sample_Clock)
    ]
    assert max(counts) - min(counts) <= 2
    assert min(counts) > 5


def test_signed_values_weigh_more():
    plain = kept(1)
    signed = [evolve(plain[0], samples=(evolve(TOTAL, signed=SignedMeterValue("A" * 2000)),))]

    assert weight(signed) > weight(plain) + 2000
