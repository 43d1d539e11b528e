"""Everything above the engine for one OCPP version, put together from the rows of the store."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from ocpp_iface.backend import Backend
from ocpp_iface.config import StationConfig
from ocpp_iface.devicemodel.access import Access
from ocpp_iface.devicemodel.catalog import InternalCtrlr, OCPPCommCtrlr
from ocpp_iface.devicemodel.connection_rules import Credentials
from ocpp_iface.devicemodel.instances import Layout
from ocpp_iface.devicemodel.keys16 import Keys16
from ocpp_iface.devicemodel.model import Configured, DeviceModel
from ocpp_iface.devicemodel.watch import Watches
from ocpp_iface.engine.block import Admission, Cause
from ocpp_iface.engine.bus import Bus
from ocpp_iface.engine.dispatcher import Handler
from ocpp_iface.engine.kernel import Kernel
from ocpp_iface.engine.link import LinkPlan
from ocpp_iface.engine.outbox import Delivery, RetryPolicy
from ocpp_iface.engine.registration import RegistrationState
from ocpp_iface.ports.identity import Identity
from ocpp_iface.ports.topology import Topology
from ocpp_iface.ports.transport import CloseReason, TlsSettings
from ocpp_iface.station.context import LinkControl, StationContext
from ocpp_iface.station.events import LinkDown, LinkUp
from ocpp_iface.station.facade import Facade
from ocpp_iface.station.network import Network
from ocpp_iface.station.station import Station
from ocpp_iface.types import EventTriggerEnum
from ocpp_iface.types.facts import Fact


class Retries:
    """How often and when a message is sent again: read from the variables at each use (E13)."""

    def __init__(self, variables: DeviceModel, network: Network) -> None:
        self._variables = variables
        self._network = network

    def attempts(self, fact: Fact) -> int:
        del fact
        return max(1, self._variables.get(OCPPCommCtrlr.message_attempts))

    def interval_s(self, fact: Fact) -> float:
        del fact
        return self._variables.get(OCPPCommCtrlr.message_attempt_interval)

    def message_timeout_s(self) -> float:
        """That of the network profile in use, else the station's."""
        own = self._network.message_timeout_s()
        return self._variables.get(OCPPCommCtrlr.message_timeout) if own is None else own

    def capacity(self) -> int:
        return self._variables.get(InternalCtrlr.message_queue_size_threshold)


class StationAssembly:
    """Implements `engine.block.Assembly`."""

    def __init__(
        self,
        kernel: Kernel,
        backend: Backend,
        *,
        config: StationConfig,
        topology: Topology,
        identity: Identity,
        configured: Configured,
        slots: tuple[int, ...],
    ) -> None:
        self.codec = backend.codec(validate_outbound=config.validate_outbound)
        self.subprotocols = config.versions
        self._backend = backend
        self._kernel = kernel
        layout = Layout(topology, slots, configured.extra)
        self._ctx = ctx = _context(kernel, config, layout, identity, configured)
        bus, variables = ctx.bus, ctx.variables
        ctx.policy = backend.policy(ctx)
        watches = _watches(kernel, ctx)
        self.station = Station(ctx)
        self._facade = Facade(ctx, watches)
        self._blocks = tuple(backend.blocks(ctx))
        self.plan: LinkPlan = self.station.network
        self.retry: RetryPolicy = Retries(variables, self.station.network)
        self.routes: Mapping[type, Handler] = _merged("route", (b.routes() for b in self._blocks))
        self.deliveries: Mapping[type, Delivery] = _merged(
            "delivery", (b.deliveries() for b in self._blocks)
        )
        self.commands: Mapping[type, Handler] = _merged(
            "command", (self._facade.commands(), *(b.commands() for b in self._blocks))
        )
        for block in self._blocks:
            for event_type, watcher in block.watches().items():
                bus.subscribe(event_type, watcher)
        self.triggers = _merged("trigger", (b.triggers() for b in self._blocks))
        ctx.triggers = self.triggers

    def admit(self, action: str, state: RegistrationState) -> Admission:
        return self._backend.admit(action, state)

    def resume(self, cause: Cause) -> None:
        self.station.resume(cause)
        for block in self._blocks:
            block.resume(cause)
        if cause is Cause.BOOT:
            self._facade.begin()
        self._wake_when_rows_may_leave()

    def link_opened(self, slot: int, subprotocol: str) -> None:
        link = self._kernel.link
        offline_s = None if link.lost_at is None else self._ctx.clock.monotonic - link.lost_at
        self._wake_when_rows_may_leave()
        self._ctx.bus.publish(LinkUp(slot, subprotocol, offline_s))

    def link_closed(self, reason: CloseReason, detail: str, *, was_open: bool) -> None:
        self._ctx.bus.publish(LinkDown(reason, detail, was_open))

    def clock_stepped(self, by_s: float) -> None:
        self.station.time.stepped(by_s)

    def settle(self) -> None:
        self.station.settle()

    def holds_rows(self) -> bool:
        """The CSMS may speak first after a reconnect (MessageQueueResumeDelay)."""
        return self._ctx.clock.monotonic < self._held_until()

    # -- inside --------------------------------------------------------------------------------

    def _held_until(self) -> float:
        """A monotonic instant."""
        link = self._kernel.link
        if link.lost_at is None or link.opened_at is None:
            return 0.0
        delay = self._ctx.variables.get(InternalCtrlr.message_queue_resume_delay)
        return link.opened_at + delay

    def _wake_when_rows_may_leave(self) -> None:
        rest = self._held_until() - self._ctx.clock.monotonic
        if rest > 0:
            self._ctx.timers.after(rest, self._wake_when_rows_may_leave, "resume delay")


