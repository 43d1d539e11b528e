"""One meter: what it said last, and whether that can be.

A register never goes back (J02.FR.16): a lower value is not used, the last good one stands in its
place, while the rest of the reading counts. A meter that was exchanged or reset is recognised between
transactions, when a second reading confirms the first lower one; within a transaction it is not, so
what a transaction is charged for never shrinks.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final

from attrs import define, field, frozen

from ocpp_iface.station.meter_filter import TOTAL, base_value, total_of_phases
from ocpp_iface.types import Location, Measurand, MeterReading, Phase, SampledValue

FAR: Final = timedelta(hours=1)
"""The clock of a meter may be this wrong before its time is not believed."""
MOST_WH: Final = 10**15
"""More than mankind delivers in a day: no register of a charger shows it."""


class Doubt(StrEnum):
    """What is implausible about a reading."""

    REGISTER_WENT_BACK = "register went back"
    FAR_TIMESTAMP = "timestamp far from now"
    OUT_OF_RANGE = "register out of range"


@frozen
class Register:
    measurand: Measurand
    phase: Phase | None
    location: Location


_TOTAL: Final = Register(TOTAL, None, Location.Outlet)


def register_of(sample: SampledValue) -> Register | None:
    """Which register a sample shows; None for what is no register."""
    if not sample.measurand.endswith(".Register"):
        return None
    return Register(sample.measurand, sample.phase, sample.location or Location.Outlet)


def _is_possible(sample: SampledValue) -> bool:
    """What is not possible is left out of the reading; the register keeps its last good value."""
    return register_of(sample) is None or abs(base_value(sample)) <= MOST_WH


@define(eq=False)
class Meter:
    latest: MeterReading | None = None
    """As it is used: implausible parts are replaced."""
    raw: MeterReading | None = None
    """As it was reported."""
    restored: bool = False
    """`latest` is from the store: nothing was reported since the process started."""
    _registers: dict[Register, SampledValue] = field(factory=dict)
    _lower: dict[Register, Decimal] = field(factory=dict)
    """What was read below a register, waiting for a second reading that agrees."""

    def restore(self, register_wh: float, at: datetime) -> None:
        """Begin with a total import register that was recorded before."""
        sample = SampledValue(register_wh)
        self._registers = {_TOTAL: sample}
        self.latest = MeterReading(at, (sample,))
        self.restored = True

    def read(self, reading: MeterReading, now: datetime, *, charging: bool) -> tuple[Doubt, ...]:
        """Take a reading; `charging`: a transaction is open. Returns what is wrong with it."""
        doubts: list[Doubt] = []
        timestamp = reading.timestamp
        if abs(timestamp - now) > FAR:
            doubts.append(Doubt.FAR_TIMESTAMP)
            timestamp = now
        given = tuple(sample for sample in reading.samples if _is_possible(sample))
        if len(given) < len(reading.samples):
            doubts.append(Doubt.OUT_OF_RANGE)
        samples = tuple(self._believed(sample, charging=charging) for sample in given)
        if any(old is not new for old, new in zip(given, samples, strict=True)):
            doubts.append(Doubt.REGISTER_WENT_BACK)
        self.raw, self.restored = reading, False
        if doubts:
            reading = MeterReading(timestamp, samples)
        self.latest = reading
        return tuple(doubts)

    def register_wh(self) -> float | None:
        """The total import register, Wh: the last good value, even if the latest reading has none."""
        total = self._registers.get(_TOTAL)
        if total is not None:
            return float(base_value(total))
        for location in (Location.Outlet, None):
            summed = total_of_phases(self._registers.values(), location)
            if summed is not None:
                return float(summed)
        return None

    def _believed(self, sample: SampledValue, *, charging: bool) -> SampledValue:
        register = register_of(sample)
        if register is None:
            return sample
        last, value = self._registers.get(register), base_value(sample)
        lower = self._lower.pop(register, None)
        if last is None or value >= base_value(last):
            self._registers[register] = sample
            return sample
        if not charging and lower is not None and value >= lower:
            self._registers[register] = sample
            return sample
        self._lower[register] = value
        return last
