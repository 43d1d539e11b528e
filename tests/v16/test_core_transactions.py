"""StartTransaction, MeterValues and StopTransaction (3.7, 4.7, 4.8, 4.10)."""

import itertools

import pytest

from ocpp_iface.types import IdTokenType, TransactionEvent


def offline(bench):
    bench.station.network.cut()
    bench.world.run_for(5)


def online(bench):
    bench.station.network.restore()
    bench.world.run_until(bench.csms.connected, 600)


def test_a_session_starts_and_stops_with_the_number_of_the_csms(bench):
    number = bench.charging()
    bench.world.run_for(100)
    bench.station.present_token("AA")

    stop = bench.csms.expect("StopTransaction")

    assert stop["transactionId"] == number
    assert (stop["idTag"], stop["reason"]) == ("AA", "Local")
    assert stop["meterStop"] > 0


def test_the_app_hears_the_number_as_soon_as_it_is_known(bench):
    number = bench.charging()

    started, updated = bench.station.published["ocpp_transaction_event"][:2]
    assert (started.transaction_event, started.transaction_id) == (TransactionEvent.Started, None)
    assert (updated.transaction_event, updated.transaction_id) == (
        TransactionEvent.Updated,
        str(number),
    )
    assert updated.session_id == started.session_id
    (answer,) = bench.station.published["ocpp_transaction_event_response"]
    assert answer.original_transaction_event.transaction_event is TransactionEvent.Started


def test_authorization_first(bench):
    """TC_004_1"""
    bench.station.present_token("AA")
    bench.csms.expect("StatusNotification", status="Preparing")
    bench.station.plug_in()

    bench.csms.expect("StartTransaction", idTag="AA")
    bench.csms.expect("StatusNotification", status="Charging")


def test_a_driver_who_does_not_plug_in_is_forgotten(bench):
    """TC_004_2"""
    bench.configure("ConnectionTimeOut", "30")
    bench.station.present_token("AA")
    began = bench.csms.expect("StatusNotification", status="Preparing")
    free = bench.csms.expect("StatusNotification", status="Available")
    bench.station.plug_in()
    bench.csms.expect_none("StartTransaction", within_s=60)

    assert free.at - began.at == pytest.approx(30, abs=1)


def test_the_register_at_the_start_is_that_of_the_meter(make_bench):
    bench = make_bench()
    bench.station.evse().register_wh = 41_999.6
    bench.booted()

    bench.charging(meterStart=42_000)


def test_two_sessions_in_a_row_continue_the_register(bench):
    bench.charging()
    bench.world.run_for(300)
    bench.station.present_token("AA")
    stop = bench.csms.expect("StopTransaction")
    bench.station.unplug()
    bench.world.run_for(10)

    bench.charging(meterStart=stop["meterStop"])


def test_samples_are_sent_at_their_interval_with_the_number(bench):
    """TC_070"""
    bench.configure("MeterValueSampleInterval", "30")
    bench.configure("MeterValuesSampledData", "Energy.Active.Import.Register,Voltage")
    number = bench.charging()

    times = []
    for _ in range(3):
        message = bench.csms.expect("MeterValues", transactionId=number, connectorId=1)
        (value,) = message["meterValue"]
        times.append(value["timestamp"][-4:])
        assert [s["measurand"] for s in value["sampledValue"]] == [
            "Energy.Active.Import.Register",
            "Voltage",
        ]
        assert {s["context"] for s in value["sampledValue"]} == {"Sample.Periodic"}
    assert times == ["30Z".rjust(4, ":"), ":00Z", ":30Z"]


def test_transaction_data_has_begin_samples_and_end(bench):
    """3.16.1, erratum 3.14 (section 3.16.6)"""
    bench.configure("MeterValueSampleInterval", "60")
    bench.configure("StopTxnSampledData", "Energy.Active.Import.Register,Power.Active.Import")
    bench.charging()
    bench.world.run_for(150)
    bench.station.present_token("AA")

    stop = bench.csms.expect("StopTransaction")

    contexts = [value["sampledValue"][0]["context"] for value in stop["transactionData"]]
    assert contexts == [
        "Transaction.Begin",
        "Sample.Periodic",
        "Sample.Periodic",
        "Transaction.End",
    ]


