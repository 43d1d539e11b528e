"""BootNotification and Heartbeat (4.2, 4.6)."""

import pytest


def boot_answers(bench, status, interval, times=1):
    bench.csms.on("BootNotification").reply(status=status, interval=interval).times(times)


def test_a_station_says_who_it_is_within_the_lengths_of_the_schema(make_bench):
    bench = make_bench(
        vendor="A vendor with a long name",
        model="Model",
        serial_number="S1",
        charge_box_serial_number="B1",
        firmware_version="1.2",
        meter_type="M",
        meter_serial_number="MS",
        iccid="I",
        imsi="J",
    )
    bench.station.boot()

    boot = bench.csms.expect("BootNotification")

    assert boot == {
        "chargePointVendor": "A vendor with a long",
        "chargePointModel": "Model",
        "chargePointSerialNumber": "S1",
        "chargeBoxSerialNumber": "B1",
        "firmwareVersion": "1.2",
        "meterType": "M",
        "meterSerialNumber": "MS",
        "iccid": "I",
        "imsi": "J",
    }


@pytest.mark.parametrize("status", ["Rejected", "Pending"])
def test_nothing_is_sent_before_the_interval_is_over(make_bench, status):
    """TC_001, TC_002"""
    bench = make_bench()
    boot_answers(bench, status, 90)
    bench.station.boot()
    first = bench.csms.expect("BootNotification")
    bench.station.plug_in()

    second = bench.csms.expect("BootNotification", timeout_s=120)

    assert 90 <= second.at - first.at <= 91
    assert bench.actions() == ["BootNotification", "BootNotification"]
    bench.csms.expect("StatusNotification", connectorId=0, status="Available")
    bench.csms.expect("StatusNotification", connectorId=1, status="Preparing")


def test_without_an_interval_a_minute_passes(make_bench):
    bench = make_bench()
    boot_answers(bench, "Rejected", 0)
    bench.station.boot()
    first = bench.csms.expect("BootNotification")

    second = bench.csms.expect("BootNotification", timeout_s=120)

    assert second.at - first.at == pytest.approx(60, abs=1)


def test_an_unanswered_boot_is_sent_again(make_bench):
    bench = make_bench()
    bench.csms.on("BootNotification").error("InternalError").once()
    bench.station.boot()
    bench.csms.expect("BootNotification")

    bench.csms.expect("BootNotification", timeout_s=120)
    bench.csms.expect("StatusNotification", connectorId=1)


def test_pending_answers_configuration_requests_and_keeps_silent_otherwise(make_bench):
    """TC_002"""
    bench = make_bench()
    boot_answers(bench, "Pending", 60)
    bench.station.boot()
    bench.csms.expect("BootNotification")
    bench.world.settle()

    keys = bench.csms.call("GetConfiguration")["configurationKey"]
    changed = bench.csms.call(
        "ChangeConfiguration", {"key": "MeterValueSampleInterval", "value": "30"}
    )

    assert len(keys) > 30
    assert changed == {"status": "Accepted"}
    assert bench.actions() == ["BootNotification"]


def test_pending_does_what_is_triggered(make_bench):
    bench = make_bench()
    boot_answers(bench, "Pending", 600)
    bench.station.boot()
    bench.csms.expect("BootNotification")
    bench.world.settle()

    for word in ("Heartbeat", "StatusNotification", "BootNotification"):
        which = {"connectorId": 1} if word == "StatusNotification" else {}
        answer = bench.csms.call("TriggerMessage", {"requestedMessage": word, **which})
        assert answer == {"status": "Accepted"}
        bench.csms.expect(word)


def test_pending_refuses_remote_starts_and_stops(make_bench):
    """4.2"""
    bench = make_bench()
    boot_answers(bench, "Pending", 600)
    bench.station.boot()
    bench.csms.expect("BootNotification")
    bench.world.settle()

    start = bench.csms.call("RemoteStartTransaction", {"idTag": "AA", "connectorId": 1})
    stop = bench.csms.call("RemoteStopTransaction", {"transactionId": 1})

    assert start == stop == {"status": "Rejected"}


def test_rejected_answers_nothing(make_bench):
    """4.2"""
    bench = make_bench()
    boot_answers(bench, "Rejected", 600)
    bench.station.boot()
    bench.csms.expect("BootNotification")
    bench.world.settle()

    question = bench.csms.start_call("GetConfiguration")
    bench.world.run_for(30)

    assert not question.done


def test_the_interval_of_pending_is_none_of_the_heartbeat(make_bench):
    bench = make_bench()
    boot_answers(bench, "Pending", 77)
    bench.station.boot()
    bench.csms.expect("BootNotification")
    bench.world.settle()

    (key,) = bench.csms.call("GetConfiguration", {"key": ["HeartbeatInterval"]})["configurationKey"]
    assert key["value"] != "77"


def test_heartbeats_come_with_the_interval_of_the_accepted_boot(make_bench):
    """TC_001"""
    bench = make_bench()
    boot_answers(bench, "Accepted", 40)
    bench.station.boot()
    boot = bench.csms.expect("BootNotification")

    beats = [bench.csms.expect("Heartbeat", timeout_s=60).at for _ in range(3)]

    assert beats[0] - boot.at == pytest.approx(40, abs=1)
    assert beats[2] - beats[1] == pytest.approx(40, abs=0.5)


def test_the_clock_follows_the_csms(bench):
    bench.csms.clock_offset_s = 3600
    bench.csms.call("TriggerMessage", {"requestedMessage": "Heartbeat"})
    bench.world.settle()
    bench.station.plug_in()

    status = bench.csms.expect("StatusNotification", status="Preparing")

    assert status["timestamp"].startswith("2026-01-01T01:")


def test_a_mere_reconnect_needs_no_boot(bench):
    bench.station.network.cut()
    bench.world.run_for(5)
    bench.station.network.restore()
    bench.world.run_for(120)

    assert bench.csms.connected()
    assert len(bench.csms.received("BootNotification")) == 1
