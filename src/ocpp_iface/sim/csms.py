"""A scripted CSMS for both versions: it speaks raw JSON payloads, as a certification tool does.

Strict about the wire: every frame of the station is held against the official schema, and what is
wrong is a violation that `World.check` reports. It answers like a friendly CSMS (`csms_replies`)
unless `on` says otherwise, and keeps the books of all transactions (`csms_record`).
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, Literal

from attrs import define, field

from ocpp_iface.errors import PayloadError
from ocpp_iface.ports.transport import CloseReason, LinkRequest
from ocpp_iface.sim.csms_record import Books, TransactionRecord
from ocpp_iface.sim.csms_replies import Office, Payload, Tokens, default_reply
from ocpp_iface.sim.csms_script import (
    CsmsCallError,
    LogEntry,
    OutCall,
    Received,
    Rule,
    Script,
)
from ocpp_iface.sim.match import Where, matches, mismatch
from ocpp_iface.sim.network import Accepted, Connection, Refused
from ocpp_iface.sim.trace import canonical
from ocpp_iface.wire.codec import Codec, UnknownAction, codec_for
from ocpp_iface.wire.frame import (
    Call,
    CallResult,
    Frame,
    FrameError,
    format_call,
    format_error,
    format_result,
)

if TYPE_CHECKING:
    from ocpp_iface.sim.world import World

Validation = Literal["official", "codec"]
DEFAULT_URL: Final = "ws://csms.sim/ocpp"
_TRANSACTIONAL: Final = ("TransactionEvent", "StartTransaction", "StopTransaction", "MeterValues")


@define(eq=False)
class Session:
    """One connection, as the CSMS sees it."""

    csms: SimCsms
    link: Connection
    station: str
    subprotocol: str
    codec: Codec
    calls: dict[str, OutCall] = field(factory=dict)

    def frame(self, text: str, frame: Frame | FrameError) -> None:
        if isinstance(frame, FrameError):
            self.csms.log_frame(self, "in", "garbage", "", text)
        elif isinstance(frame, Call):
            self.csms.called(self, frame)
        else:
            self.csms.answered(self, frame)

    def closed(self) -> None:
        self.csms.lost(self)


@define(eq=False)
class SimCsms:
    """`subprotocols`: what it speaks; of what a station offers the first one is taken."""

    world: World
    url: str = DEFAULT_URL
    subprotocols: tuple[str, ...] = ("ocpp2.0.1", "ocpp1.6")
    validation: Validation = "official"
    """"codec" checks by our own decoders: many times faster, for long simulations."""
    is_up: bool = True
    clock_offset_s: float = 0.0
    """By how much the CSMS's clock is ahead of the world's."""
    passwords: dict[str, bytes] = field(factory=dict, repr=False)
    """Basic authentication: identity -> password; who is not named needs none."""
    violations: list[str] = field(factory=list)
    log: list[LogEntry] = field(factory=list)
    books: Books = field(factory=Books)
    office: Office = field(init=False)
    sessions: list[Session] = field(factory=list)
    """The open ones, oldest first."""
    _script: Script = field(factory=Script.empty)
    _received: list[Received] = field(factory=list)
    _count: int = 0
    _frames: int = 0
    _checked: dict[tuple[str, str, str], None] = field(factory=dict)

    def __attrs_post_init__(self) -> None:
        self.office = Office(lambda: self.world.wall(self.clock_offset_s))

    # -- what it answers -----------------------------------------------------------------------

    def on(self, action: str, where: Where = None) -> Rule:
        """What to answer to `action` from now on: see `Rule`."""
        return self._script.add(Rule(action, where))

    def off(self, action: str | None = None) -> None:
        """Forget what `on` said about an action (None: about all)."""
        self._script.forget(action)

    @property
    def tokens(self) -> Tokens:
        return self.office.tokens

    # -- what it calls -------------------------------------------------------------------------

    def call(
        self,
        action: str,
        payload: Mapping[str, Any] | None = None,
        *,
        station: str | None = None,
        timeout_s: float = 30.0,
    ) -> Payload:
        """Call the station and run the world until it answers; the response's payload.

        Raises CsmsCallError for a CALLERROR, AssertionError if no answer comes, ValueError if the
        payload is not valid (what is meant to be invalid goes by `send_raw`).
        """
        call = self.start_call(action, payload, station=station)
        self.world.run_until(lambda: call.done, timeout_s, f"the answer to {action}")
        return call.result()

    def start_call(
        self, action: str, payload: Mapping[str, Any] | None = None, *, station: str | None = None
    ) -> OutCall:
        """Call the station without waiting."""
        session = self.session(station)
        body = dict(payload or {})
        try:
            session.codec.check_request(action, body)
        except (PayloadError, UnknownAction) as fault:
            raise ValueError(f"the test's {action} is not valid: {fault}") from fault
        self._count += 1
        call = OutCall(action, f"csms-{self._count}", body)
        session.calls[call.unique_id] = call
        self.log_frame(session, "out", "CALL", action, body, call.unique_id)
        session.link.send_down(format_call(call.unique_id, action, canonical(body)))
        return call

    def send_raw(self, data: str | bytes, *, station: str | None = None) -> None:
        """Put anything on the wire."""
        session = self.session(station)
        self.log_frame(session, "out", "garbage", "", data)
        session.link.send_down(data)

    def close(self, code: int = 1000, reason: str = "", *, station: str | None = None) -> None:
        """Close the WebSocket from this side."""
        self.session(station).link.close_down(code, reason)

    def session(self, station: str | None = None) -> Session:
        fitting = [s for s in self.sessions if station in (None, s.station)]
        if not fitting:
            raise AssertionError(f"{station or 'no station'} is connected to {self.url}")
        return fitting[-1]

    def connected(self, station: str | None = None) -> bool:
        return any(station in (None, session.station) for session in self.sessions)

    # -- what it got ---------------------------------------------------------------------------

    @property
    def transactions(self) -> dict[str, TransactionRecord]:
        """By transaction id (1.6: the number as text), in the order of their first event."""
        return self.books.transactions

    def received(
        self, action: str | None = None, where: Where = None, *, station: str | None = None
    ) -> list[Received]:
        """All calls of the station so far."""
        return [
            call
            for call in self._received
            if action in (None, call.action)
            and station in (None, call.station)
            and matches(call, where)
        ]

    def expect(
        self, action: str, where: Where = None, *, timeout_s: float = 60.0, **fields: Any
    ) -> Received:
        """The first call that matches and was not expected before; runs the world until it comes.

        Other calls may come before it: those can still be expected afterwards. `mark` puts an end
        to that.
        """
        found: list[Received] = []

        def came() -> bool:
            call = self.find(action, where, fields)
            if call is not None:
                found.append(call)
            return call is not None

        self.world.run_until(came, timeout_s, lambda: self._missing(action, where, fields))
        found[0].taken = True
        return found[0]

    next = expect

    def expect_none(
        self, action: str, where: Where = None, *, within_s: float = 0.0, **fields: Any
    ) -> None:
        """Nothing that matches came (that was not expected), nor comes within the time."""
        self.world.run_for(within_s)
        found = self.find(action, where, fields)
        if found is not None:
            self.world.fail(f"unexpected {action} at {found.at:.3f} s: {canonical(found)}")

    def mark(self) -> None:
        """What came so far is history: nothing of it is found by `expect`."""
        for call in self._received:
            call.taken = True

    def find(self, action: str, where: Where, fields: Mapping[str, Any]) -> Received | None:
        for call in self._received:
            if call.taken or call.action != action or not matches(call, where):
                continue
            if mismatch(call, fields) is None:
                return call
        return None

    # -- the wire ------------------------------------------------------------------------------

    def accept(self, link: Connection, request: LinkRequest) -> Accepted | Refused:
        if not self.is_up:
            return Refused(CloseReason.REFUSED)
        wanted = self.passwords.get(request.identity)
        if wanted is not None and not hmac.compare_digest(wanted, request.password or b""):
            return Refused(CloseReason.UNAUTHORIZED, 401)
        agreed = next((name for name in request.subprotocols if name in self.subprotocols), None)
        if agreed is None:
            return Refused(CloseReason.SUBPROTOCOL)
        session = Session(self, link, request.identity, agreed, codec_for(agreed))
        self.sessions.append(session)
        self.log_frame(session, "in", "open", "", agreed)
        return Accepted(agreed, session)

    def called(self, session: Session, call: Call) -> None:
        entry = self.log_frame(session, "in", "CALL", call.action, call.payload, call.unique_id)
        received = Received(
            call.payload,
            action=call.action,
            at=entry.at,
            index=entry.index,
            station=session.station,
            unique_id=call.unique_id,
        )
        self._received.append(received)
        self.world.trim(self._received)
        rule = self._script.choose(call.action, call.payload)
        valid = self._validate(session, "request", call.action, call.payload)
        if not valid and rule is None:
            rule = Rule(call.action).error("FormationViolation", "see the violations")
        reply: Payload | None = None
        if rule is None or not (rule.is_silent or rule.failure or rule.raw_text is not None):
            reply = self._reply(session, call, rule)
        if valid and call.action in _TRANSACTIONAL:
            self.books.note(entry.at, session.station, call.action, call.payload, reply)
        if rule is None or not rule.is_silent:
            wait = rule.delay_s if rule is not None else 0.0
            self._answer(session, call, rule, reply, wait)

    def answered(self, session: Session, answer: Frame) -> None:
        call = session.calls.pop(answer.unique_id, None)
        action = call.action if call is not None else ""
        if isinstance(answer, CallResult):
            self.log_frame(session, "in", "RESULT", action, answer.payload, answer.unique_id)
            if call is not None:
                self._validate(session, "response", action, answer.payload)
                call.response = answer.payload
        elif not isinstance(answer, Call):
            body = {"code": answer.code, "description": answer.description}
            self.log_frame(session, "in", "ERROR", action, body, answer.unique_id)
            if call is not None:
                call.error = CsmsCallError(answer.code, answer.description, answer.details)

    def lost(self, session: Session) -> None:
        if session in self.sessions:
            self.sessions.remove(session)
        self.log_frame(session, "in", "close", "", "")
        for call in session.calls.values():
            call.lost = True

    def log_frame(
        self,
        session: Session,
        direction: str,
        kind: str,
        action: str,
        payload: Any,
        unique_id: str = "",
    ) -> LogEntry:
        now = self.world.scheduler.now
        self._frames += 1
        entry = LogEntry(
            self._frames, now, session.station, direction, kind, action, payload, unique_id
        )
        self.log.append(entry)
        self.world.trim(self.log)
        return entry

    # -- inside --------------------------------------------------------------------------------

    def _missing(self, action: str, where: Where, fields: Mapping[str, Any]) -> str:
        wanted = " ".join(f"{name}={value!r}" for name, value in fields.items())
        lines = [f"{action} {wanted}".rstrip()]
        for call in self._received:
            if call.taken or call.action != action:
                continue
            why = mismatch(call, fields)
            if why is None and not matches(call, where):
                why = mismatch(call, where) if isinstance(where, Mapping) else "refused by `where`"
            lines.append(f"  not the one at {call.at:.3f} s: {why}")
        return "\n".join(lines)

    def _reply(self, session: Session, call: Call, rule: Rule | None) -> Payload:
        def default() -> Payload:
            key = f"{session.station} {canonical(call.payload)}"
            return default_reply(session.subprotocol, call.action, self.office, call.payload, key)

        reply = default() if rule is None else rule.payload(call.payload, default)
        if rule is not None:
            try:
                session.codec.check_response(call.action, reply)
            except (PayloadError, UnknownAction) as fault:
                raise ValueError(f"the test's answer to {call.action} is wrong: {fault}") from fault
        return reply

    def _answer(
        self, session: Session, call: Call, rule: Rule | None, reply: Payload | None, wait: float
    ) -> None:
        unique_id = call.unique_id

        def send() -> None:
            if reply is not None:
                kind, body, text = "RESULT", reply, format_result(unique_id, canonical(reply))
            elif rule is not None and rule.raw_text is not None:
                text = rule.raw_text.replace("{id}", unique_id)
                kind, body = "garbage", {"text": text}
            else:
                code, description = (rule.failure if rule else None) or ("InternalError", "")
                kind, body = "ERROR", {"code": code, "description": description}
                text = format_error(unique_id, code, description)
            self.log_frame(session, "out", kind, call.action, body, unique_id)
            session.link.send_down(text)

        if wait > 0:
            self.world.scheduler.after(wait, send)
        else:
            send()

    def _validate(self, session: Session, part: str, action: str, payload: Payload) -> bool:
        key = (session.subprotocol, f"{part} {action}", canonical(payload))
        if key in self._checked:  # heartbeats and empty answers repeat for days
            return True
        codec, official = session.codec, self.validation == "official"
        check: Callable[[str, Any], object]
        if part == "request":
            check = codec.check_request if official else codec.decode_request
        else:
            check = codec.check_response if official else codec.decode_response
        try:
            check(action, payload)
        except (PayloadError, UnknownAction) as fault:
            self.violations.append(
                f"{session.station} sent a {action} {part} that is not valid: {fault}; "
                f"{canonical(payload)}"
            )
            return False
        if len(key[2]) < 100 and len(self._checked) < 1_000:
            self._checked[key] = None
        return True
