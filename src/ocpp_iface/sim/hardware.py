"""The charger behind a simulated station: it obeys the orders of `ports.hardware`, in virtual time,
writes down each of them, and fails on demand.

What it must never see is a violation: the lock opened while the contactor is closed.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from attrs import define, field, frozen

from ocpp_iface.errors import PortError, PortRefused, PortTimedOut
from ocpp_iface.ports.hardware import UnlockOutcome
from ocpp_iface.ports.topology import Topology
from ocpp_iface.runtime.port_calls import checked
from ocpp_iface.sim.evse import SimEvse
from ocpp_iface.sim.scheduler import Action, Due, Scheduler
from ocpp_iface.types import DataTransferRequest, DataTransferResponse, MeterReading, ResetKind

MANDATORY: Final = ("permit_energy", "stop_energy")
OPTIONAL: Final = (
    "set_limit",
    "unlock",
    "lock",
    "set_operative",
    "read_meter",
    "reset",
    "set_time",
    "data_transfer",
    "select_to_stop",
)
ALL_METHODS: Final = frozenset((*MANDATORY, *OPTIONAL))

Reply = Callable[[object, PortError | None], None]


@frozen
class Order:
    """One line of the hardware's log: an order when it is carried out, or what happened by itself
    (`contactor opens`, `contactor closes`). `failed`: why it was not carried out.
    """

    at: float
    method: str
    args: tuple[Any, ...]
    failed: str = ""


@define(eq=False, slots=True)
class _Trouble:
    method: str
    kind: str
    value: object
    times: int | None


@frozen
class _Waiting:
    method: str
    args: tuple[Any, ...]
    overdue: float
    reply: Reply


@define(eq=False)
class SimHardware:
    scheduler: Scheduler
    topology: Topology
    wall: Callable[[], datetime]
    report: Callable[[object], object]
    auto: bool = True
    latency_s: float = 0.01
    log: list[Order] = field(factory=list)
    violations: list[str] = field(factory=list)
    evses: dict[int, SimEvse] = field(factory=dict)
    on_reset: Callable[[ResetKind, int | None], bool] | None = None
    on_data_transfer: Callable[[DataTransferRequest], DataTransferResponse | None] | None = None
    on_set_time: Callable[[str], None] | None = None
    on_note: Callable[[str], None] | None = None
    _troubles: list[_Trouble] = field(factory=list)
    _lanes: dict[Any, deque[_Waiting]] = field(factory=dict)
    _under_way: list[Due] = field(factory=list)

    def __attrs_post_init__(self) -> None:
        for evse_id in self.topology.evse_ids():
            self.evses[evse_id] = SimEvse(
                self, evse_id, self.scheduler, self.report, auto=self.auto
            )

    # -- trouble -------------------------------------------------------------------------------

    def fail(self, method: str, times: int | None = 1) -> None:
        """The next orders of this kind raise and do nothing; `times` None: until `heal`."""
        self._troubles.append(_Trouble(method, "fails", None, times))

    def hang(self, method: str, times: int | None = 1) -> None:
        """The next orders of this kind are never answered and do nothing."""
        self._troubles.append(_Trouble(method, "hangs", None, times))

    def answer(self, method: str, value: object, times: int | None = 1) -> None:
        """The next orders of this kind do nothing and answer `value`."""
        self._troubles.append(_Trouble(method, "answers", value, times))

    def heal(self) -> None:
        """Everything works again."""
        self._troubles.clear()

    # -- orders --------------------------------------------------------------------------------

    def order(self, method: str, args: tuple[Any, ...], deadline_s: float, reply: Reply) -> None:
        """An order arrives; `reply(value, error)` follows once, as the shell would call it.

        Orders for one EVSE are carried out one after the other.
        """
        lane = self._lanes.setdefault(args[0] if args else None, deque())
        lane.append(_Waiting(method, args, self.scheduler.now + deadline_s, reply))
        if len(lane) == 1:
            self._begin(lane)

    def orders(self, method: str | None = None, evse: int | None = None) -> list[Order]:
        """What was carried out, in order (and what happened by itself)."""
        return [
            order
            for order in self.log
            if method in (None, order.method)
            and not order.failed
            and (evse is None or order.args[:1] == (evse,))
        ]

    def note(self, what: str, evse_id: int) -> None:
        self._write(Order(self.scheduler.now, what, (evse_id,)))

    def power_lost(self) -> None:
        """Orders under way are gone, contactors open."""
        self._forget()
        for evse in self.evses.values():
            evse.power_lost()

    def process_lost(self) -> None:
        """The station's process ended: what it ordered stays, nobody hears the answers."""
        self._forget()
        for evse in self.evses.values():
            evse.silence()

    # -- inside --------------------------------------------------------------------------------

    def _forget(self) -> None:
        for due in self._under_way:
            due.cancel()
        self._under_way.clear()
        self._lanes.clear()

    def _begin(self, lane: deque[_Waiting]) -> None:
        """Carry out the first order of a lane, after the latency."""
        self._plan(self.latency_s, lambda: self._carry_out(lane), transit=True)

    def _plan(self, delay_s: float, action: Action, *, transit: bool = False) -> None:
        self._under_way = [due for due in self._under_way if due.active]
        self._under_way.append(self.scheduler.after(delay_s, action, transit=transit))

    def _carry_out(self, lane: deque[_Waiting]) -> None:
        order, now = lane[0], self.scheduler.now
        trouble = self._trouble(order.method)
        kind = trouble.kind if trouble is not None else ""
        self._write(Order(now, order.method, order.args, kind))
        if trouble is None:
            self._finish(lane, self._do(order.method, order.args), None)
        elif kind == "fails":
            self._finish(lane, None, PortRefused(f"{order.method} failed"))
        elif kind == "answers":
            self._answer(lane, order.method, trouble.value)
        else:  # it hangs, until the shell gives up
            late = PortTimedOut(f"{order.method} did not answer")
            self._plan(order.overdue - now, lambda: self._finish(lane, None, late))

    def _answer(self, lane: deque[_Waiting], method: str, value: object) -> None:
        """As the shell passes it on: nonsense is no answer."""
        try:
            self._finish(lane, checked(method, value), None)
        except PortRefused as refusal:
            self._finish(lane, None, refusal)

    def _finish(self, lane: deque[_Waiting], value: object, error: PortError | None) -> None:
        order = lane.popleft()
        if lane:
            self._begin(lane)
        order.reply(value, error)

    def _do(self, method: str, args: tuple[Any, ...]) -> object:
        match method, args:
            case "permit_energy", (evse_id,):
                self.evses[evse_id].permit()
                return None
            case "stop_energy", (evse_id,):
                return self.evses[evse_id].stop()
            case "set_limit", (evse_id, schedule):
                if evse_id in self.evses:
                    self.evses[evse_id].limit(schedule)
                return None
            case "lock", (evse_id, connector_id):
                self.evses[evse_id].locked = connector_id
                return None
            case "unlock", (evse_id, connector_id):
                return self._unlock(self.evses[evse_id], connector_id)
            case "set_operative", (evse_id, None, operative):
                if evse_id in self.evses:
                    self.evses[evse_id].operative = operative
                return None
            case "read_meter", (evse_id,):
                return self._read(evse_id)
            case "reset", (kind, evse_id):
                return self.on_reset(kind, evse_id) if self.on_reset is not None else True
            case "set_time", (moment,):
                if self.on_set_time is not None:
                    self.on_set_time(moment)
                return None
            case "data_transfer", (request,):
                answer = self.on_data_transfer
                return answer(request) if answer is not None else None
            case "select_to_stop", (evse_ids,):
                return evse_ids
            case _:
                return None

    def _unlock(self, evse: SimEvse, connector_id: int) -> UnlockOutcome:
        if evse.contactor_closed and evse.plugged == connector_id:
            self.violations.append(
                f"EVSE {evse.id} is unlocked at {self.scheduler.now:.3f} s under load"
            )
        if evse.locked == connector_id:
            evse.locked = None
        return UnlockOutcome.UNLOCKED

    def _read(self, evse_id: int) -> MeterReading | None:
        return self.evses[evse_id].reading() if evse_id in self.evses else None

    def _trouble(self, method: str) -> _Trouble | None:
        for trouble in self._troubles:
            if trouble.method == method:
                if trouble.times is not None:
                    trouble.times -= 1
                    if trouble.times <= 0:
                        self._troubles.remove(trouble)
                return trouble
        return None

    def _write(self, order: Order) -> None:
        self.log.append(order)
        if self.on_note is not None:
            words = ", ".join(str(part) for part in order.args)
            failed = f" {order.failed}" if order.failed else ""
            self.on_note(f"{order.method}({words}){failed}")
