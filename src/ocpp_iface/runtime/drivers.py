"""Where the steps of a kernel happen: in the event loop, or in a thread of their own.

All inputs that wait go into one step, so a burst costs one commit. With the memory store a step
runs in the event loop, at once for what the link brings, else on the next turn: no task, no hop.
With a file store the kernel has its own thread, so that an fsync never blocks the loop; a step then
costs one hop there and one back, and takes a flood in portions. Nothing polls: an idle station is a
timer, or a thread that waits for one.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from queue import Empty, SimpleQueue
from typing import Any, Final, Protocol

from attrs import define, field

from ocpp_iface.engine.inputs import FrameReceived, Input, Tick
from ocpp_iface.engine.outputs import Output
from ocpp_iface.errors import StoreError
from ocpp_iface.log import Log
from ocpp_iface.ports.clock import Clock, Now
from ocpp_iface.ports.store import Store
from ocpp_iface.runtime.workers import settle

log = Log(__name__)

_INPUTS_A_STEP: Final = 256
"""In the thread: the outputs of one step are performed in one go, and that must not take long."""
_MAX_WAITING_BYTES: Final = 4 * 1024 * 1024
_INPUT_BYTES: Final = 500
"""About what an input takes, besides the text of a frame."""

Perform = Callable[[Sequence[Output]], None]
Fail = Callable[[BaseException], None]


class Steps(Protocol):
    """What the shell needs of a kernel (`engine.kernel.Kernel`)."""

    @property
    def store(self) -> Store: ...

    def begin(self, now: Now) -> tuple[Output, ...]: ...

    def step(self, inputs: Sequence[Input], now: Now) -> tuple[Output, ...]: ...

    def next_deadline(self) -> float | None: ...


class Driver(Protocol):
    """Belongs to one loop; `perform` and `fail` are called there.

    If a step raises, memory may be ahead of the store: no further step happens, and `fail` says so.
    """

    async def begin(self) -> None:
        """The first step. Raises what it raises."""

    def feed(self, incoming: Input) -> None: ...

    def take(self, incoming: Input) -> None:
        """`feed` for a caller with none of the app's code below it: the step may happen at once."""

    def full(self) -> bool:
        """More waits for a step than should: whoever can, holds back what would come next."""

    async def end(self) -> None:
        """No step happens after this; what was fed before is handled. Closes the store."""


@define(eq=False)
class InlineDriver:
    """Steps in the event loop itself."""

    _kernel: Steps
    _clock: Clock
    _perform: Perform
    _fail: Fail
    _loop: asyncio.AbstractEventLoop = field(factory=asyncio.get_running_loop, init=False)
    _inbox: list[Input] = field(factory=list, init=False)
    _scheduled: bool = field(default=False, init=False)
    _stepping: bool = field(default=False, init=False)
    """A step, or the performing of its outputs, is on the stack."""
    _timer: asyncio.TimerHandle | None = field(default=None, init=False)
    _armed_for: float = field(default=0.0, init=False)
    _ended: bool = field(default=False, init=False)

    async def begin(self) -> None:
        try:
            outputs = self._kernel.begin(self._clock.now())
        except BaseException:
            self._close()
            raise
        self._perform(outputs)
        self._arm()

    def feed(self, incoming: Input) -> None:
        if self._ended:
            return
        self._inbox.append(incoming)
        if not self._scheduled:
            self._scheduled = True
            self._loop.call_soon(self._turn)

    def take(self, incoming: Input) -> None:
        """Spares a turn of the loop, which costs as much as a small step."""
        if self._ended:
            return
        if self._stepping or self._scheduled:
            self.feed(incoming)
        else:
            self._inbox.append(incoming)
            self._step()

    def full(self) -> bool:
        return False  # what waits has its step within this turn of the loop, or the next

    async def end(self) -> None:
        if self._inbox:
            self._step()
        self._close()

    def _turn(self) -> None:
        self._scheduled = False
        self._step()

    def _step(self) -> None:
        if self._ended or not self._inbox:
            return
        self._stepping = True
        try:
            self._step_now()
        finally:
            self._stepping = False

    def _step_now(self) -> None:
        inputs, self._inbox = self._inbox, []
        try:
            outputs = self._kernel.step(inputs, self._clock.now())
        except BaseException as error:
            self._close()
            self._fail(error)
            if isinstance(error, Exception):
                return
            raise  # the process is told to end: by a signal, by a log handler of the app
        self._perform(outputs)
        self._arm()

    def _arm(self) -> None:
        """A timer that fires too early is kept: waking once for nothing is cheaper than re-arming
        with every message.
        """
        deadline = self._kernel.next_deadline()
        if deadline is None:
            self._disarm()
        elif self._timer is None or deadline < self._armed_for:
            self._disarm()
            self._armed_for = deadline
            delay = deadline - self._clock.now().monotonic
            self._timer = self._loop.call_later(max(0.0, delay), self._tick)

    def _tick(self) -> None:
        self._timer = None
        deadline = self._kernel.next_deadline()
        if deadline is not None and deadline <= self._clock.now().monotonic:
            self.take(Tick())
        else:
            self._arm()

    def _disarm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _close(self) -> None:
        if not self._ended:
            self._ended = True
            self._inbox.clear()
            self._disarm()
            _close_store(self._kernel)


