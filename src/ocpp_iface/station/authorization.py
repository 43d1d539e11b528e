"""Who may charge: what is known here, what the CSMS says, and what to do when it cannot be asked.

The order of the questions:

1. a token that needs no check (Central, NoAuthorization, or authorization is switched off);
2. what is known here (local list, then cache), if it may be used: online by LocalPreAuthorize,
   offline by LocalAuthorizeOffline. Accepted decides. Anything else is asked again when online,
   unless DisablePostAuthorize says not to;
3. the CSMS, if it can be reached and DisableRemoteAuthorization does not forbid it;
4. if it cannot be asked, or gives no answer: what is known here, else OfflineTxForUnknownIdEnabled.

A missing answer decides nothing about the token, so it is never remembered.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from attrs import evolve, field, frozen

from ocpp_iface.devicemodel.catalog import AuthCacheCtrlr, AuthCtrlr
from ocpp_iface.devicemodel.definition import VarDef
from ocpp_iface.errors import CallError
from ocpp_iface.log import Log
from ocpp_iface.station.auth_cache import AuthCache
from ocpp_iface.station.context import StationContext
from ocpp_iface.station.events import TokenJudged
from ocpp_iface.station.policy import AuthorizeQuestion
from ocpp_iface.types import AuthorizationStatus, IdToken, IdTokenInfo, IdTokenType

log = Log(__name__)

_NEEDS_NO_CHECK = (IdTokenType.Central, IdTokenType.NoAuthorization)


class Source(StrEnum):
    """Who decided."""

    NONE = "None"
    """Nobody had to."""
    LIST = "List"
    CACHE = "Cache"
    CSMS = "Csms"
    OFFLINE = "Offline"
    """The rule for what is not known while the CSMS cannot be asked."""


@frozen
class Judgement:
    info: IdTokenInfo
    source: Source

    @property
    def accepted(self) -> bool:
        return self.info.status is AuthorizationStatus.Accepted


@frozen
class LocalLookup:
    """A place on the station that knows tokens."""

    source: Source
    find: Callable[[IdToken], IdTokenInfo | None]
    """None: not known there, or not to be used now (disabled)."""
    post_authorize: Callable[[], bool]
    """Ask the CSMS, when it can be reached, about a token that is known but not Accepted."""
    used: Callable[[IdToken], None] = field(default=lambda _token: None)
    """The entry decided about a driver."""


class Authorizer:
    """`lookups` in the order of their authority: the local list belongs before the cache."""

    def __init__(self, ctx: StationContext) -> None:
        self._ctx = ctx
        self.cache = AuthCache(ctx)
        self.lookups: list[LocalLookup] = [
            LocalLookup(
                Source.CACHE,
                self.cache.get,
                lambda: not ctx.variables.get(AuthCacheCtrlr.disable_post_authorize),
                self.cache.used,
            )
        ]
        ctx.bus.subscribe(TokenJudged, self._token_judged)

    async def judge(self, token: IdToken, evse_id: int | None = None) -> Judgement:
        """May this token charge (here)? Publishes TokenJudged if the CSMS was asked and answered."""
        if not self._ctx.policy.can_name(token):
            log.warning("a token that this OCPP version cannot carry was refused", type=token.type)
            return Judgement(IdTokenInfo(AuthorizationStatus.Invalid), Source.NONE)
        if token.type in _NEEDS_NO_CHECK or not self._get(AuthCtrlr.enabled):
            return Judgement(IdTokenInfo(AuthorizationStatus.Accepted), Source.NONE)
        if not self._ctx.online:
            return self._restricted(self._offline(token), evse_id)
        local = self._locally(token) if self._get(AuthCtrlr.local_pre_authorize) else None
        if local is not None:
            judgement, lookup = local
            if judgement.accepted or not (lookup.post_authorize() and self._may_ask()):
                lookup.used(token)
                return self._restricted(judgement, evse_id)
        if not self._may_ask():
            return Judgement(IdTokenInfo(AuthorizationStatus.Unknown), Source.OFFLINE)
        return self._restricted(await self._ask(token, evse_id), evse_id)

    def known(self, token: IdToken) -> IdTokenInfo | None:
        """What list or cache say, without asking anybody (C01.FR.03, C09.FR.07)."""
        local = self._locally(token)
        return None if local is None else local[0].info

    def clear_cache(self) -> bool:
        """C11: False means Rejected."""
        return self.cache.clear()

    # -- inside --------------------------------------------------------------------------------

    async def _ask(self, token: IdToken, evse_id: int | None) -> Judgement:
        try:
            info = await self._ctx.policy.ask_csms(AuthorizeQuestion(token, evse_id))
        except CallError as failure:
            log.warning("the CSMS did not judge a token", error=failure)
            return self._offline(token)
        self._ctx.bus.publish(TokenJudged(token, info))
        return Judgement(info, Source.CSMS)

    def _offline(self, token: IdToken) -> Judgement:
        """C13, C15, 1.6 section 3.5.4: what is known to be refused stays refused, whatever is allowed
        for tokens nobody knows.
        """
        unknown_allowed = self._get(AuthCtrlr.offline_tx_for_unknown_id)
        local = self._locally(token)
        if local is not None:
            judgement, lookup = local
            if not judgement.accepted or self._get(AuthCtrlr.local_authorize_offline):
                lookup.used(token)
                return judgement
            if unknown_allowed:
                return evolve(judgement, source=Source.OFFLINE)
        elif unknown_allowed:
            return Judgement(IdTokenInfo(AuthorizationStatus.Accepted), Source.OFFLINE)
        return Judgement(IdTokenInfo(AuthorizationStatus.Unknown), Source.OFFLINE)

    def _locally(self, token: IdToken) -> tuple[Judgement, LocalLookup] | None:
        """The word of the first place that knows the token (C13.FR.01, C14.FR.01)."""
        for lookup in self.lookups:
            info = lookup.find(token)
            if info is not None:
                return Judgement(info, lookup.source), lookup
        return None

    def _may_ask(self) -> bool:
        return not self._get(AuthCtrlr.disable_remote_authorization)

    def _restricted(self, judgement: Judgement, evse_id: int | None) -> Judgement:
        return evolve(judgement, info=at_evse(judgement.info, evse_id))

    def _get(self, definition: VarDef[bool]) -> bool:
        return self._ctx.variables.get(definition)

    def _token_judged(self, event: TokenJudged) -> None:
        """C10.FR.04, C10.FR.05: every answer of the CSMS updates the cache.

        1.6 section 3.5.3: a token that is on the local list is not added to the cache; if it is
        there already, its entry is kept true.
        """
        listed = any(
            lookup.find(event.token) is not None
            for lookup in self.lookups
            if lookup.source is Source.LIST
        )
        if not listed or self.cache.get(event.token) is not None:
            self.cache.put(event.token, event.info)


def at_evse(info: IdTokenInfo, evse_id: int | None) -> IdTokenInfo:
    """C01.FR.21: a token accepted for some EVSEs is refused at the others.

    With `evse_id` None the EVSE is not known yet; ask again when it is.
    """
    elsewhere = bool(info.evse_ids) and evse_id is not None and evse_id not in info.evse_ids
    if info.status is AuthorizationStatus.Accepted and elsewhere:
        return evolve(info, status=AuthorizationStatus.NotAtThisLocation)
    return info


def same_group(first: IdToken | None, second: IdToken | None) -> bool:
    """C09.FR.02: two tokens belong together if both have a group, and the same one."""
    return first is not None and second is not None and first == second


def is_master_pass(ctx: StationContext, group_id: IdToken | None) -> bool:
    """C16: who is of this group may stop any transaction and start none (C16.FR.03, C12.FR.09)."""
    master = ctx.variables.get(AuthCtrlr.master_pass_group_id)
    return bool(master) and group_id is not None and group_id.value.casefold() == master.casefold()
