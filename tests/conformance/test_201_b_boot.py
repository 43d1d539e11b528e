"""B, start of the station: accepted, pending, rejected."""

from __future__ import annotations

import pytest
from provisioning201 import assert_booted, at, get_variables, report, set_variables

from ocpp_iface.sim.csms_script import CsmsCallError

INTERVAL_S = 40


@pytest.mark.parametrize("evses", [(1,), (1, 1), (2, 1)])
def test_tc_b_01_cs(make_bench, evses):
    bench = make_bench(evses=evses, boot=False)
    bench.station.boot()

    boot = assert_booted(bench)

    assert boot["reason"] == "PowerUp"
    assert boot["chargingStation"]["model"]
    assert boot["chargingStation"]["vendorName"]
    bench.quiet(1.0)


def test_tc_b_02_cs(make_bench):
    bench = make_bench(boot=False)
    bench.on("BootNotification").reply(status="Pending", interval=300).once()
    bench.station.boot()
    bench.expect("BootNotification")
    threshold = at("OCPPCommCtrlr", "OfflineThreshold")

    (written,) = set_variables(bench, {**threshold, "attributeValue": "300"})
    (read,) = get_variables(bench, threshold)
    assert written["attributeStatus"] == "Accepted"
    assert (read["attributeStatus"], read["attributeValue"]) == ("Accepted", "300")

    inventory = bench.call("GetBaseReport", requestId=7, reportBase="FullInventory")
    assert inventory["status"] == "Accepted"
    assert report(bench, 7)

    started = bench.call(
        "RequestStartTransaction",
        idToken={"idToken": "04AB12CD", "type": "ISO14443"},
        remoteStartId=1,
        evseId=1,
    )
    assert started["status"] == "Rejected"
    bench.quiet(5.0)  # nothing but what the CSMS asked for

    triggered = bench.call("TriggerMessage", requestedMessage="BootNotification")
    assert triggered["status"] == "Accepted"
    assert assert_booted(bench)["reason"] == "Triggered"
    assert bench.world.scheduler.now < 300


def test_tc_b_03_cs(make_bench):
    bench = make_bench(boot=False)
    bench.on("BootNotification").reply(status="Rejected", interval=INTERVAL_S).once()
    bench.station.boot()
    first = bench.expect("BootNotification")

    second = assert_booted(bench)

    assert INTERVAL_S <= second.at - first.at <= INTERVAL_S + 4
    between = [call for call in bench.csms.received() if first.at < call.at < second.at]
    assert between == []


def test_tc_b_30_cs(make_bench):
    bench = make_bench(boot=False)
    bench.on("BootNotification").reply(status="Rejected", interval=INTERVAL_S)
    bench.station.boot()
    bench.expect("BootNotification")

    with pytest.raises(CsmsCallError) as refused:
        bench.call("GetBaseReport", requestId=1, reportBase="FullInventory")

    assert refused.value.code == "SecurityError"
    bench.quiet(INTERVAL_S - 5)
