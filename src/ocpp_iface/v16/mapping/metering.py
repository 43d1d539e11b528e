"""MeterValue, and the register values of Start- and StopTransaction.

1.6 has no multiplier and fewer measurands and units: values are scaled here; what 1.6 has no word
for is left out rather than sent under a wrong one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Final

from ocpp_iface.types import Measurand, MeterValue, ReadingContext, SampledValue
from ocpp_iface.wire import datetimes
from ocpp_iface.wire.v16 import datatypes, enums

_MEASURANDS: Final = frozenset(word.value for word in enums.Measurand)
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
        samples = [
            part
            for sample in value.samples
            for part in _samples(sample, value.context, hertz=not transaction_data)
        ]
        if samples:
            mapped.append(datatypes.MeterValue(datetimes.format(value.timestamp), samples))
    return mapped


def register(wh: float | None) -> int:
    """For meterStart and meterStop, which are whole Wh; a station without a meter says 0."""
    return 0 if wh is None else round(wh)


def number_text(value: float, multiplier: int = 0) -> str:
    """A decimal number without exponent: `12`, `0.5`."""
    scaled = Decimal(repr(value)).scaleb(multiplier)
    text = f"{scaled:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _samples(
    sample: SampledValue, context: ReadingContext, *, hertz: bool
) -> Iterator[datatypes.SampledValue]:
    """The number; and what the meter signed, as it signed it, as a second value."""
    if sample.measurand.value not in _MEASURANDS:
        return
    unit = _UNITS.get(sample.unit or "")
    if sample.unit is not None and unit is None and sample.measurand not in _UNITLESS:
        return
    common = datatypes.SampledValue(
        number_text(sample.value, sample.multiplier),
        context=enums.ReadingContext(context.value),
        measurand=enums.Measurand(sample.measurand.value),
        phase=enums.Phase(sample.phase.value) if sample.phase else None,
        location=enums.Location(sample.location.value) if sample.location else None,
        unit=None if unit is enums.UnitOfMeasure.hertz and not hertz else unit,
    )
    yield common
    if sample.signed is not None:
        yield datatypes.SampledValue(
            sample.signed.signed_data,
            context=common.context,
            format=enums.ValueFormat.signed_data,
            measurand=common.measurand,
            phase=common.phase,
            location=common.location,
            unit=common.unit,
        )
