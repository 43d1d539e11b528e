from __future__ import annotations

import itertools
from datetime import timedelta

import pytest
from attrs import define, evolve, field, frozen

from ocpp_iface.devicemodel.catalog import AuthCacheCtrlr, AuthCtrlr
from ocpp_iface.engine.traps import ready
from ocpp_iface.errors import CallDropped, CallFailed, CallTimedOut
from ocpp_iface.station.authorization import (
    Authorizer,
    Judgement,
    LocalLookup,
    Source,
    at_evse,
    is_master_pass,
    same_group,
)
from ocpp_iface.station.events import TokenJudged
from ocpp_iface.station.policy import AuthorizeQuestion
from ocpp_iface.types import AuthorizationStatus, IdToken, IdTokenInfo, IdTokenType

S = AuthorizationStatus
ACCEPTED, BLOCKED, INVALID = (IdTokenInfo(status) for status in (S.Accepted, S.Blocked, S.Invalid))
UNKNOWN = IdTokenInfo(S.Unknown)
TOKEN = IdToken("DEADBEEF")
TIMEOUT = CallTimedOut("no answer")


@define(eq=False)
class Csms:
    """`answer`: an info, or the error of the call."""

    answer: object = ACCEPTED
    questions: list = field(factory=list)
    unnamable: tuple = ()

    def can_name(self, token):
        return token not in self.unnamable

    async def ask_csms(self, question):
        self.questions.append(question)
        answer = await ready(self.answer)
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def csms(world):
    world.ctx.policy = csms = Csms()
    return csms


@pytest.fixture
def authorizer(world, csms):
    return Authorizer(world.ctx)


def judge(world, authorizer, token=TOKEN, evse_id=1):
    running = world.flow(authorizer.judge(token, evse_id))
    assert running.finished
    assert running.error is None, running.error
    return running.value


def set_up(world, *, online, **switches):
    """`switches`: names of AuthCtrlr."""
    if online:
        world.go_online()
    for name, value in switches.items():
        world.do(world.ctx.variables.set, getattr(AuthCtrlr, name), value)


# The whole table: every combination of the switches, what is known, and what the CSMS would say.


@frozen
class Case:
    online: bool
    pre: bool
    """LocalPreAuthorize"""
    offline: bool
    """LocalAuthorizeOffline"""
    unknown: bool
    """OfflineTxForUnknownIdEnabled"""
    no_remote: bool
    """DisableRemoteAuthorization"""
    no_post: bool
    """DisablePostAuthorize"""
    cached: IdTokenInfo | None
    answer: IdTokenInfo | Exception


BOTH = (True, False)
CASES = [
    Case(*values)
    for values in itertools.product(
        *(BOTH,) * 6, (None, ACCEPTED, BLOCKED), (ACCEPTED, INVALID, TIMEOUT)
    )
]


def expected(case):
    """(judgement, is the CSMS asked), by the sentences of the specification."""
    if case.online and case.pre and case.cached == ACCEPTED:  # C12.FR.02
        return Judgement(ACCEPTED, Source.CACHE), False
    if case.online and case.pre and case.cached == BLOCKED and (case.no_post or case.no_remote):
        return Judgement(BLOCKED, Source.CACHE), False  # C12.FR.05, switched off
    if case.online and case.no_remote:  # nothing that may be used knows it, nobody may be asked
        return Judgement(UNKNOWN, Source.OFFLINE), False
    if case.online and case.answer is not TIMEOUT:  # C01.FR.02
        return Judgement(case.answer, Source.CSMS), True
    # Offline, or as good as: no answer.
    if case.cached == BLOCKED:  # 1.6 section 3.5.4, C13.FR.04: known is not unknown
        return Judgement(BLOCKED, Source.CACHE), case.online
    if case.cached == ACCEPTED and case.offline:
        return Judgement(ACCEPTED, Source.CACHE), case.online
    if case.unknown:  # C15.FR.08
        return Judgement(ACCEPTED, Source.OFFLINE), case.online
    return Judgement(UNKNOWN, Source.OFFLINE), case.online


def test_every_combination_of_switches_cache_and_answer(make_world):
    for case in CASES:
        world = make_world()
        world.ctx.policy = csms = Csms(case.answer)
        authorizer = Authorizer(world.ctx)
        set_up(
            world,
            online=case.online,
            local_pre_authorize=case.pre,
            local_authorize_offline=case.offline,
            offline_tx_for_unknown_id=case.unknown,
            disable_remote_authorization=case.no_remote,
        )
        world.do(world.ctx.variables.set, AuthCacheCtrlr.disable_post_authorize, case.no_post)
        if case.cached is not None:
            world.do(authorizer.cache.put, TOKEN, case.cached)

        judgement = judge(world, authorizer)

        wanted, asked = expected(case)
        assert wanted == judgement, case
        assert asked == bool(csms.questions), case
        kept = case.answer if asked and case.answer is not TIMEOUT else case.cached
        assert kept == authorizer.cache.get(TOKEN), case


