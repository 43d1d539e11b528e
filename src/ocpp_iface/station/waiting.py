"""A driver who may charge at whichever EVSE is plugged in next: by a token at a reader for the whole
station, or by a remote start that names no EVSE.

There is one at most, since with two nobody could say who it is that plugs in. The driver stands in a
row, so an internal rebuild or another OCPP version forgets nobody; a process that starts forgets
this driver as it does those who wait at an EVSE.
"""

from __future__ import annotations

from ocpp_iface.devicemodel.catalog import AuthCtrlr, TxCtrlr
from ocpp_iface.engine.timers import Timer
from ocpp_iface.log import Log
from ocpp_iface.station.context import StationContext
from ocpp_iface.station.rows import ANY_EVSE, EVSES, Authorization, EvseRow
from ocpp_iface.types import IdToken, IdTokenType

log = Log(__name__)


class Waiting:
    def __init__(self, ctx: StationContext) -> None:
        self._ctx = ctx
        self._table = ctx.store.table(EVSES)
        self.row: EvseRow | None = self._table.get(ANY_EVSE)
        self._timer: Timer | None = None

    @property
    def driver(self) -> Authorization | None:
        return None if self.row is None else self.row.authorization

    def hold(self, authorization: Authorization) -> None:
        """Keep the authorization until an EV is plugged in or EVConnectionTimeOut is over."""
        row = EvseRow(authorization=authorization, awaiting_ev=self._ctx.clock.now)
        self._table.put(ANY_EVSE, row)
        self.row = row
        self.resume()

    def claim(self, evse_id: int, owner: IdToken | None = None) -> Authorization | None:
        """Somebody plugged in here: the driver who waits, if this EVSE may be used by them; anybody, if
        nobody has to be authorized.

        C01.FR.23: nobody but the `owner` of a transaction that is under way there.
        """
        if not self._ctx.station.usable(evse_id):
            return None
        driver = self.driver
        if driver is None or not driver.may_use(evse_id):
            anybody = self._anybody()
            return anybody if anybody and owner in (None, anybody.token) else None
        if owner not in (None, driver.token):
            return None
        self.forget()
        return driver

    def forget(self) -> None:
        """Nobody waits any more."""
        self._table.delete(ANY_EVSE)
        self.row = None
        self._cancel()

    def resume(self) -> None:
        """Arm the time-out as the row has it."""
        self._cancel()
        timeout = self._ctx.variables.get(TxCtrlr.ev_connection_timeout)
        if self.row is None or self.row.awaiting_ev is None or timeout <= 0:
            return
        waited_s = max(0.0, (self._ctx.clock.now - self.row.awaiting_ev).total_seconds())
        self._timer = self._ctx.timers.after(timeout - waited_s, self._timed_out, "connection")

    # -- inside --------------------------------------------------------------------------------

    def _anybody(self) -> Authorization | None:
        """C02.FR.01: with AuthCtrlr.Enabled false, a driver without a token is told by an empty one."""
        nobody = IdToken("", IdTokenType.NoAuthorization)
        is_free = not (self._ctx.variables.get(AuthCtrlr.enabled) or self._ctx.station.muted)
        if not is_free or not self._ctx.policy.can_name(nobody):
            return None
        return Authorization(nobody, self._ctx.clock.now)

    def _timed_out(self) -> None:
        log.info("no EV was connected in time")
        self.forget()

    def _cancel(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
