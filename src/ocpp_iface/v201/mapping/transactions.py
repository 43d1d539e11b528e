"""TransactionEventRequest of a transaction fact."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from ocpp_iface.types import ChargingState, StoppedReason, TransactionEvent, TriggerReason
from ocpp_iface.types.facts import TransactionFact
from ocpp_iface.v201.mapping import metering, tokens
from ocpp_iface.wire import datetimes
from ocpp_iface.wire.v201 import call, datatypes, enums

_KINDS: Final = {each: enums.TransactionEventEnumType(each.value) for each in TransactionEvent}
_TRIGGERS: Final = {each: enums.TriggerReasonEnumType(each.value) for each in TriggerReason}
_STATES: Final = {each: enums.ChargingStateEnumType(each.value) for each in ChargingState}
_REASONS: Final = {each: enums.ReasonEnumType(each.value) for each in StoppedReason}


def to_wire(fact: TransactionFact, link_opened_at: datetime | None) -> call.TransactionEvent:
    """E11.FR.07: what is older than the link it is sent on happened offline."""
    late = link_opened_at is not None and fact.timestamp < link_opened_at
    state = fact.charging_state
    with_evse = fact.with_evse or fact.trigger is TriggerReason.Trigger  # so says F06, TC_F_14
    started = fact.kind is TransactionEvent.Started
    reason = fact.stopped_reason
    return call.TransactionEvent(
        event_type=_KINDS[fact.kind],
        timestamp=datetimes.format(fact.timestamp),
        trigger_reason=_TRIGGERS[fact.trigger],
        seq_no=fact.seq_no,
        transaction_info=datatypes.TransactionType(
            fact.transaction,
            charging_state=_STATES[state] if state else None,
            time_spent_charging=None if started else fact.time_spent_charging_s,
            stopped_reason=_REASONS[reason] if reason else None,
            remote_start_id=fact.remote_start_id,
        ),
        meter_value=metering.to_wire(fact.meter_values) or None,
        offline=True if fact.offline or late else None,
        number_of_phases_used=fact.phases_used,
        cable_max_current=fact.cable_max_current_a,
        reservation_id=fact.reservation_id,
        evse=datatypes.EVSEType(fact.evse_id, fact.connector_id) if with_evse else None,
        id_token=tokens.to_wire(fact.id_token) if fact.id_token else None,
    )
