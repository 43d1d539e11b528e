"""What every station service and every block may use. One per assembly; nothing global."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from attrs import define, field

from ocpp_iface.devicemodel.access import Access
from ocpp_iface.devicemodel.model import DeviceModel
from ocpp_iface.engine.asks import Asks
from ocpp_iface.engine.bus import Bus
from ocpp_iface.engine.clock import KernelClock
from ocpp_iface.engine.csms import Csms
from ocpp_iface.engine.flows import Flows
from ocpp_iface.engine.outbox import Outbox
from ocpp_iface.engine.registration import Registration
from ocpp_iface.engine.timers import Timers
from ocpp_iface.ports.entropy import Entropy
from ocpp_iface.ports.identity import Identity
from ocpp_iface.ports.store import Store
from ocpp_iface.ports.topology import Topology
from ocpp_iface.ports.transport import TlsSettings

if TYPE_CHECKING:
    from ocpp_iface.station.policy import VersionPolicy
    from ocpp_iface.station.station import Station


class LinkControl:
    """What a service may order of the link (implemented by the kernel through compose)."""

    __slots__ = (
        "connect",
        "disconnect",
        "is_open",
        "keep_alive",
        "opened_at",
        "reconnect",
        "slot",
    )

    def __init__(
        self,
        connect: Callable[[], None],
        disconnect: Callable[[str], None],
        reconnect: Callable[[str, bool], None],
        is_open: Callable[[], bool],
        slot: Callable[[], int | None],
        opened_at: Callable[[], datetime | None],
        keep_alive: Callable[[float, float], None],
    ) -> None:
        self.connect = connect
        self.disconnect = disconnect
        """(reason) Close, and stay closed until `connect`."""
        self.reconnect = reconnect
        """(reason, fresh) Close and open with today's configuration; fresh: first priority first."""
        self.is_open = is_open
        self.slot = slot
        self.opened_at = opened_at
        """What happened before is offline for the CSMS (E11.FR.07)."""
        self.keep_alive = keep_alive
        """(ping interval, pong time-out) In seconds, of the link that is up."""


@define(eq=False, slots=True)
class StationContext:
    """Flows wait with traps of `csms`, `asks`, and `sleep`; facts go to `outbox.put`."""

    store: Store
    bus: Bus
    flows: Flows
    clock: KernelClock
    timers: Timers
    entropy: Entropy
    asks: Asks
    csms: Csms
    outbox: Outbox
    registration: Registration
    link: LinkControl
    variables: DeviceModel
    access: Access
    topology: Topology
    identity: Identity
    station_id: str
    """Under which the CSMS knows the station."""
    tls: TlsSettings
    subprotocols: tuple[str, ...]
    """The OCPP versions that are offered, the preferred first."""
    publish: Callable[[str, object], None]
    """(name of the var, value)"""
    count: Callable[[str], None]
    """Count something worth watching, by name."""
    policy: VersionPolicy = field(init=False)
    """Set by the backend before anything runs."""
    station: Station = field(init=False)
    triggers: Mapping[str, Callable[[Any], bool]] = field(init=False, factory=dict)
    """TriggerMessage name -> how the block behind it does it: the union of all blocks."""

    @property
    def online(self) -> bool:
        """Messages reach the CSMS now: link up and accepted."""
        return self.link.is_open() and self.registration.accepted
