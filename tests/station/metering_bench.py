"""A station that meters: real transactions and metering on the hand-made context of the tests."""

from __future__ import annotations

from datetime import datetime
from types import SimpleNamespace

from attrs import define, field

from ocpp_iface.devicemodel.catalog import AlignedDataCtrlr, SampledDataCtrlr
from ocpp_iface.engine.block import Cause
from ocpp_iface.station.events import IdleMeterValues, TransactionChanged
from ocpp_iface.station.evse import Evse
from ocpp_iface.station.metering import Metering
from ocpp_iface.station.rows import EVSES
from ocpp_iface.station.transactions import Transactions
from ocpp_iface.types import (
    MeterReading,
    MeterValue,
    ReadingContext,
    SampledValue,
    StoppedReason,
    TransactionEvent,
    TriggerReason,
)

ENERGY = "Energy.Active.Import.Register"
EVERYTHING = (ENERGY, "Voltage")


@define(eq=False)
class Policy:
    """The intervals of 2.x."""

    variables: object
    keys_first: bool = False

    def sample_interval_s(self) -> float:
        return self.variables.get(SampledDataCtrlr.tx_updated_interval)

    def ended_interval_s(self) -> float:
        return self.variables.get(SampledDataCtrlr.tx_ended_interval)

    def public_transaction_id(self, row):
        return row.uuid


@define(eq=False)
class Bench:
    """Sampling is off until a test switches on what it is about: `set(sampled=60)`."""

    world: object
    cause: Cause = Cause.BOOT
    facts: list = field(init=False, factory=list)
    idle: list = field(init=False, factory=list)
    evses: dict = field(init=False)
    transactions: Transactions = field(init=False)
    metering: Metering = field(init=False)

    def __attrs_post_init__(self) -> None:
        ctx = self.world.ctx
        ctx.policy = Policy(ctx.variables)
        table = ctx.store.table(EVSES)
        ctx.station = station = SimpleNamespace()
        station.evses = self.evses = {n: Evse(n, table) for n in ctx.topology.evse_ids()}
        station.transactions = self.transactions = Transactions(ctx)
        station.metering = self.metering = Metering(ctx)
        ctx.bus.subscribe(TransactionChanged, lambda event: self.facts.append(event.fact))
        ctx.bus.subscribe(IdleMeterValues, self.idle.append)
        self.world.do(self.metering.resume, self.cause)

    def set(self, *, sampled=None, sampled_end=None, aligned=None, aligned_end=None, **lists):
        """Intervals in seconds; `lists`: updated, ended, started, clock, clock_ended."""
        intervals = {
            SampledDataCtrlr.tx_updated_interval: sampled,
            SampledDataCtrlr.tx_ended_interval: sampled_end,
            AlignedDataCtrlr.interval: aligned,
            AlignedDataCtrlr.tx_ended_interval: aligned_end,
            SampledDataCtrlr.tx_updated_measurands: lists.pop("updated", None),
            SampledDataCtrlr.tx_ended_measurands: lists.pop("ended", None),
            SampledDataCtrlr.tx_started_measurands: lists.pop("started", None),
            AlignedDataCtrlr.measurands: lists.pop("clock", None),
            AlignedDataCtrlr.tx_ended_measurands: lists.pop("clock_ended", None),
        }
        assert not lists
        for definition, value in intervals.items():
            if value is not None:
                self.world.do(self.world.ctx.variables.set, definition, value)

    def off(self) -> None:
        self.set(sampled=0, sampled_end=0, aligned=0, aligned_end=0)

    def switch(self, definition, value) -> None:
        self.world.do(self.world.ctx.variables.set, definition, value)

    def read(self, evse_id: int, *samples: SampledValue, at: datetime | None = None) -> None:
        reading = MeterReading(at or self.now, samples)
        self.world.do(self.metering.report, evse_id, reading)

    def energy(self, evse_id: int, wh: float) -> None:
        self.read(evse_id, SampledValue(wh))

    def start(self, evse_id: int = 1) -> str:
        row = self.world.do(
            self.transactions.start, self.evses[evse_id], TriggerReason.CablePluggedIn
        )
        return row.uuid

    def end(self, evse_id: int = 1, final: MeterReading | None = None) -> tuple[MeterValue, ...]:
        """The values of the Ended event."""
        self.world.answers["stop_energy"] = final
        self.world.do(
            self.transactions.end, evse_id, TriggerReason.StopAuthorized, StoppedReason.Local
        )
        assert self.facts[-1].kind is TransactionEvent.Ended
        return self.facts[-1].meter_values

    def updates(self, context: ReadingContext | None = None) -> list[MeterValue]:
        """What was recorded during transactions."""
        return [
            value
            for fact in self.facts
            if fact.kind is TransactionEvent.Updated
            for value in fact.meter_values
            if context in (None, value.context)
        ]

    def restarted(self, cause: Cause = Cause.BOOT) -> Bench:
        return Bench(self.world.restarted(), cause)

    @property
    def now(self) -> datetime:
        return self.world.clock.now

    @property
    def advance(self):
        return self.world.advance


def wh(value: MeterValue) -> float | None:
    return value.energy_wh()


def times(values) -> list[datetime]:
    return [value.timestamp for value in values]


def contexts(values) -> list[ReadingContext]:
    return [value.context for value in values]