def test_without_stop_data_configured_there_is_none(bench):
    bench.configure("StopTxnSampledData", "")
    bench.configure("StopTxnAlignedData", "")
    bench.charging()
    bench.world.run_for(1000)
    bench.station.present_token("AA")

    assert "transactionData" not in bench.csms.expect("StopTransaction")


def test_an_offline_transaction_is_delivered_in_order_with_its_real_number(make_bench):
    """TC_039"""
    bench = make_bench(variables={"AuthCtrlr/OfflineTxForUnknownIdEnabled": "true"}).booted()
    bench.configure("MeterValueSampleInterval", "60")
    offline(bench)
    bench.station.plug_in()
    bench.station.present_token("AA")
    bench.world.run_for(130)
    bench.station.present_token("AA")
    bench.world.run_for(5)
    bench.station.unplug()
    bench.csms.office.last_number = 700
    bench.csms.mark()
    online(bench)

    stop = bench.csms.expect("StopTransaction", timeout_s=300)

    sent = [call for call in bench.csms.received() if call.action != "Heartbeat"][-4:]
    assert [call.action for call in sent] == [
        "StartTransaction",
        "MeterValues",
        "MeterValues",
        "StopTransaction",
    ]
    assert [call.get("transactionId") for call in sent] == [None, 701, 701, 701]
    assert sent[0]["timestamp"] < sent[1]["meterValue"][0]["timestamp"] < stop["timestamp"]


def test_a_start_that_was_queued_at_a_power_cut_still_gives_its_number(make_bench):
    bench = make_bench(variables={"AuthCtrlr/OfflineTxForUnknownIdEnabled": "true"}).booted()
    bench.configure("MeterValueSampleInterval", "60")
    offline(bench)
    bench.station.plug_in()
    bench.station.present_token("AA")
    bench.world.run_for(70)
    bench.station.kill()
    bench.world.run_for(60)
    bench.station.boot()
    online(bench)

    bench.csms.expect("StartTransaction", timeout_s=300)
    values = bench.csms.expect("MeterValues", transactionId=1, timeout_s=300)
    assert values["transactionId"] == 1


def test_a_transaction_that_was_interrupted_goes_on(bench):
    """TC_032_2"""
    number = bench.charging()
    bench.world.run_for(100)
    bench.station.kill()
    bench.world.run_for(60)
    bench.station.boot()
    bench.csms.expect("StatusNotification", connectorId=1, status="Charging", timeout_s=300)
    bench.station.present_token("AA")

    bench.csms.expect("StopTransaction", transactionId=number, reason="Local")


def test_a_transaction_that_was_interrupted_is_ended_if_so_configured(make_bench):
    """TC_032_2"""
    bench = make_bench(on_power_loss="end").booted()
    number = bench.charging()
    bench.world.run_for(100)
    bench.station.kill()
    bench.world.run_for(60)
    bench.station.boot()

    stop = bench.csms.expect(
        "StopTransaction", transactionId=number, reason="PowerLoss", timeout_s=300
    )
    assert stop["meterStop"] > 0
    assert stop["timestamp"] < "2026-01-01T00:01:50Z"


def test_a_start_that_the_csms_never_takes_costs_the_number_but_not_the_energy(bench):
    """Erratum 3.18"""
    bench.configure("TransactionMessageAttempts", "2")
    bench.configure("TransactionMessageRetryInterval", "5")
    bench.csms.on("StartTransaction").error("InternalError")
    bench.station.plug_in()
    bench.station.present_token("AA")
    bench.csms.expect("StartTransaction")
    bench.csms.expect("StartTransaction")
    bench.world.run_for(300)

    assert len(bench.csms.received("StartTransaction")) == 2
    bench.csms.expect("MeterValues", transactionId=-1)
    bench.station.present_token("AA")
    stop = bench.csms.expect("StopTransaction", transactionId=-1)
    assert stop["meterStop"] > 0
    assert bench.station.published["ocpp_transaction_event"][-1].transaction_id is None
    bench.csms.books.transactions.clear()  # the books of the test CSMS know no -1


