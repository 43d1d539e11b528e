"""ConnectorStatusEnumType of the facts of a connector."""

from __future__ import annotations

from ocpp_iface.station.connector import ConnectorFacts
from ocpp_iface.types import ConnectorStatus


def project(facts: ConnectorFacts) -> ConnectorStatus:
    """Faulted before Unavailable before Occupied before Reserved before Available.

    A connector whose sibling is in use cannot be used either, but it is not occupied: it stays
    Available, as the EVSE says what is going on.
    """
    if facts.faulted:
        return ConnectorStatus.Faulted
    if not facts.operative and not facts.transaction:
        return ConnectorStatus.Unavailable
    if facts.plugged or facts.cable_left or facts.ev_gone:
        return ConnectorStatus.Occupied
    if facts.reserved:
        return ConnectorStatus.Reserved
    return ConnectorStatus.Available
