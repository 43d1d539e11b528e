"""How a test tells the simulated CSMS what to answer, and what the CSMS wrote down."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from attrs import define, frozen

from ocpp_iface.sim.match import Where, matches

Payload = dict[str, Any]
Answer = Mapping[str, Any] | Callable[[Payload], Mapping[str, Any]]


class CsmsCallError(Exception):
    """The station answered a call of the CSMS with CALLERROR."""

    def __init__(self, code: str, description: str = "", details: Any = None) -> None:
        self.code, self.description, self.details = code, description, details
        super().__init__(f"{code}: {description}" if description else code)


class Received(dict[str, Any]):
    """The payload of a call of the station; equal to a plain dict. `at`: virtual seconds when it
    arrived; `index`: its place in the log, so orders can be compared.
    """

    __slots__ = ("action", "at", "index", "station", "taken", "unique_id")

    def __init__(
        self, payload: Payload, *, action: str, at: float, index: int, station: str, unique_id: str
    ) -> None:
        super().__init__(payload)
        self.action, self.at, self.index = action, at, index
        self.station, self.unique_id = station, unique_id
        self.taken = False


@frozen
class LogEntry:
    """One frame, or an opening or closing. `direction`: "in" from the station, "out" to it.

    `kind`: CALL, RESULT, ERROR, garbage, open, close. `payload` of an ERROR: code and description.
    """

    index: int
    at: float
    station: str
    direction: str
    kind: str
    action: str
    payload: Any
    unique_id: str = ""


@define(eq=False)
class Rule:
    """What to answer to an action; made by `SimCsms.on`. Later words change it.

    `csms.on("Authorize").reply(idTagInfo={"status": "Blocked"}).once()`
    """

    action: str
    where: Where = None
    left: int | None = None
    """How many more calls it answers; None: all."""
    _answer: Answer | None = None
    _changes: Payload | None = None
    _error: tuple[str, str] | None = None
    _raw: str | None = None
    _silent: bool = False
    delay_s: float = 0.0

    def reply(self, answer: Answer | None = None, /, **fields: Any) -> Rule:
        """Answer with `answer` (a payload, or request -> payload), or else with the default
        answer changed by `fields`.
        """
        self._answer = answer
        self._changes = fields or None
        return self

    def error(self, code: str = "InternalError", description: str = "") -> Rule:
        """Answer with a CALLERROR."""
        self._error = (code, description)
        return self

    def silent(self) -> Rule:
        """Never answer."""
        self._silent = True
        return self

    def raw(self, text: str) -> Rule:
        """Send `text` for an answer, whatever it is; `{id}` in it stands for the message id."""
        self._raw = text
        return self

    def delay(self, seconds: float) -> Rule:
        """Answer so much later."""
        self.delay_s = seconds
        return self

    def once(self) -> Rule:
        """For one call only."""
        return self.times(1)

    def times(self, count: int) -> Rule:
        """For so many calls only."""
        self.left = count
        return self

    def applies(self, action: str, payload: Payload) -> bool:
        return action == self.action and matches(payload, self.where)

    # -- what the CSMS makes of it -------------------------------------------------------------

    @property
    def is_silent(self) -> bool:
        return self._silent

    @property
    def raw_text(self) -> str | None:
        return self._raw

    @property
    def failure(self) -> tuple[str, str] | None:
        return self._error

    def payload(self, request: Payload, default: Callable[[], Payload]) -> Payload:
        if self._answer is None:
            return {**default(), **(self._changes or {})}
        answer = self._answer(request) if callable(self._answer) else self._answer
        return dict(answer)


@define(eq=False)
class Script:
    """The rules: those with a count come first, in order; then the latest of the others."""

    _rules: list[Rule]

    @classmethod
    def empty(cls) -> Script:
        return cls([])

    def add(self, rule: Rule) -> Rule:
        self._rules.append(rule)
        return rule

    def forget(self, action: str | None) -> None:
        self._rules = [rule for rule in self._rules if action not in (None, rule.action)]

    def choose(self, action: str, payload: Payload) -> Rule | None:
        fitting = [rule for rule in self._rules if rule.applies(action, payload)]
        counted = [rule for rule in fitting if rule.left is not None]
        if counted:
            rule = counted[0]
            rule.left = (rule.left or 0) - 1
            if rule.left <= 0:
                self._rules.remove(rule)
            return rule
        return fitting[-1] if fitting else None


@define(eq=False)
class OutCall:
    """A call of the CSMS. `done` when answered, or when its link is gone (`lost`)."""

    action: str
    unique_id: str
    payload: Payload
    response: Payload | None = None
    error: CsmsCallError | None = None
    lost: bool = False

    @property
    def done(self) -> bool:
        return self.response is not None or self.error is not None or self.lost

    def result(self) -> Payload:
        """The response. Raises CsmsCallError; AssertionError if there is none."""
        if self.error is not None:
            raise self.error
        if self.response is None:
            why = "the link was lost" if self.lost else "not answered yet"
            raise AssertionError(f"no answer to {self.action}: {why}")
        return self.response
