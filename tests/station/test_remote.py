"""Remote start and stop as services: where, when, and for whom."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.station.inside import energy_flows, facts_of, in_a_step, order_names, station_of

from ocpp_iface.sim import Bench
from ocpp_iface.station.remote import RemoteStart, RemoteStartOutcome
from ocpp_iface.station.rows import Authorization
from ocpp_iface.types import (
    IdToken,
    IdTokenType,
    StoppedReason,
    TransactionEvent,
    TriggerReason,
)

MINE, OTHER = "04AB12CD", "08EF34AB"
Make = Callable[..., Bench]


@pytest.fixture
def two(make: Make) -> Bench:
    return make(evses=(1, 1))


def start(
    bench: Bench,
    evse_id: int | None = None,
    token: str = MINE,
    kind: IdTokenType = IdTokenType.ISO14443,
    remote_start_id: int = 7,
    group: str | None = None,
) -> RemoteStartOutcome:
    """As a block does it, in a step of its own."""
    family = IdToken(group, IdTokenType.Central) if group else None
    request = RemoteStart(IdToken(token, kind), evse_id, remote_start_id, group_id=family)
    return in_a_step(bench, lambda: station_of(bench).remote.start(request))


def driver(bench: Bench, evse_id: int) -> str | None:
    authorization = station_of(bench).evses[evse_id].authorization
    return authorization.token.value if authorization else None


def test_a_plugged_evse_is_taken_first(two: Bench) -> None:
    two.station.plug_in(2)

    outcome = start(two)
    two.run(2)

    assert (outcome.accepted, outcome.evse_id) == (True, 2)
    assert energy_flows(two, 2)


def test_the_only_evse_waits_for_its_cable(bench: Bench) -> None:
    assert start(bench).evse_id == 1
    bench.run(1)

    assert driver(bench, 1) == MINE


def test_without_an_ev_the_next_plug_is_taken(two: Bench) -> None:
    outcome = start(two)
    two.run(1)
    two.station.plug_in(2)
    two.run(2)

    assert (outcome.accepted, outcome.evse_id) == (True, None)
    assert driver(two, 2) == MINE
    assert energy_flows(two, 2)


def test_a_second_driver_for_the_next_plug_is_refused(two: Bench) -> None:
    start(two)
    two.run(1)

    outcome = start(two, token=OTHER)

    assert (outcome.accepted, outcome.reason_code) == (False, "TxInProgress")


def test_a_second_driver_may_have_an_evse_of_their_own(two: Bench) -> None:
    start(two)
    two.run(1)

    assert start(two, evse_id=2, token=OTHER).accepted
    two.run(1)

    assert driver(two, 2) == OTHER
    held = station_of(two).waiting.driver
    assert held is not None
    assert held.token.value == MINE


@pytest.mark.parametrize("evse_id", [None, 1])
def test_an_evse_in_use_is_refused(bench: Bench, evse_id: int | None) -> None:
    bench.charging(token=OTHER)

    assert start(bench, evse_id) == RemoteStartOutcome(False, reason_code="TxInProgress")


def test_an_evse_that_does_not_exist_is_refused(two: Bench) -> None:
    assert start(two, 9) == RemoteStartOutcome(False, reason_code="UnknownEvse")


@pytest.mark.parametrize("evse_id", [None, 1])
def test_an_evse_that_is_broken_is_refused(bench: Bench, evse_id: int | None) -> None:
    bench.station.fault("OtherError", connector=None)

    assert not start(bench, evse_id).accepted


@pytest.mark.parametrize("evse_id", [1, None])
def test_an_evse_that_keeps_the_cable_of_a_driver_is_refused(
    make: Make, evse_id: int | None
) -> None:
    """E09.FR.03: nobody else can plug in, and the driver still gets the cable."""
    settings = {
        "TxCtrlr.StopTxOnEVSideDisconnect": True,
        "OCPPCommCtrlr.UnlockOnEVSideDisconnect": False,
    }
    bench = make(variables=settings)
    bench.charging(token=MINE)
    bench.station.unplug(cable_left=True)
    bench.run(5)

    assert not start(bench, evse_id, OTHER).accepted
    bench.run(5)
    bench.station.present_token(MINE)
    bench.run(1)

    assert bench.station.evse().locked is None


def test_a_plug_for_which_another_driver_waits_by_now_is_not_taken(make201: Make) -> None:
    bench = make201(evses=(1, 1))
    bench.on("Authorize").reply(idTokenInfo={"status": "Accepted", "evseId": [2]}).delay(3)
    start(bench)
    bench.station.plug_in(1)
    station = station_of(bench)
    other = Authorization(IdToken(OTHER, IdTokenType.ISO14443), bench.world.now)
    in_a_step(bench, lambda: station.waiting.hold(other))

    bench.run(10)

    assert station.waiting.driver == other


def test_an_evse_whose_energy_is_being_stopped_is_refused(bench: Bench) -> None:
    bench.charging(token=OTHER)
    bench.station.hardware.hang("stop_energy")
    bench.station.present_token(OTHER)
    bench.run(1)

    assert not start(bench, 1).accepted


def test_nothing_is_started_while_ocpp_is_stopped(bench: Bench) -> None:
    bench.station.ocpp.stop()

    assert start(bench, 1) == RemoteStartOutcome(False, reason_code="NotEnabled")


def test_the_transaction_that_runs_without_a_driver_is_named(make201: Make) -> None:
    """F01.FR.13"""
    bench = make201(variables={"TxCtrlr.TxStartPoint": "EVConnected"})
    bench.station.plug_in()
    running = station_of(bench).evses[1].transaction_id

    assert start(bench, 1).transaction_id == running is not None


def test_the_first_event_of_a_remote_start_says_so(make201: Make) -> None:
    """F01.FR.19, F01.FR.25"""
    bench = make201()
    facts = facts_of(bench)
    bench.station.plug_in()

    start(bench, 1)
    bench.run(1)

    assert (facts[0].trigger, facts[0].remote_start_id) == (TriggerReason.RemoteStart, 7)
    bench.run(5)
    assert {fact.remote_start_id for fact in facts[1:]} == {None}


def test_a_driver_who_came_while_the_csms_was_asked_stays(make: Make) -> None:
    bench = make(variables={"AuthCtrlr.AuthorizeRemoteStart": True})
    bench.charging(token=OTHER)  # from now on it is in the cache
    bench.stop_authorized(OTHER)
    bench.on("Authorize").delay(5)
    start(bench, 1)
    bench.run(1)

    assert bench.station.present_token(OTHER).started
    bench.run(20)

    assert driver(bench, 1) == OTHER


def test_a_plug_while_the_csms_is_asked_is_not_missed(make: Make) -> None:
    bench = make(evses=(1, 1), variables={"AuthCtrlr.AuthorizeRemoteStart": True})
    bench.on("Authorize").delay(3)
    start(bench)
    bench.run(1)
    bench.station.plug_in(2)

    bench.run(10)

    assert energy_flows(bench, 2)


def test_a_stop_of_ocpp_while_the_csms_is_asked_starts_nothing(make: Make) -> None:
    bench = make(
        variables={
            "AuthCtrlr.AuthorizeRemoteStart": True,
            "AuthCtrlr.OfflineTxForUnknownIdEnabled": True,
        }
    )
    bench.on("Authorize").silent()
    bench.station.plug_in()
    start(bench, 1)
    bench.run(1)

    bench.station.ocpp.stop()
    bench.run(5)

    assert driver(bench, 1) is None


@pytest.mark.parametrize("kind", [IdTokenType.Central, IdTokenType.NoAuthorization])
def test_nobody_is_asked_about_a_token_of_the_csms(make201: Make, kind: IdTokenType) -> None:
    bench = make201(variables={"AuthCtrlr.AuthorizeRemoteStart": True})
    bench.station.plug_in()

    start(bench, 1, kind=kind)
    bench.run(2)

    assert not bench.csms.received("Authorize")
    assert energy_flows(bench)


def test_a_token_that_the_csms_refuses_starts_nothing(make: Make) -> None:
    bench = make(variables={"AuthCtrlr.AuthorizeRemoteStart": True})
    bench.csms.tokens.put(MINE, "Blocked")
    bench.station.plug_in()

    assert start(bench, 1).accepted  # the answer comes before the question
    bench.run(5)

    assert not energy_flows(bench)


def test_the_group_of_the_request_comes_before_that_of_the_answer(make201: Make) -> None:
    bench = make201(variables={"AuthCtrlr.AuthorizeRemoteStart": True})
    bench.csms.tokens.put(MINE, "Accepted", group="ANSWER")
    bench.station.plug_in()

    start(bench, 1, group="REQUEST")
    bench.run(2)

    authorization = station_of(bench).evses[1].authorization
    assert authorization is not None
    assert authorization.group_id is not None
    assert authorization.group_id.value == "REQUEST"


# -- stop --------------------------------------------------------------------------------------


def stop(bench: Bench, transaction_id: str) -> bool:
    return in_a_step(bench, lambda: station_of(bench).remote.stop(transaction_id))


def test_a_remote_stop_ends_the_transaction_and_frees_the_cable(bench: Bench) -> None:
    bench.charging()
    facts = facts_of(bench)
    uuid = station_of(bench).evses[1].transaction_id or ""

    assert stop(bench, uuid)
    bench.run(1)

    ended = facts[-1]
    assert (ended.kind, ended.trigger) == (TransactionEvent.Ended, TriggerReason.RemoteStop)
    assert ended.stopped_reason is StoppedReason.Remote
    assert order_names(bench)[-2:] == ["stop_energy", "unlock"]


def test_what_is_unknown_is_not_stopped(bench: Bench) -> None:
    bench.charging()

    assert not stop(bench, "unknown")


def test_a_transaction_is_active_until_it_has_ended(bench: Bench) -> None:
    """F03.FR.07: while the energy is being stopped, and whoever stopped it."""
    bench.charging()
    uuid = station_of(bench).evses[1].transaction_id or ""
    facts = facts_of(bench)
    bench.station.hardware.hang("stop_energy")
    bench.station.stop_button()

    assert stop(bench, uuid)
    bench.run(15)

    assert facts[-1].kind is TransactionEvent.Ended
    assert facts[-1].stopped_reason is StoppedReason.Local
    assert not stop(bench, uuid)


def test_what_has_ended_and_still_waits_for_the_csms_is_not_stopped(bench: Bench) -> None:
    bench.charging()
    uuid = station_of(bench).evses[1].transaction_id or ""
    bench.offline()
    bench.stop_authorized()
    bench.run(5)

    assert station_of(bench).transactions.find(uuid) is not None
    assert not stop(bench, uuid)