def test_the_question_names_token_and_evse(world, authorizer, csms):
    set_up(world, online=True)

    judge(world, authorizer, TOKEN, 2)
    judge(world, authorizer, IdToken("OTHER"), None)

    assert csms.questions == [
        AuthorizeQuestion(TOKEN, 2),
        AuthorizeQuestion(IdToken("OTHER"), None),
    ]


@pytest.mark.parametrize("online", [True, False])
@pytest.mark.parametrize("kind", [IdTokenType.Central, IdTokenType.NoAuthorization])
def test_some_tokens_need_no_check(world, authorizer, csms, kind, online):
    set_up(world, online=online)

    assert judge(world, authorizer, IdToken("", kind)) == Judgement(ACCEPTED, Source.NONE)
    assert csms.questions == []


def test_nobody_is_checked_if_authorization_is_off(world, authorizer, csms):
    set_up(world, online=True, enabled=False)

    assert judge(world, authorizer).accepted
    assert csms.questions == []


@pytest.mark.parametrize("failure", [TIMEOUT, CallFailed("InternalError"), CallDropped("offline")])
def test_a_missing_answer_is_never_remembered(world, authorizer, csms, failure):
    set_up(world, online=True, offline_tx_for_unknown_id=True)
    csms.answer = failure
    world.record(TokenJudged)

    assert judge(world, authorizer) == Judgement(ACCEPTED, Source.OFFLINE)

    assert len(authorizer.cache) == 0
    assert world.events == []


def test_unknown_offline_tokens_are_not_remembered(world, authorizer):
    set_up(world, online=False, offline_tx_for_unknown_id=True)

    assert judge(world, authorizer).accepted
    assert len(authorizer.cache) == 0


def test_an_answer_is_published_and_remembered(world, authorizer, csms):
    set_up(world, online=True)
    world.record(TokenJudged)
    csms.answer = info = evolve(ACCEPTED, group_id=IdToken("G"), evse_ids=(2,))

    judge(world, authorizer, TOKEN, 1)

    assert world.events == [TokenJudged(TOKEN, info)]
    assert authorizer.known(TOKEN) == info


def test_the_answer_to_a_transaction_message_updates_the_cache(world, authorizer, csms):
    set_up(world, online=True)
    judge(world, authorizer)
    world.publish(TokenJudged(TOKEN, INVALID))

    assert authorizer.known(TOKEN) == INVALID

    csms.answer = BLOCKED
    assert judge(world, authorizer) == Judgement(BLOCKED, Source.CSMS)
    assert authorizer.known(TOKEN) == BLOCKED


def test_an_expired_entry_is_asked_again_online_and_refused_offline(world, authorizer, csms):
    expiry = world.clock.now + timedelta(seconds=10)
    world.do(authorizer.cache.put, TOKEN, evolve(ACCEPTED, cache_expiry=expiry))
    world.advance(20)
    set_up(world, online=False, offline_tx_for_unknown_id=True)

    assert judge(world, authorizer).info.status is S.Expired

    set_up(world, online=True)
    assert judge(world, authorizer) == Judgement(ACCEPTED, Source.CSMS)


def test_use_of_the_cache_keeps_the_entry_alive(world, authorizer):
    world.do(world.ctx.variables.set, AuthCacheCtrlr.life_time, 100)
    world.do(authorizer.cache.put, TOKEN, ACCEPTED)
    for _ in range(5):
        world.advance(80)
        assert judge(world, authorizer) == Judgement(ACCEPTED, Source.CACHE)


def test_looking_a_token_up_is_no_use_of_it(world, authorizer):
    world.do(world.ctx.variables.set, AuthCacheCtrlr.life_time, 100)
    world.do(authorizer.cache.put, TOKEN, ACCEPTED)
    world.advance(80)
    authorizer.known(TOKEN)
    world.advance(80)

    assert authorizer.known(TOKEN) is None


# The local list.


@pytest.fixture
def local_list(authorizer):
    return ListFake(authorizer)


class ListFake:
    def __init__(self, authorizer):
        self.entries = {}
        self.post = True
        authorizer.lookups.insert(0, LocalLookup(Source.LIST, self.entries.get, lambda: self.post))


