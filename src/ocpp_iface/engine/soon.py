"""Something to be done once, when the input that asked for it has been handled."""

from __future__ import annotations

from collections.abc import Callable

from ocpp_iface.engine.flows import Flows


class Soon:
    """`soon()` any number of times in an input runs `work` once, after it: so passing states are
    not seen.
    """

    __slots__ = ("_due", "_flows", "_name", "_work")

    def __init__(self, flows: Flows, name: str, work: Callable[[], None]) -> None:
        self._flows, self._name, self._work = flows, name, work
        self._due = False

    def __call__(self, _event: object = None) -> None:
        if not self._due:
            self._due = True
            self._flows.start(self._name, self._run())

    async def _run(self) -> None:
        self._due = False
        self._work()
