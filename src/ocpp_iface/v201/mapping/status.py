"""ConnectorStatusEnumType of the facts of a connector."""

from __future__ import annotations

from ocpp_iface.station.connector import ConnectorFacts
from ocpp_iface.types import ConnectorStatus


def project(facts: ConnectorFacts) -> ConnectorStatus:
    """Faulted before Unavailable before Occupied before Reserved before Available.

    A connector whose sibling is in use cannot be used either, but it is not occupied: it stays
    Available, as the EVSE says what is going on (G01.FR.08). So does one whose EV was unplugged from
    a fixed cable while the transaction waits for it to come back (E10), or that a driver who has not
    plugged in yet is authorized for.
    """
    if facts.faulted:
        return ConnectorStatus.Faulted
    if not facts.operative and not facts.transaction:
        return ConnectorStatus.Unavailable
    if facts.plugged or facts.cable_left:
        return ConnectorStatus.Occupied
    if facts.reserved:
        return ConnectorStatus.Reserved
    return ConnectorStatus.Available
