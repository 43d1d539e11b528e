"""Rules about the schedules of a profile: their start, periods, limits, units and phases.

One function for a rule, named for what it refuses.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise

from ocpp_iface.smartcharging.facts import Candidate, Edition, EvseFacts, Facts, Reason, Rejection
from ocpp_iface.smartcharging.profile import Kind, Purpose, SchedulePeriod

MAX_SCHEDULES = 3


def no_periods(candidate: Candidate, _facts: Facts) -> Rejection | None:
    """ChargingScheduleType, 1.6 7.13: at least one schedule with at least one period."""
    schedules = candidate.profile.schedules
    if schedules and all(schedule.periods for schedule in schedules):
        return None
    info = "a schedule needs at least one period"
    return Rejection(Reason.INVALID_SCHEDULE, info, "ChargingScheduleType")


def several_schedules(candidate: Candidate, facts: Facts) -> Rejection | None:
    """K01.FR.34: several schedules only for the transaction of an ISO 15118 vehicle that sent its
    needs, and no more than three (K15.FR.07).
    """
    count = len(candidate.profile.schedules)
    if count <= 1:
        return None
    negotiated = candidate.profile.purpose is Purpose.TX and any(
        evse.id == candidate.evse_id and evse.charging_needs_sent for evse in facts.evses
    )
    if negotiated and count <= MAX_SCHEDULES:
        return None
    info = f"{count} schedules, more than this session takes"
    return Rejection(Reason.TOO_MANY_ELEMENTS, info, "K15.FR.07" if negotiated else "K01.FR.34")


def unsupported_rate_unit(candidate: Candidate, facts: Facts) -> Rejection | None:
    """K01.FR.26, 1.6 9.4.2: only the rate units the station says it supports."""
    for schedule in candidate.profile.schedules:
        if schedule.unit not in facts.rate_units:
            info = f"rate unit {schedule.unit.value} is not supported"
            name = "1.6 9.4.2" if facts.edition is Edition.V16 else "K01.FR.26"
            return Rejection(Reason.UNSUPPORTED_RATE_UNIT, info, name)
    return None


def too_many_periods(candidate: Candidate, facts: Facts) -> Rejection | None:
    """SmartChargingCtrlr.PeriodsPerSchedule, 1.6 9.4.3: the number of periods of a schedule.

    K15.FR.07: nor more than the vehicle can take.
    """
    most, name = facts.max_periods, "SmartChargingCtrlr.PeriodsPerSchedule"
    if facts.edition is Edition.V16:
        name = "1.6 9.4.3"
    if candidate.profile.purpose is Purpose.TX:
        for evse in facts.evses:
            tuples = evse.max_schedule_tuples
            if evse.id == candidate.evse_id and tuples is not None and tuples < most:
                most, name = tuples, "K15.FR.07"
    for schedule in candidate.profile.schedules:
        if len(schedule.periods) > most:
            info = f"{len(schedule.periods)} periods, at most {most}"
            return Rejection(Reason.TOO_MANY_ELEMENTS, info, name)
    return None


def first_period_not_zero(candidate: Candidate, facts: Facts) -> Rejection | None:
    """K01.FR.31, 1.6 errata 3.45: the first period starts with its schedule."""
    for schedule in candidate.profile.schedules:
        if schedule.periods and schedule.periods[0].start_period != 0:
            name = "1.6 errata 3.45" if facts.edition is Edition.V16 else "K01.FR.31"
            return Rejection(Reason.INVALID_SCHEDULE, "the first startPeriod is not 0", name)
    return None


def periods_out_of_order(candidate: Candidate, facts: Facts) -> Rejection | None:
    """K01.FR.35: each period starts after the one before it (1.6 7.14: its start ends that one)."""
    for schedule in candidate.profile.schedules:
        starts = schedule.starts
        if any(later <= earlier for earlier, later in pairwise(starts)):
            name = "1.6 7.14" if facts.edition is Edition.V16 else "K01.FR.35"
            return Rejection(Reason.INVALID_SCHEDULE, "the periods are not in order", name)
    return None


def missing_start_schedule(candidate: Candidate, facts: Facts) -> Rejection | None:
    """K01.FR.40: an absolute or recurring schedule says when it starts.

    1.6 leaves it open; there it is refused unless the configuration lets it pass.
    """
    profile = candidate.profile
    if profile.kind not in (Kind.ABSOLUTE, Kind.RECURRING):
        return None
    if all(schedule.start_schedule is not None for schedule in profile.schedules):
        return None
    if facts.edition is Edition.V16 and facts.allow_without_start_schedule:
        return None
    info = f"kind {profile.kind.value} needs a startSchedule"
    name = "1.6 7.13" if facts.edition is Edition.V16 else "K01.FR.40"
    return Rejection(Reason.INVALID_SCHEDULE, info, name)


def start_schedule_of_relative(candidate: Candidate, _facts: Facts) -> Rejection | None:
    """K01.FR.41: a relative schedule has no start of its own (1.6 ignores it)."""
    profile = candidate.profile
    if profile.kind is not Kind.RELATIVE:
        return None
    if all(schedule.start_schedule is None for schedule in profile.schedules):
        return None
    info = "kind Relative must not have a startSchedule"
    return Rejection(Reason.INVALID_SCHEDULE, info, "K01.FR.41")


def missing_recurrency_kind(candidate: Candidate, facts: Facts) -> Rejection | None:
    """K01.FR.60, 1.6 7.8: a recurring profile says how often. With another kind it is ignored."""
    profile = candidate.profile
    if profile.kind is not Kind.RECURRING or profile.recurrency_kind is not None:
        return None
    name = "1.6 7.8" if facts.edition is Edition.V16 else "K01.FR.60"
    return Rejection(Reason.INVALID_PROFILE, "kind Recurring needs a recurrencyKind", name)


def impossible_numbers(candidate: Candidate, _facts: Facts) -> Rejection | None:
    """ChargingScheduleType, 1.6 7.13: limits and rates are finite and not negative, so is a
    duration.
    """
    for schedule in candidate.profile.schedules:
        rates = [period.limit for period in schedule.periods]
        rates.append(schedule.min_charging_rate or 0.0)
        if not all(math.isfinite(rate) and rate >= 0 for rate in rates):
            info = "a limit is negative or not a number"
            return Rejection(Reason.INVALID_SCHEDULE, info, "ChargingScheduleType")
        if schedule.duration_s is not None and schedule.duration_s < 0:
            info = "the duration is negative"
            return Rejection(Reason.INVALID_SCHEDULE, info, "ChargingScheduleType")
    return None


def impossible_phases(candidate: Candidate, _facts: Facts) -> Rejection | None:
    """ChargingSchedulePeriodType, 1.6 7.14: one to three phases, named 1 to 3."""
    for period in _periods(candidate):
        for value in (period.number_phases, period.phase_to_use):
            if value is not None and not 1 <= value <= 3:
                info = "numberPhases and phaseToUse are 1 to 3"
                return Rejection(Reason.INVALID_SCHEDULE, info, "ChargingSchedulePeriodType")
    return None


def phase_of_several(candidate: Candidate, facts: Facts) -> Rejection | None:
    """K01.FR.19: a phase is named only where one phase is used. K01.FR.44: ignored on DC."""
    if not _on_ac(candidate, facts):
        return None
    for period in _periods(candidate):
        if period.phase_to_use is not None and period.number_phases != 1:
            info = "phaseToUse needs numberPhases 1"
            return Rejection(Reason.INVALID_SCHEDULE, info, "K01.FR.19")
    return None


def phase_not_switchable(candidate: Candidate, facts: Facts) -> Rejection | None:
    """K01.FR.20, K01.FR.48: a phase may be named if the EVSE can switch to it, or uses it anyhow
    (K01.FR.46). K01.FR.44: ignored on DC.
    """
    if facts.ac_phase_switching:
        return None
    targets = _on_ac(candidate, facts)
    for period in _periods(candidate):
        phase = period.phase_to_use
        if phase is not None and any(evse.phase_in_use != phase for evse in targets):
            info = f"the EVSE cannot switch to phase {phase}"
            return Rejection(Reason.INVALID_SCHEDULE, info, "K01.FR.48")
    return None


def phases_not_ensured(candidate: Candidate, facts: Facts) -> Rejection | None:
    """K01.FR.43: the EVSE must be able to hold the vehicle to that number of phases or fewer.

    K01.FR.45: more phases than it has is no fault, it then uses those it has. K01.FR.44: ignored on
    DC.
    """
    targets = _on_ac(candidate, facts)
    for period in _periods(candidate):
        most = period.number_phases
        if most is not None and any(min(evse.phase_counts) > most for evse in targets):
            info = f"the EVSE cannot be held to {most} phases"
            return Rejection(Reason.INVALID_SCHEDULE, info, "K01.FR.43")
    return None


def phase_to_use_in_16(candidate: Candidate, _facts: Facts) -> Rejection | None:
    """1.6 7.14: a period of 1.6 has no phaseToUse."""
    if all(period.phase_to_use is None for period in _periods(candidate)):
        return None
    return Rejection(Reason.UNSUPPORTED_PARAM, "1.6 has no phaseToUse", "1.6 7.14")


def _periods(candidate: Candidate) -> Iterator[SchedulePeriod]:
    for schedule in candidate.profile.schedules:
        yield from schedule.periods


def _on_ac(candidate: Candidate, facts: Facts) -> list[EvseFacts]:
    return [evse for evse in candidate.targets(facts) if not evse.dc]
