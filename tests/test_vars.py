"""Delivery of published values: order, isolation, bounds, waiting."""

from __future__ import annotations

import asyncio
import contextvars
import functools
import gc
import logging
import threading
from collections import deque
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from typing import Any

import pytest

from ocpp_iface.errors import NotRunning
from ocpp_iface.types import BootNotificationResponse, ConnectionStatus, RegistrationStatus
from ocpp_iface.vars import DeliveryPolicy, Subscription, Var, Vars

BOOT = BootNotificationResponse(RegistrationStatus.Accepted, datetime(2026, 1, 1, tzinfo=UTC), 300)


def in_loop(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    @functools.wraps(test)
    def run(*args: Any, **kwargs: Any) -> None:
        asyncio.run(asyncio.wait_for(test(*args, **kwargs), 10))

    return run


def event(**policy: Any) -> Var[int]:
    return Var("event_data", policy=DeliveryPolicy(**policy))


def state(**policy: Any) -> Var[int]:
    return Var("charging_schedules", is_state=True, policy=DeliveryPolicy(**policy))


@in_loop
async def test_values_arrive_in_order_after_the_publishing_turn() -> None:
    var, heard = event(), []
    var.subscribe(heard.append)

    for number in range(200):
        var.publish(number)
    assert heard == []
    await var.settle()

    assert heard == list(range(200))


@in_loop
async def test_an_async_callback_gets_one_value_at_a_time_in_order() -> None:
    var, trace = event(), []

    async def callback(value: int) -> None:
        trace.append(("in", value))
        await asyncio.sleep(0)
        trace.append(("out", value))

    var.subscribe(callback)
    for number in range(3):
        var.publish(number)
    await var.settle()

    assert trace == [(word, number) for number in range(3) for word in ("in", "out")]


@in_loop
async def test_a_plain_callable_may_return_an_awaitable_now_and_then() -> None:
    var, heard = event(), []

    async def late(value: int) -> None:
        heard.append(value)

    var.subscribe(lambda value: late(value) if value % 2 else heard.append(value))
    for number in range(5):
        var.publish(number)
    await var.settle()

    assert heard == [0, 1, 2, 3, 4]


@in_loop
async def test_latest_is_none_before_the_first_value() -> None:
    var = event()

    assert var.latest is None
    var.publish(7)
    assert var.latest == 7


@in_loop
async def test_a_callback_that_raises_is_logged_counted_and_isolated(
    caplog: pytest.LogCaptureFixture,
) -> None:
    var, heard = event(), []

    def bad(value: int) -> None:
        raise ValueError(f"no {value}")

    async def also_bad(value: int) -> None:
        raise TimeoutError("of its own")

    first, second = var.subscribe(bad), var.subscribe(also_bad)
    var.subscribe(heard.append)
    var.publish(1)
    var.publish(2)
    await var.settle()

    assert heard == [1, 2]
    assert (first.failed, second.failed) == (2, 2)
    assert second.timed_out == 0
    assert "callback raised" in caplog.text
    assert "no 1" in caplog.text


@in_loop
async def test_a_callback_whose_task_cancels_itself_only_fails() -> None:
    var, heard = event(), []

    async def odd(value: int) -> None:
        heard.append(value)
        raise asyncio.CancelledError

    subscription = var.subscribe(odd)
    var.publish(1)
    var.publish(2)
    await var.settle()

    assert heard == [1, 2]
    assert subscription.failed == 2


@in_loop
async def test_a_plain_callback_that_looks_at_a_cancelled_task_only_fails() -> None:
    var, heard = event(), []

    def odd(value: int) -> None:
        heard.append(value)
        raise asyncio.CancelledError

    subscription = var.subscribe(odd)
    var.publish(1)
    var.publish(2)
    await var.settle()

    assert heard == [1, 2]
    assert subscription.failed == 2


@in_loop
async def test_a_callback_that_ends_the_process_is_not_waited_for() -> None:
    var, loop = event(), asyncio.get_running_loop()

    def leaves(_value: int) -> None:
        raise SystemExit

    subscription = var.subscribe(leaves)
    var.publish(1)
    (handle,) = (each for each in loop._ready if "_drain" in repr(each))
    handle.cancel()
    with pytest.raises(SystemExit):
        contextvars.copy_context().run(subscription._drain)

    await var.settle()


@in_loop
async def test_a_hanging_callback_is_cancelled_and_never_blocks_others(
    caplog: pytest.LogCaptureFixture,
) -> None:
    var, heard, ended = event(callback_timeout_s=0.01), [], asyncio.Event()

    async def hangs(value: int) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    hanging = var.subscribe(hangs)
    var.subscribe(heard.append)
    var.publish(1)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert heard == [1]
    await ended.wait()
    await var.settle()

    assert hanging.timed_out == 1
    assert "callback hung" in caplog.text


@in_loop
async def test_a_state_var_drops_the_oldest_of_a_full_queue_and_counts() -> None:
    var, heard = state(queue_size=3), []
    subscription = var.subscribe(heard.append)

    for number in range(10):
        var.publish(number)
    await var.settle()

    assert heard == [7, 8, 9]
    assert subscription.dropped == 7


@in_loop
async def test_an_event_var_never_drops_but_warns_once(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    var, heard = event(queue_size=3), []
    subscription = var.subscribe(heard.append)

    for number in range(10):
        var.publish(number)
    await var.settle()

    assert heard == list(range(10))
    assert subscription.dropped == 0
    assert caplog.text.count("slow subscriber") == 1


@in_loop
async def test_a_cancelled_subscription_hears_nothing_more() -> None:
    var, heard = event(), []
    with var.subscribe(heard.append):
        var.publish(1)
        await var.settle()
        var.publish(2)  # not delivered yet
    var.publish(3)
    await asyncio.sleep(0)

    assert heard == [1]


@in_loop
async def test_a_subscription_may_be_cancelled_in_another_thread_while_it_is_served() -> None:
    var, heard = event(), []

    class Queue(deque[int]):
        """The other thread comes between the look and the grip."""

        def __bool__(self) -> bool:
            there = len(self) > 0
            thread = threading.Thread(target=subscription.cancel)
            thread.start()
            thread.join()
            return there

    subscription = var.subscribe(heard.append)
    subscription._queue = Queue()
    var.publish(1)
    var.publish(2)
    await asyncio.sleep(0)
    await asyncio.sleep(0)

    assert heard == [1]
    await var.settle()
    assert not subscription._scheduled


@in_loop
async def test_a_callback_may_cancel_its_own_subscription() -> None:
    var, heard = event(), []
    subscription: Subscription[int]

    def once(value: int) -> None:
        heard.append(value)
        subscription.cancel()

    subscription = var.subscribe(once)
    var.publish(1)
    var.publish(2)
    await asyncio.sleep(0)
    await asyncio.sleep(0)

    assert heard == [1]
    assert not subscription.active


def test_what_cannot_be_called_is_refused() -> None:
    with pytest.raises(TypeError, match="callable"):
        event().subscribe(None)  # type: ignore[arg-type]  # that is the test


@in_loop
async def test_wait_for_a_class_a_predicate_or_anything() -> None:
    var: Var[Any] = Var("event_data")
    waits = asyncio.gather(
        var.wait_for(str), var.wait_for(lambda value: value == 2), var.wait_for()
    )
    await asyncio.sleep(0)

    for value in (1, 2, "three"):
        var.publish(value)

    assert await waits == ["three", 2, 1]


@in_loop
async def test_wait_for_bool_waits_for_true_and_takes_the_latest_of_a_state() -> None:
    var: Var[bool] = Var("is_connected", is_state=True)
    var.publish(False)
    wait = asyncio.ensure_future(var.wait_for(bool, timeout=5))
    await asyncio.sleep(0)
    assert not wait.done()

    var.publish(True)

    assert await wait is True
    assert await var.wait_for(bool, timeout=0) is True


@in_loop
async def test_wait_for_does_not_take_the_latest_of_an_event() -> None:
    var = event()
    var.publish(1)

    with pytest.raises(TimeoutError, match="no event_data that was waited for within 0 s"):
        await var.wait_for(timeout=0)


@in_loop
async def test_whoever_waits_late_for_the_registration_is_told_it() -> None:
    every = Vars()
    boot = every.boot_notification_response
    every.publish(boot.name, BOOT)

    assert await boot.wait_for(timeout=0) is BOOT
    with pytest.raises(TimeoutError):
        await boot.wait_for(lambda told: told.status == "Rejected", timeout=0)

    boot.outdate()
    with pytest.raises(TimeoutError):
        await boot.wait_for(timeout=0)
    assert boot.latest is BOOT

    every.publish(boot.name, BOOT)
    assert await boot.wait_for(timeout=0) is BOOT


@in_loop
async def test_a_predicate_that_raises_belongs_to_who_waits() -> None:
    var = event()
    wait = asyncio.ensure_future(var.wait_for(lambda value: 1 / value))
    await asyncio.sleep(0)

    var.publish(0)

    with pytest.raises(ZeroDivisionError):
        await wait


@in_loop
async def test_a_predicate_that_runs_out_disturbs_nobody_else() -> None:
    var, heard, empty = event(), [], iter(())
    wait = asyncio.ensure_future(var.wait_for(lambda _value: next(empty)))
    var.subscribe(heard.append)
    await asyncio.sleep(0)

    var.publish(0)
    await var.settle()

    assert heard == [0]
    with pytest.raises(RuntimeError, match="StopIteration"):
        await wait


@in_loop
async def test_what_is_no_predicate_is_refused_at_once() -> None:
    with pytest.raises(TypeError, match="expected a predicate or a class, not bool"):
        await state().wait_for(True)  # type: ignore[arg-type]  # the fault


@in_loop
async def test_a_stream_gives_every_value_until_the_end() -> None:
    var, heard = event(), []

    async def read() -> None:
        heard.extend([value async for value in var])

    reader = asyncio.ensure_future(read())
    await asyncio.sleep(0)
    for number in range(3):
        var.publish(number)
        await asyncio.sleep(0)
    var.publish(3)
    var.end()
    await reader

    assert heard == [0, 1, 2, 3]


@in_loop
async def test_a_stream_that_is_let_go_of_is_forgotten() -> None:
    var = event()

    async def first() -> int:
        async for value in var:
            return value
        return -1

    reader = asyncio.ensure_future(first())
    await asyncio.sleep(0)
    assert len(var._watchers) == 1
    var.publish(5)

    assert await reader == 5
    del reader
    gc.collect()
    assert var._watchers == []


@in_loop
async def test_the_stream_of_a_state_is_bounded() -> None:
    var = state(queue_size=2)
    stream = aiter(var)

    for number in range(5):
        var.publish(number)

    assert [await anext(stream), await anext(stream)] == [3, 4]


def test_the_contract_names_all_vars() -> None:
    names = [var.name for var in Vars()]

    assert names == [
        "ocpp_transaction_event",
        "ocpp_transaction_event_response",
        "charging_schedules",
        "is_connected",
        "security_event",
        "event_data",
        "boot_notification_response",
        "connection_status",
        "ocpp_message",
    ]
    assert [var.name for var in Vars() if var.is_state] == [
        "charging_schedules",
        "is_connected",
        "connection_status",
    ]


@in_loop
async def test_publishing_by_name_reaches_the_var(caplog: pytest.LogCaptureFixture) -> None:
    every = Vars()

    every.publish("connection_status", ConnectionStatus(True))
    every.publish("weather", "rain")

    assert every["connection_status"].latest == ConnectionStatus(True)
    assert "no var" in caplog.text


@in_loop
async def test_closing_delivers_what_is_queued_and_ends_waits_and_streams() -> None:
    every, heard = Vars(), []

    async def slow(value: bool) -> None:
        await asyncio.sleep(0)
        heard.append(value)

    every.is_connected.subscribe(slow)
    wait = asyncio.ensure_future(every.is_connected.wait_for(lambda value: value is None))
    await asyncio.sleep(0)
    for value in (True, False):
        every.publish("is_connected", value)
    await every.close(5)

    assert heard == [True, False]
    with pytest.raises(NotRunning):
        await wait


@in_loop
async def test_closing_gives_up_callbacks_that_hang() -> None:
    every, ended = Vars(DeliveryPolicy(callback_timeout_s=None)), asyncio.Event()

    async def hangs(_value: bool) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    every.is_connected.subscribe(hangs)
    every.publish("is_connected", True)
    await every.close(0.01)

    await ended.wait()


@in_loop
async def test_closing_from_a_callback_does_not_wait_for_that_callback() -> None:
    every, closed = Vars(), asyncio.Event()

    async def closes(_value: bool) -> None:
        await asyncio.gather(every.close(60))  # in a task of its own, too
        closed.set()

    every.is_connected.subscribe(closes)
    every.publish("is_connected", True)

    await closed.wait()
