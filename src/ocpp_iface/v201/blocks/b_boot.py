"""B, G: BootNotification and Heartbeat, and the clock in their answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ocpp_iface.engine.block import Block, Cause
from ocpp_iface.engine.outbox import Lane
from ocpp_iface.station.context import StationContext
from ocpp_iface.station.heartbeat import Heartbeat
from ocpp_iface.types import (
    BootNotificationResponse,
    BootReason,
    RegistrationStatus,
    StatusInfoType,
)
from ocpp_iface.wire import datetimes
from ocpp_iface.wire.limits import cut, cut_optional
from ocpp_iface.wire.v201 import call, call_result, datatypes, enums

_FALLBACK_INTERVAL_S = 30.0
"""B02.FR.07, B03.FR.05: the CSMS names no interval."""
_RETRY_S = 30.0
"""After a time-out or CALLERROR."""


class Boot(Block):
    code = "B"

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
        """F06.FR.17: not if the CSMS has accepted the last one."""
        return not self._ctx.registration.accepted and self._ctx.station.boot.trigger()

    def trigger_heartbeat(self, _request: Any) -> bool:
        self._heartbeat.trigger(call.Heartbeat())
        return True

    # -- inside --------------------------------------------------------------------------------

    async def _send(self, reason: BootReason) -> BootNotificationResponse:
        """B01.FR.01, B01.FR.09"""
        request = call.BootNotification(self._who(), enums.BootReasonEnumType(reason.value))
        answer: call_result.BootNotification = await self._ctx.csms.call(request, Lane.BOOT)
        info = answer.status_info
        return BootNotificationResponse(
            RegistrationStatus(str(answer.status)),
            datetimes.parse(answer.current_time),
            answer.interval,
            status_info=StatusInfoType(info.reason_code, additional_info=info.additional_info)
            if info
            else None,
        )

    def _who(self) -> datatypes.ChargingStationType:
        identity = self._ctx.identity
        modem = None
        if identity.iccid or identity.imsi:
            modem = datatypes.ModemType(
                cut_optional(identity.iccid, 20), cut_optional(identity.imsi, 20)
            )
        return datatypes.ChargingStationType(
            cut(identity.vendor, 50),
            cut(identity.model, 20),
            modem=modem,
            serial_number=cut_optional(identity.serial_number, 25),
            firmware_version=cut_optional(identity.firmware_version, 50),
        )

    async def _send_heartbeat(self) -> None:
        """G02.FR.02, G02.FR.06"""
        asked_at = self._ctx.clock.monotonic
        answer: call_result.Heartbeat = await self._ctx.csms.call(call.Heartbeat())
        self._ctx.station.time.heard(datetimes.parse(answer.current_time), asked_at)