def test_a_failed_message_is_sent_again_after_growing_pauses(bench):
    """3.7.1"""
    bench.configure("TransactionMessageAttempts", "3")
    bench.configure("TransactionMessageRetryInterval", "10")
    bench.charging()
    bench.csms.on("StopTransaction").error("InternalError").times(2)
    bench.station.present_token("AA")

    times = [bench.csms.expect("StopTransaction").at for _ in range(3)]

    assert times[1] - times[0] == pytest.approx(10, abs=1)
    assert times[2] - times[1] == pytest.approx(20, abs=1)


def test_a_token_refused_late_ends_the_transaction(bench):
    """TC_037_3, erratum 3.17"""
    bench.csms.on("StartTransaction").reply(idTagInfo={"status": "Invalid"})
    bench.station.plug_in()
    bench.station.present_token("AA")

    bench.csms.expect("StopTransaction", reason="DeAuthorized")
    bench.csms.expect("StatusNotification", status="Finishing")


def test_a_token_refused_late_only_stops_the_energy_if_so_configured(bench):
    """TC_037_2"""
    bench.configure("StopTransactionOnInvalidId", "false")
    bench.csms.on("StartTransaction").reply(idTagInfo={"status": "Blocked"})
    bench.station.plug_in()
    bench.station.present_token("AA")

    bench.csms.expect("StatusNotification", status="SuspendedEVSE")
    bench.csms.expect_none("StopTransaction", within_s=60)
    assert not bench.station.evse().contactor_closed


def test_only_the_own_token_or_its_family_stops(bench):
    """TC_068, TC_069"""
    bench.csms.tokens.put("AA", group="fleet")
    bench.csms.tokens.put("BB", group="fleet")
    bench.csms.tokens.put("CC", group="other")
    bench.charging()
    bench.station.present_token("CC")
    bench.csms.expect_none("StopTransaction", within_s=10)
    bench.station.present_token("BB")

    bench.csms.expect("StopTransaction", idTag="BB", reason="Local")


@pytest.mark.parametrize("kind", [IdTokenType.ISO15693, IdTokenType.KeyCode])
@pytest.mark.parametrize("remote", [True, False])
def test_an_id_tag_stops_what_it_started_whatever_kind_of_reader_took_it(bench, kind, remote):
    """7.28: an idTag has no type; 5.12: a remote start is as a local one."""
    if remote:
        bench.csms.call("RemoteStartTransaction", {"idTag": "AA", "connectorId": 1})
    else:
        bench.station.present_token("AA")
    bench.station.plug_in()
    bench.csms.expect("StatusNotification", status="Charging")
    bench.csms.mark()

    assert bench.station.present_token("AA", kind=kind).stopped
    bench.csms.expect("StopTransaction", idTag="AA", reason="Local")
    assert len(bench.csms.received("Authorize")) == 1


def test_nobody_is_asked_about_a_token_that_cannot_stop_anything(bench):
    """TC_068"""
    bench.charging()
    outcome = bench.station.present_token("BB")
    bench.csms.expect_none("Authorize", within_s=5)

    assert outcome.status.value == "ConcurrentTx"


def test_a_token_that_is_too_long_starts_nothing(bench):
    outcome = bench.station.present_token("x" * 21)

    assert outcome.status.value == "Invalid"
    bench.csms.expect_none("Authorize", within_s=5)


def test_the_stop_button_names_nobody(bench):
    bench.charging()
    bench.station.stop_button()

    stop = bench.csms.expect("StopTransaction", reason="Local")
    assert "idTag" not in stop


