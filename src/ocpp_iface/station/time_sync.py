"""The station's clock follows the CSMS: by the time in its answers to boot and heartbeat.

Only if `ClockCtrlr.TimeSource` names Heartbeat (B01.FR.06, G02.FR.06). Differences up to a second are
the noise of networks and of clocks without fractions; following them would only make time jump back.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from ocpp_iface.devicemodel.catalog import ClockCtrlr
from ocpp_iface.log import Log
from ocpp_iface.station.context import StationContext
from ocpp_iface.station.events import ClockStepped
from ocpp_iface.types import SecurityEventEnum, format_moment

log = Log(__name__)

NOISE_S: Final = 1.0
LONGEST_TRIP_S: Final = 10.0
"""An answer that took longer waited in a queue; its age says nothing about the way back."""
EARLIEST: Final = datetime(1970, 1, 1, tzinfo=UTC)
LATEST: Final = datetime(9000, 1, 1, tzinfo=UTC)
"""No clock says otherwise; beyond that, reckoning with time would leave the calendar."""


class TimeSync:
    def __init__(self, ctx: StationContext) -> None:
        self._ctx = ctx

    def heard(self, csms_time: datetime, asked_at: float | None = None) -> None:
        """The CSMS said what time it is, in the answer to a question of `asked_at` (monotonic)."""
        ctx = self._ctx
        if "Heartbeat" not in ctx.variables.get(ClockCtrlr.time_source):
            return
        if not EARLIEST <= csms_time < LATEST:
            log.warning("the CSMS has no idea of the time", told=csms_time.isoformat())
            return
        truth = csms_time + _half_trip(ctx.clock.monotonic, asked_at)
        step_s = (truth - ctx.clock.now).total_seconds()
        if ctx.clock.synchronised and abs(step_s) <= NOISE_S:
            return
        ctx.clock.synchronise(truth)
        ctx.asks.tell("set_time", format_moment(truth))
        if abs(step_s) > NOISE_S:
            self.stepped(step_s)

    def stepped(self, by_s: float) -> None:
        """The clock was set, by the CSMS or by whoever keeps the system's clock."""
        ctx = self._ctx
        now = ctx.clock.now
        log.info("clock set", by_s=round(by_s, 3))
        if abs(by_s) > ctx.variables.get(ClockCtrlr.time_adjustment_reporting_threshold):
            before = now - timedelta(seconds=by_s)
            info = f"{format_moment(before)} -> {format_moment(now)}"
            ctx.station.security.raise_event(SecurityEventEnum.SettingSystemTime, info)
        ctx.bus.publish(ClockStepped(by_s))


def _half_trip(now: float, asked_at: float | None) -> timedelta:
    """How old the time in an answer is."""
    if asked_at is None:
        return timedelta(0)
    trip = now - asked_at
    return timedelta(seconds=trip / 2) if 0 < trip <= LONGEST_TRIP_S else timedelta(0)
