"""The station side of the facade: what the app reports about its hardware and its drivers.

A report is stored, then acted upon; awaiting it means that it was stored, not that the CSMS knows.
Every report may raise PayloadError (a wrong argument; nothing was reported) and NotRunning (the
service is not open).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from attrs import frozen

from ocpp_iface import types
from ocpp_iface.errors import Fault as ErrorKind
from ocpp_iface.errors import PayloadError
from ocpp_iface.ports.topology import Topology
from ocpp_iface.smartcharging import (
    ChargingNeeds,
    ChargingSchedule,
    EvNeedsReport,
    EvSchedule,
    LimitSource,
    RateUnit,
)
from ocpp_iface.smartcharging.limits import external_schedule
from ocpp_iface.station.reports import (
    ClearExternalLimit,
    ClearFault,
    OfferSchedules,
    PlugIn,
    PresentToken,
    ReportBay,
    ReportChargingNeeds,
    ReportChargingPlan,
    ReportChargingState,
    ReportFault,
    ReportMeter,
    SetExternalLimit,
    StopButton,
    StopTransaction,
    Unplug,
)
from ocpp_iface.types import (
    ChargingState,
    Fault,
    IdToken,
    MeterReading,
    StoppedReason,
)
from ocpp_iface.types.check import (
    Boolean,
    Instance,
    Integer,
    Optional,
    Text,
    Word,
)
from ocpp_iface.types.conform import conform
from ocpp_iface.types.outcomes import TokenOutcome

Report = Callable[[object], Awaitable[Any]]
"""Hands a report to the kernel."""

_STATION = 0
"""In place of the number of an EVSE."""

_FAULT, _FAULT_ID = Instance(Fault), Text(min_length=1)
_TOKEN, _READING = Instance(IdToken), Instance(MeterReading)
_STATE, _PHASES = Word(ChargingState), Optional(Integer(1, 3))
_REASON, _FLAG = Word(StoppedReason), Boolean()
_TUPLES, _DURATION, _INDEX = Optional(Integer(1)), Integer(1), Integer(0)


@frozen
class ConnectorHandle:
    """One connector of an EVSE."""

    evse_id: int
    connector_id: int
    _report: Report

    async def plug_in(self) -> None:
        """A cable connects the EV with this connector."""
        await self._report(PlugIn(self.evse_id, self.connector_id))

    async def unplug(self, cable_left: bool = False) -> None:
        """The EV is gone. `cable_left`: its cable still sits in the station's socket."""
        _FLAG.check("cable_left", cable_left)
        await self._report(Unplug(self.evse_id, self.connector_id, cable_left))

    async def report_fault(self, fault: Fault) -> None:
        """Something is broken; it counts until `clear_fault` with its id."""
        _FAULT.check("fault", fault)
        await self._report(ReportFault(self.evse_id, self.connector_id, fault))

    async def clear_fault(self, fault_id: str) -> bool:
        """True if this connector had such a fault."""
        _FAULT_ID.check("fault_id", fault_id)
        return bool(await self._report(ClearFault(self.evse_id, self.connector_id, fault_id)))


