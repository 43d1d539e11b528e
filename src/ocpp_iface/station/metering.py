"""Meter values: what the meters say, when it is recorded, and what goes into which event.

=====================  ==========================================================================
Transaction.Begin      in the first event that names the EVSE; kept for the last one, too
Sample.Periodic        on the grid that begins with the transaction: in an event of its own
                       (TxUpdated), kept for the last event (TxEnded), or both
Sample.Clock           on the boundaries since midnight UTC: likewise
Transaction.End        in the last event
Trigger                asked for by the CSMS
=====================  ==========================================================================

The last event has Begin and End only if sampled TxEndedMeasurands ask for them, so with clock-aligned
values alone every value in it is a Sample.Clock (TC_J_03). What a value says is the latest reading
that the app reported; its time is the instant for which it was taken.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from ocpp_iface.devicemodel.catalog import (
    AlignedDataCtrlr,
    InternalCtrlr,
    OCPPCommCtrlr,
    SampledDataCtrlr,
)
from ocpp_iface.engine.block import Cause
from ocpp_iface.station.aligned_data import AlignedData
from ocpp_iface.station.context import StationContext
from ocpp_iface.station.events import TransactionEnded, TransactionStarted
from ocpp_iface.station.kept_samples import KeptSamples
from ocpp_iface.station.meter_filter import thinned
from ocpp_iface.station.metering_rules import MeteringRules
from ocpp_iface.station.meters import MAIN, Meters
from ocpp_iface.station.public_keys import KeyPolicy, with_keys
from ocpp_iface.station.sampled_data import SampledData
from ocpp_iface.types import MeterReading, MeterValue, ReadingContext

_OTHER_FIELDS_BYTES = 2_000
"""What a message has besides meter values."""


class Metering:
    def __init__(self, ctx: StationContext) -> None:
        self._ctx = ctx
        self.rules = MeteringRules(lambda: ctx.variables.get(AlignedDataCtrlr.tx_ended_interval))
        self._meters = Meters(ctx)
        self._kept = KeptSamples(ctx.store, self._room)
        self._sampled = SampledData(ctx, self._meters, self._kept, self.rules)
        self._aligned = AlignedData(ctx, self._meters, self._kept, self.rules)
        ctx.bus.subscribe(TransactionStarted, self._transaction_started)
        ctx.bus.subscribe(TransactionEnded, self._transaction_ended)

    def resume(self, cause: Cause) -> None:
        """Go on sampling the transactions that are open, each on its old grid.

        All meters are asked: what they said since the last recording is not known any more, and the
        first transaction should know its first value.
        """
        if cause is not Cause.BOOT:
            self._meters.trust_restored()
        if self._ctx.asks.supports("read_meter"):
            for evse_id in (MAIN, *self._ctx.topology.evse_ids()):
                self._ctx.flows.start("first reading", self.refresh(evse_id))
        rows = self._ctx.station.transactions.all_open()
        self._kept.forget_all_but([row.uuid for row in rows])
        for row in rows:
            self._sampled.follow(row.uuid, row.evse_id, row.started_at)
        self._aligned.arm()

    # -- the meters ----------------------------------------------------------------------------

    def report(self, evse_id: int, reading: MeterReading) -> None:
        """A reading of an EVSE, or of the main meter (0). Publishes MeterRead.

        A register that went back, or a time more than an hour away, is counted
        (`implausible_readings`) and replaced by the last good value, or by now.
        """
        self._meters.report(evse_id, reading)

    async def refresh(self, evse_id: int) -> None:
        """Read the meter now, if the hardware can (for triggered values)."""
        await self._meters.refresh(evse_id)

    def latest(self, evse_id: int) -> MeterReading | None:
        meter = self._meters.get(evse_id)
        return None if meter is None else meter.latest

    def register_wh(self, evse_id: int) -> float | None:
        """The total import register, Wh; never less within a transaction."""
        meter = self._meters.get(evse_id)
        return None if meter is None else meter.register_wh()

    # -- values for events ---------------------------------------------------------------------

    def begin_values(self, evse_id: int) -> tuple[MeterValue, ...]:
        """E01.FR.09, E01.FR.17: for the first event of a transaction that names its EVSE."""
        return self._sampled.started(evse_id, self._ctx.clock.now)

    def end_values(
        self, transaction_id: str, evse_id: int, final: MeterReading | None = None
    ) -> tuple[MeterValue, ...]:
        """E06.FR.11: what was kept, and the value of the end; thinned out until it fits.

        `final`: what the meter said when the energy had been stopped. A transaction that a power
        cut ended has as its last value what was recorded last, and of that time.
        """
        meter = self._meters[evse_id]
        if final is not None and final is not meter.raw:
            self.report(evse_id, final)
        kept = self._kept.of(transaction_id)
        return thinned((*kept, *self._end_value(evse_id)), self._room())

    def triggered_values(self, evse_id: int, *, aligned: bool = False) -> tuple[MeterValue, ...]:
        """F06: the newest values, of the measurands that a transaction reports (F06.FR.07, and
        MeterValues in 1.6), or of the clock-aligned ones (F06.FR.06).
        """
        take: Callable[[int, datetime, ReadingContext], tuple[MeterValue, ...]]
        take = self._aligned.values if aligned else self._sampled.updated
        return take(evse_id, self._ctx.clock.now, ReadingContext.Trigger)

    def with_keys(
        self, values: tuple[MeterValue, ...], *, given: bool = False
    ) -> tuple[tuple[MeterValue, ...], bool]:
        """PublicKeyWithSignedMeterValue; see `public_keys.with_keys`."""
        variable = OCPPCommCtrlr.public_key_with_signed_meter_value
        return with_keys(values, KeyPolicy(self._ctx.variables.get(variable)), given=given)

    # -- inside --------------------------------------------------------------------------------

    def _end_value(self, evse_id: int) -> tuple[MeterValue, ...]:
        meter = self._meters[evse_id]
        if meter.latest is None or not self._sampled.on:
            return ()
        return self._meters.value(
            meter.latest,
            meter.latest.timestamp if meter.restored else self._ctx.clock.now,
            ReadingContext.Transaction_End,
            self._ctx.variables.get(SampledDataCtrlr.tx_ended_measurands),
            signed=self._sampled.signed,
        )

    def _transaction_started(self, event: TransactionStarted) -> None:
        row = self._ctx.station.transactions.find(event.transaction)
        start = self._ctx.clock.now if row is None else row.started_at
        for value in self._sampled.ended(event.evse_id, start, ReadingContext.Transaction_Begin):
            self._kept.add(event.transaction, value)
        self._sampled.follow(event.transaction, event.evse_id, start)

    def _transaction_ended(self, event: TransactionEnded) -> None:
        self._sampled.leave(event.evse_id)
        self._kept.forget(event.transaction)

    def _room(self) -> float:
        size = self._ctx.variables.get(InternalCtrlr.max_message_size)
        return max(0, size - _OTHER_FIELDS_BYTES)
