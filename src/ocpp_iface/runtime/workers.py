"""A few threads for the app's blocking methods.

Threads are made when they are needed, reused, and end after a while of idleness. They are daemons: a
method that hangs for ever costs a thread, but never keeps the process from ending (the pool of
`concurrent.futures` would).
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextvars import Context, copy_context
from queue import Empty, SimpleQueue
from typing import Any, Final

from attrs import define, field, frozen

IDLE_S: Final = 60.0
LIMIT: Final = 32


@frozen
class _Job:
    work: Callable[[], Any]
    context: Context
    done: asyncio.Future[Any]
    loop: asyncio.AbstractEventLoop


@define(eq=False)
class Workers:
    """Belongs to one event loop; `run` is called there."""

    limit: int = LIMIT
    """Threads at most; what comes on top waits for one to be free."""
    _jobs: SimpleQueue[_Job] = field(factory=SimpleQueue, init=False)
    _lock: threading.Lock = field(factory=threading.Lock, init=False)
    _threads: int = field(default=0, init=False)
    _busy: int = field(default=0, init=False)
    """Jobs that are queued or running."""

    def run(self, work: Callable[[], Any]) -> asyncio.Future[Any]:
        """Its result or exception. Cancelling the future does not stop the work.

        Raises RuntimeError if there is no thread for it; it is never done then.
        """
        loop = asyncio.get_running_loop()
        done: asyncio.Future[Any] = loop.create_future()
        with self._lock:
            if self._threads <= self._busy and self._threads < self.limit:
                self._start()
            self._busy += 1
            self._jobs.put(_Job(work, copy_context(), done, loop))
        return done

    def _start(self) -> None:
        try:
            threading.Thread(target=self._work, name="ocpp-hardware", daemon=True).start()
        except RuntimeError:  # the system gives no more threads: those that there are do the work
            if not self._threads:
                raise
        else:
            self._threads += 1

    def _work(self) -> None:
        while True:
            try:
                job = self._jobs.get(timeout=IDLE_S)
            except Empty:
                with self._lock:
                    if self._jobs.empty():
                        self._threads -= 1
                        return
                continue
            self._perform(job)
            del job  # an idle thread holds nothing

    def _perform(self, job: _Job) -> None:
        result, error = None, None
        try:
            result = job.context.run(job.work)
        except BaseException as raised:  # noqa: BLE001 - it belongs to who asked, whatever it is
            error = raised
        with self._lock:
            self._busy -= 1
        try:
            job.loop.call_soon_threadsafe(settle, job.done, result, error)
        except RuntimeError:  # the loop is closed: nobody waits any more
            return


def settle(
    future: asyncio.Future[Any], result: object = None, error: BaseException | None = None
) -> None:
    """Answer a future, unless it was cancelled or answered already."""
    if future.done():
        return
    if error is None:
        future.set_result(result)
    elif isinstance(error, StopIteration | SystemExit | KeyboardInterrupt):
        future.set_exception(RuntimeError(f"raised {type(error).__name__}"))  # no future takes it
    else:
        future.set_exception(error)
