"""StatusNotification (4.9)."""

import pytest

from ocpp_iface.sim import Bench
from ocpp_iface.types import Fault


def test_after_the_boot_all_connectors_and_the_station_are_reported(make_bench):
    """Erratum 3.22"""
    bench = make_bench(connectors=(1, 2))
    bench.station.boot()
    bench.csms.expect("BootNotification")
    bench.world.settle()

    reported = [
        (call["connectorId"], call["status"]) for call in bench.csms.received("StatusNotification")
    ]

    assert reported == [(number, "Available") for number in (0, 1, 2, 3)]


def test_statuses_come_before_the_security_event_of_the_start(make_bench):
    bench = make_bench()
    bench.station.boot()
    bench.csms.expect("SecurityEventNotification")

    assert bench.actions()[-1] == "SecurityEventNotification"
    assert bench.actions()[:3] == ["BootNotification", "StatusNotification", "StatusNotification"]


def test_a_session_from_plug_to_unplug(bench):
    """TC_003"""
    bench.charging()
    bench.station.present_token("AA")
    bench.csms.expect("StopTransaction")
    bench.station.unplug()
    bench.csms.expect("StatusNotification", status="Available")

    assert bench.statuses(1) == ["Available", "Preparing", "Charging", "Finishing", "Available"]
    assert bench.statuses(0) == ["Available"]


def test_what_did_not_change_is_not_reported_again_after_an_outage(bench):
    before = len(bench.csms.received("StatusNotification"))
    bench.station.network.cut()
    bench.world.run_for(600)
    bench.station.network.restore()
    bench.world.run_for(120)

    assert len(bench.csms.received("StatusNotification")) == before


def test_after_an_outage_only_the_present_status_is_reported_with_its_own_time(bench):
    """4.9, rules 1 and 3"""
    bench.station.network.cut()
    bench.world.run_for(10)
    bench.station.plug_in()
    bench.station.unplug()
    bench.world.run_for(10)
    bench.station.plug_in()
    bench.world.run_for(300)
    bench.station.network.restore()
    status = bench.csms.expect("StatusNotification", timeout_s=300)
    bench.world.settle()

    assert status["status"] == "Preparing"
    assert status["timestamp"] == "2026-01-01T00:00:20Z"
    assert bench.statuses(1) == ["Available", "Preparing"]


def test_a_status_whose_report_was_lost_is_reported_again(bench):
    bench.csms.on("StatusNotification").silent().once()
    bench.station.plug_in()
    bench.csms.expect("StatusNotification", status="Preparing")
    bench.station.network.drop()

    bench.csms.expect("StatusNotification", status="Preparing", timeout_s=300)


def test_a_status_that_does_not_last_is_never_reported(bench):
    """9.1 MinimumStatusDuration"""
    bench.configure("MinimumStatusDuration", "10")
    bench.station.plug_in()
    bench.world.run_for(5)
    bench.station.unplug()
    bench.world.run_for(60)

    assert bench.statuses(1) == ["Available"]


def test_a_status_that_lasts_is_reported_with_the_time_it_began(bench):
    """TC_023"""
    bench.configure("MinimumStatusDuration", "10")
    plugged = bench.world.now
    bench.station.plug_in()

    status = bench.csms.expect("StatusNotification", status="Preparing")

    assert status.at == pytest.approx(10, abs=1)
    assert status["timestamp"] == plugged.strftime("%Y-%m-%dT%H:%M:%SZ")


def test_the_duration_counts_from_the_last_change(bench):
    bench.configure("MinimumStatusDuration", "10")
    bench.station.plug_in()
    bench.world.run_for(6)
    bench.station.present_token("AA")
    bench.csms.expect("StartTransaction")

    status = bench.csms.expect("StatusNotification")

    assert status["status"] == "Charging"
    assert bench.statuses(1) == ["Available", "Charging"]


