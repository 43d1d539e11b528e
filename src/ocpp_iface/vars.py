"""What the station tells the app: published values, and how callbacks hear of them.

A value is delivered after it was committed, in order, on the loop of the service. Each subscriber
has its own queue, so one that is slow, hangs or raises disturbs nobody else: an exception is
logged and counted, an async callback that hangs is cancelled after a time-out. Any command or
report may be called from inside a callback: nothing waits for a callback to return.

State vars (the newest value is all that matters) drop the oldest value of a full queue and count
it; event vars never drop.
"""

from __future__ import annotations

import asyncio
import threading
import weakref
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from inspect import isawaitable
from types import TracebackType
from typing import Any, Final, Generic, TypeVar

from attrs import Factory, define, field, frozen

from ocpp_iface.errors import NotRunning
from ocpp_iface.log import Log
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
from ocpp_iface.waiting import predicate, within

log = Log(__name__)

T = TypeVar("T")

Callback = Callable[[T], object]
"""Called with each value; if it returns an awaitable, that is awaited before the next value."""

_BATCH: Final = 64
"""Values delivered before the loop may do something else."""

_SERVED: ContextVar[object] = ContextVar("ocpp_iface_subscription", default=None)
"""The subscription whose callback is running here, in tasks that the callback started too."""


class CallbackHung(Exception):
    """Raised by a callback that ran another one elsewhere, and gave it up after `after_s`."""

    def __init__(self, after_s: float | None) -> None:
        self.after_s = after_s
        super().__init__(after_s)


@frozen
class DeliveryPolicy:
    """How subscribers are served."""

    queue_size: int = 1000
    """Values that may wait for one subscriber; of an event var more may, with one warning."""
    callback_timeout_s: float | None = 30.0
    """After which an async callback is cancelled; None: never."""


@define(eq=False)
class Subscription(Generic[T]):
    """One callback on one var, until `cancel`; as a context manager it cancels at the end."""

    _var: Var[T]
    _callback: Callback[T]
    _policy: DeliveryPolicy
    dropped: int = field(default=0, init=False)
    """Values of a state var that were skipped because newer ones came in faster."""
    failed: int = field(default=0, init=False)
    """How often the callback raised."""
    timed_out: int = field(default=0, init=False)
    """How often the callback was cancelled because it hung."""
    _queue: deque[T] = field(factory=deque, init=False)
    _scheduled: bool = field(default=False, init=False)
    _task: asyncio.Task[None] | None = field(default=None, init=False)
    _warned: bool = field(default=False, init=False)
    active: bool = field(default=True, init=False)

    def cancel(self) -> None:
        """No further value is delivered; a callback that is running runs to its end.

        From any thread: what waits is thrown away on the loop, which alone takes from the queue.
        """
        self.active = False
        self._var._forget(self)

    def __enter__(self) -> Subscription[T]:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        self.cancel()

    def _offer(self, value: T, loop: asyncio.AbstractEventLoop) -> None:
        queue = self._queue
        if len(queue) >= self._policy.queue_size:
            if self._var.is_state:
                queue.popleft()
                self.dropped += 1
            elif not self._warned:
                self._warned = True
                log.warning("slow subscriber", var=self._var.name, waiting=len(queue))
        queue.append(value)
        if not self._scheduled:
            self._scheduled = True
            loop.call_soon(self._drain)

    def _drain(self) -> None:
        """Deliver what waits; the first awaitable result moves the rest to a task."""
        _SERVED.set(self)  # of this handle's own context
        for _ in range(_BATCH):
            if not self._waits():
                self._rest()
                return
            result = self._call(self._queue.popleft())
            if isawaitable(result):
                self._task = asyncio.get_running_loop().create_task(self._drain_async(result))
                return
        asyncio.get_running_loop().call_soon(self._drain)

    async def _drain_async(self, awaitable: Awaitable[object]) -> None:
        try:
            await self._await(awaitable)
            while self._waits():
                result = self._call(self._queue.popleft())
                if isawaitable(result):
                    await self._await(result)
                else:
                    await asyncio.sleep(0)
        finally:
            self._task = None
            self._rest()

    def _waits(self) -> bool:
        """Whether there is a value to deliver."""
        if not self.active:
            self._queue.clear()
        return bool(self._queue)

    def _rest(self) -> None:
        self._scheduled = self._warned = False
        self._var._rested()

    def _call(self, value: T) -> object:
        try:
            return self._callback(value)
        # A plain function is never cancelled: it looked at something that was.
        except (Exception, asyncio.CancelledError) as error:  # noqa: BLE001 - it stays there
            self._blame(error)
            return None
        except BaseException:  # it ends the process, which must not wait for it
            self._rest()
            raise

    async def _await(self, awaitable: Awaitable[object]) -> None:
        limit = asyncio.timeout(self._policy.callback_timeout_s)
        try:
            async with limit:
                await awaitable
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise  # the service ends
            self._blame(asyncio.CancelledError("cancelled by itself"))
        except CallbackHung as hung:
            self._report_hang(hung.after_s)
        except Exception as error:  # noqa: BLE001 - whatever an app's callback raises stays there
            if not limit.expired():
                self._blame(error)
        if limit.expired():
            self._report_hang(self._policy.callback_timeout_s)

    def _report_hang(self, after_s: float | None) -> None:
        self.timed_out += 1
        log.error(
            "callback hung and was given up",
            var=self._var.name,
            callback=self._name,
            after_s=after_s,
        )

    def _blame(self, error: BaseException) -> None:
        self.failed += 1
        log.crash("callback raised", error, var=self._var.name, callback=self._name)

    @property
    def _name(self) -> str:
        return getattr(self._callback, "__qualname__", type(self._callback).__name__)


