"""Flat connector numbers of 1.6 (0 is the station) and the places of the neutral model."""

from __future__ import annotations

from collections.abc import Iterator

from ocpp_iface.ports.topology import Topology

Place = tuple[int, int]
"""(EVSE, connector of that EVSE); (0, 0) is the station."""

STATION: Place = (0, 0)


def number_of(topology: Topology, evse_id: int, connector_id: int | None) -> int:
    """The connector number of a place. Total: a fact may be older than today's topology.

    Without a connector, or with one that is gone, the first of the EVSE stands for it; an EVSE that
    is gone keeps its own number.
    """
    if topology.has_connector(evse_id, connector_id or 1):
        return topology.connector16(evse_id, connector_id or 1)
    return topology.connector16(evse_id) if topology.has_evse(evse_id) else evse_id


def place_of(topology: Topology, number: int) -> Place | None:
    """The place of a connector number; None if the station has no such connector."""
    return STATION if number == 0 else topology.from16(number)


def places(topology: Topology) -> Iterator[tuple[int, Place]]:
    """Every connector number with its place, the station first."""
    yield 0, STATION
    for number in range(1, topology.count + 1):
        place = topology.from16(number)
        if place is not None:
            yield number, place
