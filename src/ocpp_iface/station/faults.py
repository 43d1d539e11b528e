"""What is broken now: faults of the station, of an EVSE or of a connector, by their ids."""

from __future__ import annotations

from attrs import frozen

from ocpp_iface.errors import Fault as Schema
from ocpp_iface.errors import PayloadError
from ocpp_iface.log import Log
from ocpp_iface.ports.store import TableDef
from ocpp_iface.ports.topology import Topology
from ocpp_iface.station.context import StationContext
from ocpp_iface.station.events import ConnectorStatusChanged, FaultCleared, FaultReported
from ocpp_iface.types import Fault

log = Log(__name__)


@frozen
class FaultRow:
    evse_id: int
    connector_id: int | None
    fault: Fault


FAULTS: TableDef[str, FaultRow] = TableDef("fault", str, FaultRow)


class Faults:
    """A fault is active from its report until it is cleared, over restarts too."""

    def __init__(self, ctx: StationContext) -> None:
        self._ctx = ctx
        self._table = ctx.store.table(FAULTS)
        self._rows: dict[str, FaultRow] = dict(self._table.items())

    def report(self, evse_id: int, connector_id: int | None, fault: Fault) -> None:
        """A fault of the station (EVSE 0), of an EVSE (connector None) or of a connector.

        Reporting the same once more changes nothing; the same id with another content replaces it.
        Raises PayloadError if there is no such EVSE or connector.
        """
        check_place(self._ctx.topology, evse_id, connector_id)
        key, row = _key(evse_id, connector_id, fault.id), FaultRow(evse_id, connector_id, fault)
        if self._rows.get(key) == row:
            return
        self._table.put(key, row)
        self._rows[key] = row
        log.warning("fault", evse=evse_id, connector=connector_id, code=fault.error_code)
        self._ctx.bus.publish(FaultReported(evse_id, connector_id, fault))
        self._ctx.bus.publish(ConnectorStatusChanged(evse_id, connector_id))

    def clear(self, evse_id: int, connector_id: int | None, fault_id: str) -> bool:
        """The fault is gone; False if it was not active."""
        key = _key(evse_id, connector_id, fault_id)
        row = self._rows.get(key)
        if row is None:
            return False
        self._table.delete(key)
        del self._rows[key]
        self._ctx.bus.publish(FaultCleared(evse_id, connector_id, row.fault))
        self._ctx.bus.publish(ConnectorStatusChanged(evse_id, connector_id))
        return True

    @property
    def none(self) -> bool:
        """Nothing is reported, as nearly always."""
        return not self._rows

    def of(self, evse_id: int, connector_id: int | None = None) -> tuple[Fault, ...]:
        """What concerns this place: its own faults and those of what it belongs to, oldest first."""
        return tuple(
            row.fault for row in self._rows.values() if _reaches(row, evse_id, connector_id)
        )

    def faulted(self, evse_id: int, connector_id: int | None = None) -> bool:
        """Whether one of them makes the place unusable."""
        return not self.none and any(fault.is_fault for fault in self.of(evse_id, connector_id))


def check_place(topology: Topology, evse_id: int, connector_id: int | None) -> None:
    """Raises PayloadError unless it is the station (0), an EVSE or a connector."""
    if evse_id == 0 and connector_id in (None, 0):
        return
    if not topology.has_evse(evse_id):
        raise PayloadError("evse_id", f"there is no EVSE {evse_id}", Schema.PROPERTY)
    if connector_id is not None and not topology.has_connector(evse_id, connector_id):
        reason = f"EVSE {evse_id} has no connector {connector_id}"
        raise PayloadError("connector_id", reason, Schema.PROPERTY)


def _key(evse_id: int, connector_id: int | None, fault_id: str) -> str:
    return f"{evse_id}.{connector_id or 0}.{fault_id}"


def _reaches(row: FaultRow, evse_id: int, connector_id: int | None) -> bool:
    if row.evse_id == 0:
        return True
    if row.evse_id != evse_id:
        return False
    return row.connector_id is None or row.connector_id == connector_id
