"""Tokens at a reader: who may start, and who may stop what runs (C01, E07, C09, C16)."""

from __future__ import annotations

from collections.abc import Iterable

from ocpp_iface.devicemodel.catalog import AuthCtrlr
from ocpp_iface.log import Log
from ocpp_iface.station.authorization import is_master_pass, same_group
from ocpp_iface.station.context import StationContext
from ocpp_iface.station.evse import Evse
from ocpp_iface.station.reports import PresentToken
from ocpp_iface.station.rows import Authorization
from ocpp_iface.types import (
    AuthorizationStatus,
    IdToken,
    IdTokenInfo,
    StoppedReason,
    TriggerReason,
)
from ocpp_iface.types.outcomes import TokenOutcome

log = Log(__name__)


class Tokens:
    def __init__(self, ctx: StationContext) -> None:
        self._ctx = ctx

    async def present(self, report: PresentToken) -> TokenOutcome:
        """The outcome says what the driver should be told."""
        token = report.token
        if self._ctx.station.muted:
            return TokenOutcome(AuthorizationStatus.Invalid)
        evse = self._evse_for(report.evse_id, token)
        if evse is not None and evse.authorization is not None:
            return await self._second([evse], token)
        if evse is None and not self._any_free():
            return await self._second(self._ctx.station.evses.values(), token)
        if evse is not None and evse.row.held_for is not None:
            if self._belongs(token, evse.row.held_for):
                self._ctx.station.sessions.free_cable(evse)
                return TokenOutcome(AuthorizationStatus.Accepted)
            if evse.row.cable_left is not None:
                return TokenOutcome(AuthorizationStatus.ConcurrentTx)
        if evse is not None and not self._ctx.station.usable(evse.id):
            return TokenOutcome(AuthorizationStatus.NotAtThisTime)
        judgement = await self._ctx.station.authorizer.judge(token, evse.id if evse else None)
        info = judgement.info
        if info.status is not AuthorizationStatus.Accepted:
            return TokenOutcome(info.status)
        if is_master_pass(self._ctx, info):
            return await self._master_pass(info)
        if evse is None:
            return self._wait_anywhere(token, info)
        if evse.authorization is not None:  # somebody was faster while the CSMS was asked
            return TokenOutcome(AuthorizationStatus.ConcurrentTx)
        return self._start(evse, token, info)

    # -- inside --------------------------------------------------------------------------------

    def _start(self, evse: Evse, token: IdToken, info: IdTokenInfo) -> TokenOutcome:
        authorization = Authorization(token, self._ctx.clock.now, info.status, info.group_id)
        had = evse.transaction_id
        self._ctx.station.sessions.authorize(evse, authorization)
        return TokenOutcome(
            info.status,
            started=evse.transaction_id is not None and had is None,
            waiting_for_plug=evse.plugged is None,
            transaction_id=self._public_id(evse),
        )

    def _wait_anywhere(self, token: IdToken, info: IdTokenInfo) -> TokenOutcome:
        authorization = Authorization(token, self._ctx.clock.now, info.status, info.group_id)
        self._ctx.station.remote.hold(authorization)
        return TokenOutcome(info.status, waiting_for_plug=True)

    async def _second(self, taken: Iterable[Evse], token: IdToken) -> TokenOutcome:
        """A token where others are authorized already: the same one or its group stops (E07)."""
        drivers = [(evse, driver) for evse in taken if (driver := evse.authorization) is not None]
        if not drivers:
            return TokenOutcome(AuthorizationStatus.NotAtThisTime)
        for evse, driver in drivers:
            if self._belongs(token, driver):
                return self._stop(evse, token, AuthorizationStatus.Accepted)
        groups = any(driver.group_id is not None for _, driver in drivers)
        if not groups and not self._ctx.variables.get(AuthCtrlr.master_pass_group_id):
            return TokenOutcome(AuthorizationStatus.ConcurrentTx)  # no other token can stop it
        evse_id = drivers[0][0].id if len(drivers) == 1 else None
        info = (await self._ctx.station.authorizer.judge(token, evse_id)).info
        if info.status is not AuthorizationStatus.Accepted:
            return TokenOutcome(info.status)
        if is_master_pass(self._ctx, info):
            return await self._master_pass(info)
        for evse, driver in drivers:
            if evse.authorization is driver and same_group(info.group_id, driver.group_id):
                return self._stop(evse, token, info.status)
        return TokenOutcome(AuthorizationStatus.ConcurrentTx)

    def _belongs(self, token: IdToken, driver: Authorization) -> bool:
        """The driver's token, or one that is known here to be of the same group."""
        if driver.token == token:
            return True
        known = self._ctx.station.authorizer.known(token)
        accepted = known is not None and known.status is AuthorizationStatus.Accepted
        return accepted and same_group(known.group_id if known else None, driver.group_id)

    def _stop(self, evse: Evse, token: IdToken, status: AuthorizationStatus) -> TokenOutcome:
        transaction = self._public_id(evse)
        self._ctx.station.sessions.deauthorize(
            evse,
            TriggerReason.StopAuthorized,
            StoppedReason.Local,
            token=token,
            unlock=True,
        )
        return TokenOutcome(status, stopped=True, transaction_id=transaction)

    async def _master_pass(self, info: IdTokenInfo) -> TokenOutcome:
        """C16: the master pass stops everything that runs, and never starts anything."""
        for row in self._ctx.station.transactions.all_open():
            self._ctx.station.sessions.deauthorize(
                self._ctx.station.evses[row.evse_id],
                TriggerReason.StopAuthorized,
                StoppedReason.MasterPass,
                unlock=True,
            )
        return TokenOutcome(info.status, stopped=True)

    def _public_id(self, evse: Evse) -> str | None:
        row = self._ctx.station.transactions.open_on(evse.id)
        return self._ctx.policy.public_transaction_id(row) if row else None

    def _any_free(self) -> bool:
        """Somebody could still plug in and start somewhere."""
        station = self._ctx.station
        return any(
            evse.authorization is None and station.usable(evse.id)
            for evse in station.evses.values()
        )

    def _evse_for(self, evse_id: int | None, token: IdToken) -> Evse | None:
        """Which EVSE a token at a common reader is for; None: the one that is plugged in next."""
        evses = list(self._ctx.station.evses.values())
        if evse_id is not None:
            return self._ctx.station.evses[evse_id]
        for evse in evses:
            driver = evse.authorization or evse.row.held_for
            if driver is not None and driver.token == token:
                return evse
        plugged = [
            evse for evse in evses if evse.plugged is not None and evse.authorization is None
        ]
        if plugged:
            return plugged[0]
        return evses[0] if len(evses) == 1 else None
