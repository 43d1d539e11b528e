"""Calling the CSMS from a block."""

from __future__ import annotations

from typing import Any

from ocpp_iface.engine.outbox import Lane, Outbox
from ocpp_iface.engine.traps import Disarm, Resume, Trap
from ocpp_iface.log import Log

log = Log(__name__)


class Csms:
    """`await csms.call(request)` returns the typed response or raises CallError."""

    __slots__ = ("_outbox",)

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox

    def call(self, request: object, lane: Lane = Lane.NORMAL) -> Trap[Any]:
        """Raises CallTimedOut, CallFailed, CallDropped (offline or not accepted: at once)."""

        def arm(resume: Resume) -> Disarm:
            def answer(response: object, error: Exception | None) -> None:
                if error is not None:
                    resume.error(error)
                else:
                    resume.value(response)

            item = self._outbox.call(request, lane, answer)
            return lambda: self._outbox.withdraw(item)

        return Trap(arm)

    def post(self, request: object, lane: Lane = Lane.NORMAL) -> None:
        """Send without waiting for the answer; dropped if it cannot leave now."""
        self._outbox.call(request, lane, _ignore)


def _ignore(_response: object, error: Exception | None) -> None:
    if error is not None:
        log.debug("message without effect", error=error)
