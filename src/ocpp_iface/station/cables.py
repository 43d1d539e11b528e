"""The cable of whoever may charge is held first: before energy, and before a transaction that begins
when the way for the energy is clear. (G05, 1.6: a transaction begins when its preconditions are met)

A cable that cannot be held is a fault until it is unplugged. A hold that comes to nothing (the driver
changed his mind before a transaction began) frees the cable again.
"""

from __future__ import annotations

from collections.abc import Callable

from ocpp_iface.engine.traps import Signal
from ocpp_iface.errors import PortError
from ocpp_iface.log import Log
from ocpp_iface.station.context import StationContext
from ocpp_iface.station.evse import Evse, Hold
from ocpp_iface.types import Fault

log = Log(__name__)

LOCK_FAILURE = Fault("lock", "ConnectorLockFailure")


class Cables:
    """`locked`: told when the cable is held; it notes that in the hold, with all that follows."""

    def __init__(self, ctx: StationContext, locked: Callable[[Evse, Hold], None]) -> None:
        self._ctx = ctx
        self._locked = locked
        self._decided = Signal()

    def hold(self, evse: Evse) -> None:
        """Order it, unless that is done."""
        if evse.hold is None and evse.plugged is not None:
            hold = evse.hold = Hold(evse.plugged, evse.made_ready_by)
            self._ctx.flows.start(f"lock at EVSE {evse.id}", self._lock(evse, hold))

    def forget(self, evse: Evse) -> bool:
        """Nobody is to charge here; True: the cable may be locked, and for nothing."""
        hold, evse.hold = evse.hold, None
        if hold is None:
            return False
        self._decided.fire()
        return not (hold.used or hold.locked is False) and evse.plugged == hold.connector

    async def decision(self) -> None:
        """Until the next cable is held, or is not."""
        await self._decided.wait()

    async def _lock(self, evse: Evse, hold: Hold) -> None:
        if self._ctx.asks.supports("lock"):
            try:
                await self._ctx.asks.ask("lock", evse.id, hold.connector)
            except PortError as failure:
                log.warning("the cable could not be locked", evse=evse.id, error=failure)
                hold.locked = False
                if evse.plugged == hold.connector:
                    self._ctx.station.faults.report(evse.id, hold.connector, LOCK_FAILURE)
        if evse.hold is hold and hold.locked is None:
            self._locked(evse, hold)
        self._decided.fire()
