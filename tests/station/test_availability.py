from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpp_iface.engine.block import Cause
from ocpp_iface.station.availability import AVAILABILITY, Availability
from ocpp_iface.station.events import ConnectorStatusChanged
from ocpp_iface.types import (
    EVSE,
    ChangeAvailabilityRequest,
    ChangeAvailabilityStatusEnumType,
    OperationalStatusEnumType,
)

ON, OFF = OperationalStatusEnumType.Operative, OperationalStatusEnumType.Inoperative
ACCEPTED = ChangeAvailabilityStatusEnumType.Accepted
SCHEDULED = ChangeAvailabilityStatusEnumType.Scheduled
REJECTED = ChangeAvailabilityStatusEnumType.Rejected


def request(status: OperationalStatusEnumType, *place: int) -> ChangeAvailabilityRequest:
    if not place:
        return ChangeAvailabilityRequest(status)
    connector = place[1] if len(place) > 1 else None
    return ChangeAvailabilityRequest(status, evse=EVSE(place[0], connector_id=connector))


def build(world: Any) -> Availability:
    world.record(ConnectorStatusChanged)
    world.station.availability = Availability(world.ctx)
    return world.station.availability


@pytest.fixture
def availability(world: Any) -> Availability:
    return build(world)


def change(world: Any, status: OperationalStatusEnumType, *place: int) -> Any:
    return world.do(world.station.availability.change, request(status, *place)).status


def test_an_idle_connector_changes_at_once(world: Any, availability: Availability) -> None:
    assert change(world, OFF, 1, 1) is ACCEPTED

    assert not availability.operative(1, 1)
    assert availability.operative(1)
    assert availability.operative(2, 1)
    assert world.take_events() == [ConnectorStatusChanged(1, 1)]
    assert world.orders_of("set_operative") == [(1, 1, False)]


def test_an_inoperative_evse_makes_all_its_connectors_inoperative(make_world: Any) -> None:
    """G03.FR.06."""
    world = make_world(connectors=(2, 1))
    availability = build(world)

    change(world, OFF, 1)

    assert [availability.operative(1, 1), availability.operative(1, 2)] == [False, False]
    assert world.take_events() == [ConnectorStatusChanged(1, 1), ConnectorStatusChanged(1, 2)]
    assert world.orders_of("set_operative") == [(1, None, False), (1, 1, False), (1, 2, False)]


def test_switching_the_parent_on_again_restores_the_original_status(
    world: Any, availability: Availability
) -> None:
    """G03.FR.07, G04.FR.08."""
    change(world, OFF, 1, 1)
    change(world, OFF)
    assert not availability.operative(2, 1)

    change(world, ON)

    assert availability.operative(2, 1)
    assert not availability.operative(1, 1)


def test_an_inoperative_station_makes_everything_inoperative(
    world: Any, availability: Availability
) -> None:
    """G04.FR.07."""
    assert change(world, OFF) is ACCEPTED

    assert not availability.operative(0)
    assert not availability.operative(2)
    assert world.take_events() == [
        ConnectorStatusChanged(0),
        ConnectorStatusChanged(1, 1),
        ConnectorStatusChanged(2, 1),
    ]


def test_the_present_status_is_accepted_without_events(
    world: Any, availability: Availability
) -> None:
    """G03.FR.03, G04.FR.04."""
    change(world, OFF, 1)
    world.take_events()

    assert change(world, OFF, 1) is ACCEPTED
    assert change(world, ON, 2) is ACCEPTED
    assert world.take_events() == []


@pytest.mark.parametrize("place", [(3,), (1, 2)])
def test_an_unknown_evse_or_connector_is_rejected(
    world: Any, availability: Availability, place: tuple[int, ...]
) -> None:
    response = world.do(availability.change, request(OFF, *place))

    assert response.status is REJECTED
    assert response.status_info.reason_code == "InvalidInput"


def test_a_transaction_schedules_the_change_until_it_has_ended(
    world: Any, availability: Availability
) -> None:
    """G03.FR.05."""
    world.transactions.start(1)

    assert change(world, OFF, 1) is SCHEDULED
    assert availability.operative(1, 1)
    assert availability.becomes_inoperative(1, 1)
    assert not availability.becomes_inoperative(2, 1)
    assert world.take_events() == []

    world.transactions.finish(1)

    assert not availability.becomes_inoperative(1, 1)
    assert not availability.operative(1, 1)
    assert not availability.own(1)
    assert world.take_events() == [ConnectorStatusChanged(1, 1)]


def test_idle_parts_become_inoperative_at_once_and_the_rest_when_it_is_idle(
    world: Any, availability: Availability
) -> None:
    """G04.FR.06, G04.FR.07."""
    world.transactions.start(1)

    assert change(world, OFF) is SCHEDULED
    assert availability.operative(1, 1)
    assert not availability.operative(2, 1)
    assert availability.operative(0)

    world.transactions.finish(1)

    assert not availability.operative(0)
    assert not availability.operative(1, 1)