@define(eq=False)
class ThreadDriver:
    """Steps in a thread of its own; only that thread touches the kernel and its store."""

    _kernel: Steps
    _clock: Clock
    _perform: Perform
    _fail: Fail
    _loop: asyncio.AbstractEventLoop = field(factory=asyncio.get_running_loop, init=False)
    _inbox: SimpleQueue[Input | None] = field(factory=SimpleQueue, init=False)
    """None: the end."""
    _fed: int = field(default=0, init=False)
    """Sizes of all inputs that were fed; written in the loop."""
    _handled: int = field(default=0, init=False)
    """Sizes of those that had their step; written in the thread."""
    _ended: bool = field(default=False, init=False)
    _begun: asyncio.Future[None] = field(init=False)
    _gone: asyncio.Future[None] = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._begun = self._loop.create_future()
        self._gone = self._loop.create_future()

    async def begin(self) -> None:
        try:
            threading.Thread(target=self._run, name="ocpp-kernel", daemon=True).start()
        except RuntimeError:  # the system gives no more threads
            self._ended = True
            _close_store(self._kernel)
            settle(self._gone)
            raise
        await self._begun

    def feed(self, incoming: Input) -> None:
        if not self._ended:
            self._fed += _size(incoming)
            self._inbox.put(incoming)

    take = feed

    def full(self) -> bool:
        return self._fed - self._handled > _MAX_WAITING_BYTES and not self._ended

    async def end(self) -> None:
        self._inbox.put(None)
        await asyncio.shield(self._gone)

    def _run(self) -> None:
        try:
            outputs = self._kernel.begin(self._clock.now())
        except BaseException as error:  # noqa: BLE001 - it belongs to who starts the service
            _close_store(self._kernel)
            self._tell(settle, self._begun, None, error)
            self._tell(settle, self._gone)
            return
        self._tell(self._perform, outputs)
        self._tell(settle, self._begun)
        try:
            while self._step():
                pass
        except BaseException as error:  # noqa: BLE001 - every reason not to go on is handled alike
            self._tell(self._fail, error)
        finally:
            self._ended = True
            _close_store(self._kernel)
            self._tell(settle, self._gone)

    def _step(self) -> bool:
        """Wait for inputs or the deadline, and handle them. False: that was the last step."""
        inputs: list[Input] = []
        incoming = self._wait()
        while incoming is not None:
            inputs.append(incoming)
            if self._inbox.empty() or len(inputs) == _INPUTS_A_STEP:
                break
            incoming = self._inbox.get()
        if inputs:
            outputs = self._kernel.step(inputs, self._clock.now())
            self._handled += sum(map(_size, inputs))
            if outputs:
                self._tell(self._perform, outputs)
        return incoming is not None

    def _wait(self) -> Input | None:
        deadline = self._kernel.next_deadline()
        if deadline is None:
            return self._inbox.get()
        delay = deadline - self._clock.now().monotonic
        if delay <= 0:
            return Tick()
        try:
            return self._inbox.get(timeout=min(delay, threading.TIMEOUT_MAX))
        except Empty:
            return Tick()

    def _tell(self, action: Callable[..., None], *args: Any) -> None:
        try:
            self._loop.call_soon_threadsafe(action, *args)
        except RuntimeError:  # the loop is closed: the process ends
            self._inbox.put(None)


def _size(incoming: Input) -> int:
    """In bytes, roughly. A tick of the thread's own was never fed."""
    if isinstance(incoming, FrameReceived):
        return _INPUT_BYTES + len(incoming.text)
    return 0 if isinstance(incoming, Tick) else _INPUT_BYTES


def _close_store(kernel: Steps) -> None:
    try:
        kernel.store.close()
    except StoreError as error:  # all that was committed is safe
        log.crash("store did not close", error)
