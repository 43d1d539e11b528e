"""E: TransactionEvent, from the facts of the outbox; GetTransactionStatus."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ocpp_iface.engine.block import Block
from ocpp_iface.engine.dispatcher import Handler
from ocpp_iface.engine.outbox import Delivery
from ocpp_iface.log import Log
from ocpp_iface.station.context import StationContext
from ocpp_iface.types import TransactionEvent
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
