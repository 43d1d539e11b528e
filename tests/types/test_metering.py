from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpp_iface.errors import PayloadError
from ocpp_iface.types import (
    Location,
    Measurand,
    MeterReading,
    MeterValue,
    Phase,
    ReadingContext,
    SampledValue,
    default_unit,
)

NOW = datetime(2024, 1, 1, tzinfo=UTC)


def energy(*samples: SampledValue) -> float | None:
    return MeterReading(NOW, samples).energy_wh()


def test_energy_is_the_total_import_register_in_wh() -> None:
    assert energy(SampledValue(1234.5)) == 1234.5


@pytest.mark.parametrize(
    ("value", "unit", "multiplier", "expected"),
    [
        (1.1, "kWh", 0, 1100.0),
        (12, "Wh", 3, 12000.0),
        (12, "kWh", -3, 12.0),
        (0.1, "Wh", 1, 1.0),
        (7, None, 0, 7.0),
    ],
)
def test_unit_and_multiplier_are_applied_exactly(
    value: float, unit: str | None, multiplier: int, expected: float
) -> None:
    assert energy(SampledValue(value, unit=unit, multiplier=multiplier)) == expected


def test_other_measurands_phases_places_and_units_are_not_the_total() -> None:
    others = (
        SampledValue(1, Measurand.Power_Active_Import),
        SampledValue(2, Measurand.Energy_Active_Export_Register),
        SampledValue(3, phase=Phase.L1),
        SampledValue(4, location=Location.Inlet),
        SampledValue(5, unit="J"),
    )

    assert energy(*others) is None
    assert energy(*others, SampledValue(6, location=Location.Outlet)) == 6


def test_reading_without_samples_has_no_energy() -> None:
    assert energy() is None


def test_recorded_value_has_the_same_energy_as_its_reading() -> None:
    value = MeterValue(NOW, ReadingContext.Sample_Clock, [SampledValue(2, unit="kWh")])

    assert value.energy_wh() == 2000.0


@given(st.integers(0, 10**9))
def test_whole_wh_given_in_kwh_come_back_exactly(wh: int) -> None:
    assert energy(SampledValue(wh / 1000, unit="kWh")) == wh


@pytest.mark.parametrize(
    ("measurand", "unit"),
    [
        ("Current.Export", "A"),
        ("Current.Import", "A"),
        ("Current.Offered", "A"),
        ("Energy.Active.Export.Register", "Wh"),
        ("Energy.Active.Import.Register", "Wh"),
        ("Energy.Reactive.Export.Register", "varh"),
        ("Energy.Reactive.Import.Register", "varh"),
        ("Energy.Active.Export.Interval", "Wh"),
        ("Energy.Active.Import.Interval", "Wh"),
        ("Energy.Active.Net", "Wh"),
        ("Energy.Reactive.Export.Interval", "varh"),
        ("Energy.Reactive.Import.Interval", "varh"),
        ("Energy.Reactive.Net", "varh"),
        ("Energy.Apparent.Net", "VAh"),
        ("Energy.Apparent.Import", "VAh"),
        ("Energy.Apparent.Export", "VAh"),
        ("Frequency", "Hz"),
        ("Power.Active.Export", "W"),
        ("Power.Active.Import", "W"),
        ("Power.Factor", None),
        ("Power.Offered", "W"),
        ("Power.Reactive.Export", "var"),
        ("Power.Reactive.Import", "var"),
        ("RPM", "RPM"),
        ("SoC", "Percent"),
        ("Temperature", "Celsius"),
        ("Voltage", "V"),
    ],
)
def test_each_measurand_has_its_unit(measurand: str, unit: str | None) -> None:
    assert default_unit(Measurand(measurand)) == unit
    assert SampledValue(1, Measurand(measurand)).unit == unit


def test_all_measurands_are_there() -> None:
    assert len(Measurand) == 27


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "1", True, None])
def test_sample_is_a_finite_number(value: object) -> None:
    with pytest.raises(PayloadError, match=r"^value: "):
        SampledValue(value)
