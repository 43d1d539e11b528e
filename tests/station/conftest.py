"""A station's surroundings without a kernel: real store, bus, timers, flows and variables, virtual
time, and fakes for what is outside. Every piece of work is one `World.do`, like a kernel step.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest
from attrs import define, field

from ocpp_iface.devicemodel.access import Access
from ocpp_iface.devicemodel.instances import Layout
from ocpp_iface.devicemodel.keys16 import Keys16
from ocpp_iface.devicemodel.model import DeviceModel
from ocpp_iface.engine.asks import Asks
from ocpp_iface.engine.bus import Bus
from ocpp_iface.engine.clock import KernelClock
from ocpp_iface.engine.csms import Csms
from ocpp_iface.engine.flows import Flows
from ocpp_iface.engine.outbox import Delivery, Lane, Outbox
from ocpp_iface.engine.outputs import AskPort, Outbound
from ocpp_iface.engine.registration import Registration, RegistrationState
from ocpp_iface.engine.timers import Timers
from ocpp_iface.errors import PortError
from ocpp_iface.ports.clock import Now
from ocpp_iface.ports.identity import Identity
from ocpp_iface.ports.topology import Topology
from ocpp_iface.ports.transport import TlsSettings
from ocpp_iface.sim import Bench
from ocpp_iface.station.context import LinkControl, StationContext
from ocpp_iface.station.events import (
    CameOnline,
    LinkDown,
    LinkUp,
    TransactionEnded,
    TransactionStarted,
)
from ocpp_iface.station.rows import TransactionRow
from ocpp_iface.storage import MemoryStore
from ocpp_iface.types.facts import Fact, SecurityFact, StoredRequest, TransactionFact

START = datetime(2025, 6, 1, 12, 0, tzinfo=UTC)


class FakeEntropy:
    def __init__(self) -> None:
        self.count = 0

    def unique_id(self) -> str:
        self.count += 1
        return f"id-{self.count}"

    def uniform(self, upper: float, /) -> float:
        return upper / 2


class FakePolicy:
    """What a version says; tests change the attributes."""

    keys_first = False

    def boots_each_connection(self) -> bool:
        return False


class RetryPolicy:
    def attempts(self, _fact: Fact) -> int:
        return 3

    def interval_s(self, _fact: Fact) -> float:
        return 10.0

    def message_timeout_s(self) -> float:
        return 30.0

    def capacity(self) -> int:
        return 1000


class FakeSecurity:
    """Notes the security events that are raised."""

    def __init__(self) -> None:
        self.raised: list[tuple[str, str | None]] = []

    def raise_event(self, event_type: str, info: str | None = None, **_options: Any) -> None:
        self.raised.append((str(event_type), info))

    @property
    def types(self) -> list[str]:
        return [event_type for event_type, _ in self.raised]


@define(eq=False)
class FakeTransactions:
    """Open transactions that the test starts and ends; `end_all` waits for nothing."""

    world: Any
    rows: list[TransactionRow] = field(factory=list)
    ended: list[tuple[int, Any, Any]] = field(factory=list)

    def start(self, evse_id: int, connector_id: int | None = 1) -> TransactionRow:
        count = len(self.rows) + len(self.ended) + 1
        row = TransactionRow(f"tx-{count}", f"s-{count}", evse_id, connector_id, START)
        self.rows.append(row)
        self.world.publish(TransactionStarted(row.uuid, evse_id))
        return row

    def finish(self, evse_id: int) -> None:
        """The transaction of the EVSE ends by itself."""
        self.world.do(self.end, evse_id, None, None)

    def all_open(self) -> list[TransactionRow]:
        return list(self.rows)

    def open_on(self, evse_id: int) -> TransactionRow | None:
        return next((row for row in self.rows if row.evse_id == evse_id), None)

    def end(self, evse_id: int, trigger: Any, reason: Any, **_options: Any) -> bool:
        row = self.open_on(evse_id)
        if row is None:
            return False
        self.rows.remove(row)
        self.ended.append((evse_id, trigger, reason))
        self.world.bus.publish(TransactionEnded(row.uuid, evse_id))
        return True

    async def end_all(self, trigger: Any, reason: Any) -> None:
        for row in self.all_open():
            self.end(row.evse_id, trigger, reason)


@define(eq=False)
class Running:
    """A flow that the test started."""

    finished: bool = False
    value: Any = None
    error: Exception | None = None


@define(eq=False)
class World:
    """`world.do(fn, ...)`, `world.publish(event)`, `world.advance(seconds)`; what came of it is in
    `published`, `asked`, `sent` and `events`.
    """

    connectors: tuple[int, ...] = (1, 1)
    hardware: tuple[str, ...] = ("permit_energy", "stop_energy", "set_operative", "set_time")
    store: Any = field(factory=MemoryStore)
    clock: KernelClock = field(init=False, factory=KernelClock)
    timers: Timers = field(init=False)
    core_timers: Timers = field(init=False)
    bus: Bus = field(init=False, factory=Bus)
    flows: Flows = field(init=False, factory=Flows)
    outbound: Outbound = field(init=False, factory=Outbound)
    asks: Asks = field(init=False)
    outbox: Outbox = field(init=False)
    ctx: StationContext = field(init=False)
    station: SimpleNamespace = field(init=False, factory=SimpleNamespace)
    transactions: FakeTransactions = field(init=False)
    security: FakeSecurity = field(init=False)
    policy: Any = field(init=False, factory=FakePolicy)
    link_open: bool = field(init=False, default=False)
    link_slot: int | None = field(init=False, default=None)
    opened_at: datetime | None = field(init=False, default=None)
    orders: list[tuple[Any, ...]] = field(init=False, factory=list)
    """What was ordered of the link."""
    published: list[tuple[str, Any]] = field(init=False, factory=list)
    asked: list[tuple[str, tuple[Any, ...]]] = field(init=False, factory=list)
    answers: dict[str, Any] = field(init=False, factory=dict)
    """Method -> answer, exception, or callable; a method that is missing is not answered."""
    sent: list[Any] = field(init=False, factory=list)
    """Requests on the wire, in order; answer the last with `csms_answers`."""
    counted: list[str] = field(init=False, factory=list)
    events: list[Any] = field(init=False, factory=list)
    """Domain events of the types given to `record`."""

    def __attrs_post_init__(self) -> None:
        self.clock.set(Now(1000.0, START))
        self.timers, self.core_timers = Timers(self.clock), Timers(self.clock)
        self.asks = Asks(self.outbound, frozenset(self.hardware))
        self.store.begin()
        registration = Registration()
        self.outbox = Outbox(self.store, self.clock, self.core_timers, self)
        deliver = Delivery(lambda fact: fact)
        facts = (TransactionFact, SecurityFact, StoredRequest)
        self.outbox.connect(RetryPolicy(), dict.fromkeys(facts, deliver))
        topology = Topology(self.connectors)
        variables = DeviceModel(self.store, self.bus, Layout(topology), lambda: self.clock.now)
        self.ctx = StationContext(
            store=self.store,
            bus=self.bus,
            flows=self.flows,
            clock=self.clock,
            timers=self.timers,
            entropy=FakeEntropy(),
            asks=self.asks,
            csms=Csms(self.outbox),
            outbox=self.outbox,
            registration=registration,
            link=self._link(),
            variables=variables,
            access=Access(variables, Keys16(variables)),
            topology=topology,
            identity=Identity("Vendor", "Model"),
            station_id="CP 1",
            tls=TlsSettings(),
            subprotocols=("ocpp2.0.1", "ocpp1.6"),
            publish=lambda name, value: self.published.append((name, value)),
            count=self.counted.append,
        )
        self.ctx.policy = self.policy
        self.transactions = self.station.transactions = FakeTransactions(self)
        self.security = self.station.security = FakeSecurity()
        self.ctx.station = self.station  # type: ignore[assignment]  # only the services under test
        self.store.commit()

    # The wire that the outbox needs.

    def send_call(self, request: object) -> str:
        self.sent.append(request)
        return f"call-{len(self.sent)}"

    def open_for(self, lane: Lane | None) -> bool:
        if not self.link_open:
            return False
        if lane is Lane.BOOT:
            return True
        return self.ctx.registration.admits(triggered=lane is Lane.TRIGGERED)

    # Steps.

    def do(self, work: Callable[..., Any], *args: Any, **options: Any) -> Any:
        """Run `work`, then the flows, asks and the outbox, and commit."""
        self.store.begin()
        value = work(*args, **options)
        self._settle()
        self.store.commit()
        return value

    def flow(self, coroutine: Coroutine[Any, Any, Any]) -> Running:
        running = Running()

        def done(value: object, error: Exception | None) -> None:
            running.finished, running.value, running.error = True, value, error

        self.do(self.flows.start, "test", coroutine, done)
        return running

    def publish(self, event: object) -> None:
        self.do(self.bus.publish, event)

    def advance(self, seconds: float) -> None:
        """Let time pass, stopping at each timer."""
        end = self.clock.monotonic + seconds
        while True:
            deadlines = [self.timers.next_deadline(), self.core_timers.next_deadline()]
            due = [deadline for deadline in deadlines if deadline is not None and deadline <= end]
            if not due:
                break
            self._to(max(self.clock.monotonic, min(due)))
            self.do(self._run_due)
        self._to(end)

    def csms_answers(self, response: object, error: Exception | None = None) -> None:
        """Answer the call that is on the line."""
        self.do(self.outbox.answered, f"call-{len(self.sent)}", response, error)

    # The link and the registration.

    def connect(
        self, slot: int = 1, subprotocol: str = "ocpp2.0.1", offline_s: float | None = None
    ) -> None:
        self.link_open, self.link_slot = True, slot
        self.publish(LinkUp(slot, subprotocol, offline_s))

    def lose_link(self, reason: str = "Lost", *, was_open: bool = True) -> None:
        def lose() -> None:
            self.link_open = False
            self.outbox.link_lost()
            self.bus.publish(LinkDown(reason, "", was_open))

        self.do(lose)

    def go_online(self) -> None:
        """Link up and accepted, without a boot service."""
        self.link_open, self.link_slot = True, 1
        self.ctx.registration.state = RegistrationState.ACCEPTED
        self.publish(CameOnline(None))

    # What came of it.

    def record(self, *event_types: type) -> None:
        for event_type in event_types:
            self.bus.subscribe(event_type, self.events.append)

    def take_events(self) -> list[Any]:
        taken = list(self.events)
        self.events.clear()
        return taken

    def values_of(self, name: str) -> list[Any]:
        return [value for var, value in self.published if var == name]

    def orders_of(self, method: str) -> list[tuple[Any, ...]]:
        return [args for name, args in self.asked if name == method]

    def facts(self) -> list[Fact]:
        return list(self.outbox.facts())

    def restarted(self) -> World:
        """The same rows in a new process, at the same instant."""
        again = World(self.connectors, self.hardware, self.store)
        again.clock.set(Now(5000.0, self.clock.now))
        again.ctx.entropy = self.ctx.entropy  # an id is never given twice
        return again

    # Inside.

    def _link(self) -> LinkControl:
        def disconnect(reason: str) -> None:
            self.orders.append(("disconnect", reason))
            if self.link_open:
                self.link_open = False
                self.outbox.link_lost()
                self.bus.publish(LinkDown("Local", reason, was_open=True))

        return LinkControl(
            lambda: self.orders.append(("connect",)),
            disconnect,
            lambda reason, fresh: self.orders.append(("reconnect", reason, fresh)),
            lambda: self.link_open,
            lambda: self.link_slot,
            lambda: self.opened_at,
            lambda interval_s, timeout_s: self.orders.append(("keep_alive", interval_s, timeout_s)),
        )

    def _to(self, monotonic: float) -> None:
        passed = monotonic - self.clock.monotonic
        wall = self.clock.now - timedelta(seconds=self.clock.offset_s)
        self.clock.set(Now(monotonic, wall + timedelta(seconds=passed)))

    def _run_due(self) -> None:
        timer = self.core_timers.take_due() or self.timers.take_due()
        if timer is not None:
            action, timer.action = timer.action, None
            if action is not None:
                action()

    def _settle(self) -> None:
        self.flows.run_to_rest()
        while self._hardware_answers():
            self.flows.run_to_rest()
        self.outbox.pump()

    def _hardware_answers(self) -> bool:
        orders = [order for order in self.outbound.drain() if isinstance(order, AskPort)]
        for order in orders:
            self.asked.append((order.method, order.args))
            if order.method not in self.answers:
                continue
            answer = self.answers[order.method]
            if callable(answer):
                answer = answer(*order.args)
            error = answer if isinstance(answer, PortError) else None
            self.asks.replied(order.token, None if error else answer, error)
        return bool(orders)


@pytest.fixture
def world() -> World:
    """Two EVSEs with one connector each."""
    return World()


@pytest.fixture(scope="session")
def make_world() -> type[World]:
    """`make_world(connectors=(2, 1), hardware=(...))`; also for the examples of a property."""
    return World


# Whole stations, for what two services do together.


@pytest.fixture(params=["1.6", "2.0.1"])
def make(request: pytest.FixtureRequest, make_bench: Callable[..., Bench]) -> Callable[..., Bench]:
    """`make(variables={...}, ...)` for each version; one EVSE unless `evses` says otherwise."""
    return partial(make_bench, request.param, evses=(1,))


@pytest.fixture
def make201(make_bench: Callable[..., Bench]) -> Callable[..., Bench]:
    """For rules that 1.6 does not have."""
    return partial(make_bench, "2.0.1", evses=(1,))


@pytest.fixture
def bench(make: Callable[..., Bench]) -> Bench:
    """Booted, one EVSE with one connector; on each version."""
    return make()
