"""Whether the CSMS and the operator allow charging: station, EVSEs and connectors.

Each of them has a status of its own, which only a request changes. What counts (the effective
status) is the conjunction along the path from the station down, so a part that was switched off
stays off when its parent is switched on again. (G03.FR.07, G04.FR.08)

A request that may not interrupt a transaction is kept as `scheduled` beside the own status. It holds
already for the parts of its scope that are idle, and becomes the own status of the whole scope when
the last transaction there has ended; so nothing has to be undone if it is withdrawn before.

A connector may be switched on alone: then what was requested for what it is part of does not count
for it, until something is requested for that again.

A hold makes idle parts inoperative for a while without changing any status (a pending reset, a station
that is not accepted yet); it does not survive a restart.
"""

from __future__ import annotations

from attrs import evolve, frozen

from ocpp_iface.engine.block import Cause
from ocpp_iface.ports.store import TableDef
from ocpp_iface.station.context import StationContext
from ocpp_iface.station.events import ConnectorStatusChanged, TransactionEnded, TransactionStarted
from ocpp_iface.types import (
    EVSE,
    ChangeAvailabilityRequest,
    ChangeAvailabilityResponse,
    ChangeAvailabilityStatusEnumType,
    OperationalStatusEnumType,
    StatusInfoType,
)

ACCEPTED = ChangeAvailabilityResponse(ChangeAvailabilityStatusEnumType.Accepted)
SCHEDULED = ChangeAvailabilityResponse(ChangeAvailabilityStatusEnumType.Scheduled)

STATION = (0, 0)
Node = tuple[int, int]
"""(EVSE, connector); 0 stands for all, so (0, 0) is the station."""


@frozen
class AvailabilityRow:
    """The own status of a node, and what it becomes when the transactions in it have ended."""

    operative: bool = True
    scheduled: bool | None = None
    alone: bool = False
    """What is above does not count."""


AVAILABILITY: TableDef[str, AvailabilityRow] = TableDef("availability", str, AvailabilityRow)
_DEFAULT = AvailabilityRow()


