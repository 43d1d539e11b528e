"""Core of 1.6: how charging ends, and by whom it does not."""

from __future__ import annotations

import pytest
from steps16 import charging, configure, statuses, stop

from ocpp_iface.sim.bench import OTHER_TOKEN, TOKEN, Bench

GROUP = "FAMILY-7"


def occupy_the_other_connector(bench: Bench) -> None:
    """With one reader for all connectors a new driver shall find no free one."""
    bench.station.plug_in(2)
    bench.expect("StatusNotification", connectorId=2, status="Preparing")
    bench.csms.call("RemoteStartTransaction", {"connectorId": 2, "idTag": "0A0A0A0A"})
    bench.expect("StartTransaction", connectorId=2)
    bench.expect("StatusNotification", connectorId=2, status="Charging")
    bench.mark()


@pytest.mark.parametrize("evse", [1, None])
def test_tc_068_cs(bench16, evse):
    """`evse`: which the reader belongs to; None: to all."""
    bench = bench16
    occupy_the_other_connector(bench)
    number = charging(bench)

    bench.station.present_token(OTHER_TOKEN, evse)
    bench.csms.expect_none("StopTransaction", within_s=20)
    assert bench.station.evse().contactor_closed
    bench.quiet(0, "MeterValues")
    bench.mark()
    bench.station.present_token(TOKEN, evse)

    stop(bench, number, lambda reason: reason in (None, "Local"), idTag=TOKEN)
    bench.expect_status("Finishing")
    bench.quiet(5, "MeterValues")


@pytest.mark.parametrize("evse", [1, None])
def test_tc_069_cs(bench16, evse):
    bench = bench16
    bench.csms.tokens.put(TOKEN, group=GROUP)
    bench.csms.tokens.put(OTHER_TOKEN, group=GROUP)
    occupy_the_other_connector(bench)
    number = charging(bench)

    bench.station.present_token(OTHER_TOKEN, evse)

    bench.expect("Authorize", idTag=OTHER_TOKEN)
    stop(bench, number, lambda reason: reason in (None, "Local"), idTag=OTHER_TOKEN)
    bench.expect_status("Finishing")
    bench.quiet(5, "MeterValues")


def test_tc_005_1_cs(bench16):
    bench = bench16
    configure(bench, MinimumStatusDuration=0, StopTransactionOnEVSideDisconnect=True)
    configure(bench, UnlockConnectorOnEVSideDisconnect=True)
    number = charging(bench)
    bench.run(30)

    bench.station.unplug(cable_left=True)

    stop(bench, number, "EVDisconnected")
    bench.expect_status("Finishing")
    bench.run(5)
    assert bench.station.hardware.orders("unlock", 1)
    assert not bench.station.evse().contactor_closed
    bench.quiet(5, "MeterValues")


def test_tc_005_2_cs(bench16):
    bench = bench16
    configure(bench, MinimumStatusDuration=0, StopTransactionOnEVSideDisconnect=True)
    configure(bench, UnlockConnectorOnEVSideDisconnect=False)
    number = charging(bench)
    bench.run(30)

    bench.station.unplug(cable_left=True)

    stop(bench, number, "EVDisconnected")
    bench.expect_status("Finishing")
    bench.run(5)
    assert not bench.station.hardware.orders("unlock", 1)
    assert bench.call("UnlockConnector", connectorId=1) == {"status": "Unlocked"}
    assert len(bench.station.hardware.orders("unlock", 1)) == 1
    bench.quiet(5, "MeterValues")


@pytest.mark.parametrize("cable_left", [True, False])
def test_tc_005_3_cs(bench16, cable_left):
    """`cable_left`: plugged into the station still; otherwise the cable is fixed."""
    bench = bench16
    configure(bench, MinimumStatusDuration=0, StopTransactionOnEVSideDisconnect=False)
    configure(bench, UnlockConnectorOnEVSideDisconnect=False)
    number = charging(bench)
    bench.run(30)

    bench.station.unplug(cable_left=cable_left)

    bench.expect(
        "StatusNotification",
        connectorId=1,
        status=lambda word: word in ("SuspendedEV", "SuspendedEVSE"),
        info="EV side disconnected",
        errorCode="NoError",
    )
    bench.csms.expect_none("StopTransaction", within_s=60)
    assert not bench.station.evse().contactor_closed
    answer = bench.call("RemoteStopTransaction", transactionId=number)
    assert answer == {"status": "Accepted"}
    stop(bench, number, "Remote")
    bench.expect_status("Finishing" if cable_left else "Available")
    bench.quiet(5, "MeterValues")


def test_tc_012_cs(bench16):
    bench = bench16
    number = charging(bench)
    bench.run(30)

    answer = bench.call("RemoteStopTransaction", transactionId=number)

    assert answer == {"status": "Accepted"}
    stop(bench, number, "Remote")
    bench.expect_status("Finishing")
    assert not bench.station.evse().contactor_closed
    bench.quiet(5, "MeterValues")


@pytest.mark.parametrize("unknown", [-1, 0, 4711])
def test_tc_028_cs(bench16, unknown):
    bench = bench16
    number = charging(bench)

    answer = bench.call("RemoteStopTransaction", transactionId=unknown)

    assert answer == {"status": "Rejected"}
    bench.quiet(30, "MeterValues")
    assert statuses(bench, 1)[-1] == "Charging"
    assert bench.csms.transactions[str(number)].ended is None
