"""The vars of `vars` for apps without asyncio: blocking, callbacks in one thread of their own."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator
from inspect import isawaitable, iscoroutine, iscoroutinefunction
from queue import SimpleQueue
from typing import Any, Final, Generic, TypeVar

from attrs import evolve, frozen

from ocpp_iface.runtime.threads import CallbackThread
from ocpp_iface.sync_handles import Call
from ocpp_iface.types import (
    BootNotificationResponse,
    ChargingSchedules,
    ConnectionStatus,
    EventData,
    Message,
    OcppTransactionEvent,
    OcppTransactionEventResponse,
    SecurityEvent,
)
from ocpp_iface.vars import Callback, CallbackHung, Subscription, Var, Vars
from ocpp_iface.waiting import predicate

T = TypeVar("T")

_END: Final = object()


@frozen
class SyncVar(Generic[T]):
    """One published value; all of it may be used in any thread."""

    _var: Var[T]
    _call: Call
    _callbacks: CallbackThread

    @property
    def name(self) -> str:
        return self._var.name

    @property
    def latest(self) -> T | None:
        """The last value, None before the first."""
        return self._var.latest

    def subscribe(self, callback: Callback[T]) -> Subscription[T]:
        """Call `callback` with every value from now on, in the callback thread.

        Callbacks run one after the other; one that hangs beyond the time-out is reported, and left
        to its thread. Raises TypeError for what is no function, or an async one.
        """
        if not callable(callback) or iscoroutinefunction(callback):
            raise TypeError("a callback of the sync service must be a plain function")
        thread, limit = self._callbacks, self._var.policy.callback_timeout_s

        async def deliver(value: T) -> None:
            if not await thread.run(lambda: _call_plain(callback, value), limit):
                raise CallbackHung(limit)

        deliver.__qualname__ = getattr(callback, "__qualname__", type(callback).__name__)
        # The time a callback waits for its turn must not count.
        return self._var.subscribe(
            deliver, policy=evolve(self._var.policy, callback_timeout_s=None)
        )

    def wait_for(
        self,
        wanted: Callable[[T], object] | type[object] | None = None,
        timeout: float | None = None,
    ) -> T:
        """The first value that is `wanted`: a predicate, a class (its instances), or None (any).

        As `Var.wait_for`; a predicate runs in the thread of the loop, so it must not call the
        service. Raises TimeoutError, NotRunning.
        """
        held = self._var._held()
        if held is not None and predicate(wanted)(held):
            return held
        return self._call(lambda: self._var.wait_for(wanted, timeout), None)

    def __iter__(self) -> Iterator[T]:
        """Every value from now on, until the service is closed; waits for each."""
        return SyncStream(self._var)


def _call_plain(callback: Callback[T], value: T) -> None:
    """Raises TypeError for one that turns out to be async: nobody would ever run it."""
    result = callback(value)
    if isawaitable(result):
        if iscoroutine(result):
            result.close()
        raise TypeError("a callback of the sync service must be a plain function")


class SyncStream(Generic[T]):
    """`for value in var`; let go of, it is forgotten."""

    def __init__(self, var: Var[T]) -> None:
        values: SimpleQueue[Any] = SimpleQueue()
        self._values = values
        registration = var._watching(values.put, lambda: values.put(_END))
        registration.__enter__()
        weakref.finalize(self, registration.__exit__).atexit = False

    def __iter__(self) -> SyncStream[T]:
        return self

    def __next__(self) -> T:
        value = self._values.get()
        if value is _END:
            self._values.put(_END)
            raise StopIteration
        result: T = value
        return result


class SyncVars:
    """The same names as `Vars`."""

    def __init__(self, source: Vars, call: Call, callbacks: CallbackThread) -> None:
        def var(of: Var[T]) -> SyncVar[T]:
            return SyncVar(of, call, callbacks)

        self.ocpp_transaction_event: SyncVar[OcppTransactionEvent] = var(
            source.ocpp_transaction_event
        )
        self.ocpp_transaction_event_response: SyncVar[OcppTransactionEventResponse] = var(
            source.ocpp_transaction_event_response
        )
        self.charging_schedules: SyncVar[ChargingSchedules] = var(source.charging_schedules)
        self.is_connected: SyncVar[bool] = var(source.is_connected)
        self.security_event: SyncVar[SecurityEvent] = var(source.security_event)
        self.event_data: SyncVar[EventData] = var(source.event_data)
        self.boot_notification_response: SyncVar[BootNotificationResponse] = var(
            source.boot_notification_response
        )
        self.connection_status: SyncVar[ConnectionStatus] = var(source.connection_status)
        self.ocpp_message: SyncVar[Message] = var(source.ocpp_message)
