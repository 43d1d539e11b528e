"""AvailabilityState and Problem of the station, its EVSEs and connectors: variables made of facts.

They are computed when somebody reads them, and compared after each step in which something they
depend on has changed, so that whoever watches them hears of it.
"""

from __future__ import annotations

from typing import Final

from attrs import frozen

from ocpp_iface.devicemodel.catalog import ChargingStation, Connector
from ocpp_iface.devicemodel.catalog import Evse as EvseVariables
from ocpp_iface.devicemodel.definition import VarDef
from ocpp_iface.devicemodel.instances import HERE, Place
from ocpp_iface.station.connector import ConnectorFacts
from ocpp_iface.station.context import StationContext
from ocpp_iface.station.events import ConnectorStatusChanged
from ocpp_iface.types import ConnectorStatus


@frozen
class State:
    availability: ConnectorStatus
    problem: bool


_VARIABLES: Final[tuple[tuple[VarDef[str], VarDef[bool]], ...]] = (
    (ChargingStation.availability_state, ChargingStation.problem),
    (EvseVariables.availability_state, EvseVariables.problem),
    (Connector.availability_state, Connector.problem),
)
"""Of the station, of an EVSE, of a connector."""


def availability_state(facts: ConnectorFacts) -> ConnectorStatus:
    """Of a connector: Faulted before Unavailable before Occupied before Reserved before Available.

    A connector whose sibling is in use cannot be used either, but it is not occupied: it stays
    Available, as the EVSE says what is going on (G01.FR.08). So does one whose EV was unplugged from
    a fixed cable while the transaction waits for it to come back (E10), or that a driver who has not
    plugged in yet is authorized for. Before a reset, what is free becomes Unavailable, and what is
    occupied stays so (B12). What is switched off with the end of its transaction is not free for a
    moment before (G01.FR.05).
    """
    occupied = facts.plugged or facts.cable_left
    if facts.faulted:
        return ConnectorStatus.Faulted
    if not facts.operative and not facts.transaction and not (facts.held and occupied):
        return ConnectorStatus.Unavailable
    if occupied:
        return ConnectorStatus.Occupied
    if facts.leaving and facts.ending:
        return ConnectorStatus.Unavailable
    if facts.reserved:
        return ConnectorStatus.Reserved
    return ConnectorStatus.Available


class States:
    def __init__(self, ctx: StationContext) -> None:
        self._ctx = ctx
        self._shown: dict[Place, State] = {}
        self._dirty = False
        for availability, problem in _VARIABLES:
            ctx.variables.provide(availability, lambda place: self.of(place).availability.value)
            ctx.variables.provide(problem, lambda place: self.of(place).problem)
        ctx.bus.subscribe(ConnectorStatusChanged, self._changed)

    def resume(self) -> None:
        """What is found at the start is no change."""
        self._dirty = False
        self._shown = {place: self.of(place) for place in self._places()}

    def settle(self) -> None:
        if not self._dirty:
            return
        self._dirty = False
        for place, before in self._shown.items():
            now = self.of(place)
            if now != before:
                self._shown[place] = now
                self._report(place, before, now)

    def of(self, place: Place) -> State:
        """The state of the station, of an EVSE or of a connector."""
        if place.evse is None:
            return self._station()
        if place.connector is None:
            return self._evse(place.evse)
        facts = self._ctx.station.connector_facts(place.evse, place.connector)
        return State(availability_state(facts), facts.faulted)

    # -- inside ----------------------------------------------------------------------------------

    def _changed(self, _event: ConnectorStatusChanged) -> None:
        self._dirty = True

    def _report(self, place: Place, before: State, now: State) -> None:
        depth = (place.evse is not None) + (place.connector is not None)
        availability, problem = _VARIABLES[depth]
        variables = self._ctx.variables
        variables.report_change(
            availability, before.availability.value, now.availability.value, place
        )
        variables.report_change(problem, before.problem, now.problem, place)

    def _station(self) -> State:
        station = self._ctx.station
        faulted = station.faults.faulted(0)
        if faulted:
            return State(ConnectorStatus.Faulted, problem=True)
        operative = station.availability.operative(0)
        return State(
            ConnectorStatus.Available if operative else ConnectorStatus.Unavailable, problem=False
        )

    def _evse(self, evse_id: int) -> State:
        """The EVSE is what the most important of its connectors is, if it is not broken itself."""
        station = self._ctx.station
        if station.faults.faulted(evse_id):
            return State(ConnectorStatus.Faulted, problem=True)
        if not station.availability.operative(evse_id):
            return State(ConnectorStatus.Unavailable, problem=False)
        below = [
            self.of(Place(evse_id, connector)).availability
            for connector in self._ctx.topology.connector_ids(evse_id)
        ]
        for word in (ConnectorStatus.Occupied, ConnectorStatus.Reserved, ConnectorStatus.Available):
            if word in below:
                return State(word, problem=False)
        return State(below[0], problem=False)

    def _places(self) -> list[Place]:
        topology = self._ctx.topology
        places = [HERE]
        for evse in topology.evse_ids():
            places.append(Place(evse))
            places += [Place(evse, connector) for connector in topology.connector_ids(evse)]
        return places
