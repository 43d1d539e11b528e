"""The kernel: inputs in, one store transaction, outputs out.

A step takes all inputs that wait, handles each one completely (its flows included), settles derived
state, commits, and only then releases the outputs. So nothing is ever on the wire, or told to the
app, that a power cut could undo; and a burst of inputs costs one commit.

An input whose handling raises is undone alone: its writes and outputs are rolled back. If it had
written anything, everything above the engine is rebuilt from the rows, by the code that also runs
after a power cut, so memory can never disagree with the store.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from contextlib import suppress
from types import CoroutineType
from typing import Any

from ocpp_iface.engine.asks import Asks
from ocpp_iface.engine.block import Admission, Assembly, Cause
from ocpp_iface.engine.clock import KernelClock
from ocpp_iface.engine.csms import Csms
from ocpp_iface.engine.dispatcher import Dispatcher
from ocpp_iface.engine.flows import Flows
from ocpp_iface.engine.inputs import (
    Command,
    FrameReceived,
    Input,
    LinkClosed,
    LinkOpened,
    PortReplied,
    Tick,
)
from ocpp_iface.engine.link import Link, LinkState
from ocpp_iface.engine.outbox import Lane, Outbox
from ocpp_iface.engine.outputs import (
    CloseLink,
    CommandDone,
    OpenLink,
    Outbound,
    Output,
    Publish,
    SendFrame,
)
from ocpp_iface.engine.registration import Registration, RegistrationState
from ocpp_iface.engine.timers import Timer, Timers
from ocpp_iface.errors import (
    CallError,
    CallFailed,
    NotRunning,
    OcppIfaceError,
    PayloadError,
    StoreError,
)
from ocpp_iface.log import Log
from ocpp_iface.ports.clock import Now
from ocpp_iface.ports.entropy import Entropy
from ocpp_iface.ports.store import Store
from ocpp_iface.ports.transport import CloseReason
from ocpp_iface.types.messages import Message, MessageDirection
from ocpp_iface.wire.errors import ErrorKind, UnknownAction, answer_id, error_code
from ocpp_iface.wire.frame import (
    Call,
    CallResult,
    FrameError,
    FrameLimits,
    format_call,
    format_error,
    format_result,
    parse,
)

log = Log(__name__)

_TIMERS_A_STEP = 1_000
REST_S = 60.0
"""Between two rebuilds because of timers or flows that crashed before they had written anything."""

Build = Callable[["Kernel", str | None, Cause], Assembly]
"""(kernel, negotiated subprotocol or None for the default, cause) -> what stands on the engine."""


class Kernel:
    """Single owner, never re-entered. `step` is its only entry while it runs."""

    def __init__(
        self,
        *,
        store: Store,
        entropy: Entropy,
        build: Build,
        hardware_methods: frozenset[str] = frozenset(),
        limits: FrameLimits | None = None,
        trace_messages: bool = False,
    ) -> None:
        self.store = store
        self.entropy = entropy
        self.clock = KernelClock()
        self.outbound = Outbound()
        self.timers = Timers(self.clock)
        """Timers of what stands on the engine; gone at a rebuild."""
        self.flows = Flows()
        self.asks = Asks(self.outbound, hardware_methods)
        self.registration = Registration()
        self.trace_messages = trace_messages
        self.counters: dict[str, int] = {}
        self._limits = limits or FrameLimits()
        self._build = build
        self._core_timers = Timers(self.clock)
        self._subprotocol: str | None = None
        self._assembly: Assembly
        self._recovered_at = -math.inf
        self._owed: Timer | None = None
        """Makes good for what crashed too soon after a rebuild for another one."""
        self._answered: list[str] = []
        """Inbound calls answered in this step: what is undone has to be answered again."""

    # -- life --------------------------------------------------------------------------------

    def begin(self, now: Now) -> tuple[Output, ...]:
        """Load the rows, resume what was under way; the first step of a process."""
        self.clock.set(now)
        self.store.begin()
        try:
            self.outbox = Outbox(self.store, self.clock, self._core_timers, self)
            self.csms = Csms(self.outbox)
            self.dispatcher = Dispatcher(self.flows, self._core_timers, self)
            self.link = Link(self.outbound, self._core_timers, self.entropy)
            self._assembly = self._build(self, None, Cause.BOOT)
            self._connect_assembly()
            self._assembly.resume(Cause.BOOT)
            self.flows.run_to_rest()
        except BaseException:
            self._forget_step()
            raise
        self._settle()
        self.store.commit()
        return self.outbound.drain()

    def step(self, inputs: Sequence[Input], now: Now) -> tuple[Output, ...]:
        stepped_s = self.clock.set(now)
        self.store.begin()
        try:
            self._answered.clear()
            if stepped_s:
                self._guard(lambda: self._assembly.clock_stepped(stepped_s), rebuild=True)
            for incoming in inputs:
                self._route(incoming)
            self._run_timers()
            self._settle()
            self.store.commit()
        except BaseException:
            self._forget_step()
            self.outbound.drain()
            raise
        return self.outbound.drain()

    def next_deadline(self) -> float | None:
        """The monotonic instant at which a Tick is due, None if nothing waits for time."""
        one, other = self.timers.next_deadline(), self._core_timers.next_deadline()
        if one is None or other is None:
            return other if one is None else one
        return min(one, other)

    # -- what blocks and the engine use --------------------------------------------------------

    def publish(self, name: str, value: object) -> None:
        self.outbound.add(Outbound.PUBLISH, Publish(name, value))

    def disconnect(self, reason: str) -> None:
        """Close the link and open none until `connect`."""
        was_open = self.link.state in (LinkState.OPEN, LinkState.CLOSING)
        self.link.stop(reason)
        self._line_lost(was_open=was_open)
        self._assembly.link_closed(CloseReason.LOCAL, reason, was_open=was_open)

    def connect(self) -> None:
        self.link.start()

    def count(self, name: str) -> None:
        self.counters[name] = self.counters.get(name, 0) + 1

    def send_call(self, request: object) -> str:
        unique_id = self.entropy.unique_id()
        action, payload = self._assembly.codec.encode_request(request)
        log.debug("call", action=action, id=unique_id)
        self._send(Outbound.CALL, format_call(unique_id, action, payload))
        return unique_id

    def open_for(self, lane: Lane | None) -> bool:
        if not self.link.is_open:
            return False
        if lane is Lane.BOOT:
            return True
        if lane is None:
            return self.registration.accepted and not self._assembly.holds_rows()
        return self.registration.admits(triggered=lane is Lane.TRIGGERED)

    def result(self, unique_id: str, response: object) -> None:
        try:
            payload = self._assembly.codec.encode_response(response)
        except PayloadError as fault:
            log.crash("own answer is not valid", fault)
            self.problem(unique_id, "InternalError", "the station failed to answer this")
            return
        answer = format_result(unique_id, payload)
        self.dispatcher.answered(unique_id, answer)
        self._answered.append(unique_id)
        self._send(Outbound.REPLY, answer)

    def problem(self, unique_id: str, code: str, description: str) -> None:
        self.dispatcher.answered(unique_id, self._refuse(unique_id, code, description))
        self._answered.append(unique_id)

    def _refuse(self, unique_id: str, code: str, description: str) -> str:
        """Answer what is no call of its own: it leaves the memory of another one alone."""
        self.count("call_errors_sent")
        spelled = error_code(self._assembly.codec.subprotocol, ErrorKind(code))
        answer = format_error(unique_id, spelled, description, {})
        self._send(Outbound.REPLY, answer)
        return answer

    def _forget_step(self) -> None:
        """A store that failed to commit, or was closed as its file is damaged, has nothing to roll
        back: that must not hide what went wrong.
        """
        with suppress(StoreError):
            self.store.rollback()

    # -- one input -----------------------------------------------------------------------------

    def _route(self, incoming: Input) -> None:
        match incoming:
            case FrameReceived():
                if incoming.link == self.link.number and self.link.is_open:
                    self._frame(incoming.text)
            case Command():
                self._command(incoming)
            case PortReplied():
                self._guard(
                    lambda: self.asks.replied(incoming.token, incoming.value, incoming.error),
                    once=True,
                )
            case LinkOpened():
                crash = self._guard(lambda: self._link_opened(incoming), rebuild=True)
                if crash is not None:  # half of the station may not know of this link: another one
                    self.link.hang_up("internal error")
            case LinkClosed():
                self._guard(lambda: self._link_closed(incoming), rebuild=True)
            case Tick():
                pass  # timers run in every step

    def _guard(
        self, work: Callable[[], object], *, rebuild: bool = False, once: bool = False
    ) -> Exception | None:
        """Do one input's work; undo all of it if it raises, and return why.

        `rebuild`: then everything is taken from the rows again even if nothing was written, since
        the input will not come again and only some may have heard of it. `once`: likewise, as a
        flow or timer that crashed would be missing for ever, but after a rest only.
        """
        rows, orders, answered = self.store.mark(), self.outbound.mark(), len(self._answered)
        try:
            work()
            self.flows.run_to_rest()
        except Exception as crash:  # noqa: BLE001 - the boundary that keeps the station alive
            log.crash("input undone", crash)
            self.count("inputs_undone")
            wrote = self.store.mark() != rows
            self.store.rollback_to(rows)
            undone = self.outbound.rollback_to(orders)
            unanswered = self._answered[answered:]
            del self._answered[answered:]
            for output in undone:
                if isinstance(output, OpenLink | CloseLink):
                    self.outbound.add(Outbound.LINK, output)  # as the link's state has it
            if wrote or rebuild or (once and self._rest_s <= 0):
                self._rebuild(Cause.REBUILD)
            elif once and self._owed is None:
                self._owed = self._core_timers.after(
                    self._rest_s, lambda: self._rebuild(Cause.REBUILD), "rebuild"
                )
            self._excuse(undone, unanswered)
            self.flows.tell_fallen()
            self.link.recover()
            return crash
        return None

    @property
    def _rest_s(self) -> float:
        """A bug that strikes again at once must not keep the station busy with nothing else."""
        return self._recovered_at + REST_S - self.clock.monotonic

    def _excuse(self, undone: Sequence[Output], unanswered: Sequence[str]) -> None:
        """Whoever would have got an answer from undone work gets an error instead."""
        for unique_id in unanswered:
            self.problem(unique_id, "InternalError", "the station failed to handle this")
        failure = OcppIfaceError("undone because of an internal error")
        for output in undone:
            if isinstance(output, CommandDone):
                self.outbound.add(Outbound.RESULT, CommandDone(output.token, None, failure))

    def _run_timers(self) -> None:
        for _ in range(_TIMERS_A_STEP):  # what is still due then waits for the next step
            timer = self._core_timers.take_due() or self.timers.take_due()
            if timer is None:
                return
            action, timer.action = timer.action, None
            if action is not None:
                self._guard(action, once=True)

    def _settle(self) -> None:
        self._guard(self._assembly.settle)
        if self.outbox.waits:
            self._guard(self.outbox.pump)

    # -- the link ------------------------------------------------------------------------------

    def _link_opened(self, opened: LinkOpened) -> None:
        if not self.link.opened(opened.link):
            return
        self.link.opened_at = self.clock.monotonic
        slot = self.link.slot or 0
        if opened.subprotocol != self._assembly.codec.subprotocol:
            self.registration.state = RegistrationState.UNREGISTERED
            self._subprotocol = opened.subprotocol
            self._rebuild(Cause.VERSION)
        self._assembly.link_opened(slot, opened.subprotocol)

    def _link_closed(self, closed: LinkClosed) -> None:
        if not self.link.concerns(closed.link):
            return
        was_open = self.link.state in (LinkState.OPEN, LinkState.CLOSING)
        self._line_lost(was_open=was_open)  # first: whatever fails below, this is so
        self.link.closed(closed.link, closed.reason, closed.detail)
        self._assembly.link_closed(closed.reason, closed.detail, was_open=was_open)

    def _line_lost(self, *, was_open: bool) -> None:
        if was_open:
            self.link.lost_at = self.clock.monotonic
        self.outbox.link_lost()
        self.dispatcher.link_lost()

    # -- frames --------------------------------------------------------------------------------

    def _frame(self, text: str | bytes) -> None:
        try:
            frame = parse(text, self._limits)
        except FrameError as fault:
            self._bad_frame(fault)
            return
        self._trace(text, MessageDirection.CSMSToChargingStation)
        if isinstance(frame, Call):
            self._inbound_call(frame, text)
        elif isinstance(frame, CallResult):
            self._answer(frame.unique_id, frame.payload, None)
        else:
            self._answer(frame.unique_id, None, CallFailed(frame.code, frame.description))

    def _bad_frame(self, fault: FrameError) -> None:
        self.count("bad_frames")
        log.warning("bad frame", code=fault.code, reason=fault.reason)
        unique_id = answer_id(self._assembly.codec.subprotocol, fault)
        if unique_id is not None:
            self._refuse(unique_id, fault.code, fault.reason)

    def _inbound_call(self, call: Call, text: str | bytes) -> None:
        unique_id, action = call.unique_id, call.action
        log.debug("called", action=action, id=unique_id)
        admission = self._assembly.admit(action, self.registration.state)
        if admission is Admission.IGNORE:
            self.count("calls_ignored")
            return
        if not self.dispatcher.admit(unique_id, text):
            self.count("repeated_ids")
            answer = self.dispatcher.answer_again(unique_id, text)
            if answer is None:
                self._refuse(unique_id, "RpcFrameworkError", "this message id was used before")
            else:
                self._send(Outbound.REPLY, answer)
            return
        if admission is Admission.SECURITY_ERROR:
            self.problem(unique_id, "SecurityError", "the station is not accepted yet")
            return
        try:
            request = self._assembly.codec.decode_request(action, call.payload)
        except UnknownAction:
            self.problem(unique_id, "NotImplemented", "unknown action")
            return
        except PayloadError as fault:
            self.problem(unique_id, fault.fault, str(fault))
            return
        if not self.dispatcher.handles(type(request)):
            self.problem(unique_id, "NotSupported", "this station does not support the action")
            return
        crash = self._guard(lambda: self.dispatcher.dispatch(unique_id, request))
        if crash is not None:
            self.dispatcher.fail(unique_id, crash)

    def _answer(self, unique_id: str, payload: Any, error: CallError | None) -> None:
        request = self.outbox.expects(unique_id)
        if request is None:
            self.outbox.late_answers += 1
            log.debug("answer for nothing", id=unique_id)
            return
        response: object = None
        if error is None:
            codec = self._assembly.codec
            try:
                response = codec.decode_response(codec.action_of(request), payload)
            except PayloadError as fault:
                log.warning("answer is not valid", path=fault.path, reason=fault.reason)
                self.count("bad_answers")
                error = CallFailed(fault.fault, str(fault))
        row = self.outbox.row_on_line
        crash = self._guard(lambda: self.outbox.answered(unique_id, response, error), once=True)
        if crash is not None and row is not None and error is None:
            # The CSMS has it; sending it again would only crash again.
            self._guard(lambda: self.outbox.discard(row))

    def _send(self, lane: int, text: str) -> None:
        self.outbound.add(lane, SendFrame(self.link.number, text))
        self._trace(text, MessageDirection.ChargingStationToCSMS)

    def _trace(self, text: str | bytes, direction: MessageDirection) -> None:
        if self.trace_messages:
            shown = text if isinstance(text, str) else text.decode("utf-8", "replace")
            version = self._assembly.codec.subprotocol
            self.publish("ocpp_message", Message(shown, direction, version=version))

    # -- commands ------------------------------------------------------------------------------

    def _command(self, command: Command) -> None:
        token, told = command.token, False

        def done(value: object, error: Exception | None) -> None:
            nonlocal told
            if told:  # undone since then, and excused
                return
            told = True
            if token is not None:
                self.outbound.add(Outbound.RESULT, CommandDone(token, value, error))
            elif error is not None:
                log.warning("report without effect", report=type(command.request), error=error)

        def work() -> None:
            handler = self._assembly.commands.get(type(command.request))
            if handler is None:
                done(None, NotRunning(f"nothing handles {type(command.request).__name__}"))
                return
            try:
                outcome = handler(command.request)
            except OcppIfaceError as refusal:  # raised before anything was written
                done(None, refusal)
                return
            if isinstance(outcome, CoroutineType):
                self.flows.start(type(command.request).__name__, outcome, done)
            else:
                done(outcome, None)

        crash = self._guard(work)
        if crash is not None:
            done(None, crash)

    # -- building ------------------------------------------------------------------------------

    def _rebuild(self, cause: Cause) -> None:
        """Throw away everything above the engine and take it from the rows again."""
        if cause is Cause.REBUILD:
            self._recovered_at = self.clock.monotonic
            if self._owed is not None:
                self._owed.cancel()
                self._owed = None
        failure = OcppIfaceError("the station recovered from an internal error")
        self.flows.cancel_all(failure)
        self.timers.clear()
        self.asks.forget()
        self.outbox.reload()
        self._assembly = self._build(self, self._subprotocol, cause)
        self._connect_assembly()
        self._assembly.resume(cause)
        self.flows.run_to_rest()

    def _connect_assembly(self) -> None:
        assembly = self._assembly
        self.dispatcher.set_routes(assembly.routes)
        self.outbox.connect(assembly.retry, dict(assembly.deliveries))
        self.link.plan = assembly.plan
