"""The station of the demo: `ocpp-iface run` as a real process, so that it can really be killed."""

from __future__ import annotations

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from attrs import define, field
from ocpp.charge_point import camel_to_snake_case

from ocpp_iface.cli.demo_record import Book, Entry
from ocpp_iface.engine.outbox import OUTBOX
from ocpp_iface.station.rows import TRANSACTIONS
from ocpp_iface.storage import open_store
from ocpp_iface.types.facts import TransactionFact

_END_S: Final = 8.0
_CALL: Final = 2

_CONFIGURATION: Final = """\
id = "DEMO"
csms_url = "{url}"
versions = ["ocpp{version}"]
evses = [1, 1]
vendor = "ocpp_iface"
model = "Demo"
store = "station.db"
on_power_loss = "{on_power_loss}"
trace_messages = true

[variables]
"OCPPCommCtrlr/RetryBackOffWaitMinimum" = 1
"OCPPCommCtrlr/RetryBackOffRandomRange" = 0
"OCPPCommCtrlr/RetryBackOffRepeatTimes" = 0
"SampledDataCtrlr/TxUpdatedInterval" = 1
"InternalCtrlr/TransactionRecordInterval" = 0
"""


@define(eq=False)
class DemoStation:
    """`tell(line)` hears of each line that the process prints; `book` is the station's record.

    The record is made of what the station itself knows: the vars that it publishes (which
    transactions, where, in which order), its charger (the meter), and the journal of its messages
    (the var `ocpp_message`: sequence numbers and reasons). `leftovers` are in its store.
    """

    directory: Path
    version: str
    tell: Callable[[dict[str, Any]], None]
    published: dict[str, int] = field(factory=dict)
    lines: list[dict[str, Any]] = field(factory=list)
    _process: Process | None = None
    _reader: asyncio.Task[None] | None = None
    _registers: dict[int, float] = field(factory=dict)
    _sessions: dict[str, Entry] = field(factory=dict)
    _journal: dict[str, list[tuple[str, str | None]]] = field(factory=dict)
    """Of each transaction: its messages, each with the reason if it tells the end."""

    def configure(self, url: str, *, on_power_loss: str = "resume") -> None:
        """Counts from the next start on."""
        text = _CONFIGURATION.format(url=url, version=self.version, on_power_loss=on_power_loss)
        (self.directory / "station.toml").write_text(text)

    async def start(self) -> None:
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "ocpp_iface",
            "--log",
            "ERROR",
            "run",
            str(self.directory / "station.toml"),
            "--json",
            "--speed",
            "60",
            "--meter",
            "0.5",
            stdin=PIPE,
            stdout=PIPE,
        )
        self._reader = asyncio.create_task(self._read(self._process))

    @property
    def pid(self) -> int:
        return 0 if self._process is None else self._process.pid

    @property
    def exit_status(self) -> int | None:
        """None while it runs."""
        return None if self._process is None else self._process.returncode

    async def send(self, line: str) -> None:
        """One command for its stdin."""
        process = self._process
        if process is None or process.stdin is None:
            raise RuntimeError("not started")
        process.stdin.write(f"{line}\n".encode())
        await process.stdin.drain()

    async def kill(self) -> None:
        """SIGKILL: no last word, no tidying up."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
        await self._ended()

    async def quit(self) -> int:
        """-> the exit status of the process."""
        await self.send("quit")
        try:
            async with asyncio.timeout(_END_S):
                await self._ended()
        except TimeoutError:
            await self.kill()
        return -1 if self._process is None else self._process.returncode or 0

    async def _ended(self) -> None:
        if self._process is not None and self._reader is not None:
            await self._process.wait()
            await self._reader

    async def _read(self, process: Process) -> None:
        if process.stdout is None:
            return
        async for raw in process.stdout:
            try:
                line = json.loads(raw)
            except ValueError:  # the kill came in the middle of a line
                continue
            self.lines.append(line)
            self._note(line)
            self.tell(line)

    # -- its record -----------------------------------------------------------------------------

    def _note(self, line: dict[str, Any]) -> None:
        match line:
            case {"kind": "note", "name": "charger", "details": details}:
                for number, outlet in details.items():
                    self._registers[int(number)] = outlet["register_wh"]
            case {"kind": "order", "evse": evse, "details": {"register_wh": register}}:
                self._registers[evse] = register
            case {"kind": "var", "name": name, "value": value}:
                self.published[name] = self.published.get(name, 0) + 1
                if name == "ocpp_transaction_event":
                    self._transaction(value)
                elif name == "ocpp_message":
                    self._message(value)

    def _transaction(self, value: dict[str, Any]) -> None:
        session, kind = value["session_id"], value["transaction_event"]
        if kind == "Started":
            evse = value["evse"]["id"]
            self._sessions[session] = Entry("", evse, self._registers.get(evse))
        entry = self._sessions.get(session)
        if entry is None:
            return
        entry.transaction = value.get("transaction_id", entry.transaction)
        if kind == "Ended":
            entry.meter_stop_wh = self._registers.get(entry.evse)

    def _message(self, value: dict[str, Any]) -> None:
        if value["direction"] != "ChargingStationToCSMS":
            return
        frame = json.loads(value["message"])
        if frame[0] != _CALL:
            return
        action, payload = frame[2], camel_to_snake_case(frame[3])
        ends = action == "StopTransaction"
        if action == "TransactionEvent":
            info = payload["transaction_info"]
            name, told = info["transaction_id"], str(payload["seq_no"])
            reason = info.get("stopped_reason", "Local")
            ends = payload["event_type"] == "Ended"
        elif ends or action == "MeterValues":
            name = str(payload.get("transaction_id"))
            told = "stop" if ends else str(payload["meter_value"])
            reason = payload.get("reason", "Local")
        else:
            return
        self._journal.setdefault(name, []).append((told, reason if ends else None))

    def leftovers(self) -> list[str]:
        """What the store still holds of transactions when all is over; it should be nothing."""
        store = open_store(self.directory / "station.db")
        try:
            facts = [row.fact for _, row in store.table(OUTBOX).items()]
            unfinished = len(store.table(TRANSACTIONS))
        finally:
            store.close()
        waiting = sum(1 for fact in facts if isinstance(fact, TransactionFact))
        found = [f"the station's store still holds {waiting} messages"] if waiting else []
        if unfinished:
            found.append(f"the station's store still holds {unfinished} transactions")
        return found

    @property
    def book(self) -> Book:
        """Put together of the three, in the order in which the transactions began."""
        entries = [entry for entry in self._sessions.values() if entry.transaction]
        for entry in entries:
            entry.messages = ["start"] if self.version == "1.6" else []
            for told, reason in self._journal.get(entry.transaction, []):
                entry.add(told)
                entry.reason = reason or entry.reason
        return Book("station", {entry.transaction: entry for entry in entries})