def test_the_other_connector_of_a_busy_evse_is_idle(make_world: Any) -> None:
    world = make_world(connectors=(2,))
    availability = build(world)
    world.transactions.start(1, connector_id=1)

    assert change(world, OFF, 1, 2) is ACCEPTED
    assert not availability.operative(1, 2)
    assert availability.operative(1, 1)


def test_asking_again_while_scheduled_is_scheduled_again(
    world: Any, availability: Availability
) -> None:
    world.transactions.start(1)
    change(world, OFF, 1)

    assert change(world, OFF, 1) is SCHEDULED


def test_a_new_request_replaces_the_scheduled_one(world: Any, availability: Availability) -> None:
    world.transactions.start(1)
    change(world, OFF)
    assert not availability.operative(2, 1)

    assert change(world, ON) is ACCEPTED
    assert availability.operative(2, 1)
    world.transactions.finish(1)

    assert availability.operative(1, 1)
    assert availability.operative(0)


def test_the_present_status_is_accepted_even_while_a_transaction_runs(
    world: Any, availability: Availability
) -> None:
    """G03.FR.05: not if it is the present status already."""
    change(world, OFF, 1)
    world.transactions.start(1)  # one that was resumed after a power cut

    assert change(world, OFF, 1) is ACCEPTED


def test_becoming_operative_never_waits(world: Any, availability: Availability) -> None:
    change(world, OFF, 1)
    world.transactions.start(1)  # one that was resumed after a power cut

    assert change(world, ON, 1) is ACCEPTED


def test_the_status_survives_a_restart_and_the_hardware_is_told(
    world: Any, availability: Availability
) -> None:
    """G03.FR.08, G04.FR.09, B11.FR.02."""
    change(world, OFF, 2, 1)

    again = world.restarted()
    reloaded = build(again)
    again.do(reloaded.resume, Cause.BOOT)

    assert not reloaded.operative(2, 1)
    assert again.orders_of("set_operative") == [(2, 1, False)]


def test_a_scheduled_change_survives_a_restart(world: Any, availability: Availability) -> None:
    world.transactions.start(1)
    change(world, OFF, 1)

    again = world.restarted()
    again.transactions.start(1)
    reloaded = build(again)
    again.do(reloaded.resume, Cause.BOOT)
    assert reloaded.operative(1, 1)
    again.transactions.finish(1)

    assert not reloaded.operative(1, 1)


def test_a_scheduled_change_is_applied_at_boot_if_nothing_runs_any_more(
    world: Any, availability: Availability
) -> None:
    world.transactions.start(1)
    change(world, OFF, 1)

    again = world.restarted()
    reloaded = build(again)
    again.do(reloaded.resume, Cause.BOOT)

    assert not reloaded.own(1)


def test_after_a_rebuild_the_hardware_is_told_everything(
    world: Any, availability: Availability
) -> None:
    world.do(availability.resume, Cause.REBUILD)

    assert (2, 1, True) in world.orders_of("set_operative")


def test_a_hold_takes_idle_evses_out_of_use_until_released(
    world: Any, availability: Availability
) -> None:
    """B12: what is available becomes unavailable while a reset is pending."""
    world.transactions.start(1)

    world.do(availability.hold, "reset")
    assert availability.operative(1, 1)
    assert not availability.operative(2, 1)
    assert availability.operative(2, 1, holds=False)
    assert availability.operative(0)
    world.transactions.finish(1)
    assert not availability.operative(1, 1)

    world.do(availability.release, "reset")
    assert availability.operative(1, 1)
    assert availability.operative(2, 1)
    assert availability.own(1)


def test_switching_on_with_everything_below_forgets_individual_requests(
    world: Any, availability: Availability
) -> None:
    change(world, OFF, 1, 1)

    world.do(availability.change, request(ON), everything_below=True)

    assert availability.operative(1, 1)


PLACES = [(), (1,), (2,), (1, 1), (1, 2), (2, 1)]
STEPS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from([ON, OFF]), st.sampled_from(PLACES)),
        st.tuples(st.just("tx"), st.sampled_from([1, 2])),
    ),
    max_size=12,
)


@given(steps=STEPS)
def test_the_effective_status_is_the_conjunction_of_the_path_and_survives_a_restart(
    steps: list[tuple[Any, Any]], make_world: Any
) -> None:
    """DESIGN P8, with transactions coming and going."""
    world = make_world(connectors=(2, 1))
    availability = build(world)

    for what, where in steps:
        if what != "tx":
            change(world, what, *where)
        elif world.transactions.open_on(where):
            world.transactions.finish(where)
        elif availability.operative(where):
            world.transactions.start(where)
    for evse_id in (1, 2):
        if world.transactions.open_on(evse_id):
            world.transactions.finish(evse_id)

    reloaded = build(world.restarted())
    for evse_id, connector_id in ((1, 1), (1, 2), (2, 1)):
        path = availability.own() and availability.own(evse_id)
        expected = path and availability.own(evse_id, connector_id)
        assert availability.operative(evse_id, connector_id) is expected
        assert reloaded.operative(evse_id, connector_id) is expected
    rows = world.store.table(AVAILABILITY).items()
    assert all(row.scheduled is None and not row.operative for _, row in rows)
