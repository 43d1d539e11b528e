from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpp_iface.ports.topology import Topology


@given(st.lists(st.integers(min_value=1, max_value=4), max_size=6))
def test_flat_numbers_and_connectors_are_a_bijection(counts):
    topology = Topology(counts)

    pairs = [(evse, each) for evse in topology.evse_ids() for each in topology.connector_ids(evse)]

    assert [topology.connector16(*pair) for pair in pairs] == list(range(1, topology.count + 1))
    assert [topology.from16(number) for number in range(1, topology.count + 1)] == pairs
    assert topology.from16(0) is None
    assert topology.from16(topology.count + 1) is None


def test_an_evse_without_connector_is_refused():
    with pytest.raises(ValueError, match="EVSE 2 has 0"):
        Topology((1, 0))


def test_a_connector_that_there_is_not_has_no_number():
    topology = Topology((1, 2))

    assert list(topology.connector_ids(3)) == []
    with pytest.raises(ValueError, match="no connector 3 at EVSE 2"):
        topology.connector16(2, 3)