class Availability:
    def __init__(self, ctx: StationContext) -> None:
        self._ctx = ctx
        self._table = ctx.store.table(AVAILABILITY)
        self._rows = {_node(key): row for key, row in self._table.items()}
        self._nodes = _nodes(ctx)
        self._holds: dict[str, int] = {}
        self._shown: dict[Node, bool | None] = dict.fromkeys(self._nodes, True)
        """The effective status as the hardware and the bus know it; None: told again next time."""
        ctx.bus.subscribe(TransactionStarted, self._started)
        ctx.bus.subscribe(TransactionEnded, self._ended)

    def resume(self, cause: Cause) -> None:
        """The hardware starts operative: tell it what is not; after a rebuild tell it all."""
        if cause is not Cause.BOOT:
            self._shown = dict.fromkeys(self._nodes)
        self._apply_due()
        self._refresh()

    # -- what is asked -----------------------------------------------------------------------

    def operative(
        self, evse_id: int, connector_id: int | None = None, *, holds: bool = True
    ) -> bool:
        """The effective status of the station (0), of an EVSE or of a connector.

        `holds` False: as if nothing were held for a while.
        """
        if self.untouched:
            return True
        node = (evse_id, connector_id or 0)
        if not self._is_on(node):
            return False
        return evse_id == 0 or not holds or not self._held(node)

    @property
    def untouched(self) -> bool:
        """Everything is operative, as nearly always."""
        return not self._rows and not self._holds

    def own(self, evse_id: int = 0, connector_id: int | None = None) -> bool:
        """The status that was last requested for exactly this part and has come into force."""
        return self._row((evse_id, connector_id or 0)).operative

    def becomes_inoperative(self, evse_id: int, connector_id: int | None = None) -> bool:
        """When the transaction there, or in what it is part of, has ended."""
        levels = self._levels((evse_id, connector_id or 0))
        return any(self._row(level).scheduled is False for level in levels)

    # -- what changes it -----------------------------------------------------------------------

    def change(
        self,
        request: ChangeAvailabilityRequest,
        *,
        everything_below: bool = False,
        alone: bool = False,
    ) -> ChangeAvailabilityResponse:
        """G03, G04: change the own status of the station, an EVSE or a connector.

        With `everything_below` a part that is switched on switches on all its parts too, whatever
        was requested for them before (1.6: connector 0 stands for all connectors). With `alone` a
        connector that is switched on is operative even if what it is part of is not (1.6: their
        statuses have nothing to do with each other).
        """
        node = self._find(request.evse)
        if node is None:
            return ChangeAvailabilityResponse(
                ChangeAvailabilityStatusEnumType.Rejected,
                status_info=StatusInfoType("InvalidInput", additional_info="no such connector"),
            )
        wanted = request.operational_status is OperationalStatusEnumType.Operative
        waits = not wanted and self._row(node).operative and self._busy(node)
        if waits:
            self._save(node, evolve(self._row(node), scheduled=wanted))
        else:
            self._save(node, AvailabilityRow(wanted))
        for below in self._nodes:
            if node in _path(below)[:-1]:
                row = _DEFAULT if wanted and everything_below else self._row(below)
                self._save(below, evolve(row, alone=False))
        if wanted and alone and (not self._is_on(node) or self.becomes_inoperative(*node)):
            self._save(node, AvailabilityRow(wanted, alone=True))
        self._refresh()
        return SCHEDULED if waits else ACCEPTED

    def hold(self, name: str, evse_id: int = 0) -> None:
        """Until `release`, what is idle on the EVSE (0: on all of them) is inoperative."""
        self._holds[name] = evse_id
        self._refresh()

    def release(self, name: str) -> None:
        if self._holds.pop(name, None) is not None:
            self._refresh()

    # -- inside ----------------------------------------------------------------------------------

    def _started(self, _event: TransactionStarted) -> None:
        self._refresh()

    def _ended(self, _event: TransactionEnded) -> None:
        self._apply_due()
        self._refresh()

    def _apply_due(self) -> None:
        for node, row in list(self._rows.items()):
            if row.scheduled is not None and not self._busy(node):
                self._save(node, AvailabilityRow(row.scheduled))

    def _refresh(self) -> None:
        """Tell the hardware and the bus what has changed."""
        for node in self._nodes:
            evse_id, connector_id = node
            now = self.operative(evse_id, connector_id)
            if now is self._shown[node]:
                continue
            self._shown[node] = now
            if evse_id:
                self._ctx.asks.tell("set_operative", evse_id, connector_id or None, now)
            if connector_id or not evse_id:
                event = ConnectorStatusChanged(evse_id, connector_id or None)
                self._ctx.bus.publish(event)

    def _is_on(self, node: Node) -> bool:
        if all(self._counts(level, node) for level in self._levels(node)):
            return True
        below = [each for each in self._nodes if node[0] and node in _path(each)[:-1]]
        return any(self._row(each).alone and self._is_on(each) for each in below)

    def _levels(self, node: Node) -> tuple[Node, ...]:
        """What counts for a node: its path, or itself alone."""
        return (node,) if self._row(node).alone else _path(node)

    def _counts(self, level: Node, node: Node) -> bool:
        """What the row of `level` says for `node`, which is `level` or below it."""
        row = self._row(level)
        if row.scheduled is None or self._busy(node):
            return row.operative
        return row.scheduled

    def _held(self, node: Node) -> bool:
        return any(evse_id in (0, node[0]) for evse_id in self._holds.values()) and not self._busy(
            node
        )

    def _busy(self, node: Node) -> bool:
        """A transaction runs there."""
        evse_id, connector_id = node
        for row in self._ctx.station.transactions.all_open():
            here = not connector_id or row.connector_id in (None, connector_id)
            if evse_id in (0, row.evse_id) and here:
                return True
        return False

    def _find(self, evse: EVSE | None) -> Node | None:
        node = STATION if evse is None else (evse.id, evse.connector_id or 0)
        return node if node in self._shown else None

    def _row(self, node: Node) -> AvailabilityRow:
        return self._rows.get(node, _DEFAULT)

    def _save(self, node: Node, row: AvailabilityRow) -> None:
        if row == self._row(node):
            return
        if row == _DEFAULT:
            self._table.delete(_key(node))
            del self._rows[node]
        else:
            self._table.put(_key(node), row)
            self._rows[node] = row


def _nodes(ctx: StationContext) -> tuple[Node, ...]:
    """Everything that has a status, parents first."""
    nodes = [STATION]
    for evse_id in ctx.topology.evse_ids():
        nodes.append((evse_id, 0))
        nodes += [(evse_id, connector_id) for connector_id in ctx.topology.connector_ids(evse_id)]
    return tuple(nodes)


def _path(node: Node) -> tuple[Node, ...]:
    """The node and everything above it, the station first."""
    evse_id, connector_id = node
    path = [STATION]
    if evse_id:
        path.append((evse_id, 0))
    if connector_id:
        path.append(node)
    return tuple(path)


def _key(node: Node) -> str:
    evse_id, connector_id = node
    return f"{evse_id}.{connector_id}" if connector_id else str(evse_id)


def _node(key: str) -> Node:
    evse_id, _, connector_id = key.partition(".")
    return int(evse_id), int(connector_id or 0)
