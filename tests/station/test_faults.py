from __future__ import annotations

from typing import Any

import pytest

from ocpp_iface.errors import PayloadError
from ocpp_iface.station.events import ConnectorStatusChanged, FaultCleared, FaultReported
from ocpp_iface.station.faults import Faults
from ocpp_iface.types import Fault

HOT = Fault("f1", error_code="HighTemperature")
NOTE = Fault("n1", error_code="WeakSignal", is_fault=False)


@pytest.fixture
def faults(world: Any) -> Faults:
    world.record(FaultReported, FaultCleared, ConnectorStatusChanged)
    return Faults(world.ctx)


def test_a_reported_fault_is_announced_and_makes_its_connector_faulted(
    world: Any, faults: Faults
) -> None:
    world.do(faults.report, 1, 1, HOT)

    assert world.take_events() == [FaultReported(1, 1, HOT), ConnectorStatusChanged(1, 1)]
    assert faults.faulted(1, 1)
    assert not faults.faulted(2, 1)
    assert not faults.faulted(0)


def test_reporting_the_same_fault_again_changes_nothing(world: Any, faults: Faults) -> None:
    world.do(faults.report, 1, 1, HOT)
    world.take_events()

    world.do(faults.report, 1, 1, HOT)

    assert world.take_events() == []
    assert faults.of(1, 1) == (HOT,)


def test_the_same_id_with_other_content_replaces_the_fault(world: Any, faults: Faults) -> None:
    worse = Fault("f1", error_code="GroundFailure")
    world.do(faults.report, 1, 1, HOT)

    world.do(faults.report, 1, 1, worse)

    assert faults.of(1, 1) == (worse,)
    assert world.take_events()[-2] == FaultReported(1, 1, worse)


def test_a_notice_that_is_no_fault_is_kept_but_leaves_the_connector_usable(
    world: Any, faults: Faults
) -> None:
    world.do(faults.report, 1, 1, NOTE)

    assert faults.of(1, 1) == (NOTE,)
    assert not faults.faulted(1, 1)


def test_a_fault_reaches_everything_below_it(world: Any, faults: Faults) -> None:
    world.do(faults.report, 0, None, HOT)
    world.do(faults.report, 2, None, NOTE)

    assert faults.of(1, 1) == (HOT,)
    assert faults.of(2, 1) == (HOT, NOTE)
    assert faults.of(0) == (HOT,)


def test_a_fault_of_a_connector_does_not_reach_its_evse(world: Any, faults: Faults) -> None:
    world.do(faults.report, 1, 1, HOT)

    assert faults.of(1) == ()


def test_clearing_ends_the_fault_once(world: Any, faults: Faults) -> None:
    world.do(faults.report, 1, 1, HOT)
    world.take_events()

    assert world.do(faults.clear, 1, 1, "f1") is True
    assert world.do(faults.clear, 1, 1, "f1") is False
    assert world.take_events() == [FaultCleared(1, 1, HOT), ConnectorStatusChanged(1, 1)]
    assert not faults.faulted(1, 1)


def test_faults_survive_a_restart(world: Any, faults: Faults) -> None:
    world.do(faults.report, 2, 1, HOT)

    again = Faults(world.restarted().ctx)

    assert again.of(2, 1) == (HOT,)


@pytest.mark.parametrize(
    ("evse", "connector", "path"), [(3, None, "evse_id"), (1, 2, "connector_id"), (0, 1, "evse_id")]
)
def test_an_unknown_place_is_refused_before_anything_changes(
    world: Any, faults: Faults, evse: int, connector: int | None, path: str
) -> None:
    with pytest.raises(PayloadError) as refusal:
        faults.report(evse, connector, HOT)

    assert refusal.value.path == path
    assert world.take_events() == []
