"""Tokens at a reader: who may start, and who may stop what runs (C01, E07, C09, C16)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from ocpp_iface.devicemodel.catalog import AuthCtrlr
from ocpp_iface.errors import PortError
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

SELECT_WITHIN_S: Final = 45.0
"""How long the holder of a master pass may take to select what to stop."""


class Tokens:
    def __init__(self, ctx: StationContext) -> None:
        self._ctx = ctx

    async def present(self, report: PresentToken) -> TokenOutcome:
        """The outcome says what the driver should be told."""
        token, station = self._ctx.policy.as_named(report.token), self._ctx.station
        if station.muted:
            return TokenOutcome(AuthorizationStatus.Invalid)
        evse = self._evse_for(report.evse_id, token)
        if evse is None:
            waits = station.waiting.driver
            if waits is not None and waits.token == token:
                station.waiting.forget()
                return TokenOutcome(AuthorizationStatus.Accepted)
            if not self._any_free():
                return await self._second(station.evses.values(), token)
        elif evse.authorization is not None:
            return await self._second([evse], token)
        elif evse.row.held_for is not None and self._belongs(token, evse.row.held_for):
            station.energy.free_cable(evse)
            return TokenOutcome(AuthorizationStatus.Accepted)
        refused = self._refused(evse)
        if refused is not None and not self._may_be_master_pass():
            return TokenOutcome(refused)
        judgement = await station.authorizer.judge(token, evse.id if evse else None)
        info = judgement.info
        if info.status is not AuthorizationStatus.Accepted:
            return TokenOutcome(info.status)
        if is_master_pass(self._ctx, info.group_id):
            return await self._master_pass(token, info)
        if refused is not None:
            return TokenOutcome(refused)
        return await self._start(evse or self._evse_for(None, token), token, info)

    # -- inside --------------------------------------------------------------------------------

    def _refused(self, evse: Evse | None) -> AuthorizationStatus | None:
        """Why nobody can start here (None: wherever they plug in) now."""
        station = self._ctx.station
        if station.muted:
            return AuthorizationStatus.Invalid
        if evse is None:
            return None if station.waiting.driver is None else AuthorizationStatus.ConcurrentTx
        if evse.authorization is not None:
            return AuthorizationStatus.ConcurrentTx
        if evse.row.keeps_cable:
            return AuthorizationStatus.ConcurrentTx
        if station.is_ending(evse) or not station.usable(evse.id):
            return AuthorizationStatus.NotAtThisTime
        return None

    def _may_be_master_pass(self) -> bool:
        """C16.FR.02: it stops what runs, whether or not anybody could start here."""
        return bool(self._ctx.variables.get(AuthCtrlr.master_pass_group_id)) and bool(
            self._ctx.station.transactions.all_open()
        )

    async def _start(self, evse: Evse | None, token: IdToken, info: IdTokenInfo) -> TokenOutcome:
        """The token is accepted; while the CSMS was asked, somebody may have been faster."""
        waiting = self._ctx.station.waiting
        if evse is not None and waiting.driver is not None and waiting.driver.token == token:
            waiting.forget()  # the driver has chosen
        refused = self._refused(evse)
        if refused is None and evse is not None and self._is_of_another(evse, token):
            refused = AuthorizationStatus.NotAtThisTime
        if refused is not None:
            return TokenOutcome(refused)
        authorization = Authorization(
            token, self._ctx.clock.now, info.status, info.group_id, evse_ids=info.evse_ids
        )
        if evse is None or not authorization.may_use(evse.id):
            if waiting.driver is not None:
                return TokenOutcome(AuthorizationStatus.ConcurrentTx)
            waiting.hold(authorization)
            return TokenOutcome(info.status, waiting_for_plug=True)
        had = evse.transaction_id
        self._ctx.station.sessions.authorize(evse, authorization)
        await self._ctx.station.energy.cable_decided(evse)
        return TokenOutcome(
            info.status,
            started=evse.transaction_id is not None and had is None,
            waiting_for_plug=evse.plugged is None,
            transaction_id=self._public_id(evse),
        )

    async def _second(self, taken: Iterable[Evse], token: IdToken) -> TokenOutcome:
        """A token where others are authorized already: the same one or its group stops (E07)."""
        drivers = [(evse, driver) for evse in taken if (driver := evse.authorization) is not None]
        if not drivers:
            return TokenOutcome(AuthorizationStatus.NotAtThisTime)
        for evse, driver in drivers:
            if self._belongs(token, driver):
                return self._stop(evse, token, AuthorizationStatus.Accepted)
        if not (self._ctx.policy.asks_about_strangers() or self._others_can_stop(drivers)):
            return TokenOutcome(AuthorizationStatus.ConcurrentTx)
        if not self._may_stop_others(driver for _, driver in drivers):
            return TokenOutcome(AuthorizationStatus.ConcurrentTx)
        evse_id = drivers[0][0].id if len(drivers) == 1 else None
        info = (await self._ctx.station.authorizer.judge(token, evse_id)).info
        if info.status is not AuthorizationStatus.Accepted:
            return TokenOutcome(info.status)
        if is_master_pass(self._ctx, info.group_id):
            return await self._master_pass(token, info)
        for evse, driver in drivers:
            if evse.authorization is driver and same_group(info.group_id, driver.group_id):
                return self._stop(evse, token, info.status)
        return TokenOutcome(AuthorizationStatus.ConcurrentTx)

    def _others_can_stop(self, drivers: list[tuple[Evse, Authorization]]) -> bool:
        """One of the drivers has a group, or there is a master pass."""
        groups = any(driver.group_id is not None for _, driver in drivers)
        return groups or bool(self._ctx.variables.get(AuthCtrlr.master_pass_group_id))

    def _is_of_another(self, evse: Evse, token: IdToken) -> bool:
        """C01.FR.23: the transaction goes on, although its driver's authorization is over."""
        row = self._ctx.station.transactions.open_on(evse.id)
        return row is not None and row.id_token not in (None, token)

    def _may_stop_others(self, drivers: Iterable[Authorization]) -> bool:
        """Whether it makes sense to ask the CSMS what a token may do."""
        return (
            self._ctx.policy.asks_about_every_token
            or bool(self._ctx.variables.get(AuthCtrlr.master_pass_group_id))
            or any(driver.group_id is not None for driver in drivers)
        )

    def _belongs(self, token: IdToken, driver: Authorization) -> bool:
        """The driver's token, or one that is known here to be of the same group."""
        if driver.token == token:
            return True
        known = self._ctx.station.authorizer.known(token)
        accepted = known is not None and known.status is AuthorizationStatus.Accepted
        return accepted and same_group(known.group_id if known else None, driver.group_id)

    def _stop(self, evse: Evse, token: IdToken, status: AuthorizationStatus) -> TokenOutcome:
        transaction, stopped = self._public_id(evse), evse.transaction_id is not None
        self._deauthorize(evse, token, StoppedReason.Local)
        return TokenOutcome(status, stopped=stopped, transaction_id=transaction)

    async def _master_pass(self, token: IdToken, info: IdTokenInfo) -> TokenOutcome:
        """C16: it stops all that runs, or what its holder selects, and never starts anything."""
        running = self._ctx.station.transactions.all_open()
        selected = await self._selected(tuple(row.evse_id for row in running))
        stopped = False
        for row in running:
            evse = self._ctx.station.evses[row.evse_id]
            if row.evse_id in selected and evse.transaction_id == row.uuid:  # still
                self._deauthorize(evse, token, StoppedReason.MasterPass)
                stopped = True
        return TokenOutcome(info.status, stopped=stopped)

    async def _selected(self, evse_ids: tuple[int, ...]) -> tuple[int, ...]:
        """C16.FR.01, C16.FR.02: all of them, unless there is a display to select on."""
        asks = self._ctx.asks
        if not evse_ids or not asks.supports("select_to_stop"):
            return evse_ids
        try:
            selected = await asks.ask("select_to_stop", evse_ids, deadline_s=SELECT_WITHIN_S)
        except PortError as failure:
            log.warning("nothing was selected with the master pass", error=failure)
            return ()
        return selected if isinstance(selected, tuple) else ()

    def _deauthorize(self, evse: Evse, token: IdToken, reason: StoppedReason) -> None:
        self._ctx.station.sessions.deauthorize(
            evse, TriggerReason.StopAuthorized, reason, token=token, unlock=True
        )

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
        plugged = [evse for evse in evses if evse.plugged and evse.authorization is None]
        free = [evse for evse in plugged if self._refused(evse) is None]
        if plugged:
            return (free or plugged)[0]
        return evses[0] if len(evses) == 1 else None
