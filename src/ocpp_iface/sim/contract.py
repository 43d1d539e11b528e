"""The commands of the contract on a simulated station, by their names and without `await`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from attrs import define

from ocpp_iface.station import commands
from ocpp_iface.types import (
    ChangeAvailabilityRequest,
    ChangeAvailabilityResponse,
    ComponentVariable,
    GetVariableRequest,
    GetVariableResult,
    SecurityEvent,
    SetVariableRequest,
    SetVariableResult,
)

if TYPE_CHECKING:
    from ocpp_iface.sim.station import SimStation


@define(eq=False)
class SimContract:
    """Each runs the world until the command is done."""

    _station: SimStation

    def stop(self) -> bool:
        return bool(self._do(commands.Stop()))

    def restart(self) -> bool:
        return bool(self._do(commands.Restart()))

    def security_event(self, event: SecurityEvent) -> None:
        self._do(commands.RaiseSecurityEvent(event))

    def get_variables(self, requests: Sequence[GetVariableRequest]) -> list[GetVariableResult]:
        asked: Any = tuple(requests)
        return list(self._do(commands.GetVariables(asked)))

    def set_variables(
        self, requests: Sequence[SetVariableRequest], source: str = "app"
    ) -> list[SetVariableResult]:
        asked: Any = tuple(requests)
        return list(self._do(commands.SetVariables(asked, source)))

    def change_availability(self, request: ChangeAvailabilityRequest) -> ChangeAvailabilityResponse:
        response: ChangeAvailabilityResponse = self._do(commands.ChangeAvailability(request))
        return response

    def monitor_variables(self, component_variables: Sequence[ComponentVariable]) -> None:
        addresses: Any = tuple(component_variables)
        self._do(commands.MonitorVariables(addresses))

    def _do(self, command: object) -> Any:
        return self._station.command(command)
