"""Core: RemoteStartTransaction, RemoteStopTransaction, UnlockConnector."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from attrs import evolve

from ocpp_iface.devicemodel.catalog import OCPP16LegacyCtrlr
from ocpp_iface.engine.block import Block
from ocpp_iface.engine.dispatcher import Handler
from ocpp_iface.errors import PortError
from ocpp_iface.log import Log
from ocpp_iface.ports.hardware import UnlockOutcome
from ocpp_iface.station.context import StationContext
from ocpp_iface.station.remote import RemoteStart
from ocpp_iface.station.transactions import STOP_ENERGY_WITHIN_S
from ocpp_iface.types import StoppedReason, TriggerReason
from ocpp_iface.v16.mapping import profiles, tokens
from ocpp_iface.wire.v16 import call, call_result, enums

log = Log(__name__)

NAMED_TOO_EARLY: Final = ""
"""The transaction of a profile that must not name any yet (erratum 3.41)."""
_UNLOCK_WITHIN_S: Final = 10.0
_Decision = enums.RemoteStartStopStatus
_Unlock = enums.UnlockStatus


class RemoteControl(Block):
    code = "Core"

    def __init__(self, ctx: StationContext) -> None:
        self._ctx = ctx

    def routes(self) -> Mapping[type, Handler]:
        return {
            call.RemoteStartTransaction: self.start,
            call.RemoteStopTransaction: self.stop,
            call.UnlockConnector: self.unlock,
        }

    def start(self, request: Any) -> call_result.RemoteStartTransaction:
        """5.11, 5.16.2. Not before the station is accepted (4.2)."""
        if not self._ctx.registration.accepted or not self._start(request):
            return call_result.RemoteStartTransaction(_Decision.rejected)
        return call_result.RemoteStartTransaction(_Decision.accepted)

    def stop(self, request: Any) -> call_result.RemoteStopTransaction:
        """5.12; not before the station is accepted (4.2)."""
        row = self._ctx.station.transactions.numbered(request.transaction_id)
        stopped = (
            self._ctx.registration.accepted
            and row is not None
            and self._ctx.station.remote.stop(row.uuid)
        )
        return call_result.RemoteStopTransaction(
            _Decision.accepted if stopped else _Decision.rejected
        )

    async def unlock(self, request: Any) -> call_result.UnlockConnector:
        """5.18, erratum 3.87. A transaction is stopped first: energy, lock, then the books; so the
        answer leaves before the StopTransaction.
        """
        place = self._ctx.topology.from16(request.connector_id)
        if place is None:
            return call_result.UnlockConnector(_Unlock.not_supported)
        charging = self._charges(*place)
        if not self._ctx.asks.supports("unlock"):
            if charging and self._ctx.variables.get(
                OCPP16LegacyCtrlr.stop_transaction_if_unlock_not_supported
            ):
                self._end(place[0])
            return call_result.UnlockConnector(_Unlock.not_supported)
        stopped = await self._stop_energy(place[0]) if self._has_cable(*place) else True
        outcome = await self._unlock(*place) if stopped else _Unlock.unlock_failed
        if charging:
            self._end(place[0])
        return call_result.UnlockConnector(outcome)

    # -- inside --------------------------------------------------------------------------------

    def _start(self, request: Any) -> bool:
        token = tokens.from_wire(request.id_tag)
        profile = request.charging_profile
        if profile is not None:
            named = NAMED_TOO_EARLY if profile.transaction_id is not None else None
            profile = profiles.from_wire(profile, named)
        if request.connector_id is None:
            return self._start_anywhere(RemoteStart(token, profile=profile))
        place = self._ctx.topology.from16(request.connector_id)
        if place is None or not self._free(*place):
            return False
        evse_id, connector_id = place
        start = RemoteStart(token, evse_id=evse_id, connector_id=connector_id, profile=profile)
        return self._ctx.station.remote.start(start).accepted

    def _start_anywhere(self, start: RemoteStart) -> bool:
        """5.11: without a connector the choice is ours, or the driver's when plugging in."""
        get = self._ctx.variables.get
        if get(OCPP16LegacyCtrlr.reject_remote_start_without_connector_id):
            return False
        if not get(OCPP16LegacyCtrlr.remote_start_without_connector_id_find_first):
            return self._ctx.station.remote.start(start).accepted
        for evse_id in self._ctx.topology.evse_ids():
            chosen = evolve(start, evse_id=evse_id)
            if self._ctx.station.remote.start(chosen).accepted:
                return True
        return False

    def _free(self, evse_id: int, connector_id: int) -> bool:
        """Whether this very connector could be used; the rest is up to its EVSE."""
        facts = self._ctx.station.connector_facts(evse_id, connector_id)
        return facts.operative and not facts.faulted and not facts.evse_in_use

    def _charges(self, evse_id: int, connector_id: int) -> bool:
        facts = self._ctx.station.connector_facts(evse_id, connector_id)
        return facts.transaction and not facts.ending

    def _has_cable(self, evse_id: int, connector_id: int) -> bool:
        """A lock without a cable is not under load."""
        evse = self._ctx.station.evses[evse_id]
        return connector_id in (evse.plugged, evse.row.cable_left)

    async def _stop_energy(self, evse_id: int) -> bool:
        """False: it may still flow, so the lock has to stay closed."""
        try:
            await self._ctx.asks.ask("stop_energy", evse_id, deadline_s=STOP_ENERGY_WITHIN_S)
        except PortError as failure:
            log.warning("energy may still flow", evse=evse_id, error=failure)
            return False
        return True

    async def _unlock(self, evse_id: int, connector_id: int) -> enums.UnlockStatus:
        try:
            outcome = await self._ctx.asks.ask(
                "unlock", evse_id, connector_id, deadline_s=_UNLOCK_WITHIN_S
            )
        except PortError as failure:
            log.warning("connector not unlocked", evse=evse_id, error=failure)
            return _Unlock.unlock_failed
        if outcome in (True, UnlockOutcome.UNLOCKED):
            return _Unlock.unlocked
        if outcome is UnlockOutcome.NOT_SUPPORTED:
            return _Unlock.not_supported
        return _Unlock.unlock_failed

    def _end(self, evse_id: int) -> None:
        self._ctx.station.transactions.end(
            evse_id, TriggerReason.UnlockCommand, StoppedReason.Other
        )
