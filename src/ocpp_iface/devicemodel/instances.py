"""Where the variables of a station are: definitions, the places they exist at, and addresses.

The catalogue is shared by all stations. What one station adds (custom variables from its
configuration) stands in a second, small level on top of it, so a station never copies the first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from attrs import Factory, field, frozen

from ocpp_iface.devicemodel.catalog import COMPONENTS
from ocpp_iface.devicemodel.component import ComponentDef
from ocpp_iface.devicemodel.definition import Scope, VarDef
from ocpp_iface.ports.topology import Topology
from ocpp_iface.types.address import EVSE, Component, ComponentVariable, Variable

_NameKey = tuple[str, str, str]


@frozen
class Place:
    """Which instance of a component: at an EVSE, at a connector of it, or a named instance."""

    evse: int | None = None
    connector: int | None = None
    instance: str | None = None


HERE: Final = Place()
"""The station as a whole."""


@frozen
class Located:
    """One variable of the station."""

    definition: VarDef[Any]
    place: Place = HERE


class Unknown(StrEnum):
    """Why an address leads nowhere."""

    COMPONENT = "UnknownComponent"
    VARIABLE = "UnknownVariable"


def _name_key(component: str, variable: str, instance: str | None) -> _NameKey:
    return component.casefold(), variable.casefold(), (instance or "").casefold()


def address_of(located: Located) -> ComponentVariable:
    """The canonical address, in the spelling of the catalogue."""
    definition, place = located.definition, located.place
    evse = None if place.evse is None else EVSE(place.evse, connector_id=place.connector)
    return ComponentVariable(
        Component(definition.component, instance=place.instance, evse=evse),
        Variable(definition.name, instance=definition.instance),
    )


def place_of(component: Component) -> Place:
    """Where an address points; an empty instance is none."""
    instance = component.instance.casefold() if component.instance else None
    if component.evse is None:
        return HERE if instance is None else Place(instance=instance)
    return Place(component.evse.id, component.evse.connector_id, instance)


@frozen
class Catalogue:
    """The index of the standard components by name."""

    components: tuple[type[ComponentDef], ...]
    _components: Mapping[str, type[ComponentDef]] = field(init=False)
    _variables: Mapping[_NameKey, VarDef[Any]] = field(init=False)

    @_components.default
    def _index_components(self) -> Mapping[str, type[ComponentDef]]:
        return MappingProxyType({each.component.casefold(): each for each in self.components})

    @_variables.default
    def _index_variables(self) -> Mapping[_NameKey, VarDef[Any]]:
        index: dict[_NameKey, VarDef[Any]] = {}
        for definition in self.definitions():
            names = ((definition.component, definition.name), *definition.also)
            for component, variable in names:
                name_key = _name_key(component, variable, definition.instance)
                if name_key in index:
                    raise ValueError(f"two variables called {name_key}")
                index[name_key] = definition
        return MappingProxyType(index)

    def definitions(self) -> Iterator[VarDef[Any]]:
        for component in self.components:
            yield from component.variables

    def component(self, name: str) -> type[ComponentDef] | None:
        return self._components.get(name.casefold())

    def siblings(self, definition: VarDef[Any]) -> tuple[VarDef[Any], ...]:
        """All variables of the same component; none of a custom one."""
        component = self.component(definition.component)
        return () if component is None else component.variables

    def variable(self, address: ComponentVariable) -> VarDef[Any] | None:
        variable = address.variable
        name_key = _name_key(address.component.name, variable.name, variable.instance)
        return self._variables.get(name_key)


STANDARD: Final = Catalogue(COMPONENTS)


def places(scope: Scope, topology: Topology, slots: tuple[int, ...]) -> tuple[Place, ...]:
    """The instances that a component of this scope has."""
    if scope is Scope.STATION:
        return (HERE,)
    if scope is Scope.SLOT:
        return tuple(Place(instance=str(slot)) for slot in slots)
    if scope is Scope.EVSE:
        return tuple(Place(evse) for evse in topology.evse_ids())
    return tuple(
        Place(evse, connector)
        for evse in topology.evse_ids()
        for connector in topology.connector_ids(evse)
    )


def exists(scope: Scope, place: Place, topology: Topology, slots: tuple[int, ...]) -> bool:
    """Whether a component of this scope has an instance there, found without listing them."""
    if scope is Scope.STATION:
        return place is HERE or place == HERE
    if scope is Scope.SLOT:
        return place.evse is None and place.instance in [str(slot) for slot in slots]
    if place.instance is not None or place.evse is None:
        return False
    if scope is Scope.EVSE:
        return place.connector is None and topology.has_evse(place.evse)
    return place.connector is not None and topology.has_connector(place.evse, place.connector)


@frozen
class Layout:
    """Which variables one station has, and where.

    `extra` are the custom variables of its configuration, each at its own place; a custom variable
    may also belong to a standard component.
    """

    topology: Topology = Factory(Topology)
    slots: tuple[int, ...] = (1, 2)
    extra: tuple[Located, ...] = ()
    catalogue: Catalogue = STANDARD
    _extra: Mapping[tuple[_NameKey, Place], Located] | None = field(init=False, repr=False)
    _parts: Mapping[tuple[str, Place], None] | None = field(init=False, repr=False)

    @_extra.default
    def _index_extra(self) -> Mapping[tuple[_NameKey, Place], Located] | None:
        return {self._extra_key(each): each for each in self.extra} or None

    @_parts.default
    def _index_parts(self) -> Mapping[tuple[str, Place], None] | None:
        parts = ((each.definition.component.casefold(), _folded(each.place)) for each in self.extra)
        return dict.fromkeys(parts) or None

    @staticmethod
    def _extra_key(located: Located) -> tuple[_NameKey, Place]:
        definition = located.definition
        name_key = _name_key(definition.component, definition.name, definition.instance)
        return name_key, _folded(located.place)

    def locate(self, address: ComponentVariable) -> Located | Unknown:
        """B06.FR.06, B06.FR.07, B06.FR.15: find a variable, or say which part is unknown."""
        place = place_of(address.component)
        definition = self.catalogue.variable(address)
        if definition is not None and self._exists(definition.scope, place):
            return Located(definition, place)
        if self._extra is not None:
            variable = address.variable
            name_key = _name_key(address.component.name, variable.name, variable.instance)
            found = self._extra.get((name_key, place))
            if found is not None:
                return found
        return (
            Unknown.VARIABLE if self._has_component(address.component, place) else Unknown.COMPONENT
        )

    def _exists(self, scope: Scope, place: Place) -> bool:
        return exists(scope, place, self.topology, self.slots)

    def _has_component(self, component: Component, place: Place) -> bool:
        standard = self.catalogue.component(component.name)
        if standard is not None and self._exists(standard.scope, place):
            return True
        return self._parts is not None and (component.name.casefold(), place) in self._parts

    def is_custom(self, located: Located) -> bool:
        return self._extra is not None and self._extra_key(located) in self._extra

    def neighbours(self, located: Located) -> Iterator[Located]:
        """Every variable of the same component instance."""
        component = self.catalogue.component(located.definition.component)
        if component is not None and self._exists(component.scope, located.place):
            yield from (Located(each, located.place) for each in component.variables)
        for each in self._extra_of((located.definition.component.casefold(),)):
            if _folded(each.place) == _folded(located.place):
                yield each

    def __iter__(self) -> Iterator[Located]:
        """Every variable: by component in the order of the catalogue, instance by instance."""
        taken: list[str] = []
        for component in self.catalogue.components:
            taken.append(component.component.casefold())
            for place in places(component.scope, self.topology, self.slots):
                yield from (Located(definition, place) for definition in component.variables)
            yield from self._extra_of(taken[-1:])
        names = (each.definition.component.casefold() for each in self.extra)
        yield from self._extra_of(name for name in dict.fromkeys(names) if name not in taken)

    def _extra_of(self, components: Iterable[str]) -> Iterator[Located]:
        for name in components:
            for each in self.extra:
                if each.definition.component.casefold() == name:
                    yield each


def _folded(place: Place) -> Place:
    if place.instance is None:
        return place
    return Place(place.evse, place.connector, place.instance.casefold())
