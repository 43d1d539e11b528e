"""Core of 1.6: MeterValues in a transaction."""

from __future__ import annotations

from itertools import pairwise

import pytest
from steps16 import charging, configure, value_of

from ocpp_iface.sim.bench import Bench
from ocpp_iface.types import parse_moment

INTERVAL_S = 20
REGISTER = "Energy.Active.Import.Register"
MEASURANDS = pytest.mark.parametrize(
    "measurands",
    ["", REGISTER, f"{REGISTER},Power.Active.Import,Voltage,Current.Import"],
)


def assert_values(bench: Bench, number: int, context: str, measurands: str) -> list[float]:
    """Three messages, each with what is configured. -> their times, Unix seconds"""
    wanted = measurands.split(",") if measurands else [REGISTER]
    times = []
    for _ in range(3):
        message = bench.expect(
            "MeterValues", connectorId=1, transactionId=number, timeout_s=INTERVAL_S + 2
        )
        (value,) = message["meterValue"]
        times.append(parse_moment(value["timestamp"]).timestamp())
        samples = value["sampledValue"]
        assert {sample["context"] for sample in samples} == {context}
        assert [sample.get("measurand", REGISTER) for sample in samples] == wanted
    assert [later - earlier for earlier, later in pairwise(times)] == [INTERVAL_S, INTERVAL_S]
    return times


@MEASURANDS
def test_tc_070_cs(bench16, measurands):
    bench = bench16
    configure(bench, MeterValueSampleInterval=INTERVAL_S, ClockAlignedDataInterval=0)
    configure(bench, MeterValuesSampledData=measurands)
    bench.run(7)
    number = charging(bench)
    start = bench.csms.transactions[str(number)].started.at

    assert value_of(bench, "MeterValuesSampledData") == measurands
    assert_values(bench, number, "Sample.Periodic", measurands)

    first = bench.csms.received("MeterValues")[0].at
    assert first - start == pytest.approx(INTERVAL_S, abs=1)
    bench.quiet()


@MEASURANDS
def test_tc_071_cs(bench16, measurands):
    bench = bench16
    configure(bench, MeterValueSampleInterval=0, ClockAlignedDataInterval=INTERVAL_S)
    configure(bench, MeterValuesAlignedData=measurands)
    bench.run(7)
    bench.mark()
    number = charging(bench)

    assert value_of(bench, "MeterValuesAlignedData") == measurands
    times = assert_values(bench, number, "Sample.Clock", measurands)

    assert [moment % INTERVAL_S for moment in times] == [0, 0, 0]
