"""Transactions: their events in gap-free order, their end, and what the CSMS answered.

A transaction lives in its row from the first event until the CSMS has confirmed the last one. Every
event is a fact in the outbox, written in the step that numbers it, so the sequence numbers have no
gap whatever happens (E01.FR.07).
"""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from ocpp_iface.devicemodel.catalog import InternalCtrlr
from ocpp_iface.engine.traps import Signal
from ocpp_iface.errors import PortError
from ocpp_iface.log import Log
from ocpp_iface.station.context import StationContext
from ocpp_iface.station.events import (
    ConnectorStatusChanged,
    TokenJudged,
    TransactionAnswered,
    TransactionChanged,
    TransactionEnded,
    TransactionNumbered,
    TransactionReady,
    TransactionStarted,
)
from ocpp_iface.station.evse import Evse
from ocpp_iface.station.rows import TRANSACTIONS, Ending, TransactionRow, changed
from ocpp_iface.types import (
    EVSE,
    ChargingState,
    IdToken,
    IdTokenInfo,
    MessageContent,
    MeterReading,
    MeterValue,
    OcppTransactionEvent,
    OcppTransactionEventResponse,
    StoppedReason,
    TransactionEvent,
    TriggerReason,
)
from ocpp_iface.types.facts import TransactionFact

log = Log(__name__)

STOP_ENERGY_WITHIN_S = 10.0
_PREPARED = (ChargingState.Charging, ChargingState.SuspendedEV, ChargingState.SuspendedEVSE)


