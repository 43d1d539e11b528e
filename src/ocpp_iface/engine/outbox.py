"""What this station still has to tell the CSMS, and the single CALL that is on the line.

Three lanes. `boot` holds BootNotification and passes the registration gate. `transactional` is
durable and strictly ordered: its rows are neutral facts, projected to a message only when a frame is
built, so a retry is a new frame of the same fact and the CSMS's transaction id is simply there when
it is needed. `normal` is the rest; it waits in memory, or durably where the station is configured to
queue all messages (then it is a row like any other).

Rules kept here: never two CALLs in flight; transactional rows leave in the order of their creation,
each until it is answered or its attempts are used up, and those that give way when nothing else
waits; the number of rows is bounded, and what is dropped to keep the bound are intermediate facts,
every other one, oldest first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from enum import Enum, auto
from typing import Any, Protocol

from attrs import define, evolve, field, frozen

from ocpp_iface.engine.clock import KernelClock
from ocpp_iface.engine.timers import Timer, Timers
from ocpp_iface.errors import CallDropped, CallError, CallFailed, CallTimedOut
from ocpp_iface.log import Log
from ocpp_iface.ports.store import Store, TableDef
from ocpp_iface.types.facts import Fact, TransactionFact

log = Log(__name__)

OnAnswer = Callable[[object, Exception | None], None]


@frozen
class OutboxRow:
    """A fact that the CSMS has not confirmed yet."""

    fact: Fact
    created_at: datetime
    attempts: int = 0
    """How often it was sent without success."""


OUTBOX: TableDef[int, OutboxRow] = TableDef("outbox", int, OutboxRow)


class Lane(Enum):
    BOOT = auto()
    NORMAL = auto()
    URGENT = auto()
    """As normal, but somebody stands there and waits: it passes what was queued (1.6 section 3.7)."""
    TRIGGERED = auto()


class Verdict(Enum):
    """What a projection may say instead of a request."""

    SKIP = auto()
    """This version has no message for the fact; the row is done."""


@frozen
class Delivery:
    """How the active backend carries one kind of fact."""

    project: Callable[[Any], object]
    """fact -> request, or a Verdict. May look things up, must not change anything."""
    delivered: Callable[[Any, Any, Any], None] = field(
        default=lambda _fact, _request, _answer: None
    )
    """(fact, request, response), in the step that deletes the row."""
    dropped: Callable[[Any], None] = field(default=lambda _fact: None)
    """The attempts are used up; the row is gone."""


class RetryPolicy(Protocol):
    """Read at each use, so that a changed variable counts at once."""

    def attempts(self, fact: Fact) -> int: ...

    def interval_s(self, fact: Fact) -> float: ...

    def message_timeout_s(self) -> float: ...

    def capacity(self) -> int:
        """How many rows the outbox may hold before intermediate facts are dropped."""


@define(eq=False, slots=True)
class Item:
    """A request of the normal or boot lane, or the row on the line."""

    number: int
    request: object
    lane: Lane
    on_answer: OnAnswer | None = None
    row: OutboxRow | None = None

    @property
    def gives_way(self) -> bool:
        return self.row is not None and self.row.fact.gives_way


@define(eq=False, slots=True)
class Inflight:
    unique_id: str
    item: Item
    timer: Timer


class Wire(Protocol):
    """What the outbox needs of the link: implemented by the kernel."""

    def send_call(self, request: object) -> str:
        """Frame and send the request; returns its message id. Raises PayloadError."""

    def open_for(self, lane: Lane | None) -> bool:
        """May a call of this lane (None: a transactional row) leave now?"""


class Outbox:
    __slots__ = (
        "_capacity_warned",
        "_clock",
        "_count",
        "_deliveries",
        "_inflight",
        "_normal",
        "_policy",
        "_retry",
        "_retry_gives_way",
        "_rows",
        "_table",
        "_timers",
        "_wire",
        "dropped_total",
        "late_answers",
        "muted",
        "unmade_total",
    )

    def __init__(self, store: Store, clock: KernelClock, timers: Timers, wire: Wire) -> None:
        self._table = store.table(OUTBOX)
        self._clock, self._timers, self._wire = clock, timers, wire
        self._policy: RetryPolicy
        self._deliveries: dict[type, Delivery] = {}
        self._rows: dict[int, OutboxRow] = {}
        self._normal: list[Item] = []
        self._inflight: Inflight | None = None
        self._retry: Timer | None = None
        self._retry_gives_way = False
        self._count = 0
        self._capacity_warned = False
        self.dropped_total = 0
        self.late_answers = 0
        self.unmade_total = 0
        """Of so many facts and requests no message could be made: each is a bug."""
        self.muted = False
        """The app stopped OCPP: what happens now is never sent."""
        self.reload()

    # -- what goes in ------------------------------------------------------------------------

    def put(self, fact: Fact) -> int:
        """Queue a fact durably; it is sent at least once or its attempts are used up."""
        if self.muted:
            return 0
        number = self._next_number()
        row = OutboxRow(fact, self._clock.now)
        self._table.put(number, row)
        self._rows[number] = row
        self._keep_bound()
        return number

    def call(self, request: object, lane: Lane, on_answer: OnAnswer | None) -> Item:
        """Queue a request; `on_answer(response, error)` is called once.

        What may not leave now is dropped at once (CallDropped): a message of the normal lane is
        about the present.
        """
        item = Item(self._next_number(), request, lane, on_answer)
        if not self._wire.open_for(lane):
            self._answer(item, None, CallDropped("offline or not accepted"))
            return item
        self._normal.append(item)
        return item

    def withdraw(self, item: Item) -> None:
        """Nobody waits for the answer any more; it is not sent if it was not yet."""
        item.on_answer = None
        if item in self._normal:
            self._normal.remove(item)

    # -- what is asked -----------------------------------------------------------------------

    def connect(self, policy: RetryPolicy, deliveries: dict[type, Delivery]) -> None:
        """How facts are carried from now on (the active version's word)."""
        self._policy, self._deliveries = policy, deliveries

    def facts(self) -> Iterator[Fact]:
        """Everything that waits, oldest first, the one on the line included."""
        return (row.fact for row in self._rows.values())

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def row_on_line(self) -> int | None:
        """The number of the row that waits for its answer."""
        flight = self._inflight
        return flight.item.number if flight is not None and flight.item.row is not None else None

    @property
    def busy(self) -> bool:
        return self._inflight is not None

    @property
    def waits(self) -> bool:
        """Something could leave, as far as the line is concerned."""
        return self._inflight is None and bool(self._rows or self._normal)

    # -- what the link brings ----------------------------------------------------------------

    def pump(self) -> None:
        """Send the next call if the line is free."""
        while self._inflight is None:
            item = self._next()
            if item is None:
                return
            self._send(item)

    def answered(self, unique_id: str, response: object, error: CallError | None) -> bool:
        """The CSMS answered `unique_id`; False if nothing waits for that id."""
        flight = self._inflight
        if flight is None or flight.unique_id != unique_id:
            self.late_answers += 1
            return False
        self._land(flight, response, error)
        return True

    def expects(self, unique_id: str) -> object | None:
        """The request that `unique_id` belongs to, None if it is late or unknown."""
        flight = self._inflight
        return flight.item.request if flight and flight.unique_id == unique_id else None

    def link_lost(self) -> None:
        """What is on the line has an unknown outcome: rows stay, the rest learns it is offline."""
        flight, self._inflight = self._inflight, None
        if flight is not None:
            flight.timer.cancel()
            self._answer(flight.item, None, CallTimedOut("the link was lost"))
        waiting, self._normal = self._normal, []
        for item in waiting:
            self._answer(item, None, CallDropped("the link was lost"))

    def discard(self, number: int) -> None:
        """Delete a row whose answer came but could not be handled."""
        self._remove(number)

    def reload(self) -> None:
        """Take the rows from the store again; the call on the line keeps its place."""
        self._rows = dict(self._table.items())
        self._count = max(self._count, max(self._rows, default=0))
        self._normal = []
        flight = self._inflight
        if flight is not None:
            flight.item.on_answer = None

    # -- inside ------------------------------------------------------------------------------

    def _next_number(self) -> int:
        self._count += 1
        return self._count

    def _next(self) -> Item | None:
        for item in self._normal:
            if item.lane is not Lane.NORMAL and self._wire.open_for(item.lane):
                self._normal.remove(item)
                return item
        row = self._next_row()
        normal = self._normal[0] if self._normal and self._wire.open_for(Lane.NORMAL) else None
        if normal is not None and (row is None or row.gives_way or normal.number < row.number):
            self._normal.pop(0)
            return normal
        return row

    def _next_row(self) -> Item | None:
        if not self._wire.open_for(None):
            return None
        while self._rows:
            number = self._first_row()
            row = self._rows[number]
            if self._pauses(row):
                return None
            delivery = self._deliveries.get(type(row.fact))
            try:
                request = delivery.project(row.fact) if delivery else Verdict.SKIP
            except Exception as crash:  # noqa: BLE001 - what follows must not wait for ever
                self._fail(number, self._unmade(crash))
                continue
            if request is not Verdict.SKIP:
                return Item(number, request, Lane.NORMAL, None, row)
            self._remove(number)
        return None

    def _pauses(self, row: OutboxRow) -> bool:
        """A row was not accepted: it and those behind it wait for its next attempt. What gives way
        keeps nobody waiting but its like.
        """
        if self._retry is None or not self._retry.active:
            return False
        return row.fact.gives_way or not self._retry_gives_way

    def _first_row(self) -> int:
        for number, row in self._rows.items():
            if not row.fact.gives_way:
                return number
        return next(iter(self._rows))

    def _send(self, item: Item) -> None:
        try:
            unique_id = self._wire.send_call(item.request)
        except Exception as crash:  # noqa: BLE001 - what follows must not wait for ever
            if item.row is None:
                self._answer(item, None, self._unmade(crash))
            else:
                self._fail(item.number, self._unmade(crash))
            return
        timeout = self._policy.message_timeout_s()

        def expire() -> None:
            flight = self._inflight
            if flight is not None and flight.unique_id == unique_id:
                self._land(flight, None, CallTimedOut(f"no answer within {timeout:g} s"))

        self._inflight = Inflight(unique_id, item, self._timers.after(timeout, expire, "call"))

    def _unmade(self, crash: Exception) -> CallFailed:
        """No message can be made of a fact or request: as if the CSMS had refused it."""
        log.crash("message cannot be made", crash)
        self.unmade_total += 1
        return CallFailed("InternalError", "the station cannot make this message")

    def _land(self, flight: Inflight, response: object, error: CallError | None) -> None:
        self._inflight = None
        flight.timer.cancel()
        item = flight.item
        if item.row is None:
            self._answer(item, response, error)
        elif error is None:
            self._confirm(item, response)
        else:
            self._fail(item.number, error)

    def _confirm(self, item: Item, response: object) -> None:
        row = self._rows.get(item.number)
        if row is None:
            return
        self._remove(item.number)
        delivery = self._deliveries.get(type(row.fact))
        if delivery is not None:
            delivery.delivered(row.fact, item.request, response)

    def _fail(self, number: int, error: CallError) -> None:
        row = self._rows.get(number)
        if row is None:
            return
        attempts = row.attempts + 1
        if _is_in_vain(row.fact, error):
            self._drop(number, row, error, "message dropped, the CSMS does not know it")
            return
        if attempts >= self._policy.attempts(row.fact):
            self._drop(number, row, error, "message dropped, attempts used up")
            return
        row = evolve(row, attempts=attempts)
        self._table.put(number, row)
        self._rows[number] = row
        pause = self._policy.interval_s(row.fact) * attempts
        log.warning("message not accepted, will be sent again", attempts=attempts, pause_s=pause)
        if self._retry is not None:
            self._retry.cancel()
        self._retry = self._timers.after(pause, self._retry_now, "retry")
        self._retry_gives_way = row.fact.gives_way

    def _retry_now(self) -> None:
        self._retry = None

    def _drop(self, number: int, row: OutboxRow, error: CallError, why: str) -> None:
        self._remove(number)
        self.dropped_total += 1
        log.error(
            why,
            fact=type(row.fact).__name__,
            error=error.code if isinstance(error, CallFailed) else type(error).__name__,
        )
        delivery = self._deliveries.get(type(row.fact))
        if delivery is not None:
            delivery.dropped(row.fact)

    def _remove(self, number: int) -> None:
        self._table.delete(number)
        self._rows.pop(number, None)

    def _keep_bound(self) -> None:
        if len(self._rows) <= self._policy.capacity():
            return
        on_line = self._inflight.item.number if self._inflight else None
        spare = [
            number
            for number, row in self._rows.items()
            if row.fact.intermediate and number != on_line
        ][:-1]
        for number in spare[::2]:
            self._remove(number)
            self.dropped_total += 1
        if spare:
            log.warning(
                "queue full, every other intermediate message dropped", dropped=len(spare[::2])
            )
        elif not self._capacity_warned:
            self._capacity_warned = True
            log.error("queue full of messages that may not be dropped", rows=len(self._rows))

    @staticmethod
    def _answer(item: Item, response: object, error: Exception | None) -> None:
        on_answer, item.on_answer = item.on_answer, None
        if on_answer is not None:
            on_answer(response, error)


def _is_in_vain(fact: Fact, error: CallError) -> bool:
    """The CSMS has no such message (a 1.6 CSMS without the security extension), so it will never take
    the fact: what is behind it must not wait for that. Facts of transactions are tried on (E13).
    """
    unknown = isinstance(error, CallFailed) and error.code in ("NotImplemented", "NotSupported")
    return unknown and not isinstance(fact, TransactionFact)