def test_a_fault_is_reported_at_once_and_its_end_too(bench):
    """TC_041"""
    bench.configure("MinimumStatusDuration", "30")
    bench.world.run_for(31)
    bench.station.fault(Fault("f", "GroundFailure", info="leak"))
    fault = bench.csms.expect("StatusNotification", connectorId=1, timeout_s=2)
    bench.station.clear_fault("f")
    cleared = bench.csms.expect("StatusNotification", connectorId=1)

    assert (fault["status"], fault["errorCode"]) == ("Faulted", "GroundFailure")
    assert fault["info"] == "leak"
    assert (cleared["status"], cleared["errorCode"]) == ("Available", "NoError")


def test_a_fault_of_the_station_faults_every_connector(make_bench):
    bench = make_bench(connectors=(1, 1)).booted()
    bench.station.fault(Fault("f", "InternalError"), evse=0, connector=None)

    for connector in range(3):
        bench.csms.expect("StatusNotification", connectorId=connector, status="Faulted")


def test_a_warning_is_reported_beside_the_status_once(bench):
    warning = Fault("w", "HighTemperature", is_fault=False)
    bench.station.fault(warning)
    bench.csms.expect("StatusNotification", status="Available", errorCode="HighTemperature")
    bench.station.clear_fault("w")
    bench.csms.expect_none("StatusNotification", within_s=30)


def test_the_end_of_a_warning_is_reported_if_that_is_configured(make_bench):
    bench = make_bench(variables={"OCPP16LegacyCtrlr/ReportClearedErrors": "true"}).booted()
    bench.station.fault(Fault("w", "HighTemperature", is_fault=False))
    bench.csms.expect("StatusNotification", errorCode="HighTemperature")
    bench.station.clear_fault("w")

    bench.csms.expect("StatusNotification", status="Available", errorCode="NoError")


def test_the_other_connector_of_a_used_evse_is_unavailable(make_bench):
    bench = make_bench(connectors=(2,)).booted()
    bench.station.plug_in(1, connector=2)

    bench.csms.expect("StatusNotification", connectorId=2, status="Preparing")
    bench.csms.expect("StatusNotification", connectorId=1, status="Unavailable")


def test_suspended_by_the_ev_and_going_on(bench):
    bench.charging()
    bench.station.ev().pause()
    bench.csms.expect("StatusNotification", status="SuspendedEV")
    bench.station.ev().resume()

    bench.csms.expect("StatusNotification", status="Charging")


@pytest.mark.parametrize("suspended", ["SuspendedEV", "SuspendedEVSE"])
def test_what_was_suspended_is_never_preparing_again(make_bench, suspended):
    """4.9: there is no transition D2 or E2, whether or not energy has flowed."""
    bench = make_bench(auto=False).booted()
    bench.station.plug_in()
    bench.station.present_token("AA")
    bench.station.charging_state(1, suspended)
    bench.csms.expect("StatusNotification", status=suspended)
    bench.station.charging_state(1, "EVConnected")
    bench.world.run_for(5)

    assert bench.statuses(1) == ["Available", "Preparing", suspended] + (
        ["SuspendedEV"] if suspended == "SuspendedEVSE" else []
    )


def test_an_ev_that_comes_back_before_any_energy_is_not_preparing_again(make_bench):
    """4.9: there is no transition D2."""
    bench = make_bench(auto=False).booted()
    bench.configure("StopTransactionOnEVSideDisconnect", "false")
    bench.station.plug_in()
    bench.station.present_token("AA")
    bench.station.unplug(cable_left=True)
    bench.csms.expect("StatusNotification", status="SuspendedEV")
    bench.station.plug_in()
    bench.world.run_for(5)

    assert bench.statuses(1)[1:] == ["Preparing", "SuspendedEV"]


def test_an_ev_that_is_pulled_keeps_the_transaction_if_so_configured(bench):
    """TC_005_3"""
    bench.configure("StopTransactionOnEVSideDisconnect", "false")
    bench.configure("UnlockConnectorOnEVSideDisconnect", "false")
    number = bench.charging()
    bench.station.unplug(cable_left=True)
    bench.csms.expect("StatusNotification", status="SuspendedEV", info="EV side disconnected")
    bench.csms.expect_none("StopTransaction", within_s=300)

    answer = bench.csms.call("RemoteStopTransaction", {"transactionId": number})

    assert answer == {"status": "Accepted"}
    bench.csms.expect("StopTransaction", reason="Remote")
    bench.csms.expect("StatusNotification", status="Finishing")


