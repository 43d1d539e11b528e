"""What a meter says. Units: as named by `unit`, times ten to the power of `multiplier`."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from attrs import Factory, field, frozen

from ocpp_iface.types.check import (
    Instance,
    Integer,
    Items,
    Moment,
    Number,
    Optional,
    Text,
    Word,
    as_tuple,
)


class Measurand(StrEnum):
    """The measurands of 2.0.1, and RPM and Temperature of 1.6."""

    Current_Export = "Current.Export"
    Current_Import = "Current.Import"
    Current_Offered = "Current.Offered"
    Energy_Active_Export_Register = "Energy.Active.Export.Register"
    Energy_Active_Import_Register = "Energy.Active.Import.Register"
    Energy_Reactive_Export_Register = "Energy.Reactive.Export.Register"
    Energy_Reactive_Import_Register = "Energy.Reactive.Import.Register"
    Energy_Active_Export_Interval = "Energy.Active.Export.Interval"
    Energy_Active_Import_Interval = "Energy.Active.Import.Interval"
    Energy_Active_Net = "Energy.Active.Net"
    Energy_Reactive_Export_Interval = "Energy.Reactive.Export.Interval"
    Energy_Reactive_Import_Interval = "Energy.Reactive.Import.Interval"
    Energy_Reactive_Net = "Energy.Reactive.Net"
    Energy_Apparent_Net = "Energy.Apparent.Net"
    Energy_Apparent_Import = "Energy.Apparent.Import"
    Energy_Apparent_Export = "Energy.Apparent.Export"
    Frequency = "Frequency"
    Power_Active_Export = "Power.Active.Export"
    Power_Active_Import = "Power.Active.Import"
    Power_Factor = "Power.Factor"
    Power_Offered = "Power.Offered"
    Power_Reactive_Export = "Power.Reactive.Export"
    Power_Reactive_Import = "Power.Reactive.Import"
    RPM = "RPM"
    SoC = "SoC"
    Temperature = "Temperature"
    Voltage = "Voltage"


class Phase(StrEnum):
    L1 = "L1"
    L2 = "L2"
    L3 = "L3"
    N = "N"
    L1_N = "L1-N"
    L2_N = "L2-N"
    L3_N = "L3-N"
    L1_L2 = "L1-L2"
    L2_L3 = "L2-L3"
    L3_L1 = "L3-L1"


class Location(StrEnum):
    Body = "Body"
    Cable = "Cable"
    EV = "EV"
    Inlet = "Inlet"
    Outlet = "Outlet"


class ReadingContext(StrEnum):
    Interruption_Begin = "Interruption.Begin"
    Interruption_End = "Interruption.End"
    Other = "Other"
    Sample_Clock = "Sample.Clock"
    Sample_Periodic = "Sample.Periodic"
    Transaction_Begin = "Transaction.Begin"
    Transaction_End = "Transaction.End"
    Trigger = "Trigger"


def default_unit(measurand: Measurand) -> str | None:
    """The base unit of a measurand; None for Power.Factor, which has none."""
    match measurand.value.split(".")[:2]:
        case ["Energy", "Active"]:
            return "Wh"
        case ["Energy", "Reactive"]:
            return "varh"
        case ["Energy", "Apparent"]:
            return "VAh"
        case ["Power", "Active" | "Offered"]:
            return "W"
        case ["Power", "Reactive"]:
            return "var"
        case ["Current", _]:
            return "A"
        case ["Voltage"]:
            return "V"
        case ["Frequency"]:
            return "Hz"
        case ["SoC"]:
            return "Percent"
        case ["Temperature"]:
            return "Celsius"
        case ["RPM"]:
            return "RPM"
        case _:
            return None


@frozen
class SignedMeterValue:
    """A reading signed by the meter. `signed_data` and `public_key` are Base64; `encoding_method`
    names the format, as in `OCMF`.
    """

    signed_data: str = field(validator=Text(2500))
    signing_method: str = field(default="", validator=Text(50))
    encoding_method: str = field(default="", validator=Text(50))
    public_key: str = field(default="", validator=Text(2500))


@frozen
class SampledValue:
    """One measured quantity. `phase` None: over all phases. `location` None: the outlet.

    When it was taken and why (the context) is not the meter's to say: the station adds it.
    """

    value: float = field(validator=Number())
    measurand: Measurand = field(
        default=Measurand.Energy_Active_Import_Register, validator=Word(Measurand)
    )
    phase: Phase | None = field(default=None, validator=Optional(Word(Phase)))
    location: Location | None = field(default=None, validator=Optional(Word(Location)))
    unit: str | None = field(
        default=Factory(lambda self: default_unit(self.measurand), takes_self=True),
        validator=Optional(Text(20)),
    )
    multiplier: int = field(default=0, validator=Integer(-30, 30))
    signed: SignedMeterValue | None = field(
        default=None, validator=Optional(Instance(SignedMeterValue))
    )


def energy_wh(samples: tuple[SampledValue, ...]) -> float | None:
    """The total import register in Wh, or None if it is not among the samples.

    A register of one phase, or of another place than the outlet, is not the total.
    """
    for sample in samples:
        if (
            sample.measurand is Measurand.Energy_Active_Import_Register
            and sample.phase is None
            and sample.location in (None, Location.Outlet)
            and sample.unit in (None, "Wh", "kWh")
        ):
            # decimal: 1.1 kWh is 1100 Wh, not 1100.0000000000002
            exponent = sample.multiplier + (3 if sample.unit == "kWh" else 0)
            return float(Decimal(repr(sample.value)).scaleb(exponent))
    return None


@frozen
class MeterReading:
    """What a meter reported at one moment."""

    timestamp: datetime = field(validator=Moment())
    samples: tuple[SampledValue, ...] = field(
        converter=as_tuple, validator=Items(Instance(SampledValue))
    )

    def energy_wh(self) -> float | None:
        """The total import register in Wh, or None if this reading has none."""
        return energy_wh(self.samples)


@frozen
class MeterValue:
    """A reading as the station recorded it: with the reason it was taken."""

    timestamp: datetime = field(validator=Moment())
    context: ReadingContext = field(validator=Word(ReadingContext))
    samples: tuple[SampledValue, ...] = field(
        converter=as_tuple, validator=Items(Instance(SampledValue))
    )

    def energy_wh(self) -> float | None:
        """The total import register in Wh, or None if this value has none."""
        return energy_wh(self.samples)
