"""The thread pool of blocking hardware methods."""

from __future__ import annotations

import asyncio
import threading
from contextvars import ContextVar

import pytest
from fake_shell import in_loop

from ocpp_iface.runtime import workers
from ocpp_iface.runtime.workers import Workers, settle


@in_loop
async def test_a_thread_is_reused_when_it_is_free() -> None:
    pool = Workers()

    first = await pool.run(threading.current_thread)
    second = await pool.run(threading.current_thread)

    assert first is second
    assert first.daemon


@in_loop
async def test_work_that_waits_gets_threads_of_its_own_up_to_the_limit() -> None:
    pool, met = Workers(limit=3), threading.Barrier(3)

    done = await asyncio.gather(*(pool.run(lambda: met.wait(5)) for _ in range(3)))

    assert sorted(done) == [0, 1, 2]


@in_loop
async def test_beyond_the_limit_work_waits_for_a_free_thread() -> None:
    pool, release = Workers(limit=1), threading.Event()
    blocking = pool.run(lambda: release.wait(5))
    waiting = pool.run(lambda: "at last")
    await asyncio.sleep(0)
    assert not waiting.done()

    release.set()

    assert await blocking is True
    assert await waiting == "at last"


@in_loop
async def test_work_sees_the_context_of_who_asked() -> None:
    variable: ContextVar[str] = ContextVar("variable", default="")
    variable.set("mine")

    assert await Workers().run(variable.get) == "mine"


@in_loop
async def test_an_idle_thread_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "IDLE_S", 0.001)
    pool = Workers()
    thread = await pool.run(threading.current_thread)

    await asyncio.to_thread(thread.join, 5)

    assert not thread.is_alive()
    assert await pool.run(lambda: "again") == "again"


def test_an_answer_after_the_loop_ended_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "IDLE_S", 0.001)
    release, entered, threads = threading.Event(), threading.Event(), []

    def work() -> None:
        threads.append(threading.current_thread())
        entered.set()
        release.wait(5)

    async def start() -> None:
        Workers().run(work)
        await asyncio.to_thread(entered.wait, 5)

    asyncio.run(start())
    release.set()
    threads[0].join(5)

    assert not threads[0].is_alive()  # a crash would be an error: warnings are


@in_loop
async def test_settling_a_future_twice_does_nothing() -> None:
    future = asyncio.get_running_loop().create_future()

    settle(future, 1)
    settle(future, 2)

    assert await future == 1


@in_loop
async def test_what_no_future_takes_becomes_a_runtime_error() -> None:
    future = asyncio.get_running_loop().create_future()

    settle(future, None, StopIteration())

    with pytest.raises(RuntimeError, match="StopIteration"):
        await future


@in_loop
async def test_work_that_got_no_thread_is_never_done(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who asked was told so: an order that is obeyed later all the same would be a surprise."""
    pool, done = Workers(), []
    with monkeypatch.context() as exhausted:
        exhausted.setattr(threading.Thread, "start", _none_left)
        with pytest.raises(RuntimeError, match="new thread"):
            pool.run(lambda: done.append("refused"))

    await pool.run(lambda: done.append("later"))

    assert done == ["later"]


@in_loop
async def test_without_more_threads_work_waits_for_one_that_there_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pool, release = Workers(), threading.Event()
    blocking = pool.run(lambda: release.wait(5))
    monkeypatch.setattr(threading.Thread, "start", _none_left)

    waiting = pool.run(lambda: "at last")
    release.set()

    assert await blocking is True
    assert await waiting == "at last"


def _none_left(_thread: threading.Thread) -> None:
    raise RuntimeError("can't start new thread")
