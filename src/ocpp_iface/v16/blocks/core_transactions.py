"""Core: StartTransaction, MeterValues of a transaction and StopTransaction, from the facts of the
outbox.

A transaction has no number until the CSMS has answered its StartTransaction; since facts leave in
order, whatever follows finds the number in the row of the transaction, after a power cut too. If the
start was given up, there never will be one: everything else is delivered all the same, with -1
(erratum 3.18). So is what is left of a transaction that was begun under another OCPP version, whose
start another CSMS has confirmed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ocpp_iface.engine.block import Block
from ocpp_iface.engine.outbox import Delivery, Verdict
from ocpp_iface.log import Log
from ocpp_iface.station.context import StationContext
from ocpp_iface.station.rows import TransactionRow
from ocpp_iface.types import TransactionEvent
from ocpp_iface.types.facts import TransactionFact
from ocpp_iface.v16.mapping import ids, metering, reasons, tokens
from ocpp_iface.wire import datetimes
from ocpp_iface.wire.v16 import call

log = Log(__name__)

NO_NUMBER: Final = -1


class Transactions(Block):
    code = "Core"

    def __init__(self, ctx: StationContext) -> None:
        self._ctx = ctx

    def deliveries(self) -> Mapping[type, Delivery]:
        return {TransactionFact: Delivery(self._project, self._delivered, self._dropped)}

    # -- inside --------------------------------------------------------------------------------

    def _project(self, fact: TransactionFact) -> object:
        match fact.kind:
            case TransactionEvent.Started:
                return self._start(fact)
            case TransactionEvent.Updated:
                return self._values(fact)
            case TransactionEvent.Ended:
                return self._stop(fact)

    def _start(self, fact: TransactionFact) -> call.StartTransaction:
        """4.8; with milliseconds, so that two short sessions are never taken for one sent twice."""
        row = self._row(fact)
        register = fact.register_wh
        if register is None and row is not None:
            register = row.meter_start_wh  # the first reading came after the start
        return call.StartTransaction(
            connector_id=self._connector(fact),
            id_tag=tokens.to_wire(fact.id_token or (row.id_token if row else None)),
            meter_start=metering.register(register),
            timestamp=datetimes.format(fact.timestamp, milliseconds=True),
            reservation_id=fact.reservation_id,
        )

    def _values(self, fact: TransactionFact) -> call.MeterValues | Verdict:
        """4.7; what happens in a transaction apart from its meter is a matter of its status."""
        values = metering.to_wire(fact.meter_values)
        if not values:
            return Verdict.SKIP
        return call.MeterValues(self._connector(fact), values, transaction_id=self._number(fact))

    def _stop(self, fact: TransactionFact) -> call.StopTransaction:
        """4.10, 3.16.5; the idTag is that of whoever stopped it."""
        return call.StopTransaction(
            meter_stop=metering.register(fact.register_wh),
            timestamp=datetimes.format(fact.timestamp, milliseconds=True),
            transaction_id=self._number(fact),
            reason=reasons.to_wire(fact),
            id_tag=tokens.to_wire(fact.id_token) if fact.id_token else None,
            transaction_data=metering.to_wire(fact.meter_values, transaction_data=True) or None,
        )

    def _delivered(self, fact: TransactionFact, _request: object, answer: Any) -> None:
        if fact.kind is TransactionEvent.Updated:
            return
        station = self._ctx.station.transactions
        if fact.kind is TransactionEvent.Started:
            station.numbered_by_csms(fact.transaction, answer.transaction_id)
        info = answer.id_tag_info
        station.answered(fact, info=tokens.info_from_wire(info) if info else None)

    def _dropped(self, fact: TransactionFact) -> None:
        """3.7.1: the attempts are used up; the transaction itself goes on."""
        if fact.kind is TransactionEvent.Started:
            log.error("the CSMS never took the start of a transaction", evse=fact.evse_id)
            self._ctx.station.transactions.number_is_lost(fact.transaction)
        elif fact.kind is TransactionEvent.Ended:
            self._ctx.station.transactions.forget(fact.transaction)

    def _row(self, fact: TransactionFact) -> TransactionRow | None:
        return self._ctx.station.transactions.find(fact.transaction)

    def _number(self, fact: TransactionFact) -> int:
        row = self._row(fact)
        return NO_NUMBER if row is None or row.number is None else row.number

    def _connector(self, fact: TransactionFact) -> int:
        return ids.number_of(self._ctx.topology, fact.evse_id, fact.connector_id)
