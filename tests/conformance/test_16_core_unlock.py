"""Core of 1.6: UnlockConnector."""

from __future__ import annotations

import pytest
from steps16 import charging, stop, unplugged

from ocpp_iface.ports.hardware import UnlockOutcome
from ocpp_iface.sim.bench import Bench
from ocpp_iface.sim.hardware import ALL_METHODS

WITHOUT_LOCK = ALL_METHODS - {"lock", "unlock"}


@pytest.fixture(params=["no lock", "this one has none"])
def fixed_cable(request, make_bench) -> Bench:
    """A charger that cannot unlock at all, or says so of the connector."""
    if request.param == "no lock":
        return make_bench("1.6", hardware_methods=WITHOUT_LOCK)
    bench = make_bench("1.6")
    bench.station.hardware.answer("unlock", UnlockOutcome.NOT_SUPPORTED, times=None)
    return bench


def unlock(bench: Bench, connector: int = 1) -> str:
    answer = bench.call("UnlockConnector", connectorId=connector)
    assert set(answer) == {"status"}
    return answer["status"]


@pytest.mark.parametrize("connector", [1, 2])
def test_tc_017_1_cs(bench16, connector):
    assert unlock(bench16, connector) == "Unlocked"
    assert len(bench16.station.hardware.orders("unlock", connector)) == 1
    bench16.quiet(10)


def test_tc_017_2_cs(fixed_cable):
    assert unlock(fixed_cable) == "NotSupported"
    fixed_cable.quiet(10)


def test_tc_018_1_cs(bench16):
    bench = bench16
    number = charging(bench)
    bench.run(30)

    assert unlock(bench) == "Unlocked"

    stop(bench, number, "UnlockCommand")
    bench.expect_status("Finishing")
    words = [order.method for order in bench.station.hardware.log if order.args[:1] == (1,)]
    assert words.index("contactor opens") < words.index("unlock")
    unplugged(bench)
    bench.quiet(5, "MeterValues")


def test_tc_018_2_cs(fixed_cable):
    bench = fixed_cable
    charging(bench)

    assert unlock(bench) == "NotSupported"


@pytest.mark.parametrize("trouble", ["fails", "hangs", "says so"])
def test_tc_030_cs(bench16, trouble):
    bench = bench16
    if trouble == "fails":
        bench.station.hardware.fail("unlock")
    elif trouble == "hangs":
        bench.station.hardware.hang("unlock")
    else:
        bench.station.hardware.answer("unlock", UnlockOutcome.FAILED)

    assert unlock(bench) == "UnlockFailed"
    bench.quiet(10, "StatusNotification")


@pytest.mark.parametrize("unknown", [3, 99])
def test_tc_031_cs(bench16, unknown):
    assert unlock(bench16, unknown) == "NotSupported"
    assert not bench16.station.hardware.orders("unlock")
    bench16.quiet(10)
