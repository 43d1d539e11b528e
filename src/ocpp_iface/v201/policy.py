"""What 2.0.1 says about the behaviour of the station itself."""

from __future__ import annotations

from ocpp_iface.devicemodel.catalog import OCPPCommCtrlr, SampledDataCtrlr, TxCtrlr
from ocpp_iface.engine.outbox import Lane
from ocpp_iface.smartcharging import Edition
from ocpp_iface.station.context import StationContext
from ocpp_iface.station.policy import AuthorizeQuestion, TxPoint
from ocpp_iface.station.rows import TransactionRow
from ocpp_iface.types import IdToken, IdTokenInfo
from ocpp_iface.v201.mapping import tokens
from ocpp_iface.wire.v201 import call


class V201Policy:
    """Implements `station.policy.VersionPolicy`."""

    keys_first = False
    asks_about_every_token = True
    """C01.FR.02, C09.FR.05"""
    charging_edition = Edition.V201

    def __init__(self, ctx: StationContext) -> None:
        self._ctx = ctx

    def start_points(self) -> tuple[TxPoint, ...]:
        return tuple(TxPoint(word) for word in self._ctx.variables.get(TxCtrlr.tx_start_point))

    def stop_points(self) -> tuple[TxPoint, ...]:
        return tuple(TxPoint(word) for word in self._ctx.variables.get(TxCtrlr.tx_stop_point))

    def as_named(self, token: IdToken) -> IdToken:
        return token

    def can_name(self, token: IdToken) -> bool:
        """Every token: IdTokenType is what the neutral token is modelled on."""
        del token
        return True

    async def ask_csms(self, question: AuthorizeQuestion) -> IdTokenInfo:
        """C01: AuthorizeRequest."""
        request = call.Authorize(tokens.to_wire(question.token))
        answer = await self._ctx.csms.call(request, Lane.URGENT)
        return tokens.info_from_wire(answer.id_token_info)

    def asks_about_strangers(self) -> bool:
        """C01.FR.02, C09.FR.05"""
        return True

    def stop_on_ev_side_disconnect(self) -> bool:
        return self._ctx.variables.get(TxCtrlr.stop_tx_on_ev_side_disconnect)

    def unlock_on_ev_side_disconnect(self) -> bool:
        return self._ctx.variables.get(OCPPCommCtrlr.unlock_on_ev_side_disconnect)

    def sample_interval_s(self) -> float:
        return self._ctx.variables.get(SampledDataCtrlr.tx_updated_interval)

    def ended_interval_s(self) -> float:
        return self._ctx.variables.get(SampledDataCtrlr.tx_ended_interval)

    def reconnect_timeout(self) -> bool:
        return True

    def public_transaction_id(self, row: TransactionRow) -> str | None:
        return row.uuid
