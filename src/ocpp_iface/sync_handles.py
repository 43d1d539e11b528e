"""The handles of `handles`, blocking: same names, with `timeout` in seconds (None: no limit).

Every report may raise TimeoutError; it may have been stored all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any, Protocol, TypeVar

from attrs import frozen

from ocpp_iface import types
from ocpp_iface.handles import ConnectorHandle, EvseHandle, StationHandle
from ocpp_iface.smartcharging import ChargingNeeds, ChargingSchedule, LimitSource, RateUnit
from ocpp_iface.types import ChargingState, Fault, IdToken, MeterReading, StoppedReason
from ocpp_iface.types.outcomes import TokenOutcome

T = TypeVar("T")


class Call(Protocol):
    """Runs a coroutine of the service and waits for it, in any thread but the loop's."""

    def __call__(self, work: Callable[[], Coroutine[Any, Any, T]], timeout: float | None) -> T: ...


@frozen
class SyncConnectorHandle:
    _handle: ConnectorHandle
    _call: Call

    def plug_in(self, *, timeout: float | None = None) -> None:
        self._call(self._handle.plug_in, timeout)

    def unplug(self, cable_left: bool = False, *, timeout: float | None = None) -> None:
        self._call(lambda: self._handle.unplug(cable_left), timeout)

    def report_fault(self, fault: Fault, *, timeout: float | None = None) -> None:
        self._call(lambda: self._handle.report_fault(fault), timeout)

    def clear_fault(self, fault_id: str, *, timeout: float | None = None) -> bool:
        return self._call(lambda: self._handle.clear_fault(fault_id), timeout)


@frozen
class SyncEvseHandle:
    _handle: EvseHandle
    _call: Call

    def connector(self, connector_id: int = 1) -> SyncConnectorHandle:
        """Raises ValueError if the EVSE has no such connector."""
        return SyncConnectorHandle(self._handle.connector(connector_id), self._call)

    def present_token(self, token: IdToken, *, timeout: float | None = None) -> TokenOutcome:
        return self._call(lambda: self._handle.present_token(token), timeout)

    def report_meter(self, reading: MeterReading, *, timeout: float | None = None) -> None:
        self._call(lambda: self._handle.report_meter(reading), timeout)

    def report_charging_state(
        self, state: ChargingState, phases_used: int | None = None, *, timeout: float | None = None
    ) -> None:
        self._call(lambda: self._handle.report_charging_state(state, phases_used), timeout)

    def report_bay(self, occupied: bool, *, timeout: float | None = None) -> None:
        self._call(lambda: self._handle.report_bay(occupied), timeout)

    def set_external_limit(
        self,
        limit: float | ChargingSchedule,
        *,
        unit: RateUnit = RateUnit.A,
        source: LimitSource = LimitSource.EMS,
        valid_to: datetime | None = None,
        grid_critical: bool | None = None,
        timeout: float | None = None,
    ) -> None:
        self._call(
            lambda: self._handle.set_external_limit(
                limit, unit=unit, source=source, valid_to=valid_to, grid_critical=grid_critical
            ),
            timeout,
        )

    def clear_external_limit(
        self, source: LimitSource | None = None, *, timeout: float | None = None
    ) -> bool:
        return self._call(lambda: self._handle.clear_external_limit(source), timeout)

    def report_charging_needs(
        self,
        needs: ChargingNeeds,
        max_schedule_tuples: int | None = None,
        *,
        timeout: float | None = None,
    ) -> None:
        self._call(lambda: self._handle.report_charging_needs(needs, max_schedule_tuples), timeout)

    def offered_schedules(
        self, duration_s: int = 86_400, *, timeout: float | None = None
    ) -> tuple[types.ChargingSchedule, ...]:
        return self._call(lambda: self._handle.offered_schedules(duration_s), timeout)

    def report_charging_plan(
        self,
        schedule: ChargingSchedule | None = None,
        *,
        time_base: datetime | None = None,
        selected: int = 0,
        timeout: float | None = None,
    ) -> bool:
        return self._call(
            lambda: self._handle.report_charging_plan(
                schedule, time_base=time_base, selected=selected
            ),
            timeout,
        )

    def press_stop(self, *, timeout: float | None = None) -> bool:
        return self._call(self._handle.press_stop, timeout)

    def stop_transaction(
        self, reason: StoppedReason = StoppedReason.Local, *, timeout: float | None = None
    ) -> bool:
        return self._call(lambda: self._handle.stop_transaction(reason), timeout)

    def report_fault(self, fault: Fault, *, timeout: float | None = None) -> None:
        self._call(lambda: self._handle.report_fault(fault), timeout)

    def clear_fault(self, fault_id: str, *, timeout: float | None = None) -> bool:
        return self._call(lambda: self._handle.clear_fault(fault_id), timeout)


@frozen
class SyncStationHandle:
    _handle: StationHandle
    _call: Call

    def evse(self, evse_id: int) -> SyncEvseHandle:
        """Raises ValueError if the station has no such EVSE."""
        return SyncEvseHandle(self._handle.evse(evse_id), self._call)

    def present_token(self, token: IdToken, *, timeout: float | None = None) -> TokenOutcome:
        return self._call(lambda: self._handle.present_token(token), timeout)

    def report_meter(self, reading: MeterReading, *, timeout: float | None = None) -> None:
        self._call(lambda: self._handle.report_meter(reading), timeout)

    def set_external_limit(
        self,
        limit: float | ChargingSchedule,
        *,
        unit: RateUnit = RateUnit.A,
        source: LimitSource = LimitSource.EMS,
        valid_to: datetime | None = None,
        grid_critical: bool | None = None,
        timeout: float | None = None,
    ) -> None:
        self._call(
            lambda: self._handle.set_external_limit(
                limit, unit=unit, source=source, valid_to=valid_to, grid_critical=grid_critical
            ),
            timeout,
        )

    def clear_external_limit(
        self, source: LimitSource | None = None, *, timeout: float | None = None
    ) -> bool:
        return self._call(lambda: self._handle.clear_external_limit(source), timeout)

    def report_fault(self, fault: Fault, *, timeout: float | None = None) -> None:
        self._call(lambda: self._handle.report_fault(fault), timeout)

    def clear_fault(self, fault_id: str, *, timeout: float | None = None) -> bool:
        return self._call(lambda: self._handle.clear_fault(fault_id), timeout)
