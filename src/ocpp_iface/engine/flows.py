"""The deterministic runner of the kernel's coroutines.

A flow is straight-line code of a block that has to wait. It may await only traps; it holds no fact
that is not also a row, since a power cut ends it at any await. Runnable flows run in the order in
which they became runnable.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any

from ocpp_iface.engine.traps import Disarm, Resume, Trap
from ocpp_iface.errors import ForeignAwaitable, OcppIfaceError

Done = Callable[[object, Exception | None], None]


class FlowCancelled(BaseException):
    """Thrown into a flow that is given up, so that its `finally` blocks run."""


class Flow:
    __slots__ = ("_coroutine", "_disarm", "_done", "finished", "name")

    def __init__(self, name: str, coroutine: Coroutine[Any, Any, Any], done: Done | None) -> None:
        self.name = name
        self.finished = False
        self._coroutine = coroutine
        self._done = done
        self._disarm: Disarm | None = None

    def __repr__(self) -> str:
        return f"Flow({self.name})"


class Flows:
    __slots__ = ("_alive", "_fallen", "_ready", "_running")

    def __init__(self) -> None:
        self._alive: dict[int, Flow] = {}
        self._fallen: list[tuple[Done, Exception]] = []
        self._ready: deque[tuple[Flow, object, Exception | None]] = deque()
        self._running: Flow | None = None

    def start(
        self, name: str, coroutine: Coroutine[Any, Any, Any], done: Done | None = None
    ) -> Flow:
        """Queue the flow; `done(value, error)` is called when it ends.

        An error that the library knows (OcppIfaceError) is the flow's way to refuse. Any other, and
        every error of a flow without `done`, is a crash of the input that ran it: it is raised, and
        who waits is told when the crash has been dealt with (`tell_fallen`).
        """
        flow = Flow(name, coroutine, done)
        self._alive[id(flow)] = flow
        self._ready.append((flow, None, None))
        return flow

    def run_to_rest(self) -> None:
        while self._ready:
            flow, value, error = self._ready.popleft()
            if not flow.finished:
                self._advance(flow, value, error)

    def cancel(self, flow: Flow) -> None:
        """Give the flow up; its `done` is not called."""
        if flow.finished:
            return
        flow._done = None
        self._end(flow)
        if flow is not self._running:  # a flow that cancels itself ends at its next await
            _close(flow)

    def cancel_all(self, error: Exception) -> None:
        """Give every flow up; those with somebody waiting report `error`."""
        for flow in list(self._alive.values()):
            done = flow._done
            self.cancel(flow)
            if done is not None:
                done(None, error)
        self._ready.clear()

    def tell_fallen(self) -> None:
        """Tell those who waited for a flow that crashed; what it had written is undone by now."""
        fallen, self._fallen = self._fallen, []
        for done, crash in fallen:
            done(None, crash)

    def __len__(self) -> int:
        return len(self._alive)

    def names(self) -> list[str]:
        return [flow.name for flow in self._alive.values()]

    def _advance(self, flow: Flow, value: object, error: Exception | None) -> None:
        flow._disarm = None
        self._running = flow
        try:
            trap = flow._coroutine.throw(error) if error else flow._coroutine.send(value)
        except StopIteration as stop:
            self._finish(flow, stop.value, None)
            return
        except OcppIfaceError as refusal:
            if flow._done is None and not flow.finished:
                self._end(flow)
                raise
            self._finish(flow, None, refusal)
            return
        except Exception as crash:
            if flow.finished:
                return
            if flow._done is not None:
                self._fallen.append((flow._done, crash))
            self._end(flow)
            raise
        finally:
            self._running = None
        if flow.finished:  # cancelled from inside itself
            _close(flow)
        elif isinstance(trap, Trap):
            self._arm(flow, trap)
        else:
            wrong = ForeignAwaitable(f"{flow.name} awaited {type(trap).__name__}, not a trap")
            self._ready.append((flow, None, wrong))

    def _arm(self, flow: Flow, trap: Trap[Any]) -> None:
        def deliver(value: object, error: Exception | None) -> None:
            if not flow.finished:
                self._ready.append((flow, value, error))

        flow._disarm = trap.arm(Resume(deliver))

    def _finish(self, flow: Flow, value: object, error: Exception | None) -> None:
        done = flow._done
        self._end(flow)
        if done is not None:
            done(value, error)

    def _end(self, flow: Flow) -> None:
        flow.finished = True
        self._alive.pop(id(flow), None)
        if flow._disarm is not None:
            flow._disarm()
            flow._disarm = None


def _close(flow: Flow) -> None:
    try:
        flow._coroutine.throw(FlowCancelled())
    except (FlowCancelled, StopIteration):
        return
    except Exception:  # noqa: BLE001 - a flow that fails while being given up must not stop the rest
        return
    flow._coroutine.close()
