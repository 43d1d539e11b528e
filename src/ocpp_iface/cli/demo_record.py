"""What two sides wrote down about transactions, and whether they agree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any, Final

from attrs import define, field

from ocpp_iface.cli.style import Style

_TOLERANCE_WH: Final = 1.0
"""1.6 counts whole watt-hours."""
_MISSING: Final = "-"


@define(eq=False)
class Entry:
    """One transaction. `messages`: each message about it once, by sequence number (2.0.1) or by
    content (1.6), in the order in which they came.
    """

    transaction: str
    evse: int
    meter_start_wh: float | None = None
    meter_stop_wh: float | None = None
    reason: str | None = None
    messages: list[str] = field(factory=list)
    repeated: int = 0
    """Messages that came again because their answer was lost."""
    registers: list[float] = field(factory=list)

    def add(self, message: str) -> bool:
        """False if this message was there already."""
        if message in self.messages:
            self.repeated += 1
            return False
        self.messages.append(message)
        return True


@define(eq=False)
class Book:
    """All transactions of one side, in the order in which they began."""

    owner: str
    entries: dict[str, Entry] = field(factory=dict)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries.values())

    def write201(self, payload: Mapping[str, Any]) -> None:
        """A TransactionEvent, with names in snake_case."""
        info = payload["transaction_info"]
        evse = payload.get("evse") or {}
        name = info["transaction_id"]
        entry = self.entries.setdefault(name, Entry(name, 0))
        entry.evse = evse.get("id", entry.evse)
        if not entry.add(str(payload["seq_no"])):
            return
        register = register201(payload)
        if register is not None:
            entry.registers.append(register)
        if payload["event_type"] == "Started":
            entry.meter_start_wh = register
        if payload["event_type"] == "Ended":
            entry.meter_stop_wh = register
            entry.reason = info.get("stopped_reason", "Local")

    def write16(self, action: str, payload: Mapping[str, Any]) -> None:
        """StopTransaction, or MeterValues of a transaction; names in snake_case."""
        entry = self.entries.get(str(payload.get("transaction_id")))
        if entry is None:
            return
        if action == "StopTransaction":
            entry.add("stop")
            entry.meter_stop_wh = payload["meter_stop"]
            entry.reason = payload.get("reason", "Local")
            entry.registers.append(payload["meter_stop"])
        elif entry.add(str(payload["meter_value"])):
            entry.registers += registers16(payload)


def register201(payload: Mapping[str, Any]) -> float | None:
    """The newest total import register in a TransactionEvent, Wh."""
    for value in reversed(payload.get("meter_value") or ()):
        for sample in value["sampled_value"]:
            kind = sample.get("measurand", "Energy.Active.Import.Register")
            if kind == "Energy.Active.Import.Register":
                return float(sample["value"])
    return None


def registers16(payload: Mapping[str, Any]) -> Iterator[float]:
    """The total import registers in a MeterValues, Wh."""
    for value in payload["meter_value"]:
        for sample in value["sampled_value"]:
            kind = sample.get("measurand", "Energy.Active.Import.Register")
            if kind == "Energy.Active.Import.Register":
                yield float(sample["value"])


def disagreements(csms: Book, station: Book, *, sequenced: bool) -> list[str]:
    """Everything in which the two differ, or that no record may show. `sequenced`: 2.0.1."""
    found = []
    theirs, ours = list(csms.entries), list(station.entries)
    if sorted(theirs) != sorted(ours):
        found.append(f"the CSMS has the transactions {theirs}, the station {ours}")
    elif theirs != ours:
        found.append(f"the CSMS saw them begin as {theirs}, the station as {ours}")
    for name, entry in csms.entries.items():
        found += [f"transaction {name}: {problem}" for problem in _problems(entry, sequenced)]
        other = station.entries.get(name)
        if other is not None:
            found += [f"transaction {name}: {each}" for each in _differences(entry, other)]
    return found


def _problems(entry: Entry, sequenced: bool) -> Iterator[str]:
    """In one record alone."""
    if sequenced:
        expected = [str(number) for number in range(len(entry.messages))]
        if entry.messages != expected:
            yield f"the CSMS got the sequence numbers {', '.join(entry.messages)}"
    elif entry.messages[:1] != ["start"] or entry.messages[-1:] != ["stop"]:
        yield "its messages do not begin with the start and end with the stop"
    if entry.meter_start_wh is None or entry.meter_stop_wh is None:
        yield "the meter at its start or end is missing"
    if entry.reason is None:
        yield "it has no end"
    if any(later < earlier - _TOLERANCE_WH for earlier, later in pairwise(entry.registers)):
        yield "the meter goes back"


def _differences(csms: Entry, station: Entry) -> Iterator[str]:
    pairs: tuple[tuple[str, Any, Any], ...] = (
        ("EVSE", csms.evse, station.evse),
        ("reason", csms.reason, station.reason),
        ("number of messages", len(csms.messages), len(station.messages)),
    )
    for what, theirs, ours in pairs:
        if theirs != ours:
            yield f"{what}: {theirs} at the CSMS, {ours} at the station"
    for what, theirs, ours in (
        ("meter at the start", csms.meter_start_wh, station.meter_start_wh),
        ("meter at the end", csms.meter_stop_wh, station.meter_stop_wh),
    ):
        if theirs is None or ours is None:
            if theirs is not ours:
                yield f"{what}: {theirs} at the CSMS, {ours} at the station"
        elif abs(theirs - ours) > _TOLERANCE_WH:
            yield f"{what}: {theirs:g} Wh at the CSMS, {ours:g} Wh at the station"


# -- as a table ------------------------------------------------------------------------------

_HEAD: Final = ("transaction", "EVSE", "start Wh", "end Wh", "reason", "messages")
_WIDTHS: Final = (11, 4, 8, 7, 14, 8)
_SIDE: Final = sum(_WIDTHS) + 2 * (len(_WIDTHS) - 1)


def table(csms: Book, station: Book, style: Style) -> Iterator[str]:
    """The two records side by side."""
    left = style.paint("the record of the CSMS".ljust(_SIDE), "bold")
    yield f"  {left}   {style.paint('the record of the station', 'bold')}"
    yield f"  {_row(_HEAD)}   {_row(_HEAD)}".rstrip()
    for name in dict.fromkeys((*csms.entries, *station.entries)):
        theirs, ours = csms.entries.get(name), station.entries.get(name)
        same = theirs is not None and ours is not None and not [*_differences(theirs, ours)]
        mark = style.paint("=", "green") if same else style.paint("#", "red")
        yield f"  {_row(_cells(theirs))} {mark} {_row(_cells(ours))}".rstrip()


def _cells(entry: Entry | None) -> tuple[str, ...]:
    if entry is None:
        return (_MISSING,) * len(_HEAD)
    return (
        entry.transaction[:8],
        str(entry.evse),
        _wh(entry.meter_start_wh),
        _wh(entry.meter_stop_wh),
        entry.reason or _MISSING,
        str(len(entry.messages)),
    )


def _wh(value: float | None) -> str:
    return _MISSING if value is None else f"{value:.0f}"


def _row(cells: tuple[str, ...]) -> str:
    numbers = (1, 2, 3, 5)
    return "  ".join(
        cell.rjust(width) if column in numbers else cell.ljust(width)
        for column, (cell, width) in enumerate(zip(cells, _WIDTHS, strict=True))
    )
