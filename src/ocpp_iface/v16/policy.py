"""What 1.6 says about the behaviour of the station itself."""

from __future__ import annotations

from ocpp_iface.devicemodel.catalog import OCPPCommCtrlr, SampledDataCtrlr, TxCtrlr
from ocpp_iface.engine.outbox import Lane
from ocpp_iface.smartcharging import Edition
from ocpp_iface.station.context import StationContext
from ocpp_iface.station.policy import AuthorizeQuestion, TxPoint
from ocpp_iface.station.rows import TransactionRow
from ocpp_iface.types import IdToken, IdTokenInfo
from ocpp_iface.v16.mapping import tokens
from ocpp_iface.wire.v16 import call


class V16Policy:
    """Implements `station.policy.VersionPolicy`."""

    keys_first = True
    asks_about_every_token = False
    charging_edition = Edition.V16

    def __init__(self, ctx: StationContext) -> None:
        self._ctx = ctx

    def start_points(self) -> tuple[TxPoint, ...]:
        """A transaction starts when the EV is connected and the driver may charge."""
        return (TxPoint.POWER_PATH_CLOSED,)

    def stop_points(self) -> tuple[TxPoint, ...]:
        """4.10: whether pulling the cable at the EV ends it is configured."""
        if self.stop_on_ev_side_disconnect():
            return (TxPoint.EV_CONNECTED, TxPoint.AUTHORIZED)
        return (TxPoint.AUTHORIZED,)

    def can_name(self, token: IdToken) -> bool:
        """An idTag has at most 20 characters."""
        return tokens.fits(token)

    def as_named(self, token: IdToken) -> IdToken:
        """7.28: an idTag has no type."""
        return tokens.typeless(token)

    async def ask_csms(self, question: AuthorizeQuestion) -> IdTokenInfo:
        """4.1: Authorize. 3.7: a customer is not kept waiting by what was queued."""
        request = call.Authorize(tokens.to_wire(question.token))
        answer = await self._ctx.csms.call(request, Lane.URGENT)
        return tokens.info_from_wire(answer.id_tag_info)

    def asks_about_strangers(self) -> bool:
        """4.8: only the same parent could stop it."""
        return False

    def stop_on_ev_side_disconnect(self) -> bool:
        return self._ctx.variables.get(TxCtrlr.stop_tx_on_ev_side_disconnect)

    def unlock_on_ev_side_disconnect(self) -> bool:
        """4.10: a transaction that goes on keeps its cable locked."""
        return self.stop_on_ev_side_disconnect() and self._ctx.variables.get(
            OCPPCommCtrlr.unlock_on_ev_side_disconnect
        )

    def sample_interval_s(self) -> float:
        return self._ctx.variables.get(SampledDataCtrlr.tx_updated_interval)

    def ended_interval_s(self) -> float:
        """3.16.1: one interval for MeterValues and for transactionData."""
        return self.sample_interval_s()

    def reconnect_timeout(self) -> bool:
        """ConnectionTimeOut is about plugging in, not about plugging in again."""
        return False

    def public_transaction_id(self, row: TransactionRow) -> str | None:
        return None if row.number is None else str(row.number)
