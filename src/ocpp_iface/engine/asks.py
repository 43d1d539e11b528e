"""Questions and orders to the hardware side, and their answers."""

from __future__ import annotations

from typing import Any

from ocpp_iface.engine.outputs import AskPort, Outbound
from ocpp_iface.engine.traps import Disarm, Resume, Trap
from ocpp_iface.errors import PortError
from ocpp_iface.log import Log

log = Log(__name__)

DEADLINE_S = 30.0


class Asks:
    """`supports` tells what the app implements; what it does not is never asked for."""

    __slots__ = ("_count", "_methods", "_outbound", "_waiting")

    def __init__(self, outbound: Outbound, methods: frozenset[str]) -> None:
        self._outbound = outbound
        self._methods = methods
        self._waiting: dict[int, Resume | None] = {}
        self._count = 0

    def supports(self, method: str) -> bool:
        return method in self._methods

    def ask(self, method: str, *args: Any, deadline_s: float = DEADLINE_S) -> Trap[Any]:
        """Await the answer of the hardware; raises PortError."""

        def arm(resume: Resume) -> Disarm:
            token = self._send(method, args, deadline_s, resume)

            def disarm() -> None:
                self._waiting[token] = None

            return disarm

        return Trap(arm)

    def tell(self, method: str, *args: Any, deadline_s: float = DEADLINE_S) -> None:
        """An order nobody waits for; its failure is logged. Unsupported methods are skipped."""
        if self.supports(method):
            self._send(method, args, deadline_s, None)

    def replied(self, token: int, value: object, error: PortError | None) -> None:
        if token not in self._waiting:
            return
        resume = self._waiting.pop(token)
        if resume is None:
            if error is not None:
                log.warning("hardware order failed", error=error)
        elif error is not None:
            resume.error(error)
        else:
            resume.value(value)

    def forget(self) -> None:
        """Nobody waits any more: the flows that asked are gone."""
        self._waiting = dict.fromkeys(self._waiting)

    def _send(
        self, method: str, args: tuple[Any, ...], deadline_s: float, resume: Resume | None
    ) -> int:
        self._count += 1
        self._waiting[self._count] = resume
        self._outbound.add(Outbound.ASK, AskPort(self._count, method, args, deadline_s))
        return self._count
