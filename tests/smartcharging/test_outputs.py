from __future__ import annotations

from tests.smartcharging.builders import T0, A, installed, profile, station, with_schedule

from ocpp_iface.smartcharging import (
    Purpose,
    SchedulePeriod,
    composite_schedules,
    to_charging_schedules,
)
from ocpp_iface.types.schedules import ChargingSchedule, ChargingSchedulePeriod, ChargingSchedules


def test_the_var_has_a_schedule_for_the_station_and_each_evse() -> None:
    one_phase = with_schedule(
        profile(level=4), periods=(SchedulePeriod(0, 16, 1, 2),), min_charging_rate=6.0
    )
    profiles = [installed(one_phase, 1), installed(profile(id=2, purpose=Purpose.STATION_MAX))]

    value = to_charging_schedules(composite_schedules(profiles, station(), T0, 600, A))

    assert isinstance(value, ChargingSchedules)
    assert [one.evse for one in value.schedules] == [0, 1, 2]
    assert value.schedules[1] == ChargingSchedule(
        1,
        "A",
        (ChargingSchedulePeriod(0, 16.0, number_phases=1, phase_to_use=2, stack_level=4),),
        duration=600,
        start_schedule=T0,
        min_charging_rate=6.0,
    )


def test_the_default_limit_has_no_stack_level() -> None:
    value = to_charging_schedules(composite_schedules([], station(), T0, 600, A))

    assert value.schedules[1].charging_schedule_period == (
        ChargingSchedulePeriod(0, 48.0, number_phases=3),
    )
