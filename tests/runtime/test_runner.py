"""The runner against a scripted kernel: grouping, order, timers, links, failure, the end."""

from __future__ import annotations

import asyncio
import threading
from typing import Any, Self

import pytest
from fake_shell import OPENED, OPENS, Charger, FakeClock, FakeKernel, FakeNetwork, in_loop

from ocpp_iface.engine.inputs import Command, FrameReceived, Input, LinkClosed, PortReplied, Tick
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
from ocpp_iface.errors import NotRunning, PayloadError, StoreError
from ocpp_iface.ports.transport import CloseReason, LinkSink
from ocpp_iface.runtime.runner import Runner

both_drivers = pytest.mark.parametrize("threaded", [False, True], ids=["inline", "threaded"])


class Shell:
    """A runner with everything around it faked."""

    def __init__(
        self,
        *,
        threaded: bool = False,
        hardware: object | None = None,
        silent: bool = False,
        **more: Any,
    ) -> None:
        self.kernel = FakeKernel()
        self.clock = FakeClock()
        self.network = FakeNetwork(silent=silent)
        self.published: list[tuple[str, object]] = []
        self.fatal: list[BaseException] = []
        self.runner = Runner(
            self.kernel,
            more.pop("factory", self.network),
            hardware or Charger(),
            self.clock,
            threaded=threaded,
            on_publish=lambda name, value: self.published.append((name, value)),
            on_fatal=self.fatal.append,
            close_grace_s=more.pop("grace", 5.0),
        )

    async def __aenter__(self) -> Self:
        await self.runner.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.runner.close()

    def on(self, kind: type, *outputs: Output) -> None:
        """Let the step of every input of this kind give these outputs."""
        previous = self.kernel.script
        self.kernel.script = lambda incoming: (
            *previous(incoming),
            *(outputs if isinstance(incoming, kind) else ()),
        )


@both_drivers
@in_loop
async def test_a_command_gets_the_result_of_its_step(threaded: bool) -> None:
    async with Shell(threaded=threaded) as shell:
        shell.kernel.handlers = {str: lambda text: text.upper()}

        assert await shell.runner.command("hello") == "HELLO"


@both_drivers
@in_loop
async def test_a_command_gets_the_error_of_its_step(threaded: bool) -> None:
    def refuse(_text: str) -> object:
        raise PayloadError("text", "too rude")

    async with Shell(threaded=threaded) as shell:
        shell.kernel.handlers = {str: refuse}

        with pytest.raises(PayloadError, match="too rude"):
            await shell.runner.command("hello")


@in_loop
async def test_inputs_that_wait_share_one_step() -> None:
    async with Shell() as shell:
        shell.kernel.handlers = {int: lambda number: number}

        results = await asyncio.gather(*(shell.runner.command(number) for number in range(20)))

        assert results == list(range(20))
        assert [len(step) for step in shell.kernel.steps] == [0, 20]


@in_loop
async def test_inputs_that_come_during_a_step_share_the_next_one_in_the_thread() -> None:
    async with Shell(threaded=True) as shell:
        entered, go_on = threading.Event(), threading.Event()

        def block(_request: str) -> None:
            entered.set()
            go_on.wait(5)

        shell.kernel.handlers = {str: block, int: lambda number: number}
        first = shell.runner.command("block")
        await asyncio.to_thread(entered.wait, 5)
        others = [shell.runner.command(number) for number in range(300)]
        go_on.set()
        await asyncio.gather(first, *others)

        assert [len(step) for step in shell.kernel.steps] == [0, 1, 256, 44]


