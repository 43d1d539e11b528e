"""The commands on the real `OcppService`: before it is open, after it is closed, from callbacks.

The transport is simulated (a CSMS that answers like a friendly one), everything else is real.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from typing import Any

import pytest

from ocpp_iface.config import StationConfig
from ocpp_iface.parts import Parts
from ocpp_iface.ports.transport import CloseReason, LinkClose, LinkRequest, LinkSink
from ocpp_iface.service import OcppService
from ocpp_iface.sim import address
from ocpp_iface.sim.csms_replies import Office, default_reply
from ocpp_iface.types import (
    AttributeEnum,
    ChangeAvailabilityRequest,
    ChargingState,
    GetVariableRequest,
    IdToken,
    IdTokenType,
    MeterReading,
    OperationalStatusEnumType,
    SampledValue,
    SecurityEvent,
    SetVariableRequest,
)

FAN = address("Cooling/FanSpeed")
CUSTOM = ({"address": "Cooling/FanSpeed", "type": "integer", "value": 5, "key": "FanSpeed"},)
TOKEN = IdToken("04AB12CD", IdTokenType.ISO14443)
OFF = ChangeAvailabilityRequest(OperationalStatusEnumType.Inoperative)
ON = ChangeAvailabilityRequest(OperationalStatusEnumType.Operative)
VARS = (
    "is_connected",
    "boot_notification_response",
    "ocpp_transaction_event",
    "ocpp_transaction_event_response",
    "charging_schedules",
    "security_event",
    "event_data",
    "connection_status",
    "ocpp_message",
)


async def until(predicate: Callable[[], bool]) -> None:
    """Let the loop turn; the test as a whole has a time limit."""
    while not predicate():
        await asyncio.sleep(0)


class FriendlyCsms:
    """The transport factory: each link answers by itself."""

    def __init__(self) -> None:
        self.office = Office(lambda: datetime.now(UTC))
        self.actions: list[str] = []
        self.is_up = True

    def __call__(self, sink: LinkSink) -> FriendlyLink:
        return FriendlyLink(self, sink)


class FriendlyLink:
    def __init__(self, csms: FriendlyCsms, sink: LinkSink) -> None:
        self.csms, self.sink = csms, sink
        self.subprotocol = ""

    def open(self, request: LinkRequest, /) -> None:
        self.subprotocol = request.subprotocols[0]
        if self.csms.is_up:
            self._soon(lambda: self.sink.opened(self.subprotocol))
        else:
            self._soon(lambda: self.sink.closed(LinkClose(CloseReason.REFUSED)))

    def send(self, text: str, /) -> None:
        kind, unique_id, action, payload = (*json.loads(text), None)[:4]
        if kind != 2:
            return
        self.csms.actions.append(action)
        reply = default_reply(self.subprotocol, action, self.csms.office, payload, text)
        self._soon(lambda: self.sink.frame(json.dumps([3, unique_id, reply])))

    def close(self, code: int = 1000, reason: str = "") -> None:
        self._soon(lambda: self.sink.closed(LinkClose(CloseReason.LOCAL, code, reason)))

    @staticmethod
    def _soon(action: Callable[[], None]) -> None:
        asyncio.get_running_loop().call_soon(action)


class Charger:
    def permit_energy(self, evse_id: int) -> None: ...

    def stop_energy(self, evse_id: int) -> None: ...


class App:
    """One service with its CSMS."""

    def __init__(self, version: str, **config: Any) -> None:
        self.csms = FriendlyCsms()
        self.ocpp = OcppService(
            StationConfig(
                id="cs1",
                csms_url="ws://csms.sim/ocpp",
                versions=(f"ocpp{version}",),
                custom=CUSTOM,
                trace_messages=True,
                **config,
            ),
            Charger(),
            parts=Parts(transport_factory=self.csms),
        )

    async def booted(self) -> None:
        await until(lambda: self.ocpp.vars.boot_notification_response.latest is not None)

    async def charge(self) -> None:
        """A whole session."""
        evse = self.ocpp.station.evse(1)
        await evse.connector(1).plug_in()
        await evse.present_token(TOKEN)
        await evse.report_charging_state(ChargingState.Charging)
        await evse.report_meter(MeterReading(datetime.now(UTC), (SampledValue(1200.0),)))
        await evse.present_token(TOKEN)
        await evse.connector(1).unplug()


COMMANDS: dict[str, Callable[[OcppService], Coroutine[Any, Any, Any]]] = {
    "get_variables": lambda ocpp: ocpp.get_variables([GetVariableRequest(FAN)]),
    "set_variables": lambda ocpp: ocpp.set_variables([SetVariableRequest(FAN, "6")], "app"),
    "monitor_variables": lambda ocpp: ocpp.monitor_variables([FAN]),
    "change_availability": lambda ocpp: ocpp.change_availability(OFF),
    "security_event": lambda ocpp: ocpp.security_event(SecurityEvent("MemoryExhaustion")),
    "stop": lambda ocpp: ocpp.stop(),
    "restart": lambda ocpp: ocpp.restart(),
}


def in_time(coroutine: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(coroutine, 10))


async def assert_not_ready(ocpp: OcppService) -> None:
    asked = GetVariableRequest(FAN, attribute_type=AttributeEnum.Target)
    wanted = SetVariableRequest(FAN, "6")

    assert await ocpp.stop() is False
    assert await ocpp.restart() is False
    got = await ocpp.get_variables([asked, GetVariableRequest(FAN)])
    done = await ocpp.set_variables([wanted, wanted], "app")
    changed = await ocpp.change_availability(OFF)
    await ocpp.monitor_variables([FAN])
    await ocpp.security_event(SecurityEvent("MemoryExhaustion"))

    assert [result.status for result in got] == ["Rejected", "Rejected"]
    assert [result.component_variable for result in got] == [FAN, FAN]
    assert got[0].attribute_type is AttributeEnum.Target
    assert [result.status for result in done] == ["Rejected", "Rejected"]
    assert [result.component_variable for result in done] == [FAN, FAN]
    assert changed.status == "Rejected"


def test_not_ready_before_open(version: str) -> None:
    in_time(assert_not_ready(App(version).ocpp))


def test_not_ready_after_close(version: str) -> None:
    async def run() -> None:
        app = App(version)
        async with app.ocpp:
            await app.booted()
        await assert_not_ready(app.ocpp)
        assert app.ocpp.vars.is_connected.latest is False

    in_time(run())


def test_the_commands_work_offline(version: str) -> None:
    async def run() -> None:
        app = App(version)
        app.csms.is_up = False
        async with app.ocpp as ocpp:
            (got,) = await ocpp.get_variables([GetVariableRequest(FAN)])
            assert got.value == "5"
            assert (await ocpp.change_availability(OFF)).status == "Accepted"
            await ocpp.security_event(SecurityEvent("TamperDetectionActivated"))
            assert await ocpp.stop() is True

    in_time(run())


@pytest.mark.parametrize("name", VARS)
def test_every_var_is_published(version: str, name: str) -> None:
    async def run() -> None:
        app = App(version)
        values: list[object] = []
        getattr(app.ocpp.vars, name).subscribe(values.append)
        async with app.ocpp as ocpp:
            await ocpp.monitor_variables([FAN])
            await ocpp.set_variables([SetVariableRequest(FAN, "7")], "app")
            await app.booted()
            await app.charge()
            await until(lambda: bool(values))
        assert getattr(app.ocpp.vars, name).latest == values[-1]

    in_time(run())


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("name", VARS)
def test_any_command_can_be_called_in_any_callback(version: str, name: str, command: str) -> None:
    """The classic deadlock of this field."""

    async def run() -> None:
        app = App(version)
        done: list[object] = []
        called = asyncio.Event()

        async def callback(_value: object) -> None:
            if called.is_set():
                return
            called.set()
            done.append(await COMMANDS[command](app.ocpp))

        getattr(app.ocpp.vars, name).subscribe(callback)
        async with app.ocpp as ocpp:
            await ocpp.monitor_variables([FAN])
            await ocpp.set_variables([SetVariableRequest(FAN, "7")], "app")
            boot = ocpp.vars.boot_notification_response
            await until(lambda: bool(done) or boot.latest is not None)
            await app.charge()
            await until(lambda: bool(done))
            # it still answers
            (got,) = await ocpp.get_variables([GetVariableRequest(FAN)])
            assert got.status == "Accepted"

    in_time(run())


def test_a_sync_callback_may_start_a_command(version: str) -> None:
    async def run() -> None:
        app = App(version)
        tasks: list[asyncio.Task[Any]] = []

        def callback(_value: object) -> None:
            tasks.append(asyncio.ensure_future(COMMANDS["get_variables"](app.ocpp)))

        app.ocpp.vars.is_connected.subscribe(callback)
        async with app.ocpp as ocpp:
            await ocpp.vars.is_connected.wait_for(bool)
            await until(lambda: bool(tasks))
            (result,) = await tasks[0]
            assert result.value == "5"

    in_time(run())


def test_two_stations_of_one_app_call_each_other_in_callbacks(version: str) -> None:
    async def run() -> None:
        one, other = App(version), App(version)
        done = asyncio.Event()

        async def callback(connected: bool) -> None:
            if connected:
                await other.ocpp.change_availability(OFF)
                await one.ocpp.change_availability(ON)
                done.set()

        one.ocpp.vars.is_connected.subscribe(callback)
        async with one.ocpp, other.ocpp:
            await done.wait()

    in_time(run())
