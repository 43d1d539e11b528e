"""One process of a simulated station: a kernel, fed and obeyed as the real shell does it.

Inputs that arrive at one instant become one step; the kernel is woken at its next deadline. When
the process ends, whatever was under way to it is lost.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final, Protocol

from attrs import evolve

from ocpp_iface.engine.inputs import (
    Command,
    FrameReceived,
    Input,
    LinkClosed,
    LinkOpened,
    PortReplied,
    Tick,
)
from ocpp_iface.engine.outputs import (
    AskPort,
    CloseLink,
    CommandDone,
    KeepAlive,
    OpenLink,
    Output,
    Publish,
    SendFrame,
)
from ocpp_iface.errors import NotRunning, PortError, StoreError
from ocpp_iface.ports.clock import Now
from ocpp_iface.ports.store import Store
from ocpp_iface.ports.transport import CloseReason
from ocpp_iface.sim.faults import PowerCut
from ocpp_iface.sim.network import Connection
from ocpp_iface.sim.scheduler import Due

if TYPE_CHECKING:
    from ocpp_iface.sim.station import SimStation

_STEPS_AN_INSTANT: Final = 1_000


class KernelLike(Protocol):
    """What the simulation needs of `engine.kernel.Kernel`."""

    def begin(self, now: Now) -> tuple[Output, ...]: ...

    def step(self, inputs: Sequence[Input], now: Now) -> tuple[Output, ...]: ...

    def next_deadline(self) -> float | None: ...


class Result:
    """What became of a command. `lost`: the process ended before it was done."""

    __slots__ = ("done", "error", "lost", "value")

    def __init__(self) -> None:
        self.done = self.lost = False
        self.value: Any = None
        self.error: Exception | None = None

    def settle(self, value: object, error: Exception | None) -> None:
        self.done, self.value, self.error = True, value, error

    def lose(self) -> None:
        self.done = self.lost = True
        self.error = NotRunning("the station's process ended")


class SimProcess:
    """Implements `network.StationEnd`."""

    def __init__(self, station: SimStation, kernel: KernelLike, store: Store) -> None:
        self.station, self.kernel, self.store = station, kernel, store
        self.alive = True
        self._world = station.world
        self._inbox: list[Input] = []
        self._links: dict[int, Connection] = {}
        self._results: dict[int, Result] = {}
        self._count = 0
        self._wake: Due | None = None
        self._planned: Due | None = None
        self._instant = (-1.0, 0)

    def begin(self) -> None:
        self._run(lambda: self.kernel.begin(self._now()))

    def end(self) -> None:
        """Nothing happens here any more; the station tells network and hardware."""
        self.alive = False
        for due in (self._wake, self._planned):
            if due is not None:
                due.cancel()
        self._inbox.clear()
        for result in list(self._results.values()):
            result.lose()
        self._results.clear()

    def command(self, request: object) -> Result:
        result = Result()
        self._count += 1
        self._results[self._count] = result
        self._world.trace.add(self._world.scheduler.now, self.station.name, "command", request)
        self._feed(Command(request, self._count))
        return result

    # -- what the network brings ---------------------------------------------------------------

    def link_opened(self, number: int, subprotocol: str) -> None:
        self._feed(LinkOpened(number, subprotocol))

    def link_frame(self, number: int, data: str | bytes) -> None:
        self._feed(FrameReceived(number, data))

    def link_closed(self, number: int, reason: CloseReason, detail: str, code: int | None) -> None:
        self._links.pop(number, None)
        self._feed(LinkClosed(number, reason, detail, code))

    # -- steps ---------------------------------------------------------------------------------

    def _feed(self, incoming: Input) -> None:
        if not self.alive:
            return
        self._inbox.append(incoming)
        if self._planned is None:
            self._planned = self._world.scheduler.after(0.0, self._step, transit=True)

    def _step(self) -> None:
        self._planned = None
        inputs, self._inbox = self._inbox or [Tick()], []
        self._run(lambda: self.kernel.step(inputs, self._now()))

    def _tick(self) -> None:
        self._wake = None
        if self._planned is None:
            self._step()

    def _run(self, work: Callable[[], tuple[Output, ...]]) -> None:
        try:
            outputs = work()
        except PowerCut:
            self.station._power_failed()
            return
        except StoreError as error:
            self.station._failed(error)
            return
        for output in outputs:
            self._perform(output)
        if self.alive:
            self._plan()

    def _plan(self) -> None:
        if self._wake is not None:
            self._wake.cancel()
            self._wake = None
        deadline = self.kernel.next_deadline()
        if deadline is None:
            return
        now = self._world.scheduler.now
        if deadline <= now:
            self._guard_against_spinning(now)
        self._wake = self._world.scheduler.at(deadline, self._tick)

    def _guard_against_spinning(self, now: float) -> None:
        instant, steps = self._instant
        steps = steps + 1 if instant == now else 1
        self._instant = (now, steps)
        if steps > _STEPS_AN_INSTANT:
            self._world.fail(f"{self.station.name} wakes itself for ever at {now:.3f} s")

    def _now(self) -> Now:
        world = self._world
        return Now(world.scheduler.now, world.wall(self.station.clock_offset_s))

    # -- outputs -------------------------------------------------------------------------------

    def _perform(self, output: Output) -> None:
        match output:
            case SendFrame():
                link = self._links.get(output.link)
                if link is not None:
                    link.send(output.text)
            case Publish():
                self.station._publish(output.name, output.value)
            case AskPort():
                self._ask(output)
            case CommandDone():
                result = self._results.pop(output.token, None)
                if result is not None:
                    result.settle(output.result, output.error)
            case OpenLink():
                network = self.station.network
                self._links[output.link] = network.dial(self, output.link, output.request)
            case KeepAlive():
                link = self._links.get(output.link)
                if link is not None:
                    link.request = evolve(
                        link.request,
                        ping_interval_s=output.ping_interval_s,
                        pong_timeout_s=output.pong_timeout_s,
                    )
            case CloseLink():
                link = self._links.get(output.link)
                if link is not None:
                    link.close()

    def _ask(self, ask: AskPort) -> None:
        def reply(value: object, error: PortError | None) -> None:
            self._feed(PortReplied(ask.token, value, error))

        self.station.hardware.order(ask.method, ask.args, ask.deadline_s, reply)
