"""MeterValue of neutral values."""

from datetime import UTC, datetime

import pytest
from hypothesis import given

from ocpp_iface.sim import strategies
from ocpp_iface.types import (
    Location,
    Measurand,
    MeterValue,
    Phase,
    ReadingContext,
    SampledValue,
    SignedMeterValue,
)
from ocpp_iface.v16.mapping import metering
from ocpp_iface.wire.codec import codec_for
from ocpp_iface.wire.v16 import call

AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
CODEC = codec_for("ocpp1.6", validate_outbound=True)


def one(sample, context=ReadingContext.Sample_Periodic, **options):
    (value,) = metering.to_wire([MeterValue(AT, context, (sample,))], **options)
    return value.sampled_value


def test_a_sample_names_all_that_is_known():
    sample = SampledValue(
        15.9, Measurand.Current_Import, phase=Phase.L1_N, location=Location.Cable, unit="A"
    )

    (wire,) = one(sample, ReadingContext.Trigger)

    assert wire.value == "15.9"
    assert wire.context.value == "Trigger"
    assert wire.measurand.value == "Current.Import"
    assert (wire.phase.value, wire.location.value, wire.unit.value) == ("L1-N", "Cable", "A")
    assert wire.format is None


@pytest.mark.parametrize(
    ("value", "multiplier", "text"),
    [(12.0, 0, "12"), (0.5, 0, "0.5"), (1.5, 3, "1500"), (1e-7, 0, "0.0000001"), (1e21, 0, "1" + "0" * 21), (-3.0, -1, "-0.3"), (0.0, 0, "0"), (100.0, 0, "100")],
)  # fmt: skip
def test_numbers_are_plain_decimals_scaled_by_the_multiplier(value, multiplier, text):
    assert metering.number_text(value, multiplier) == text


@pytest.mark.parametrize(
    ("measurand", "unit", "word"),
    [
        (Measurand.SoC, "Percent", "Percent"),
        (Measurand.Temperature, "Celsius", "Celsius"),
        (Measurand.Frequency, "Hz", "Hertz"),
        (Measurand.RPM, "RPM", None),
        (Measurand.Power_Factor, None, None),
        (Measurand.Energy_Active_Import_Register, "kWh", "kWh"),
    ],
)
def test_units(measurand, unit, word):
    (wire,) = one(SampledValue(1.0, measurand, unit=unit))

    assert (wire.unit.value if wire.unit else None) == word


def test_the_unit_of_a_frequency_is_left_out_of_transaction_data():
    (wire,) = one(SampledValue(50.0, Measurand.Frequency), transaction_data=True)

    assert (wire.value, wire.unit) == ("50", None)


def test_a_unit_that_1_6_has_not_is_never_sent_as_another_one():
    value = MeterValue(AT, ReadingContext.Other, (SampledValue(1.0, unit="MWh"),))

    assert metering.to_wire([value]) == []


def test_measurands_that_1_6_has_not_are_left_out():
    samples = (SampledValue(1.0, Measurand.Energy_Active_Net), SampledValue(2.0))
    (value,) = metering.to_wire([MeterValue(AT, ReadingContext.Other, samples)])

    assert [sample.value for sample in value.sampled_value] == ["2"]


def test_signed_data_follow_their_number_as_the_meter_gave_them():
    signed = SignedMeterValue("T0NNRnx7fQ==", encoding_method="OCMF")

    raw, opaque = one(SampledValue(7.0, signed=signed), ReadingContext.Transaction_End)

    assert (raw.value, raw.format) == ("7", None)
    assert (opaque.value, opaque.format.value) == ("T0NNRnx7fQ==", "SignedData")
    assert opaque.context == raw.context


@pytest.mark.parametrize(("wh", "register"), [(None, 0), (0.4, 0), (1234.6, 1235)])
def test_registers_are_whole_watt_hours(wh, register):
    assert metering.register(wh) == register


@given(strategies.meter_values())
def test_whatever_is_measured_fits_the_schemas(value):
    values = metering.to_wire([value])
    if values:
        CODEC.encode_request(call.MeterValues(1, values))
    data = metering.to_wire([value], transaction_data=True)
    CODEC.encode_request(call.StopTransaction(1, "2026-01-01T00:00:00Z", 1, transaction_data=data))