@define(eq=False)
class Var(Generic[T]):
    """One published value. `subscribe` and `latest` may be used from any thread."""

    name: str
    is_state: bool = False
    """Only the newest value matters."""
    policy: DeliveryPolicy = Factory(DeliveryPolicy)
    lasts: bool = Factory(lambda self: self.is_state, takes_self=True)
    """A value holds until the next one, so `wait_for` takes the latest, too."""
    _latest: T | None = field(default=None, init=False)
    _holds: bool = field(default=False, init=False)
    """Whether the latest value still does."""
    _subscriptions: tuple[Subscription[T], ...] = field(default=(), init=False)
    _watchers: list[Callable[[T], None]] = field(factory=list, init=False)
    """Waiters and streams: they only take note, so they are called at once."""
    _enders: list[Callable[[], None]] = field(factory=list, init=False)
    _idle: list[asyncio.Future[None]] = field(factory=list, init=False)
    _lock: threading.Lock = field(factory=threading.Lock, init=False, repr=False)

    @property
    def latest(self) -> T | None:
        """The last value, None before the first."""
        return self._latest

    def subscribe(
        self, callback: Callback[T], *, policy: DeliveryPolicy | None = None
    ) -> Subscription[T]:
        """Call `callback` (sync or async) with every value from now on.

        Raises TypeError if it cannot be called.
        """
        if not callable(callback):
            raise TypeError(f"a callback must be callable, not {type(callback).__name__}")
        subscription = Subscription(self, callback, policy or self.policy)
        with self._lock:
            self._subscriptions = (*self._subscriptions, subscription)
        return subscription

    async def wait_for(
        self,
        wanted: Callable[[T], object] | type[object] | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - the contract of the facade says so
    ) -> T:
        """The first value that is `wanted`: a predicate, a class (its instances), or None (any).

        `bool` means true: `await is_connected.wait_for(bool)`. The latest value of a state var and
        of `boot_notification_response` counts; of other event vars only values that come after
        the call. `timeout` in seconds.

        Raises TimeoutError; NotRunning if the service is closed first; what the predicate raises.
        """
        matches = predicate(wanted)
        held = self._held()
        if held is not None and matches(held):
            return held
        found: asyncio.Future[T] = asyncio.get_running_loop().create_future()

        def watch(value: T) -> None:
            if found.done():
                return
            try:
                if matches(value):
                    found.set_result(value)
            except StopIteration:  # no future takes it
                found.set_exception(RuntimeError("the predicate raised StopIteration"))
            except Exception as error:  # noqa: BLE001 - it belongs to who waits
                found.set_exception(error)

        def end() -> None:
            if not found.done():
                found.set_exception(NotRunning(f"closed while waiting for {self.name}"))

        with self._watching(watch, end):
            return await within(timeout, found, self.name)

    def __aiter__(self) -> AsyncIterator[T]:
        """Every value from now on, until the service is closed."""
        return Stream(self)

    # -- used by the service -----------------------------------------------------------------

    def publish(self, value: T) -> None:
        """A new value; on the loop of the service. Runs no callback itself."""
        self._latest, self._holds = value, self.lasts
        for watch in tuple(self._watchers):
            watch(value)
        if self._subscriptions:
            loop = asyncio.get_running_loop()
            for subscription in self._subscriptions:
                subscription._offer(value, loop)

    def outdate(self) -> None:
        """The latest value holds no more."""
        self._holds = False

    def _held(self) -> T | None:
        return self._latest if self._holds else None

    def end(self) -> None:
        """End the streams and the waits; subscriptions stay, for a next start."""
        for end in tuple(self._enders):
            end()

    async def settle(self, excused: Collection[object] = ()) -> None:
        """Until every callback has had its values, but that which is waiting for this and those of
        the `excused` subscriptions.
        """
        while self._busy(excused):
            idle: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._idle.append(idle)
            await idle

    def stop_callbacks(self, excused: Collection[object] = ()) -> None:
        """Cancel async callbacks that still run, but that which is calling and the `excused`."""
        for subscription in self._busy(excused):
            if subscription._task is not None:
                subscription._task.cancel()

    # -- inside ------------------------------------------------------------------------------

    def _busy(self, excused: Collection[object]) -> list[Subscription[T]]:
        spared = (_SERVED.get(), *excused)
        return [
            each
            for each in self._subscriptions
            if each._scheduled and not any(each is one for one in spared)
        ]

    def _rested(self) -> None:
        waiting, self._idle = self._idle, []
        for idle in waiting:
            if not idle.done():
                idle.set_result(None)

    def _forget(self, subscription: Subscription[T]) -> None:
        with self._lock:
            self._subscriptions = tuple(
                each for each in self._subscriptions if each is not subscription
            )

    def _watching(self, watch: Callable[[T], None], end: Callable[[], None]) -> _Watch:
        return _Watch(self._watchers, watch, self._enders, end)


