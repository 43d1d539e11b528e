"""G: StatusNotification and ChangeAvailability."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ocpp_iface.devicemodel.catalog import OCPPCommCtrlr
from ocpp_iface.engine.block import Block, Cause, Watcher
from ocpp_iface.engine.dispatcher import Handler
from ocpp_iface.engine.outbox import Lane
from ocpp_iface.station.context import StationContext
from ocpp_iface.station.events import CameOnline, ConnectorStatusChanged
from ocpp_iface.types import (
    EVSE,
    ChangeAvailabilityRequest,
    ConnectorStatus,
    OperationalStatusEnumType,
)
from ocpp_iface.v201.mapping import status
from ocpp_iface.wire import datetimes
from ocpp_iface.wire.v201 import call, call_result, datatypes, enums

_Where = tuple[int, int]


class Availability(Block):
    """A status is reported when its projection differs from what the CSMS confirmed last."""

    code = "G"

    def __init__(self, ctx: StationContext) -> None:
        self._ctx = ctx
        self._reported: dict[_Where, ConnectorStatus] = {}
        self._due = False

    def routes(self) -> Mapping[type, Handler]:
        return {call.ChangeAvailability: self.change_availability}

    def watches(self) -> Mapping[type, Watcher]:
        return {ConnectorStatusChanged: self._changed, CameOnline: self._came_online}

    def triggers(self) -> Mapping[str, Any]:
        return {"StatusNotification": self.trigger_status}

    def resume(self, cause: Cause) -> None:
        if cause is not Cause.BOOT and self._ctx.online:
            self._report_soon()

    def change_availability(self, request: Any) -> call_result.ChangeAvailability:
        """G03, G04: the same path as the app's command."""
        evse = request.evse
        answer = self._ctx.station.availability.change(
            ChangeAvailabilityRequest(
                OperationalStatusEnumType(str(request.operational_status)),
                evse=EVSE(evse.id, connector_id=evse.connector_id) if evse and evse.id else None,
            )
        )
        info = answer.status_info
        return call_result.ChangeAvailability(
            enums.ChangeAvailabilityStatusEnumType(answer.status.value),
            status_info=datatypes.StatusInfoType(info.reason_code, info.additional_info)
            if info
            else None,
        )

    def trigger_status(self, request: Any) -> bool:
        """F06: the status of one connector, of those of an EVSE, or of all."""
        evse = request.evse
        wanted = [
            where
            for where in self._connectors()
            if evse is None
            or (where[0] == evse.id and evse.connector_id in (None, where[1]))
        ]
        for where in wanted:
            self._send(where, self._project(where), Lane.TRIGGERED)
        return bool(wanted)

    # -- inside --------------------------------------------------------------------------------

    def _changed(self, _event: ConnectorStatusChanged) -> None:
        self._report_soon()

    def _came_online(self, event: CameOnline) -> None:
        """B04: after a long outage all connectors, after a short one those that changed."""
        threshold = self._ctx.variables.get(OCPPCommCtrlr.offline_threshold)
        if event.offline_s is None or event.offline_s > threshold:
            self._reported.clear()
        self._report_soon()

    def _report_soon(self) -> None:
        """After the input is handled, so that passing states are not reported."""
        if not self._due:
            self._due = True
            self._ctx.flows.start("status", self._report())

    async def _report(self) -> None:
        self._due = False
        if not self._ctx.online:
            return
        for where in self._connectors():
            now = self._project(where)
            if self._reported.get(where) is not now:
                self._send(where, now, Lane.NORMAL)

    def _send(self, where: _Where, now: ConnectorStatus, lane: Lane) -> None:
        before = self._reported.get(where)
        self._reported[where] = now

        def answered(_response: object, error: Exception | None) -> None:
            if error is not None and self._reported.get(where) is now:
                if before is None:
                    self._reported.pop(where)
                else:
                    self._reported[where] = before

        request = call.StatusNotification(
            datetimes.format(self._ctx.clock.now),
            enums.ConnectorStatusEnumType(now.value),
            evse_id=where[0],
            connector_id=where[1],
        )
        self._ctx.outbox.call(request, lane, answered)

    def _project(self, where: _Where) -> ConnectorStatus:
        return status.project(self._ctx.station.connector_facts(*where))

    def _connectors(self) -> list[_Where]:
        topology = self._ctx.topology
        return [
            (evse, connector)
            for evse in topology.evse_ids()
            for connector in topology.connector_ids(evse)
        ]
