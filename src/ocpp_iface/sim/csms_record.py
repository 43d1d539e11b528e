"""What the CSMS knows of transactions: the books against which "nothing is lost" is held."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any, Final

from attrs import define, field, frozen

from ocpp_iface.sim.trace import canonical

Payload = Mapping[str, Any]

STARTED, UPDATED, ENDED = "Started", "Updated", "Ended"
_KIND_16: Final = {
    "StartTransaction": STARTED,
    "MeterValues": UPDATED,
    "StopTransaction": ENDED,
}


@frozen
class RecordedEvent:
    """`seq_no` is None in 1.6. `repeated`: the same event came before (its answer was lost)."""

    at: float
    kind: str
    payload: Payload
    seq_no: int | None = None
    repeated: bool = False


@define(eq=False)
class TransactionRecord:
    """One transaction. `number`: the 1.6 transactionId."""

    id: str
    station: str
    number: int | None = None
    events: list[RecordedEvent] = field(factory=list)
    """In the order of arrival, repeated ones included."""
    disturbed: bool = False
    """The CSMS refused or kept silent about an event: it may rightly be missing."""
    _seen: dict[str, None] = field(factory=dict, repr=False)

    @property
    def once(self) -> list[RecordedEvent]:
        """Each event once."""
        return [event for event in self.events if not event.repeated]

    @property
    def seq_nos(self) -> list[int]:
        return [event.seq_no for event in self.once if event.seq_no is not None]

    @property
    def kinds(self) -> list[str]:
        return [event.kind for event in self.once]

    @property
    def started(self) -> RecordedEvent | None:
        return self._first(STARTED)

    @property
    def ended(self) -> RecordedEvent | None:
        return self._first(ENDED)

    @property
    def updates(self) -> list[RecordedEvent]:
        return [event for event in self.once if event.kind == UPDATED]

    @property
    def complete(self) -> bool:
        """Started, ended, and nothing wrong between."""
        return self.started is not None and self.ended is not None and not self.problems()

    @property
    def stopped_reason(self) -> str | None:
        """As the Ended event says; None if it is not said, or not ended."""
        ended = self.ended
        if ended is None:
            return None
        info = ended.payload.get("transactionInfo", ended.payload)
        reason = info.get("stoppedReason", info.get("reason"))
        return None if reason is None else str(reason)

    @property
    def energy_wh(self) -> float | None:
        """By the first and the last total import register; None if one of them is missing."""
        readings = [wh for event in self.once for wh in registers_wh(event.payload)]
        return readings[-1] - readings[0] if len(readings) > 1 else None

    def problems(self) -> list[str]:
        """What is wrong with what came so far; events that are still on their way are not."""
        if self.disturbed:
            return []
        kinds, found = self.kinds, []
        if kinds and kinds[0] != STARTED:
            found.append(f"begins with {kinds[0]}")
        if kinds.count(STARTED) > 1 or kinds.count(ENDED) > 1:
            found.append(f"started {kinds.count(STARTED)}, ended {kinds.count(ENDED)} times")
        if ENDED in kinds[:-1]:
            found.append("goes on after its end")
        if self.seq_nos != list(range(len(self.seq_nos))):
            found.append(f"seqNos {self.seq_nos}")
        found += _falls([list(registers_wh(event.payload)) for event in self.once])
        return [f"transaction {self.id} of {self.station}: {fault}" for fault in found]

    def add(self, at: float, kind: str, payload: Payload, seq_no: int | None = None) -> None:
        # A retry repeats the event; only the offline flag may have become true meanwhile.
        key = canonical({name: part for name, part in payload.items() if name != "offline"})
        self.events.append(RecordedEvent(at, kind, payload, seq_no, key in self._seen))
        self._seen[key] = None

    def _first(self, kind: str) -> RecordedEvent | None:
        return next((event for event in self.events if event.kind == kind), None)


@define(eq=False)
class Books:
    """All transactions of all stations, in the order of their first event."""

    transactions: dict[str, TransactionRecord] = field(factory=dict)
    strays: list[str] = field(factory=list)
    """Events of transactions that never started."""

    def note(
        self, at: float, station: str, action: str, payload: Payload, reply: Payload | None
    ) -> None:
        """An event came and was answered so; None: refused, or not answered."""
        if action == "TransactionEvent":
            self._event201(at, station, payload, reply)
        elif action in _KIND_16:
            self._event16(at, station, action, payload, reply)

    def problems(self) -> list[str]:
        found = list(self.strays)
        for record in self.transactions.values():
            found += record.problems()
        return found

    def open(self) -> list[TransactionRecord]:
        return [record for record in self.transactions.values() if record.ended is None]

    def _event201(self, at: float, station: str, payload: Payload, reply: Payload | None) -> None:
        key = str(payload["transactionInfo"]["transactionId"])
        record = self._record(key, station)
        kind, seq_no = str(payload["eventType"]), int(payload["seqNo"])
        record.disturbed |= reply is None
        record.add(at, kind, payload, seq_no)

    def _event16(
        self, at: float, station: str, action: str, payload: Payload, reply: Payload | None
    ) -> None:
        kind = _KIND_16[action]
        number = payload.get("transactionId")
        if kind == STARTED:
            if reply is None:
                return
            number = int(reply.get("transactionId", 0))
        elif number is None:
            return
        key = str(number)
        if kind != STARTED and key not in self.transactions:
            if not (number == -1 or reply is None):
                self.strays.append(f"{action} of {station} names the unknown transaction {number}")
            return
        record = self._record(key, station)
        record.number = number
        record.disturbed |= reply is None
        record.add(at, kind, payload)

    def _record(self, key: str, station: str) -> TransactionRecord:
        return self.transactions.setdefault(key, TransactionRecord(key, station))


def registers_wh(payload: Payload) -> Iterator[float]:
    """Every total import register in a transaction message, Wh, in the order of the message."""
    if "meterStart" in payload:
        yield float(payload["meterStart"])
    for values in ("meterValue", "transactionData"):
        for value in payload.get(values, ()):
            for sample in value["sampledValue"]:
                yield from _register_wh(sample)
    if "meterStop" in payload:
        yield float(payload["meterStop"])


def _register_wh(sample: Payload) -> Iterator[float]:
    measurand = sample.get("measurand", "Energy.Active.Import.Register")
    place = sample.get("location", "Outlet")
    if measurand != "Energy.Active.Import.Register" or place != "Outlet" or "phase" in sample:
        return
    if sample.get("format", "Raw") != "Raw":
        return
    unit = sample.get("unitOfMeasure", {})
    name = unit.get("unit", sample.get("unit", "Wh"))
    factor = (1000.0 if name == "kWh" else 1.0) * 10 ** int(unit.get("multiplier", 0))
    yield float(sample["value"]) * factor


def _falls(readings: list[list[float]]) -> list[str]:
    """A register never falls: within a message (the last one repeats old samples), nor between
    the last readings of consecutive messages.
    """
    series = [*readings, [of_message[-1] for of_message in readings if of_message]]
    return [
        f"its register falls from {before} to {after} Wh"
        for values in series
        for before, after in pairwise(values)
        if after < before - 1.0
    ]
