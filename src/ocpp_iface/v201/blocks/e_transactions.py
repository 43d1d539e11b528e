"""E: TransactionEvent, from the facts of the outbox; GetTransactionStatus."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ocpp_iface.engine.block import Block
from ocpp_iface.engine.dispatcher import Handler
from ocpp_iface.engine.outbox import Delivery
from ocpp_iface.log import Log
from ocpp_iface.station.context import StationContext
from ocpp_iface.station.rows import TransactionRow
from ocpp_iface.types import TransactionEvent, TriggerReason
from ocpp_iface.types.facts import TransactionFact
from ocpp_iface.v201.mapping import tokens, transactions
from ocpp_iface.wire.v201 import call, call_result

log = Log(__name__)


class Transactions(Block):
    code = "E"

    def __init__(self, ctx: StationContext) -> None:
        self._ctx = ctx

    def routes(self) -> Mapping[type, Handler]:
        return {call.GetTransactionStatus: self.status}

    def deliveries(self) -> Mapping[type, Delivery]:
        return {TransactionFact: Delivery(self._project, self._delivered, self._dropped)}

    def triggers(self) -> Mapping[str, Callable[[Any], bool]]:
        return {"TransactionEvent": self.trigger}

    def trigger(self, request: Any) -> bool:
        """F06.FR.07, F06.FR.11: of the transaction on one EVSE, or of all that are open.

        Not before the station is accepted: its transactions wait in their order until then.
        """
        evse = request.evse
        rows = [
            row
            for row in self._ctx.station.transactions.all_open()
            if row.ending is None and (evse is None or evse.id == row.evse_id)
        ]
        if not rows or not self._ctx.registration.accepted:
            return False
        self._ctx.flows.start("triggered transaction events", self._record_now(rows))
        return True

    def status(self, request: Any) -> call_result.GetTransactionStatus:
        """E14: whether a transaction goes on, and whether anything about it still waits here."""
        wanted = request.transaction_id
        waiting = any(
            isinstance(fact, TransactionFact) and wanted in (None, fact.transaction)
            for fact in self._ctx.outbox.facts()
        )
        if wanted is None:
            return call_result.GetTransactionStatus(messages_in_queue=waiting)
        row = self._ctx.station.transactions.find(wanted)
        return call_result.GetTransactionStatus(
            messages_in_queue=waiting, ongoing_indicator=row is not None and not row.ended
        )

    async def _record_now(self, rows: list[TransactionRow]) -> None:
        station = self._ctx.station
        for row in rows:
            await station.metering.refresh(row.evse_id)
            now = station.transactions.open_on(row.evse_id)
            if now is not None and now.uuid == row.uuid:
                values = station.metering.triggered_values(row.evse_id)
                station.transactions.record(row.evse_id, TriggerReason.Trigger, meter_values=values)

    def _project(self, fact: TransactionFact) -> call.TransactionEvent:
        return transactions.to_wire(fact, self._ctx.link.opened_at())

    def _delivered(
        self, fact: TransactionFact, _request: object, answer: call_result.TransactionEvent
    ) -> None:
        info = answer.id_token_info
        self._ctx.station.transactions.answered(
            fact,
            info=tokens.info_from_wire(info) if info else None,
            total_cost=answer.total_cost,
            charging_priority=answer.charging_priority,
            personal_message=tokens.message_from_wire(answer.updated_personal_message),
        )

    def _dropped(self, fact: TransactionFact) -> None:
        """E13.FR.04: the attempts are used up; the transaction itself goes on."""
        if fact.kind is TransactionEvent.Ended:
            self._ctx.station.transactions.forget(fact.transaction)
