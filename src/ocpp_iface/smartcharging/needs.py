"""What an ISO 15118 vehicle asks for, and the schedule it answers with (K15 to K17)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from attrs import evolve, frozen

from ocpp_iface.errors import Fault, PayloadError
from ocpp_iface.smartcharging.composite import CompositeSchedule, composite_schedule
from ocpp_iface.smartcharging.context import StationContext
from ocpp_iface.smartcharging.conversion import convert
from ocpp_iface.smartcharging.limits import limit_in
from ocpp_iface.smartcharging.profile import (
    ChargingSchedule,
    InstalledProfile,
    Purpose,
    RateUnit,
    epoch_s,
)


class EnergyTransferMode(StrEnum):
    DC = "DC"
    AC_SINGLE_PHASE = "AC_single_phase"
    AC_TWO_PHASE = "AC_two_phase"
    AC_THREE_PHASE = "AC_three_phase"


@frozen
class AcNeeds:
    """Energy in Wh, currents in A per phase, voltage in V."""

    energy_amount_wh: int
    ev_min_current_a: int
    ev_max_current_a: int
    ev_max_voltage_v: int


@frozen
class DcNeeds:
    """Energy in Wh, current in A, voltage in V, power in W, states of charge in percent."""

    ev_max_current_a: int
    ev_max_voltage_v: int
    energy_amount_wh: int | None = None
    ev_max_power_w: int | None = None
    state_of_charge: int | None = None
    ev_energy_capacity_wh: int | None = None
    full_soc: int | None = None
    bulk_soc: int | None = None


@frozen
class ChargingNeeds:
    """K15.FR.06: AC needs or DC needs, not both and not neither; else PayloadError."""

    requested_energy_transfer: EnergyTransferMode
    ac: AcNeeds | None = None
    dc: DcNeeds | None = None
    departure_time: datetime | None = None

    def __attrs_post_init__(self) -> None:
        if (self.ac is None) == (self.dc is None):
            raise PayloadError("ac", "AC needs or DC needs, exactly one", Fault.OCCURRENCE)


@frozen
class EvNeedsReport:
    """What NotifyEVChargingNeeds tells. `max_schedule_tuples`: periods the vehicle can take."""

    evse_id: int
    needs: ChargingNeeds
    max_schedule_tuples: int | None = None


@frozen
class EvSchedule:
    """What NotifyEVChargingSchedule tells: the plan of the vehicle, counted from `time_base`."""

    evse_id: int
    time_base: datetime
    schedule: ChargingSchedule


@frozen
class Excess:
    """From `start_s` seconds after the time base on, the vehicle plans more than it may draw."""

    start_s: int
    planned: float
    allowed: float


def schedules_for_vehicle(
    installed: Sequence[InstalledProfile],
    context: StationContext,
    evse_id: int,
    start: datetime,
    *,
    duration_s: int,
    unit: RateUnit,
) -> tuple[CompositeSchedule, ...]:
    """K15.FR.22: one to three composite schedules to offer, the n-th made of the n-th schedules.

    Empty if the station has no such EVSE.
    """
    evse = context.evse(evse_id)
    if evse is None:
        return ()
    running = None if evse.transaction is None else evse.transaction.id
    count = max(
        (
            len(item.profile.schedules)
            for item in installed
            if item.evse_id == evse_id
            and item.profile.purpose is Purpose.TX
            and running is not None
            and item.profile.transaction_id == running
        ),
        default=1,
    )
    offered = []
    for index in range(count):
        evses = tuple(
            evolve(each, schedule_index=index) if each.id == evse_id else each
            for each in context.evses
        )
        schedule = composite_schedule(
            installed,
            evolve(context, evses=evses),
            evse_id,
            start,
            duration_s=duration_s,
            unit=unit,
        )
        if schedule is not None:
            offered.append(schedule)
    return tuple(offered)


def excesses(
    plan: EvSchedule, allowed: CompositeSchedule, *, supply_voltage: float = 230.0
) -> tuple[Excess, ...]:
    """K15.FR.09, K16.FR.04, K17.FR.09: where the plan of the vehicle is above what is allowed.

    Empty if it keeps within; seconds outside the allowed schedule are not judged. A plan in the
    other unit is converted on the number of phases of each of its periods.
    """
    base, first = epoch_s(plan.time_base), epoch_s(allowed.start)
    schedule = plan.schedule
    ends = [*schedule.starts[1:], schedule.duration_s]
    found = []
    for period, end in zip(schedule.periods, ends, strict=True):
        planned = convert(
            period.limit,
            schedule.unit,
            allowed.unit,
            supply_voltage=supply_voltage,
            number_phases=period.number_phases,
        )
        begin = base + period.start_period
        stop = first + allowed.duration_s if end is None else base + end
        moments = [begin, *(first + row.start_period for row in allowed.periods)]
        for moment in sorted(set(moments)):
            limit = limit_in(allowed, moment) if begin <= moment < stop else None
            if limit is not None and planned > limit:
                found.append(Excess(moment - base, planned, limit))
    return tuple(found)
