"""What ISO 15118 vehicles ask for and plan (K15 to K17), as long as their transactions run.

The vehicle's side is the app's: it reports needs and plans, and gets the limits with `set_limit`.
"""

from __future__ import annotations

from typing import Final

from attrs import evolve, frozen

from ocpp_iface.log import Log
from ocpp_iface.smartcharging import (
    ChargingSchedule,
    CompositeSchedule,
    EvNeedsReport,
    EvSchedule,
    RateUnit,
    SchedulePeriod,
    excesses,
    schedules_for_vehicle,
)
from ocpp_iface.smartcharging.profile import epoch_s
from ocpp_iface.station import charging_facts
from ocpp_iface.station.context import StationContext
from ocpp_iface.station.events import EvNeedsReported, EvScheduleReported, TransactionEnded

log = Log(__name__)

_HOUR_S: Final = 3_600


@frozen
class EvNegotiation:
    """`sent`: the CSMS knows the needs. `pending`: it is about to. `schedule_index`: which of the
    offered schedules the vehicle took.
    """

    sent: bool = False
    pending: bool = False
    max_schedule_tuples: int | None = None
    schedule_index: int = 0


_NONE = EvNegotiation()


class ChargingNeeds:
    def __init__(self, ctx: StationContext) -> None:
        self._ctx = ctx
        self._negotiations: dict[int, EvNegotiation] = {}
        ctx.bus.subscribe(TransactionEnded, self._transaction_ended)

    def of(self, evse_id: int) -> EvNegotiation:
        return self._negotiations.get(evse_id, _NONE)

    def report_needs(self, report: EvNeedsReport) -> None:
        """K15.FR.01, K17.FR.01: the vehicle says what it needs, at the start or again."""
        known = self.of(report.evse_id)
        self._negotiations[report.evse_id] = evolve(
            known,
            pending=not known.sent,
            max_schedule_tuples=report.max_schedule_tuples,
            schedule_index=0,
        )
        self._ctx.bus.publish(EvNeedsReported(report, self._ctx.clock.now))

    def needs_told(self, evse_id: int, *, to_csms: bool) -> None:
        """The CSMS has the needs; or it will not get them, as the station is offline."""
        known = self._negotiations.get(evse_id)
        if known is not None:  # else the transaction has ended meanwhile
            sent = known.sent or to_csms
            self._negotiations[evse_id] = evolve(known, sent=sent, pending=False)

    def report_plan(self, evse_id: int, plan: EvSchedule | None, selected: int) -> bool:
        """K15.FR.09, K15.FR.10, K15.FR.19: what the vehicle plans on the offered schedule `selected`;
        without a plan of its own it may do all that the schedule allows.

        True if it keeps within what is allowed; the CSMS is told in any case.
        """
        self._negotiations[evse_id] = evolve(self.of(evse_id), schedule_index=selected)
        allowed = self._allowed(evse_id, plan)
        if plan is None:
            plan = _all_of(allowed)
        context = charging_facts.context(self._ctx)
        fits = not excesses(plan, allowed, supply_voltage=context.supply_voltage)
        if not fits:
            log.warning("the vehicle plans more than it may draw", evse=evse_id)
        self._ctx.bus.publish(EvScheduleReported(plan))
        return fits

    def offers(
        self, evse_id: int, duration_s: int, unit: RateUnit
    ) -> tuple[CompositeSchedule, ...]:
        """K15.FR.22: the schedules that the vehicle can choose from."""
        return schedules_for_vehicle(
            self._ctx.station.smart_charging.profiles.installed,
            charging_facts.context(self._ctx),
            evse_id,
            self._ctx.clock.now,
            duration_s=duration_s,
            unit=unit,
        )

    def _allowed(self, evse_id: int, plan: EvSchedule | None) -> CompositeSchedule:
        """The schedule that the vehicle took, from now on for as long as its plan goes."""
        unit, length = self._ctx.station.smart_charging.schedules.unit, _HOUR_S
        if plan is not None:
            unit = plan.schedule.unit
            ends = plan.schedule.duration_s or plan.schedule.starts[-1] + _HOUR_S
            length = max(1, epoch_s(plan.time_base) + ends - epoch_s(self._ctx.clock.now))
        offered = self.offers(evse_id, length, unit)
        return offered[min(self.of(evse_id).schedule_index, len(offered) - 1)]

    def _transaction_ended(self, event: TransactionEnded) -> None:
        self._negotiations.pop(event.evse_id, None)


def _all_of(allowed: CompositeSchedule) -> EvSchedule:
    periods = tuple(
        SchedulePeriod(row.start_period, row.limit, row.number_phases) for row in allowed.periods
    )
    schedule = ChargingSchedule(allowed.unit, periods, duration_s=allowed.duration_s)
    return EvSchedule(allowed.evse_id, allowed.start, schedule)