def test_an_ev_that_is_pulled_ends_the_transaction(bench):
    """TC_005_1"""
    bench.charging()
    bench.station.unplug(cable_left=True)

    bench.csms.expect("StatusNotification", status="Finishing", info="EV side disconnected")
    bench.csms.expect("StopTransaction", reason="EVDisconnected")
    bench.world.settle()
    assert bench.station.hardware.orders("unlock", 1)
    bench.station.unplug(connector=1)
    bench.csms.expect("StatusNotification", status="Available")


def test_with_a_fixed_cable_the_connector_is_free_at_once(bench):
    """TC_005_2"""
    bench.charging()
    bench.station.unplug()
    bench.csms.expect("StopTransaction", reason="EVDisconnected")
    bench.world.run_for(30)

    assert bench.statuses(1)[-2:] == ["Charging", "Available"]


def test_nobody_charges_at_a_connector_that_broke_before_the_cable_came(bench):
    """TC_024"""
    bench.csms.call("RemoteStartTransaction", {"idTag": "AA", "connectorId": 1})
    bench.csms.expect("StatusNotification", status="Preparing")
    bench.station.fault(Fault("lock", "ConnectorLockFailure"))
    bench.station.plug_in()

    bench.csms.expect("StatusNotification", status="Faulted", errorCode="ConnectorLockFailure")
    bench.csms.expect_none("StartTransaction", within_s=60)


def test_nobody_starts_at_a_broken_connector(bench):
    """TC_041"""
    bench.station.fault("GroundFailure")
    bench.station.plug_in()

    assert bench.station.present_token("AA").status.value == "NotAtThisTime"
    bench.csms.expect_none("StartTransaction", within_s=30)


def test_a_cable_that_cannot_be_locked_is_a_fault_until_it_is_unplugged(bench):
    bench.station.hardware.fail("lock")
    bench.station.plug_in()
    bench.station.present_token("AA")

    bench.csms.expect("StatusNotification", status="Faulted", errorCode="ConnectorLockFailure")
    bench.csms.expect_none("StartTransaction", within_s=30)
    assert not bench.station.evse().contactor_closed
    bench.station.unplug()
    bench.csms.expect("StatusNotification", status="Available", errorCode="NoError")


def test_a_fault_in_a_transaction_ends_it_and_leaves_the_cable(bench):
    bench.charging()
    bench.station.fault("GroundFailure")
    bench.csms.expect("StatusNotification", status="Faulted", errorCode="GroundFailure")
    bench.csms.expect("StopTransaction", reason="Other")
    bench.station.clear_fault("GroundFailure")

    bench.csms.expect("StatusNotification", status="Finishing", errorCode="NoError")


def test_an_ev_that_comes_back_goes_on_charging(bench):
    bench.configure("StopTransactionOnEVSideDisconnect", "false")
    bench.charging()
    bench.station.unplug(cable_left=True)
    bench.csms.expect("StatusNotification", status="SuspendedEV")
    bench.station.plug_in()

    bench.csms.expect("StatusNotification", status="Charging")
    assert len(bench.csms.received("StartTransaction")) == 1


def test_a_second_driver_may_start_where_the_first_left_the_cable(bench):
    """Transition F2"""
    bench.charging()
    bench.station.present_token("AA")
    bench.csms.expect("StopTransaction")
    bench.world.run_for(10)
    bench.station.present_token("BB")

    bench.csms.expect("StartTransaction", idTag="BB")
    bench.csms.expect("StatusNotification", status="Charging")


def test_a_status_does_not_wait_for_a_clock_that_was_set_back():
    bench = Bench("1.6", variables={"ClockCtrlr.TimeSource": "NTP"})
    bench.station.network.drop()
    bench.station.plug_in()
    bench.station.clock_offset_s -= 7200

    bench.csms.expect("StatusNotification", status="Preparing", timeout_s=300)
