"""The variables of a station that is not running: its configuration over its store."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from attrs import frozen

from ocpp_iface.config import StationConfig
from ocpp_iface.devicemodel.access import Access, Addressing, Caller
from ocpp_iface.devicemodel.definition import WO
from ocpp_iface.devicemodel.instances import Layout, Located, address_of
from ocpp_iface.devicemodel.keys16 import Keys16
from ocpp_iface.devicemodel.model import CONFIGURATION, DeviceModel
from ocpp_iface.engine.bus import Bus
from ocpp_iface.ports.store import Store
from ocpp_iface.storage import open_store
from ocpp_iface.types import (
    Component,
    ComponentVariable,
    GetVariableRequest,
    GetVariableResult,
    SetVariableRequest,
    Variable,
)


@frozen
class OfflineStation:
    store: Store
    model: DeviceModel
    keys: Keys16
    access: Access

    def get(self, address: ComponentVariable) -> GetVariableResult:
        request = GetVariableRequest(address)
        return self.access.get_variables([request], Addressing.COMPONENTS, Caller.CSMS)[0]

    def get_key(self, name: str) -> str | None:
        """The value of a 1.6 key; None if there is none that is shown."""
        shown = self.access.get_key(name)
        return None if shown is None else shown.value or ""

    def set(self, address: ComponentVariable, value: str, source: str) -> str:
        """-> Accepted, or why not, as the CSMS would hear it."""
        return self._set(address, value, source, Caller.CSMS)

    def set_key(self, name: str, value: str, source: str) -> str:
        """The same for a 1.6 key. As an app does: only apps name keys by address."""
        key = ComponentVariable(Component(""), Variable(name))
        return self._set(key, value, source, Caller.APP)

    def _set(self, address: ComponentVariable, value: str, source: str, caller: Caller) -> str:
        request = SetVariableRequest(address, value)
        self.store.begin()
        outcome = self.access.set_one(request, source, Addressing.COMPONENTS, caller)
        self.store.commit()
        info = outcome.status_info
        detail = "" if info is None else f" ({info.additional_info or info.reason_code})"
        return f"{outcome.result.status}{detail}"

    def address(self, located: Located) -> ComponentVariable:
        return address_of(located)

    def value(self, located: Located) -> str | None:
        """None: it is never shown."""
        hidden = located.definition.access is WO
        return None if hidden else self.model.text(located)

    def source(self, located: Located) -> str:
        """`default`, `configuration`, or who set it at run time."""
        return self.model.source(located) or "default"

    def is_changed(self, located: Located) -> bool:
        """Set at run time, by the CSMS, an app or the station."""
        return self.source(located) not in ("default", CONFIGURATION)


@contextmanager
def offline_station(config: StationConfig, *, to_write: bool = False) -> Iterator[OfflineStation]:
    """Without a store (or before it exists) it shows what the configuration says.

    Raises StoreError; also if a running station holds the store.
    """
    exists = config.store is not None and Path(config.store).exists()
    store = open_store(config.store if exists or to_write else None)
    try:
        configured = config.configured()
        layout = Layout(config.topology, config.slots, configured.extra)
        model = DeviceModel(store, Bus(), layout, lambda: datetime.now(UTC), configured)
        keys = Keys16(model)
        yield OfflineStation(store, model, keys, Access(model, keys))
    finally:
        store.close()
