"""MeterValueType."""

from __future__ import annotations

from collections.abc import Iterable

from ocpp_iface.types import Measurand, MeterValue, ReadingContext, SampledValue
from ocpp_iface.wire import datetimes
from ocpp_iface.wire.v201 import datatypes, enums

_KNOWN = {measurand.value for measurand in enums.MeasurandEnumType}


def to_wire(values: Iterable[MeterValue]) -> list[datatypes.MeterValueType]:
    """Measurands that 2.0.1 does not know (those of 1.6 only) are left out."""
    mapped = []
    for value in values:
        samples = [
            _sample(sample, value.context)
            for sample in value.samples
            if sample.measurand.value in _KNOWN
        ]
        if samples:
            mapped.append(datatypes.MeterValueType(datetimes.format(value.timestamp), samples))
    return mapped


def _sample(sample: SampledValue, context: ReadingContext) -> datatypes.SampledValueType:
    unit = None
    plain = sample.measurand is Measurand.Energy_Active_Import_Register and sample.unit == "Wh"
    if (sample.unit is not None and not plain) or sample.multiplier:
        unit = datatypes.UnitOfMeasureType(sample.unit, sample.multiplier or None)
    signed = sample.signed
    return datatypes.SampledValueType(
        sample.value,
        context=enums.ReadingContextEnumType(context.value),
        measurand=enums.MeasurandEnumType(sample.measurand.value),
        phase=enums.PhaseEnumType(sample.phase.value) if sample.phase else None,
        location=enums.LocationEnumType(sample.location.value) if sample.location else None,
        signed_meter_value=datatypes.SignedMeterValueType(
            signed.signed_data, signed.signing_method, signed.encoding_method, signed.public_key
        )
        if signed
        else None,
        unit_of_measure=unit,
    )
