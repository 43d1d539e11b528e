"""From a CALL of the CSMS to its handler, and back with exactly one answer.

A CSMS that missed an answer may send the call again under the same message id (errata of 1.6-J, 3.1,
and of 2.0.1 part 4, 4.1.4). Such a call is not carried out twice: it gets the answer once more.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from typing import Any, Protocol

from ocpp_iface.engine.flows import Flow, Flows
from ocpp_iface.engine.timers import Timer, Timers
from ocpp_iface.errors import Fault, OcppIfaceError, PayloadError
from ocpp_iface.log import Log

log = Log(__name__)

Handler = Callable[[Any], object]
"""request -> response, or a coroutine that returns it."""

REPLY_WITHIN_S = 25.0
REMEMBERED_IDS = 64
REMEMBERED_ANSWERS = 4
"""A CSMS has one call on the line, so what it sends again is the last; answers may be long."""


class RpcProblem(OcppIfaceError):
    """Answer with a CALLERROR. `code` is an error code in the spelling of 2.0.1."""

    def __init__(self, code: str, description: str = "") -> None:
        self.code, self.description = code, description
        super().__init__(f"{code}: {description}")


class Replies(Protocol):
    def result(self, unique_id: str, response: object) -> None: ...

    def problem(self, unique_id: str, code: str, description: str) -> None: ...


class _Slot:
    __slots__ = ("flow", "timer")

    def __init__(self) -> None:
        self.flow: Flow | None = None
        self.timer: Timer | None = None


class Dispatcher:
    """Owns the reply slot of each inbound CALL, so a forgotten reply becomes an error, not silence."""

    __slots__ = ("_answers", "_flows", "_past", "_replies", "_routes", "_slots", "_timers")

    def __init__(self, flows: Flows, timers: Timers, replies: Replies) -> None:
        self._flows, self._timers, self._replies = flows, timers, replies
        self._routes: Mapping[type, Handler] = {}
        self._slots: dict[str, _Slot] = {}
        self._past: dict[str, int] = {}
        """The calls of this connection; of a text a hash is enough to know it again."""
        self._answers: dict[str, str] = {}

    def set_routes(self, routes: Mapping[type, Handler]) -> None:
        self._routes = routes

    def handles(self, request_type: type) -> bool:
        return request_type in self._routes

    def admit(self, unique_id: str, text: str | bytes) -> bool:
        """False for an id this connection has used before: it gets `answer_again`, or an error."""
        if unique_id in self._slots or unique_id in self._past:
            return False
        self._past[unique_id] = hash(text)
        _keep_newest(self._past, REMEMBERED_IDS)
        return True

    def answered(self, unique_id: str, answer: str) -> None:
        """The frame that answers an admitted call; a later one replaces what was undone."""
        if unique_id in self._past:
            self._answers[unique_id] = answer
            _keep_newest(self._answers, REMEMBERED_ANSWERS)

    def answer_again(self, unique_id: str, text: str | bytes) -> str | None:
        """What the same call was answered before; None if that is not known, or it is another call."""
        same = self._past.get(unique_id) == hash(text)
        return self._answers.get(unique_id) if same else None

    def dispatch(self, unique_id: str, request: object) -> None:
        slot = self._slots[unique_id] = _Slot()
        try:
            outcome = self._routes[type(request)](request)
        except (RpcProblem, PayloadError) as problem:
            self._finish(unique_id, None, problem)
            return
        if not isinstance(outcome, Coroutine):
            self._finish(unique_id, outcome, None)
            return

        def done(response: object, error: Exception | None) -> None:
            self._finish(unique_id, response, error)

        slot.timer = self._timers.after(REPLY_WITHIN_S, lambda: self._expire(unique_id), "reply")
        slot.flow = self._flows.start(type(request).__name__, outcome, done)

    def fail(self, unique_id: str, error: Exception) -> None:
        """The handler crashed: answer InternalError, without its text."""
        self._finish(unique_id, None, error)

    def link_lost(self) -> None:
        """Nobody hears the answers any more; the handlers go on, their effects count."""
        for slot in self._slots.values():
            if slot.timer is not None:
                slot.timer.cancel()
        self._slots.clear()
        self._past.clear()
        self._answers.clear()

    def _expire(self, unique_id: str) -> None:
        slot = self._slots.get(unique_id)
        if slot is None:
            return
        log.error("no handler answered in time", flow=slot.flow)
        self._finish(unique_id, None, RpcProblem("InternalError", "no answer in time"))

    def _finish(self, unique_id: str, response: object, error: Exception | None) -> None:
        slot = self._slots.pop(unique_id, None)
        if slot is None:
            return
        if slot.timer is not None:
            slot.timer.cancel()
        if error is None:
            self._replies.result(unique_id, response)
        elif isinstance(error, RpcProblem):
            self._replies.problem(unique_id, error.code, error.description)
        elif isinstance(error, PayloadError):
            self._replies.problem(unique_id, error.fault, str(error))
        else:
            log.crash("handler failed", error)
            self._replies.problem(unique_id, "InternalError", "the station failed to handle this")


def _keep_newest(entries: dict[str, Any], most: int) -> None:
    if len(entries) > most:
        del entries[next(iter(entries))]


__all__ = ["REPLY_WITHIN_S", "Dispatcher", "Fault", "Handler", "Replies", "RpcProblem"]
