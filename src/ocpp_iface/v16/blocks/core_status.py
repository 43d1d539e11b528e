"""Core: StatusNotification of the station (connector 0) and of every connector.

A status is reported when it has lasted for MinimumStatusDuration; a status that was over sooner is
never reported. A fault is not delayed. After the station was accepted everything is reported anew
(erratum 3.22); after an outage what is not as the CSMS heard it last (4.9, rules 1 and 3).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from attrs import define, field

from ocpp_iface.devicemodel.catalog import OCPP16LegacyCtrlr
from ocpp_iface.engine.block import Block, Cause, Watcher
from ocpp_iface.engine.outbox import Lane
from ocpp_iface.engine.soon import Soon
from ocpp_iface.engine.timers import Timer
from ocpp_iface.station.context import StationContext
from ocpp_iface.station.events import BootAccepted, CameOnline, ConnectorStatusChanged
from ocpp_iface.v16.mapping import ids
from ocpp_iface.v16.mapping.status import Projection, project
from ocpp_iface.wire import datetimes
from ocpp_iface.wire.v16 import call, enums


@define(eq=False)
class _Connector:
    """What is and what the CSMS knows of one connector."""

    number: int
    place: ids.Place
    now: Projection
    since: datetime
    reported: Projection | None = None
    """What the CSMS was told last; None: nothing that still counts."""
    timer: Timer | None = field(default=None)


class Status(Block):
    code = "Core"

    def __init__(self, ctx: StationContext) -> None:
        self._ctx = ctx
        self._connectors: dict[int, _Connector] = {}
        self._report_soon = Soon(ctx.flows, "status", self._report)

    def watches(self) -> Mapping[type, Watcher]:
        return {
            ConnectorStatusChanged: self._report_soon,
            BootAccepted: self._accepted,
            CameOnline: self._report_soon,
        }

    def triggers(self) -> Mapping[str, Callable[[Any], bool]]:
        return {"StatusNotification": self.trigger}

    def resume(self, cause: Cause) -> None:
        self._look()
        if cause is not Cause.BOOT:
            self._report_soon()

    def trigger(self, request: Any) -> bool:
        """5.17: of one connector (0: the station), or of all."""
        self._look()
        wanted = [
            each
            for each in self._connectors.values()
            if request.connector_id in (None, each.number)
        ]
        for each in wanted:
            self._send(each, Lane.TRIGGERED)
        return bool(wanted)

    # -- inside --------------------------------------------------------------------------------

    def _accepted(self, _event: BootAccepted) -> None:
        for each in self._connectors.values():
            each.reported = None
        self._report_soon()

    def _report(self) -> None:
        self._look()
        for each in self._connectors.values():
            self._consider(each)

    def _look(self) -> None:
        """Note what has changed, and when; offline too."""
        for number, place in ids.places(self._ctx.topology):
            now = project(self._ctx.station.connector_facts(*place))
            known = self._connectors.get(number)
            if known is None:
                moment = self._ctx.clock.now
                self._connectors[number] = _Connector(number, place, now, moment)
            elif known.now != now:
                if known.now.status is not now.status:
                    self._forget_timer(known)
                known.now, known.since = now, self._ctx.clock.now

    def _consider(self, each: _Connector) -> None:
        """Report it now, later, or not at all."""
        if not self._ctx.online or not self._is_news(each):
            self._forget_timer(each)
            return
        wait_s = self._wait_s(each)
        if wait_s <= 0:
            self._forget_timer(each)
            self._send(each, Lane.NORMAL)
        elif each.timer is None:
            each.timer = self._ctx.timers.after(wait_s, lambda: self._lasted(each), "status")

    def _lasted(self, each: _Connector) -> None:
        each.timer = None
        if self._ctx.online and self._is_news(each):
            self._send(each, Lane.NORMAL)

    def _wait_s(self, each: _Connector) -> float:
        """9.1: how long the status has still to last before it is reported."""
        known = each.reported
        same = known is not None and known.status is each.now.status
        if known is None or same or each.now.status is enums.ChargePointStatus.faulted:
            return 0.0
        least = self._ctx.variables.get(OCPP16LegacyCtrlr.minimum_status_duration)
        lasted_s = (self._ctx.clock.now - each.since).total_seconds()
        return least - max(0.0, lasted_s)  # the clock may have been set back since

    def _is_news(self, each: _Connector) -> bool:
        """That an error is over is news only if ReportClearedErrors says so, or the status changed."""
        known, now = each.reported, each.now
        if known is None or known.status is not now.status:
            return True
        if known == now:
            return False
        cleared = now.plain and not known.plain
        return not cleared or self._ctx.variables.get(OCPP16LegacyCtrlr.report_cleared_errors)

    def _send(self, each: _Connector, lane: Lane) -> None:
        before, now = each.reported, each.now
        each.reported = now

        def answered(_response: object, error: Exception | None) -> None:
            if error is not None and each.reported is now:
                each.reported = before

        request = call.StatusNotification(
            connector_id=each.number,
            error_code=now.error_code,
            status=now.status,
            timestamp=datetimes.format(each.since),
            info=now.info,
            vendor_id=now.vendor_id,
            vendor_error_code=now.vendor_error_code,
        )
        self._ctx.outbox.call(request, lane, answered)

    @staticmethod
    def _forget_timer(each: _Connector) -> None:
        if each.timer is not None:
            each.timer.cancel()
            each.timer = None
