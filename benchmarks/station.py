"""A whole station of this library, with what a benchmark needs to drive it.

The station is what `OcppService` composes: kernel, outbox, codec, store, blocks, runner, socket. Two
commands are added to its table, as a functional block would add them:

* `Send`: a flow awaits `ctx.csms.call(request)`, the way a block calls the CSMS;
* `Record`: `ctx.station.transactions.record(...)`, what the sampling timer does: a durable fact,
  projected to MeterValues or TransactionEvent, deleted when the CSMS has confirmed it. The step that
  confirms it tells the driver.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from attrs import evolve, frozen

from benchmarks import payloads
from ocpp_iface.compose import compose
from ocpp_iface.config import StationConfig
from ocpp_iface.engine.block import Assembly, Cause
from ocpp_iface.engine.inputs import Command
from ocpp_iface.engine.kernel import Kernel
from ocpp_iface.parts import Listeners, Parts
from ocpp_iface.runtime.clock import SystemClock
from ocpp_iface.runtime.entropy import SystemEntropy
from ocpp_iface.runtime.port_calls import hardware_methods
from ocpp_iface.runtime.runner import Runner
from ocpp_iface.runtime.websocket import WebSocketLink
from ocpp_iface.service import OcppService
from ocpp_iface.storage import SqliteStore, open_store
from ocpp_iface.types import (
    ChargingState,
    IdToken,
    Measurand,
    MeterValue,
    Phase,
    ReadingContext,
    SampledValue,
    TriggerReason,
)
from ocpp_iface.types.facts import TransactionFact

EVSE = 1
DELIVERED = "benchmark_delivered"
"""Published by the step in which the CSMS confirmed a recorded fact."""


@frozen
class Send:
    """-> the response"""

    request: object


@frozen
class Record:
    """-> None, as soon as the fact is stored"""

    values: tuple[MeterValue, ...]


class Hardware:
    """Energy flows when it is permitted."""

    async def permit_energy(self, evse_id: int) -> None:
        pass

    async def stop_energy(self, evse_id: int) -> None:
        pass


def configuration(
    name: str, url: str, version: str, store: str | None = None, synchronous: str = "FULL"
) -> StationConfig:
    return StationConfig.from_dict(
        {
            "id": name,
            "csms_url": url,
            "versions": [version],
            "evses": [1],
            "store": store,
            "synchronous": synchronous,
            "variables": {"GetConfigurationMaxKeys": 200},
        }
        if store
        else {
            "id": name,
            "csms_url": url,
            "versions": [version],
            "evses": [1],
            "variables": {"GetConfigurationMaxKeys": 200},
        }
    )


def samples() -> tuple[MeterValue, ...]:
    """What the sampling timer would take from the newest reading."""
    taken = tuple(
        SampledValue(value, Measurand(measurand), phase=Phase(phase) if phase else None, unit=unit)
        for value, measurand, phase, unit in payloads.SAMPLES
    )
    return (MeterValue(datetime.now(UTC), ReadingContext.Sample_Periodic, taken),)


class Station:
    """One station; belongs to the running event loop."""

    def __init__(self, config: StationConfig) -> None:
        self.service = OcppService(config, Hardware(), assemble=self._assemble)
        self.kernel: Kernel
        self._runner: Runner
        self._delivered: asyncio.Future[None] | None = None
        self.commits: Callable[[], None] | None = None

    async def start(self) -> None:
        await self.service.start()
        await self.service.vars.boot_notification_response.wait_for(_any, timeout=60)
        await self.idle()

    async def close(self) -> None:
        await self.service.close()

    async def send(self, request: object) -> Any:
        return await self._runner.command(Send(request))

    async def record(self, values: tuple[MeterValue, ...]) -> None:
        """Returns when the CSMS has confirmed it."""
        delivered = self._delivered = asyncio.get_running_loop().create_future()
        self._runner._driver.feed(Command(Record(values)))  # nobody waits for a timer either
        await delivered

    async def charge(self) -> None:
        """Start a transaction, and wait until the CSMS knows."""
        evse = self.service.station.evse(EVSE)
        await evse.connector(1).plug_in()
        await evse.present_token(IdToken("04ABCDEF"))
        await evse.report_charging_state(ChargingState.Charging)
        await self.idle()

    async def idle(self) -> None:
        """Wait until nothing is queued or on the line."""
        quiet = 0
        while quiet < 3:
            await asyncio.sleep(0.02)
            busy = self.kernel.outbox.busy or len(self.kernel.outbox)
            quiet = 0 if busy else quiet + 1

    # -- inside --------------------------------------------------------------------------------

    async def _assemble(
        self, config: StationConfig, hardware: object, parts: Parts, listeners: Listeners
    ) -> Runner:
        """What the service does itself, with the benchmark's commands."""
        del parts
        store = await asyncio.to_thread(open_store, config.store, config.synchronous)
        kernel = compose(config, hardware_methods(hardware), SystemEntropy(), store)
        build = kernel._build

        def built(kernel: Kernel, subprotocol: str | None, cause: Cause) -> Assembly:
            return _extended(build(kernel, subprotocol, cause), kernel)

        kernel._build = built
        self.kernel = kernel

        def publish(name: str, value: object) -> None:
            if name != DELIVERED:
                listeners.on_publish(name, value)
            elif self._delivered is not None and not self._delivered.done():
                self._delivered.set_result(None)

        self._runner = Runner(
            kernel,
            WebSocketLink,
            hardware,
            SystemClock(),
            threaded=isinstance(store, SqliteStore),
            on_publish=publish,
            on_fatal=listeners.on_fatal,
        )
        return self._runner


def _extended(assembly: Any, kernel: Kernel) -> Assembly:
    ctx = assembly._ctx

    async def send(command: Send) -> Any:
        return await ctx.csms.call(command.request)

    def record(command: Record) -> None:
        ctx.station.transactions.record(
            EVSE, TriggerReason.MeterValuePeriodic, meter_values=command.values
        )

    delivery = assembly.deliveries[TransactionFact]

    def delivered(fact: Any, request: Any, answer: Any) -> None:
        delivery.delivered(fact, request, answer)
        kernel.publish(DELIVERED, None)

    assembly.commands = {**assembly.commands, Send: send, Record: record}
    assembly.deliveries = {
        **assembly.deliveries,
        TransactionFact: evolve(delivery, delivered=delivered),
    }
    extended: Assembly = assembly
    return extended


def _any(_value: object) -> bool:
    return True
