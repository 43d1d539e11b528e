"""Core of 1.6: without a CSMS, and what it hears afterwards."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from steps16 import cached, charging, configure, statuses, stop

from ocpp_iface.sim.bench import TOKEN, Bench
from ocpp_iface.types import parse_moment

INTERVAL_S = 20
KNOWN = pytest.mark.parametrize("known", ["cached", "unknown"])
"""Why the token is accepted offline."""


def allow_offline(bench: Bench, known: str, **keys: Any) -> None:
    configure(bench, LocalAuthorizeOffline=True, AuthorizationCacheEnabled=True)
    configure(bench, AllowOfflineTxForUnknownId=known == "unknown", **keys)
    if known == "cached":
        cached(bench)
    bench.mark()


def starts_offline(bench: Bench) -> None:
    bench.offline()
    bench.station.plug_in()
    bench.station.present_token(TOKEN)
    bench.run(40)
    assert bench.station.evse().contactor_closed


def moment(bench: Bench, message: dict[str, Any]) -> float:
    """Virtual seconds of the world, from the timestamp of a message."""
    return (parse_moment(message["timestamp"]) - bench.world.start).total_seconds()


def test_tc_036_cs(bench16):
    bench = bench16
    configure(bench, MeterValueSampleInterval=INTERVAL_S, ClockAlignedDataInterval=0)
    number = charging(bench)
    bench.run(INTERVAL_S + 5)
    bench.mark()

    bench.offline()
    lost = bench.world.scheduler.now
    bench.run(3 * INTERVAL_S + 5)
    bench.online()
    back = bench.world.scheduler.now
    bench.run(2 * INTERVAL_S)

    values = [
        moment(bench, call["meterValue"][0])
        for call in bench.csms.received("MeterValues", {"transactionId": number})
        if call.at > lost
    ]
    queued = [each for each in values if each < back]
    assert len(queued) >= 3
    assert len(values) >= len(queued) + 1
    assert {later - earlier for earlier, later in pairwise(values)} == {INTERVAL_S}
    bench.quiet(0, "MeterValues")


@KNOWN
def test_tc_037_1_cs(bench16, known):
    bench = bench16
    allow_offline(bench, known)
    starts_offline(bench)
    began = bench.world.scheduler.now - 40

    bench.online()

    start = bench.expect("StartTransaction", connectorId=1, idTag=TOKEN)
    bench.expect_status("Charging")
    assert moment(bench, start) == pytest.approx(began, abs=2)
    bench.quiet(20, "MeterValues")  # so there was no second status


@KNOWN
def test_tc_037_2_cs(bench16, known):
    bench = bench16
    allow_offline(bench, known, StopTransactionOnInvalidId=False, MaxEnergyOnInvalidId=0)
    starts_offline(bench)
    bench.csms.tokens.put(TOKEN, "Invalid")

    bench.online()

    bench.expect("StartTransaction", connectorId=1, idTag=TOKEN)
    bench.expect_status("Charging")
    bench.expect_status("SuspendedEVSE")
    bench.csms.expect_none("StopTransaction", within_s=60)
    assert not bench.station.evse().contactor_closed
    bench.quiet(0, "MeterValues")


@KNOWN
def test_tc_037_3_cs(bench16, known):
    bench = bench16
    allow_offline(bench, known, StopTransactionOnInvalidId=True, MaxEnergyOnInvalidId=0)
    starts_offline(bench)
    bench.csms.tokens.put(TOKEN, "Invalid")

    bench.online()

    bench.expect("StartTransaction", connectorId=1, idTag=TOKEN)
    bench.expect_status("Charging")
    bench.world.settle()
    stop(bench, int(list(bench.csms.transactions)[-1]), "DeAuthorized")
    bench.expect_status("Finishing")
    assert not bench.station.evse().contactor_closed
    bench.quiet(20, "MeterValues")


def test_tc_038_cs(bench16):
    bench = bench16
    number = charging(bench)
    bench.run(30)
    bench.mark()

    bench.offline()
    bench.run(30)
    bench.station.present_token(TOKEN)
    stopped = bench.world.scheduler.now
    bench.run(60)
    assert not bench.station.evse().contactor_closed
    bench.online()

    message = stop(bench, number, lambda reason: reason in (None, "Local"))
    bench.expect_status("Finishing")
    assert moment(bench, message) == pytest.approx(stopped, abs=2)
    bench.quiet(20, "MeterValues")


@KNOWN
def test_tc_039_cs(bench16, known):
    bench = bench16
    allow_offline(bench, known)
    starts_offline(bench)
    bench.station.present_token(TOKEN)
    bench.run(10)
    bench.station.unplug()
    bench.run(30)
    bench.csms.office.last_number = 700

    bench.online()

    start = bench.expect("StartTransaction", connectorId=1, idTag=TOKEN)
    ended = stop(bench, 701, lambda reason: reason in (None, "Local"))
    assert start.at < ended.at
    assert moment(bench, ended) - moment(bench, start) == pytest.approx(40, abs=3)
    bench.quiet(20, "MeterValues")
    assert statuses(bench, 1)[-1] == "Available"