@in_loop
async def test_a_flood_is_held_back_until_the_thread_has_handled_it() -> None:
    async with Shell(threaded=True) as shell:
        entered, go_on = threading.Event(), threading.Event()

        def block(_request: str) -> None:
            entered.set()
            go_on.wait(5)

        shell.kernel.begun = ()
        shell.kernel.handlers = {str: block}
        shell.on(Command, *OPENS)
        opened = shell.runner.command("block")
        await asyncio.to_thread(entered.wait, 5)
        go_on.set()
        await opened
        sink = shell.network.links[0].sink
        entered.clear()
        go_on.clear()
        blocked = shell.runner.command("block")
        await asyncio.to_thread(entered.wait, 5)

        assert not sink.full()
        for _ in range(5):
            sink.frame("x" * 1_000_000)
        assert sink.full()
        go_on.set()
        await blocked
        await shell.runner.command("block")
        assert not sink.full()


@in_loop
async def test_only_the_own_thread_touches_the_kernel() -> None:
    async with Shell(threaded=True) as shell:
        shell.kernel.handlers = {int: lambda number: number}
        await shell.runner.command(1)

        assert threading.main_thread() not in shell.kernel.threads
        assert len(set(shell.kernel.threads)) == 1


@in_loop
async def test_the_loop_is_never_blocked_by_a_step_in_the_thread() -> None:
    async with Shell(threaded=True) as shell:
        go_on = threading.Event()
        shell.kernel.handlers = {str: lambda _request: go_on.wait(5)}
        slow = shell.runner.command("slow")

        for _ in range(3):
            await asyncio.sleep(0)
        assert not slow.done()
        go_on.set()

        assert await slow is True


@both_drivers
@in_loop
async def test_outputs_are_performed_in_their_order(threaded: bool) -> None:
    async with Shell(threaded=threaded) as shell:
        shell.on(
            Command,
            *OPENS,
            SendFrame(1, "one"),
            SendFrame(1, "two"),
            Publish("a", 1),
            Publish("b", 2),
        )
        shell.kernel.handlers = {str: lambda text: text}

        await shell.runner.command("go")

        assert shell.network.links[0].sent == ["one", "two"]
        assert shell.published == [("a", 1), ("b", 2)]


@both_drivers
@in_loop
async def test_a_link_brings_its_number_with_every_input(threaded: bool) -> None:
    shell = Shell(threaded=threaded)
    shell.kernel.begun = OPENS
    answered = asyncio.get_running_loop().create_future()
    shell.on(FrameReceived, Publish("frame", 1))
    shell.runner._on_publish = lambda *_: answered.set_result(None)
    async with shell:
        shell.network.links[0].sink.frame("[2]")
        await answered

        assert shell.kernel.inputs == [OPENED, FrameReceived(1, "[2]")]


@in_loop
async def test_what_concerns_a_link_that_is_gone_is_dropped() -> None:
    async with Shell() as shell:
        shell.on(Command, SendFrame(7, "late"), CloseLink(7))
        shell.kernel.handlers = {str: lambda text: text}

        assert await shell.runner.command("go") == "go"
        assert shell.network.links == []


@in_loop
async def test_a_link_is_closed_when_the_kernel_says_so() -> None:
    shell = Shell()
    shell.kernel.begun = OPENS
    shell.on(Command, CloseLink(1, 1000, "enough"))
    shell.kernel.handlers = {str: lambda text: text}
    async with shell:
        await shell.runner.command("close")
        await asyncio.sleep(0)

        assert shell.network.links[0].closes == [(1000, "enough")]
        assert shell.kernel.inputs[-1] == LinkClosed(1, CloseReason.LOCAL, "enough", 1000)


@in_loop
async def test_a_link_gets_other_pings_when_the_kernel_says_so() -> None:
    shell = Shell()
    shell.kernel.begun = OPENS
    shell.on(Command, KeepAlive(1, 17, 3), KeepAlive(7, 1, 1))
    shell.kernel.handlers = {str: lambda text: text}
    async with shell:
        await shell.runner.command("ping")
        await asyncio.sleep(0)

        assert shell.network.links[0].pings == (17, 3)


