"""OcppService: the contract's commands and vars, and the station's handles, on asyncio.

::

    async with OcppService.open(config, hardware=my_charger) as ocpp:
        ocpp.vars.event_data.subscribe(on_event)
        results = await ocpp.get_variables([GetVariableRequest(address)])
        await ocpp.station.evse(1).connector(1).plug_in()

No protocol logic: a command is handed to the kernel, an answer comes back. A contract command of a
service that is not open answers as the contract says ("not ready") and raises nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from enum import Enum, auto
from importlib import import_module
from types import TracebackType
from typing import Any, Final, Self, TypeVar

from ocpp_iface.config import StationConfig
from ocpp_iface.errors import NotRunning, OcppIfaceError, PayloadError
from ocpp_iface.log import Log
from ocpp_iface.parts import Assemble, Listeners, Parts, Running
from ocpp_iface.runtime.port_calls import hardware_methods
from ocpp_iface.station.commands import (
    ChangeAvailability,
    GetVariables,
    MonitorVariables,
    RaiseSecurityEvent,
    Restart,
    SetVariables,
    Stop,
)
from ocpp_iface.types import (
    BootNotificationResponse,
    ChangeAvailabilityRequest,
    ChangeAvailabilityResponse,
    ChangeAvailabilityStatusEnumType,
    ChargingSchedules,
    ComponentVariable,
    ConnectionStatus,
    EventData,
    GetVariableRequest,
    GetVariableResult,
    GetVariableStatusEnumType,
    Message,
    OcppTransactionEvent,
    OcppTransactionEventResponse,
    SecurityEvent,
    SetVariableRequest,
    SetVariableResult,
    SetVariableStatusEnumType,
)
from ocpp_iface.vars import Callback, DeliveryPolicy, Vars

log = Log(__name__)

T = TypeVar("T")

CLOSE_GRACE_S: Final = 3.0
"""How long `close` waits for callbacks that still run."""


async def _assemble(
    config: StationConfig, hardware: object, parts: Parts, listeners: Listeners
) -> Running:
    """The station itself is loaded when the first one is opened: importing an app stays quick. In
    a thread: it is hundreds of files, and the loop is the app's.
    """
    opening = await asyncio.to_thread(import_module, "ocpp_iface.opening")
    assemble: Assemble = opening.assemble
    return await assemble(config, hardware, parts, listeners)


class _State(Enum):
    CLOSED = auto()
    STARTING = auto()
    OPEN = auto()
    CLOSING = auto()


class OcppService:
    """One station on the running event loop. Its methods belong to that loop; for other threads
    there is `OcppServiceSync`.
    """

    def __init__(
        self,
        config: StationConfig,
        hardware: object,
        *,
        parts: Parts | None = None,
        delivery: DeliveryPolicy | None = None,
        assemble: Assemble = _assemble,
    ) -> None:
        """Nothing starts yet. `hardware` implements `ports.hardware`; `delivery`: how callbacks
        are served.

        Raises TypeError naming a mandatory method that `hardware` does not have.
        """
        from ocpp_iface.handles import StationHandle  # noqa: PLC0415 - loads smart charging

        hardware_methods(hardware)
        self.config = config
        self.vars = Vars(delivery)
        """What the station tells: subscribe before or after the start, it stays over restarts."""
        self.station = StationHandle(config.topology, self._report)
        """Where the app reports what happens."""
        self.fatal_error: BaseException | None = None
        """Why the station stopped by itself, if it did."""
        self._hardware = hardware
        self._parts = parts or Parts()
        self._assemble = assemble
        self._runner: Running | None = None
        self._state = _State.CLOSED
        self._started: asyncio.Future[None]
        self._closing: asyncio.Task[None] | None = None

    @classmethod
    def open(
        cls,
        config: StationConfig,
        *,
        hardware: object,
        parts: Parts | None = None,
        delivery: DeliveryPolicy | None = None,
    ) -> OcppService:
        """For `async with`: start at its begin, close at its end. See `__init__`."""
        return cls(config, hardware, parts=parts, delivery=delivery)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        await self.close()

    # -- life --------------------------------------------------------------------------------

    @property
    def is_open(self) -> bool:
        return self._state is _State.OPEN and self._runner is not None and self._runner.running

    async def start(self) -> None:
        """Load the store, take up what was under way, begin to connect. Does not wait for the CSMS.

        Does nothing if it is open; starts anew if it stopped because of an error. Raises
        ConfigurationError or StoreError, and nothing runs then.
        """
        with self.vars._waiting_for_close():
            while self._state is _State.STARTING or self._closing is not None:
                await asyncio.shield(self._closing or self._started)
        if self.is_open:
            return
        if self._state is _State.OPEN:  # it stopped by itself
            await self.close()
        if self._state is not _State.CLOSED:
            raise NotRunning(f"the service is {self._state.name.lower()}")
        self._state = _State.STARTING
        self._started = asyncio.get_running_loop().create_future()
        self.fatal_error = None
        try:
            await self._start()
        except BaseException:
            self._runner = None
            self._state = _State.CLOSED
            raise
        finally:
            self._started.set_result(None)
        log.info("station started", id=self.config.id)

    async def _start(self) -> None:
        for profile in self.config.profiles:
            if not profile.security_profile:
                log.warning(
                    "security profile 0: the link is neither encrypted nor authenticated",
                    slot=profile.slot,
                )
        listeners = Listeners(self.vars.publish, self._failed)
        runner = await self._assemble(self.config, self._hardware, self._parts, listeners)
        self._runner = runner  # callbacks may give commands before `start` returns
        await runner.start()
        self._state = _State.OPEN

    async def close(self) -> None:
        """Close the link and the store; transactions go on at the next start. May be called from a
        callback, repeatedly, and of a service that never started.
        """
        while self._state is _State.STARTING:
            await asyncio.shield(self._started)
        if self._closing is None:
            if self._state is not _State.OPEN:
                return
            self._state = _State.CLOSING
            self._closing = asyncio.get_running_loop().create_task(self._close())
        with self.vars._waiting_for_close():
            await asyncio.shield(self._closing)

    async def _close(self) -> None:
        runner, self._runner = self._runner, None
        try:
            if runner is not None:
                await runner.close()
            self._say_disconnected()
            await self.vars.close(CLOSE_GRACE_S)
        finally:
            self._state = _State.CLOSED
            self._closing = None
            log.info("station closed", id=self.config.id)

    def abandon(self) -> None:
        """Its loop has ended: there is nothing left to close."""
        self._runner = None
        self._closing = None
        self._state = _State.CLOSED

    def _failed(self, error: BaseException) -> None:
        self.fatal_error = error
        self._say_disconnected()
        self.vars._end()

    def _say_disconnected(self) -> None:
        if self.vars.is_connected.latest:
            self.vars.is_connected.publish(False)
            self.vars.connection_status.publish(ConnectionStatus(False))

    # -- the commands of the contract ----------------------------------------------------------

    async def stop(self) -> bool:
        """Disconnect and stop OCPP: nothing that happens until `restart` is ever sent.

        True if it stopped, False if it was stopped already (or is not open).
        """
        stopped = bool(await self._ask(Stop(), False))
        if stopped:
            self.vars.boot_notification_response.outdate()  # `restart` boots anew
        return stopped

    async def restart(self) -> bool:
        """Take OCPP up again after `stop`. False if it was not stopped (or is not open)."""
        return bool(await self._ask(Restart(), False))

    async def security_event(self, event: SecurityEvent) -> None:
        """Record a security event; the CSMS hears of it if it is critical.

        `event.critical` decides that, or if it is None, the standard. Raises PayloadError.
        """
        await self._ask(RaiseSecurityEvent(event), None)

    async def get_variables(
        self, requests: Sequence[GetVariableRequest]
    ) -> list[GetVariableResult]:
        """One result for each request, in their order. Not open: all Rejected.

        Raises PayloadError for what is no list of GetVariableRequest.
        """
        command = GetVariables(requests)
        results: list[GetVariableResult] = await self._ask(
            command, [_get_refused(request) for request in command.requests]
        )
        return results

    async def set_variables(
        self, requests: Sequence[SetVariableRequest], source: str
    ) -> list[SetVariableResult]:
        """One result for each request, in their order; `source` is kept with the values. Not open:
        all Rejected.

        Raises PayloadError for what is no list of SetVariableRequest, or a source that is no text.
        """
        command = SetVariables(requests, source)
        results: list[SetVariableResult] = await self._ask(
            command, [_set_refused(request) for request in command.requests]
        )
        return results

    async def change_availability(
        self, request: ChangeAvailabilityRequest
    ) -> ChangeAvailabilityResponse:
        """What the CSMS can ask for too. Not open: Rejected. Raises PayloadError."""
        command = ChangeAvailability(request)
        refused = ChangeAvailabilityResponse(ChangeAvailabilityStatusEnumType.Rejected)
        response: ChangeAvailabilityResponse = await self._ask(command, refused)
        return response

    async def monitor_variables(self, component_variables: Sequence[ComponentVariable]) -> None:
        """Publish `event_data` when one of these changes; adds to those of earlier calls.

        Raises PayloadError for what is no list of ComponentVariable.
        """
        command = MonitorVariables(component_variables)
        await self._ask(command, None)

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

    async def _ask(self, command: object, not_ready: Any) -> Any:
        """The answer to a contract command, or the contract's answer when there is none."""
        name = type(command).__name__
        runner = self._runner
        if runner is None:
            log.warning("not ready", command=name)
            return not_ready
        try:
            return await runner.command(command)
        except PayloadError:
            raise
        except NotRunning:
            log.warning("not ready", command=name)
        except Exception as error:  # noqa: BLE001 - a contract command answers, whatever happened
            log.crash("command failed", error, command=name)
        return not_ready

    async def _report(self, report: object) -> Any:
        runner = self._runner
        if runner is None:
            raise NotRunning("the service is not open")
        try:
            return await runner.command(report)
        except OcppIfaceError:
            raise
        except Exception as error:
            message = f"the station failed to handle {type(report).__name__}"
            raise OcppIfaceError(message) from error


def _get_refused(request: GetVariableRequest) -> GetVariableResult:
    return GetVariableResult(
        GetVariableStatusEnumType.Rejected,
        request.component_variable,
        attribute_type=request.attribute_type,
    )


def _set_refused(request: SetVariableRequest) -> SetVariableResult:
    return SetVariableResult(
        SetVariableStatusEnumType.Rejected,
        request.component_variable,
        attribute_type=request.attribute_type,
    )
