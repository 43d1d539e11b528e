from __future__ import annotations

from ocpp_iface.sim import SimEntropy
from ocpp_iface.sim.trace import Trace, diff
from ocpp_iface.types import ConnectionStatus


def filled(seed: int, limit: int | None = None, last: str = "end") -> Trace:
    entropy, trace = SimEntropy(seed), Trace(limit)
    for second in range(10):
        trace.add(second, "cs1", ">", f'[2,"{entropy.unique_id()}","Heartbeat",{{"b":1,"a":2}}]')
    trace.add(10.0, "cs1", "sim", last)
    return trace


def test_ids_are_counted_so_traces_of_different_seeds_are_equal() -> None:
    assert filled(1).lines() == filled(2).lines()
    assert filled(1).lines()[1] == '       1.000 cs1 > CALL #2 Heartbeat {"a":2,"b":1}'
    assert diff(filled(1), filled(2)) == ""


def test_a_difference_is_shown_with_what_came_before() -> None:
    shown = diff(filled(1), filled(1, last="other"), context=1)

    assert shown.splitlines() == [
        "the traces part at line 11:",
        '         9.000 cs1 > CALL #10 Heartbeat {"a":2,"b":1}',
        "-       10.000 cs1 sim end",
        "+       10.000 cs1 sim other",
    ]


def test_a_trace_that_goes_on_differs() -> None:
    longer = filled(1)
    longer.add(11.0, "cs1", "sim", "more")

    assert "part at line 12" in diff(filled(1), longer)


def test_a_limit_keeps_the_newest_and_the_digest_of_all() -> None:
    limited, whole = filled(1, limit=3), filled(1)

    assert limited.digest() == whole.digest()
    assert limited.digest() != filled(1, last="other").digest()
    assert len(limited) == len(whole) == 11
    assert limited.dropped > 0
    assert limited.lines() == whole.lines()[limited.dropped :]


def test_vars_commands_and_garbage_are_shown() -> None:
    trace = Trace()
    trace.add(0.0, "cs1", "var", ("connection_status", ConnectionStatus(True)))
    trace.add(0.0, "cs1", "var", ("is_connected", True))
    trace.add(0.0, "cs1", "command", ConnectionStatus(False))
    trace.add(0.0, "cs1", "<", "rubbish")
    trace.add(0.0, "cs1", "<", '[4,"1","InternalError","text",{}]')

    texts = [line.split("cs1 ")[1] for line in trace]
    assert texts == [
        'var connection_status {"connected":true}',
        "var is_connected True",
        'command ConnectionStatus {"connected":false}',
        "< not a frame: 'rubbish'",
        '< ERROR ["1","InternalError","text",{}]',
    ]
