"""Which samples of a reading a configured list of measurands asks for; and which ones to give up when
a message would become too large. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Final

from attrs import evolve

from ocpp_iface.types import (
    Location,
    Measurand,
    MeterReading,
    MeterValue,
    Phase,
    ReadingContext,
    SampledValue,
)

TOTAL: Final = Measurand.Energy_Active_Import_Register
_LIVE_PHASES: Final = (Phase.L1, Phase.L2, Phase.L3)
_VALUE_BYTES: Final = 70
_SAMPLE_BYTES: Final = 190


def select(
    reading: MeterReading,
    measurands: Iterable[str],
    *,
    registers_without_phases: bool = False,
    signed: bool = True,
) -> tuple[SampledValue, ...]:
    """The samples that `measurands` asks for, in that order; each once.

    A measurand asks for all its phases and locations; with a phase behind a dot (`Voltage.L1`,
    `Voltage.L1-N`, 1.6) for that phase only. A word that is no measurand asks for nothing. What the
    EV measured is left out, except for its state of charge (erratum 2024-09 on the J cases).

    `registers_without_phases`: of the import register only the total over all phases is given,
    added up if the meter has none. `signed`: signed data stay with their samples.
    """
    samples = _without_phases(reading.samples) if registers_without_phases else reading.samples
    samples = tuple(sample for sample in samples if not _measured_by_ev(sample))
    chosen: dict[int, SampledValue] = {}
    for word in measurands:
        wanted = _asked_for(word)
        if wanted is None:
            continue
        measurand, phase = wanted
        for index, sample in enumerate(samples):
            if sample.measurand is measurand and phase in (None, sample.phase):
                chosen.setdefault(index, sample)
    if signed:
        return tuple(chosen.values())
    return tuple(evolve(sample, signed=None) for sample in chosen.values())


def base_value(sample: SampledValue) -> Decimal:
    """The value in the base unit: 1.1 kWh is exactly 1100 Wh."""
    kilo = 3 if (sample.unit or "").startswith("k") else 0
    return Decimal(repr(sample.value)).scaleb(sample.multiplier + kilo)


def thinned(values: Sequence[MeterValue], limit_bytes: float) -> tuple[MeterValue, ...]:
    """At most about `limit_bytes` of JSON, by dropping every second value between the first and the
    last, again and again (E06.FR.13, J02.FR.20). The first and the last always stay.

    The second of its context: sampled and clock-aligned values alternate, and dropping every second
    of all would drop all of one kind.
    """
    kept = list(values)
    while len(kept) > 2 and weight(kept) > limit_bytes:
        seen: dict[ReadingContext, int] = {}
        fewer = [kept[0]]
        for value in kept[1:-1]:
            count = seen.get(value.context, 0)
            seen[value.context] = count + 1
            if count % 2:
                fewer.append(value)
        fewer.append(kept[-1])
        kept = fewer
    return tuple(kept)


def weight(values: Iterable[MeterValue]) -> int:
    """About how many bytes of JSON the values take."""
    return sum(_VALUE_BYTES + sum(map(_sample_weight, value.samples)) for value in values)


def _sample_weight(sample: SampledValue) -> int:
    signed = sample.signed
    if signed is None:
        return _SAMPLE_BYTES
    texts = (signed.signed_data, signed.signing_method, signed.encoding_method, signed.public_key)
    return _SAMPLE_BYTES + 100 + sum(map(len, texts))


def _asked_for(word: str) -> tuple[Measurand, Phase | None] | None:
    if word in _MEASURANDS:
        return Measurand(word), None
    measurand, _, phase = word.rpartition(".")
    if measurand in _MEASURANDS and phase in _PHASES:
        return Measurand(measurand), Phase(phase)
    return None


_MEASURANDS: Final = frozenset(measurand.value for measurand in Measurand)
_PHASES: Final = frozenset(phase.value for phase in Phase)


def _measured_by_ev(sample: SampledValue) -> bool:
    return sample.location is Location.EV and sample.measurand is not Measurand.SoC


def _without_phases(samples: Sequence[SampledValue]) -> tuple[SampledValue, ...]:
    totals = {sample.location for sample in samples if _is_register(sample) and not sample.phase}
    kept: list[SampledValue] = []
    for sample in samples:
        if not _is_register(sample) or sample.phase is None:
            kept.append(sample)
        elif sample.location not in totals:
            totals.add(sample.location)
            total = total_of_phases(samples, sample.location)
            if total is not None:
                kept.append(SampledValue(float(total), TOTAL, location=sample.location))
    return tuple(kept)


def total_of_phases(samples: Iterable[SampledValue], location: Location | None) -> Decimal | None:
    """The import registers of the phases L1, L2, L3 added up, Wh; None if there are none."""
    phases = {
        sample.phase: base_value(sample)
        for sample in samples
        if _is_register(sample) and sample.phase in _LIVE_PHASES and sample.location is location
    }
    return sum(phases.values(), Decimal(0)) if phases else None


def power_w(samples: Iterable[SampledValue]) -> Decimal | None:
    """The active power that leaves the outlet now, W: the total, or the phases added up; None if it
    is not among the samples.
    """
    phases: dict[Phase, Decimal] = {}
    for sample in samples:
        if sample.measurand is not Measurand.Power_Active_Import:
            continue
        if sample.location not in (None, Location.Outlet):
            continue
        if sample.phase is None:
            return base_value(sample)
        if sample.phase in _LIVE_PHASES:
            phases.setdefault(sample.phase, base_value(sample))
    return sum(phases.values(), Decimal(0)) if phases else None


def _is_register(sample: SampledValue) -> bool:
    return sample.measurand is TOTAL
