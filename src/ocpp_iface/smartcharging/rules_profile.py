"""Rules about a profile as a whole: its purpose, place, transaction and neighbours.

One function for a rule, named for what it refuses.
"""

from __future__ import annotations

from ocpp_iface.smartcharging.facts import (
    Candidate,
    Edition,
    Facts,
    Origin,
    Reason,
    Rejection,
)
from ocpp_iface.smartcharging.install import overlapping, replaced_by
from ocpp_iface.smartcharging.profile import (
    STATION,
    InstalledProfile,
    Kind,
    Purpose,
)

V21_PURPOSES = (Purpose.PRIORITY_CHARGING, Purpose.LOCAL_GENERATION)


def unknown_evse(candidate: Candidate, facts: Facts) -> Rejection | None:
    """K01.FR.28: the EVSE must exist. 1.6 errata 3.39: a wrong connector is a CALLERROR there."""
    if candidate.evse_id in (None, STATION) or facts.evse(candidate.evse_id or 0) is not None:
        return None
    info = f"there is no EVSE {candidate.evse_id}"
    return Rejection(Reason.UNKNOWN_EVSE, info, "K01.FR.28")


def external_constraints(candidate: Candidate, _facts: Facts) -> Rejection | None:
    """K01.FR.22: external constraints are not for the CSMS to set."""
    if candidate.profile.purpose is not Purpose.STATION_EXTERNAL:
        return None
    info = "external constraints are not set by the CSMS"
    return Rejection(Reason.INVALID_VALUE, info, "K01.FR.22")


def unknown_purpose(candidate: Candidate, facts: Facts) -> Rejection | None:
    """ChargingProfilePurposeEnumType: what 2.1 adds is not known before it."""
    purpose = candidate.profile.purpose
    if purpose not in V21_PURPOSES:
        return None
    info = f"purpose {purpose.value} is not part of OCPP {facts.edition.value}"
    return Rejection(Reason.UNSUPPORTED_PARAM, info, "ChargingProfilePurposeEnumType")


def unknown_kind(candidate: Candidate, facts: Facts) -> Rejection | None:
    """ChargingProfileKindEnumType: Dynamic belongs to 2.1."""
    if candidate.profile.kind is not Kind.DYNAMIC:
        return None
    info = f"kind Dynamic is not part of OCPP {facts.edition.value}"
    return Rejection(Reason.UNSUPPORTED_PARAM, info, "ChargingProfileKindEnumType")


def fields_of_2_1(candidate: Candidate, facts: Facts) -> Rejection | None:
    """ChargingProfileType: fields that 2.1 adds are refused before it, not dropped silently."""
    profile = candidate.profile
    known = profile.extras is None and all(
        schedule.extras is None and all(period.extras is None for period in schedule.periods)
        for schedule in profile.schedules
    )
    if known:
        return None
    info = f"the profile has fields that OCPP {facts.edition.value} does not define"
    return Rejection(Reason.UNSUPPORTED_PARAM, info, "ChargingProfileType")


def station_maximum_on_evse(candidate: Candidate, facts: Facts) -> Rejection | None:
    """K04.FR.03, 1.6 3.13.1: a station maximum belongs to EVSE 0."""
    if candidate.profile.purpose is not Purpose.STATION_MAX or candidate.evse_id == STATION:
        return None
    info = "a station maximum can only be set on EVSE 0"
    return Rejection(Reason.INVALID_VALUE, info, _named(facts, "K04.FR.03", "1.6 3.13.1"))


def relative_station_maximum(candidate: Candidate, facts: Facts) -> Rejection | None:
    """K01.FR.38: a station maximum has no transaction to be relative to."""
    profile = candidate.profile
    if profile.purpose is not Purpose.STATION_MAX or profile.kind is not Kind.RELATIVE:
        return None
    info = "a station maximum cannot be relative"
    return Rejection(Reason.INVALID_VALUE, info, _named(facts, "K01.FR.38", "1.6 3.13.1"))


def tx_profile_on_station(candidate: Candidate, facts: Facts) -> Rejection | None:
    """K01.FR.16, 1.6 3.13.1: a TxProfile belongs to an EVSE."""
    if candidate.profile.purpose is not Purpose.TX or candidate.evse_id != STATION:
        return None
    info = "a TxProfile needs an EVSE greater than 0"
    return Rejection(Reason.INVALID_VALUE, info, _named(facts, "K01.FR.16", "1.6 3.13.1"))