def test_what_happened_while_stopped_is_never_sent(bench):
    bench.charging()
    bench.world.run_for(30)
    assert bench.station.ocpp.stop()
    bench.csms.mark()
    bench.world.run_for(60)
    bench.station.unplug()
    bench.station.plug_in()
    bench.station.present_token("AA")
    bench.world.run_for(60)
    assert bench.actions()[-1] == "StatusNotification"
    bench.station.ocpp.restart()
    bench.csms.expect("BootNotification", timeout_s=120)
    stop = bench.csms.expect("StopTransaction")
    bench.world.run_for(60)

    assert stop["timestamp"] < "2026-01-01T00:00:40Z"
    assert len(bench.csms.received("StartTransaction")) == 1


@pytest.mark.parametrize("reason", ["PowerLoss", "EmergencyStop", "Local", "Remote", "Reboot"])
def test_the_app_may_stop_for_reasons_of_its_own(bench, reason):
    """TC_032_1"""
    bench.charging()
    bench.station.stop_transaction(1, reason)

    bench.csms.expect("StopTransaction", reason=reason)
    bench.csms.expect("StatusNotification", status="Finishing")


def test_values_of_an_outage_come_in_order_before_new_ones(bench):
    """TC_036"""
    bench.configure("MeterValueSampleInterval", "20")
    bench.charging()
    offline(bench)
    bench.world.run_for(70)
    online(bench)
    bench.world.run_for(60)

    stamps = [call["meterValue"][0]["timestamp"] for call in bench.csms.received("MeterValues")]
    seconds = [int(stamp[-6:-4]) * 60 + int(stamp[-3:-1]) for stamp in stamps]
    assert len(seconds) >= 6
    assert all(later - earlier == 20 for earlier, later in itertools.pairwise(seconds))


def test_a_stop_while_offline_keeps_its_time(bench):
    """TC_038"""
    number = bench.charging()
    offline(bench)
    bench.station.present_token("AA")
    stopped = bench.world.now
    bench.world.run_for(100)
    online(bench)

    stop = bench.csms.expect("StopTransaction", transactionId=number, timeout_s=300)
    assert stop["timestamp"].startswith(stopped.strftime("%Y-%m-%dT%H:%M:%S."))
    bench.csms.expect("StatusNotification", status="Finishing")


@pytest.mark.parametrize("stops", ["true", "false"])
def test_a_token_that_was_accepted_offline_may_be_refused_later(make_bench, stops):
    """TC_037_2, TC_037_3"""
    bench = make_bench(variables={"AllowOfflineTxForUnknownId": "true"}).booted()
    bench.configure("StopTransactionOnInvalidId", stops)
    bench.csms.on("StartTransaction").reply(idTagInfo={"status": "Invalid"})
    offline(bench)
    bench.station.plug_in()
    bench.station.present_token("AA")
    bench.world.run_for(30)
    online(bench)

    bench.csms.expect("StartTransaction", timeout_s=300)
    bench.csms.expect("StatusNotification", status="Charging")
    if stops == "true":
        bench.csms.expect("StopTransaction", reason="DeAuthorized")
        bench.csms.expect("StatusNotification", status="Finishing")
    else:
        bench.csms.expect("StatusNotification", status="SuspendedEVSE")


def test_an_offline_start_is_reported_once(make_bench):
    """TC_037_1"""
    bench = make_bench(variables={"AllowOfflineTxForUnknownId": "true"}).booted()
    offline(bench)
    bench.station.plug_in()
    bench.station.present_token("AA")
    bench.world.run_for(30)
    bench.csms.mark()
    online(bench)
    bench.csms.expect("StatusNotification", status="Charging", timeout_s=300)
    bench.world.run_for(20)

    new = [call.action for call in bench.csms.received() if call.index > 0][-2:]
    assert new == ["StartTransaction", "StatusNotification"]
    assert bench.statuses(1) == ["Available", "Charging"]
