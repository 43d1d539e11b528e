"""P8: what counts is the conjunction of the statuses along the path, and it survives a reboot."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ocpp_iface.sim import Bench
from ocpp_iface.types import EVSE, ChangeAvailabilityRequest, OperationalStatusEnumType

Node = tuple[int, int]
NODES: list[Node] = [(0, 0), (1, 0), (1, 1), (2, 0), (2, 1), (2, 2)]
CONNECTORS = [node for node in NODES if node[1]]
REQUESTS = st.lists(st.tuples(st.sampled_from(NODES), st.booleans()), min_size=1, max_size=8)


@pytest.mark.parametrize("version", ["1.6", "2.0.1"], ids=["V16", "V201"])
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(requests=REQUESTS, reboot_after=st.integers(0, 8))
def test_effective_availability(
    version: str, requests: list[tuple[Node, bool]], reboot_after: int
) -> None:
    bench = Bench(version, evses=(1, 2))
    bench.csms.validation = "codec"
    own = dict.fromkeys(NODES, True)

    for number, (node, on) in enumerate(requests):
        if number == reboot_after:
            bench.power_cut()
        own[node] = on
        request(bench, node, on=on)
        assert unavailable(bench) == expected(own)
    bench.power_cut()
    assert unavailable(bench) == expected(own)
    bench.check()


@pytest.mark.parametrize("version", ["1.6", "2.0.1"], ids=["V16", "V201"])
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(requests=REQUESTS, cut=st.booleans())
def test_while_a_transaction_runs_it_goes_on_and_all_is_applied_at_its_end(
    version: str, requests: list[tuple[Node, bool]], cut: bool
) -> None:
    bench = Bench(version, evses=(1, 2))
    bench.csms.validation = "codec"
    bench.charging(2, 1)
    own = dict.fromkeys(NODES, True)

    for node, on in requests:
        own[node] = on
        request(bench, node, on=on)
        assert (2, 1) not in unavailable(bench)
        assert unavailable(bench) == [node for node in expected(own) if node != (2, 1)]
    if cut:
        bench.power_cut()
        bench.run(5)
    bench.station.unplug(2)
    bench.run(60)

    assert unavailable(bench) == expected(own)
    assert bench.csms.books.open() == []
    bench.check()


def request(bench: Bench, node: Node, *, on: bool) -> None:
    evse_id, connector_id = node
    evse = EVSE(evse_id, connector_id=connector_id or None) if evse_id else None
    words = OperationalStatusEnumType
    wanted = ChangeAvailabilityRequest(words.Operative if on else words.Inoperative, evse=evse)
    response = bench.station.ocpp.change_availability(wanted)
    assert response.status in ("Accepted", "Scheduled")
    bench.world.settle()


def expected(own: dict[Node, bool]) -> list[Node]:
    return [node for node in CONNECTORS if not (own[0, 0] and own[node[0], 0] and own[node])]


def unavailable(bench: Bench) -> list[Node]:
    def state(node: Node) -> str | None:
        return bench.station.get(f"Connector@{node[0]}.{node[1]}/AvailabilityState").value

    return [node for node in CONNECTORS if state(node) == "Unavailable"]
