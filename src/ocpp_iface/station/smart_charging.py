"""Smart charging: how much may be drawn, by whom it was limited, and who is told."""

from __future__ import annotations

from ocpp_iface.engine.block import Cause
from ocpp_iface.station.charging_needs import ChargingNeeds
from ocpp_iface.station.charging_profiles import ChargingProfiles
from ocpp_iface.station.charging_schedules import Publication
from ocpp_iface.station.context import StationContext
from ocpp_iface.station.events import ConnectorStatusChanged
from ocpp_iface.station.external_limits import ExternalLimits


class SmartCharging:
    def __init__(self, ctx: StationContext) -> None:
        self._ctx = ctx
        self.profiles = ChargingProfiles(ctx)
        self.needs = ChargingNeeds(ctx)
        self.limits = ExternalLimits(ctx, self.profiles)
        self.schedules = Publication(ctx, self.profiles)
        ctx.bus.subscribe(ConnectorStatusChanged, self._evse_changed)

    def resume(self, cause: Cause) -> None:
        self.profiles.resume(cause)
        self.schedules.resume()

    def settle(self) -> None:
        self.schedules.settle()

    def _evse_changed(self, event: ConnectorStatusChanged) -> None:
        evse = self._ctx.station.evses.get(event.evse_id)
        if evse is not None and evse.wants_energy:
            self._ctx.station.transactions.note_ready(evse.id)
