"""A simulated charger in real time: what `ocpp-iface run` has instead of contactors and meters.

It implements `ports.hardware`. Energy flows while it is permitted, a car is plugged in and wants
some, and the limit lets it. What a real charger keeps without power (the register of its meter, the
car at its cable) is kept in a file, so that a killed process finds the world as it was.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime
from math import isfinite
from pathlib import Path
from typing import Any, Final

from attrs import define, field

from ocpp_iface.errors import ConfigurationError, NotRunning
from ocpp_iface.handles import StationHandle
from ocpp_iface.ports.hardware import UnlockOutcome
from ocpp_iface.types import (
    ChargingSchedule,
    ChargingState,
    Measurand,
    MeterReading,
    SampledValue,
)

VOLTAGE_V: Final = 230.0
PHASES: Final = 3

OnOrder = Callable[[str, int, dict[str, Any]], None]


@define(eq=False)
class Outlet:
    """One EVSE, and the car at it. Watt-hours count `speed` times faster than the clock."""

    evse_id: int
    power_w: float
    """What the car draws if it may."""
    speed: float
    register_wh: float = 0.0
    plugged: int | None = None
    """The connector with a car."""
    paused: bool = False
    """The car wants no energy for now."""
    permitted: bool = False
    reported: ChargingState | None = None
    limit: ChargingSchedule | None = None
    _limit_since: float = 0.0
    _since: float = 0.0

    def flow_w(self, now: float) -> float:
        """Drawn at the moment."""
        wanted = self.plugged is not None and self.permitted and not self.paused
        return min(self.power_w, self._limit_w(now)) if wanted else 0.0

    def state(self, now: float) -> ChargingState:
        if self.plugged is None:
            return ChargingState.Idle
        if not self.permitted:
            return ChargingState.EVConnected
        if self.paused:
            return ChargingState.SuspendedEV
        return ChargingState.Charging if self.flow_w(now) > 0 else ChargingState.SuspendedEVSE

    def count(self, now: float) -> None:
        """Bring the register up to `now`; to be called before anything changes."""
        hours = (now - self._since) * self.speed / 3600
        self.register_wh += self.flow_w(self._since) * hours
        self._since = now

    def set_limit(self, limit: ChargingSchedule, now: float) -> None:
        self.count(now)
        self.limit, self._limit_since = limit, now

    def reading(self, now: float) -> MeterReading:
        self.count(now)
        power = self.flow_w(now)
        samples = (
            SampledValue(round(self.register_wh, 1)),
            SampledValue(round(power, 1), Measurand.Power_Active_Import),
            SampledValue(round(power / VOLTAGE_V / PHASES, 2), Measurand.Current_Import),
            SampledValue(VOLTAGE_V, Measurand.Voltage),
        )
        return MeterReading(datetime.now(UTC), samples)

    def _limit_w(self, now: float) -> float:
        if self.limit is None:
            return float("inf")
        watts = float("inf")
        for period in self.limit.charging_schedule_period:
            if period.start_period <= now - self._limit_since:
                phases = period.number_phases or PHASES
                in_watts = self.limit.charging_rate_unit == "W"
                watts = period.limit if in_watts else period.limit * VOLTAGE_V * phases
        return watts


@define(eq=False)
class SimulatedCharger:
    """`interval_s`: how often the meter is read while energy flows. `memory`: the file of what
    outlives the process. `on_order(method, evse_id, details)` hears of each order.
    """

    evse_ids: tuple[int, ...]
    power_w: float = 11_000.0
    speed: float = 1.0
    interval_s: float = 1.0
    memory: Path | None = None
    on_order: OnOrder = field(default=lambda _method, _evse, _details: None)
    outlets: dict[int, Outlet] = field(init=False)
    _loop: asyncio.AbstractEventLoop = field(factory=asyncio.get_running_loop, init=False)
    _wake: asyncio.Event = field(factory=asyncio.Event, init=False)

    def __attrs_post_init__(self) -> None:
        now = self._loop.time()
        self.outlets = {
            number: Outlet(number, self.power_w, self.speed, since=now) for number in self.evse_ids
        }
        self._remember()

    # -- orders of the station (ports.hardware) ----------------------------------------------

    async def permit_energy(self, evse_id: int) -> None:
        self._permit(evse_id, True)
        reading = self.read_now(evse_id)
        self.on_order("permit_energy", evse_id, {"register_wh": reading.energy_wh()})

    async def stop_energy(self, evse_id: int) -> MeterReading:
        self._permit(evse_id, False)
        reading = self.read_now(evse_id)
        self.on_order("stop_energy", evse_id, {"register_wh": reading.energy_wh()})
        return reading

    async def set_limit(self, evse_id: int, limit: ChargingSchedule) -> None:
        if evse_id in self.outlets:
            self.outlets[evse_id].set_limit(limit, self._loop.time())
            self._wake.set()
            first = limit.charging_schedule_period[:1]
            shown = {"limit": first[0].limit, "unit": limit.charging_rate_unit} if first else {}
            self.on_order("set_limit", evse_id, shown)

    async def lock(self, evse_id: int, connector_id: int) -> None:
        self.on_order("lock", evse_id, {"connector": connector_id})

    async def unlock(self, evse_id: int, connector_id: int) -> UnlockOutcome:
        self.on_order("unlock", evse_id, {"connector": connector_id})
        return UnlockOutcome.UNLOCKED

    async def set_operative(self, evse_id: int, connector_id: int | None, operative: bool) -> None:
        shown = {"connector": connector_id, "operative": operative}
        self.on_order("set_operative", evse_id, shown)

    async def read_meter(self, evse_id: int) -> MeterReading | None:
        return self.read_now(evse_id) if evse_id in self.outlets else None

    # -- the driver and the car ----------------------------------------------------------------

    def plug(self, evse_id: int, connector_id: int | None) -> None:
        """A car comes (or, None, goes)."""
        outlet = self.outlets[evse_id]
        outlet.count(self._loop.time())
        outlet.plugged, outlet.paused, outlet.reported = connector_id, False, None
        self._keep()
        self._wake.set()

    def pause(self, evse_id: int, paused: bool) -> None:
        """The car stops to draw, or goes on."""
        outlet = self.outlets[evse_id]
        outlet.count(self._loop.time())
        outlet.paused = paused
        self._wake.set()

    def set_register(self, evse_id: int, register_wh: float) -> MeterReading:
        outlet = self.outlets[evse_id]
        outlet.count(self._loop.time())
        outlet.register_wh = register_wh
        return self.read_now(evse_id)

    def read_now(self, evse_id: int) -> MeterReading:
        """Kept before anybody hears of it: a register never goes back, not even over a kill."""
        reading = self.outlets[evse_id].reading(self._loop.time())
        self._keep()
        return reading

    # -- its controller ------------------------------------------------------------------------

    async def work(self, station: StationHandle) -> None:
        """Report what the charger sees, until the service is closed."""
        try:
            await self._begin(station)
            while True:
                await self._look(station)
                await self._pause_until_news()
        except NotRunning:
            return

    async def _begin(self, station: StationHandle) -> None:
        for outlet in self.outlets.values():
            await station.evse(outlet.evse_id).report_meter(self.read_now(outlet.evse_id))
            if outlet.plugged is None:
                continue
            try:
                connector = station.evse(outlet.evse_id).connector(outlet.plugged)
            except ValueError:  # the configuration has fewer connectors than it had
                outlet.plugged = None
            else:
                await connector.plug_in()

    async def _look(self, station: StationHandle) -> None:
        now = self._loop.time()
        for outlet in self.outlets.values():
            state = outlet.state(now)
            changed = outlet.plugged is not None and state is not outlet.reported
            evse = station.evse(outlet.evse_id)
            if changed:
                outlet.reported = state
                await evse.report_charging_state(state)
            if changed or outlet.flow_w(now) > 0:
                await evse.report_meter(self.read_now(outlet.evse_id))

    async def _pause_until_news(self) -> None:
        try:
            async with asyncio.timeout(self.interval_s):
                await self._wake.wait()
        except TimeoutError:
            return
        finally:
            self._wake.clear()

    def _permit(self, evse_id: int, permitted: bool) -> None:
        outlet = self.outlets[evse_id]
        outlet.count(self._loop.time())
        outlet.permitted = permitted
        self._wake.set()

    # -- what outlives the process -------------------------------------------------------------

    def remembered(self) -> dict[str, dict[str, Any]]:
        """By the number of the EVSE: meter register and the connector with a car."""
        return {
            str(outlet.evse_id): {"register_wh": outlet.register_wh, "plugged": outlet.plugged}
            for outlet in self.outlets.values()
        }

    def _keep(self) -> None:
        if self.memory is None:
            return
        fresh = self.memory.with_name(f"{self.memory.name}.new")
        fresh.write_text(json.dumps(self.remembered()))
        fresh.replace(self.memory)

    def _remember(self) -> None:
        if self.memory is None or not self.memory.exists():
            return
        try:
            content = json.loads(self.memory.read_text())
            for number, outlet in self.outlets.items():
                kept = content.get(str(number), {})
                outlet.register_wh = _register(kept.get("register_wh", 0.0))
                plugged = kept.get("plugged")
                outlet.plugged = None if plugged is None else int(plugged)
        except (OSError, ValueError, TypeError, AttributeError) as error:
            raise ConfigurationError(
                "is not what the simulated charger wrote; delete it", source=str(self.memory)
            ) from error


def _register(kept: Any) -> float:
    value = float(kept)
    if not (isfinite(value) and value >= 0):
        raise ValueError("no meter shows that")
    return value