@in_loop
async def test_a_transport_that_cannot_be_made_is_a_closed_link() -> None:
    def broken(_sink: LinkSink) -> Any:
        raise OSError("no network here")

    shell = Shell(factory=broken)
    shell.kernel.begun = OPENS
    async with shell:
        await asyncio.sleep(0)

        assert shell.kernel.inputs == [LinkClosed(1, CloseReason.CONFIGURATION, "OSError")]


@in_loop
async def test_an_output_that_fails_does_not_lose_those_behind_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with Shell() as shell:

        def publish(name: str, _value: object) -> None:
            raise ValueError(name)

        shell.runner._on_publish = publish
        shell.on(Command, Publish("bad", 1))
        shell.kernel.handlers = {str: lambda text: text}

        assert await shell.runner.command("go") == "go"
        assert "output failed" in caplog.text


# -- time ------------------------------------------------------------------------------------


@in_loop
async def test_a_deadline_gives_a_tick() -> None:
    shell = Shell()
    shell.kernel.deadline = 100.0
    ticked = asyncio.get_running_loop().create_future()

    def script(incoming: Input) -> tuple[Output, ...]:
        shell.kernel.deadline = None
        return (Publish("ticked", incoming),)

    shell.kernel.script = script
    shell.runner._on_publish = lambda _name, value: ticked.set_result(value)
    async with shell:
        assert await ticked == Tick()
        assert shell.runner._driver._timer is None  # type: ignore[attr-defined]  # the inline driver


@in_loop
async def test_a_deadline_gives_a_tick_in_the_thread() -> None:
    shell = Shell(threaded=True)
    shell.kernel.deadline = 100.001
    ticked = asyncio.get_running_loop().create_future()

    def script(incoming: Input) -> tuple[Output, ...]:
        shell.kernel.deadline = None
        return (Publish("ticked", incoming),)

    shell.kernel.script = script
    shell.runner._on_publish = lambda _name, value: ticked.set_result(value)
    async with shell:
        assert await ticked == Tick()


@in_loop
async def test_a_timer_is_kept_when_the_deadline_moves_away() -> None:
    async with Shell() as shell:
        driver: Any = shell.runner._driver
        shell.kernel.handlers = {float: lambda at: setattr(shell.kernel, "deadline", at)}
        await shell.runner.command(150.0)
        timer = driver._timer
        await shell.runner.command(160.0)
        assert driver._timer is timer

        await shell.runner.command(120.0)

        assert driver._timer is not timer
        assert timer.cancelled()


@in_loop
async def test_a_timer_that_fires_early_steps_nothing() -> None:
    async with Shell() as shell:
        driver: Any = shell.runner._driver
        shell.kernel.deadline = 200.0
        driver._tick()

        assert shell.kernel.inputs == []
        assert driver._timer is not None


@in_loop
async def test_an_idle_station_has_no_timer_and_no_task() -> None:
    async with Shell() as shell:
        await asyncio.sleep(0)

        assert shell.runner._driver._timer is None  # type: ignore[attr-defined]  # the inline driver
        assert len(asyncio.all_tasks()) == 2  # the test, and in_loop's wait_for
        assert len(shell.kernel.steps) == 1


# -- hardware --------------------------------------------------------------------------------


@both_drivers
@in_loop
async def test_the_hardware_is_asked_and_its_answer_comes_back(threaded: bool) -> None:
    class Lock(Charger):
        async def unlock(self, evse_id: int, connector_id: int) -> bool:
            return (evse_id, connector_id) == (1, 2)

    replied = asyncio.get_running_loop().create_future()
    shell = Shell(threaded=threaded, hardware=Lock())
    shell.kernel.begun = (AskPort(9, "unlock", (1, 2), 5.0),)
    shell.kernel.script = lambda incoming: (Publish("got", incoming),)
    shell.runner._on_publish = lambda _name, value: replied.set_result(value)
    async with shell:
        reply = await replied

        assert isinstance(reply, PortReplied)
        assert (reply.token, reply.value, reply.error) == (9, "Unlocked", None)


