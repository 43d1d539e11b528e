"""Whether anybody may charge before the CSMS has accepted the station. (B02.FR.03, B03.FR.01)

Where TxCtrlr.TxBeforeAcceptedEnabled says no, what is idle is out of use from a start of the station to
its acceptance. What runs goes on: it was begun by a station that was accepted.
"""

from __future__ import annotations

from typing import Final

from ocpp_iface.devicemodel.catalog import TxCtrlr
from ocpp_iface.devicemodel.model import VariableChanged
from ocpp_iface.engine.block import Cause
from ocpp_iface.station.context import StationContext
from ocpp_iface.station.events import BootAccepted, StationBooted

_HOLD: Final = "not accepted"


class BeforeAccepted:
    def __init__(self, ctx: StationContext) -> None:
        self._ctx = ctx
        self._resumed = False
        ctx.bus.subscribe(StationBooted, lambda _event: self._apply())
        ctx.bus.subscribe(BootAccepted, lambda _event: self._apply())
        ctx.bus.subscribe(VariableChanged, self._variable_changed)

    def resume(self, _cause: Cause) -> None:
        """Called when transactions are recovered."""
        self._resumed = True
        self._apply()

    # -- inside --------------------------------------------------------------------------------

    def _apply(self) -> None:
        if not self._resumed:
            return
        station = self._ctx.station
        allowed = self._ctx.variables.get(TxCtrlr.tx_before_accepted_enabled)
        if allowed or station.boot.record.row.accepted:
            station.availability.release(_HOLD)
        else:
            station.availability.hold(_HOLD)

    def _variable_changed(self, event: VariableChanged) -> None:
        if event.definition is TxCtrlr.tx_before_accepted_enabled:
            self._apply()
