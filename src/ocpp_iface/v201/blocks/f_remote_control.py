"""F: RequestStartTransaction, RequestStopTransaction, UnlockConnector."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ocpp_iface.engine.block import Block
from ocpp_iface.engine.dispatcher import Handler, RpcProblem
from ocpp_iface.errors import PortError
from ocpp_iface.log import Log
from ocpp_iface.ports.hardware import UnlockOutcome
from ocpp_iface.station.context import StationContext
from ocpp_iface.station.remote import RemoteStart
from ocpp_iface.station.transactions import STOP_ENERGY_WITHIN_S
from ocpp_iface.types import TriggerReason
from ocpp_iface.v201.mapping import profiles, tokens
from ocpp_iface.v201.mapping.status_info import because
from ocpp_iface.wire.v201 import call, call_result, enums

log = Log(__name__)

_UNLOCK_WITHIN_S = 10.0
_Decision = enums.RequestStartStopStatusEnumType
_Unlock = enums.UnlockStatusEnumType


class RemoteControl(Block):
    code = "F"

    def __init__(self, ctx: StationContext) -> None:
        self._ctx = ctx

    def routes(self) -> Mapping[type, Handler]:
        return {
            call.RequestStartTransaction: self.start,
            call.RequestStopTransaction: self.stop,
            call.UnlockConnector: self.unlock,
        }

    def start(self, request: Any) -> call_result.RequestStartTransaction:
        """F01, F02, K05"""
        if not self._ctx.registration.accepted:
            return call_result.RequestStartTransaction(
                _Decision.rejected, status_info=because("CSNotAccepted")
            )
        group, profile = request.group_id_token, request.charging_profile
        outcome = self._ctx.station.remote.start(
            RemoteStart(
                tokens.from_wire(request.id_token),
                evse_id=request.evse_id,
                remote_start_id=request.remote_start_id,
                group_id=tokens.from_wire(group) if group else None,
                profile=profiles.from_wire(profile) if profile else None,
            )
        )
        if not outcome.accepted:
            return call_result.RequestStartTransaction(
                _Decision.rejected, status_info=because(outcome.reason_code or "Unspecified")
            )
        return call_result.RequestStartTransaction(
            _Decision.accepted, transaction_id=outcome.transaction_id
        )

    def stop(self, request: Any) -> call_result.RequestStopTransaction:
        """B02.FR.05, F03.FR.07, F03.FR.08"""
        if not self._ctx.registration.accepted:
            return call_result.RequestStopTransaction(
                _Decision.rejected, status_info=because("CSNotAccepted")
            )
        if self._ctx.station.remote.stop(request.transaction_id):
            return call_result.RequestStopTransaction(_Decision.accepted)
        return call_result.RequestStopTransaction(
            _Decision.rejected, status_info=because("TxNotFound")
        )

    async def unlock(self, request: Any) -> call_result.UnlockConnector:
        """F05.FR.02 to F05.FR.07"""
        evse_id, connector_id = request.evse_id, request.connector_id
        if not self._ctx.topology.has_connector(evse_id, connector_id):
            return call_result.UnlockConnector(_Unlock.unknown_connector)
        if self._is_charging(evse_id, connector_id):
            return call_result.UnlockConnector(_Unlock.ongoing_authorized_transaction)
        if not self._ctx.asks.supports("unlock"):
            raise RpcProblem("NotSupported", "the connector has no lock")
        try:
            if self._has_cable(evse_id, connector_id):  # energy was stopped, but did it obey?
                await self._ctx.asks.ask("stop_energy", evse_id, deadline_s=STOP_ENERGY_WITHIN_S)
            outcome = await self._ctx.asks.ask(
                "unlock", evse_id, connector_id, deadline_s=_UNLOCK_WITHIN_S
            )
        except PortError as failure:
            log.warning("connector not unlocked", evse=evse_id, error=failure)
            outcome = UnlockOutcome.FAILED
        if outcome is UnlockOutcome.NOT_SUPPORTED:
            raise RpcProblem("NotSupported", "the connector has no lock")
        if outcome not in (True, UnlockOutcome.UNLOCKED):
            return call_result.UnlockConnector(_Unlock.unlock_failed)
        row = self._ctx.station.transactions.open_on(evse_id)
        if row is not None and row.connector_id in (None, connector_id):
            self._ctx.station.transactions.record(evse_id, TriggerReason.UnlockCommand)
        return call_result.UnlockConnector(_Unlock.unlocked)

    def _is_charging(self, evse_id: int, connector_id: int) -> bool:
        """Somebody is authorized to charge at the connector, or in a transaction there.

        Wider than F05.FR.02 by the time before the transaction starts: energy may flow already.
        """
        evse = self._ctx.station.evses[evse_id]
        if evse.authorization is None:
            return False
        row = self._ctx.station.transactions.open_on(evse_id)
        here = evse.plugged or (row.connector_id if row else None)
        return row is not None if here is None else here == connector_id

    def _has_cable(self, evse_id: int, connector_id: int) -> bool:
        """A lock without a cable is not under load."""
        evse = self._ctx.station.evses[evse_id]
        return connector_id in (evse.plugged, evse.row.cable_left)