def tx_profile_without_transaction_id(candidate: Candidate, _facts: Facts) -> Rejection | None:
    """K01.FR.03: a TxProfile names its transaction (1.6 leaves it optional)."""
    profile = candidate.profile
    if profile.purpose is not Purpose.TX or profile.transaction_id is not None:
        return None
    info = "a TxProfile needs a transactionId"
    return Rejection(Reason.MISSING_PARAM, info, "K01.FR.03")


def no_transaction(candidate: Candidate, facts: Facts) -> Rejection | None:
    """K01.FR.09, 1.6 3.13.1: a TxProfile needs a running transaction on its EVSE."""
    if candidate.profile.purpose is not Purpose.TX:
        return None
    evse = facts.evse(candidate.evse_id or 0)
    if evse is not None and evse.transaction_id is not None:
        return None
    info = f"there is no transaction on EVSE {candidate.evse_id}"
    return Rejection(Reason.TX_NOT_FOUND, info, _named(facts, "K01.FR.09", "1.6 3.13.1"))


def other_transaction(candidate: Candidate, facts: Facts) -> Rejection | None:
    """K01.FR.33, 1.6 7.8: the transaction named is the one running on that EVSE."""
    profile = candidate.profile
    if profile.purpose is not Purpose.TX or profile.transaction_id is None:
        return None
    evse = facts.evse(candidate.evse_id or 0)
    if evse is not None and evse.transaction_id == profile.transaction_id:
        return None
    info = f"the transaction does not run on EVSE {candidate.evse_id}"
    return Rejection(Reason.TX_NOT_FOUND, info, _named(facts, "K01.FR.33", "1.6 7.8"))


def transaction_id_without_tx_profile(candidate: Candidate, _facts: Facts) -> Rejection | None:
    """ChargingProfileType: only a TxProfile has a transactionId."""
    profile = candidate.profile
    if profile.purpose is Purpose.TX or profile.transaction_id is None:
        return None
    info = "only a TxProfile may have a transactionId"
    return Rejection(Reason.INVALID_PROFILE, info, "ChargingProfileType")


def not_a_tx_profile(candidate: Candidate, facts: Facts) -> Rejection | None:
    """K05.FR.02, 1.6 5.16.2: a transaction is started with a TxProfile or with none."""
    if candidate.profile.purpose is Purpose.TX:
        return None
    info = "a transaction can only be started with a TxProfile"
    return Rejection(Reason.INVALID_PROFILE, info, _named(facts, "K05.FR.02", "1.6 5.16.2"))


def transaction_id_at_start(candidate: Candidate, facts: Facts) -> Rejection | None:
    """K05, 1.6 5.16.2: the transaction to be started has no id yet."""
    if candidate.profile.transaction_id is None:
        return None
    info = "a transaction that is to be started has no transactionId yet"
    return Rejection(Reason.INVALID_PROFILE, info, _named(facts, "K05", "1.6 5.16.2"))


def start_on_station(candidate: Candidate, facts: Facts) -> Rejection | None:
    """K01.FR.16: a transaction runs on an EVSE, not on the station."""
    if candidate.evse_id is None or candidate.evse_id > STATION:
        return None
    info = "a transaction needs an EVSE greater than 0"
    return Rejection(Reason.INVALID_PROFILE, info, _named(facts, "K01.FR.16", "1.6 3.13.1"))


def replaces_external_constraints(candidate: Candidate, facts: Facts) -> Rejection | None:
    """K01.FR.05: external constraints are not replaced by a profile with their id."""
    taken = any(
        item.profile.id == candidate.profile.id and item.profile.purpose is Purpose.STATION_EXTERNAL
        for item in facts.installed
    )
    if not taken:
        return None
    info = f"id {candidate.profile.id} belongs to external constraints"
    return Rejection(Reason.INVALID_VALUE, info, "K01.FR.05")


def overlapping_profile(candidate: Candidate, facts: Facts) -> Rejection | None:
    """K01.FR.06: one profile at a time for a stack level, purpose and EVSE."""
    profile = candidate.profile
    if profile.purpose is Purpose.TX:
        return None
    for item in _others(candidate, facts):
        same_place = item.evse_id == candidate.evse_id and item.profile.purpose is profile.purpose
        same_level = item.profile.stack_level == profile.stack_level
        if same_place and same_level and overlapping(item.profile, profile):
            return _duplicate(item, "K01.FR.06")
    return None


