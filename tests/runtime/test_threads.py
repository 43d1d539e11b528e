"""The private threads of the blocking service."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from fake_shell import in_loop

from ocpp_iface.errors import NotRunning
from ocpp_iface.runtime.threads import CallbackThread, LoopThread


def test_a_coroutine_runs_in_the_thread_of_the_loop() -> None:
    loop = LoopThread("test-loop")
    loop.start()

    async def where() -> str:
        return threading.current_thread().name

    assert loop.call(where, 5) == "test-loop"
    loop.stop()


def test_an_ended_loop_refuses() -> None:
    loop = LoopThread("test-loop")
    loop.start()
    loop.stop()
    loop.stop()

    async def never() -> None: ...

    assert loop.ended
    with pytest.raises(NotRunning):
        loop.call(never, 5)


def test_who_waits_while_the_loop_ends_is_told() -> None:
    loop, entered = LoopThread("test-loop"), threading.Event()
    loop.start()

    async def forever() -> None:
        entered.set()
        await asyncio.Event().wait()

    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(loop.call, forever, None)
        entered.wait(5)
        loop.stop()

        with pytest.raises(NotRunning):
            waiting.result(5)


def test_a_call_in_its_own_thread_is_refused() -> None:
    loop = LoopThread("test-loop")
    loop.start()

    async def inner() -> None: ...

    async def outer() -> None:
        loop.call(inner, None)

    with pytest.raises(RuntimeError, match="wait for itself"):
        loop.call(outer, 5)
    loop.stop()


def test_a_loop_may_be_stopped_from_inside() -> None:
    loop = LoopThread("test-loop")
    loop.start()

    async def stop() -> None:
        loop.stop()

    loop.call(stop, 5)
    loop._thread.join(5)

    assert not loop._thread.is_alive()


@in_loop
async def test_callbacks_run_one_after_the_other_in_the_thread() -> None:
    callbacks, running, most = CallbackThread("test-callbacks"), [], []

    def work() -> None:
        running.append(threading.current_thread())
        most.append(len(running))
        running.pop()

    await asyncio.gather(*(callbacks.run(work, None) for _ in range(20)))

    assert set(most) == {1}
    assert len(most) == 20
    callbacks.stop()


@in_loop
async def test_waiting_for_its_turn_does_not_count_for_the_time_out() -> None:
    callbacks, release, heard = CallbackThread("test-callbacks"), threading.Event(), []
    first = asyncio.ensure_future(callbacks.run(lambda: release.wait(5), None))
    second = asyncio.ensure_future(callbacks.run(lambda: heard.append(2), 0.01))
    await asyncio.sleep(0.03)
    assert not second.done()
    release.set()
    await asyncio.gather(first, second)

    assert heard == [2]
    callbacks.stop()


@in_loop
async def test_a_callback_that_hangs_loses_its_thread_and_the_others_go_on() -> None:
    callbacks, release, heard = CallbackThread("test-callbacks"), threading.Event(), []
    hanging = asyncio.ensure_future(callbacks.run(lambda: release.wait(5), 0.01))
    others = [
        asyncio.ensure_future(callbacks.run(lambda number=number: heard.append(number), None))
        for number in range(3)
    ]

    assert await hanging is False
    await asyncio.gather(*others)
    release.set()

    assert heard == [0, 1, 2]
    callbacks.stop()


@in_loop
async def test_a_time_out_error_of_the_callback_itself_keeps_the_thread() -> None:
    callbacks = CallbackThread("test-callbacks")

    def work() -> None:
        raise TimeoutError("its own")

    with pytest.raises(TimeoutError, match="its own"):
        await callbacks.run(work, 5)
    thread = callbacks._thread
    await callbacks.run(lambda: None, 5)

    assert callbacks._thread is thread
    callbacks.stop()


@in_loop
async def test_after_its_end_a_new_thread_serves() -> None:
    callbacks, heard = CallbackThread("test-callbacks"), []
    await callbacks.run(lambda: heard.append(1), 5)
    callbacks.stop()

    await callbacks.run(lambda: heard.append(2), 5)

    assert heard == [1, 2]
    assert not callbacks.is_current
    callbacks.stop()
