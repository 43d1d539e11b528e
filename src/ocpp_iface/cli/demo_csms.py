"""The CSMS of the demo: the `ocpp` package's own server side, so that a codec which is not ours
checks every message of the station. It accepts everybody and writes down what it is told.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, Final, Protocol, Self

import ocpp.v16
import ocpp.v201
from attrs import define, field
from ocpp.routing import on
from ocpp.v16 import call as call16
from ocpp.v16 import call_result as result16
from ocpp.v16 import datatypes as types16
from ocpp.v16 import enums as words16
from ocpp.v201 import call as call201
from ocpp.v201 import call_result as result201
from ocpp.v201 import datatypes as types201
from ocpp.v201 import enums as words201
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.typing import Subprotocol

from ocpp_iface.cli.demo_record import Book, Entry, register201, registers16

_INTERVAL_S: Final = 300
_ERROR: Final = 4
_ACCEPTED16: Final = types16.IdTagInfo(words16.AuthorizationStatus.accepted)
_ACCEPTED201: Final = types201.IdTokenInfoType(words201.AuthorizationStatusEnumType.accepted)


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _wh(register: float | None) -> str:
    return "" if register is None else f"{register:.0f} Wh"


class Peer(Protocol):
    """A connected station, whatever its version."""

    async def start(self) -> None: ...

    async def stop_remotely(self, transaction: str) -> str: ...

    async def set_heartbeat(self, seconds: int) -> str: ...


@define(eq=False)
class Watched:
    """The connection as the `ocpp` package sees it; refusals of its codec are noticed here."""

    _connection: ServerConnection
    _csms: DemoCsms

    async def recv(self) -> str | bytes:
        return await self._connection.recv()

    async def send(self, message: str) -> None:
        frame = json.loads(message)
        if frame[0] == _ERROR:
            self._csms.refusals.append(f"{frame[2]}: {frame[3]} {frame[4]}")
        await self._connection.send(message)


@define(eq=False)
class DemoCsms:
    """`tell(action, text)` hears of each message. `forget`: hidden, for the test of the demo: the
    message about a transaction with this number is answered but not written down.
    """

    version: str
    tell: Callable[[str, str], None]
    forget: int | None = None
    book: Book = field(factory=lambda: Book("CSMS"))
    refusals: list[str] = field(factory=list)
    peer: Peer | None = None
    boots: int = 0
    _reachable: bool = True
    _connection: ServerConnection | None = None
    _server: Server | None = None
    _numbers: dict[str, int] = field(factory=dict)
    _written: int = 0
    _stack: AsyncExitStack = field(factory=AsyncExitStack)

    async def __aenter__(self) -> Self:
        self._server = await self._stack.enter_async_context(
            serve(
                self._serve,
                "127.0.0.1",
                0,
                subprotocols=[Subprotocol(f"ocpp{self.version}")],
                process_request=self._admit,
                compression=None,
            )
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    @property
    def url(self) -> str:
        if self._server is None:
            raise RuntimeError("not open")
        port = next(iter(self._server.sockets)).getsockname()[1]
        return f"ws://127.0.0.1:{port}/ocpp"

    def cut(self) -> None:
        """The network is gone: the link breaks without a word, and nobody gets through."""
        self._reachable = False
        if self._connection is not None:
            self._connection.transport.abort()

    def restore(self) -> None:
        self._reachable = True

    # -- what the stations tell -----------------------------------------------------------------

    def booted(self, version_words: dict[str, Any]) -> None:
        self.boots += 1
        reason = version_words.get("reason")
        self.tell("BootNotification", f"reason {reason}" if reason else "")

    def transaction_event(self, payload: dict[str, Any]) -> None:
        info = payload["transaction_info"]
        words = [
            payload["event_type"],
            f"seqNo {payload['seq_no']}",
            payload["trigger_reason"],
            "offline" if payload.get("offline") else "",
            info.get("stopped_reason", ""),
            _wh(register201(payload)),
        ]
        self.tell("TransactionEvent", " ".join(word for word in words if word))
        if self._writes():
            self.book.write201(payload)

    def start_transaction(self, payload: dict[str, Any]) -> int:
        """-> the number of the transaction; the same one if the same start is told again."""
        connector, meter = payload["connector_id"], payload["meter_start"]
        told = f"{connector} {payload['timestamp']} {meter} {payload['id_tag']}"
        number = self._numbers.setdefault(told, 1001 + len(self._numbers))
        self.tell("StartTransaction", f"connector {connector}, {meter} Wh -> number {number}")
        if self._writes():
            entry = self.book.entries.setdefault(str(number), Entry(str(number), connector))
            if entry.add("start"):
                entry.meter_start_wh = meter
                entry.registers.append(meter)
        return number

    def told16(self, action: str, payload: dict[str, Any]) -> None:
        number = payload.get("transaction_id")
        meter = payload.get("meter_stop")
        if "meter_value" in payload:
            meter = next(registers16(payload), None)
        words = [
            f"number {number}" if number is not None else "",
            payload.get("reason", ""),
            _wh(meter),
        ]
        self.tell(action, " ".join(word for word in words if word))
        if number is not None and self._writes():
            self.book.write16(action, payload)

    # -- inside ---------------------------------------------------------------------------------

    def _writes(self) -> bool:
        self._written += 1
        return self._written != self.forget

    def _admit(self, connection: ServerConnection, _request: Request) -> Response | None:
        if self._reachable:
            return None
        return connection.respond(HTTPStatus.SERVICE_UNAVAILABLE, "the network is cut\n")

    async def _serve(self, connection: ServerConnection) -> None:
        kind = _Peer16 if self.version == "1.6" else _Peer201
        self._connection = connection
        self.peer = peer = kind(self, Watched(connection, self))
        try:
            await peer.start()
        except ConnectionClosed:
            if self.peer is peer:
                self.peer = None


class _Peer201(ocpp.v201.ChargePoint):
    def __init__(self, csms: DemoCsms, connection: Watched) -> None:
        super().__init__("demo", connection)
        self._csms = csms

    async def stop_remotely(self, transaction: str) -> str:
        response = await self.call(call201.RequestStopTransaction(transaction))
        return str(response.status)

    async def set_heartbeat(self, seconds: int) -> str:
        change = types201.SetVariableDataType(
            str(seconds),
            types201.ComponentType("OCPPCommCtrlr"),
            types201.VariableType("HeartbeatInterval"),
        )
        response = await self.call(call201.SetVariables([change]))
        return str(response.set_variable_result[0]["attribute_status"])

    @on("BootNotification")
    def _boot(self, **payload: Any) -> result201.BootNotification:
        self._csms.booted(payload)
        status = words201.RegistrationStatusEnumType.accepted
        return result201.BootNotification(_now(), _INTERVAL_S, status)

    @on("StatusNotification")
    def _status(self, **payload: Any) -> result201.StatusNotification:
        text = f"EVSE {payload['evse_id']} {payload['connector_status']}"
        self._csms.tell("StatusNotification", text)
        return result201.StatusNotification()

    @on("Authorize")
    def _authorize(self, **_: Any) -> result201.Authorize:
        self._csms.tell("Authorize", "-> Accepted")
        return result201.Authorize(_ACCEPTED201)

    @on("TransactionEvent")
    def _event(self, **payload: Any) -> result201.TransactionEvent:
        self._csms.transaction_event(payload)
        return result201.TransactionEvent(
            total_cost=1.5 if payload["event_type"] == "Ended" else None
        )

    @on("Heartbeat")
    def _heartbeat(self, **_: Any) -> result201.Heartbeat:
        return result201.Heartbeat(_now())

    @on("SecurityEventNotification")
    def _security(self, **payload: Any) -> result201.SecurityEventNotification:
        self._csms.tell("SecurityEventNotification", payload["type"])
        return result201.SecurityEventNotification()

    @on("MeterValues")
    def _meter(self, **_: Any) -> result201.MeterValues:
        return result201.MeterValues()

    @on("NotifyEvent")
    def _notify(self, **_: Any) -> result201.NotifyEvent:
        return result201.NotifyEvent()


class _Peer16(ocpp.v16.ChargePoint):
    def __init__(self, csms: DemoCsms, connection: Watched) -> None:
        super().__init__("demo", connection)
        self._csms = csms

    async def stop_remotely(self, transaction: str) -> str:
        response = await self.call(call16.RemoteStopTransaction(int(transaction)))
        return str(response.status)

    async def set_heartbeat(self, seconds: int) -> str:
        change = call16.ChangeConfiguration("HeartbeatInterval", str(seconds))
        response = await self.call(change)
        return str(response.status)

    @on("BootNotification")
    def _boot(self, **payload: Any) -> result16.BootNotification:
        self._csms.booted(payload)
        status = words16.RegistrationStatus.accepted
        return result16.BootNotification(_now(), _INTERVAL_S, status)

    @on("StatusNotification")
    def _status(self, **payload: Any) -> result16.StatusNotification:
        text = f"connector {payload['connector_id']} {payload['status']}"
        self._csms.tell("StatusNotification", text)
        return result16.StatusNotification()

    @on("Authorize")
    def _authorize(self, **_: Any) -> result16.Authorize:
        self._csms.tell("Authorize", "-> Accepted")
        return result16.Authorize(_ACCEPTED16)

    @on("StartTransaction")
    def _start(self, **payload: Any) -> result16.StartTransaction:
        return result16.StartTransaction(self._csms.start_transaction(payload), _ACCEPTED16)

    @on("StopTransaction")
    def _stop(self, **payload: Any) -> result16.StopTransaction:
        self._csms.told16("StopTransaction", payload)
        return result16.StopTransaction()

    @on("MeterValues")
    def _meter(self, **payload: Any) -> result16.MeterValues:
        self._csms.told16("MeterValues", payload)
        return result16.MeterValues()

    @on("Heartbeat")
    def _heartbeat(self, **_: Any) -> result16.Heartbeat:
        return result16.Heartbeat(_now())

    @on("SecurityEventNotification")
    def _security(self, **payload: Any) -> result16.SecurityEventNotification:
        self._csms.tell("SecurityEventNotification", payload["type"])
        return result16.SecurityEventNotification()
