"""RemoteStartTransaction, RemoteStopTransaction, UnlockConnector (5.11, 5.12, 5.18)."""

import pytest

from ocpp_iface.ports.hardware import UnlockOutcome
from ocpp_iface.sim.hardware import ALL_METHODS


def remote_start(bench, **fields):
    return bench.csms.call("RemoteStartTransaction", {"idTag": "AA", **fields})["status"]


def unlock(bench, connector=1):
    return bench.csms.call("UnlockConnector", {"connectorId": connector})["status"]


@pytest.mark.parametrize("authorize", ["true", "false"])
def test_a_remote_start_with_the_cable_in(bench, authorize):
    """TC_010"""
    bench.configure("AuthorizeRemoteTxRequests", authorize)
    bench.station.plug_in()

    assert remote_start(bench, connectorId=1) == "Accepted"
    bench.csms.expect("StartTransaction", idTag="AA", connectorId=1)
    bench.csms.expect("StatusNotification", status="Charging")
    assert len(bench.csms.received("Authorize")) == (authorize == "true")


def test_a_remote_start_before_the_cable(bench):
    """TC_011_1"""
    assert remote_start(bench, connectorId=1) == "Accepted"
    bench.csms.expect("StatusNotification", status="Preparing")
    bench.station.plug_in()

    bench.csms.expect("StartTransaction", idTag="AA")


def test_a_remote_start_times_out(bench):
    """TC_011_2"""
    bench.configure("ConnectionTimeOut", "20")
    remote_start(bench, connectorId=1)
    bench.csms.expect("StatusNotification", status="Preparing")

    bench.csms.expect("StatusNotification", status="Available", timeout_s=30)
    bench.csms.expect_none("StartTransaction")


@pytest.mark.parametrize("connector", [0, 2, -1])
def test_a_connector_that_is_none_is_rejected(bench, connector):
    """TC_027"""
    assert remote_start(bench, connectorId=connector) == "Rejected"


def test_a_busy_connector_is_rejected(bench):
    """TC_026"""
    bench.charging()

    assert remote_start(bench, connectorId=1) == "Rejected"


def test_an_unavailable_connector_is_rejected(make_bench):
    bench = make_bench(connectors=(2,)).booted()
    bench.csms.call("ChangeAvailability", {"connectorId": 2, "type": "Inoperative"})

    assert remote_start(bench, connectorId=2) == "Rejected"


def test_the_other_connector_of_a_used_evse_is_rejected(make_bench):
    bench = make_bench(connectors=(2,)).booted()
    bench.station.plug_in(1, connector=2)

    assert remote_start(bench, connectorId=1) == "Rejected"
    assert remote_start(bench, connectorId=2) == "Accepted"


def test_a_remote_start_for_one_connector_does_not_start_at_its_neighbour(make_bench):
    """5.11: the transaction is to be started on a specific connector."""
    bench = make_bench(connectors=(2,)).booted()
    request = {"idTag": "AA", "connectorId": 2}
    assert bench.csms.call("RemoteStartTransaction", request) == {"status": "Accepted"}
    bench.csms.expect("StatusNotification", connectorId=2, status="Preparing")

    bench.station.plug_in(1, 1)
    bench.csms.expect("StatusNotification", connectorId=1, status="Preparing")
    bench.csms.expect_none("StartTransaction", within_s=10)
    bench.station.unplug(1)
    bench.csms.expect("StatusNotification", connectorId=2, status="Available")
    assert bench.statuses(1)[1:] == ["Preparing", "Available"]

    assert bench.csms.call("RemoteStartTransaction", request) == {"status": "Accepted"}
    bench.station.plug_in(1, 2)
    bench.csms.expect("StartTransaction", connectorId=2, idTag="AA")


def test_without_a_connector_it_is_the_one_that_is_plugged_in(make_bench):
    bench = make_bench(connectors=(1, 1)).booted()
    bench.station.plug_in(2)

    assert remote_start(bench) == "Accepted"
    bench.csms.expect("StartTransaction", connectorId=2)


def test_without_a_connector_it_is_the_one_that_will_be_plugged_in(make_bench):
    bench = make_bench(connectors=(1, 1)).booted()
    assert remote_start(bench) == "Accepted"
    bench.world.run_for(5)
    bench.station.plug_in(2)

    bench.csms.expect("StartTransaction", connectorId=2)


def test_without_a_connector_it_may_be_the_first_free_one(make_bench):
    options = {"RemoteStartTransactionWithoutConnectorIdFindFirst": "true"}
    bench = make_bench(connectors=(1, 1, 1), variables=options).booted()
    bench.charging(1, "BB")

    assert remote_start(bench) == "Accepted"
    bench.csms.expect("StatusNotification", connectorId=2, status="Preparing")


def test_without_a_connector_it_may_be_refused(make_bench):
    options = {"RejectRemoteStartTransactionWithoutConnectorId": "true"}
    bench = make_bench(variables=options).booted()

    assert remote_start(bench) == "Rejected"


