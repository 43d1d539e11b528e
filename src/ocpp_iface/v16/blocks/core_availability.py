"""Core: ChangeAvailability."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ocpp_iface.engine.block import Block
from ocpp_iface.engine.dispatcher import Handler
from ocpp_iface.station.context import StationContext
from ocpp_iface.types import EVSE, ChangeAvailabilityRequest, OperationalStatusEnumType
from ocpp_iface.v16.mapping import ids
from ocpp_iface.wire.v16 import call, call_result, enums


class Availability(Block):
    code = "Core"

    def __init__(self, ctx: StationContext) -> None:
        self._ctx = ctx

    def routes(self) -> Mapping[type, Handler]:
        return {call.ChangeAvailability: self.change}

    def change(self, request: Any) -> call_result.ChangeAvailability:
        """5.2: the same path as the app's command; connector 0 is the station and all connectors.
        4.9: afterwards each of them has a status of its own again.
        """
        place = ids.place_of(self._ctx.topology, request.connector_id)
        if place is None:
            return call_result.ChangeAvailability(enums.AvailabilityStatus.rejected)
        station = place == ids.STATION
        evse_id, connector_id = place
        answer = self._ctx.station.availability.change(
            ChangeAvailabilityRequest(
                OperationalStatusEnumType(str(request.type)),
                evse=None if station else EVSE(evse_id, connector_id=connector_id),
            ),
            everything_below=station,
            alone=not station,
        )
        return call_result.ChangeAvailability(enums.AvailabilityStatus(answer.status.value))
