"""Calls of the app's hardware: threads and tasks, order, deadlines, answers."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest
from fake_shell import START, Charger, in_loop

from ocpp_iface.engine.inputs import PortReplied
from ocpp_iface.engine.outputs import AskPort
from ocpp_iface.errors import PortRefused, PortTimedOut
from ocpp_iface.ports.hardware import Hardware, OptionalHardware, UnlockOutcome
from ocpp_iface.runtime.port_calls import PortCalls, hardware_methods
from ocpp_iface.types import DataTransferResponse, DataTransferStatus, MeterReading, ResetKind

READING = MeterReading(START, ())


class Asker:
    """Asks and collects the replies."""

    def __init__(self, hardware: object) -> None:
        self.calls = PortCalls(hardware, self._reply)
        self.replies: list[PortReplied] = []
        self._replied = asyncio.Event()
        self._token = 0

    def ask(self, method: str, *args: Any, deadline_s: float = 5.0) -> None:
        self._token += 1
        self.calls.ask(AskPort(self._token, method, args, deadline_s))

    async def all_replies(self, count: int) -> list[PortReplied]:
        while len(self.replies) < count:
            self._replied.clear()
            await self._replied.wait()
        return self.replies

    async def reply_to(self, method: str, *args: Any, deadline_s: float = 5.0) -> PortReplied:
        self.ask(method, *args, deadline_s=deadline_s)
        return (await self.all_replies(len(self.replies) + 1))[-1]

    def _reply(self, reply: PortReplied) -> None:
        self.replies.append(reply)
        self._replied.set()


def answering(name: str, value: object, *, is_async: bool = False) -> object:
    """A charger whose method `name` answers `value`."""

    def method(*_args: object) -> object:
        return value

    async def async_method(*_args: object) -> object:
        return value

    charger = Charger()
    setattr(charger, name, async_method if is_async else method)
    return charger


def test_the_methods_of_the_hardware_are_those_the_ports_name() -> None:
    class Some(Charger):
        def unlock(self, evse_id: int, connector_id: int) -> bool: ...

        def dance(self) -> None: ...

    assert hardware_methods(Some()) == {"permit_energy", "stop_energy", "unlock"}


def test_a_mandatory_method_that_is_missing_is_named() -> None:
    class Half:
        def permit_energy(self, evse_id: int) -> None: ...

    with pytest.raises(TypeError, match="Half must have a method stop_energy"):
        hardware_methods(Half())


def test_what_a_subclass_inherits_from_the_protocols_is_no_method_of_its_own() -> None:
    class Half(Hardware):
        def permit_energy(self, evse_id: int) -> None: ...

    class Whole(Half, OptionalHardware):
        async def stop_energy(self, evse_id: int) -> None: ...

        async def unlock(self, evse_id: int, connector_id: int) -> bool:
            return True

    with pytest.raises(TypeError, match="Half must have a method stop_energy"):
        hardware_methods(Half())
    assert hardware_methods(Whole()) == {"permit_energy", "stop_energy", "unlock"}


def test_an_optional_method_that_is_none_is_named() -> None:
    class Odd(Charger):
        unlock = None

    with pytest.raises(TypeError, match=r"Odd\.unlock"):
        hardware_methods(Odd())


@pytest.mark.parametrize("is_async", [False, True], ids=["def", "async def"])
@pytest.mark.parametrize(
    ("method", "args", "answer", "value"),
    [
        ("unlock", (1, 1), True, UnlockOutcome.UNLOCKED),
        ("unlock", (1, 1), False, UnlockOutcome.FAILED),
        ("unlock", (1, 1), UnlockOutcome.NOT_SUPPORTED, UnlockOutcome.NOT_SUPPORTED),
        ("stop_energy", (1,), READING, READING),
        ("stop_energy", (1,), None, None),
        ("read_meter", (1,), READING, READING),
        ("reset", (ResetKind.OnIdle, None), True, True),
        ("permit_energy", (1,), "whatever", None),
        ("set_time", ("2025-01-01T00:00:00Z",), None, None),
        (
            "data_transfer",
            (None,),
            DataTransferResponse(DataTransferStatus.Accepted),
            DataTransferResponse(DataTransferStatus.Accepted),
        ),
        ("select_to_stop", ((1, 2),), [2, 1, 2], (1, 2)),
        ("select_to_stop", ((1, 2),), (), ()),
    ],
)
@in_loop
async def test_an_answer_comes_back(
    method: str, args: tuple[Any, ...], answer: object, value: object, is_async: bool
) -> None:
    asker = Asker(answering(method, answer, is_async=is_async))

    reply = await asker.reply_to(method, *args)

    assert reply == PortReplied(1, value)


@pytest.mark.parametrize(
    ("method", "answer"),
    [
        ("unlock", None),
        ("unlock", "Unlocked"),
        ("stop_energy", 17.5),
        ("read_meter", "17 Wh"),
        ("reset", None),
        ("data_transfer", "Accepted"),
        ("select_to_stop", True),
        ("select_to_stop", "1"),
    ],
)
@in_loop
async def test_nonsense_is_refused(method: str, answer: object) -> None:
    asker = Asker(answering(method, answer, is_async=True))

    reply = await asker.reply_to(method, 1)

    assert isinstance(reply.error, PortRefused)
    assert reply.value is None


@pytest.mark.parametrize("is_async", [False, True], ids=["def", "async def"])
@in_loop
async def test_an_exception_is_refused_and_logged_with_its_traceback(
    is_async: bool, caplog: pytest.LogCaptureFixture
) -> None:
    class Burning(Charger):
        def unlock(self, evse_id: int, connector_id: int) -> bool:
            raise OSError("smoke")

    class AsyncBurning(Charger):
        async def unlock(self, evse_id: int, connector_id: int) -> bool:
            raise OSError("smoke")

    asker = Asker(AsyncBurning() if is_async else Burning())

    reply = await asker.reply_to("unlock", 1, 1)

    assert isinstance(reply.error, PortRefused)
    assert "Traceback" in caplog.text
    assert "smoke" in caplog.text


@in_loop
async def test_a_method_that_ends_its_thread_only_refuses() -> None:
    class Exits(Charger):
        def unlock(self, evse_id: int, connector_id: int) -> bool:
            raise SystemExit

    reply = await Asker(Exits()).reply_to("unlock", 1, 1)

    assert isinstance(reply.error, PortRefused)


@in_loop
async def test_a_missing_method_refuses() -> None:
    reply = await Asker(Charger()).reply_to("unlock", 1, 1)

    assert isinstance(reply.error, PortRefused)


@in_loop
async def test_a_plain_method_runs_in_another_thread_and_may_return_an_awaitable() -> None:
    threads = []

    class Mixed(Charger):
        def unlock(self, evse_id: int, connector_id: int) -> Any:
            threads.append(threading.current_thread())
            return self._later()

        async def _later(self) -> bool:
            threads.append(threading.current_thread())
            return True

    reply = await Asker(Mixed()).reply_to("unlock", 1, 1)

    assert reply.value is UnlockOutcome.UNLOCKED
    assert threads[0] is not threading.main_thread()
    assert threads[1] is threading.main_thread()


@in_loop
async def test_a_hanging_async_method_is_cancelled_at_its_deadline() -> None:
    cancelled = asyncio.Event()

    class Hanging(Charger):
        async def unlock(self, evse_id: int, connector_id: int) -> bool:
            try:
                await asyncio.Event().wait()
            finally:
                cancelled.set()
            return True

    reply = await Asker(Hanging()).reply_to("unlock", 1, 1, deadline_s=0.01)

    assert isinstance(reply.error, PortTimedOut)
    await cancelled.wait()


@in_loop
async def test_a_method_that_ignores_its_cancellation_is_left_to_itself(
    caplog: pytest.LogCaptureFixture,
) -> None:
    go_on = asyncio.Event()

    class Stubborn(Charger):
        async def unlock(self, evse_id: int, connector_id: int) -> bool:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                await go_on.wait()
            raise OSError("too late")

    asker = Asker(Stubborn())
    reply = await asker.reply_to("unlock", 1, 1, deadline_s=0.01)
    go_on.set()
    for _ in range(3):
        await asyncio.sleep(0)

    assert isinstance(reply.error, PortTimedOut)
    assert "after its deadline" in caplog.text


@in_loop
async def test_a_hanging_thread_is_given_up_and_the_next_order_is_carried_out() -> None:
    release = threading.Event()

    class Hanging(Charger):
        def permit_energy(self, evse_id: int) -> None:
            release.wait(5)

        def stop_energy(self, evse_id: int) -> MeterReading:
            return READING

    asker = Asker(Hanging())
    asker.ask("permit_energy", 1, deadline_s=0.01)
    asker.ask("stop_energy", 1)
    replies = await asker.all_replies(2)
    release.set()

    assert isinstance(replies[0].error, PortTimedOut)
    assert replies[1].value == READING


class Gated(Charger):
    """Each call waits for its gate; `trace` tells what began and ended."""

    def __init__(self) -> None:
        self.trace: list[tuple[str, int]] = []
        self.gates = {1: asyncio.Event(), 2: asyncio.Event()}

    async def permit_energy(self, evse_id: int) -> None:
        self.trace.append(("permit", evse_id))
        await self.gates[evse_id].wait()
        self.trace.append(("permitted", evse_id))

    async def stop_energy(self, evse_id: int) -> None:
        self.trace.append(("stop", evse_id))


@in_loop
async def test_orders_for_one_evse_never_overtake_each_other() -> None:
    charger = Gated()
    asker = Asker(charger)

    asker.ask("permit_energy", 1)
    asker.ask("stop_energy", 1)
    for _ in range(5):
        await asyncio.sleep(0)
    charger.gates[1].set()
    await asker.all_replies(2)

    assert charger.trace == [("permit", 1), ("permitted", 1), ("stop", 1)]
    assert [reply.token for reply in asker.replies] == [1, 2]


@in_loop
async def test_evses_do_not_wait_for_each_other() -> None:
    charger = Gated()
    asker = Asker(charger)

    asker.ask("permit_energy", 1)
    asker.ask("stop_energy", 2)
    await asker.all_replies(1)

    assert charger.trace == [("permit", 1), ("stop", 2)]
    charger.gates[1].set()
    await asker.all_replies(2)


@in_loop
async def test_the_end_waits_for_calls_that_run_and_then_cancels_them() -> None:
    charger = Gated()
    asker = Asker(charger)
    asker.ask("permit_energy", 1)
    asker.ask("permit_energy", 2)
    await asyncio.sleep(0)
    charger.gates[1].set()

    await asker.calls.finish(0.01)
    replies = await asker.all_replies(2)

    assert replies[0] == PortReplied(1)
    assert isinstance(replies[1].error, PortRefused)


@in_loop
async def test_the_end_may_be_awaited_in_a_hardware_method() -> None:
    class Resetting(Charger):
        async def reset(self, kind: ResetKind, evse_id: int | None) -> bool:
            await asyncio.gather(asker.calls.finish(60))
            return True

    asker = Asker(Resetting())

    reply = await asker.reply_to("reset", ResetKind.Immediate, None)

    assert reply.value is True
