"""Two private threads for apps without asyncio: one with an event loop, one for callbacks."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import CancelledError, Future
from contextvars import Context, copy_context
from queue import SimpleQueue
from typing import Any, Final, TypeVar

from attrs import define, field, frozen

from ocpp_iface.errors import NotRunning
from ocpp_iface.log import Log
from ocpp_iface.runtime.workers import settle

log = Log(__name__)

T = TypeVar("T")

_JOIN_S: Final = 5.0


class LoopThread:
    """An event loop in a thread of its own, from `start` to `stop`; used once."""

    def __init__(self, name: str) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._lock = threading.Lock()
        self._stopped = False
        self._process = os.getpid()

    def start(self) -> None:
        self._thread.start()

    @property
    def is_current(self) -> bool:
        return threading.current_thread() is self._thread

    @property
    def ended(self) -> bool:
        return self._stopped

    @property
    def left_behind(self) -> bool:
        """In a fork of the process that runs it: threads do not come along."""
        return os.getpid() != self._process

    def call(self, work: Callable[[], Coroutine[Any, Any, T]], timeout: float | None) -> T:
        """The result of the coroutine, run in the loop; from any other thread.

        Raises what it raises; TimeoutError after `timeout` seconds, and cancels it then; NotRunning
        if the loop has ended, or ends meanwhile.
        """
        future = self.submit(work)
        try:
            return future.result(timeout)
        except CancelledError:
            raise NotRunning("the service was closed") from None
        except BaseException:  # the time-out, a KeyboardInterrupt, or its own exception
            future.cancel()
            raise

    def submit(self, work: Callable[[], Coroutine[Any, Any, T]]) -> Future[T]:
        """Start the coroutine. Raises NotRunning if the loop has ended."""
        if self.is_current:
            raise RuntimeError(
                "a blocking call in the thread of the event loop would wait for itself; "
                "an async hardware method has to make it in another thread"
            )
        with self._lock:
            if self._stopped:
                raise NotRunning("the service was closed")
            return asyncio.run_coroutine_threadsafe(work(), self._loop)

    def stop(self) -> None:
        """End the loop; what still runs in it is cancelled."""
        with self._lock:
            if self._stopped:
                return
            self._stopped = True
            self._loop.call_soon_threadsafe(self._loop.stop)
        if not self.is_current:
            self._thread.join(_JOIN_S)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_forever()
        finally:
            try:
                _cancel_all(self._loop)
                self._loop.run_until_complete(self._loop.shutdown_asyncgens())
            finally:
                self._loop.close()


def _cancel_all(loop: asyncio.AbstractEventLoop) -> None:
    tasks = asyncio.all_tasks(loop)
    for task in tasks:
        task.cancel()
    if tasks:
        loop.run_until_complete(asyncio.wait(tasks, timeout=_JOIN_S))


@frozen
class _Job:
    work: Callable[[], object]
    context: Context
    started: asyncio.Future[None]
    done: asyncio.Future[object]
    loop: asyncio.AbstractEventLoop

    def tell(self, future: asyncio.Future[Any], error: BaseException | None = None) -> None:
        try:
            self.loop.call_soon_threadsafe(settle, future, None, error)
        except RuntimeError:  # the loop is closed: nobody waits any more
            return


@define(eq=False)
class CallbackThread:
    """Runs callbacks one after the other, never two at once, in a thread made for them.

    A callback that hangs, or waits for the others, keeps its thread; they go on in a new one.
    """

    _name: str
    _jobs: SimpleQueue[_Job | None] = field(factory=SimpleQueue, init=False)
    _thread: threading.Thread | None = field(default=None, init=False)
    _lock: threading.Lock = field(factory=threading.Lock, init=False)

    @property
    def is_current(self) -> bool:
        return threading.current_thread() is self._thread

    async def run(self, work: Callable[[], object], timeout_s: float | None) -> bool:
        """False if `work` did not end `timeout_s` after its start. Raises what it raises.

        On the event loop that waits for it.
        """
        loop = asyncio.get_running_loop()
        job = _Job(work, copy_context(), loop.create_future(), loop.create_future(), loop)
        with self._lock:
            self._jobs.put(job)
            if self._thread is None:
                self._start()
        await job.started
        limit = asyncio.timeout(timeout_s)
        try:
            async with limit:
                await job.done
        except TimeoutError:
            if not limit.expired():
                raise
            self._replace()
            return False
        return True

    def step_aside(self) -> None:
        """In a callback that is going to wait for those behind it; elsewhere without effect."""
        if self.is_current:
            self._replace()

    def stop(self) -> None:
        """The thread ends after what is queued."""
        with self._lock:
            self._jobs.put(None)
            self._jobs = SimpleQueue()
            self._thread = None

    def _replace(self) -> None:
        """The thread is not free: what waits goes to a new one."""
        with self._lock:
            left, self._jobs = self._jobs, SimpleQueue()
            while not left.empty():
                self._jobs.put(left.get())
            left.put(None)  # the end of the old thread, if it ever comes back
            self._start()

    def _start(self) -> None:
        jobs = self._jobs
        self._thread = threading.Thread(target=_work, args=(jobs,), name=self._name, daemon=True)
        self._thread.start()


def _work(jobs: SimpleQueue[_Job | None]) -> None:
    while (job := jobs.get()) is not None:
        job.tell(job.started)
        error: BaseException | None = None
        try:
            job.context.run(job.work)
        except BaseException as raised:  # noqa: BLE001 - it belongs to who asked, whatever it is
            error = raised
        job.tell(job.done, error)
        del job
