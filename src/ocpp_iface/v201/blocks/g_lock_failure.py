"""G: NotifyEvent about a retention lock that does not hold the cable, and that does so again. (G05)"""

from __future__ import annotations

from collections.abc import Mapping

from ocpp_iface.devicemodel.watch import EventIds
from ocpp_iface.engine.block import Block, Watcher
from ocpp_iface.station.context import StationContext
from ocpp_iface.station.events import FaultCleared, FaultReported
from ocpp_iface.v201.sending import is_worth_sending, send_or_keep
from ocpp_iface.wire import datetimes
from ocpp_iface.wire.v201 import call, datatypes, enums

_CODE = "ConnectorLockFailure"


class LockFailure(Block):
    """The event is part of the station, no monitor that the CSMS could set or clear."""

    code = "G"

    def __init__(self, ctx: StationContext) -> None:
        self._ctx = ctx
        self._ids = EventIds(ctx.store)

    def watches(self) -> Mapping[type, Watcher]:
        return {FaultReported: self._reported, FaultCleared: self._cleared}

    def _reported(self, event: FaultReported) -> None:
        """G05.FR.02"""
        self._notify(event, problem=True)

    def _cleared(self, event: FaultCleared) -> None:
        self._notify(event, problem=False)

    def _notify(self, event: FaultReported | FaultCleared, *, problem: bool) -> None:
        if event.fault.error_code != _CODE or event.evse_id == 0:
            return
        if not is_worth_sending(self._ctx, "NotifyEvent"):
            return
        now = datetimes.format(self._ctx.clock.now)
        data = datatypes.EventDataType(
            event_id=self._ids.next(),
            timestamp=now,
            trigger=enums.EventTriggerEnumType.delta,
            actual_value="true" if problem else "false",
            event_notification_type=enums.EventNotificationEnumType.hard_wired_notification,
            component=datatypes.ComponentType(
                "ConnectorPlugRetentionLock",
                evse=datatypes.EVSEType(event.evse_id, event.connector_id),
            ),
            variable=datatypes.VariableType("Problem"),
        )
        send_or_keep(self._ctx, call.NotifyEvent(generated_at=now, seq_no=0, event_data=[data]))
