from __future__ import annotations

import asyncio

import pytest

from ocpp_iface.engine.flows import Flows
from ocpp_iface.engine.traps import Signal, ready
from ocpp_iface.errors import ForeignAwaitable, OcppIfaceError


def test_flows_run_in_the_order_in_which_they_became_runnable():
    flows, order = Flows(), []

    async def note(name, signal=None):
        if signal is not None:
            await signal.wait()
        order.append(name)

    late = Signal()
    flows.start("late", note("late", late))
    flows.start("first", note("first"))
    flows.start("second", note("second"))
    flows.run_to_rest()
    late.fire()
    flows.run_to_rest()

    assert order == ["first", "second", "late"]
    assert len(flows) == 0


def test_a_trap_gives_its_value_to_the_flow():
    flows, got = Flows(), []

    async def flow():
        return await ready(7) + 1

    flows.start("flow", flow(), lambda value, error: got.append((value, error)))
    flows.run_to_rest()

    assert got == [(8, None)]


def test_awaiting_anything_but_a_trap_is_a_foreign_awaitable():
    flows, got = Flows(), []

    class NotATrap:
        def __await__(self):
            yield "something of another runtime"

    async def flow():
        await NotATrap()

    flows.start("flow", flow(), lambda _value, error: got.append(error))
    flows.run_to_rest()

    assert isinstance(got[0], ForeignAwaitable)
    assert "flow" in str(got[0])


def test_an_asyncio_future_is_refused_too():
    flows, got = Flows(), []
    loop = asyncio.new_event_loop()
    future = loop.create_future()

    async def flow():
        await future

    flows.start("flow", flow(), lambda _value, error: got.append(error))
    flows.run_to_rest()
    loop.close()

    assert isinstance(got[0], ForeignAwaitable)


def test_a_refusal_of_a_flow_with_a_waiter_goes_to_the_waiter():
    flows, got = Flows(), []

    async def flow():
        raise OcppIfaceError("no")

    flows.start("flow", flow(), lambda _value, error: got.append(error))
    flows.run_to_rest()

    assert isinstance(got[0], OcppIfaceError)


def test_a_crash_surfaces_and_the_waiter_is_told_when_it_was_dealt_with():
    flows, got = Flows(), []

    async def flow():
        raise ValueError("broken")

    flows.start("flow", flow(), lambda _value, error: got.append(error))
    with pytest.raises(ValueError, match="broken"):
        flows.run_to_rest()
    assert got == []

    flows.tell_fallen()
    assert isinstance(got[0], ValueError)
    flows.tell_fallen()
    assert len(got) == 1


def test_an_error_of_a_flow_without_a_waiter_surfaces():
    flows = Flows()

    async def flow():
        raise ValueError("broken")

    flows.start("flow", flow())

    with pytest.raises(ValueError, match="broken"):
        flows.run_to_rest()
    assert len(flows) == 0


def test_a_cancelled_flow_runs_its_finally_and_nothing_else():
    flows, order = Flows(), []
    signal = Signal()

    async def flow():
        try:
            await signal.wait()
            order.append("went on")
        finally:
            order.append("finally")

    running = flows.start("flow", flow(), lambda *_: order.append("done"))
    flows.run_to_rest()
    flows.cancel(running)
    signal.fire()
    flows.run_to_rest()

    assert order == ["finally"]


def test_cancelling_all_tells_those_who_wait():
    flows, got = Flows(), []
    failure = RuntimeError("rebuilt")

    async def flow():
        await Signal().wait()

    flows.start("a", flow(), lambda _value, error: got.append(error))
    flows.start("b", flow())
    flows.run_to_rest()
    flows.cancel_all(failure)

    assert got == [failure]
    assert len(flows) == 0


def test_a_flow_can_cancel_itself():
    flows, order = Flows(), []
    handle = []

    async def flow():
        flows.cancel(handle[0])
        order.append("still running")
        await Signal().wait()
        order.append("never")

    handle.append(flows.start("flow", flow()))
    flows.run_to_rest()

    assert order == ["still running"]
    assert len(flows) == 0


def test_the_schedule_is_the_same_every_time():
    def run():
        flows, order = Flows(), []
        signals = [Signal() for _ in range(5)]

        async def flow(number):
            for signal in signals[number:]:
                await signal.wait()
                order.append(number)

        for number in range(5):
            flows.start(str(number), flow(number))
        flows.run_to_rest()
        for _ in range(5):
            for signal in signals:
                signal.fire()
                flows.run_to_rest()
        return order

    runs = [run() for _ in range(10)]

    assert runs[0]
    assert all(later == runs[0] for later in runs)
