"""The physics and the controller of a simulated EVSE."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ocpp_iface.errors import PortError, PortRefused, PortTimedOut
from ocpp_iface.ports.hardware import UnlockOutcome
from ocpp_iface.ports.topology import Topology
from ocpp_iface.sim import SimEv
from ocpp_iface.sim.evse import SimEvse
from ocpp_iface.sim.hardware import SimHardware
from ocpp_iface.sim.scheduler import Scheduler
from ocpp_iface.station.reports import ReportChargingState, ReportMeter
from ocpp_iface.types import (
    ChargingSchedule,
    ChargingSchedulePeriod,
    ChargingState,
    MeterReading,
    ResetKind,
)

START = datetime(2026, 1, 1, tzinfo=UTC)


class Bay:
    """Hardware by itself, with a list in place of a station."""

    def __init__(self, auto: bool = True) -> None:
        self.scheduler = Scheduler()
        self.reports: list[object] = []
        self.hardware = SimHardware(
            self.scheduler, Topology((1, 2)), self.wall, self.reports.append, auto=auto
        )

    def wall(self) -> datetime:
        return START + timedelta(seconds=self.scheduler.now)

    @property
    def evse(self) -> SimEvse:
        return self.hardware.evses[1]

    def run(self, seconds: float) -> None:
        end = self.scheduler.now + seconds
        while self.scheduler.run_next(end):
            pass
        self.scheduler.now = end

    def order(self, method: str, *args: object, deadline_s: float = 30.0) -> list[object]:
        answers: list[object] = []

        def reply(value: object, error: PortError | None) -> None:
            answers.append(error or value)

        self.hardware.order(method, args, deadline_s, reply)
        return answers

    def states(self) -> list[ChargingState]:
        return [r.state for r in self.reports if isinstance(r, ReportChargingState)]

    def charge(self, ev: SimEv | None = None) -> SimEv:
        plugged = self.evse.plug(1, ev)
        self.evse.permit()
        return plugged


def limit(*periods: tuple[int, float], unit: str = "W") -> ChargingSchedule:
    return ChargingSchedule(
        1, unit, tuple(ChargingSchedulePeriod(start, watts) for start, watts in periods)
    )


def test_energy_flows_only_with_permission_and_ev() -> None:
    bay = Bay()
    bay.evse.permit()
    bay.run(3600)
    assert bay.evse.reading().energy_wh() == 0

    bay.evse.plug(1, SimEv(10_000))
    bay.run(3600)
    assert bay.evse.reading().energy_wh() == 10_000

    final = bay.evse.stop()
    bay.run(3600)
    assert bay.evse.reading().energy_wh() == final.energy_wh() == 10_000
    assert not bay.evse.contactor_closed


def test_the_limit_is_followed_through_its_periods() -> None:
    bay = Bay()
    bay.charge(SimEv(10_000))
    bay.evse.limit(limit((0, 4000), (1800, 0), (3600, 20_000)))
    bay.run(7200)

    assert bay.evse.reading().energy_wh() == 2000 + 0 + 10_000
    assert bay.states() == [
        ChargingState.Charging,
        ChargingState.SuspendedEVSE,
        ChargingState.Charging,
    ]


def test_amperes_are_watts_on_three_phases() -> None:
    bay = Bay()
    bay.charge(SimEv(50_000))
    bay.evse.limit(limit((0, 10), unit="A"))

    assert bay.evse.power_w == 10 * 230 * 3


def test_an_ev_pauses_goes_on_and_is_full() -> None:
    bay = Bay()
    ev = bay.charge(SimEv(10_000, needs_wh=5000))
    bay.run(60)
    ev.pause()
    bay.run(60)
    ev.resume()
    bay.run(3600)

    assert bay.evse.reading().energy_wh() == 5000
    assert ev.is_full
    assert bay.states() == [
        ChargingState.Charging,
        ChargingState.SuspendedEV,
        ChargingState.Charging,
        ChargingState.SuspendedEV,
    ]
    ev.needs_wh = None
    ev.full()
    assert ev.demand_w == 0


def test_nothing_is_drawn_during_a_pause() -> None:
    bay = Bay()
    ev = bay.charge(SimEv(10_000))
    bay.run(360)
    ev.pause()
    bay.run(3600)
    ev.resume()

    assert bay.evse.reading().energy_wh() == 1000


def test_meter_readings_come_while_energy_flows() -> None:
    bay = Bay()
    ev = bay.charge(SimEv(3600))
    bay.run(35)
    readings = [r.reading for r in bay.reports if isinstance(r, ReportMeter)]
    assert [reading.energy_wh() for reading in readings] == [11.0, 21.0, 31.0]

    ev.pause()
    bay.run(100)
    assert len([r for r in bay.reports if isinstance(r, ReportMeter)]) <= 4


def test_without_auto_nothing_is_reported() -> None:
    bay = Bay(auto=False)
    bay.charge()
    bay.run(100)

    assert bay.reports == []


def test_unplugging_opens_the_contactor() -> None:
    bay = Bay()
    ev = bay.charge()
    bay.run(10)
    bay.evse.unplug()

    assert not bay.evse.contactor_closed
    assert bay.evse.state is ChargingState.Idle
    ev.pause()  # concerns nobody any more
    assert [order.method for order in bay.hardware.log] == ["contactor closes", "contactor opens"]


def test_a_power_cut_opens_the_contactor_and_keeps_the_register() -> None:
    bay = Bay()
    bay.charge(SimEv(3600))
    bay.run(100)
    answers = bay.order("permit_energy", 1)
    bay.hardware.power_lost()
    bay.run(100)

    assert bay.evse.reading().energy_wh() == 100
    assert bay.evse.plugged == 1
    assert answers == []
    assert not bay.evse.permitted


def test_when_the_process_ends_energy_flows_on_in_silence() -> None:
    bay = Bay()
    bay.charge(SimEv(3600))
    bay.run(5)
    bay.hardware.process_lost()
    heard = len(bay.reports)
    bay.run(100)

    assert bay.evse.reading().energy_wh() == 105
    assert len(bay.reports) == heard
    bay.evse.report_now()
    bay.run(2)
    assert bay.states()[-1] is ChargingState.Charging


def test_orders_are_carried_out_after_the_latency_and_logged() -> None:
    bay = Bay()
    bay.evse.plug(1)
    answers = bay.order("permit_energy", 1)
    assert answers == []
    bay.run(1)

    assert answers == [None]
    assert [(o.at, o.method, o.args) for o in bay.hardware.log] == [
        (0.01, "permit_energy", (1,)),
        (0.01, "contactor closes", (1,)),
    ]
    assert bay.hardware.orders("permit_energy", evse=1) == bay.hardware.log[:1]
    assert bay.hardware.orders("permit_energy", evse=2) == []


def test_unlocking_under_load_is_a_violation() -> None:
    bay = Bay()
    bay.charge()
    bay.order("lock", 1, 1)
    bay.order("unlock", 1, 1)
    bay.run(1)
    assert len(bay.hardware.violations) == 1

    bay.order("stop_energy", 1)
    answers = bay.order("unlock", 1, 1)
    bay.run(1)
    assert answers == [UnlockOutcome.UNLOCKED]
    assert len(bay.hardware.violations) == 1


def test_orders_fail_hang_and_answer_nonsense() -> None:
    bay = Bay()
    bay.hardware.fail("unlock")
    bay.hardware.hang("unlock")
    bay.hardware.answer("unlock", "nonsense", times=None)
    answers = [bay.order("unlock", 1, 1, deadline_s=10.0) for _ in range(4)]
    bay.run(9)
    assert isinstance(answers[0][0], PortRefused)
    assert answers[1:] == [[], [], []]  # what hangs keeps the others waiting

    bay.run(5)
    assert isinstance(answers[1][0], PortTimedOut)
    assert all(isinstance(answer[0], PortRefused) for answer in answers[2:])  # as by the shell

    bay.hardware.heal()
    healed = bay.order("unlock", 1, 1)
    bay.run(1)
    assert healed == [UnlockOutcome.UNLOCKED]
    assert [o.failed for o in bay.hardware.log] == ["fails", "hangs", "answers", "answers", ""]


def test_every_order_is_understood() -> None:
    bay = Bay()
    asked = {
        "set_limit": (1, limit((0, 1000))),
        "lock": (1, 1),
        "set_operative": (2, None, False),
        "read_meter": (1,),
        "reset": (ResetKind.Immediate, None),
        "set_time": ("2026-01-01T00:00:00Z",),
        "data_transfer": (None,),
    }
    answers = {method: bay.order(method, *args) for method, args in asked.items()}
    bay.run(1)

    assert bay.evse.locked == 1
    assert not bay.hardware.evses[2].operative
    assert isinstance(answers["read_meter"][0], MeterReading)
    assert answers["reset"] == [True]
    assert answers["set_limit"] == answers["data_transfer"] == answers["set_time"] == [None]


@pytest.mark.parametrize("evse", [0, 9])
def test_orders_for_what_is_not_there_do_nothing(evse: int) -> None:
    bay = Bay()
    answers = [
        bay.order("read_meter", evse),
        bay.order("set_limit", evse, limit((0, 1))),
        bay.order("set_operative", evse, None, True),
    ]
    bay.run(1)

    assert answers == [[None], [None], [None]]
