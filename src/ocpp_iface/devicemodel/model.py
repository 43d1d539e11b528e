"""The variables of one station: the values that differ from the catalogue, and who set them.

Three layers, the later wins: the catalogue's default, the value of the station's configuration, and
what was set at run time (a row of the store, so it survives a restart). Values that are facts of
the moment (availability, number of connectors) are supplied by callables instead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, Final, TypeVar

from attrs import Factory, evolve, field, frozen

from ocpp_iface.devicemodel.catalog import (
    ChargingStation,
    ClockCtrlr,
    InternalCtrlr,
    OCPP16LegacyCtrlr,
    OCPPCommCtrlr,
)
from ocpp_iface.devicemodel.definition import DataType, VarDef
from ocpp_iface.devicemodel.instances import (
    HERE,
    Layout,
    Located,
    Place,
    Unknown,
    address_of,
)
from ocpp_iface.devicemodel.validate import Parsed, Refusal, check, parse, text_of
from ocpp_iface.engine.bus import Bus
from ocpp_iface.errors import ConfigurationError
from ocpp_iface.ports.store import Store, TableDef
from ocpp_iface.types.address import ComponentVariable
from ocpp_iface.types.variables import AttributeEnum

T = TypeVar("T")

ACTUAL: Final = AttributeEnum.Actual
INTERNAL: Final = "internal"
"""The source of what the station itself sets."""
CONFIGURATION: Final = "configuration"

_Key = Any
"""A VarDef where the place is the station and the attribute Actual, else a tuple with both."""


@frozen
class VariableRow:
    """One attribute value that was set at run time."""

    component: str
    component_instance: str | None
    evse: int | None
    connector: int | None
    variable: str
    variable_instance: str | None
    attribute: AttributeEnum
    value: str = field(repr=False)
    source: str
    changed_at: datetime


VARIABLES: Final = TableDef("variable", str, VariableRow)


@frozen
class VariableChanged:
    """An attribute really has another value now; published after it was stored."""

    address: ComponentVariable
    attribute: AttributeEnum
    old: str = field(repr=False)
    new: str = field(repr=False)
    source: str
    definition: VarDef[Any]
    place: Place = HERE


@frozen
class Setting:
    """One value that the configuration gives; `path` is where it stands there."""

    address: ComponentVariable
    value: str = field(repr=False)
    attribute: AttributeEnum = ACTUAL
    path: str = ""
    source: str = ""
    """The file, if it is not that of the whole configuration."""


@frozen
class Configured:
    """What the configuration of a station says about its variables (see `loader`).

    `limits` replaces characteristics of standard variables: the upper limits and value lists that
    1.6 knows as keys, or that a component file states. `ignored` names what was not understood.
    """

    settings: tuple[Setting, ...] = ()
    extra: tuple[Located, ...] = ()
    keys: tuple[tuple[str, ComponentVariable], ...] = ()
    """Custom 1.6 keys and the variables they stand for."""
    limits: Mapping[Located, VarDef[Any]] = Factory(dict)
    source: str = ""
    ignored: tuple[str, ...] = ()


NOTHING_CONFIGURED: Final = Configured()


@frozen
class _Held:
    value: Any = field(repr=False)
    text: str = field(repr=False)
    source: str


_MIRRORS: Final[tuple[tuple[VarDef[str], VarDef[str]], ...]] = (
    (ChargingStation.model, InternalCtrlr.charge_point_model),
    (ChargingStation.vendor_name, InternalCtrlr.charge_point_vendor),
)
"""The first shows the value of the second."""


class DeviceModel:
    """`get` and `set` by definition for the library, `locate`, `text` and `write` by address.

    Every write belongs to the unit of work of the caller; after a rollback call `reload`.
    """

    def __init__(
        self,
        store: Store,
        bus: Bus,
        layout: Layout,
        clock: Callable[[], datetime],
        configured: Configured = NOTHING_CONFIGURED,
    ) -> None:
        """Raises ConfigurationError if a configured value does not fit its variable.

        What this library cannot do a configuration cannot make it do: values for constants, and
        the enabling of functions that are not available, have no effect.
        """
        self.layout = layout
        self.configured = configured
        self._rows = store.table(VARIABLES)
        self._bus = bus
        self._clock = clock
        self._held: dict[_Key, _Held] = {}
        self._base: dict[_Key, _Held] = {}
        self._providers: dict[VarDef[Any], Callable[[Place], Any]] = {}
        self._shapes: Mapping[Located, VarDef[Any]] = configured.limits
        self._shaped = frozenset(each.definition for each in self._shapes)
        """The definitions that have another shape somewhere: a quick look says that most have not."""
        self._provide_standard()
        self._configure()
        self.reload()

    # By definition.

    def get(
        self,
        definition: VarDef[T],
        evse: int | None = None,
        connector: int | None = None,
        instance: str | None = None,
    ) -> T:
        """The Actual value; `instance` is that of the component (a network slot)."""
        if definition.derived:
            read = self._providers.get(definition)
            if read is not None:
                value: T = read(Place(evse, connector, instance))
                return value
        simple = evse is None and instance is None
        held = self._held.get(definition if simple else (definition, evse, connector, instance))
        if held is None:
            return definition.default
        kept: T = held.value
        return kept

    def set(
        self,
        definition: VarDef[T],
        value: T,
        source: str = INTERNAL,
        *,
        evse: int | None = None,
        connector: int | None = None,
        instance: str | None = None,
    ) -> bool:
        """The station's own writing: not checked against the limits. True if it changed."""
        located = Located(definition, Place(evse, connector, instance))
        return self.write(located, Parsed(value, text_of(definition, value)), source)

    def provide(self, definition: VarDef[T], read: Callable[[Place], T]) -> None:
        """From now on `read` supplies the value of a variable declared as derived."""
        if not definition.derived:
            raise ValueError(f"{definition!r} is not derived")
        self._providers[definition] = read

    def report_change(
        self, definition: VarDef[T], old: T, new: T, place: Place = HERE, source: str = INTERNAL
    ) -> None:
        """Say that a provided value changed; nothing happens if it did not."""
        before, after = text_of(definition, old), text_of(definition, new)
        if before != after:
            self._publish(Located(definition, place), ACTUAL, before, after, source)

    # By address.

    def locate(self, address: ComponentVariable) -> Located | Unknown:
        return self.layout.locate(address)

    def at(self, address: ComponentVariable, attribute: AttributeEnum = ACTUAL) -> str | None:
        """The value as text, "" if it is not set; None if there is no such variable."""
        located = self.locate(address)
        if isinstance(located, Unknown) or attribute not in located.definition.attributes:
            return None
        return self.text(located, attribute)

    def text(self, located: Located, attribute: AttributeEnum = ACTUAL) -> str:
        definition = located.definition
        if attribute is ACTUAL and definition.derived and definition in self._providers:
            return text_of(definition, self._providers[definition](located.place))
        simple = attribute is ACTUAL and located.place is HERE
        held = self._held.get(definition if simple else _key(located, attribute))
        if held is not None:
            return held.text
        return _default_text(located, attribute)

    def source(self, located: Located, attribute: AttributeEnum = ACTUAL) -> str:
        """Who set the value: "" for the catalogue's default."""
        held = self._held.get(_key(located, attribute))
        return "" if held is None else held.source

    def write(
        self,
        located: Located,
        parsed: Parsed,
        source: str,
        attribute: AttributeEnum = ACTUAL,
    ) -> bool:
        """Keep a checked value; publishes VariableChanged and returns True if it is another."""
        definition = located.definition
        if definition.derived and definition in self._providers:
            raise ValueError(f"{definition!r} is supplied by the station")
        old, key = self.text(located, attribute), _key(located, attribute)
        changed = old != parsed.text
        if changed or definition.chosen or self._rows.get(_row_key(located, attribute)) is not None:
            self._keep(located, attribute, key, parsed, source)
        if changed:
            self._publish(located, attribute, old, parsed.text, source)
        return changed

    def shape(self, located: Located) -> VarDef[Any]:
        """The characteristics as they are on this station."""
        definition = located.definition
        if definition not in self._shaped:
            return definition
        return self._shapes.get(located, definition)

    def is_available(self, located: Located) -> bool:
        """Whether the function is there that a variable called ...Enabled switches: what the
        component's Available (of the same instance) says.
        """
        definition = located.definition
        for sibling in self.layout.catalogue.siblings(definition):
            if sibling.name == "Available" and sibling.instance == definition.instance:
                return self.text(Located(sibling, located.place)) == "true"
        return True

    def __iter__(self) -> Iterator[Located]:
        return iter(self.layout)

    # The layers.

    def reload(self) -> None:
        """Rebuild memory from the configuration and the rows; publishes nothing.

        Rows of variables that there are no longer, or whose type is another now, are left alone.
        """
        self._held = dict(self._base)
        for _, row in self._rows.items():  # noqa: PERF102 - a table, not a dict
            located = self.locate(_row_address(row))
            if isinstance(located, Unknown):
                continue
            parsed = parse(located.definition, row.value)
            if isinstance(parsed, Parsed):
                held = _Held(parsed.value, parsed.text, row.source)
                self._held[_key(located, row.attribute)] = held

    def _keep(
        self,
        located: Located,
        attribute: AttributeEnum,
        key: _Key,
        parsed: Parsed,
        source: str,
    ) -> None:
        row_key = _row_key(located, attribute)
        spare = key not in self._base and not located.definition.chosen
        if spare and parsed.text == _default_text(located, attribute):
            self._rows.delete(row_key)
            self._held.pop(key, None)
            return
        row = self._rows.get(row_key)
        if row is None or (row.value, row.source) != (parsed.text, source):
            self._rows.put(row_key, _row(located, attribute, parsed.text, source, self._clock()))
        self._held[key] = _Held(parsed.value, parsed.text, source)

    def _publish(
        self, located: Located, attribute: AttributeEnum, old: str, new: str, source: str
    ) -> None:
        definition, place = located.definition, located.place
        address = address_of(located)
        self._bus.publish(VariableChanged(address, attribute, old, new, source, definition, place))

    def _configure(self) -> None:
        slots = tuple(str(slot) for slot in self.layout.slots)
        priority = Located(OCPPCommCtrlr.network_configuration_priority)
        if self.shape(priority).values != slots:
            shape = evolve(self.shape(priority), values=slots)
            self._shapes = {**self._shapes, priority: shape}
            self._shaped = self._shaped | {priority.definition}
        for each in self.configured.extra:
            if self.locate(address_of(each)) is not each:
                raise ConfigurationError(
                    f"{each.definition!r} is defined twice", source=self.configured.source
                )
        for setting in self.configured.settings:
            located = self.locate(setting.address)
            if isinstance(located, Unknown):
                source = setting.source or self.configured.source
                raise ConfigurationError(str(located), source=source, path=setting.path)
            self._configure_one(_unmirrored(located), setting)

    def _configure_one(self, located: Located, setting: Setting) -> None:
        source, path = setting.source or self.configured.source, setting.path
        if setting.attribute not in located.definition.attributes:
            raise ConfigurationError("NotSupportedAttributeType", source=source, path=path)
        parsed = check(self.shape(located), setting.value, lenient=True)
        if isinstance(parsed, Refusal):
            raise ConfigurationError(parsed.info, source=source, path=path)
        if located.definition.constant or (parsed.value is True and self._cannot(located)):
            return
        held = _Held(parsed.value, parsed.text, CONFIGURATION)
        self._base[_key(located, setting.attribute)] = held

    def _cannot(self, located: Located) -> bool:
        return located.definition.name.endswith("Enabled") and not self.is_available(located)

    def _provide_standard(self) -> None:
        topology = self.layout.topology
        self.provide(OCPP16LegacyCtrlr.number_of_connectors, lambda _: topology.count)
        self.provide(ClockCtrlr.date_time, lambda _: self._clock())
        for shown, kept in _MIRRORS:
            self._providers[shown] = _mirror(self, kept)