@in_loop
async def test_hardware_gets_no_orders_while_the_service_closes() -> None:
    class Listening(Charger):
        ordered: list[int] = []

        async def permit_energy(self, evse_id: int) -> None:
            self.ordered.append(evse_id)

    shell = Shell(hardware=Listening())
    shell.kernel.begun = OPENS
    shell.on(LinkClosed, AskPort(3, "permit_energy", (1,), 5.0))
    async with shell:
        pass
    await asyncio.sleep(0)

    assert Listening.ordered == []


# -- failure ---------------------------------------------------------------------------------


@both_drivers
@in_loop
async def test_a_step_that_fails_closes_the_station_loudly(
    threaded: bool, caplog: pytest.LogCaptureFixture
) -> None:
    shell = Shell(threaded=threaded)
    shell.kernel.begun = OPENS
    error = StoreError("disk full")
    async with shell:
        waiting = shell.runner.command("never answered")
        await asyncio.sleep(0)
        shell.kernel.broken = error
        failing = shell.runner.command("breaks")

        with pytest.raises(NotRunning, match="internal error"):
            await failing
        with pytest.raises(NotRunning):
            await waiting
        with pytest.raises(NotRunning):
            await shell.runner.command("later")
        assert shell.fatal == [error]
        assert not shell.runner.running
        assert shell.network.links[0].closes[0][0] == 1001
        assert "disk full" in caplog.text

    assert shell.kernel.store.closed


@in_loop
async def test_a_thread_that_is_told_to_exit_leaves_nobody_waiting() -> None:
    """A log handler of the app may raise SystemExit in a step."""
    shell = Shell(threaded=True)
    async with shell:
        shell.kernel.broken = SystemExit(1)

        with pytest.raises(NotRunning, match="internal error"):
            await shell.runner.command("breaks")
        assert not shell.runner.running
        assert isinstance(shell.fatal[0], SystemExit)

    assert shell.kernel.store.closed


def test_an_interrupt_in_a_step_ends_the_station_and_the_loop() -> None:
    """Memory may be ahead of the store then, so no further step happens."""
    shells: list[Shell] = []

    async def main() -> None:
        shells.append(Shell())
        await shells[0].runner.start()
        shells[0].kernel.broken = KeyboardInterrupt()
        await shells[0].runner.command("breaks")

    with pytest.raises(KeyboardInterrupt):
        asyncio.run(main())

    assert not shells[0].runner.running
    assert shells[0].kernel.store.closed


