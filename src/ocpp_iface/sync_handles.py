"""The handles of `handles`, blocking: same names, with `timeout` in seconds (None: no limit).

Every report may raise TimeoutError; it may have been stored all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, Protocol, TypeVar

from attrs import frozen

from ocpp_iface.handles import ConnectorHandle, EvseHandle, StationHandle
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

    def report_fault(self, fault: Fault, *, timeout: float | None = None) -> None:
        self._call(lambda: self._handle.report_fault(fault), timeout)

    def clear_fault(self, fault_id: str, *, timeout: float | None = None) -> bool:
        return self._call(lambda: self._handle.clear_fault(fault_id), timeout)
