"""MeterValueType."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from ocpp_iface.types import Location, Measurand, MeterValue, Phase, ReadingContext, SampledValue
from ocpp_iface.wire import datetimes
from ocpp_iface.wire.v201 import datatypes, enums

_KNOWN: Final = {
    each: enums.MeasurandEnumType(each.value)
    for each in Measurand
    if each.value in [word.value for word in enums.MeasurandEnumType]
}
_WORDS: Final = frozenset(each.value for each in _KNOWN)
_CONTEXTS: Final = {each: enums.ReadingContextEnumType(each.value) for each in ReadingContext}
_PHASES: Final = {each: enums.PhaseEnumType(each.value) for each in Phase}
_LOCATIONS: Final = {each: enums.LocationEnumType(each.value) for each in Location}


def is_measurand(word: str) -> bool:
    """Whether 2.0.1 has this measurand."""
    return word in _WORDS


def to_wire(values: Iterable[MeterValue]) -> list[datatypes.MeterValueType]:
    """Measurands that 2.0.1 does not know (those of 1.6 only) are left out."""
    mapped = []
    for value in values:
        context = _CONTEXTS[value.context]
        samples = [
            _sample(sample, context) for sample in value.samples if sample.measurand in _KNOWN
        ]
        if samples:
            mapped.append(datatypes.MeterValueType(datetimes.format(value.timestamp), samples))
    return mapped


def _sample(
    sample: SampledValue, context: enums.ReadingContextEnumType
) -> datatypes.SampledValueType:
    unit = None
    plain = sample.measurand is Measurand.Energy_Active_Import_Register and sample.unit == "Wh"
    if (sample.unit is not None and not plain) or sample.multiplier:
        unit = datatypes.UnitOfMeasureType(sample.unit, sample.multiplier or None)
    signed = sample.signed
    return datatypes.SampledValueType(
        sample.value,
        context=context,
        measurand=_KNOWN[sample.measurand],
        phase=_PHASES[sample.phase] if sample.phase else None,
        location=_LOCATIONS[sample.location] if sample.location else None,
        signed_meter_value=datatypes.SignedMeterValueType(
            signed.signed_data, signed.signing_method, signed.encoding_method, signed.public_key
        )
        if signed
        else None,
        unit_of_measure=unit,
    )
