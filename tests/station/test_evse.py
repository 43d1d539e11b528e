"""One EVSE: its facts, what they mean, and that its row is all there is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from tests.station.conftest import START

from ocpp_iface.station.evse import Evse
from ocpp_iface.station.rows import EVSES, Authorization, EvseRow
from ocpp_iface.station.tx_points import Conditions
from ocpp_iface.storage import MemoryStore
from ocpp_iface.types import ChargingState, IdToken, IdTokenType, TriggerReason

TOKEN = IdToken("04AB12CD", IdTokenType.ISO14443)
DRIVER = Authorization(TOKEN, START)
REMOTE = Authorization(TOKEN, START, remote=True, remote_start_id=7)


@pytest.fixture
def store() -> Iterator[MemoryStore]:
    made = MemoryStore()
    made.begin()
    yield made
    made.commit()


@pytest.fixture
def evse(store: MemoryStore) -> Evse:
    return Evse(1, store.table(EVSES))


def loaded(store: MemoryStore) -> EvseRow:
    return Evse(1, store.table(EVSES)).row


# -- the charging state that the CSMS is told ------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        ({}, ChargingState.Idle),
        ({"charging_state": ChargingState.Charging}, ChargingState.Idle),
        ({"plugged": 1}, ChargingState.EVConnected),
        ({"plugged": 1, "charging_state": ChargingState.Charging}, ChargingState.Charging),
        ({"plugged": 1, "charging_state": ChargingState.SuspendedEV}, ChargingState.SuspendedEV),
        (
            {"plugged": 1, "charging_state": ChargingState.Charging, "withheld": True},
            ChargingState.SuspendedEVSE,
        ),
        ({"withheld": True}, ChargingState.Idle),
    ],
)
def test_the_charging_state_is_the_hardwares_unless_the_station_knows_more(
    evse: Evse, facts: dict[str, Any], state: ChargingState
) -> None:
    evse.update(**facts)

    assert evse.charging_state is state


# -- conditions ------------------------------------------------------------------------------------


def test_an_idle_evse_meets_no_condition(evse: Evse) -> None:
    assert evse.conditions == Conditions()
    assert not evse.wants_energy


@pytest.mark.parametrize(
    ("state", "energy"),
    [
        (ChargingState.Charging, True),
        (ChargingState.SuspendedEVSE, False),
        (ChargingState.SuspendedEV, False),
        (ChargingState.EVConnected, False),
        (ChargingState.Idle, False),
    ],
)
def test_energy_is_transferred_until_the_ev_or_the_station_suspends_it(
    evse: Evse, state: ChargingState, energy: bool
) -> None:
    evse.update(plugged=1, authorization=DRIVER, charging_state=state)

    assert evse.conditions.energy == energy


@pytest.mark.parametrize("missing", ["plugged", "authorization"])
def test_energy_needs_a_driver_and_an_ev(evse: Evse, missing: str) -> None:
    evse.update(plugged=1, authorization=DRIVER, charging_state=ChargingState.Charging)

    evse.update(**{missing: None})

    assert not evse.conditions.energy
    assert not evse.conditions.ready
    assert not evse.wants_energy


def test_a_signature_counts_for_the_driver_who_is_authorized(evse: Evse) -> None:
    evse.update(signed=True)
    assert not evse.conditions.signed

    evse.update(authorization=DRIVER)

    assert evse.conditions.signed


def test_energy_that_is_withheld_is_not_wanted(evse: Evse) -> None:
    evse.update(plugged=1, authorization=DRIVER)
    assert evse.wants_energy

    evse.update(withheld=True)

    assert not evse.wants_energy


# -- rows ------------------------------------------------------------------------------------------


def test_every_change_is_a_row(store: MemoryStore, evse: Evse) -> None:
    evse.update(plugged=2, session_id="s", authorization=REMOTE)

    assert loaded(store) == evse.row
    assert loaded(store).plugged == 2


def test_what_changes_nothing_writes_nothing(store: MemoryStore, evse: Evse) -> None:
    evse.update(plugged=2)
    before = store.mark()

    evse.update(plugged=2, withheld=False)

    assert store.mark() == before


def test_what_was_permitted_is_not_known_after_a_load(store: MemoryStore, evse: Evse) -> None:
    """So the order that is due is given again."""
    evse.update(plugged=1)
    evse.permitted = True

    assert Evse(1, store.table(EVSES)).permitted is None


def test_an_evse_that_is_cleared_has_no_row(store: MemoryStore, evse: Evse) -> None:
    evse.update(plugged=1, bay=True)

    evse.clear()

    assert evse.row == EvseRow()
    assert len(store.table(EVSES)) == 0


# -- the token -------------------------------------------------------------------------------------


def test_a_token_is_announced_once(evse: Evse) -> None:
    evse.update(authorization=DRIVER)
    trigger = TriggerReason.CablePluggedIn

    assert evse.announce(trigger) == (TOKEN, None, trigger)
    assert evse.announce(trigger) == (None, None, trigger)


def test_a_remote_start_is_the_trigger_of_the_event_that_announces_it(evse: Evse) -> None:
    """F01.FR.19"""
    evse.update(authorization=REMOTE)
    trigger = TriggerReason.CablePluggedIn

    assert evse.announce(trigger) == (TOKEN, 7, TriggerReason.RemoteStart)
    assert evse.announce(trigger) == (None, None, trigger)


def test_nobody_is_announced_at_an_evse_without_a_driver(evse: Evse) -> None:
    assert evse.announce(TriggerReason.EVDetected) == (None, None, TriggerReason.EVDetected)


# -- the end of a transaction ----------------------------------------------------------------------


def in_transaction(evse: Evse, **facts: Any) -> None:
    evse.update(
        session_id="s",
        transaction="t",
        authorization=DRIVER,
        withheld=True,
        energy_cap_wh=5.0,
        awaiting_ev=START,
        phases_used=3,
        signed=True,
        **facts,
    )


@pytest.mark.parametrize("cable", ["plugged", "cable_left"])
def test_the_session_outlives_the_transaction_while_a_cable_is_here(evse: Evse, cable: str) -> None:
    in_transaction(evse, **{cable: 1})

    evse.transaction_over()

    assert evse.row == EvseRow(session_id="s", finishing=True, **{cable: 1})


def test_without_a_cable_the_session_is_over_with_the_transaction(evse: Evse) -> None:
    in_transaction(evse, bay=True)

    evse.transaction_over()

    assert evse.row == EvseRow(bay=True)


def test_a_cable_that_is_kept_for_its_driver_stays_theirs(evse: Evse) -> None:
    in_transaction(evse, cable_left=1, held_for=DRIVER)

    evse.transaction_over()

    assert evse.row.held_for == DRIVER
