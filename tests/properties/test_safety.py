"""P10: whatever fails, a lock opens only when the contactor is open; and no transaction is lost."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import pytest

from ocpp_iface.sim import Bench, SimStation

METHODS = ("permit_energy", "stop_energy", "unlock", "lock", "read_meter", "set_operative")
TOKEN = "04AB12CD"


def by_token(bench: Bench) -> None:
    bench.station.present_token(TOKEN, 1)


def by_button(bench: Bench) -> None:
    bench.station.stop_button(1)


def by_fault(bench: Bench) -> None:
    bench.station.fault("GroundFailure", 1)


def by_app(bench: Bench) -> None:
    bench.station.stop_transaction(1, "EmergencyStop")


def by_pulling(bench: Bench) -> None:
    bench.station.unplug(1, cable_left=True)


def by_stop_command(bench: Bench) -> None:
    bench.station.ocpp.stop()


def by_csms(bench: Bench) -> None:
    running = list(bench.csms.transactions)
    if bench.is16 and running:
        body = {"transactionId": int(running[-1])}
        bench.csms.start_call("RemoteStopTransaction", body)
    elif running:
        bench.csms.start_call("RequestStopTransaction", {"transactionId": running[-1]})


def by_unlocking(bench: Bench) -> None:
    where = {"connectorId": 1} if bench.is16 else {"evseId": 1, "connectorId": 1}
    bench.csms.start_call("UnlockConnector", where)


def by_reset(bench: Bench) -> None:
    bench.csms.start_call("Reset", {"type": "Hard" if bench.is16 else "Immediate"})


def by_power_cut(bench: Bench) -> None:
    bench.power_cut()


def by_process_end(bench: Bench) -> None:
    bench.station.restart()


ENDS: tuple[Callable[[Bench], None], ...] = (
    by_token, by_button, by_fault, by_app, by_pulling, by_stop_command, by_csms, by_unlocking,
    by_reset, by_power_cut, by_process_end,
)  # fmt: skip


@pytest.mark.parametrize("version", ["1.6", "2.0.1"], ids=["V16", "V201"])
@pytest.mark.parametrize("end", ENDS, ids=[end.__name__ for end in ENDS])
@pytest.mark.parametrize("how", ["works", "fail", "hang", "fail twice", "nonsense"])
def test_no_lock_opens_under_load(version: str, end: Callable[[Bench], None], how: str) -> None:
    bench = Bench(version)
    bench.csms.validation = "codec"
    bench.charging()
    spoil(bench.station, how)

    end(bench)
    bench.run(60)
    by_unlocking_if_connected(bench)
    bench.run(60)

    assert bench.station.hardware.violations == []
    finish(bench)
    assert bench.csms.transactions


@pytest.mark.parametrize("version", ["1.6", "2.0.1"], ids=["V16", "V201"])
@pytest.mark.parametrize("seed", range(20))
def test_with_any_faults_at_any_time(version: str, seed: int) -> None:
    draw = Random(seed)
    bench = Bench(version, seed=seed)
    bench.csms.validation = "codec"
    hardware = bench.station.hardware
    for _ in range(6):
        for _ in range(draw.randrange(3)):
            getattr(hardware, draw.choice(["fail", "hang"]))(draw.choice(METHODS))
        if not bench.station.running:
            bench.run(10)
        if bench.station.evse(1).plugged is None:
            bench.station.plug_in(1)
        bench.station.clear_fault("GroundFailure", 1)
        bench.station.present_token(TOKEN, 1)
        bench.run(draw.choice([0.02, 1, 20]))
        if bench.csms.connected() and bench.station.running:
            draw.choice(ENDS[:5] + ENDS[6:9])(bench)
        bench.run(draw.choice([0.02, 1, 40]))
        assert hardware.violations == []
    finish(bench)


def spoil(station: SimStation, how: str) -> None:
    hardware = station.hardware
    if how == "fail twice":
        hardware.fail("stop_energy", 2)
    elif how == "nonsense":
        hardware.answer("stop_energy", "nonsense", 1)
    elif how != "works":
        getattr(hardware, how)("stop_energy")


def by_unlocking_if_connected(bench: Bench) -> None:
    if bench.csms.connected():
        by_unlocking(bench)


def finish(bench: Bench) -> None:
    bench.station.hardware.heal()
    bench.run(10)
    if not bench.station.running:
        bench.station.boot()
    bench.station.ocpp.restart()
    bench.run(120)
    bench.station.clear_fault("GroundFailure", 1)
    if bench.station.evse(1).plugged is not None:
        bench.station.unplug(1)
    bench.station.stop_button(1)
    bench.run(300)
    bench.check()
    assert bench.csms.books.open() == []
