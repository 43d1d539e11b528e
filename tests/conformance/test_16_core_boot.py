"""Core of 1.6: boots, resets, and what survives a power failure."""

from __future__ import annotations

from itertools import pairwise

import pytest
from steps16 import (
    ALL,
    assert_booted,
    charging,
    operative,
    statuses,
    stop,
    unavailable,
    value_of,
)

from ocpp_iface.sim.bench import TOKEN

INTERVAL_S, HEARTBEAT_S = 20, 60


def assert_heartbeats(bench) -> None:
    """Three of them, as far apart as the CSMS said."""
    times = [bench.expect("Heartbeat", timeout_s=HEARTBEAT_S + 5).at for _ in range(3)]
    gaps = [later - earlier for earlier, later in pairwise(times)]
    assert gaps == pytest.approx([HEARTBEAT_S, HEARTBEAT_S], abs=1)


def test_tc_001_cs(make_bench):
    bench = make_bench("1.6", boot=False)
    bench.on("BootNotification").reply(status="Rejected", interval=INTERVAL_S).once()
    bench.on("BootNotification").reply(interval=HEARTBEAT_S)

    bench.station.boot()
    first = bench.expect("BootNotification")
    bench.run(INTERVAL_S - 1)
    assert [call.action for call in bench.csms.received()] == ["BootNotification"]
    second = bench.expect("BootNotification")

    assert second.at - first.at == pytest.approx(INTERVAL_S, abs=1)
    for connector in ALL:
        bench.expect("StatusNotification", connectorId=connector, status="Available")
        assert statuses(bench, connector) == ["Available"]
    assert_heartbeats(bench)
    bench.quiet()


def test_tc_002_cs(make_bench):
    bench = make_bench("1.6", boot=False)
    bench.on("BootNotification").reply(status="Pending", interval=INTERVAL_S).once()
    bench.on("BootNotification").reply(interval=HEARTBEAT_S)

    bench.station.boot()
    first = bench.expect("BootNotification")
    bench.world.settle()
    keys = bench.call("GetConfiguration")["configurationKey"]
    changed = bench.call("ChangeConfiguration", key="MeterValueSampleInterval", value="17")
    bench.run(INTERVAL_S - 1)
    assert [call.action for call in bench.csms.received()] == ["BootNotification"]
    second = bench.expect("BootNotification")

    assert "MeterValueSampleInterval" in {each["key"] for each in keys}
    assert changed == {"status": "Accepted"}
    assert second.at - first.at == pytest.approx(INTERVAL_S, abs=1)
    for connector in ALL:
        bench.expect("StatusNotification", connectorId=connector, status="Available")
        assert statuses(bench, connector) == ["Available"]
    assert value_of(bench, "MeterValueSampleInterval") == "17"
    assert_heartbeats(bench)
    bench.quiet()


@pytest.mark.parametrize("connector", [1, 2])
def test_tc_013_cs(bench16, connector):
    bench = bench16
    unavailable(bench, connector)

    answer = bench.call("Reset", type="Hard")

    assert answer == {"status": "Accepted"}
    assert_booted(bench, **{f"c{connector}": "Unavailable"})
    operative(bench, connector)
    bench.quiet(5)


@pytest.mark.parametrize("connector", [1, 2])
def test_tc_014_cs(bench16, connector):
    bench = bench16
    unavailable(bench, connector)

    answer = bench.call("Reset", type="Soft")

    assert answer == {"status": "Accepted"}
    assert_booted(bench, **{f"c{connector}": "Unavailable"})
    operative(bench, connector)
    bench.quiet(5)


@pytest.mark.parametrize("late", [False, True])
def test_tc_015_cs(bench16, late):
    """`late`: the CSMS does not answer the StopTransaction before the boot; it comes again then."""
    bench = bench16
    number = charging(bench)
    bench.run(30)
    if late:
        bench.on("StopTransaction").silent().once()

    answer = bench.call("Reset", type="Hard")

    assert answer == {"status": "Accepted"}
    ended = stop(bench, number, "HardReset")
    if not late:
        bench.expect_status("Finishing")
    assert_booted(bench, c1=("Finishing", "Preparing"))
    if late:
        assert stop(bench, number, "HardReset") == ended
    bench.quiet(5, "MeterValues")
    assert not bench.station.evse().contactor_closed


def test_tc_016_cs(bench16):
    bench = bench16
    number = charging(bench)
    bench.run(30)

    answer = bench.call("Reset", type="Soft")

    assert answer == {"status": "Accepted"}
    ended = stop(bench, number, "SoftReset")
    status = bench.expect("StatusNotification", connectorId=1, status="Finishing")
    before = bench.csms.received("StatusNotification")
    assert "Unavailable" not in {call["status"] for call in before}
    assert_booted(bench, c1=("Finishing", "Preparing"))
    boot = bench.csms.received("BootNotification")[-1]
    assert max(ended.at, status.at) < boot.at
    bench.quiet(5, "MeterValues")


def test_tc_032_1_cs(bench16):
    """With back-up power the charger tells the station that the power is gone."""
    bench = bench16
    number = charging(bench)
    bench.run(30)

    bench.station.stop_transaction(1, "PowerLoss")

    stop(bench, number, "PowerLoss")
    bench.expect_status("Finishing")
    bench.run(1)
    bench.station.kill()
    bench.run(20)
    bench.mark()
    bench.station.boot()
    assert_booted(bench, c1=("Finishing", "Preparing"))
    bench.quiet(5)


@pytest.mark.parametrize("on_power_loss", ["end", "resume"])
def test_tc_032_2_cs(make_bench, on_power_loss):
    bench = make_bench("1.6", config={"on_power_loss": on_power_loss})
    number = charging(bench)
    bench.run(30)
    bench.mark()

    bench.station.kill()
    bench.run(20)
    bench.station.boot()

    boot = bench.expect("BootNotification")
    for connector in (0, 2):
        bench.expect("StatusNotification", connectorId=connector, status="Available")
    if on_power_loss == "end":
        stop(bench, number, "PowerLoss")
        assert statuses(bench, 1, boot.at)[-1] in {"Preparing", "Finishing"}
    else:
        bench.expect_status("Charging")
        bench.csms.expect_none("StopTransaction", within_s=30)
        bench.station.present_token(TOKEN)
        stop(bench, number, lambda reason: reason in (None, "Local"))
        bench.expect_status("Finishing")
    bench.run(5)
    told = statuses(bench, 1, boot.at)
    assert set(told) <= {"Unavailable", "Available", "Preparing", "Finishing", "Charging"}
    assert told[-1] in {"Preparing", "Finishing"}
    assert statuses(bench, 0, boot.at) == statuses(bench, 2, boot.at) == ["Available"]
    assert not bench.station.evse().contactor_closed


def test_tc_034_cs(bench16):
    bench = bench16
    unavailable(bench, 0)

    bench.station.kill()
    bench.run(20)
    bench.station.boot()

    assert_booted(bench, c0="Unavailable", c1="Unavailable", c2="Unavailable")
    bench.quiet(5)
