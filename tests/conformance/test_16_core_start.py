"""Core of 1.6: how charging starts, by token or by the CSMS, and when it does not."""

from __future__ import annotations

import pytest
from steps16 import (
    authorized,
    cached,
    charging,
    configure,
    remotely_started,
    statuses,
    value_of,
)

from ocpp_iface.sim.bench import OTHER_TOKEN, TOKEN, Bench
from ocpp_iface.types import Fault

ASKS = pytest.mark.parametrize("asks", [True, False])
"""AuthorizeRemoteTxRequests, which the certification tool reads first."""
TIMEOUT_S = 30


def started(bench: Bench, token: str = TOKEN) -> None:
    """StartTransaction and Charging, in either order; energy flows."""
    bench.expect("StartTransaction", connectorId=1, idTag=token)
    bench.expect_status("Charging")
    bench.run(1)
    assert bench.station.evse().contactor_closed
    bench.quiet(5, "MeterValues")
    bench.place().open = True


def assert_nothing_started(bench: Bench, seconds: float = 60) -> None:
    bench.csms.expect_none("StartTransaction", within_s=seconds)
    assert not bench.station.hardware.orders("permit_energy")


def test_tc_003_cs(bench16):
    bench = bench16
    bench.station.plug_in()
    bench.expect_status("Preparing")

    bench.station.present_token(TOKEN)

    bench.expect("Authorize", idTag=TOKEN)
    started(bench)


def test_tc_004_1_cs(bench16):
    bench = bench16
    configure(bench, MeterValueSampleInterval=30)
    authorized(bench)

    bench.station.plug_in()

    started(bench)


@pytest.mark.parametrize("plugs_in_late", [False, True])
def test_tc_004_2_cs(bench16, plugs_in_late):
    bench = bench16
    configure(bench, ConnectionTimeOut=TIMEOUT_S)
    at = bench.world.scheduler.now
    authorized(bench)

    free = bench.expect("StatusNotification", connectorId=1, status="Available")

    assert free.at - at == pytest.approx(TIMEOUT_S, abs=1)
    if plugs_in_late:
        bench.station.plug_in()
        bench.expect_status("Preparing")
    assert_nothing_started(bench)
    bench.quiet()


def test_tc_007_cs(bench16):
    bench = bench16
    configure(bench, AuthorizeRemoteTxRequests=True, LocalPreAuthorize=True)
    cached(bench)
    bench.station.plug_in()
    bench.expect_status("Preparing")

    answer = bench.call("RemoteStartTransaction", connectorId=1, idTag=TOKEN)

    assert answer == {"status": "Accepted"}
    started(bench)  # and nothing was asked: the cache knows the token


def test_tc_007_1_cs(bench16):
    bench = bench16
    configure(bench, AuthorizeRemoteTxRequests=True, LocalPreAuthorize=True)
    cached(bench)
    bench.station.plug_in()
    bench.expect_status("Preparing")

    bench.station.present_token(TOKEN)

    started(bench)


@pytest.mark.parametrize("again", [True, False])
def test_tc_061_cs(bench16, again):
    """The session that fills the cache ends by the token, or because nobody plugs in."""
    bench = bench16
    configure(bench, AuthorizationCacheEnabled=True, LocalPreAuthorize=True)
    configure(bench, ConnectionTimeOut=TIMEOUT_S)
    authorized(bench)
    if again:
        bench.station.present_token(TOKEN)
    bench.expect("StatusNotification", connectorId=1, status="Available")
    bench.station.present_token(TOKEN)
    bench.expect_status("Preparing")
    bench.station.present_token(TOKEN)
    bench.expect_status("Available")
    bench.quiet()  # the cache knew the token

    answer = bench.call("ClearCache")

    assert answer == {"status": "Accepted"}
    bench.station.present_token(TOKEN)
    bench.expect("Authorize", idTag=TOKEN)
    bench.expect_status("Preparing")
    bench.quiet()


def test_tc_061_2_cs(bench16):
    bench = bench16
    configure(bench, AuthorizeRemoteTxRequests=True, LocalPreAuthorize=True)
    cached(bench)

    answer = bench.call("ClearCache")

    assert answer == {"status": "Accepted"}
    bench.call("RemoteStartTransaction", connectorId=1, idTag=TOKEN)
    bench.expect("Authorize", idTag=TOKEN)
    bench.expect_status("Preparing")
    bench.quiet()


@ASKS
def test_tc_010_cs(bench16, asks):
    bench = bench16
    configure(bench, AuthorizeRemoteTxRequests=asks)

    charging(bench)

    assert bench.station.evse().contactor_closed
    bench.quiet(5, "MeterValues")