class Transactions:
    def __init__(self, ctx: StationContext) -> None:
        self._ctx = ctx
        self._table = ctx.store.table(TRANSACTIONS)
        self._rows: dict[str, TransactionRow] = dict(self._table.items())
        self._closed = Signal()

    # -- what is asked -----------------------------------------------------------------------

    def open_on(self, evse_id: int) -> TransactionRow | None:
        evse = self._ctx.station.evses.get(evse_id)
        return self._rows.get(evse.row.transaction or "") if evse else None

    def find(self, transaction_id: str) -> TransactionRow | None:
        """By our own id (the transactionId of 2.x): open, or ended and not confirmed yet."""
        return self._rows.get(transaction_id)

    def numbered(self, number: int) -> TransactionRow | None:
        """By the number of a 1.6 CSMS; if it gave one to several, the one that still runs."""
        rows = [row for row in self._rows.values() if row.number == number]
        running = (row for row in rows if row.ending is None and not row.ended)
        return next(running, rows[0] if rows else None)

    def all_open(self) -> list[TransactionRow]:
        return [row for row in self._rows.values() if not row.ended]

    def energy_wh(self, row: TransactionRow) -> float | None:
        """What the transaction has delivered so far, Wh."""
        if row.meter_start_wh is None:
            return None
        register = self._ctx.station.metering.register_wh(row.evse_id)
        return None if register is None else register - row.meter_start_wh

    # -- life of a transaction -----------------------------------------------------------------

    def start(self, evse: Evse, trigger: TriggerReason) -> TransactionRow:
        """A start point was reached: Started, with sequence number 0 (E01)."""
        now = self._ctx.clock.now
        authorization = evse.row.authorization
        uuid = self._ctx.entropy.unique_id()
        register = self._ctx.station.metering.register_wh(evse.id)
        row = TransactionRow(
            uuid=uuid,
            session_id=evse.row.session_id or uuid,
            evse_id=evse.id,
            connector_id=evse.row.plugged,
            started_at=now,
            id_token=authorization.token if authorization else None,
            group_id=authorization.group_id if authorization else None,
            meter_start_wh=register,
            last_wh=register,
            last_at=now,
        )
        self._save(row)
        evse.update(transaction=uuid, session_id=row.session_id, finishing=False)
        values = self._ctx.station.metering.begin_values(evse.id)
        self._event(evse, trigger, kind=TransactionEvent.Started, meter_values=values)
        self._ctx.bus.publish(TransactionStarted(uuid, evse.id))
        self._ctx.bus.publish(ConnectorStatusChanged(evse.id))
        return self._rows[uuid]

    def record(
        self,
        evse_id: int,
        trigger: TriggerReason,
        *,
        meter_values: tuple[MeterValue, ...] = (),
        id_token: IdToken | None = None,
    ) -> None:
        """Something happened in the transaction of this EVSE: Updated."""
        evse = self._ctx.station.evses[evse_id]
        row = self.open_on(evse_id)
        if row is not None and not row.ended:
            self._event(evse, trigger, meter_values=meter_values, id_token=id_token)

    def end(
        self,
        evse_id: int,
        trigger: TriggerReason,
        reason: StoppedReason | None,
        *,
        id_token: IdToken | None = None,
        unlock: bool = False,
    ) -> bool:
        """Stop the energy, then Ended. False if there is no transaction that is not ending yet.

        The decision is durable at once; the rest follows when the hardware has answered.
        """
        row = self.open_on(evse_id)
        if row is None or row.ended or row.ending is not None:
            return False
        now = self._ctx.clock.now
        self._save(changed(row, ending=Ending(trigger, reason, now, id_token, unlock)))
        self._ctx.flows.start(f"end of transaction at EVSE {evse_id}", self.finish(row.uuid))
        return True

    async def finish(self, uuid: str) -> None:
        """Carry out the end that the row says is decided."""
        row = self._rows[uuid]
        evse = self._ctx.station.evses[row.evse_id]
        evse.permitted = False
        stopped, final = await self._stop_energy(row.evse_id)
        row = self._rows.get(uuid, row)
        if not row.ended:
            self._close(evse, row, final)
            if stopped:
                self._unlock(row)

    async def end_all(self, trigger: TriggerReason, reason: StoppedReason) -> None:
        """End every transaction; returns when all have ended."""
        for row in self.all_open():
            self.end(row.evse_id, trigger, reason)
        while self.all_open():
            await self._closed.wait()

    def close_now(self, trigger: TriggerReason, reason: StoppedReason) -> None:
        """End every transaction in the store with what is known, without waiting for anything."""
        for row in self.all_open():
            evse = self._ctx.station.evses[row.evse_id]
            ending = row.ending or Ending(trigger, reason, self._ctx.clock.now)
            self._save(changed(row, ending=ending))
            evse.permitted = False
            self._close_without_waiting(evse, self._rows[row.uuid])

    def close_interrupted(self, row: TransactionRow) -> None:
        """The power was cut: Ended (PowerLoss), as of the last thing that is known."""
        evse = self._ctx.station.evses[row.evse_id]
        at = row.last_at or row.started_at
        ending = Ending(TriggerReason.AbnormalCondition, StoppedReason.PowerLoss, at)
        self._save(changed(row, ending=ending))
        self._close_without_waiting(evse, self._rows[row.uuid])  # perhaps only the process ended

    def note_reading(self, evse_id: int, register_wh: float, at: datetime) -> None:
        """Keep the register value for the end of a transaction that is cut off.

        Not each of them: a meter that is read every second must not wear out the flash. What is
        lost in a power cut was delivered in the last TransactionRecordInterval.
        """
        row = self.open_on(evse_id)
        if row is None:
            return
        interval_s = self._ctx.variables.get(InternalCtrlr.transaction_record_interval)
        first = row.meter_start_wh is None
        if first or row.last_at is None or abs((at - row.last_at).total_seconds()) >= interval_s:
            start = register_wh if first else row.meter_start_wh
            self._save(changed(row, meter_start_wh=start, last_wh=register_wh, last_at=at))

    def note_sampled(self, evse_id: int) -> None:
        """A value was kept for the last event: what is recorded of the register is not older."""
        row, register = self.open_on(evse_id), self._ctx.station.metering.register_wh(evse_id)
        if row is not None and register is not None:
            self._save(changed(row, last_wh=register, last_at=self._ctx.clock.now))

    def note_ready(self, evse_id: int) -> None:
        """Energy may flow from now on, for the first time in this transaction."""
        row = self.open_on(evse_id)
        if row is not None and row.ready_at is None:
            self._save(changed(row, ready_at=self._ctx.clock.now))
            self._ctx.bus.publish(TransactionReady(row.uuid, evse_id))

    def set_token(self, evse: Evse) -> None:
        """The transaction of this EVSE belongs to the driver who is authorized there now."""
        row, authorization = self.open_on(evse.id), evse.row.authorization
        if row is not None and authorization is not None:
            token, group = authorization.token, authorization.group_id
            self._save(changed(row, id_token=token, group_id=group, stop_cause=None))

    def set_cause(self, evse_id: int, cause: StoppedReason) -> None:
        """Why the authorization ended, for the end that is still to come."""
        row = self.open_on(evse_id)
        if row is not None and row.stop_cause is None:
            self._save(changed(row, stop_cause=cause))

    def introduce(self) -> None:
        """The CSMS hears of open transactions in another OCPP version: the next event names them."""
        for row in self.all_open():
            self._save(changed(row, evse_reported=False, key_given=False))
            self._ctx.station.evses[row.evse_id].introduce()

    # -- what the CSMS says ----------------------------------------------------------------------

    def numbered_by_csms(self, uuid: str, number: int) -> None:
        """1.6: the number of the transaction is known."""
        row = self._rows.get(uuid)
        if row is None:
            return
        self._save(changed(row, number=number))
        self._publish(TransactionEvent.Updated, self._rows[uuid], with_evse=False)
        self._ctx.bus.publish(TransactionNumbered(uuid, row.evse_id, number))

    def number_is_lost(self, uuid: str) -> None:
        """1.6: the start of the transaction was dropped, it will never have a number."""
        row = self._rows.get(uuid)
        if row is not None:
            self._save(changed(row, number_lost=True))

    def answered(
        self,
        fact: TransactionFact,
        *,
        info: IdTokenInfo | None = None,
        total_cost: float | None = None,
        charging_priority: int | None = None,
        personal_message: MessageContent | None = None,
    ) -> None:
        """The CSMS confirmed an event of a transaction."""
        row = self._rows.get(fact.transaction)
        if row is not None:
            event = self._public(fact.kind, row, with_evse=fact.with_evse)
            answer = OcppTransactionEventResponse(
                event,
                total_cost=total_cost,
                charging_priority=charging_priority,
                personal_message=personal_message,
            )
            self._ctx.publish("ocpp_transaction_event_response", answer)
            self._ctx.bus.publish(TransactionAnswered(fact, answer))
        token = fact.id_token or (row.id_token if row else None)
        if info is not None and token is not None:
            self._ctx.bus.publish(TokenJudged(token, info))
            if row is not None and not row.ended and fact.kind is not TransactionEvent.Ended:
                self._ctx.station.sessions.judged_late(row, token, info)
        if fact.kind is TransactionEvent.Ended:
            self.forget(fact.transaction)

    def forget(self, uuid: str) -> None:
        """The CSMS knows the end (or will never): the row has served."""
        if uuid in self._rows:
            self._table.delete(uuid)
            del self._rows[uuid]

    def drop_confirmed(self) -> None:
        """At boot: rows that have ended and have nothing left to be sent."""
        waiting = [
            fact.transaction
            for fact in self._ctx.outbox.facts()
            if isinstance(fact, TransactionFact)
        ]
        for row in list(self._rows.values()):
            if row.ended and row.uuid not in waiting:
                self.forget(row.uuid)

    # -- inside ----------------------------------------------------------------------------------

    async def _stop_energy(self, evse_id: int) -> tuple[bool, MeterReading | None]:
        """Whether the contactor is open for sure, and the final reading."""
        try:
            final = await self._ctx.asks.ask(
                "stop_energy", evse_id, deadline_s=STOP_ENERGY_WITHIN_S
            )
        except PortError as failure:
            log.error("energy may still flow", evse=evse_id, error=failure)
            return False, None
        if isinstance(final, MeterReading):
            return True, final
        return final is None, None

    def _close_without_waiting(self, evse: Evse, row: TransactionRow) -> None:
        """Ended now; the hardware is told, and the cable freed when it has obeyed."""
        self._close(evse, row, None)
        self._ctx.flows.start(f"release EVSE {evse.id}", self._stop_and_unlock(row))

    async def _stop_and_unlock(self, row: TransactionRow) -> None:
        stopped, _ = await self._stop_energy(row.evse_id)
        if stopped:
            self._unlock(row)

    def _unlock(self, row: TransactionRow) -> None:
        """Only ever after the energy was stopped: a cable under load is deadly."""
        ending = row.ending
        if ending is not None and ending.unlock and row.connector_id is not None:
            self._ctx.asks.tell("unlock", row.evse_id, row.connector_id)

    def _close(self, evse: Evse, row: TransactionRow, final: MeterReading | None) -> None:
        ending = row.ending
        if ending is None:
            return
        metering = self._ctx.station.metering
        if final is not None:
            metering.report(row.evse_id, final)
        values = metering.end_values(row.uuid, row.evse_id, final)
        evse.update(charging_state=_after_end(evse))
        self._event(
            evse,
            ending.trigger,
            kind=TransactionEvent.Ended,
            meter_values=values,
            id_token=ending.id_token,
            reason=ending.reason,
            at=ending.at if ending.reason is StoppedReason.PowerLoss else None,
        )
        self._save(changed(self._rows[row.uuid], ended=True))
        evse.transaction_over()
        self._closed.fire()
        self._ctx.bus.publish(TransactionEnded(row.uuid, row.evse_id))
        self._ctx.bus.publish(ConnectorStatusChanged(row.evse_id))

    def _event(
        self,
        evse: Evse,
        trigger: TriggerReason,
        *,
        kind: TransactionEvent = TransactionEvent.Updated,
        meter_values: tuple[MeterValue, ...] = (),
        id_token: IdToken | None = None,
        reason: StoppedReason | None = None,
        at: datetime | None = None,
    ) -> None:
        row = self._rows[evse.row.transaction or ""]
        now = at or self._ctx.clock.now
        state = evse.charging_state
        announced, remote_start_id, trigger = evse.announce(trigger)
        plugged = evse.row.plugged
        with_evse = kind is TransactionEvent.Started or (
            plugged is not None and not row.evse_reported
        )
        register = self._ctx.station.metering.register_wh(evse.id)
        charged = row.charged_s
        if row.charging_since is not None:
            charged += max(0.0, (now - row.charging_since).total_seconds())
        phases = evse.row.phases_used
        if phases == row.phases_reported or state is not ChargingState.Charging:
            phases = None  # E02.FR.18, E02.FR.19: when energy flows, and when it changes
        values, key_given = self._ctx.station.metering.with_keys(meter_values, given=row.key_given)
        fact = TransactionFact(
            kind=kind,
            transaction=row.uuid,
            seq_no=row.next_seq,
            timestamp=now,
            trigger=trigger,
            evse_id=evse.id,
            connector_id=plugged or row.connector_id,
            offline=not self._ctx.online,
            with_evse=with_evse,
            id_token=id_token or announced,
            charging_state=state,
            meter_values=values,
            register_wh=register if register is not None else row.last_wh,
            stopped_reason=reason,
            remote_start_id=remote_start_id,
            phases_used=phases,
            time_spent_charging_s=int(charged),
        )
        told = plugged is not None and (row.evse_reported or with_evse)
        self._save(_after(row, fact, charged_s=charged, evse_reported=told, key_given=key_given))
        self._ctx.outbox.put(fact)
        self._publish(kind, self._rows[row.uuid], with_evse=with_evse)
        self._ctx.bus.publish(TransactionChanged(fact, row.session_id))

    def _publish(self, kind: TransactionEvent, row: TransactionRow, *, with_evse: bool) -> None:
        self._ctx.publish("ocpp_transaction_event", self._public(kind, row, with_evse=with_evse))

    def _public(
        self, kind: TransactionEvent, row: TransactionRow, *, with_evse: bool
    ) -> OcppTransactionEvent:
        at = (row.evse_id, row.connector_id) if with_evse else None
        return _public(kind, row.session_id, at, self._ctx.policy.public_transaction_id(row))

    def _save(self, row: TransactionRow) -> None:
        self._table.put(row.uuid, row)
        self._rows[row.uuid] = row


