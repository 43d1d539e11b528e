"""Work that is done once, after the input that asked for it."""

from __future__ import annotations

from ocpp_iface.engine.flows import Flows
from ocpp_iface.engine.soon import Soon


def test_it_is_done_once_however_often_it_was_asked_for() -> None:
    flows, done = Flows(), []
    soon = Soon(flows, "work", lambda: done.append("done"))

    soon()
    soon("an event")
    assert done == []
    flows.run_to_rest()

    assert done == ["done"]


def test_it_can_be_asked_for_again_even_by_the_work_itself() -> None:
    flows = Flows()
    done: list[int] = []

    def work() -> None:
        done.append(len(done))
        if len(done) < 3:
            soon()

    soon = Soon(flows, "work", work)
    soon()
    flows.run_to_rest()

    assert done == [0, 1, 2]