@ASKS
def test_tc_011_1_cs(bench16, asks):
    bench = bench16
    configure(bench, AuthorizeRemoteTxRequests=asks)
    remotely_started(bench)
    bench.expect_status("Preparing")

    bench.station.plug_in()

    started(bench)


@ASKS
def test_tc_011_2_cs(bench16, asks):
    bench = bench16
    configure(bench, AuthorizeRemoteTxRequests=asks, ConnectionTimeOut=TIMEOUT_S)
    at = bench.world.scheduler.now
    remotely_started(bench)
    bench.expect_status("Preparing")

    free = bench.expect("StatusNotification", connectorId=1, status="Available")

    assert free.at - at == pytest.approx(TIMEOUT_S, abs=1)
    assert_nothing_started(bench)
    bench.quiet()


@pytest.mark.parametrize("verdict", ["Invalid", "Blocked", "Expired"])
def test_tc_023_cs(bench16, verdict):
    bench = bench16
    configure(bench, MinimumStatusDuration=10, LocalPreAuthorize=True)
    bench.csms.tokens.put(OTHER_TOKEN, verdict)
    bench.station.plug_in()
    bench.expect_status("Preparing")

    bench.station.present_token(OTHER_TOKEN)

    bench.expect("Authorize", idTag=OTHER_TOKEN)
    assert_nothing_started(bench)
    bench.quiet()


@pytest.mark.parametrize("plugged", [True, False])
def test_tc_023_5_cs(bench16, plugged):
    bench = bench16
    configure(bench, MinimumStatusDuration=10, LocalPreAuthorize=True)
    configure(bench, AuthorizeRemoteTxRequests=True)
    bench.csms.tokens.put(OTHER_TOKEN, "Invalid")
    if plugged:
        bench.station.plug_in()
        bench.expect_status("Preparing")

    answer = bench.call("RemoteStartTransaction", connectorId=1, idTag=OTHER_TOKEN)

    assert answer == {"status": "Accepted"}
    bench.expect("Authorize", idTag=OTHER_TOKEN)
    if not plugged:
        bench.station.plug_in()
        bench.expect_status("Preparing")
    assert_nothing_started(bench)
    assert statuses(bench, 1)[-1] == "Preparing"
    bench.quiet()


@pytest.mark.parametrize("known_by", ["the station", "the charger"])
def test_tc_024_cs(bench16, known_by):
    """The station's order to lock fails, or the charger locks and reports by itself."""
    bench = bench16
    assert value_of(bench, "AuthorizeRemoteTxRequests") in {"true", "false"}
    remotely_started(bench)
    bench.expect_status("Preparing")

    if known_by == "the station":
        bench.station.hardware.fail("lock", times=None)
    else:
        bench.station.fault(Fault("halfway", "ConnectorLockFailure"))
    bench.station.plug_in()

    bench.expect(
        "StatusNotification", connectorId=1, status="Faulted", errorCode="ConnectorLockFailure"
    )
    bench.csms.expect_none("StartTransaction", within_s=60)
    assert not bench.station.evse().contactor_closed
    bench.quiet()


def test_tc_026_cs(bench16):
    bench = bench16
    configure(bench, LocalPreAuthorize=False)
    number = charging(bench)

    answer = bench.call("RemoteStartTransaction", connectorId=1, idTag=OTHER_TOKEN)

    assert answer == {"status": "Rejected"}
    bench.quiet(60, "MeterValues")
    assert bench.csms.transactions[str(number)].ended is None


def test_tc_027_cs(bench16):
    bench = bench16
    bench.station.plug_in()
    bench.expect_status("Preparing")
    wrong = '[2,"zero","RemoteStartTransaction",{"connectorId":0,"idTag":"04AB12CD"}]'

    bench.csms.send_raw(wrong)
    bench.run(1)

    (answer,) = [entry for entry in bench.csms.log if entry.unique_id == "zero"]
    if answer.kind == "RESULT":
        assert answer.payload == {"status": "Rejected"}
    else:
        assert answer.kind == "ERROR"
        assert answer.payload["code"] in {"PropertyConstraintViolation", "FormationViolation"}
    assert_nothing_started(bench)
    bench.quiet()


@pytest.mark.parametrize("plugged_first", [True, False])
def test_tc_041_cs(bench16, plugged_first):
    bench = bench16
    if plugged_first:
        bench.station.plug_in()
        bench.expect_status("Preparing")

    bench.station.fault("InternalError")

    bench.expect("StatusNotification", connectorId=1, status="Faulted", errorCode="InternalError")
    bench.station.present_token(TOKEN)
    if not plugged_first:
        bench.station.plug_in()
    assert_nothing_started(bench, 120)
    bench.quiet(0, "Authorize")
