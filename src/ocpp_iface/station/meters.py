"""The meters of the station: one for each EVSE, and the main meter (0)."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from ocpp_iface.devicemodel.catalog import Evse, SampledDataCtrlr
from ocpp_iface.devicemodel.instances import Place
from ocpp_iface.errors import PortError
from ocpp_iface.log import Log
from ocpp_iface.station.context import StationContext
from ocpp_iface.station.events import MeterRead
from ocpp_iface.station.meter import Meter
from ocpp_iface.station.meter_filter import power_w, select
from ocpp_iface.types import MeterReading, MeterValue, ReadingContext

log = Log(__name__)

MAIN = 0
MOST_W: Final = 10**9
"""No charger gives more; a meter that says so is not believed."""


class Meters:
    def __init__(self, ctx: StationContext) -> None:
        self._ctx = ctx
        self._meters: dict[int, Meter] = {
            evse_id: Meter() for evse_id in (MAIN, *ctx.topology.evse_ids())
        }
        for row in ctx.station.transactions.all_open():
            if row.last_wh is not None and row.evse_id in self._meters:
                at = row.last_at or row.started_at
                self._meters[row.evse_id].restore(row.last_wh, at)
        ctx.variables.provide(Evse.power, self._power)

    def __getitem__(self, evse_id: int) -> Meter:
        return self._meters[evse_id]

    def get(self, evse_id: int) -> Meter | None:
        return self._meters.get(evse_id)

    def trust_restored(self) -> None:
        """What was recorded last is still so: only the code was restarted, not the station."""
        for meter in self._meters.values():
            meter.restored = False

    def report(self, evse_id: int, reading: MeterReading) -> None:
        """The app reports a reading. An implausible one is counted and used as far as it can be."""
        meter = self._meters.get(evse_id)
        if meter is None:
            self._ctx.count("implausible_readings")
            log.warning("reading of an EVSE that does not exist", evse=evse_id)
            return
        charging = evse_id != MAIN and self._ctx.station.transactions.open_on(evse_id) is not None
        doubts = meter.read(reading, self._ctx.clock.now, charging=charging)
        if doubts:
            self._ctx.count("implausible_readings")
            log.warning("implausible reading", evse=evse_id, because=", ".join(doubts))
        if meter.latest is not None:
            self._ctx.bus.publish(MeterRead(evse_id, meter.latest))

    async def refresh(self, evse_id: int) -> None:
        """Ask the meter for a reading now, if the app can; what is known stays if it cannot."""
        if not self._ctx.asks.supports("read_meter"):
            return
        try:
            reading = await self._ctx.asks.ask("read_meter", evse_id)
        except PortError as failure:
            log.warning("the meter cannot be read", evse=evse_id, error=failure)
            return
        if isinstance(reading, MeterReading):
            self.report(evse_id, reading)

    def take(
        self,
        evse_id: int,
        at: datetime,
        context: ReadingContext,
        measurands: tuple[str, ...],
        *,
        signed: bool,
    ) -> tuple[MeterValue, ...]:
        """The latest reading as a sample taken at `at`: one value, or none if there is nothing to
        say. What was read before the process started is no sample.
        """
        meter = self._meters[evse_id]
        if meter.latest is None or meter.restored:
            return ()
        return self.value(meter.latest, at, context, measurands, signed=signed)

    def value(
        self,
        reading: MeterReading,
        at: datetime,
        context: ReadingContext,
        measurands: tuple[str, ...],
        *,
        signed: bool,
    ) -> tuple[MeterValue, ...]:
        total = self._ctx.variables.get(SampledDataCtrlr.register_values_without_phases)
        samples = select(reading, measurands, registers_without_phases=total, signed=signed)
        if not samples:
            return ()
        return (MeterValue(at, context, samples),)

    # -- inside --------------------------------------------------------------------------------

    def _power(self, place: Place) -> float | None:
        """EVSE.Power, as the meter said last; None as long as it has not."""
        meter = self._meters.get(place.evse or MAIN)
        if meter is None or meter.latest is None:
            return None
        power = power_w(meter.latest.samples)
        return float(power) if power is not None and abs(power) <= MOST_W else None
