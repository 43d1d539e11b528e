"""The simulated world: one virtual clock, and everything that lives by it.

::

    world = World(seed=1)
    station = world.add_station(make_kernel)
    station.boot()
    station.plug_in()
    world.csms.expect("StatusNotification", connectorStatus="Occupied")
    world.check()

Nothing here is asynchronous: whatever waits, runs the world until what it waits for has happened.
Equal worlds with equal seeds give equal traces.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NoReturn

from attrs import define, field

from ocpp_iface.ports.topology import Topology
from ocpp_iface.sim.csms import DEFAULT_URL, SimCsms, Validation
from ocpp_iface.sim.disk import Disk, MemoryDisk
from ocpp_iface.sim.hardware import ALL_METHODS
from ocpp_iface.sim.scheduler import Scheduler
from ocpp_iface.sim.station import MakeKernel, SimStation
from ocpp_iface.sim.trace import Trace

TAIL: Final = 20
"""How many lines of the trace a failure shows."""
_SETTLE_S: Final = 60.0


@define(eq=False)
class World:
    """`seed` decides all that is random. `history`: how many values each list and the trace keep
    (None: all); for simulations of months.
    """

    seed: int = 0
    start: datetime = datetime(2026, 1, 1, tzinfo=UTC)
    validation: Validation = "official"
    history: int | None = None
    tolerate_crashes: bool = False
    """A command that is lost in a crash returns None instead of raising."""
    scheduler: Scheduler = field(factory=Scheduler)
    trace: Trace = field(init=False)
    stations: dict[str, SimStation] = field(factory=dict)
    endpoints: list[SimCsms] = field(factory=list)
    violations: list[str] = field(factory=list)
    _running: bool = False

    def __attrs_post_init__(self) -> None:
        self.trace = Trace(self.history)
        self.add_csms()

    # -- what is in it -------------------------------------------------------------------------

    def add_csms(self, url: str | None = None, **options: Any) -> SimCsms:
        """Another CSMS under its own URL; `options` as of `SimCsms`."""
        options.setdefault("validation", self.validation)
        csms = SimCsms(self, url or DEFAULT_URL, **options)
        self.endpoints.append(csms)
        return csms

    def add_station(
        self,
        make_kernel: MakeKernel,
        *,
        name: str | None = None,
        connectors: tuple[int, ...] = (1,),
        disk: Disk | None = None,
        hardware_methods: frozenset[str] = ALL_METHODS,
        auto: bool = True,
    ) -> SimStation:
        """A station that is not booted yet. `connectors`: how many each EVSE has.

        `auto`: its charger reports charging states and meter readings by itself.
        """
        label = name or f"cs{len(self.stations) + 1}"
        station = SimStation(
            self,
            label,
            make_kernel,
            Topology(connectors),
            disk or MemoryDisk(),
            hardware_methods,
            auto,
        )
        self.stations[label] = station
        return station

    @property
    def csms(self) -> SimCsms:
        """The first one."""
        return self.endpoints[0]

    @property
    def station(self) -> SimStation:
        """The first one."""
        return next(iter(self.stations.values()))

    def find(self, url: str) -> SimCsms | None:
        """The CSMS under a URL."""
        wanted = url.rstrip("/")
        return next((csms for csms in self.endpoints if csms.url.rstrip("/") == wanted), None)

    # -- time ----------------------------------------------------------------------------------

    @property
    def now(self) -> datetime:
        return self.wall()

    def wall(self, ahead_s: float = 0.0) -> datetime:
        """The date and time of a clock that is `ahead_s` ahead of the world's."""
        return self.start + timedelta(seconds=self.scheduler.now + ahead_s)

    def run_for(self, seconds: float) -> None:
        """Let so much time pass."""
        self._run_to(self.scheduler.now + seconds)

    def run_until_wall(self, moment: datetime) -> None:
        """Let time pass until the world's clock shows `moment`."""
        self._run_to((moment - self.start).total_seconds())

    def run_until(
        self,
        predicate: Callable[[], bool],
        timeout_s: float = 60.0,
        what: str | Callable[[], str] = "something",
    ) -> None:
        """Run until the predicate holds; it is asked after everything that happens.

        Raises AssertionError with the end of the trace if it does not within `timeout_s`.
        """
        end = self.scheduler.now + timeout_s
        with _Turn(self):
            while not predicate():
                if not self.scheduler.run_next(end):
                    self.scheduler.now = end
                    break
        if not predicate():
            shown = what() if callable(what) else what
            self.fail(f"waited {timeout_s:g} s in vain for {shown}")

    def settle(self) -> None:
        """Run until nothing is under way: no frame, no order, no step. Only latencies pass."""
        end = self.scheduler.now + _SETTLE_S
        with _Turn(self):
            while self.scheduler.in_transit:
                if not self.scheduler.run_next(end):
                    break
        if self.scheduler.in_transit:
            self.fail(f"the world does not settle within {_SETTLE_S:g} s")

    # -- judgement -----------------------------------------------------------------------------

    def problems(self) -> list[str]:
        """Everything that no run may show: see `SimCsms`, `WireRules`, `Books`, `SimHardware`."""
        found = list(self.violations)
        for csms in self.endpoints:
            found += csms.violations + csms.books.problems()
        for station in self.stations.values():
            found += station.check()
        return found

    def check(self) -> None:
        """Raises AssertionError if there are problems."""
        found = self.problems()
        if found:
            self.fail("the world is not in order:\n" + "\n".join(f"- {line}" for line in found))

    def violated(self, what: str) -> None:
        self.violations.append(f"at {self.scheduler.now:.3f} s {what}")

    def fail(self, message: str) -> NoReturn:
        """Raises AssertionError with the end of the trace."""
        now = self.scheduler.now
        raise AssertionError(
            f"{message}\n--- the last {TAIL} lines of the trace, at {now:.3f} s ---\n"
            f"{self.trace.tail(TAIL)}"
        )

    def trim(self, values: list[Any]) -> None:
        """Keep a list within `history`."""
        if self.history is not None and len(values) >= 2 * self.history:
            del values[: len(values) - self.history]

    # -- inside --------------------------------------------------------------------------------

    def _run_to(self, end: float) -> None:
        with _Turn(self):
            while self.scheduler.run_next(end):
                pass
        self.scheduler.now = max(self.scheduler.now, end)


class _Turn:
    """The world is turned by one hand at a time."""

    __slots__ = ("_world",)

    def __init__(self, world: World) -> None:
        self._world = world

    def __enter__(self) -> None:
        if self._world._running:
            raise RuntimeError("the world runs already: inside a callback use `send`")
        self._world._running = True

    def __exit__(self, *_: object) -> None:
        self._world._running = False
