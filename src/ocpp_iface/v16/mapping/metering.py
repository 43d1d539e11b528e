"""MeterValue, and the register values of Start- and StopTransaction.

1.6 has no multiplier and fewer measurands and units: values are scaled here; what 1.6 has no word
for is left out rather than sent under a wrong one.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Final

from ocpp_iface.types import Location, Measurand, MeterValue, Phase, ReadingContext, SampledValue
from ocpp_iface.wire import datetimes
from ocpp_iface.wire.v16 import datatypes, enums

_MEASURANDS: Final = {
    each: enums.Measurand(each.value)
    for each in Measurand
    if each.value in [word.value for word in enums.Measurand]
}
_CONTEXTS: Final = {each: enums.ReadingContext(each.value) for each in ReadingContext}
_PHASES: Final = {each: enums.Phase(each.value) for each in Phase}
_LOCATIONS: Final = {each: enums.Location(each.value) for each in Location}
_UNITS: Final = {word.value: word for word in enums.UnitOfMeasure} | {
    "Hz": enums.UnitOfMeasure.hertz,
    "%": enums.UnitOfMeasure.percent,
}
_UNITLESS: Final = (Measurand.RPM, Measurand.Power_Factor)
"""Measurands for which 1.6 has no unit."""


def to_wire(
    values: Iterable[MeterValue], *, transaction_data: bool = False
) -> list[datatypes.MeterValue]:
    """`transaction_data`: for StopTransaction, whose schema does not know the unit Hertz (the unit
    of a frequency is Hertz without saying so).
    """
    mapped = []
    for value in values:
        context = _CONTEXTS[value.context]
        samples: list[datatypes.SampledValue] = []
        for sample in value.samples:
            samples += _samples(sample, context, hertz=not transaction_data)
        if samples:
            mapped.append(datatypes.MeterValue(datetimes.format(value.timestamp), samples))
    return mapped


def is_measurand(word: str) -> bool:
    """Whether 1.6 has this measurand; a phase may follow behind a dot (9.1.17)."""
    base, _, phase = word.rpartition(".")
    return word in _MEASURANDS or (base in _MEASURANDS and phase in _PHASES)


def register(wh: float | None) -> int:
    """For meterStart and meterStop, which are whole Wh; a station without a meter says 0."""
    return 0 if wh is None else round(wh)


def number_text(value: float, multiplier: int = 0) -> str:
    """A decimal number without exponent: `12`, `0.5`."""
    text = repr(value)
    if multiplier or "e" in text:
        text = f"{Decimal(text).scaleb(multiplier):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _samples(
    sample: SampledValue, context: enums.ReadingContext, *, hertz: bool
) -> tuple[datatypes.SampledValue, ...]:
    """The number; and what the meter signed, as it signed it, as a second value."""
    measurand = _MEASURANDS.get(sample.measurand)
    if measurand is None:
        return ()
    unit = _UNITS.get(sample.unit or "")
    if sample.unit is not None and unit is None and sample.measurand not in _UNITLESS:
        return ()
    common = datatypes.SampledValue(
        number_text(sample.value, sample.multiplier),
        context=context,
        measurand=measurand,
        phase=_PHASES[sample.phase] if sample.phase else None,
        location=_LOCATIONS[sample.location] if sample.location else None,
        unit=None if unit is enums.UnitOfMeasure.hertz and not hertz else unit,
    )
    if sample.signed is None:
        return (common,)
    signed = datatypes.SampledValue(
        sample.signed.signed_data,
        context=context,
        format=enums.ValueFormat.signed_data,
        measurand=measurand,
        phase=common.phase,
        location=common.location,
        unit=common.unit,
    )
    return (common, signed)
