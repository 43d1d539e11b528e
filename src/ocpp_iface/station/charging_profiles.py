"""The charging profiles that are installed: durable, and judged by the rules of the active version.

What the CSMS set and what an external system set (external constraints) are one set for the
arithmetic, and two tables: nothing the CSMS does touches the second.
"""

from __future__ import annotations

from attrs import evolve, frozen

from ocpp_iface.devicemodel.catalog import SmartChargingCtrlr
from ocpp_iface.engine.block import Cause
from ocpp_iface.log import Log
from ocpp_iface.ports.store import Table, TableDef
from ocpp_iface.smartcharging import (
    Candidate,
    Change,
    ChargingProfile,
    ClearCriteria,
    Facts,
    InstalledProfile,
    Profiles,
    Purpose,
    Rejection,
    SelectCriteria,
    bind,
    clear,
    end_transaction,
    install,
    keep_transactions,
    remove_expired,
    select,
    validate,
)
from ocpp_iface.station import charging_facts
from ocpp_iface.station.context import StationContext
from ocpp_iface.station.events import (
    ConnectorStatusChanged,
    ProfilesChanged,
    TransactionEnded,
    TransactionNumbered,
)

log = Log(__name__)


@frozen
class ProfileRow:
    """`number`: the profile was meant for the transaction of that number, before the CSMS had told
    the station which one that is.
    """

    installed: InstalledProfile
    number: int | None = None


PROFILES: TableDef[str, ProfileRow] = TableDef("charging_profile", str, ProfileRow)
LIMITS: TableDef[str, ProfileRow] = TableDef("external_limit", str, ProfileRow)


class ChargingProfiles:
    def __init__(self, ctx: StationContext) -> None:
        self._ctx = ctx
        self._tables = (ctx.store.table(PROFILES), ctx.store.table(LIMITS))
        rows = [row for table in self._tables for _, row in table.items()]
        rows.sort(key=lambda row: row.installed.sequence)
        self.installed: Profiles = tuple(row.installed for row in rows)
        """All of them, in the order of their installation."""
        self._numbers = {
            row.installed.sequence: row.number for row in rows if row.number is not None
        }
        ctx.variables.provide(SmartChargingCtrlr.entries, lambda _: self._count())
        ctx.bus.subscribe(ConnectorStatusChanged, self._evse_changed)
        ctx.bus.subscribe(TransactionEnded, self._transaction_ended)
        ctx.bus.subscribe(TransactionNumbered, self._numbered)

    def resume(self, cause: Cause) -> None:
        """At a start: what belongs to transactions that no longer run is of no use."""
        if cause is Cause.BOOT:
            running = tuple(row.uuid for row in self._ctx.station.transactions.all_open())
            self.take(keep_transactions(self.installed, running))

    def facts(self) -> Facts:
        return charging_facts.facts(self._ctx, self.installed)

    # -- what the CSMS orders --------------------------------------------------------------------

    def refusal(self, candidate: Candidate) -> Rejection | None:
        """Why the profile could not be installed, None if it could."""
        self.prune()
        rejection = validate(candidate, self.facts())
        if rejection is not None:
            log.info(
                "charging profile refused",
                profile=candidate.profile.id,
                reason=rejection.reason_code,
                rule=rejection.requirement,
                info=rejection.additional_info,
            )
        return rejection

    def set(self, candidate: Candidate, number: int | None = None) -> Rejection | None:
        """Install the profile, or say why not; `number` as in ProfileRow."""
        rejection = self.refusal(candidate)
        if rejection is None:
            self._install(candidate.profile, candidate.evse_id or 0, number)
        return rejection

    def clear(self, criteria: ClearCriteria) -> bool:
        """False if no profile matches."""
        self.prune()
        return self.take(clear(self.installed, criteria))

    def select(self, criteria: SelectCriteria) -> Profiles:
        self.prune()
        return select(self.installed, criteria)

    # -- changes ---------------------------------------------------------------------------------

    def take(self, change: Change, number: int | None = None) -> bool:
        """Store a change of the set. False if it changes nothing."""
        if not change:
            return False
        before = self._count()
        for item in change.removed:
            self._numbers.pop(item.sequence, None)
            self._table_of(item).delete(_key(item))
        for item in change.added:
            self._table_of(item).put(_key(item), ProfileRow(item, number))
            if number is not None:
                self._numbers[item.sequence] = number
        self.installed = change.profiles
        self._ctx.variables.report_change(SmartChargingCtrlr.entries, before, self._count())
        self._ctx.bus.publish(ProfilesChanged(change.evse_ids))
        return True

    def prune(self) -> None:
        """Remove what can never say anything again."""
        self.take(remove_expired(self.installed, self._ctx.clock.now))

    # -- inside ----------------------------------------------------------------------------------

    def _count(self) -> int:
        """SmartChargingCtrlr.Entries: how many the CSMS installed."""
        return sum(item.profile.purpose is not Purpose.STATION_EXTERNAL for item in self.installed)

    def _install(self, profile: ChargingProfile, evse_id: int, number: int | None = None) -> None:
        change = install(
            self.installed,
            profile,
            evse_id,
            now=self._ctx.clock.now,
            edition=self._ctx.policy.charging_edition,
        )
        self.take(change, number)

    def _evse_changed(self, event: ConnectorStatusChanged) -> None:
        """A profile that came with a remote start belongs to the transaction that is there now."""
        evse = self._ctx.station.evses.get(event.evse_id)
        if evse is None or evse.authorization is None or evse.transaction_id is None:
            return
        profile = evse.authorization.profile
        if profile is not None:
            evse.update(authorization=evolve(evse.authorization, profile=None))
            self._install(bind(profile, evse.transaction_id), evse.id)

    def _transaction_ended(self, event: TransactionEnded) -> None:
        self.take(end_transaction(self.installed, event.transaction))

    def _numbered(self, event: TransactionNumbered) -> None:
        """What was meant for another transaction than the one that ran does not hold for it."""
        wrong = [
            item
            for item in self.installed
            if item.profile.transaction_id == event.transaction
            and self._numbers.get(item.sequence, event.number) != event.number
        ]
        for item in wrong:
            log.warning("charging profile for a transaction that does not run", id=item.profile.id)
        kept = tuple(item for item in self.installed if item not in wrong)
        self.take(Change(kept, (), tuple(wrong)))

    def _table_of(self, item: InstalledProfile) -> Table[str, ProfileRow]:
        return self._tables[item.profile.purpose is Purpose.STATION_EXTERNAL]


def _key(item: InstalledProfile) -> str:
    return f"{item.sequence:012d}"
