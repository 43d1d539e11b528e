"""The security log, and which of its events the CSMS must hear of. (A04)

Every security event is a row of the log, critical or not; the log holds the newest LOG_SIZE of them
under numbers that never repeat. A critical one is a fact in the outbox too, so it waits until the
station is online and accepted, over restarts if need be.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from attrs import frozen

from ocpp_iface.engine.block import Cause
from ocpp_iface.log import Log
from ocpp_iface.ports.store import TableDef
from ocpp_iface.station.context import StationContext
from ocpp_iface.station.events import SecurityEventRaised, StationBooted
from ocpp_iface.types import BootReason, SecurityEvent, SecurityEventEnum, is_critical
from ocpp_iface.types.facts import SecurityFact

log = Log(__name__)

LOG_SIZE: Final = 1000
TYPE_LENGTH: Final = 50
INFO_LENGTH: Final = 255


@frozen
class SecurityLogRow:
    type: str
    timestamp: datetime
    info: str | None = None
    critical: bool = False


SECURITY_LOG: TableDef[int, SecurityLogRow] = TableDef("security_log", int, SecurityLogRow)

_AT_BOOT = {
    BootReason.RemoteReset: SecurityEventEnum.ResetOrReboot,
    BootReason.ScheduledReset: SecurityEventEnum.ResetOrReboot,
    BootReason.FirmwareUpdate: SecurityEventEnum.FirmwareUpdated,
}


class SecurityEvents:
    def __init__(self, ctx: StationContext) -> None:
        self._ctx = ctx
        self._table = ctx.store.table(SECURITY_LOG)
        self._numbers = [number for number, _ in self._table.items()]
        ctx.bus.subscribe(StationBooted, self._booted)

    def resume(self, _cause: Cause) -> None:
        """Nothing is under way: what the CSMS has not confirmed is in the outbox."""

    def handle(self, event: SecurityEvent) -> None:
        """The app raised it: it is not published to the app again."""
        self.raise_event(
            event.type,
            event.info,
            critical=event.critical,
            timestamp=event.timestamp,
            publish=False,
        )

    def raise_event(
        self,
        event_type: str,
        info: str | None = None,
        *,
        critical: bool | None = None,
        timestamp: datetime | None = None,
        publish: bool = True,
    ) -> None:
        """A04.FR.01, A04.FR.02, A04.FR.04: log the event; queue it if it is critical.

        `critical` None: as the standard says; `timestamp` None: now. Too long text is cut.
        """
        event_type = str(event_type)[:TYPE_LENGTH]
        info = None if info is None else info[:INFO_LENGTH]
        urgent = is_critical(event_type) if critical is None else critical
        at = timestamp or self._ctx.clock.now
        self._keep(SecurityLogRow(event_type, at, info, urgent))
        if urgent:
            self._ctx.outbox.put(SecurityFact(event_type, at, info))
        log.info("security event", type=event_type, critical=urgent)
        if publish:
            self._ctx.publish("security_event", SecurityEvent(event_type, info=info))
        self._ctx.bus.publish(SecurityEventRaised(event_type, info))

    def entries(self) -> Iterator[tuple[int, SecurityLogRow]]:
        """The log, oldest first, each entry with its number."""
        return self._table.items()

    def clear(self) -> None:
        """Empty the log; that it was cleared is its first new entry. Numbers go on."""
        last = self._numbers[-1:]
        for number in self._numbers[:-1]:
            self._table.delete(number)
        self._numbers = last
        self.raise_event(SecurityEventEnum.SecurityLogWasCleared)
        for number in last:
            self._table.delete(number)
            self._numbers.remove(number)

    def _keep(self, row: SecurityLogRow) -> None:
        number = self._numbers[-1] + 1 if self._numbers else 1
        self._table.put(number, row)
        self._numbers.append(number)
        while len(self._numbers) > LOG_SIZE:
            self._table.delete(self._numbers.pop(0))

    def _booted(self, event: StationBooted) -> None:
        kind = _AT_BOOT.get(event.reason, SecurityEventEnum.StartupOfTheDevice)
        self.raise_event(kind, str(event.reason))