def _after(
    row: TransactionRow,
    fact: TransactionFact,
    *,
    charged_s: float,
    evse_reported: bool,
    key_given: bool,
) -> TransactionRow:
    """The transaction when this has happened to it."""
    charging = fact.charging_state is ChargingState.Charging
    return changed(
        row,
        next_seq=fact.seq_no + 1,
        connector_id=fact.connector_id,
        remote_start_id=fact.remote_start_id or row.remote_start_id,
        charging_state=fact.charging_state,
        charged_s=charged_s,
        charging_since=fact.timestamp if charging else None,
        prepared=row.prepared or _is_prepared(row, fact),
        last_wh=fact.register_wh,
        last_at=fact.timestamp,
        phases_reported=fact.phases_used or row.phases_reported,
        evse_reported=evse_reported,
        key_given=key_given,
    )


def _is_prepared(row: TransactionRow, fact: TransactionFact) -> bool:
    gone = fact.charging_state is ChargingState.Idle and row.connector_id is not None
    return gone or fact.charging_state in _PREPARED


@lru_cache(maxsize=64)
def _public(
    kind: TransactionEvent, session_id: str, at: tuple[int, int | None] | None, number: str | None
) -> OcppTransactionEvent:
    """Each event is told twice, and in a transaction most are alike."""
    evse = None if at is None else EVSE(at[0], connector_id=at[1])
    return OcppTransactionEvent(kind, session_id, evse=evse, transaction_id=number)


def _after_end(evse: Evse) -> ChargingState:
    return ChargingState.EVConnected if evse.row.plugged is not None else ChargingState.Idle
