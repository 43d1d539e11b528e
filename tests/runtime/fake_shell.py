"""A scripted kernel, transport and clock, to test the shell without a station."""

from __future__ import annotations

import asyncio
import functools
import threading
from collections.abc import Callable, Coroutine, Sequence
from datetime import UTC, datetime
from typing import Any

from ocpp_iface.engine.inputs import Command, Input, LinkOpened
from ocpp_iface.engine.outputs import CommandDone, OpenLink, Output
from ocpp_iface.ports.clock import Now
from ocpp_iface.ports.transport import CloseReason, LinkClose, LinkRequest, LinkSink
from ocpp_iface.storage import MemoryStore

REQUEST = LinkRequest("ws://csms.example/ocpp", "CS-1", ("ocpp2.0.1",))
START = datetime(2025, 1, 1, tzinfo=UTC)


def in_loop(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """Run a test on a fresh event loop, for at most ten seconds."""

    @functools.wraps(test)
    def run(*args: Any, **kwargs: Any) -> None:
        asyncio.run(asyncio.wait_for(test(*args, **kwargs), 10))

    return run


class FakeClock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.monotonic = 100.0

    def now(self) -> Now:
        return Now(self.monotonic, START)


Handler = Callable[[Any], Sequence[Output] | object]


class FakeKernel:
    """Records its steps. A command runs the handler of its type, which returns the answer or raises
    the error of the command; `script` adds outputs to the step of an input.
    """

    def __init__(self) -> None:
        self.store = ClosingStore()
        self.begun: Sequence[Output] = ()
        self.handlers: dict[type, Callable[[Any], object]] = {}
        self.script: Callable[[Input], Sequence[Output]] = lambda _incoming: ()
        self.deadline: float | None = None
        self.steps: list[tuple[Input, ...]] = []
        self.threads: list[threading.Thread] = []
        self.stepped = threading.Condition()
        self.broken: BaseException | None = None
        """Raised by the next begin or step."""

    @property
    def inputs(self) -> list[Input]:
        return [incoming for step in self.steps for incoming in step]

    def begin(self, now: Now) -> tuple[Output, ...]:
        self._note(())
        return tuple(self.begun)

    def step(self, inputs: Sequence[Input], now: Now) -> tuple[Output, ...]:
        outputs: list[Output] = []
        for incoming in inputs:
            outputs += self.script(incoming)
            if isinstance(incoming, Command):
                outputs += self._command(incoming)
        self._note(tuple(inputs))
        return tuple(outputs)

    def next_deadline(self) -> float | None:
        return self.deadline

    def _note(self, inputs: tuple[Input, ...]) -> None:
        self.threads.append(threading.current_thread())
        if self.broken is not None:
            broken, self.broken = self.broken, None
            raise broken
        with self.stepped:
            self.steps.append(inputs)
            self.stepped.notify_all()

    def _command(self, command: Command) -> list[Output]:
        handler = self.handlers.get(type(command.request))
        if handler is None:
            return []
        try:
            return [CommandDone(command.token or 0, handler(command.request))]
        except Exception as error:  # noqa: BLE001 - as the kernel does it
            return [CommandDone(command.token or 0, None, error)]


class ClosingStore(MemoryStore):
    """Knows whether it was closed."""

    __slots__ = ("closed",)

    def __init__(self) -> None:
        super().__init__()
        self.closed = False

    def close(self) -> None:
        self.closed = True
        super().close()


class FakeTransport:
    """A link that opens at once, and is closed when it is told to."""

    def __init__(self, sink: LinkSink, *, silent: bool = False) -> None:
        self.sink = sink
        self.silent = silent
        """Never says that it is closed."""
        self.sent: list[str] = []
        self.closes: list[tuple[int, str]] = []
        self.requests: list[LinkRequest] = []
        self.pings: tuple[float, float] | None = None

    def open(self, request: LinkRequest, /) -> None:
        self.requests.append(request)
        self.sink.opened("ocpp2.0.1")

    def send(self, text: str, /) -> None:
        self.sent.append(text)

    def keep_alive(self, ping_interval_s: float, pong_timeout_s: float, /) -> None:
        self.pings = (ping_interval_s, pong_timeout_s)

    def close(self, code: int = 1000, reason: str = "") -> None:
        self.closes.append((code, reason))
        if not self.silent:
            self.sink.closed(LinkClose(CloseReason.LOCAL, code, reason))


class FakeNetwork:
    """The transport factory; `links` in the order they were made."""

    def __init__(self, *, silent: bool = False) -> None:
        self.links: list[FakeTransport] = []
        self._silent = silent

    def __call__(self, sink: LinkSink) -> FakeTransport:
        self.links.append(FakeTransport(sink, silent=self._silent))
        return self.links[-1]


class Charger:
    """The least a hardware object may be."""

    def permit_energy(self, evse_id: int) -> None: ...

    def stop_energy(self, evse_id: int) -> None: ...


OPENS = (OpenLink(1, REQUEST),)
OPENED = LinkOpened(1, "ocpp2.0.1")