class _Watch:
    """Registered while it is open."""

    __slots__ = ("_end", "_enders", "_watch", "_watchers")

    def __init__(self, watchers: list[Any], watch: Any, enders: list[Any], end: Any) -> None:
        self._watchers, self._watch = watchers, watch
        self._enders, self._end = enders, end

    def __enter__(self) -> None:
        self._watchers.append(self._watch)
        self._enders.append(self._end)

    def __exit__(self, *_: object) -> None:
        self._watchers.remove(self._watch)
        self._enders.remove(self._end)


class _Buffer(Generic[T]):
    """What a stream has not taken yet; it outlives nothing but its stream."""

    __slots__ = ("ended", "values", "waiter")

    def __init__(self) -> None:
        self.values: deque[T] = deque()
        self.waiter: asyncio.Future[None] | None = None
        self.ended = False

    def wake(self) -> None:
        if self.waiter is not None and not self.waiter.done():
            self.waiter.set_result(None)


class Stream(Generic[T]):
    """`async for value in var`; let go of, it is forgotten."""

    def __init__(self, var: Var[T]) -> None:
        buffer = self._buffer = _Buffer[T]()
        keep = var.policy.queue_size if var.is_state else None

        def watch(value: T) -> None:
            if keep is not None and len(buffer.values) >= keep:
                buffer.values.popleft()
            buffer.values.append(value)
            buffer.wake()

        def end() -> None:
            buffer.ended = True
            buffer.wake()

        registration = var._watching(watch, end)
        registration.__enter__()
        weakref.finalize(self, registration.__exit__).atexit = False

    def __aiter__(self) -> Stream[T]:
        return self

    async def __anext__(self) -> T:
        buffer = self._buffer
        while not buffer.values:
            if buffer.ended:
                raise StopAsyncIteration
            buffer.waiter = asyncio.get_running_loop().create_future()
            await buffer.waiter
        return buffer.values.popleft()


class Vars:
    """The seven vars of the contract, and two that later revisions of it have."""

    def __init__(self, policy: DeliveryPolicy | None = None) -> None:
        self.policy = policy or DeliveryPolicy()
        self._excused: list[object] = []
        """Subscriptions whose callbacks wait for the end of `close`."""
        self.ocpp_transaction_event: Var[OcppTransactionEvent] = self._event(
            "ocpp_transaction_event"
        )
        self.ocpp_transaction_event_response: Var[OcppTransactionEventResponse] = self._event(
            "ocpp_transaction_event_response"
        )
        self.charging_schedules: Var[ChargingSchedules] = self._state("charging_schedules")
        self.is_connected: Var[bool] = self._state("is_connected")
        self.security_event: Var[SecurityEvent] = self._event("security_event")
        self.event_data: Var[EventData] = self._event("event_data")
        self.boot_notification_response: Var[BootNotificationResponse] = Var(
            "boot_notification_response", policy=self.policy, lasts=True
        )
        self.connection_status: Var[ConnectionStatus] = self._state("connection_status")
        self.ocpp_message: Var[Message] = self._event("ocpp_message")
        """Every frame, if the service was configured to trace messages."""
        self._by_name: dict[str, Var[Any]] = {
            var.name: var for var in vars(self).values() if isinstance(var, Var)
        }

    def __iter__(self) -> Iterator[Var[Any]]:
        return iter(self._by_name.values())

    def __getitem__(self, name: str) -> Var[Any]:
        """By its contract name; raises KeyError."""
        return self._by_name[name]

    def publish(self, name: str, value: object) -> None:
        """On the loop of the service."""
        var = self._by_name.get(name)
        if var is None:
            log.error("published something that is no var", name=name)
            return
        var.publish(value)

    def _end(self) -> None:
        """End streams and waits: nothing more is published until the next start."""
        self.boot_notification_response.outdate()
        for var in self:
            var.end()

    async def close(self, grace_s: float) -> None:
        """End streams and waits; let callbacks take what they were given for `grace_s` seconds."""
        self._end()
        try:
            async with asyncio.timeout(grace_s):
                for var in self:
                    await var.settle(self._excused)
        except TimeoutError:
            for var in self:
                var.stop_callbacks(self._excused)

    @contextmanager
    def _waiting_for_close(self) -> Iterator[None]:
        """Meanwhile `close` does not wait for the callback, if any, that calls this: each would
        wait for the other.
        """
        own = _SERVED.get()
        self._excused.append(own)
        for var in self:
            var._rested()  # look again whom to wait for
        try:
            yield
        finally:
            self._excused.remove(own)

    def _state(self, name: str) -> Var[Any]:
        return Var(name, is_state=True, policy=self.policy)

    def _event(self, name: str) -> Var[Any]:
        return Var(name, policy=self.policy)
