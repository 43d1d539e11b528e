"""The row about starts of the station: why, whether the CSMS knows, and which resets are due."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from attrs import evolve, frozen

from ocpp_iface.ports.store import Store, TableDef
from ocpp_iface.types import BootReason, ResetKind


@frozen
class ResetRow:
    """A reset that was promised to the CSMS. `evse_id` None: of the whole station."""

    kind: ResetKind
    evse_id: int | None = None
    stops_transactions: bool = True
    """False: it waits until the running transactions have ended by themselves."""
    scheduled: bool = False
    """The CSMS was told that it has to wait."""
    started: bool = False
    """The wait is over: transactions are being ended, the hardware is being told."""


@frozen
class BootRow:
    reason: BootReason = BootReason.PowerUp
    """Of the last start."""
    accepted: bool = False
    """The CSMS has accepted the station since that start."""
    slot: int | None = None
    """The network profile over which it did."""
    retry_at: datetime | None = None
    """No BootNotification before this instant, as the CSMS answered Pending or Rejected."""
    planned: BootReason | None = None
    """The reason of the next start, if somebody has caused it."""
    resets: tuple[ResetRow, ...] = ()


BOOTS: TableDef[str, BootRow] = TableDef("boot", str, BootRow)
_KEY: Final = "station"


class BootRecord:
    """The one row, written through."""

    def __init__(self, store: Store) -> None:
        self._table = store.table(BOOTS)
        self.row = self._table.get(_KEY) or BootRow()

    def update(self, **changes: Any) -> None:
        """Change fields of the row by name."""
        row = evolve(self.row, **changes)
        if row != self.row:
            self._table.put(_KEY, row)
            self.row = row
