"""Connector numbers and places."""

from hypothesis import given
from hypothesis import strategies as st

from ocpp_iface.ports.topology import Topology
from ocpp_iface.v16.mapping import ids

topologies = st.lists(st.integers(1, 4), min_size=1, max_size=6).map(Topology)


@given(topologies)
def test_numbers_and_places_are_a_bijection(topology):
    pairs = list(ids.places(topology))

    assert [number for number, _ in pairs] == list(range(topology.count + 1))
    for number, place in pairs:
        assert ids.place_of(topology, number) == place
        if number:
            assert ids.number_of(topology, *place) == number


@given(topologies, st.integers(1, 50), st.none() | st.integers(0, 50))
def test_every_place_of_a_fact_has_a_number(topology, evse_id, connector_id):
    assert ids.number_of(topology, evse_id, connector_id) >= 1


def test_without_a_connector_the_first_of_the_evse_is_meant():
    assert ids.number_of(Topology((2, 2)), 2, None) == 3


def test_a_number_that_the_station_has_not_has_no_place():
    assert ids.place_of(Topology((1, 2)), 4) is None
    assert ids.place_of(Topology((1, 2)), -1) is None
