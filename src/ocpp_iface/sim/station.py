"""A simulated charging station: a kernel that comes and goes, on a disk and a charger that stay.

The methods of the driver and of the charger's controller are those of the real facade, without
`await`: each runs the world until the station has dealt with it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define, field

from ocpp_iface.devicemodel.custom import parse_address
from ocpp_iface.errors import StoreError
from ocpp_iface.ports.entropy import Entropy
from ocpp_iface.ports.store import Store
from ocpp_iface.ports.topology import Topology
from ocpp_iface.sim.contract import SimContract
from ocpp_iface.sim.disk import Disk, MemoryDisk
from ocpp_iface.sim.entropy import SimEntropy
from ocpp_iface.sim.ev import SimEv
from ocpp_iface.sim.evse import SimEvse
from ocpp_iface.sim.faults import Wear, WornStore
from ocpp_iface.sim.hardware import ALL_METHODS, SimHardware
from ocpp_iface.sim.network import Network
from ocpp_iface.sim.process import KernelLike, Result, SimProcess
from ocpp_iface.sim.rules import WireRules
from ocpp_iface.station import reports
from ocpp_iface.types import (
    ChargingState,
    Component,
    ComponentVariable,
    Fault,
    GetVariableRequest,
    GetVariableResult,
    IdToken,
    IdTokenType,
    MeterReading,
    ResetKind,
    SampledValue,
    SetVariableRequest,
    SetVariableResult,
    Variable,
    parse_moment,
)

if TYPE_CHECKING:
    from ocpp_iface.sim.world import World

T = TypeVar("T")

MakeKernel = Callable[[Store, Entropy, frozenset[str]], KernelLike]
"""(store, entropy, the hardware's methods) -> a kernel that has not begun."""

_COMMAND_TIMEOUT_S = 60.0


class StationDown(AssertionError):
    """The station's process is not running, or ended while something waited for it."""


@define(eq=False)
class SimStation:
    """Made by `World.add_station`. `boot` starts it."""

    world: World
    name: str
    make_kernel: MakeKernel
    topology: Topology = field(factory=Topology)
    disk: Disk = field(factory=MemoryDisk)
    hardware_methods: frozenset[str] = ALL_METHODS
    auto: bool = True
    """The charger's controller reports charging states and meter readings by itself."""
    boots_after_s: float | None = None
    """When it boots by itself after the power failed at a commit, or after a reset; None: never
    after a power cut, and 5 s after a reset.
    """
    clock_offset_s: float = 0.0
    """By how much the system clock is ahead of the world's."""
    published: dict[str, list[Any]] = field(factory=dict)
    """Every value of each var, oldest first."""
    failures: list[str] = field(factory=list)
    """Why a process ended that should not have: `World.check` reports them."""
    tolerate_undone: bool = False
    """Inputs that the kernel undid because a handler crashed are no fault (for fault injection)."""
    undone: int = 0
    wear: Wear = field(factory=Wear)
    ocpp: SimContract = field(init=False)
    rules: WireRules = field(init=False)
    network: Network = field(init=False)
    hardware: SimHardware = field(init=False)
    entropy: Entropy = field(init=False)
    process: SimProcess | None = field(default=None, init=False)
    _subscribers: dict[str, list[Callable[[Any], None]]] = field(factory=dict, init=False)
    _shown_plugs: dict[int, int] = field(factory=dict, init=False)
    """EVSE -> the connector that a process may believe to be plugged."""

    def __attrs_post_init__(self) -> None:
        world, seed = self.world, f"{self.world.seed}/{self.name}"
        self.ocpp = SimContract(self)
        self.entropy = SimEntropy(seed)
        self.rules = WireRules(self._violated)
        self.network = Network(world.scheduler, world, self.rules, seed, self._record)
        self.hardware = SimHardware(
            world.scheduler,
            self.topology,
            lambda: world.wall(self.clock_offset_s),
            self.send,
            auto=self.auto,
            on_reset=self._reset_ordered,
            on_set_time=self._clock_set,
            on_note=lambda text: self._record("hardware", text),
        )

    # -- life ----------------------------------------------------------------------------------

    @property
    def running(self) -> bool:
        return self.process is not None

    def boot(self) -> None:
        """Start a process on what the disk holds; the charger then reports what is plugged in."""
        if self.process is not None:
            if self.world.tolerate_crashes:  # it was down, and came back before the scenario did
                return
            raise StationDown(f"{self.name} runs already")
        self._record("sim", "boot")
        self.rules.process_started()
        store = WornStore(self.disk.open(), self.wear)
        kernel = self.make_kernel(store, self.entropy, self.hardware_methods)
        self.process = SimProcess(self, kernel, store)
        self.process.begin()
        if self.process is not None:
            self._report_plugs()

    def kill(self) -> None:
        """Power cut: the process, its links and the orders under way are gone, contactors open."""
        self._end("power cut")
        self.hardware.power_lost()

    def end_process(self) -> None:
        """The process ends (kill -9); the charger goes on as it was last told."""
        self._end("process ends")
        self.hardware.process_lost()

    def restart(self) -> None:
        """End the process and start it again."""
        if self.process is not None:
            self.end_process()
        self.boot()

    def send(self, request: object) -> Result:
        """Tell the station without waiting; a report to a dead process is lost."""
        if self.process is None:
            result = Result()
            result.lose()
            return result
        return self.process.command(request)

    def command(self, request: object, timeout_s: float = _COMMAND_TIMEOUT_S) -> Any:
        """Tell the station and run the world until it has an outcome. Raises what the command does,
        and StationDown if the process ends meanwhile (None instead, if the world tolerates it).
        """
        result = self.send(request)
        name = type(request).__name__
        self.world.run_until(lambda: result.done, timeout_s, f"{self.name} to do {name}")
        if result.lost:
            if self.world.tolerate_crashes:
                return None
            why = f" ({self.failures[-1]})" if self.failures else ""
            raise StationDown(f"{self.name} went down before {name} was done{why}")
        if result.error is not None:
            raise result.error
        return result.value

    def subscribe(self, var: str, callback: Callable[[Any], None]) -> None:
        """Call back for each value; it may `send`, not `command`."""
        self._subscribers.setdefault(var, []).append(callback)

    def latest(self, var: str) -> Any:
        values = self.published.get(var)
        return values[-1] if values else None

    # -- the driver and the charger ------------------------------------------------------------

    def ev(self, evse: int = 1) -> SimEv:
        """The EV at an EVSE. Raises AssertionError if there is none."""
        ev = self.hardware.evses[evse].ev
        if ev is None:
            raise AssertionError(f"no EV at EVSE {evse}")
        return ev

    def evse(self, evse: int = 1) -> SimEvse:
        return self.hardware.evses[evse]

    def plug_in(self, evse: int = 1, connector: int = 1, ev: SimEv | None = None) -> SimEv:
        """An EV arrives and is plugged in."""
        plugged = self.hardware.evses[evse].plug(connector, ev)
        if self.process is not None:
            self._shown_plugs[evse] = connector
        self._tell(reports.PlugIn(evse, connector))
        return plugged

    def unplug(self, evse: int = 1, connector: int | None = None, cable_left: bool = False) -> None:
        """The EV leaves. `connector`: by default the one that is plugged."""
        charger = self.hardware.evses[evse]
        where = connector or charger.plugged or 1
        charger.unplug()
        process = self.process
        self._tell(reports.Unplug(evse, where, cable_left))
        if process is not None and process is self.process:  # it has heard it
            self._shown_plugs.pop(evse, None)

    def present_token(
        self, token: str | IdToken, evse: int | None = 1, kind: IdTokenType = IdTokenType.ISO14443
    ) -> Any:
        """-> the TokenOutcome"""
        who = IdToken(token, kind) if isinstance(token, str) else token
        return self._tell(reports.PresentToken(who, evse))

    def meter(self, evse: int, reading: float | MeterReading) -> None:
        """Report a reading; a number is the register in Wh."""
        if not isinstance(reading, MeterReading):
            now = self.world.wall(self.clock_offset_s)
            samples: Any = (SampledValue(float(reading)),)
            reading = MeterReading(now, samples)
        self._tell(reports.ReportMeter(evse, reading))

    def charging_state(
        self, evse: int, state: ChargingState | str, phases_used: int | None = None
    ) -> None:
        self._tell(reports.ReportChargingState(evse, ChargingState(state), phases_used))

    def bay(self, evse: int, occupied: bool) -> None:
        self._tell(reports.ReportBay(evse, occupied))

    def stop_button(self, evse: int = 1) -> bool:
        return bool(self._tell(reports.StopButton(evse)))

    def stop_transaction(self, evse: int = 1, reason: str = "Local") -> bool:
        return bool(self._tell(reports.StopTransaction(evse, reason)))

    def fault(
        self, fault: str | Fault = "OtherError", evse: int = 1, connector: int | None = 1
    ) -> Fault:
        """Report a fault; a word is its 1.6 error code, and its id."""
        what = Fault(fault, fault) if isinstance(fault, str) else fault
        self._tell(reports.ReportFault(evse, connector, what))
        return what

    def clear_fault(
        self, fault: str | Fault = "OtherError", evse: int = 1, connector: int | None = 1
    ) -> bool:
        fault_id = fault if isinstance(fault, str) else fault.id
        return bool(self._tell(reports.ClearFault(evse, connector, fault_id)))

    # -- variables, by name ----------------------------------------------------------------------

    def get(self, name: str) -> GetVariableResult:
        """`Component.Variable`, or `Key` for a 1.6 configuration key."""
        return self.ocpp.get_variables([GetVariableRequest(address(name))])[0]

    def set(self, name: str, value: str, source: str = "app") -> SetVariableResult:
        return self.ocpp.set_variables([SetVariableRequest(address(name), value)], source)[0]

    # -- called by the parts -------------------------------------------------------------------

    def _publish(self, name: str, value: object) -> None:
        values = self.published.setdefault(name, [])
        values.append(value)
        self.world.trim(values)
        self._record("var", (name, value))
        for callback in list(self._subscribers.get(name, ())):
            callback(value)

    def _power_failed(self) -> None:
        """The power failed at a commit."""
        self.kill()
        if self.boots_after_s is not None:
            self.world.scheduler.after(self.boots_after_s, self._boot_again)

    def _failed(self, error: StoreError) -> None:
        """The store failed: the process cannot go on."""
        self.failures.append(f"{self.name} ended: {error}")
        self.end_process()

    def check(self) -> list[str]:
        """What is wrong with this station that nobody has said yet."""
        self._count_undone()
        found = [*self.failures, *self.hardware.violations]
        found += self.rules.unanswered(self.world.scheduler.now)
        if self.undone and not self.tolerate_undone:
            found.append(f"{self.name} undid {self.undone} inputs: a handler crashed")
        return found

    # -- inside --------------------------------------------------------------------------------

    def _tell(self, request: object) -> Any:
        return self.command(request)

    def _end(self, why: str) -> None:
        process, self.process = self.process, None
        if process is None:
            if self.world.tolerate_crashes:
                return
            raise StationDown(f"{self.name} does not run")
        self._count_undone(process)
        self._record("sim", why)
        process.end()
        self.network.abandon(process)
        self.disk.crash()

    def _boot_again(self) -> None:
        if self.process is None:
            self.boot()

    def _count_undone(self, process: SimProcess | None = None) -> None:
        running = process or self.process
        if running is None:
            return
        counters = getattr(running.kernel, "counters", {})
        self.undone += counters.pop("inputs_undone", 0)
        outbox = getattr(running.kernel, "outbox", None)
        if outbox is not None:  # a message that could not be made is as bad
            self.undone += outbox.unmade_total
            outbox.unmade_total = 0

    def _report_plugs(self) -> None:
        """A charger that starts says what it sees: EVs that came, stayed, or left meanwhile."""
        for evse_id, charger in self.hardware.evses.items():
            shown = self._shown_plugs.get(evse_id)
            if charger.plugged is not None:
                self._shown_plugs[evse_id] = charger.plugged
                self.send(reports.PlugIn(evse_id, charger.plugged))
            elif shown is not None:
                del self._shown_plugs[evse_id]
                self.send(reports.Unplug(evse_id, shown))
            charger.report_now()

    def _clock_set(self, moment: str) -> None:
        """The app sets the system clock as it is told; what the order took is no reason to."""
        step_s = (parse_moment(moment) - self.world.wall(self.clock_offset_s)).total_seconds()
        if abs(step_s) > 1.0:
            self.clock_offset_s += step_s

    def _reset_ordered(self, kind: ResetKind, evse_id: int | None) -> bool:
        """The controller restarts, a moment after it said so."""
        del kind
        if evse_id is None:
            self.world.scheduler.after(1.0, self._reset)
        return True

    def _reset(self) -> None:
        if self.process is not None:
            self.end_process()
            wait = 5.0 if self.boots_after_s is None else self.boots_after_s
            self.world.scheduler.after(wait, self._boot_again)

    def _violated(self, what: str) -> None:
        self.world.violated(f"{self.name}: {what}")

    def _record(self, kind: str, content: Any) -> None:
        self.world.trace.add(self.world.scheduler.now, self.name, kind, content)


def address(name: str) -> ComponentVariable:
    """`Component[instance]@evse.connector/Variable[instance]`, all but the names optional; a dot may
    stand for the slash. Without either it is a 1.6 key.
    """
    spelled = name
    if "/" not in name and "." in name:
        component, _, variable = name.rpartition(".")
        spelled = f"{component}/{variable}"
    return parse_address(spelled) or ComponentVariable(Component(""), Variable(name))