def test_a_charging_profile_is_no_reason_to_refuse(bench):
    profile = {
        "chargingProfileId": 1,
        "stackLevel": 0,
        "chargingProfilePurpose": "TxProfile",
        "chargingProfileKind": "Relative",
        "chargingSchedule": {
            "chargingRateUnit": "A",
            "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 6.0}],
        },
    }
    bench.station.plug_in()

    assert remote_start(bench, connectorId=1, chargingProfile=profile) == "Accepted"
    bench.csms.expect("StartTransaction")


def test_a_remote_stop(bench):
    """TC_012"""
    number = bench.charging()

    answer = bench.csms.call("RemoteStopTransaction", {"transactionId": number})

    assert answer == {"status": "Accepted"}
    stop = bench.csms.expect("StopTransaction", reason="Remote", transactionId=number)
    assert "idTag" not in stop
    bench.csms.expect("StatusNotification", status="Finishing")
    assert bench.station.hardware.orders("unlock", 1)


def test_a_number_that_the_csms_gave_twice_means_what_still_runs(make_bench):
    """3.54: numbers should be unique, but a CSMS may not keep to it."""
    bench = make_bench(connectors=(1, 1)).booted()
    bench.csms.on("StartTransaction").reply(transactionId=0, idTagInfo={"status": "Accepted"})
    bench.csms.on("StopTransaction").error("InternalError")
    for evse, token in ((1, "AA"), (2, "BB")):
        bench.station.plug_in(evse)
        bench.station.present_token(token, evse)
        bench.csms.expect("StatusNotification", connectorId=evse, status="Charging")
    bench.station.present_token("AA", 1)
    bench.csms.expect("StopTransaction")

    assert bench.csms.call("RemoteStopTransaction", {"transactionId": 0}) == {"status": "Accepted"}
    bench.csms.expect("StatusNotification", connectorId=2, status="Finishing")
    assert bench.csms.call("RemoteStopTransaction", {"transactionId": 0}) == {"status": "Rejected"}


def test_a_remote_stop_of_nothing_is_rejected(bench):
    """TC_028"""
    number = bench.charging()

    for wrong in (number + 1, -1, 0):
        answer = bench.csms.call("RemoteStopTransaction", {"transactionId": wrong})
        assert answer == {"status": "Rejected"}


def test_a_free_connector_is_unlocked(bench):
    """TC_017_1"""
    assert unlock(bench) == "Unlocked"


def test_a_transaction_is_stopped_first(bench):
    """TC_018_1"""
    bench.charging()

    assert unlock(bench) == "Unlocked"
    answered = bench.csms.log[-1].index
    stop = bench.csms.expect("StopTransaction", reason="UnlockCommand")
    bench.csms.expect("StatusNotification", status="Finishing")
    assert stop.index > answered
    orders = [order.method for order in bench.station.hardware.log]
    assert orders.index("stop_energy") < orders.index("contactor opens") < orders.index("unlock")
    bench.station.unplug()
    bench.csms.expect("StatusNotification", status="Available")


@pytest.mark.parametrize("trouble", ["fails", "hangs", "failed", "nonsense"])
def test_a_lock_that_stays_closed_has_failed(bench, trouble):
    """TC_030"""
    hardware = bench.station.hardware
    match trouble:
        case "fails":
            hardware.fail("unlock")
        case "hangs":
            hardware.hang("unlock")
        case "failed":
            hardware.answer("unlock", UnlockOutcome.FAILED)
        case "nonsense":
            hardware.answer("unlock", "perhaps")

    assert unlock(bench) == "UnlockFailed"


def test_no_lock_is_not_supported(make_bench):
    """TC_017_2, TC_018_2"""
    bench = make_bench(hardware_methods=ALL_METHODS - {"unlock", "lock"}).booted()
    bench.charging()

    assert unlock(bench) == "NotSupported"
    bench.csms.expect_none("StopTransaction", within_s=10)


def test_no_lock_of_this_connector_is_not_supported(bench):
    bench.station.hardware.answer("unlock", UnlockOutcome.NOT_SUPPORTED)

    assert unlock(bench) == "NotSupported"


def test_without_a_lock_the_transaction_may_be_stopped_all_the_same(make_bench):
    bench = make_bench(
        hardware_methods=ALL_METHODS - {"unlock", "lock"},
        variables={"StopTransactionIfUnlockNotSupported": "true"},
    ).booted()
    bench.charging()

    assert unlock(bench) == "NotSupported"
    bench.csms.expect("StopTransaction", reason="UnlockCommand")


def test_without_a_lock_the_other_connector_of_an_evse_goes_on(make_bench):
    bench = make_bench(
        connectors=(2,),
        hardware_methods=ALL_METHODS - {"unlock", "lock"},
        variables={"StopTransactionIfUnlockNotSupported": "true"},
    ).booted()
    bench.charging()

    assert unlock(bench, 2) == "NotSupported"
    bench.csms.expect_none("StopTransaction", within_s=10)


@pytest.mark.parametrize("connector", [0, 9])
def test_an_unknown_connector_is_not_supported(bench, connector):
    """TC_031"""
    assert unlock(bench, connector) == "NotSupported"
