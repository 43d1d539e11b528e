"""OcppServiceSync: the service for apps without asyncio.

::

    with OcppServiceSync(config, hardware=my_charger) as ocpp:
        ocpp.vars.event_data.subscribe(on_event)
        ocpp.station.evse(1).connector(1).plug_in()
        results = ocpp.get_variables([GetVariableRequest(address)], timeout=5)

It has a thread with an event loop; every method may be called from any other thread, callbacks and
`def` hardware methods included. Callbacks run one after the other in a thread of their own. In a
fork of the process it is closed: the station goes on in the process that started it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Coroutine, Sequence
from enum import Enum, auto
from types import TracebackType
from typing import Any, Self, TypeVar

from ocpp_iface.config import StationConfig
from ocpp_iface.errors import NotRunning
from ocpp_iface.parts import Assemble, Parts
from ocpp_iface.runtime.threads import CallbackThread, LoopThread
from ocpp_iface.service import OcppService
from ocpp_iface.sync_handles import SyncStationHandle
from ocpp_iface.sync_vars import SyncVars
from ocpp_iface.types import (
    BootNotificationResponse,
    ChangeAvailabilityRequest,
    ChangeAvailabilityResponse,
    ChargingSchedules,
    ComponentVariable,
    ConnectionStatus,
    EventData,
    GetVariableRequest,
    GetVariableResult,
    Message,
    OcppTransactionEvent,
    OcppTransactionEventResponse,
    SecurityEvent,
    SetVariableRequest,
    SetVariableResult,
)
from ocpp_iface.vars import Callback, DeliveryPolicy

T = TypeVar("T")

_INTERRUPTED_CLOSE_S = 10.0


class _Phase(Enum):
    CLOSED = auto()
    STARTING = auto()
    OPEN = auto()
    CLOSING = auto()


class OcppServiceSync:
    """`timeout` is in seconds everywhere, None: no limit. After a TimeoutError what was asked for
    may still happen.
    """

    def __init__(
        self,
        config: StationConfig,
        hardware: object,
        *,
        parts: Parts | None = None,
        delivery: DeliveryPolicy | None = None,
        assemble: Assemble | None = None,
    ) -> None:
        """Nothing starts yet. As `OcppService`."""
        more: dict[str, Any] = {} if assemble is None else {"assemble": assemble}
        self._service = OcppService(config, hardware, parts=parts, delivery=delivery, **more)
        self._callbacks = CallbackThread("ocpp-callbacks")
        self._loop: LoopThread | None = None
        self._phase = _Phase.CLOSED
        self._changed = threading.Condition()
        """Guards the two above. Starting and closing never overlap: a loop that is about to end
        must not get a station that has just started."""
        self.config = config
        self.vars = SyncVars(self._service.vars, self._call, self._callbacks)
        self.station = SyncStationHandle(self._service.station, self._call)

    @classmethod
    def open(
        cls,
        config: StationConfig,
        *,
        hardware: object,
        parts: Parts | None = None,
        delivery: DeliveryPolicy | None = None,
    ) -> OcppServiceSync:
        """For `with`: start at its begin, close at its end."""
        return cls(config, hardware, parts=parts, delivery=delivery)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        self.close()

    # -- life --------------------------------------------------------------------------------

    @property
    def is_open(self) -> bool:
        self._look_for_fork()
        return self._service.is_open

    @property
    def fatal_error(self) -> BaseException | None:
        """Why the station stopped by itself, if it did."""
        return self._service.fatal_error

    def start(self, *, timeout: float | None = None) -> None:
        """As `OcppService.start`; does nothing if it is open."""
        self._look_for_fork()
        with self._changed:
            self._changed.wait_for(lambda: self._phase in (_Phase.CLOSED, _Phase.OPEN))
            if self.is_open:
                return
            loop = self._loop
            if loop is None:
                loop = LoopThread("ocpp-loop")
                loop.start()
                self._loop = loop
            self._phase = _Phase.STARTING
        try:
            loop.call(self._service.start, timeout)
        except BaseException:
            self._end(loop)
            raise
        self._enter(_Phase.OPEN)

    def close(self, *, timeout: float | None = None) -> None:
        """As `OcppService.close`: from any thread, repeatedly, from a callback.

        Returns at once if it is being closed already. An interrupt (Ctrl-C) while it closes is
        raised when it is closed.
        """
        self._look_for_fork()
        with self._changed:
            self._changed.wait_for(lambda: self._phase is not _Phase.STARTING)
            loop = self._loop
            if loop is None or self._phase is not _Phase.OPEN:
                return
            self._phase = _Phase.CLOSING
        self._callbacks.step_aside()
        try:
            closing = loop.submit(self._service.close)
            try:
                closing.result(timeout)
            except KeyboardInterrupt:
                closing.result(_INTERRUPTED_CLOSE_S)
                raise
        finally:
            self._end(loop)

    def _look_for_fork(self) -> None:
        """In a fork nobody would ever answer: begin anew, as what was never started."""
        loop = self._loop
        if loop is not None and loop.left_behind:
            self._changed = threading.Condition()  # another thread may have held it
            self._service.abandon()
            self._callbacks.stop()
            self._loop, self._phase = None, _Phase.CLOSED

    def _end(self, loop: LoopThread) -> None:
        loop.stop()
        self._service.abandon()
        self._callbacks.stop()
        self._loop = None
        self._enter(_Phase.CLOSED)

    def _enter(self, phase: _Phase) -> None:
        with self._changed:
            self._phase = phase
            self._changed.notify_all()

    # -- the commands of the contract ----------------------------------------------------------

    def stop(self, *, timeout: float | None = None) -> bool:
        """As `OcppService.stop`."""
        return self._call(self._service.stop, timeout)

    def restart(self, *, timeout: float | None = None) -> bool:
        """As `OcppService.restart`."""
        return self._call(self._service.restart, timeout)

    def security_event(self, event: SecurityEvent, *, timeout: float | None = None) -> None:
        """As `OcppService.security_event`."""
        self._call(lambda: self._service.security_event(event), timeout)

    def get_variables(
        self, requests: Sequence[GetVariableRequest], *, timeout: float | None = None
    ) -> list[GetVariableResult]:
        """As `OcppService.get_variables`."""
        return self._call(lambda: self._service.get_variables(requests), timeout)

    def set_variables(
        self, requests: Sequence[SetVariableRequest], source: str, *, timeout: float | None = None
    ) -> list[SetVariableResult]:
        """As `OcppService.set_variables`."""
        return self._call(lambda: self._service.set_variables(requests, source), timeout)

    def change_availability(
        self, request: ChangeAvailabilityRequest, *, timeout: float | None = None
    ) -> ChangeAvailabilityResponse:
        """As `OcppService.change_availability`."""
        return self._call(lambda: self._service.change_availability(request), timeout)

    def monitor_variables(
        self, component_variables: Sequence[ComponentVariable], *, timeout: float | None = None
    ) -> None:
        """As `OcppService.monitor_variables`."""
        self._call(lambda: self._service.monitor_variables(component_variables), timeout)

    # -- decorators: `@ocpp.on_event_data` is `ocpp.vars.event_data.subscribe(...)` -------------

    def on_ocpp_transaction_event(
        self, callback: Callback[OcppTransactionEvent]
    ) -> Callback[OcppTransactionEvent]:
        self.vars.ocpp_transaction_event.subscribe(callback)
        return callback

    def on_ocpp_transaction_event_response(
        self, callback: Callback[OcppTransactionEventResponse]
    ) -> Callback[OcppTransactionEventResponse]:
        self.vars.ocpp_transaction_event_response.subscribe(callback)
        return callback

    def on_charging_schedules(
        self, callback: Callback[ChargingSchedules]
    ) -> Callback[ChargingSchedules]:
        self.vars.charging_schedules.subscribe(callback)
        return callback

    def on_is_connected(self, callback: Callback[bool]) -> Callback[bool]:
        self.vars.is_connected.subscribe(callback)
        return callback

    def on_security_event(self, callback: Callback[SecurityEvent]) -> Callback[SecurityEvent]:
        self.vars.security_event.subscribe(callback)
        return callback

    def on_event_data(self, callback: Callback[EventData]) -> Callback[EventData]:
        self.vars.event_data.subscribe(callback)
        return callback

    def on_boot_notification_response(
        self, callback: Callback[BootNotificationResponse]
    ) -> Callback[BootNotificationResponse]:
        self.vars.boot_notification_response.subscribe(callback)
        return callback

    def on_connection_status(
        self, callback: Callback[ConnectionStatus]
    ) -> Callback[ConnectionStatus]:
        self.vars.connection_status.subscribe(callback)
        return callback

    def on_ocpp_message(self, callback: Callback[Message]) -> Callback[Message]:
        self.vars.ocpp_message.subscribe(callback)
        return callback

    # -- inside --------------------------------------------------------------------------------

    def _call(self, work: Callable[[], Coroutine[Any, Any, T]], timeout: float | None) -> T:
        self._look_for_fork()
        loop = self._loop
        if loop is not None:
            try:
                return loop.call(work, timeout)
            except NotRunning:
                if not loop.ended:
                    raise
        return _answer_closed(work())


def _answer_closed(work: Coroutine[Any, Any, T]) -> T:
    """What a service that is not open answers: it does so without waiting for anything."""
    try:
        work.send(None)
    except StopIteration as answer:
        result: T = answer.value
        return result
    except RuntimeError:  # it needs a running loop
        raise NotRunning("the service is not open") from None
    finally:
        work.close()
    raise NotRunning("the service is not open")