def same_level_in_transaction(candidate: Candidate, facts: Facts) -> Rejection | None:
    """K01.FR.39: one TxProfile for a stack level and transaction."""
    profile = candidate.profile
    if profile.purpose is not Purpose.TX:
        return None
    for item in _others(candidate, facts):
        other = item.profile
        if (
            other.purpose is Purpose.TX
            and other.stack_level == profile.stack_level
            and other.transaction_id == profile.transaction_id
        ):
            return _duplicate(item, "K01.FR.39")
    return None


def default_already_on_evse(candidate: Candidate, facts: Facts) -> Rejection | None:
    """K01.FR.52: no default for all EVSEs at a level where one EVSE has its own."""
    if candidate.evse_id != STATION:
        return None
    for item in _same_level_defaults(candidate, facts):
        if item.evse_id != STATION:
            return _duplicate(item, "K01.FR.52")
    return None


def default_already_on_station(candidate: Candidate, facts: Facts) -> Rejection | None:
    """K01.FR.53: no default of an EVSE at a level where there is one for all EVSEs."""
    if candidate.evse_id == STATION:
        return None
    for item in _same_level_defaults(candidate, facts):
        if item.evse_id == STATION:
            return _duplicate(item, "K01.FR.53")
    return None


def stack_level_out_of_range(candidate: Candidate, facts: Facts) -> Rejection | None:
    """SmartChargingCtrlr.ProfileStackLevel, 1.6 9.4.1: the highest stack level; the lowest is 0."""
    level = candidate.profile.stack_level
    if 0 <= level <= facts.max_stack_level:
        return None
    info = f"stack level {level} is not between 0 and {facts.max_stack_level}"
    name = _named(facts, "SmartChargingCtrlr.ProfileStackLevel", "1.6 9.4.1")
    return Rejection(Reason.INVALID_STACK_LEVEL, info, name)


def too_many_profiles(candidate: Candidate, facts: Facts) -> Rejection | None:
    """SmartChargingCtrlr.Entries, 1.6 9.4.5: the number of profiles the station can hold.

    External constraints are the station's own and do not count.
    """
    evse_id = STATION if candidate.evse_id is None else candidate.evse_id
    replaced = replaced_by(facts.installed, candidate.profile, evse_id, facts.edition)
    kept = [
        item
        for item in facts.installed
        if item not in replaced and item.profile.purpose is not Purpose.STATION_EXTERNAL
    ]
    if len(kept) < facts.max_profiles:
        return None
    info = f"no more than {facts.max_profiles} profiles can be installed"
    name = _named(facts, "SmartChargingCtrlr.Entries", "1.6 9.4.5")
    return Rejection(Reason.TOO_MANY_ELEMENTS, info, name)


def before_charging_needs(candidate: Candidate, facts: Facts) -> Rejection | None:
    """K15.FR.17: not between the start of an ISO 15118 session and its charging needs."""
    if candidate.profile.purpose is not Purpose.TX or candidate.origin is Origin.REQUEST_START:
        return None
    evse = facts.evse(candidate.evse_id or 0)
    if evse is None or not evse.charging_needs_pending:
        return None
    info = "the charging needs of the vehicle have not been sent yet"
    return Rejection(Reason.INVALID_MESSAGE_SEQ, info, "K15.FR.17")


def _named(facts: Facts, v201: str, v16: str) -> str:
    return v16 if facts.edition is Edition.V16 else v201


def _others(candidate: Candidate, facts: Facts) -> list[InstalledProfile]:
    """The installed profiles with another id; the one with the same id would be replaced."""
    return [item for item in facts.installed if item.profile.id != candidate.profile.id]


def _same_level_defaults(candidate: Candidate, facts: Facts) -> list[InstalledProfile]:
    profile = candidate.profile
    if profile.purpose is not Purpose.TX_DEFAULT:
        return []
    return [
        item
        for item in _others(candidate, facts)
        if item.profile.purpose is Purpose.TX_DEFAULT
        and item.profile.stack_level == profile.stack_level
    ]


def _duplicate(item: InstalledProfile, requirement: str) -> Rejection:
    profile = item.profile
    info = (
        f"profile {profile.id} on EVSE {item.evse_id} has the same purpose "
        f"and stack level {profile.stack_level}"
    )
    return Rejection(Reason.DUPLICATE_PROFILE, info, requirement)
