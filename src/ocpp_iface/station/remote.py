"""Start and stop by the CSMS (F01-F03)."""

from __future__ import annotations

from attrs import evolve, frozen

from ocpp_iface.devicemodel.catalog import AuthCtrlr
from ocpp_iface.log import Log
from ocpp_iface.smartcharging import Candidate, ChargingProfile, Origin
from ocpp_iface.station import charging_facts
from ocpp_iface.station.authorization import is_master_pass
from ocpp_iface.station.context import StationContext
from ocpp_iface.station.evse import Evse
from ocpp_iface.station.rows import Authorization
from ocpp_iface.types import (
    AuthorizationStatus,
    IdToken,
    IdTokenType,
    StoppedReason,
    TriggerReason,
)

log = Log(__name__)

_NEEDS_NO_CHECK = (IdTokenType.Central, IdTokenType.NoAuthorization)


@frozen
class RemoteStart:
    token: IdToken
    evse_id: int | None = None
    remote_start_id: int | None = None
    group_id: IdToken | None = None
    connector_id: int | None = None
    profile: ChargingProfile | None = None
    """For the transaction that is started; ignored by a station without smart charging."""


@frozen
class RemoteStartOutcome:
    accepted: bool
    transaction_id: str | None = None
    """Of a transaction that exists already (F01.FR.13)."""
    reason_code: str = ""
    evse_id: int | None = None


class Remote:
    def __init__(self, ctx: StationContext) -> None:
        self._ctx = ctx

    def start(self, request: RemoteStart) -> RemoteStartOutcome:
        """Decide now; what follows happens after the answer."""
        evse, refusal = self._choose(request)
        profile = request.profile if charging_facts.is_enabled(self._ctx) else None
        if profile is not None and not refusal:
            refusal = self._refusal(profile, request.evse_id)
        if not refusal and is_master_pass(self._ctx, self._group(request)):
            refusal = "InvalidIdToken"
        if refusal:
            return RemoteStartOutcome(False, reason_code=refusal)
        request = evolve(request, profile=profile, evse_id=evse.id if evse else None)
        self._ctx.flows.start("remote start", self._carry_out(request))
        return RemoteStartOutcome(
            True,
            transaction_id=evse.transaction_id if evse else None,
            evse_id=evse.id if evse else None,
        )

    def stop(self, transaction_id: str) -> bool:
        """F03.FR.07, F03.FR.08: False if no such transaction is running. One whose energy is being
        stopped still runs, and ends as it was decided.
        """
        row = self._ctx.station.transactions.find(transaction_id)
        if row is None or row.ended:
            return False
        if row.ending is not None:
            return True
        evse = self._ctx.station.evses[row.evse_id]
        self._ctx.station.sessions.deauthorize(
            evse, TriggerReason.RemoteStop, StoppedReason.Remote, unlock=True
        )
        return True

    # -- inside --------------------------------------------------------------------------------

    def _choose(self, request: RemoteStart) -> tuple[Evse | None, str]:
        station = self._ctx.station
        if station.muted:
            return None, "NotEnabled"
        if request.evse_id is not None:
            evse = station.evses.get(request.evse_id)
            if evse is None:
                return None, "UnknownEvse"
            return (evse, "") if self._free(evse) else (None, "TxInProgress")
        usable = [evse for evse in station.evses.values() if self._free(evse)]
        if not usable:
            return None, "TxInProgress"
        plugged = [evse for evse in usable if evse.plugged is not None]
        if plugged:
            return plugged[0], ""
        if len(station.evses) == 1:
            return usable[0], ""
        return None, "" if station.waiting.driver is None else "TxInProgress"

    def _refusal(self, profile: ChargingProfile, evse_id: int | None) -> str:
        """K05.FR.02, K05.FR.05, 1.6 5.16.2"""
        candidate = Candidate(profile, evse_id, Origin.REQUEST_START)
        rejection = self._ctx.station.smart_charging.profiles.refusal(candidate)
        return "" if rejection is None else rejection.reason_code.value

    def _free(self, evse: Evse) -> bool:
        """F01.FR.23, F01.FR.24: usable, nobody is or was authorized in what runs here, and no cable is
        kept for a driver (E09.FR.03).
        """
        station = self._ctx.station
        row = station.transactions.open_on(evse.id)
        taken = evse.authorization is not None or (row is not None and row.id_token is not None)
        taken = taken or evse.row.keeps_cable
        return not taken and not station.is_ending(evse) and station.usable(evse.id)

    def _group(self, request: RemoteStart) -> IdToken | None:
        """What the CSMS says of it, now or earlier."""
        if request.group_id is not None:
            return request.group_id
        known = self._ctx.station.authorizer.known(request.token)
        return None if known is None else known.group_id

    async def _carry_out(self, request: RemoteStart) -> None:
        group = request.group_id
        evse_ids: tuple[int, ...] = ()
        if (
            self._ctx.variables.get(AuthCtrlr.authorize_remote_start)
            and request.token.type not in _NEEDS_NO_CHECK
        ):
            judgement = await self._ctx.station.authorizer.judge(request.token, request.evse_id)
            if judgement.info.status is not AuthorizationStatus.Accepted:
                return
            group = group or judgement.info.group_id
            if is_master_pass(self._ctx, group):
                log.info("a master pass starts nothing")
                return
            evse_ids = judgement.info.evse_ids
        authorization = Authorization(
            request.token,
            self._ctx.clock.now,
            group_id=group,
            remote=True,
            remote_start_id=request.remote_start_id,
            profile=request.profile,
            evse_ids=evse_ids,
            connector_id=request.connector_id,
        )
        evse, refusal = self._choose(request)  # much may have happened meanwhile
        if refusal:
            log.info("a remote start comes too late", because=refusal)
        elif evse is not None and authorization.may_use(evse.id):
            self._ctx.station.sessions.authorize(evse, authorization)
        elif self._ctx.station.waiting.driver is None:
            self._ctx.station.waiting.hold(authorization)
        else:
            log.info("a remote start comes too late", because="somebody waits")
