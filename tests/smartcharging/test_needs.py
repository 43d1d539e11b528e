from __future__ import annotations

import pytest
from attrs import evolve
from tests.smartcharging.builders import (
    T0,
    A,
    W,
    at,
    charging,
    composite,
    installed,
    limits,
    profile,
    schedule,
    station,
)

from ocpp_iface.errors import PayloadError
from ocpp_iface.smartcharging import (
    AcNeeds,
    ChargingNeeds,
    DcNeeds,
    EnergyTransferMode,
    EvSchedule,
    Excess,
    Purpose,
    excesses,
    schedules_for_vehicle,
)

AC = AcNeeds(20_000, 6, 32, 400)
DC = DcNeeds(200, 500)


def test_k15_fr_06_needs_are_either_ac_or_dc() -> None:
    assert ChargingNeeds(EnergyTransferMode.DC, dc=DC).ac is None
    for wrong in ({}, {"ac": AC, "dc": DC}):
        with pytest.raises(PayloadError):
            ChargingNeeds(EnergyTransferMode.AC_THREE_PHASE, **wrong)


def test_k15_fr_22_the_nth_schedules_make_the_nth_offer() -> None:
    several = profile(id=1, level=1, purpose=Purpose.TX, transaction_id="tx")
    first = schedule((0, 10), duration_s=100)
    several = evolve(several, schedules=(first, schedule((0, 12), duration_s=50)))
    single = profile((0, 20), id=2, purpose=Purpose.TX, transaction_id="tx")
    profiles = [installed(several, 1), installed(single, 1)]

    offers = schedules_for_vehicle(profiles, station(charging()), 1, T0, duration_s=400, unit=A)

    assert [limits(offer) for offer in offers] == [
        [(0, 10.0), (100, 20.0)],
        [(0, 12.0), (50, 20.0)],
    ]


def test_without_tx_profile_there_is_one_offer_and_without_evse_none() -> None:
    context = station(charging())

    assert len(schedules_for_vehicle([], context, 1, T0, duration_s=9, unit=A)) == 1
    assert schedules_for_vehicle([], context, 9, T0, duration_s=9, unit=A) == ()


def test_k15_fr_09_a_plan_within_the_limits_has_no_excess() -> None:
    allowed = composite([installed(profile((0, 10), (100, 16)))], station())
    plan = EvSchedule(1, T0, schedule((0, 10), (100, 16), start=None, duration_s=300))

    assert excesses(plan, allowed) == ()


def test_k16_fr_04_every_excess_of_a_plan_is_found() -> None:
    allowed = composite([installed(profile((0, 10), (100, 16), (200, 8)))], station())
    plan = EvSchedule(1, at(50), schedule((0, 12), (100, 8), unit=A, start=None))

    assert excesses(plan, allowed) == (Excess(0, 12.0, 10.0),)
    assert excesses(evolve(plan, schedule=schedule((0, 16), start=None)), allowed) == (
        Excess(0, 16.0, 10.0),
        Excess(150, 16.0, 8.0),
    )


def test_k17_fr_09_a_plan_in_the_other_unit_is_converted() -> None:
    allowed = composite([installed(profile((0, 10)))], station())

    def found(watts: int) -> int:
        plan = EvSchedule(1, T0, schedule((0, watts, 3), unit=W, start=None, duration_s=60))
        return len(excesses(plan, allowed))

    assert (found(6900), found(7000)) == (0, 1)


def test_what_the_plan_says_outside_the_schedule_is_not_judged() -> None:
    allowed = composite([installed(profile((0, 10)))], station(), duration_s=60)

    assert excesses(EvSchedule(1, at(60), schedule((0, 99), start=None)), allowed) == ()
