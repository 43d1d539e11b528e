"""May this profile be installed? The rules of each version, in the order they are asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from attrs import evolve

from ocpp_iface.smartcharging import rules_profile as whole
from ocpp_iface.smartcharging import rules_schedule as parts
from ocpp_iface.smartcharging.facts import (
    Candidate,
    Edition,
    Facts,
    Origin,
    Reason,
    Rejection,
)

Rule = Callable[[Candidate, Facts], Rejection | None]

_CONTENT: tuple[Rule, ...] = (
    whole.unknown_purpose,
    whole.unknown_kind,
    whole.fields_of_2_1,
    whole.stack_level_out_of_range,
    parts.no_periods,
    parts.unsupported_rate_unit,
    parts.too_many_periods,
    parts.first_period_not_zero,
    parts.periods_out_of_order,
    parts.missing_start_schedule,
    parts.missing_recurrency_kind,
    parts.impossible_numbers,
    parts.impossible_phases,
)
"""What a profile of either version must be like, wherever it is to be installed."""

_CONTENT_201: tuple[Rule, ...] = (
    *_CONTENT,
    parts.start_schedule_of_relative,
    parts.phase_of_several,
    parts.phase_not_switchable,
    parts.phases_not_ensured,
)

_CONTENT_16: tuple[Rule, ...] = (*_CONTENT, parts.phase_to_use_in_16)

_PLACE: tuple[Rule, ...] = (
    whole.unknown_evse,
    whole.external_constraints,
    whole.station_maximum_on_evse,
    whole.relative_station_maximum,
    whole.tx_profile_on_station,
)

RULES: Mapping[tuple[Edition, Origin], tuple[Rule, ...]] = MappingProxyType(
    {
        (Edition.V201, Origin.SET_PROFILE): (
            *_PLACE,
            whole.tx_profile_without_transaction_id,
            whole.no_transaction,
            whole.other_transaction,
            whole.transaction_id_without_tx_profile,
            whole.before_charging_needs,
            *_CONTENT_201,
            parts.several_schedules,
            whole.replaces_external_constraints,
            whole.overlapping_profile,
            whole.same_level_in_transaction,
            whole.default_already_on_evse,
            whole.default_already_on_station,
            whole.too_many_profiles,
        ),
        (Edition.V201, Origin.REQUEST_START): (
            whole.not_a_tx_profile,
            whole.unknown_evse,
            whole.start_on_station,
            whole.transaction_id_at_start,
            *_CONTENT_201,
            parts.several_schedules,
            whole.replaces_external_constraints,
            whole.too_many_profiles,
        ),
        (Edition.V16, Origin.SET_PROFILE): (
            *_PLACE,
            whole.no_transaction,
            whole.other_transaction,
            *_CONTENT_16,
            parts.several_schedules,
            whole.replaces_external_constraints,
            whole.too_many_profiles,
        ),
        (Edition.V16, Origin.REQUEST_START): (
            whole.not_a_tx_profile,
            whole.unknown_evse,
            whole.start_on_station,
            whole.transaction_id_at_start,
            *_CONTENT_16,
            parts.several_schedules,
            whole.replaces_external_constraints,
            whole.too_many_profiles,
        ),
    }
)
"""All rules, by version and message."""


def validate(candidate: Candidate, facts: Facts) -> Rejection | None:
    """The first rule the profile breaks, None if it may be installed.

    K05.FR.05: of a profile that starts a transaction only two reasons are told.
    """
    for rule in RULES[facts.edition, candidate.origin]:
        rejection = rule(candidate, facts)
        if rejection is None:
            continue
        told = (Reason.INVALID_PROFILE, Reason.INVALID_SCHEDULE)
        if candidate.origin is Origin.REQUEST_START and rejection.reason_code not in told:
            return evolve(rejection, reason_code=Reason.INVALID_PROFILE)
        return rejection
    return None
