"""G: StatusNotification and ChangeAvailability."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ocpp_iface.devicemodel.catalog import OCPPCommCtrlr
from ocpp_iface.engine.block import Block, Cause, Watcher
from ocpp_iface.engine.dispatcher import Handler
from ocpp_iface.engine.outbox import Lane
from ocpp_iface.engine.soon import Soon
from ocpp_iface.station.context import StationContext
from ocpp_iface.station.events import BootAccepted, CameOnline, ConnectorStatusChanged
from ocpp_iface.station.states import availability_state
from ocpp_iface.types import (
    EVSE,
    ChangeAvailabilityRequest,
    ConnectorStatus,
    OperationalStatusEnumType,
)
from ocpp_iface.v201.mapping import status_info
from ocpp_iface.v201.sending import is_worth_sending, send_or_keep
from ocpp_iface.wire import datetimes
from ocpp_iface.wire.v201 import call, call_result, datatypes, enums

_Where = tuple[int, int]


class Availability(Block):
    """A status is reported when its projection differs from what the CSMS confirmed last."""

    code = "G"

    def __init__(self, ctx: StationContext) -> None:
        self._ctx = ctx
        self._reported: dict[_Where, ConnectorStatus] = {}
        self._report_soon = Soon(ctx.flows, "status", self._report)

    def routes(self) -> Mapping[type, Handler]:
        return {call.ChangeAvailability: self.change_availability}

    def watches(self) -> Mapping[type, Watcher]:
        return {
            ConnectorStatusChanged: self._report_soon,
            BootAccepted: self._accepted,
            CameOnline: self._came_online,
        }

    def triggers(self) -> Mapping[str, Callable[[Any], bool]]:
        return {"StatusNotification": self.trigger_status}

    def resume(self, cause: Cause) -> None:
        if cause is not Cause.BOOT and self._ctx.online:
            self._report_soon()

    def change_availability(self, request: Any) -> call_result.ChangeAvailability:
        """G03, G04: the same path as the app's command."""
        statuses = enums.ChangeAvailabilityStatusEnumType
        evse = request.evse
        unknown = self._unknown(evse) if evse else None
        if unknown is not None:
            return call_result.ChangeAvailability(
                statuses.rejected, status_info=status_info.because(unknown)
            )
        part = EVSE(evse.id, connector_id=evse.connector_id) if evse else None
        answer = self._ctx.station.availability.change(
            ChangeAvailabilityRequest(
                OperationalStatusEnumType(request.operational_status.value), evse=part
            )
        )
        return call_result.ChangeAvailability(
            statuses(answer.status.value), status_info=status_info.to_wire(answer.status_info)
        )

    def trigger_status(self, request: Any) -> bool:
        """F06.FR.12: of one connector only."""
        evse = request.evse
        if evse is None or evse.connector_id is None:
            return False
        where = (evse.id, evse.connector_id)
        if not self._ctx.topology.has_connector(*where):
            return False
        now = self._project(where)
        self._ctx.outbox.call(self._message(where, now), Lane.TRIGGERED, self._noting(where, now))
        return True

    # -- inside --------------------------------------------------------------------------------

    def _unknown(self, evse: datatypes.EVSEType) -> str | None:
        """The reason code for a part that there is not."""
        if not self._ctx.topology.has_evse(evse.id):
            return "UnknownEvse"
        connector = evse.connector_id
        if connector is None or self._ctx.topology.has_connector(evse.id, connector):
            return None
        return "UnknownConnectorId"

    def _accepted(self, _event: BootAccepted) -> None:
        """B01.FR.05: after a BootNotification the CSMS knows nothing."""
        self._reported.clear()
        self._report_soon()

    def _came_online(self, event: CameOnline) -> None:
        """B04: after a long outage all connectors, after a short one those that changed."""
        threshold = self._ctx.variables.get(OCPPCommCtrlr.offline_threshold)
        if event.offline_s is None or event.offline_s > threshold:
            self._reported.clear()
        self._report_soon()

    def _report(self) -> None:
        if not is_worth_sending(self._ctx, "StatusNotification") or self._about_to_boot():
            return
        for where in self._connectors():
            now = self._project(where)
            if self._reported.get(where) is not now:
                send_or_keep(self._ctx, self._message(where, now), self._noting(where, now))

    def _about_to_boot(self) -> bool:
        """A reset of the station is being carried out: after it everything is reported anyway."""
        return any(
            reset.started and reset.evse_id is None for reset in self._ctx.station.resets.pending
        )

    def _noting(self, where: _Where, now: ConnectorStatus) -> Callable[[Any, Any], None]:
        """The status counts as reported, unless the message turns out to be lost."""
        before = self._reported.get(where)
        self._reported[where] = now

        def answered(_response: object, error: Exception | None) -> None:
            if error is not None and self._reported.get(where) is now:
                if before is None:
                    self._reported.pop(where)
                else:
                    self._reported[where] = before

        return answered

    def _message(self, where: _Where, now: ConnectorStatus) -> call.StatusNotification:
        return call.StatusNotification(
            datetimes.format(self._ctx.clock.now),
            enums.ConnectorStatusEnumType(now.value),
            evse_id=where[0],
            connector_id=where[1],
        )

    def _project(self, where: _Where) -> ConnectorStatus:
        return availability_state(self._ctx.station.connector_facts(*where))

    def _connectors(self) -> list[_Where]:
        topology = self._ctx.topology
        return [
            (evse, connector)
            for evse in topology.evse_ids()
            for connector in topology.connector_ids(evse)
        ]
