"""ChangeAvailability (5.2)."""

import pytest


def change(bench, connector, kind):
    return bench.csms.call("ChangeAvailability", {"connectorId": connector, "type": kind})["status"]


def test_a_connector_is_switched_off_and_on(make_bench):
    """TC_013"""
    bench = make_bench(connectors=(1, 1)).booted()

    assert change(bench, 2, "Inoperative") == "Accepted"
    bench.csms.expect("StatusNotification", connectorId=2, status="Unavailable")
    assert change(bench, 2, "Operative") == "Accepted"
    bench.csms.expect("StatusNotification", connectorId=2, status="Available")
    assert bench.statuses(1) == ["Available"]


def test_connector_zero_is_the_station_and_all_connectors(make_bench):
    """TC_034"""
    bench = make_bench(connectors=(1, 1)).booted()
    assert change(bench, 2, "Inoperative") == "Accepted"
    assert change(bench, 0, "Inoperative") == "Accepted"
    for connector in (0, 1, 2):
        bench.csms.expect("StatusNotification", connectorId=connector, status="Unavailable")

    assert change(bench, 0, "Operative") == "Accepted"
    for connector in (0, 1, 2):
        bench.csms.expect("StatusNotification", connectorId=connector, status="Available")


@pytest.mark.parametrize("connectors", [(1, 1), (2,)])
def test_a_connector_is_switched_on_alone_while_the_station_is_unavailable(make_bench, connectors):
    """4.9, 5.2: the status of connector 0 has nothing to do with that of the others."""
    bench = make_bench(connectors=connectors).booted()
    assert change(bench, 0, "Inoperative") == "Accepted"
    bench.csms.expect("StatusNotification", connectorId=2, status="Unavailable")

    assert change(bench, 1, "Operative") == "Accepted"
    bench.csms.expect("StatusNotification", connectorId=1, status="Available")
    bench.station.kill()
    bench.station.boot()
    bench.csms.expect("BootNotification")
    for connector, status in enumerate(("Unavailable", "Available", "Unavailable")):
        bench.csms.expect("StatusNotification", connectorId=connector, status=status)
    bench.charging(1)
    bench.station.present_token("AA", 1)
    bench.station.unplug(1)
    bench.csms.expect("StatusNotification", connectorId=1, status="Available")

    assert change(bench, 0, "Inoperative") == "Accepted"
    bench.csms.expect("StatusNotification", connectorId=1, status="Unavailable")
    assert change(bench, 0, "Operative") == "Accepted"
    for connector in (0, 1, 2):
        bench.csms.expect("StatusNotification", connectorId=connector, status="Available")


def test_a_connector_that_charges_can_be_kept_when_the_station_is_switched_off(make_bench):
    """4.9, 5.2"""
    bench = make_bench(connectors=(1, 1)).booted()
    bench.charging(1)
    assert change(bench, 0, "Inoperative") == "Scheduled"
    assert change(bench, 1, "Operative") == "Accepted"

    bench.station.present_token("AA", 1)
    bench.station.unplug(1)
    bench.csms.expect("StatusNotification", connectorId=1, status="Available")
    bench.world.run_for(5)

    assert bench.statuses(0)[-1] == bench.statuses(2)[-1] == "Unavailable"
    assert bench.statuses(1)[-1] == "Available"


def test_a_status_it_has_already_is_accepted_in_silence(bench):
    assert change(bench, 1, "Operative") == "Accepted"
    bench.csms.expect_none("StatusNotification", within_s=5)


def test_during_a_transaction_it_is_scheduled(bench):
    bench.charging()

    assert change(bench, 1, "Inoperative") == "Scheduled"
    assert change(bench, 0, "Inoperative") == "Scheduled"
    assert bench.statuses(1)[-1] == "Charging"
    bench.station.present_token("AA")
    bench.csms.expect("StatusNotification", connectorId=1, status="Finishing")
    bench.station.unplug()
    bench.csms.expect("StatusNotification", connectorId=1, status="Unavailable")


@pytest.mark.parametrize("connector", [0, 1])
def test_it_survives_a_power_cut(bench, connector):
    """TC_034"""
    assert change(bench, connector, "Inoperative") == "Accepted"
    bench.world.settle()
    bench.station.kill()
    bench.world.run_for(5)
    bench.csms.mark()
    bench.station.boot()

    bench.csms.expect("StatusNotification", connectorId=1, status="Unavailable", timeout_s=60)
    bench.csms.expect(
        "StatusNotification", connectorId=0, status="Available" if connector else "Unavailable"
    )


def test_an_unknown_connector_is_rejected(bench):
    assert change(bench, 7, "Inoperative") == "Rejected"


def test_nobody_charges_at_an_unavailable_connector(bench):
    change(bench, 1, "Inoperative")
    bench.station.plug_in()

    assert bench.station.present_token("AA").status.value == "NotAtThisTime"
    bench.csms.expect_none("StartTransaction", within_s=10)