@frozen
class EvseHandle:
    """One EVSE: it charges one EV at a time."""

    evse_id: int
    _topology: Topology
    _report: Report

    def connector(self, connector_id: int = 1) -> ConnectorHandle:
        """Raises ValueError if the EVSE has no such connector."""
        known = self._topology.connector_ids(self.evse_id)
        if type(connector_id) is not int or connector_id not in known:
            raise ValueError(
                f"EVSE {self.evse_id} has no connector {connector_id!r}; it has {_listed(known)}"
            )
        return ConnectorHandle(self.evse_id, connector_id, self._report)

    async def present_token(self, token: IdToken) -> TokenOutcome:
        """Somebody presents a token here: starts, stops or refuses.

        Returns when the token was judged; if the CSMS has to be asked that may take as long as a
        message may take.
        """
        _TOKEN.check("token", token)
        outcome: TokenOutcome = await self._report(PresentToken(token, self.evse_id))
        return outcome

    async def report_meter(self, reading: MeterReading) -> None:
        """The newest reading; which readings the CSMS gets is decided by the configuration."""
        _READING.check("reading", reading)
        await self._report(ReportMeter(self.evse_id, reading))

    async def report_charging_state(
        self, state: ChargingState, phases_used: int | None = None
    ) -> None:
        """Whether energy flows, and who suspends it if not; on how many phases (1 to 3)."""
        _STATE.check("state", state)
        _PHASES.check("phases_used", phases_used)
        await self._report(ReportChargingState(self.evse_id, state, phases_used))

    async def report_bay(self, occupied: bool) -> None:
        """The parking bay became occupied or free."""
        _FLAG.check("occupied", occupied)
        await self._report(ReportBay(self.evse_id, occupied))

    async def press_stop(self) -> bool:
        """Somebody presses the stop button. True if somebody charged here or was about to.

        No more energy flows then; whether the transaction ends with it, TxStopPoint says.
        """
        return bool(await self._report(StopButton(self.evse_id)))

    async def stop_transaction(self, reason: StoppedReason = StoppedReason.Local) -> bool:
        """The app itself ends the transaction. True if there was one."""
        _REASON.check("reason", reason)
        return bool(await self._report(StopTransaction(self.evse_id, reason.value)))

    async def set_external_limit(
        self,
        limit: float | ChargingSchedule,
        *,
        unit: RateUnit = RateUnit.A,
        source: LimitSource = LimitSource.EMS,
        valid_to: datetime | None = None,
        grid_critical: bool | None = None,
    ) -> None:
        """An energy manager, the grid, ... limits this EVSE, in place of what `source` said before.

        `limit`: ampere per phase or watt, as `unit` says, from now on; or a schedule. It holds until
        `valid_to` or `clear_external_limit`, over restarts too.
        """
        await self._report(_limit(self.evse_id, limit, unit, source, valid_to, grid_critical))

    async def clear_external_limit(self, source: LimitSource | None = None) -> bool:
        """The limit of `source` (None: of everybody) is gone. True if there was one."""
        conform(LimitSource | None, "source", source)
        return bool(await self._report(ClearExternalLimit(self.evse_id, source)))

    async def report_charging_needs(
        self, needs: ChargingNeeds, max_schedule_tuples: int | None = None
    ) -> None:
        """An ISO 15118 vehicle says what it needs, at the start or to renegotiate.

        `max_schedule_tuples`: how many periods of a schedule it can take.
        """
        conform(ChargingNeeds, "needs", needs)
        _TUPLES.check("max_schedule_tuples", max_schedule_tuples)
        report = EvNeedsReport(self.evse_id, needs, max_schedule_tuples)
        await self._report(ReportChargingNeeds(report))

    async def offered_schedules(
        self, duration_s: int = 86_400
    ) -> tuple[types.ChargingSchedule, ...]:
        """What to offer to an ISO 15118 vehicle: one to three schedules from now on."""
        _DURATION.check("duration_s", duration_s)
        offered: tuple[types.ChargingSchedule, ...] = await self._report(
            OfferSchedules(self.evse_id, duration_s)
        )
        return offered

    async def report_charging_plan(
        self,
        schedule: ChargingSchedule | None = None,
        *,
        time_base: datetime | None = None,
        selected: int = 0,
    ) -> bool:
        """The vehicle took the offered schedule `selected` and plans to follow `schedule`, counted
        from `time_base`; without one it follows the offer. True if that keeps within the limits.
        """
        conform(ChargingSchedule | None, "schedule", schedule)
        conform(datetime | None, "time_base", time_base)
        _INDEX.check("selected", selected)
        plan = None
        if schedule is not None:
            if time_base is None:
                raise PayloadError("time_base", "a plan needs it", ErrorKind.OCCURRENCE)
            schedule = external_schedule(schedule, schedule.unit)
            plan = EvSchedule(self.evse_id, time_base, schedule)
        return bool(await self._report(ReportChargingPlan(self.evse_id, plan, selected)))

    async def report_fault(self, fault: Fault) -> None:
        """Something is broken that concerns the whole EVSE, until `clear_fault` with its id."""
        _FAULT.check("fault", fault)
        await self._report(ReportFault(self.evse_id, None, fault))

    async def clear_fault(self, fault_id: str) -> bool:
        """True if the EVSE had such a fault."""
        _FAULT_ID.check("fault_id", fault_id)
        return bool(await self._report(ClearFault(self.evse_id, None, fault_id)))


