"""A booted station on a bench, and the states that test cases begin with, in one word each.

::

    bench = Bench("2.0.1", variables={"TxCtrlr.TxStartPoint": "Authorized"})
    bench.charging()
    assert bench.call("RequestStopTransaction", transactionId=bench.transaction_id()) == ...
    bench.expect("TransactionEvent", eventType="Ended")
    bench.check()

Each state brings about what it needs (charging plugs in and presents a token, unless that was done)
and asserts, on the wire only, the messages that belong to it; a failure shows the last lines of the
trace. While the network is down nothing is asserted: what was queued is the test's to expect.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from attrs import define, field

from ocpp_iface.config import StationConfig
from ocpp_iface.devicemodel.catalog import TxCtrlr
from ocpp_iface.engine.kernel import Kernel
from ocpp_iface.ports.entropy import Entropy
from ocpp_iface.ports.store import Store
from ocpp_iface.sim.bench_places import Place
from ocpp_iface.sim.bench_wire import Wire16, Wire201, WireScript
from ocpp_iface.sim.csms import DEFAULT_URL, SimCsms
from ocpp_iface.sim.csms_replies import Payload
from ocpp_iface.sim.csms_script import Received, Rule
from ocpp_iface.sim.hardware import ALL_METHODS
from ocpp_iface.sim.match import Where
from ocpp_iface.sim.station import MakeKernel, SimStation
from ocpp_iface.sim.trace import canonical
from ocpp_iface.sim.world import World

TOKEN: Final = "04AB12CD"  # noqa: S105 - a card in a simulation
OTHER_TOKEN: Final = "08EF34AB"  # noqa: S105 - as above
_BACKGROUND: Final = ("Heartbeat", "SecurityEventNotification")
_BACK_S: Final = 300.0
"""The longest that a station waits before it dials again, in any test configuration."""


def kernel_of(config: StationConfig) -> MakeKernel:
    """Real stations for `World.add_station`."""

    def make(store: Store, entropy: Entropy, methods: frozenset[str]) -> Kernel:
        from ocpp_iface.compose import make_kernel  # noqa: PLC0415 - loads a whole station

        return make_kernel(config, store=store, entropy=entropy, hardware_methods=methods)

    return make


@define(eq=False)
class Bench:
    """`version`: "1.6" or "2.0.1". `evses`: connectors of each EVSE. `variables`: as in
    StationConfig, by 1.6 key or `Component.Variable`. `config`: further fields of StationConfig.
    `auto`: the charger reports charging states and meter readings by itself. `boot`: arrive booted.
    """

    version: str = "2.0.1"
    evses: tuple[int, ...] = field(default=(1, 1), kw_only=True)
    variables: Mapping[str, Any] = field(factory=dict, kw_only=True)
    config: Mapping[str, Any] = field(factory=dict, kw_only=True)
    seed: int = field(default=0, kw_only=True)
    auto: bool = field(default=True, kw_only=True)
    boot: bool = field(default=True, kw_only=True)
    hardware_methods: frozenset[str] = field(default=ALL_METHODS, kw_only=True)
    world: World = field(init=False)
    station: SimStation = field(init=False)
    places: list[Place] = field(init=False)
    is16: bool = field(init=False)
    is_online: bool = field(default=True, init=False)
    _wire: WireScript = field(init=False)
    _seen: dict[str, None] = field(factory=dict, init=False)
    _remote_starts: int = field(default=0, init=False)

    def __attrs_post_init__(self) -> None:
        self.is16 = self.version == "1.6"
        self.world = World(self.seed)
        config = StationConfig(
            **{
                "id": "cs1",
                "csms_url": DEFAULT_URL,
                "versions": (f"ocpp{self.version}",),
                "evses": self.evses,
                "variables": self.variables,
                "validate_outbound": True,
                **self.config,
            }
        )
        self.station = self.world.add_station(
            kernel_of(config),
            name=config.id,
            connectors=self.evses,
            hardware_methods=self.hardware_methods,
            auto=self.auto,
        )
        topology = config.topology
        self.places = [
            Place(evse, connector, topology.connector16(evse, connector))
            for evse in topology.evse_ids()
            for connector in topology.connector_ids(evse)
        ]
        self._wire = self._script()
        if self.boot:
            self.booted()

    # -- states --------------------------------------------------------------------------------

    def booted(self) -> None:
        """Power on; BootNotification, a status of each connector."""
        if not self.station.running:
            self.station.boot()
        if self.is_online:
            self._wire.booted([place for place in self.places if not place.plugged])
            self._calm()

    def ev_connected(self, evse: int = 1, connector: int = 1) -> None:
        """EVConnectedPreSession."""
        place = self.place(evse, connector)
        if place.plugged:
            return
        self.station.plug_in(evse, connector)
        place.plugged = True
        if self.is_online:
            self._wire.plugged(place)

    def authorized_local(
        self,
        token: str = TOKEN,
        evse: int = 1,
        connector: int = 1,
        *,
        asked: bool | None = None,
    ) -> None:
        """Authorized by a token at the reader.

        `asked`: the CSMS is asked; None: if it never saw the token, else the cache may know it.
        """
        place = self.place(evse, connector)
        place.token = token
        if asked is None:
            asked = token not in self._seen
        self._seen[token] = None
        self.station.present_token(token, evse)
        if self.is_online:
            self._wire.authorized(place, asked=asked)

    def authorized_remote(self, token: str = TOKEN, evse: int = 1, connector: int = 1) -> Payload:
        """Authorized by the CSMS; its request is accepted. -> the response"""
        place = self.place(evse, connector)
        self._remote_starts += 1
        remote_id = self._remote_starts
        if self.is16:
            response = self.call("RemoteStartTransaction", connectorId=place.number, idTag=token)
        else:
            response = self.call(
                "RequestStartTransaction",
                evseId=evse,
                idToken={"idToken": token, "type": "ISO14443"},
                remoteStartId=remote_id,
            )
        self._accepted("the remote start", response)
        place.token = token
        self._seen[token] = None
        self._wire.started_remotely(place, remote_id)
        return response

    def charging(self, evse: int = 1, connector: int = 1, token: str = TOKEN) -> None:
        """EnergyTransferStarted; plugs in first unless somebody is authorized already."""
        place = self.place(evse, connector)
        self.ev_connected(evse, connector)
        if place.token is None:
            self.authorized_local(token, evse, connector)
        self._manual_state(evse, "Charging")
        if self.is_online:
            self._wire.charging(place)
        else:
            self.run(3.0)
        place.charging = True

    def suspended(self, evse: int = 1, connector: int = 1) -> None:
        """EnergyTransferSuspended: the EV pauses."""
        place = self.place(evse, connector)
        if not place.charging:
            self.charging(evse, connector)
        self.station.ev(evse).pause()
        self._manual_state(evse, "SuspendedEV")
        place.charging = False
        if self.is_online:
            self._wire.suspended(place, "SuspendedEV")

    def resumed(self, evse: int = 1, connector: int = 1) -> None:
        """The EV goes on."""
        self.station.ev(evse).resume()
        self.charging(evse, connector)

    def stop_authorized(self, token: str | None = None, evse: int = 1, connector: int = 1) -> None:
        """StopAuthorized (local): the token again, or another that may stop it."""
        place = self.place(evse, connector)
        self.station.present_token(token or place.token or TOKEN, evse)
        self._stopped(place, remotely=False)

    def stop_remote(self, evse: int = 1, connector: int = 1) -> Payload:
        """StopAuthorized (remote). -> the response"""
        place = self.place(evse, connector)
        running = self.transaction_id(evse, connector)
        if self.is16:
            response = self.call("RemoteStopTransaction", transactionId=int(running))
        else:
            response = self.call("RequestStopTransaction", transactionId=running)
        self._accepted("the remote stop", response)
        self._stopped(place, remotely=True)
        return response

    def unplugged(self, evse: int = 1, connector: int = 1) -> None:
        """EVDisconnected: the status is Available, a transaction that ran has ended."""
        place = self.place(evse, connector)
        self.station.unplug(evse, connector)
        place.plugged = place.charging = False
        if self.is_online:
            self._wire.unplugged(place)
        place.token = None

    def session(self, evse: int = 1, connector: int = 1, *, seconds: float = 60.0) -> None:
        """A whole one: plug, token, charge, stop, unplug."""
        self.charging(evse, connector)
        self.run(seconds)
        self.stop_authorized(None, evse, connector)
        self.unplugged(evse, connector)

    # -- trouble -------------------------------------------------------------------------------

    def offline(self, *, closed: bool = False) -> None:
        """The network is gone; or the CSMS has `closed` the link and takes no other. The station
        has noticed.
        """
        if closed:
            self.csms.is_up = False
            self.csms.close()
        else:
            self.station.network.cut()
        self.is_online = False
        self.world.settle()

    def online(self, timeout_s: float = _BACK_S) -> None:
        """Network and CSMS are back; the station has connected again."""
        self.station.network.restore()
        self.csms.is_up = True
        self.is_online = True
        self.world.run_until(self.csms.connected, timeout_s, "the station to connect again")

    def power_cut(self, down_s: float = 5.0, *, boot: bool = True) -> None:
        """The power fails at the station and comes back."""
        self.station.kill()
        for place in self.places:
            place.charging = False
        self.run(down_s)
        if boot:
            self.station.boot()
            if self.is_online:
                self.expect("BootNotification")
                self.world.settle()

    # -- the test's words ----------------------------------------------------------------------

    @property
    def csms(self) -> SimCsms:
        return self.world.csms

    def place(self, evse: int = 1, connector: int = 1) -> Place:
        return next(
            place for place in self.places if (place.evse, place.connector) == (evse, connector)
        )

    def transaction_id(self, evse: int = 1, connector: int = 1) -> str:
        """The transaction that runs there, or ran last; as the CSMS knows it."""
        place = self.place(evse, connector)
        if place.transaction is None:
            known = list(self.csms.transactions)
            if not known:
                self.world.fail("the CSMS knows no transaction")
            return known[-1]
        return place.transaction

    def expect(
        self, action: str, where: Where = None, *, timeout_s: float = 60.0, **fields: Any
    ) -> Received:
        """See `SimCsms.expect`."""
        return self.csms.expect(action, where, timeout_s=timeout_s, **fields)

    def expect_status(
        self, word: str, evse: int = 1, connector: int = 1, *, timeout_s: float = 60.0
    ) -> None:
        """The connector's status, in the words of the version."""
        self._wire.status(self.place(evse, connector), word, timeout_s)

    def quiet(self, seconds: float = 0.0, *allowed: str) -> None:
        """Nothing unexpected came since `mark`, or comes within the time.

        Heartbeats and security events do not count; name further actions that do not.
        """
        self.run(seconds)
        for call in self.csms.received():
            if not call.taken and call.action not in (*_BACKGROUND, *allowed):
                self.world.fail(f"unexpected {call.action} {canonical(call)}")

    def call(self, action: str, /, *, timeout_s: float = 30.0, **payload: Any) -> Payload:
        """The CSMS calls. -> the payload of the response. Raises CsmsCallError."""
        return self.csms.call(action, payload, timeout_s=timeout_s)

    def on(self, action: str, where: Where = None) -> Rule:
        """See `SimCsms.on`."""
        return self.csms.on(action, where)

    def mark(self) -> None:
        """What came so far is history."""
        self.csms.mark()

    def run(self, seconds: float) -> None:
        """Let so much virtual time pass."""
        self.world.run_for(seconds)

    def check(self) -> None:
        """Fails if anything was lost or invented, sent twice for no reason or out of order, or was
        against the schemas.
        """
        self.world.check()

    # -- inside --------------------------------------------------------------------------------

    def _script(self) -> WireScript:
        if self.is16:
            return Wire16(self.csms)
        return Wire201(
            self.csms,
            self._points("TxStartPoint", TxCtrlr.tx_start_point.default),
            self._points("TxStopPoint", TxCtrlr.tx_stop_point.default),
        )

    def _points(self, variable: str, default: Any) -> tuple[str, ...]:
        for name, value in self.variables.items():
            if name.replace("/", ".").casefold() == f"txctrlr.{variable}".casefold():
                default = value
        words = default.split(",") if isinstance(default, str) else default or ()
        return tuple(word.strip() for word in words if word.strip())

    def _stopped(self, place: Place, *, remotely: bool) -> None:
        if self.is_online:
            self._wire.stopped(place, remotely=remotely)
        place.token = None
        place.charging = False

    def _manual_state(self, evse: int, state: str) -> None:
        if not self.auto:
            self.world.settle()
            self.station.charging_state(evse, state)

    def _accepted(self, what: str, response: Mapping[str, Any]) -> None:
        if response.get("status") != "Accepted":
            self.world.fail(f"{what} is answered {canonical(response)}")

    def _calm(self) -> None:
        """What follows a boot (statuses, security events) has come."""
        self.world.settle()
        self.run(1.0)
        self.mark()


__all__ = ["OTHER_TOKEN", "TOKEN", "Bench", "kernel_of"]
