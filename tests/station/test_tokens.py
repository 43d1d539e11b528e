"""Tokens at a reader: who may start, who may stop, and at which EVSE; on both versions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.station.inside import energy_flows, facts_of, in_a_step, order_names, station_of

from ocpp_iface.sim import Bench
from ocpp_iface.station.reports import PresentToken
from ocpp_iface.station.rows import Authorization
from ocpp_iface.types import (
    AuthorizationStatus,
    IdToken,
    IdTokenType,
    StoppedReason,
    TransactionEvent,
    TriggerReason,
)
from ocpp_iface.types.outcomes import TokenOutcome

MINE, OTHER = "04AB12CD", "08EF34AB"
ACCEPTED, CONCURRENT = AuthorizationStatus.Accepted, AuthorizationStatus.ConcurrentTx
Make = Callable[..., Bench]


@pytest.fixture
def two(make: Make) -> Bench:
    """Two EVSEs, and a reader for both."""
    return make(evses=(1, 1))


def asked(bench: Bench) -> int:
    return len(bench.csms.received("Authorize"))


def family(bench: Bench, *tokens: str, group: str = "FAMILY") -> None:
    for token in tokens:
        bench.csms.tokens.put(token, "Accepted", group=group)


def tap_twice(bench: Bench, first: str, second: str, evse: int | None = 1) -> list[TokenOutcome]:
    """The second tap comes while the CSMS is still asked about the first."""
    taps = [
        bench.station.send(PresentToken(IdToken(token, IdTokenType.ISO14443), evse))
        for token in (first, second)
    ]
    bench.run(5)
    assert all(tap.done for tap in taps)
    return [tap.value for tap in taps]


# -- starting ------------------------------------------------------------------------------------


def test_outcome_of_a_token_before_the_cable(bench: Bench) -> None:
    assert bench.station.present_token(MINE) == TokenOutcome(ACCEPTED, waiting_for_plug=True)


def test_outcome_of_a_token_after_the_cable(bench: Bench) -> None:
    bench.station.plug_in()

    outcome = bench.station.present_token(MINE)

    assert (outcome.status, outcome.started, outcome.waiting_for_plug) == (ACCEPTED, True, False)


def test_a_token_that_begins_a_transaction_before_the_cable(make201: Make) -> None:
    bench = make201(variables={"TxCtrlr.TxStartPoint": "Authorized"})

    outcome = bench.station.present_token(MINE)

    row = station_of(bench).transactions.open_on(1)
    assert row is not None
    assert outcome == TokenOutcome(
        ACCEPTED, started=True, waiting_for_plug=True, transaction_id=row.uuid
    )


@pytest.mark.parametrize("status", ["Blocked", "Expired", "Invalid"])
def test_a_token_that_the_csms_refuses_is_told_why(bench: Bench, status: str) -> None:
    bench.csms.tokens.put(MINE, status)
    bench.station.plug_in()

    assert bench.station.present_token(MINE) == TokenOutcome(AuthorizationStatus(status))
    assert not energy_flows(bench)


def test_nobody_is_asked_about_a_token_at_an_evse_that_is_broken(bench: Bench) -> None:
    bench.station.fault("OtherError", connector=None)

    outcome = bench.station.present_token(MINE)

    assert outcome.status is AuthorizationStatus.NotAtThisTime
    assert asked(bench) == 0


def test_nobody_starts_at_an_evse_that_broke_while_the_csms_was_asked(bench: Bench) -> None:
    action = "Authorize"
    bench.on(action).delay(3)
    bench.station.plug_in()
    tap = bench.station.send(PresentToken(IdToken(MINE, IdTokenType.ISO14443), 1))
    bench.run(1)
    bench.station.fault("OtherError", connector=None)

    bench.run(5)

    assert tap.value == TokenOutcome(AuthorizationStatus.NotAtThisTime)
    assert station_of(bench).evses[1].authorization is None


def test_two_taps_of_one_token_start_once(bench: Bench) -> None:
    bench.on("Authorize").delay(1)
    bench.station.plug_in()

    first, second = tap_twice(bench, MINE, MINE)

    assert (first.status, first.started) == (ACCEPTED, True)
    assert second == TokenOutcome(CONCURRENT)
    assert energy_flows(bench)


def test_of_two_drivers_the_first_one_starts(bench: Bench) -> None:
    bench.on("Authorize").delay(1)
    bench.station.plug_in()

    first, second = tap_twice(bench, MINE, OTHER)

    assert first.started
    assert second == TokenOutcome(CONCURRENT)
    authorization = station_of(bench).evses[1].authorization
    assert authorization is not None
    assert authorization.token.value == MINE


# -- stopping ------------------------------------------------------------------------------------


def test_the_same_token_stops_and_frees_the_cable(bench: Bench) -> None:
    bench.charging(token=MINE)
    facts = facts_of(bench)

    outcome = bench.station.present_token(MINE)
    bench.run(1)

    assert (outcome.status, outcome.stopped) == (ACCEPTED, True)
    assert order_names(bench)[-2:] == ["stop_energy", "unlock"]
    ended = facts[-1]
    assert (ended.trigger, ended.stopped_reason) == (
        TriggerReason.StopAuthorized,
        StoppedReason.Local,
    )
    assert ended.id_token is not None
    assert ended.id_token.value == MINE


def test_the_same_token_before_the_cable_only_withdraws(bench: Bench) -> None:
    bench.station.present_token(MINE)

    assert bench.station.present_token(MINE) == TokenOutcome(ACCEPTED)
    assert station_of(bench).evses[1].authorization is None


def test_a_token_while_the_energy_is_being_stopped_starts_nothing(bench: Bench) -> None:
    """What is authorized then would be forgotten with the transaction."""
    bench.charging(token=MINE)
    bench.station.hardware.hang("stop_energy")
    bench.station.present_token(MINE)
    bench.run(1)

    outcome = bench.station.present_token(MINE)

    assert outcome == TokenOutcome(AuthorizationStatus.NotAtThisTime)
    bench.run(30)
    assert station_of(bench).transactions.open_on(1) is None


def test_a_stranger_cannot_stop(bench: Bench) -> None:
    family(bench, MINE, group="A")
    family(bench, OTHER, group="B")
    bench.charging(token=MINE)

    assert bench.station.present_token(OTHER) == TokenOutcome(CONCURRENT)
    assert energy_flows(bench)


def test_the_group_can_stop(bench: Bench) -> None:
    """C09.FR.02"""
    family(bench, MINE, OTHER)
    bench.charging(token=MINE)

    outcome = bench.station.present_token(OTHER)
    bench.run(1)

    assert (outcome.status, outcome.stopped) == (ACCEPTED, True)
    assert not energy_flows(bench)


def test_the_group_that_is_known_here_can_stop_without_a_question(bench: Bench) -> None:
    """C09.FR.07"""
    family(bench, MINE, OTHER)
    bench.charging(token=OTHER)
    bench.stop_authorized(OTHER)
    bench.unplugged()
    bench.charging(token=MINE)
    before = asked(bench)

    bench.station.present_token(OTHER)
    bench.run(1)

    assert asked(bench) == before
    assert not energy_flows(bench)


def test_a_group_member_that_the_csms_refuses_stops_nothing(bench: Bench) -> None:
    family(bench, MINE)
    bench.csms.tokens.put(OTHER, "Blocked", group="FAMILY")
    bench.charging(token=MINE)

    outcome = bench.station.present_token(OTHER)

    assert outcome == TokenOutcome(AuthorizationStatus.Blocked)
    assert energy_flows(bench)


def test_a_group_member_who_comes_too_late_stops_nobody_else(bench: Bench) -> None:
    """While the CSMS is asked, the driver goes and another one begins."""
    family(bench, MINE, OTHER)
    bench.charging(token=MINE)
    bench.on("Authorize").delay(8).once()
    tap = bench.station.send(PresentToken(IdToken(OTHER, IdTokenType.ISO14443), 1))
    bench.run(1)
    bench.station.present_token(MINE)
    bench.station.unplug()
    bench.run(1)

    bench.run(20)

    assert tap.value.status is CONCURRENT


# -- the master pass -------------------------------------------------------------------------------


@pytest.fixture
def police(make201: Make) -> Bench:
    bench = make201(evses=(1, 1), variables={"AuthCtrlr.MasterPassGroupId": "POLICE"})
    family(bench, "BADGE", group="police")
    return bench


def test_the_master_pass_stops_everything(police: Bench) -> None:
    """C16.FR.02, C16.FR.08"""
    police.charging(1, token=MINE)
    police.charging(2, token=OTHER)
    facts = facts_of(police)

    outcome = police.station.present_token("BADGE", None)
    police.run(1)

    assert outcome == TokenOutcome(ACCEPTED, stopped=True)
    ended = [fact for fact in facts if fact.kind is TransactionEvent.Ended]
    assert [fact.evse_id for fact in ended] == [1, 2]
    assert {fact.stopped_reason for fact in ended} == {StoppedReason.MasterPass}
    assert [fact.id_token.value for fact in ended if fact.id_token] == ["BADGE", "BADGE"]
    assert not energy_flows(police, 1)
    assert not energy_flows(police, 2)


def test_the_master_pass_at_one_evse_stops_everything_too(police: Bench) -> None:
    police.charging(1, token=MINE)
    police.charging(2, token=OTHER)

    police.station.present_token("BADGE", 2)
    police.run(1)

    assert station_of(police).transactions.all_open() == []


def test_the_master_pass_starts_nothing(police: Bench) -> None:
    """C16.FR.03"""
    police.station.plug_in()

    outcome = police.station.present_token("BADGE", 1)
    police.run(5)

    assert outcome == TokenOutcome(ACCEPTED)
    assert not energy_flows(police)
    assert station_of(police).evses[1].authorization is None
    assert station_of(police).waiting.driver is None


def test_the_master_pass_works_while_somebody_waits_for_a_plug(police: Bench) -> None:
    """C16.FR.02"""
    police.charging(1, token=MINE)
    police.station.present_token(OTHER, None)

    assert police.station.present_token("BADGE", None) == TokenOutcome(ACCEPTED, stopped=True)
    police.run(1)

    assert station_of(police).transactions.all_open() == []


def test_the_master_pass_works_at_an_evse_that_is_broken(police: Bench) -> None:
    """C16.FR.02"""
    police.charging(1, token=MINE)
    police.station.fault("OtherError", 2)

    assert police.station.present_token("BADGE", 2) == TokenOutcome(ACCEPTED, stopped=True)


def test_the_master_pass_ends_what_nobody_was_authorized_for(make201: Make) -> None:
    """C16.FR.02, C16.FR.08"""
    bench = make201(
        variables={
            "AuthCtrlr.MasterPassGroupId": "POLICE",
            "TxCtrlr.TxStartPoint": "EVConnected",
            "TxCtrlr.TxStopPoint": "Authorized",
        }
    )
    family(bench, "BADGE", group="police")
    bench.station.plug_in()
    facts = facts_of(bench)

    bench.station.present_token("BADGE", 1)
    bench.run(1)

    assert facts[-1].kind is TransactionEvent.Ended
    assert facts[-1].stopped_reason is StoppedReason.MasterPass


# -- a reader for the whole station ----------------------------------------------------------------


def test_a_common_reader_is_for_the_evse_that_is_plugged(two: Bench) -> None:
    two.station.plug_in(2)

    assert two.station.present_token(MINE, None).started
    two.run(2)

    assert energy_flows(two, 2)


def test_a_common_reader_is_not_for_an_evse_that_is_broken(two: Bench) -> None:
    two.station.plug_in(1)
    two.station.fault("OtherError", 1)
    two.station.plug_in(2)

    assert two.station.present_token(MINE, None).started
    two.run(2)

    assert energy_flows(two, 2)


def test_a_common_reader_knows_where_the_driver_charges(two: Bench) -> None:
    two.charging(2, token=MINE)
    two.ev_connected(1)

    assert two.station.present_token(MINE, None).stopped
    two.run(1)

    assert not energy_flows(two, 2)


def test_the_only_evse_needs_no_choice(bench: Bench) -> None:
    bench.station.present_token(MINE, None)

    assert station_of(bench).evses[1].authorization is not None


def test_without_an_ev_the_driver_waits_for_the_next_plug(two: Bench) -> None:
    assert two.station.present_token(MINE, None) == TokenOutcome(ACCEPTED, waiting_for_plug=True)
    two.run(30)

    two.station.plug_in(2)
    two.run(2)

    assert energy_flows(two, 2)
    assert station_of(two).waiting.driver is None


def test_somebody_who_plugs_in_while_the_csms_is_asked_is_not_missed(two: Bench) -> None:
    two.on("Authorize").delay(3)
    tap = two.station.send(PresentToken(IdToken(MINE, IdTokenType.ISO14443), None))
    two.run(1)
    two.station.plug_in(2)

    two.run(10)

    assert tap.value.started
    assert energy_flows(two, 2)


def test_a_second_driver_has_to_wait_for_the_first(two: Bench) -> None:
    """Nobody could say who plugs in."""
    two.station.present_token(MINE, None)

    assert two.station.present_token(OTHER, None) == TokenOutcome(CONCURRENT)
    two.station.plug_in(1)
    two.run(2)

    authorization = station_of(two).evses[1].authorization
    assert authorization is not None
    assert authorization.token.value == MINE


def test_a_driver_who_waits_may_withdraw(two: Bench) -> None:
    two.station.present_token(MINE, None)

    assert two.station.present_token(MINE, None) == TokenOutcome(ACCEPTED)
    two.station.plug_in(1)
    two.run(5)

    assert not energy_flows(two, 1)


def test_a_driver_who_waits_and_then_chooses_an_evse_waits_no_more(two: Bench) -> None:
    two.station.present_token(MINE, None)

    two.station.present_token(MINE, 1)
    two.station.plug_in(2)
    two.run(5)
    assert not energy_flows(two, 2)
    two.station.plug_in(1)
    two.run(5)

    assert energy_flows(two, 1)


def test_a_token_for_some_evses_waits_for_one_of_them(make201: Make) -> None:
    """C01.FR.21"""
    bench = make201(evses=(1, 1))
    bench.on("Authorize").reply(idTokenInfo={"status": "Accepted", "evseId": [2]})

    bench.station.present_token(MINE, None)
    bench.station.plug_in(1)
    bench.run(5)
    assert not energy_flows(bench, 1)
    bench.station.plug_in(2)
    bench.run(5)

    assert energy_flows(bench, 2)


def test_a_token_that_is_not_for_the_evse_that_is_plugged_waits(make201: Make) -> None:
    """C01.FR.21"""
    bench = make201(evses=(1, 1))
    bench.on("Authorize").reply(idTokenInfo={"status": "Accepted", "evseId": [2]}).delay(2)
    tap = bench.station.send(PresentToken(IdToken(MINE, IdTokenType.ISO14443), None))
    bench.run(1)
    bench.station.plug_in(1)

    bench.run(10)

    assert tap.value == TokenOutcome(ACCEPTED, waiting_for_plug=True)
    assert not energy_flows(bench, 1)


def test_a_token_that_is_for_another_evse_takes_nobodys_place(make201: Make) -> None:
    """There is one who waits at most."""
    bench = make201(evses=(1, 1))
    bench.on("Authorize", {"idToken": {"idToken": MINE}}).reply(
        idTokenInfo={"status": "Accepted", "evseId": [2]}
    ).delay(4)
    tap = bench.station.send(PresentToken(IdToken(MINE, IdTokenType.ISO14443), None))
    bench.station.plug_in(1)
    bench.run(1)
    station = station_of(bench)
    other = Authorization(IdToken(OTHER, IdTokenType.ISO14443), bench.world.now)
    in_a_step(bench, lambda: station.waiting.hold(other))

    bench.run(10)

    assert tap.value == TokenOutcome(CONCURRENT)
    assert station.waiting.driver == other


# -- while OCPP is stopped -------------------------------------------------------------------------


def test_no_token_is_taken_while_ocpp_is_stopped(bench: Bench) -> None:
    bench.station.ocpp.stop()

    assert bench.station.present_token(MINE) == TokenOutcome(AuthorizationStatus.Invalid)


def test_a_token_that_was_asked_about_when_ocpp_stopped_starts_nothing(make: Make) -> None:
    bench = make(variables={"AuthCtrlr.OfflineTxForUnknownIdEnabled": True})
    bench.on("Authorize").silent()
    bench.station.plug_in()
    tap = bench.station.send(PresentToken(IdToken(MINE, IdTokenType.ISO14443), 1))
    bench.run(1)

    bench.station.ocpp.stop()
    bench.run(60)

    assert tap.value == TokenOutcome(AuthorizationStatus.Invalid)
    assert station_of(bench).evses[1].authorization is None


# -- the cable that is kept ------------------------------------------------------------------------


def cable_kept(make: Make) -> Bench:
    """The driver pulled the cable at the EV; it stays until they come back (E10.FR.01)."""
    settings: dict[str, Any] = {
        "TxCtrlr.StopTxOnEVSideDisconnect": True,
        "OCPPCommCtrlr.UnlockOnEVSideDisconnect": False,
    }
    bench = make(variables=settings)
    bench.charging(token=MINE)
    bench.station.unplug(cable_left=True)
    bench.run(5)
    assert bench.station.evse().locked == 1
    return bench


def test_only_the_driver_gets_the_cable_that_was_kept(make: Make) -> None:
    bench = cable_kept(make)

    assert bench.station.present_token(OTHER).status is CONCURRENT
    assert bench.station.evse().locked == 1
    assert bench.station.present_token(MINE) == TokenOutcome(ACCEPTED)
    bench.run(1)

    assert bench.station.evse().locked is None
