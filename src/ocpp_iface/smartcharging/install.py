"""The set of installed profiles: what replaces what, what is cleared, what is selected.

All pure: a function takes a tuple of profiles and gives a `Change`, the new tuple and what it added
and removed, for the caller to store.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from attrs import evolve, frozen

from ocpp_iface.smartcharging.facts import Edition
from ocpp_iface.smartcharging.profile import (
    ChargingProfile,
    ChargingSchedule,
    InstalledProfile,
    Kind,
    LimitSource,
    Purpose,
)

Profiles = tuple[InstalledProfile, ...]

_DAWN = datetime.min.replace(tzinfo=UTC)
_DUSK = datetime.max.replace(tzinfo=UTC)


@frozen
class Change:
    """`profiles` is the new set; nothing happened if `added` and `removed` are both empty."""

    profiles: Profiles
    added: Profiles = ()
    removed: Profiles = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.removed)

    @property
    def evse_ids(self) -> tuple[int, ...]:
        """The EVSEs (0: all of them) whose schedules may have changed."""
        return tuple(sorted({item.evse_id for item in self.added + self.removed}))


def overlapping(one: ChargingProfile, other: ChargingProfile) -> bool:
    """Is there a moment at which both are valid? (validTo itself is not.)"""
    start = max(_aware(one.valid_from, _DAWN), _aware(other.valid_from, _DAWN))
    end = min(_aware(one.valid_to, _DUSK), _aware(other.valid_to, _DUSK))
    return start < end


def replaced_by(
    profiles: Profiles, new: ChargingProfile, evse_id: int, edition: Edition
) -> Profiles:
    """The profiles that give way to `new`.

    Both versions: the one with its id (K01.FR.05, 1.6 5.16.3). 1.6 also: the one with its purpose
    and stack level on its connector, and for a TxProfile of its transaction (1.6 3.13.2, 5.16.2);
    in 2.0.1 that is refused instead (K01.FR.06, K01.FR.39).
    """

    def gives_way(item: InstalledProfile) -> bool:
        old = item.profile
        if old.purpose is Purpose.STATION_EXTERNAL:
            return new.purpose is Purpose.STATION_EXTERNAL and old.id == new.id
        if old.id == new.id:
            return True
        return (
            edition is Edition.V16
            and item.evse_id == evse_id
            and old.purpose is new.purpose
            and old.stack_level == new.stack_level
            and old.transaction_id == new.transaction_id
        )

    return tuple(item for item in profiles if gives_way(item))


def install(
    profiles: Profiles,
    new: ChargingProfile,
    evse_id: int,
    *,
    now: datetime,
    edition: Edition,
    source: LimitSource = LimitSource.CSO,
) -> Change:
    """Adds a valid profile in place of those it replaces. To repeat it changes nothing but the
    sequence number.
    """
    removed = replaced_by(profiles, new, evse_id, edition)
    sequence = 1 + max((item.sequence for item in profiles), default=0)
    added = InstalledProfile(new, evse_id, source, sequence, now)
    kept = tuple(item for item in profiles if item not in removed)
    return Change((*kept, added), (added,), removed)


def bind(profile: ChargingProfile, transaction_id: str) -> ChargingProfile:
    """The profile for a transaction: one that came with its start, or without its id (1.6)."""
    return evolve(profile, transaction_id=transaction_id)


def end_transaction(profiles: Profiles, transaction_id: str) -> Change:
    """K02.FR.05, 1.6 7.10: TxProfiles go with their transaction."""
    return _without(
        profiles,
        lambda item: (
            item.profile.purpose is Purpose.TX and item.profile.transaction_id == transaction_id
        ),
    )


def keep_transactions(profiles: Profiles, running: tuple[str, ...]) -> Change:
    """At start-up: the TxProfiles of transactions that no longer run go."""
    return _without(
        profiles,
        lambda item: (
            item.profile.purpose is Purpose.TX and item.profile.transaction_id not in running
        ),
    )


def remove_expired(profiles: Profiles, now: datetime) -> Change:
    """Removes the profiles of the CSMS that can never again say anything.

    External constraints stay: the system that set them releases them.
    """
    return _without(
        profiles,
        lambda item: (
            item.profile.purpose is not Purpose.STATION_EXTERNAL
            and (end := ends_at(item.profile)) is not None
            and end <= _aware(now, now)
        ),
    )


def ends_at(profile: ChargingProfile) -> datetime | None:
    """The moment from which a profile never applies again, None if there is none to tell."""
    ends = [] if profile.valid_to is None else [_aware(profile.valid_to, _DUSK)]
    if profile.kind is Kind.ABSOLUTE:
        runs = [_run_ends(schedule) for schedule in profile.schedules]
        known = [end for end in runs if end is not None]
        if known and len(known) == len(runs):
            ends.append(max(known))
    return min(ends) if ends else None


def _run_ends(schedule: ChargingSchedule) -> datetime | None:
    if schedule.start_schedule is None or schedule.duration_s is None:
        return None
    start = _aware(schedule.start_schedule, _DUSK)
    return start + min(timedelta(seconds=schedule.duration_s), _DUSK - start)


@frozen
class ClearCriteria:
    """Which profiles ClearChargingProfile means; None matches all (K10.FR.04, 1.6 errata 3.25)."""

    profile_id: int | None = None
    evse_id: int | None = None
    purpose: Purpose | None = None
    stack_level: int | None = None


def clear(profiles: Profiles, criteria: ClearCriteria) -> Change:
    """Removes the profiles that match all criteria; an empty change is status Unknown (K10.FR.01).

    K10.FR.03, 1.6 errata 3.26: an id alone decides. K10.FR.08, K10.FR.09: external constraints stay.
    """
    if criteria.profile_id is not None:
        criteria = ClearCriteria(profile_id=criteria.profile_id)

    def matches(item: InstalledProfile) -> bool:
        profile = item.profile
        return (
            profile.purpose is not Purpose.STATION_EXTERNAL
            and criteria.profile_id in (None, profile.id)
            and criteria.evse_id in (None, item.evse_id)
            and criteria.purpose in (None, profile.purpose)
            and criteria.stack_level in (None, profile.stack_level)
        )

    return _without(profiles, matches)


@frozen
class SelectCriteria:
    """Which profiles GetChargingProfiles asks for; None and an empty tuple match all.

    `evse_id` 0 asks for the profiles of the station itself only (K09.FR.05).
    """

    evse_id: int | None = None
    purpose: Purpose | None = None
    stack_level: int | None = None
    profile_ids: tuple[int, ...] = ()
    sources: tuple[LimitSource, ...] = ()


def select(profiles: Profiles, criteria: SelectCriteria) -> Profiles:
    """K09.FR.04 to K09.FR.06: the profiles that match all criteria, in order of installation."""
    return tuple(
        item
        for item in profiles
        if criteria.evse_id in (None, item.evse_id)
        and criteria.purpose in (None, item.profile.purpose)
        and criteria.stack_level in (None, item.profile.stack_level)
        and (not criteria.profile_ids or item.profile.id in criteria.profile_ids)
        and (not criteria.sources or item.source in criteria.sources)
    )


@frozen
class ReportGroup:
    """What one ReportChargingProfiles can hold: one EVSE, one source."""

    evse_id: int
    source: LimitSource
    profiles: tuple[ChargingProfile, ...]


def report_groups(selected: Profiles) -> tuple[ReportGroup, ...]:
    """K09.FR.02: the selected profiles by EVSE and source, in order of EVSE."""
    groups: dict[tuple[int, LimitSource], list[ChargingProfile]] = {}
    for item in sorted(selected, key=lambda item: (item.evse_id, item.source, item.sequence)):
        groups.setdefault((item.evse_id, item.source), []).append(item.profile)
    return tuple(
        ReportGroup(evse_id, source, tuple(members))
        for (evse_id, source), members in groups.items()
    )


def _without(profiles: Profiles, goes: Callable[[InstalledProfile], bool]) -> Change:
    removed = tuple(item for item in profiles if goes(item))
    if not removed:
        return Change(profiles)
    gone = {item.sequence for item in removed}
    return Change(tuple(item for item in profiles if item.sequence not in gone), (), removed)


def _aware(moment: datetime | None, otherwise: datetime) -> datetime:
    if moment is None:
        return otherwise
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
