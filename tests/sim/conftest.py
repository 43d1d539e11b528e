"""A station of a hundred lines on the real kernel, so that the simulation is tested by itself: one
EVSE, a transaction from plug to unplug, on both versions.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from attrs import evolve, frozen

from ocpp_iface.engine.backoff import BackOff
from ocpp_iface.engine.block import Admission, Cause
from ocpp_iface.engine.kernel import Kernel
from ocpp_iface.engine.link import LinkProfile
from ocpp_iface.engine.outbox import Delivery, Lane
from ocpp_iface.engine.registration import RegistrationState
from ocpp_iface.engine.traps import sleep
from ocpp_iface.errors import CallError, PortError
from ocpp_iface.ports.store import TableDef
from ocpp_iface.ports.transport import LinkRequest
from ocpp_iface.sim.csms import DEFAULT_URL
from ocpp_iface.sim.world import World
from ocpp_iface.station.reports import (
    PlugIn,
    PresentToken,
    ReportChargingState,
    ReportMeter,
    Unplug,
)
from ocpp_iface.types import TransactionEvent, TriggerReason, format_moment
from ocpp_iface.types.facts import TransactionFact
from ocpp_iface.wire.codec import codec_for
from ocpp_iface.wire.v16 import call as call16
from ocpp_iface.wire.v16 import call_result as result16
from ocpp_iface.wire.v201 import call as call201
from ocpp_iface.wire.v201 import call_result as result201
from ocpp_iface.wire.v201 import datatypes, enums


@frozen
class OpenTransaction:
    uuid: str
    seq_no: int
    number: int | None = None


OPEN: TableDef[int, OpenTransaction] = TableDef("reservation", int, OpenTransaction)


class Plan:
    def __init__(self, subprotocols: tuple[str, ...], identity: str) -> None:
        self._request = LinkRequest(DEFAULT_URL, identity, subprotocols, b"secret")

    def profiles(self) -> list[LinkProfile]:
        return [LinkProfile(1, self._request)]

    def attempts(self) -> int:
        return 0

    def backoff(self) -> BackOff:
        return BackOff(10.0, 10.0, 3)

    def preferred_slot(self) -> int | None:
        return None

    def fallback_slot(self) -> int | None:
        return None


class Retry:
    def attempts(self, fact: object) -> int:
        return 3

    def interval_s(self, fact: object) -> float:
        return 10.0

    def message_timeout_s(self) -> float:
        return 30.0

    def capacity(self) -> int:
        return 1000


class MiniAssembly:
    """Implements `engine.block.Assembly`."""

    def __init__(
        self, kernel: Kernel, subprotocol: str | None, offered: tuple[str, ...], identity: str
    ) -> None:
        self.k = kernel
        self.subprotocols = offered
        self.is16 = (subprotocol or offered[0]) == "ocpp1.6"
        self.codec = codec_for(subprotocol or offered[0], validate_outbound=True)
        self.plan, self.retry = Plan(offered, identity), Retry()
        self.open = kernel.store.table(OPEN)
        self.deliveries = {TransactionFact: Delivery(self.project, self.delivered)}
        self.routes: dict[type, Callable[[Any], Any]] = (
            {call16.ClearCache: lambda _: result16.ClearCache("Accepted")}
            if self.is16
            else {
                call201.ClearCache: lambda _: result201.ClearCache("Accepted"),
                call201.UnlockConnector: self.unlock,
            }
        )
        self.commands = {
            PlugIn: self.plug,
            Unplug: self.unplug,
            ReportMeter: self.meter,
            ReportChargingState: lambda report: kernel.publish("state", report.state),
            PresentToken: self.authorize,
        }

    def admit(self, action: str, state: RegistrationState) -> Admission:
        return Admission.HANDLE

    def resume(self, cause: Cause) -> None:
        if cause is Cause.BOOT:
            self.k.connect()

    def link_opened(self, slot: int, subprotocol: str) -> None:
        self.k.publish("is_connected", True)
        if not self.k.registration.accepted:
            self.k.flows.start("boot", self.boot())

    def link_closed(self, reason: object, detail: str, *, was_open: bool) -> None:
        self.k.publish("is_connected", False)

    def clock_stepped(self, by_s: float) -> None: ...

    def settle(self) -> None: ...

    def holds_rows(self) -> bool:
        return False

    async def boot(self) -> None:
        while self.k.link.is_open and not self.k.registration.accepted:
            try:
                answer = await self.k.csms.call(self.boot_request(), Lane.BOOT)
            except CallError:
                return
            self.k.registration.state = RegistrationState(answer.status)
            await sleep(self.k.timers, answer.interval)

    def boot_request(self) -> object:
        if self.is16:
            return call16.BootNotification("mini", "sim")
        station = datatypes.ChargingStationType("mini", "sim")
        return call201.BootNotification(station, enums.BootReasonEnumType.power_up)

    async def authorize(self, report: PresentToken) -> str:
        if self.is16:
            answer = await self.k.csms.call(call16.Authorize(report.token.value))
            return str(answer.id_tag_info.status)
        token = datatypes.IdTokenType(report.token.value, "ISO14443")
        answer = await self.k.csms.call(call201.Authorize(token))
        return str(answer.id_token_info.status)

    async def unlock(self, request: Any) -> object:
        try:
            outcome = await self.k.asks.ask("unlock", request.evse_id, request.connector_id)
        except PortError:
            outcome = "UnlockFailed"
        return result201.UnlockConnector(str(outcome))

    def plug(self, report: PlugIn) -> None:
        if self.open.get(report.evse_id) is None:
            row = OpenTransaction(self.k.entropy.unique_id(), 0)
            self.k.asks.tell("permit_energy", report.evse_id)
            self.put(report.evse_id, row, TransactionEvent.Started)

    def unplug(self, report: Unplug) -> None:
        row = self.open.get(report.evse_id)
        if row is not None:
            self.put(report.evse_id, row, TransactionEvent.Ended)
            self.k.asks.tell("stop_energy", report.evse_id)
            self.open.delete(report.evse_id)

    def meter(self, report: ReportMeter) -> None:
        row = self.open.get(report.evse_id)
        if row is not None and not self.is16:
            self.put(report.evse_id, row, TransactionEvent.Updated, report.reading.energy_wh())

    def put(
        self, evse: int, row: OpenTransaction, kind: TransactionEvent, wh: float | None = None
    ) -> None:
        trigger = TriggerReason.CablePluggedIn
        now = self.k.clock.now
        fact = TransactionFact(kind, row.uuid, row.seq_no, now, trigger, evse, register_wh=wh)
        self.open.put(evse, evolve(row, seq_no=row.seq_no + 1))
        self.k.outbox.put(fact)

    def project(self, fact: TransactionFact) -> object:
        at = format_moment(fact.timestamp)
        if not self.is16:
            return call201.TransactionEvent(
                fact.kind.value,
                at,
                fact.trigger.value,
                fact.seq_no,
                datatypes.TransactionType(fact.transaction),
                evse=datatypes.EVSEType(fact.evse_id),
            )
        if fact.kind is TransactionEvent.Started:
            return call16.StartTransaction(fact.evse_id, "tag", 0, at)
        return call16.StopTransaction(0, at, self.number(fact.transaction))

    def number(self, uuid: str) -> int:
        return self.k.store.table(NUMBERS).get(uuid).number

    def delivered(self, fact: TransactionFact, request: object, answer: Any) -> None:
        if self.is16 and fact.kind is TransactionEvent.Started:
            row = OpenTransaction(fact.transaction, 0, answer.transaction_id)
            self.k.store.table(NUMBERS).put(fact.transaction, row)


NUMBERS: TableDef[str, OpenTransaction] = TableDef("counter", str, OpenTransaction)


def mini_kernel(*offered: str, identity: str = "cs1") -> Callable[..., Kernel]:
    """A `MakeKernel`."""

    def make(store: Any, entropy: Any, methods: frozenset[str]) -> Kernel:
        return Kernel(
            store=store,
            entropy=entropy,
            hardware_methods=methods,
            build=lambda kernel, agreed, _: MiniAssembly(
                kernel, agreed, offered or ("ocpp2.0.1",), identity
            ),
        )

    return make


@pytest.fixture(params=["ocpp2.0.1", "ocpp1.6"])
def version(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def mini() -> Callable[..., Callable[..., Kernel]]:
    return mini_kernel


@pytest.fixture
def make_world() -> Callable[..., World]:
    """(*subprotocols, booted=True, **options of the world) -> a world with a mini station."""

    def make(*offered: str, booted: bool = True, **options: Any) -> World:
        world = World(**options)
        station = world.add_station(mini_kernel(*offered))
        if booted:
            station.boot()
            world.settle()
        return world

    return make
