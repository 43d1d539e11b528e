"""When a heartbeat is due: every HeartbeatInterval while the station is online. (G02)

The interval runs independent of other messages, which the specification allows and which keeps the
clock right; it starts anew when the variable changes and when the station comes online.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from ocpp_iface.devicemodel.catalog import OCPPCommCtrlr
from ocpp_iface.devicemodel.model import VariableChanged
from ocpp_iface.engine.block import Cause
from ocpp_iface.engine.flows import Flow
from ocpp_iface.engine.outbox import Lane
from ocpp_iface.engine.timers import Timer
from ocpp_iface.errors import CallError
from ocpp_iface.log import Log
from ocpp_iface.station.context import StationContext
from ocpp_iface.station.events import CameOnline, LinkDown, RegistrationChanged

log = Log(__name__)


class Heartbeat:
    """The block gives `send`: it sends the message and takes the time from the answer."""

    def __init__(self, ctx: StationContext, send: Callable[[], Coroutine[Any, Any, None]]) -> None:
        self._ctx = ctx
        self._send = send
        self._timer: Timer | None = None
        self._flow: Flow | None = None
        ctx.bus.subscribe(CameOnline, self._rearm)
        ctx.bus.subscribe(RegistrationChanged, self._rearm)
        ctx.bus.subscribe(LinkDown, self._rearm)
        ctx.bus.subscribe(VariableChanged, self._variable_changed)

    def resume(self, _cause: Cause) -> None:
        self._rearm(None)

    def beat(self) -> None:
        """Send one now, unless one is waiting for its answer already; the interval runs on."""
        if self._flow is None or self._flow.finished:
            self._flow = self._ctx.flows.start("heartbeat", self._one())

    def trigger(self, message: object) -> None:
        """The CSMS wants one: it may, before it has accepted the station, too."""
        if self._ctx.registration.accepted:
            self.beat()
        else:
            self._ctx.csms.post(message, Lane.TRIGGERED)

    def _rearm(self, _event: object) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        interval_s = self._ctx.variables.get(OCPPCommCtrlr.heartbeat_interval)
        if self._ctx.online and interval_s > 0:
            self._timer = self._ctx.timers.after(interval_s, self._due, "heartbeat")

    def _due(self) -> None:
        self._rearm(None)
        if self._ctx.online:
            self.beat()

    def _variable_changed(self, event: VariableChanged) -> None:
        if event.definition is OCPPCommCtrlr.heartbeat_interval:
            self._rearm(event)

    async def _one(self) -> None:
        try:
            await self._send()
        except CallError as failure:
            log.debug("heartbeat not answered", error=failure)
