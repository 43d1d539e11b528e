"""A strict CSMS that does nothing but answer and write down; for stations that are killed.

What it holds against a station (`problems`): a second CALL before the first one is answered, a
payload that breaks the official schema, an action it does not know, an answer to nothing.

A message may come twice, because OCPP's delivery is at least once: if the link or the process ends
before the answer arrives, the station cannot know whether it was heard, and sends it again. Such a
repetition is recognised as the standard lets a CSMS recognise it: 2.0.1 by transactionId and seqNo;
1.6 StartTransaction by connector, idTag, meterStart and timestamp (it gets the number it got
before), MeterValues and StopTransaction by their content. Only the transactional message that was
heard last may be repeated, and only as the first one of the next connection.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from attrs import define, field
from ocpp.messages import MessageType, get_validator
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

TRANSACTIONAL = ("TransactionEvent", "StartTransaction", "StopTransaction", "MeterValues")
_ACCEPTED = {"status": "Accepted"}


@define(eq=False)
class Told:
    """One transaction, each message once."""

    evse: int
    messages: list[dict[str, Any]] = field(factory=list)
    kinds: list[str] = field(factory=list)
    ended: bool = False


@define(eq=False)
class Recorder:
    """`on_heard` is asked at each transactional message, before it is answered: False leaves it
    without an answer.
    """

    version: str
    on_heard: Callable[[], bool] = lambda: True
    transactions: dict[str, Told] = field(factory=dict)
    problems: list[str] = field(factory=list)
    repeated: int = 0
    boots: int = 0
    heard: int = 0
    url: str = ""
    _last: str = ""
    _fresh: bool = True
    _numbers: dict[str, str] = field(factory=dict)
    _connections: list[ServerConnection] = field(factory=list)

    async def serve(self, ready: asyncio.Event, over: asyncio.Event) -> None:
        async with serve(
            self._connected, "127.0.0.1", 0, subprotocols=[f"ocpp{self.version}"], compression=None
        ) as server:
            port = next(iter(server.sockets)).getsockname()[1]
            self.url = f"ws://127.0.0.1:{port}/ocpp"
            ready.set()
            await over.wait()

    async def _connected(self, connection: ServerConnection) -> None:
        self._fresh = True
        unanswered = False
        try:
            async for data in connection:
                if unanswered:  # it was killed: nothing can come any more but what was on the way
                    self.problems.append(f"a frame while another call waits: {data!r}")
                frame = json.loads(data)
                if frame[0] != 2:
                    self.problems.append(f"an answer to nothing: {data!r}")
                    continue
                answer = self._answer(frame[2], frame[3])
                if answer is None:
                    unanswered = True
                else:
                    await connection.send(json.dumps([3, frame[1], answer]))
        except ConnectionClosed:
            return

    def _answer(self, action: str, payload: dict[str, Any]) -> Any:
        try:
            get_validator(MessageType.Call, action, self.version).validate(payload)
        except Exception as error:  # noqa: BLE001 - whatever the `ocpp` package holds against it
            self.problems.append(f"{action}: {error!r}")
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        match action:
            case "BootNotification":
                self.boots += 1
                return {"currentTime": now, "interval": 300, **_ACCEPTED}
            case "Heartbeat":
                return {"currentTime": now}
            case "Authorize" if self.version == "1.6":
                return {"idTagInfo": _ACCEPTED}
            case "Authorize":
                return {"idTokenInfo": _ACCEPTED}
            case (
                "StatusNotification"
                | "SecurityEventNotification"
                | "NotifyChargingLimit"
                | "ClearedChargingLimit"
            ):
                return {}
            case _ if action in TRANSACTIONAL:
                return self._transactional(action, payload)
        self.problems.append(f"unexpected {action}")
        return {}

    def _transactional(self, action: str, payload: dict[str, Any]) -> Any:
        self.heard += 1
        first_of_connection, self._fresh = self._fresh, False
        identity, record = self._read(action, payload)
        if identity == self._last and first_of_connection:
            self.repeated += 1
        else:
            self._last = identity
            record()
        if not self.on_heard():
            return None
        if action == "StartTransaction":
            return {"transactionId": int(self._numbers[identity]), "idTagInfo": _ACCEPTED}
        return {"idTagInfo": _ACCEPTED} if action == "StopTransaction" else {}

    def _read(self, action: str, payload: dict[str, Any]) -> tuple[str, Callable[[], None]]:
        """What tells a repetition, and how to write the message down."""
        if action == "TransactionEvent":
            name = payload["transactionInfo"]["transactionId"]
            return f"{name} {payload['seqNo']}", lambda: self._event(name, payload)
        identity = f"{action} {json.dumps(payload, sort_keys=True)}"
        if action == "StartTransaction":
            number = self._numbers.setdefault(identity, str(1001 + len(self._numbers)))
            return identity, lambda: self._start(number, payload)
        name = str(payload.get("transactionId"))
        return identity, lambda: self._later16(name, action, payload)

    def _event(self, name: str, payload: dict[str, Any]) -> None:
        kind = payload["eventType"]
        if kind == "Started":
            if name in self.transactions:
                self.problems.append(f"{name} started twice")
            self.transactions[name] = Told(payload.get("evse", {}).get("id", 0))
        told = self.transactions.get(name)
        if told is None:
            self.problems.append(f"{name}: {kind} {payload['seqNo']} before its start")
            return
        if payload["seqNo"] != len(told.messages):
            self.problems.append(f"{name}: {len(told.messages)} was due, not {payload['seqNo']}")
        self._append(name, told, kind, payload, ends=kind == "Ended")

    def _start(self, name: str, payload: dict[str, Any]) -> None:
        if name in self.transactions:
            self.problems.append(f"{name} started twice")
        told = self.transactions[name] = Told(payload["connectorId"])
        self._append(name, told, "Started", payload, ends=False)

    def _later16(self, name: str, action: str, payload: dict[str, Any]) -> None:
        told = self.transactions.get(name)
        if told is None:
            self.problems.append(f"{action} of an unknown transaction {name}")
            return
        kind = "Ended" if action == "StopTransaction" else "Updated"
        self._append(name, told, kind, payload, ends=kind == "Ended")

    def _append(
        self, name: str, told: Told, kind: str, payload: dict[str, Any], *, ends: bool
    ) -> None:
        if told.ended:
            self.problems.append(f"{name}: {kind} after its end")
        told.messages.append(payload)
        told.kinds.append(kind)
        told.ended = told.ended or ends

    def open_transactions(self) -> list[str]:
        return [name for name, told in self.transactions.items() if not told.ended]


def registers(told: Told) -> list[float]:
    """The register in each message of a transaction that has one: the newest, as the last message
    may repeat the values of the first.
    """
    return [found[-1] for payload in told.messages if (found := list(_registers(payload)))]


def _registers(payload: dict[str, Any]) -> Iterator[float]:
    if "meterStart" in payload:
        yield payload["meterStart"]
    for value in payload.get("meterValue", ()):
        for sample in value["sampledValue"]:
            kind = sample.get("measurand", "Energy.Active.Import.Register")
            if kind == "Energy.Active.Import.Register":
                yield float(sample["value"])
    if "meterStop" in payload:
        yield payload["meterStop"]
