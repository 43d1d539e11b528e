"""Core: BootNotification and Heartbeat, and the clock in their answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ocpp_iface.engine.block import Block, Cause
from ocpp_iface.engine.outbox import Lane
from ocpp_iface.station.context import StationContext
from ocpp_iface.station.heartbeat import Heartbeat
from ocpp_iface.types import BootNotificationResponse, BootReason, RegistrationStatus
from ocpp_iface.wire import datetimes
from ocpp_iface.wire.limits import cut, cut_optional
from ocpp_iface.wire.v16 import call, call_result

_FALLBACK_INTERVAL_S = 60.0
"""4.2: the CSMS leaves the interval to us."""
_RETRY_S = 60.0
"""After a time-out or CALLERROR."""


class Boot(Block):
    code = "Core"

    def __init__(self, ctx: StationContext) -> None:
        self._ctx = ctx
        self._heartbeat = Heartbeat(ctx, self._send_heartbeat)
        ctx.station.boot.attach(
            self._send, fallback_interval_s=_FALLBACK_INTERVAL_S, retry_on_error_s=_RETRY_S
        )

    def triggers(self) -> Mapping[str, Callable[[Any], bool]]:
        return {"BootNotification": self.trigger_boot, "Heartbeat": self.trigger_heartbeat}

    def resume(self, cause: Cause) -> None:
        self._heartbeat.resume(cause)

    def trigger_boot(self, _request: Any) -> bool:
        """Erratum 3.35: not if the CSMS has accepted the last one."""
        return not self._ctx.registration.accepted and self._ctx.station.boot.trigger()

    def trigger_heartbeat(self, _request: Any) -> bool:
        self._heartbeat.trigger(call.Heartbeat())
        return True

    # -- inside --------------------------------------------------------------------------------

    async def _send(self, _reason: BootReason) -> BootNotificationResponse:
        """4.2; the message has no field for the reason."""
        answer: call_result.BootNotification = await self._ctx.csms.call(self._who(), Lane.BOOT)
        return BootNotificationResponse(
            RegistrationStatus(str(answer.status)),
            datetimes.parse(answer.current_time),
            answer.interval,
        )

    def _who(self) -> call.BootNotification:
        identity = self._ctx.identity
        return call.BootNotification(
            charge_point_model=cut(identity.model, 20),
            charge_point_vendor=cut(identity.vendor, 20),
            charge_box_serial_number=cut_optional(identity.charge_box_serial_number, 25),
            charge_point_serial_number=cut_optional(identity.serial_number, 25),
            firmware_version=cut_optional(identity.firmware_version, 50),
            iccid=cut_optional(identity.iccid, 20),
            imsi=cut_optional(identity.imsi, 20),
            meter_serial_number=cut_optional(identity.meter_serial_number, 25),
            meter_type=cut_optional(identity.meter_type, 25),
        )

    async def _send_heartbeat(self) -> None:
        """4.6"""
        asked_at = self._ctx.clock.monotonic
        answer: call_result.Heartbeat = await self._ctx.csms.call(call.Heartbeat())
        self._ctx.station.time.heard(datetimes.parse(answer.current_time), asked_at)
