"""Calls of the app's hardware methods: asked by the kernel, answered exactly once.

`async def` methods run as tasks, `def` methods in a thread. A call that exceeds its deadline, raises
or answers nonsense is answered by a PortError. Calls whose first argument is the same EVSE run one
after the other, in the order they were asked: a `permit_energy` can never overtake a `stop_energy`.
A call that hangs delays those behind it by its deadline at most.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Collection, Coroutine, Mapping
from contextvars import ContextVar
from inspect import isawaitable, iscoroutinefunction
from typing import Any, Final

from attrs import define, field

from ocpp_iface.engine.inputs import PortReplied
from ocpp_iface.engine.outputs import AskPort
from ocpp_iface.errors import PortError, PortRefused, PortTimedOut
from ocpp_iface.log import Log
from ocpp_iface.ports.hardware import Hardware, OptionalHardware, UnlockOutcome
from ocpp_iface.runtime.workers import Workers
from ocpp_iface.types import DataTransferResponse, MeterReading

log = Log(__name__)

_CALL: ContextVar[asyncio.Task[None] | None] = ContextVar("ocpp_iface_port_call", default=None)
"""The task that performs an order, in whatever the called method starts too."""


def _names(protocol: type) -> tuple[str, ...]:
    return tuple(name for name in vars(protocol) if not name.startswith("_"))


MANDATORY: Final = _names(Hardware)
OPTIONAL: Final = _names(OptionalHardware)


def hardware_methods(hardware: object) -> frozenset[str]:
    """Which methods of `ports.hardware` the app's object has.

    Raises TypeError naming a mandatory method that is missing, or one that is no method.
    """
    for name in MANDATORY:
        if not callable(_own(hardware, Hardware, name)):
            raise TypeError(f"{type(hardware).__name__} must have a method {name}")
    found = {name: _own(hardware, OptionalHardware, name) for name in OPTIONAL}
    for name, method in found.items():
        if method is not _ABSENT and not callable(method):
            raise TypeError(f"{type(hardware).__name__}.{name} is not a method")
    present = (name for name, method in found.items() if method is not _ABSENT)
    return frozenset((*MANDATORY, *present))


_ABSENT: Final = object()


def _own(hardware: object, protocol: type, name: str) -> object:
    """The app's method. That of the protocol, which a subclass inherits, does nothing: it would be
    taken for energy that was stopped.
    """
    method = getattr(hardware, name, _ABSENT)
    inherited = getattr(method, "__func__", method) is vars(protocol)[name]
    return _ABSENT if inherited else method


def _reading(value: object) -> object:
    if value is None or isinstance(value, MeterReading):
        return value
    raise PortRefused(f"expected a MeterReading or None, not {type(value).__name__}")


def _unlocked(value: object) -> object:
    if isinstance(value, UnlockOutcome):
        return value
    if isinstance(value, bool):
        return UnlockOutcome.UNLOCKED if value else UnlockOutcome.FAILED
    raise PortRefused(f"expected an UnlockOutcome or a bool, not {type(value).__name__}")


def _flag(value: object) -> object:
    if isinstance(value, bool):
        return value
    raise PortRefused(f"expected a bool, not {type(value).__name__}")


def _transferred(value: object) -> object:
    if value is None or isinstance(value, DataTransferResponse):
        return value
    raise PortRefused(f"expected a DataTransferResponse or None, not {type(value).__name__}")


def _selected(value: object) -> object:
    if isinstance(value, Collection) and all(type(number) is int for number in value):
        return tuple(sorted(set(value)))
    raise PortRefused(f"expected numbers of EVSEs, not {type(value).__name__}")


_RESULTS: Final[Mapping[str, Callable[[object], object]]] = {
    "stop_energy": _reading,
    "read_meter": _reading,
    "unlock": _unlocked,
    "reset": _flag,
    "data_transfer": _transferred,
    "select_to_stop": _selected,
}
"""What a method may answer; of the others the answer means nothing."""


def checked(method: str, value: object) -> object:
    """The answer of a method as the kernel gets it. Raises PortRefused for nonsense."""
    check = _RESULTS.get(method)
    return check(value) if check else None


@define(eq=False)
class PortCalls:
    """Performs the orders of one kernel; belongs to one event loop."""

    _hardware: object
    _reply: Callable[[PortReplied], None]
    _workers: Workers = field(factory=Workers)
    _lanes: dict[int, deque[AskPort]] = field(factory=dict, init=False)
    """What waits behind the call that runs, by the number of the EVSE."""
    _tasks: dict[asyncio.Task[None], None] = field(factory=dict, init=False)

    def ask(self, order: AskPort) -> None:
        key = order.args[0] if order.args and type(order.args[0]) is int else None
        if key is None:
            self._start(self._perform(order))
        elif key in self._lanes:
            self._lanes[key].append(order)
        else:
            self._lanes[key] = deque((order,))
            self._start(self._run_lane(key))

    async def finish(self, grace_s: float) -> None:
        """Let the calls that run end for `grace_s` seconds, then cancel them.

        The call that waits for this (the app closes the service in a hardware method) is left out.
        """
        own = _CALL.get()
        waiting = [task for task in self._tasks if task is not own]
        if waiting:
            _, late = await asyncio.wait(waiting, timeout=grace_s)
            for task in late:
                task.cancel()

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks[task] = None
        task.add_done_callback(self._tasks.pop)

    async def _run_lane(self, key: int) -> None:
        lane = self._lanes[key]
        try:
            while lane:
                await self._perform(lane.popleft())
        finally:
            del self._lanes[key]

    async def _perform(self, order: AskPort) -> None:
        _CALL.set(asyncio.current_task())
        value: object = None
        error: PortError | None = None
        try:
            value = await self._within_deadline(order)
            value = checked(order.method, value)
        except PortError as refusal:
            log.warning("hardware failed", method=order.method, error=refusal)
            value, error = None, refusal
        except asyncio.CancelledError:
            self._reply(PortReplied(order.token, error=PortRefused("the service was closed")))
            raise
        except Exception as crash:  # noqa: BLE001 - the app's code may raise anything
            log.crash("hardware raised", crash, method=order.method)
            value, error = None, PortRefused(f"{order.method} raised {type(crash).__name__}")
        self._reply(PortReplied(order.token, value, error))

    async def _within_deadline(self, order: AskPort) -> object:
        """The method may ignore its cancellation; then it is left to itself."""
        call = asyncio.get_running_loop().create_task(self._call(order))
        try:
            done, _ = await asyncio.wait((call,), timeout=order.deadline_s)
        except asyncio.CancelledError:
            call.cancel()
            raise
        if not done:
            call.add_done_callback(_look_at)
            call.cancel()
            raise PortTimedOut(f"{order.method} did not return within {order.deadline_s:g} s")
        if call.cancelled():
            raise PortRefused(f"{order.method} was cancelled")
        return call.result()

    async def _call(self, order: AskPort) -> object:
        method = getattr(self._hardware, order.method, None)
        if method is None:
            raise PortRefused(f"the hardware has no {order.method}")
        if iscoroutinefunction(method):
            return await method(*order.args)
        result = await self._workers.run(lambda: method(*order.args))
        return await result if isawaitable(result) else result


def _look_at(call: asyncio.Task[object]) -> None:
    """Take the exception of a call that was given up, so that asyncio does not complain."""
    if not call.cancelled() and call.exception() is not None:
        log.warning("hardware failed after its deadline", error=call.exception())
