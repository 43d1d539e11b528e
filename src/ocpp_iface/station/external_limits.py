"""Limits that somebody else than the CSMS sets: an energy manager, the grid (K11 to K13).

They hold from the moment the app hands them in until it takes them back, over restarts too.
"""

from __future__ import annotations

from datetime import datetime

from ocpp_iface.devicemodel.catalog import SmartChargingCtrlr
from ocpp_iface.smartcharging import (
    ChargingSchedule,
    CompositeSchedule,
    InstalledProfile,
    LimitSource,
    composite_schedule,
    release_external,
    set_external,
    significantly_different,
)
from ocpp_iface.station import charging_facts
from ocpp_iface.station.charging_profiles import ChargingProfiles
from ocpp_iface.station.context import StationContext
from ocpp_iface.station.events import ExternalLimitCleared, ExternalLimitSet

_DAY_S = 86_400


class ExternalLimits:
    def __init__(self, ctx: StationContext, profiles: ChargingProfiles) -> None:
        self._ctx = ctx
        self._profiles = profiles

    def set(
        self,
        evse_id: int,
        schedule: ChargingSchedule,
        source: LimitSource,
        *,
        valid_to: datetime | None = None,
        grid_critical: bool | None = None,
    ) -> None:
        """In place of what the source said about the EVSE (0: the station) before."""
        before = self._profiles.installed
        change = set_external(
            before,
            schedule,
            source,
            now=self._ctx.clock.now,
            evse_id=evse_id,
            valid_to=valid_to,
        )
        self._profiles.take(change)
        new = change.added[0]
        old = next(iter(change.removed), None)
        if self._is_significant(old, new):
            self._ctx.bus.publish(
                ExternalLimitSet(evse_id, source, new.profile.schedules[0], grid_critical)
            )

    def clear(self, evse_id: int | None, source: LimitSource | None) -> bool:
        """None: of all EVSEs and the station, of all sources. False if there was no such limit."""
        change = release_external(self._profiles.installed, source, evse_id)
        self._profiles.take(change)
        for item in change.removed:
            self._ctx.bus.publish(ExternalLimitCleared(item.evse_id, item.source))
        return bool(change)

    def _is_significant(self, old: InstalledProfile | None, new: InstalledProfile) -> bool:
        """K11.FR.02, K12.FR.02: by more than LimitChangeSignificance, at any time of a day."""
        if old is None:
            return True
        percent = float(self._ctx.variables.get(SmartChargingCtrlr.limit_change_significance))
        return significantly_different(self._alone(old), self._alone(new), percent)

    def _alone(self, item: InstalledProfile) -> CompositeSchedule | None:
        """What one limit says for itself, from now on."""
        return composite_schedule(
            (item,),
            charging_facts.context(self._ctx),
            item.evse_id,
            self._ctx.clock.now,
            duration_s=_DAY_S,
            unit=item.profile.schedules[0].unit,
        )
