"""From a start to the CSMS's acceptance: the reason, the BootNotification loop, coming online.

The version gives how a BootNotification is sent (`attach`); everything else is common. The loop runs
while the link is open and the station is not accepted; it ends with the link and begins again with
the next one, no earlier than the CSMS allowed. After a mere reconnect of an accepted station there is
no BootNotification, unless another network profile had to be used. (B01 to B03, B10.FR.10)
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any

from attrs import frozen

from ocpp_iface.devicemodel.catalog import OCPPCommCtrlr
from ocpp_iface.engine.block import Cause
from ocpp_iface.engine.flows import Flow
from ocpp_iface.engine.registration import RegistrationState
from ocpp_iface.engine.traps import Signal
from ocpp_iface.errors import CallError, PayloadError
from ocpp_iface.log import Log
from ocpp_iface.station.boot_record import BootRecord
from ocpp_iface.station.context import StationContext
from ocpp_iface.station.events import (
    BootAccepted,
    CameOnline,
    ClockStepped,
    LinkDown,
    LinkUp,
    RegistrationChanged,
    StationBooted,
)
from ocpp_iface.types import BootNotificationResponse, BootReason, RegistrationStatus

log = Log(__name__)

Send = Callable[[BootReason], Coroutine[Any, Any, BootNotificationResponse]]

_STATES = {
    RegistrationStatus.Accepted: RegistrationState.ACCEPTED,
    RegistrationStatus.Pending: RegistrationState.PENDING,
    RegistrationStatus.Rejected: RegistrationState.REJECTED,
}


@frozen
class _Method:
    send: Send
    fallback_interval_s: float
    retry_on_error_s: float


class Boot:
    def __init__(self, ctx: StationContext) -> None:
        self._ctx = ctx
        self.record = BootRecord(ctx.store)
        self._method: _Method | None = None
        self._flow: Flow | None = None
        self._wake = Signal()
        self._triggered = False
        self._offline_since: float | None = None
        ctx.bus.subscribe(LinkUp, self._link_up)
        ctx.bus.subscribe(LinkDown, self._link_down)
        ctx.bus.subscribe(ClockStepped, self._clock_stepped)

    def attach(self, send: Send, *, fallback_interval_s: float, retry_on_error_s: float) -> None:
        """How the active version boots.

        `send` raises CallError if there is no usable answer, then the next attempt follows after
        `retry_on_error_s`; `fallback_interval_s` is the pause if the CSMS names none.
        """
        self._method = _Method(send, fallback_interval_s, retry_on_error_s)

    def resume(self, cause: Cause) -> None:
        """Note the start of the process; after an internal error go on where the rows stand."""
        row = self.record.row
        if cause is Cause.BOOT:
            self.note_reason(row.planned or BootReason.PowerUp)
        elif cause is Cause.REBUILD and self._ctx.link.is_open():
            if row.accepted and self._ctx.registration.accepted:
                return
            if self._ctx.registration.accepted:
                self._ctx.registration.state = RegistrationState.UNREGISTERED
            method = self._method
            self._start(self._forbidden_s() or (method.retry_on_error_s if method else 0.0))

    @property
    def reason(self) -> BootReason:
        """Of the last start."""
        return self.record.row.reason

    def plan(self, reason: BootReason) -> None:
        """The process is about to be restarted on purpose: its next start has this reason."""
        self.record.update(planned=reason)

    def note_reason(self, reason: BootReason) -> None:
        """The station starts anew, with or without a new process: a BootNotification is due."""
        self._stop()
        self._ctx.registration.state = RegistrationState.UNREGISTERED
        self.record.update(reason=reason, accepted=False, slot=None, retry_at=None, planned=None)
        self._ctx.bus.publish(StationBooted(reason))

    def trigger(self) -> bool:
        """Send a BootNotification at once, whatever interval runs; False if there is no link.

        B02.FR.04, B03.FR.02: only the CSMS may ask for this.
        """
        if not self._ctx.link.is_open():
            return False
        self._triggered = True
        if self._flow is None or self._flow.finished:
            self._start(0.0)
        else:
            self._wake.fire()
        return True

    # -- inside ----------------------------------------------------------------------------------

    def _link_up(self, event: LinkUp) -> None:
        registration = self._ctx.registration
        if registration.accepted and self.record.row.slot == event.slot:
            self._offline_since = None
            self._ctx.bus.publish(CameOnline(event.offline_s))
            return
        if registration.accepted:
            registration.state = RegistrationState.UNREGISTERED
        self._start(self._forbidden_s())

    def _link_down(self, _event: LinkDown) -> None:
        self._stop()
        if self._ctx.registration.accepted and self._offline_since is None:
            self._offline_since = self._ctx.clock.monotonic

    def _clock_stepped(self, event: ClockStepped) -> None:
        """The CSMS said how long to wait, not until when."""
        retry_at = self.record.row.retry_at
        if retry_at is not None:
            self.record.update(retry_at=retry_at + timedelta(seconds=event.by_s))

    def _start(self, pause_s: float) -> None:
        if self._method is not None:
            self._stop(keep_trigger=True)
            self._flow = self._ctx.flows.start("boot", self._run(self._method, pause_s))

    def _stop(self, *, keep_trigger: bool = False) -> None:
        if self._flow is not None:
            self._ctx.flows.cancel(self._flow)
            self._flow = None
        if not keep_trigger:
            self._triggered = False

    def _forbidden_s(self) -> float:
        """How long the CSMS still wants no BootNotification."""
        retry_at = self.record.row.retry_at
        if retry_at is None:
            return 0.0
        return max(0.0, (retry_at - self._ctx.clock.now).total_seconds())

    async def _run(self, method: _Method, pause_s: float) -> None:
        while True:
            await self._pause(pause_s)
            reason = BootReason.Triggered if self._triggered else self._reason()
            self._triggered = False
            asked_at = self._ctx.clock.monotonic
            try:
                response = await method.send(reason)
            except (CallError, PayloadError) as failure:  # or with an interval that nobody means
                log.warning("boot not answered", error=failure)
                if self._ctx.registration.accepted:
                    return
                pause_s = method.retry_on_error_s
                continue
            pause_s = response.interval if response.interval > 0 else method.fallback_interval_s
            self._answered(response, asked_at, pause_s)
            if self._ctx.registration.accepted:
                return

    async def _pause(self, pause_s: float) -> None:
        """Wait, unless a BootNotification is triggered."""
        if pause_s <= 0 or self._triggered:
            return
        timer = self._ctx.timers.after(pause_s, self._wake.fire, "boot")
        await self._wake.wait()
        timer.cancel()

    def _reason(self) -> BootReason:
        """B01.FR.09. Nothing has started if the CSMS has accepted this start before (B10.FR.10)."""
        row = self.record.row
        return BootReason.Unknown if row.accepted else row.reason

    def _answered(
        self, response: BootNotificationResponse, asked_at: float, pause_s: float
    ) -> None:
        ctx = self._ctx
        before = ctx.registration.accepted
        ctx.registration.state = _STATES[response.status]
        ctx.station.time.heard(response.current_time, asked_at)
        log.info("registration", status=response.status)
        ctx.publish("boot_notification_response", response)
        if ctx.registration.accepted:
            self._accepted(response, before=before)
            return
        if before:
            self._offline_since = ctx.clock.monotonic
        self.record.update(retry_at=ctx.clock.now + timedelta(seconds=pause_s))
        ctx.bus.publish(RegistrationChanged(response))

    def _accepted(self, response: BootNotificationResponse, *, before: bool) -> None:
        """B01.FR.04: the interval is that of the heartbeat."""
        ctx = self._ctx
        first = not self.record.row.accepted
        self.record.update(accepted=True, slot=ctx.link.slot(), retry_at=None)
        if response.interval > 0:
            ctx.variables.set(OCPPCommCtrlr.heartbeat_interval, response.interval)
        ctx.bus.publish(RegistrationChanged(response))
        ctx.bus.publish(BootAccepted(first))
        if not before:
            since, self._offline_since = self._offline_since, None
            offline_s = None if since is None else ctx.clock.monotonic - since
            ctx.bus.publish(CameOnline(offline_s))