@frozen
class StationHandle:
    """The whole station, and the way to its EVSEs."""

    topology: Topology
    _report: Report

    def evse(self, evse_id: int) -> EvseHandle:
        """Raises ValueError if the station has no such EVSE."""
        known = self.topology.evse_ids()
        if type(evse_id) is not int or evse_id not in known:
            raise ValueError(f"the station has no EVSE {evse_id!r}; it has {_listed(known)}")
        return EvseHandle(evse_id, self.topology, self._report)

    async def present_token(self, token: IdToken) -> TokenOutcome:
        """Somebody presents a token at a reader that belongs to no EVSE in particular."""
        _TOKEN.check("token", token)
        outcome: TokenOutcome = await self._report(PresentToken(token))
        return outcome

    async def report_meter(self, reading: MeterReading) -> None:
        """A reading of the station's main meter."""
        _READING.check("reading", reading)
        await self._report(ReportMeter(_STATION, reading))

    async def set_external_limit(
        self,
        limit: float | ChargingSchedule,
        *,
        unit: RateUnit = RateUnit.A,
        source: LimitSource = LimitSource.EMS,
        valid_to: datetime | None = None,
        grid_critical: bool | None = None,
    ) -> None:
        """The same as for one EVSE, for all of them together."""
        await self._report(_limit(_STATION, limit, unit, source, valid_to, grid_critical))

    async def clear_external_limit(self, source: LimitSource | None = None) -> bool:
        """The limit of `source` (None: of everybody) on the station is gone. True if there was one."""
        conform(LimitSource | None, "source", source)
        return bool(await self._report(ClearExternalLimit(_STATION, source)))

    async def report_fault(self, fault: Fault) -> None:
        """Something is broken that concerns the whole station, until `clear_fault` with its id."""
        _FAULT.check("fault", fault)
        await self._report(ReportFault(_STATION, None, fault))

    async def clear_fault(self, fault_id: str) -> bool:
        """True if the station had such a fault."""
        _FAULT_ID.check("fault_id", fault_id)
        return bool(await self._report(ClearFault(_STATION, None, fault_id)))


def _limit(
    evse_id: int,
    limit: float | ChargingSchedule,
    unit: RateUnit,
    source: LimitSource,
    valid_to: datetime | None,
    grid_critical: bool | None,
) -> SetExternalLimit:
    """Raises PayloadError; K11.FR.05: the CSMS is no external source."""
    conform(ChargingSchedule if isinstance(limit, ChargingSchedule) else float, "limit", limit)
    conform(RateUnit, "unit", unit)
    conform(LimitSource, "source", source)
    conform(datetime | None, "valid_to", valid_to)
    conform(bool | None, "grid_critical", grid_critical)
    if source is LimitSource.CSO:
        raise PayloadError("source", "CSO is the CSMS itself", ErrorKind.PROPERTY)
    schedule = external_schedule(limit, unit)
    return SetExternalLimit(evse_id, schedule, source, valid_to, grid_critical)


def _listed(numbers: range) -> str:
    return "1" if len(numbers) == 1 else f"1 to {numbers[-1]}"
