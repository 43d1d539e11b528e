"""The facade's monitor_variables: which variables the app watches, and the events it gets.

A registration is a row, so it survives a restart; each address form that was asked for gets its own
event, with the address as it was asked. What changed between two runs (another configuration) is
reported at boot, since the row knows the last value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, Final

from attrs import evolve, field, frozen

from ocpp_iface.devicemodel.access import Addressing
from ocpp_iface.devicemodel.definition import KeyPart, VarDef
from ocpp_iface.devicemodel.instances import Located, Place, Unknown
from ocpp_iface.devicemodel.keys16 import Keys16, KeyTarget
from ocpp_iface.devicemodel.model import ACTUAL, DeviceModel, VariableChanged
from ocpp_iface.engine.bus import Bus
from ocpp_iface.ports.store import Store, TableDef
from ocpp_iface.types.address import ComponentVariable
from ocpp_iface.types.events import EventData, EventNotificationType, EventTriggerEnum

_LONGEST_VALUE: Final = 2500


@frozen
class WatchRow:
    """One registration; `by_key`: its address is a 1.6 key. `last` is "" for what is secret."""

    address: ComponentVariable
    by_key: bool
    last: str = field(repr=False)


@frozen
class EventCounter:
    last: int


WATCHES: Final = TableDef("watch", str, WatchRow)
EVENT_COUNTER: Final = TableDef("event_counter", int, EventCounter)


@frozen
class EventIds:
    """Ids of events: they rise, also over a restart."""

    store: Store

    def next(self) -> int:
        table = self.store.table(EVENT_COUNTER)
        counter = table.get(0)
        event_id = 1 if counter is None else counter.last + 1
        table.put(0, EventCounter(event_id))
        return event_id


@frozen
class _Watch:
    row_key: str
    row: WatchRow
    located: Located
    key: KeyTarget | None


class Watches:
    """`emit` gets every event. `trigger` is what they say: Delta, and Alerting while 1.6 is active
    (whose events have only the required properties).
    """

    def __init__(
        self,
        store: Store,
        bus: Bus,
        keys: Keys16,
        *,
        clock: Callable[[], datetime],
        emit: Callable[[EventData], None],
    ) -> None:
        self.trigger = EventTriggerEnum.Delta
        self._rows = store.table(WATCHES)
        self._ids = EventIds(store)
        self._variables: DeviceModel = keys.variables
        self._keys = keys
        self._clock = clock
        self._emit = emit
        self._watches: dict[tuple[VarDef[Any], Place], list[_Watch]] = {}
        self.reload()
        bus.subscribe(VariableChanged, self._on_change)

    def register(
        self, addresses: Iterable[ComponentVariable], addressing: Addressing
    ) -> tuple[ComponentVariable, ...]:
        """Watch these too; registering twice is once. Returns those that lead nowhere."""
        unknown = []
        for address in addresses:
            found = self._resolve(address, addressing)
            if found is None:
                unknown.append(address)
            else:
                self._register_one(address, *found)
        return tuple(unknown)

    def reload(self) -> None:
        """Rebuild memory from the rows; what no longer leads anywhere sleeps."""
        self._watches = {}
        for row_key, row in self._rows.items():
            found = self._find(row.address, by_key=row.by_key)
            if found is not None:
                self._remember(_Watch(row_key, row, *found))

    def resume(self) -> None:
        """Once per boot: report what is different from the last run."""
        for watches in list(self._watches.values()):
            for watch in list(watches):
                if not watch.located.definition.write_only:
                    self._fire_if_other(watch)

    # How.

    def _resolve(
        self, address: ComponentVariable, addressing: Addressing
    ) -> tuple[Located, KeyTarget | None] | None:
        first = addressing is Addressing.KEYS_FIRST or not address.component.name
        by_key = self._find(address, by_key=True) if first else None
        return by_key or self._find(address, by_key=False)

    def _find(
        self, address: ComponentVariable, *, by_key: bool
    ) -> tuple[Located, KeyTarget | None] | None:
        if by_key:
            key = self._keys.of_address(address)
            return None if key is None else (key.located, key)
        located = self._variables.locate(address)
        return None if isinstance(located, Unknown) else (located, None)

    def _register_one(
        self, address: ComponentVariable, located: Located, key: KeyTarget | None
    ) -> None:
        row_key = _row_key(address)
        if self._rows.get(row_key) is not None:
            return
        row = WatchRow(address, key is not None, self._kept(located))
        self._rows.put(row_key, row)
        self._remember(_Watch(row_key, row, located, key))

    def _kept(self, located: Located) -> str:
        return "" if located.definition.write_only else self._variables.text(located)

    def _remember(self, watch: _Watch) -> None:
        place = (watch.located.definition, watch.located.place)
        self._watches.setdefault(place, []).append(watch)

    def _on_change(self, change: VariableChanged) -> None:
        if change.attribute is not ACTUAL:
            return
        for watch in list(self._watches.get((change.definition, change.place), ())):
            self._fire(watch, change.new)

    def _fire_if_other(self, watch: _Watch) -> None:
        now = self._kept(watch.located)
        if now != watch.row.last:
            self._fire(watch, now)

    def _fire(self, watch: _Watch, text: str) -> None:
        if watch.key is not None and watch.key.key.part is not KeyPart.VALUE:
            return
        seen = "" if watch.located.definition.write_only else text
        if seen != watch.row.last:
            self._update(watch, evolve(watch.row, last=seen))
        shown = self._keys.show(watch.key, seen) if watch.key is not None else seen
        self._emit(
            EventData(
                watch.row.address,
                self._ids.next(),
                self._clock(),
                self.trigger,
                shown[:_LONGEST_VALUE],
                EventNotificationType.CustomMonitor,
            )
        )

    def _update(self, watch: _Watch, row: WatchRow) -> None:
        self._rows.put(watch.row_key, row)
        same_place = self._watches[watch.located.definition, watch.located.place]
        same_place[same_place.index(watch)] = evolve(watch, row=row)


def _row_key(address: ComponentVariable) -> str:
    """The address as it was asked, folded; a key and a canonical address never meet."""
    component, variable = address.component, address.variable
    evse = component.evse
    parts = (
        component.name.casefold(),
        (component.instance or "").casefold(),
        "" if evse is None else str(evse.id),
        "" if evse is None or evse.connector_id is None else str(evse.connector_id),
        variable.name.casefold(),
        (variable.instance or "").casefold(),
    )
    return "/".join(part.replace("%", "%25").replace("/", "%2F") for part in parts)