def _mirror(model: DeviceModel, kept: VarDef[str]) -> Callable[[Place], str]:
    return lambda _: model.get(kept)


def _default_text(located: Located, attribute: AttributeEnum) -> str:
    return _default_of(located.definition) if attribute is ACTUAL else ""


@lru_cache(maxsize=1024)
def _default_of(definition: VarDef[Any]) -> str:
    """There are a few hundred definitions, and most values that are read are defaults."""
    return text_of(definition, definition.default)


def _unmirrored(located: Located) -> Located:
    for shown, kept in _MIRRORS:
        if located.definition is shown:
            return Located(kept)
    return located


def _key(located: Located, attribute: AttributeEnum) -> _Key:
    definition, place = located.definition, located.place
    if attribute is not ACTUAL:
        return (definition, place.evse, place.connector, place.instance, attribute)
    if place is HERE or (place.evse is None and place.instance is None):
        return definition
    return (definition, place.evse, place.connector, place.instance)


def _row_key(located: Located, attribute: AttributeEnum) -> str:
    """Unique and stable: what an address is made of, each part quoted."""
    definition, place = located.definition, located.place
    parts = (
        definition.component.casefold(),
        place.instance or "",
        "" if place.evse is None else str(place.evse),
        "" if place.connector is None else str(place.connector),
        definition.name.casefold(),
        (definition.instance or "").casefold(),
        attribute.value,
    )
    return "/".join(part.replace("%", "%25").replace("/", "%2F") for part in parts)


def _row(
    located: Located, attribute: AttributeEnum, text: str, source: str, now: datetime
) -> VariableRow:
    definition, place = located.definition, located.place
    return VariableRow(
        definition.component,
        place.instance,
        place.evse,
        place.connector,
        definition.name,
        definition.instance,
        attribute,
        text,
        source,
        now,
    )


def _row_address(row: VariableRow) -> ComponentVariable:
    place = Place(row.evse, row.connector, row.component_instance)
    definition: VarDef[Any] = VarDef(
        name=row.variable,
        data_type=DataType.STRING,
        default="",
        component=row.component,
        instance=row.variable_instance,
    )
    return address_of(Located(definition, place))
