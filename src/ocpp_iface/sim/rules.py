"""What the wire itself forbids a station, watched at the station's end of the link.

A real CSMS cannot see all of this (a frame that crossed its answer looks like a second call in
flight); the simulation can, so that a violation is one.
"""

from __future__ import annotations

from collections.abc import Callable

from attrs import define, field

from ocpp_iface.wire.frame import Call, CallError, CallResult, Frame

ANSWER_WITHIN_S = 30.0
LONGEST_ID = 36
_UNREADABLE = "-1"
_REPORTS = ("GetBaseReport", "GetReport")


@define(eq=False)
class WireRules:
    """One for a station; it lives through reconnects and restarts, as message ids have to."""

    report: Callable[[str], None]
    shortest_timeout_s: float = 5.0
    """An own call this old may have been given up by the station, so another may follow it."""
    registration: str | None = None
    """What the last BootNotification was answered; None: not yet since the process started."""
    _used: dict[str, None] = field(factory=dict)
    _outstanding: tuple[Call, float] | None = None
    _open: dict[str, list[tuple[str, float, bool]]] = field(factory=dict)
    _answered: dict[str, None] = field(factory=dict)
    _broken: list[str | None] = field(factory=list)
    _triggered: dict[str, int] = field(factory=dict)
    _boot_not_before: float | None = None

    def process_started(self) -> None:
        self.registration = None
        self._boot_not_before = None
        self._triggered.clear()

    def link_changed(self) -> None:
        """Opened or closed: what was on the line is nobody's any more."""
        self._outstanding = None
        self._open.clear()
        self._answered.clear()
        self._broken.clear()
        self._boot_not_before = None

    def sent(self, now: float, frame: Frame) -> None:
        if isinstance(frame, Call):
            self._call_sent(now, frame)
        else:
            self._answer_sent(frame)

    def heard(self, now: float, frame: Frame) -> None:
        if isinstance(frame, Call):
            optional = self.registration in (None, "Rejected")
            entry = (frame.action, now, optional)
            self._open.setdefault(frame.unique_id, []).append(entry)
            self._note_triggers(frame)
            return
        if self._outstanding is None or self._outstanding[0].unique_id != frame.unique_id:
            return
        call, self._outstanding = self._outstanding[0], None
        if call.action == "BootNotification" and isinstance(frame, CallResult):
            self._registered(now, frame)

    def heard_garbage(self, unique_id: str | None) -> None:
        """Not a frame; the station may answer it with the id it could read."""
        self._broken.append(unique_id)

    def unanswered(self, now: float) -> list[str]:
        """Calls of the CSMS that should have an answer by now."""
        return [
            f"no answer to {action} {unique_id} since {now - at:.1f} s"
            for unique_id, entries in self._open.items()
            for action, at, optional in entries
            if not optional and now - at > ANSWER_WITHIN_S
        ]

    # -- inside ------------------------------------------------------------------------------

    def _call_sent(self, now: float, call: Call) -> None:
        if call.unique_id in self._used:
            self.report(f"message id {call.unique_id} is used again, for {call.action}")
        self._used[call.unique_id] = None
        if len(call.unique_id) > LONGEST_ID:
            self.report(f"message id {call.unique_id} is longer than {LONGEST_ID}")
        if self._outstanding is not None:
            before, at = self._outstanding
            if now - at < self.shortest_timeout_s:
                self.report(f"{call.action} is sent while {before.action} waits for its answer")
        self._outstanding = (call, now)
        self._check_registration(now, call.action)

    def _check_registration(self, now: float, action: str) -> None:
        if self.registration == "Accepted":
            return
        if self._triggered.get(action, 0) > 0:
            if action != "NotifyReport":
                self._triggered[action] -= 1
            return
        if action != "BootNotification":
            state = self.registration or "no BootNotification was answered"
            self.report(f"{action} is sent although the registration says: {state}")
        elif self._boot_not_before is not None and now < self._boot_not_before - 0.5:
            early = self._boot_not_before - now
            self.report(f"BootNotification is repeated {early:.1f} s before the interval is over")

    def _registered(self, now: float, answer: CallResult) -> None:
        self.registration = answer.payload.get("status")
        interval = answer.payload.get("interval", 0)
        waits = self.registration != "Accepted" and isinstance(interval, int) and interval > 0
        self._boot_not_before = now + interval if waits else None

    def _answer_sent(self, answer: CallResult | CallError) -> None:
        unique_id = answer.unique_id
        waiting = self._open.get(unique_id)
        if waiting:
            waiting.pop(0)
            if not waiting:
                del self._open[unique_id]
            self._answered[unique_id] = None
        elif unique_id in self._broken:
            self._broken.remove(unique_id)
        elif unique_id == _UNREADABLE and None in self._broken:
            self._broken.remove(None)
        elif unique_id in self._answered:
            self.report(f"call {unique_id} is answered twice")
        else:
            self.report(f"an answer is sent for {unique_id}, which nobody called")

    def _note_triggers(self, call: Call) -> None:
        name = str(call.payload.get("requestedMessage", ""))
        if call.action in _REPORTS:
            name = "NotifyReport"
        elif name.startswith("Sign"):
            name = "SignCertificate"
        if name:
            self._triggered[name] = self._triggered.get(name, 0) + 1