@pytest.mark.parametrize("online", [True, False])
def test_the_list_beats_the_cache(world, authorizer, csms, local_list, online):
    set_up(world, online=online)
    world.do(authorizer.cache.put, TOKEN, BLOCKED)
    local_list.entries[TOKEN] = ACCEPTED

    assert judge(world, authorizer) == Judgement(ACCEPTED, Source.LIST)
    assert authorizer.known(TOKEN) == ACCEPTED
    assert csms.questions == []


def test_the_list_beats_the_cache_in_refusing_too(world, authorizer, local_list):
    world.do(authorizer.cache.put, TOKEN, ACCEPTED)
    local_list.entries[TOKEN] = BLOCKED

    assert judge(world, authorizer) == Judgement(BLOCKED, Source.LIST)


def test_the_csms_is_asked_about_a_listed_token_unless_that_is_disabled(
    world, authorizer, csms, local_list
):
    set_up(world, online=True)
    local_list.entries[TOKEN] = BLOCKED

    assert judge(world, authorizer) == Judgement(ACCEPTED, Source.CSMS)

    local_list.post = False
    assert judge(world, authorizer) == Judgement(BLOCKED, Source.LIST)
    assert len(csms.questions) == 1


def test_a_listed_token_is_not_added_to_the_cache_but_kept_true_in_it(
    world, authorizer, local_list
):
    local_list.entries[TOKEN] = ACCEPTED
    world.publish(TokenJudged(TOKEN, INVALID))
    assert len(authorizer.cache) == 0

    del local_list.entries[TOKEN]
    world.publish(TokenJudged(TOKEN, ACCEPTED))
    local_list.entries[TOKEN] = ACCEPTED
    world.publish(TokenJudged(TOKEN, INVALID))

    assert authorizer.cache.get(TOKEN) == INVALID


# EVSEs, groups, master pass.


def test_a_token_for_some_evses_is_refused_at_the_others(world, authorizer, csms):
    set_up(world, online=True)
    csms.answer = info = evolve(ACCEPTED, evse_ids=(2,))

    assert judge(world, authorizer, TOKEN, 1).info == evolve(info, status=S.NotAtThisLocation)
    assert judge(world, authorizer, TOKEN, 2) == Judgement(info, Source.CACHE)
    assert judge(world, authorizer, TOKEN, None).accepted
    assert judge(world, authorizer, TOKEN, 1).info.status is S.NotAtThisLocation
    assert len(csms.questions) == 1


def test_the_restriction_to_evses_holds_offline(world, authorizer):
    world.do(authorizer.cache.put, TOKEN, evolve(ACCEPTED, evse_ids=(2,)))

    assert not judge(world, authorizer, TOKEN, 1).accepted
    assert judge(world, authorizer, TOKEN, 2).accepted


@pytest.mark.parametrize("status", [s for s in S if s is not S.Accepted])
def test_a_refusal_keeps_its_status_at_every_evse(status):
    info = IdTokenInfo(status, evse_ids=(2,))

    assert at_evse(info, 1) == info
    assert at_evse(info, 2) == info


def test_a_group_is_shared_by_those_who_have_the_same():
    assert same_group(IdToken("g"), IdToken("G"))
    assert not same_group(IdToken("G"), IdToken("H"))
    assert not same_group(IdToken("G"), IdToken("G", IdTokenType.Central))
    assert not same_group(IdToken("G"), None)
    assert not same_group(None, None)


def test_the_master_pass_is_known_by_its_group(world):
    group = IdToken("police", IdTokenType.Central)
    assert not is_master_pass(world.ctx, group)

    world.do(world.ctx.variables.set, AuthCtrlr.master_pass_group_id, "POLICE")

    assert is_master_pass(world.ctx, group)
    assert not is_master_pass(world.ctx, None)
    assert not is_master_pass(world.ctx, IdToken("other"))


def test_clearing_the_cache_is_refused_while_it_is_disabled(world, authorizer):
    world.do(authorizer.cache.put, TOKEN, ACCEPTED)
    assert world.do(authorizer.clear_cache)
    assert authorizer.known(TOKEN) is None

    world.do(world.ctx.variables.set, AuthCacheCtrlr.enabled, False)
    assert not world.do(authorizer.clear_cache)


def test_a_token_that_the_version_cannot_carry_is_refused_without_asking(world, csms, authorizer):
    csms.unnamable = (TOKEN,)
    world.go_online()

    judgement = judge(world, authorizer)

    assert judgement.info.status is S.Invalid
    assert csms.questions == []