def _context(
    kernel: Kernel,
    config: StationConfig,
    layout: Layout,
    identity: Identity,
    configured: Configured,
) -> StationContext:
    bus, clock = Bus(), kernel.clock
    variables = DeviceModel(kernel.store, bus, layout, lambda: clock.now, configured)
    credentials = _credentials(variables, config.tls_settings)
    return StationContext(
        store=kernel.store,
        bus=bus,
        flows=kernel.flows,
        clock=clock,
        timers=kernel.timers,
        entropy=kernel.entropy,
        asks=kernel.asks,
        csms=kernel.csms,
        outbox=kernel.outbox,
        registration=kernel.registration,
        link=_link_control(kernel),
        variables=variables,
        access=Access(variables, Keys16(variables), credentials),
        topology=layout.topology,
        identity=identity,
        subprotocols=config.versions,
        tls=config.tls_settings,
        station_id=config.id,
        publish=kernel.publish,
        count=kernel.count,
    )


def _watches(kernel: Kernel, ctx: StationContext) -> Watches:
    clock = kernel.clock
    watches = Watches(
        kernel.store,
        ctx.bus,
        ctx.access.keys,
        clock=lambda: clock.now,
        emit=lambda event: kernel.publish("event_data", event),
    )
    if ctx.policy.keys_first:
        watches.trigger = EventTriggerEnum.Alerting
    return watches


def _link_control(kernel: Kernel) -> LinkControl:
    return LinkControl(
        connect=kernel.connect,
        disconnect=kernel.disconnect,
        reconnect=lambda reason, fresh: kernel.link.reconnect(reason, fresh=fresh),
        is_open=lambda: kernel.link.is_open,
        slot=lambda: kernel.link.slot,
        opened_at=lambda: _link_opened_at(kernel),
        keep_alive=kernel.link.keep_alive,
    )


def _link_opened_at(kernel: Kernel) -> datetime | None:
    """On the station's clock as it is now, so that setting the clock does not move the past."""
    opened = kernel.link.opened_at
    if opened is None:
        return None
    return kernel.clock.now - timedelta(seconds=kernel.clock.monotonic - opened)


def _credentials(variables: DeviceModel, tls: TlsSettings) -> Callable[[], Credentials]:
    """The files of the configuration count, and the roots of the system if they may be used."""

    def held() -> Credentials:
        system = tls.default_ca_paths and variables.get(InternalCtrlr.use_ssl_default_verify_paths)
        return Credentials(
            csms_root=bool(tls.ca_files) or system,
            client_certificate=tls.client_certificate_file is not None,
        )

    return held


def _merged(what: str, tables: Iterable[Mapping[Any, Any]]) -> dict[Any, Any]:
    """One table of all blocks; that two of them claim the same entry is a bug."""
    merged: dict[Any, Any] = {}
    for table in tables:
        for entry, handler in table.items():
            if entry in merged:
                raise ValueError(f"two blocks claim the {what} {entry!r}")
            merged[entry] = handler
    return merged