@in_loop
async def test_a_station_that_gets_no_thread_closes_its_store(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shell = Shell(threaded=True)

    def none_left(_thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", none_left)

    with pytest.raises(RuntimeError, match="new thread"):
        await shell.runner.start()
    assert shell.kernel.store.closed


@both_drivers
@in_loop
async def test_a_failure_at_the_begin_is_raised_by_start(threaded: bool) -> None:
    shell = Shell(threaded=threaded)
    shell.kernel.broken = StoreError("cannot read")

    with pytest.raises(StoreError, match="cannot read"):
        await shell.runner.start()

    assert shell.kernel.store.closed
    assert shell.fatal == []
    await shell.runner.close()


@in_loop
async def test_a_command_given_while_it_starts_hears_that_the_start_failed() -> None:
    shell, go_on = Shell(threaded=True), threading.Event()

    def begin(_now: object) -> tuple[()]:
        go_on.wait(5)  # a slow disk
        raise StoreError("cannot read")

    shell.kernel.begin = begin  # type: ignore[method-assign]
    starting = asyncio.ensure_future(shell.runner.start())
    await asyncio.sleep(0)

    early = shell.runner.command("early")
    go_on.set()

    with pytest.raises(StoreError, match="cannot read"):
        await starting
    with pytest.raises(NotRunning, match="did not start"):
        await early


@in_loop
async def test_a_start_that_is_cancelled_ends_its_thread() -> None:
    shell, go_on = Shell(threaded=True), threading.Event()
    shell.kernel.begin = lambda _now: (go_on.wait(5), ())[1]  # type: ignore[method-assign]  # a slow disk
    starting = asyncio.ensure_future(shell.runner.start())
    await asyncio.sleep(0)

    starting.cancel()
    await asyncio.sleep(0)
    go_on.set()

    with pytest.raises(asyncio.CancelledError):
        await starting
    assert shell.kernel.store.closed


@both_drivers
@in_loop
async def test_orders_of_a_station_that_failed_do_not_outlive_it(threaded: bool) -> None:
    """Else a permission of the old one could come after a stop of the new one."""

    class Hanging(Charger):
        def __init__(self) -> None:
            self.permitted: list[int] = []

        async def stop_energy(self, evse_id: int) -> None:
            await asyncio.Event().wait()

        async def permit_energy(self, evse_id: int) -> None:
            self.permitted.append(evse_id)

    hardware = Hanging()
    shell = Shell(threaded=threaded, hardware=hardware, grace=0.01)
    shell.kernel.begun = (
        AskPort(1, "stop_energy", (1,), 0.05),
        AskPort(2, "permit_energy", (1,), 5.0),
    )
    async with shell:
        shell.kernel.broken = StoreError("disk full")
        with pytest.raises(NotRunning):
            await shell.runner.command("breaks")

    await asyncio.sleep(0.1)

    assert hardware.permitted == []


@in_loop
async def test_a_start_that_is_cancelled_late_closes_the_link_that_it_opened() -> None:
    shell = Shell(threaded=True)
    shell.kernel.begun = OPENS
    make = shell.network.__call__

    def cancel_then_make(sink: LinkSink) -> Any:
        starting.cancel()
        return make(sink)

    shell.runner._transport_factory = cancel_then_make
    starting = asyncio.ensure_future(shell.runner.start())

    with pytest.raises(asyncio.CancelledError):
        await starting

    assert [link.closes for link in shell.network.links] == [[(1001, "the station goes away")]]
    assert shell.kernel.store.closed


# -- the end ---------------------------------------------------------------------------------


@both_drivers
@in_loop
async def test_the_end_closes_link_and_store_and_refuses_what_comes_later(threaded: bool) -> None:
    shell = Shell(threaded=threaded)
    shell.kernel.begun = OPENS
    shell.on(LinkClosed, Publish("is_connected", False), OpenLink(2, OPENS[0].request))
    async with shell:
        await asyncio.sleep(0)

    assert shell.network.links[0].closes == [(1001, "the station goes away")]
    assert len(shell.network.links) == 1
    assert ("is_connected", False) in shell.published
    assert shell.kernel.store.closed
    with pytest.raises(NotRunning):
        await shell.runner.command("late")


@in_loop
async def test_a_link_that_never_confirms_its_end_does_not_hold_up_the_end() -> None:
    shell = Shell(silent=True, grace=0.01)
    shell.kernel.begun = OPENS
    async with shell:
        pass

    last = shell.kernel.inputs[-1]
    assert isinstance(last, LinkClosed)
    assert last.reason is CloseReason.LOCAL


@both_drivers
@in_loop
async def test_what_was_given_before_the_end_is_still_handled(threaded: bool) -> None:
    shell = Shell(threaded=threaded)
    shell.kernel.handlers = {int: lambda number: number}
    async with shell:
        last = shell.runner.command(1)

    assert await last == 1


@in_loop
async def test_a_command_that_nobody_waits_for_any_more_disturbs_nothing() -> None:
    async with Shell() as shell:
        shell.kernel.handlers = {int: lambda number: number}
        given_up = shell.runner.command(1)
        given_up.cancel()

        assert await shell.runner.command(2) == 2


@in_loop
async def test_a_result_for_nobody_is_ignored() -> None:
    async with Shell() as shell:
        shell.on(Command, CommandDone(99, "?"))
        shell.kernel.handlers = {int: lambda number: number}

        assert await shell.runner.command(1) == 1
