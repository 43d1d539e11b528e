"""TriggerMessage (5.17) and ExtendedTriggerMessage (whitepaper 5.5)."""

import pytest

MESSAGES = ("TriggerMessage", "ExtendedTriggerMessage")


@pytest.mark.parametrize("message", MESSAGES)
@pytest.mark.parametrize("word", ["Heartbeat", "StatusNotification", "MeterValues"])
def test_the_answer_goes_before_the_message(bench, message, word):
    """TC_054"""
    answer = bench.csms.call(message, {"requestedMessage": word, "connectorId": 1})
    answered = bench.csms.log[-1].index

    assert answer == {"status": "Accepted"}
    assert bench.csms.expect(word).index > answered


def test_without_a_connector_all_statuses_are_sent(make_bench):
    bench = make_bench(connectors=(1, 1)).booted()
    bench.csms.call("TriggerMessage", {"requestedMessage": "StatusNotification"})

    for connector in (0, 1, 2):
        bench.csms.expect("StatusNotification", connectorId=connector)


def test_the_status_of_the_station_alone(bench):
    bench.csms.call("TriggerMessage", {"requestedMessage": "StatusNotification", "connectorId": 0})

    bench.csms.expect("StatusNotification", connectorId=0)
    bench.csms.expect_none("StatusNotification", within_s=5)


def test_an_unknown_connector_is_rejected(bench):
    answer = bench.csms.call(
        "TriggerMessage", {"requestedMessage": "StatusNotification", "connectorId": 5}
    )

    assert answer == {"status": "Rejected"}


def test_a_boot_that_was_accepted_is_not_repeated(bench):
    """Erratum 3.35"""
    answer = bench.csms.call("TriggerMessage", {"requestedMessage": "BootNotification"})

    assert answer == {"status": "Rejected"}


@pytest.mark.parametrize(
    ("message", "word"),
    [
        ("TriggerMessage", "DiagnosticsStatusNotification"),
        ("TriggerMessage", "FirmwareStatusNotification"),
        ("ExtendedTriggerMessage", "FirmwareStatusNotification"),
        ("ExtendedTriggerMessage", "LogStatusNotification"),
        ("ExtendedTriggerMessage", "SignChargePointCertificate"),
    ],
)
def test_what_is_not_built_is_not_implemented(bench, message, word):
    assert bench.csms.call(message, {"requestedMessage": word}) == {"status": "NotImplemented"}
