"""MeterValues outside of transactions, and those that are asked for (3.16.2, 5.17)."""

import pytest


def test_idle_connectors_report_at_the_boundaries_of_the_clock(make_bench):
    """TC_071"""
    bench = make_bench().booted()
    bench.configure("ClockAlignedDataInterval", "20")
    bench.configure("MeterValuesAlignedData", "Energy.Active.Import.Register,Voltage")
    bench.station.evse().report_now()
    bench.world.run_for(1)

    times = []
    for _ in range(3):
        message = bench.csms.expect("MeterValues", connectorId=1, transactionId=None)
        (value,) = message["meterValue"]
        times.append(int(value["timestamp"][-3:-1]))
        assert {s["context"] for s in value["sampledValue"]} == {"Sample.Clock"}
        assert {s["measurand"] for s in value["sampledValue"]} == {
            "Energy.Active.Import.Register",
            "Voltage",
        }
    assert all(second % 20 == 0 for second in times)
    assert len(set(times)) == 3


def test_in_a_transaction_they_carry_its_number(bench):
    """TC_071, erratum 3.16"""
    bench.configure("MeterValueSampleInterval", "0")
    number = bench.charging()
    bench.configure("ClockAlignedDataInterval", "60")

    message = bench.csms.expect("MeterValues", timeout_s=90)

    assert message["transactionId"] == number
    assert message["meterValue"][0]["sampledValue"][0]["context"] == "Sample.Clock"


def test_an_empty_list_of_measurands_means_the_register(bench):
    """TC_070, TC_071"""
    bench.configure("MeterValuesAlignedData", "")
    bench.configure("ClockAlignedDataInterval", "30")

    message = bench.csms.expect("MeterValues", timeout_s=90)

    assert [s["measurand"] for s in message["meterValue"][0]["sampledValue"]] == [
        "Energy.Active.Import.Register"
    ]


def test_idle_values_are_not_queued(bench):
    bench.configure("ClockAlignedDataInterval", "30")
    bench.station.network.cut()
    bench.world.run_for(300)
    bench.csms.mark()
    bench.station.network.restore()
    bench.world.run_until(bench.csms.connected, 600)
    bench.world.run_for(29)

    assert len([c for c in bench.csms.received("MeterValues") if not c.taken]) <= 1


def test_idle_values_are_queued_if_all_messages_are(make_bench):
    bench = make_bench(variables={"QueueAllMessages": "true"}).booted()
    bench.configure("ClockAlignedDataInterval", "30")
    bench.station.network.cut()
    bench.world.run_for(95)
    bench.csms.mark()
    bench.station.network.restore()

    times = [
        bench.csms.expect("MeterValues", timeout_s=600)["meterValue"][0]["timestamp"]
        for _ in range(3)
    ]
    assert times == sorted(set(times))


def test_the_newest_values_can_be_asked_for(bench):
    """TC_054"""
    answer = bench.csms.call(
        "TriggerMessage", {"requestedMessage": "MeterValues", "connectorId": 1}
    )

    assert answer == {"status": "Accepted"}
    message = bench.csms.expect("MeterValues", connectorId=1, transactionId=None)
    assert message["meterValue"][0]["sampledValue"][0]["context"] == "Trigger"


def test_values_of_a_charger_that_reports_by_itself_can_be_asked_for(make_bench):
    methods = frozenset({"permit_energy", "stop_energy"})
    bench = make_bench(hardware_methods=methods).booted()
    bench.station.meter(1, 1234.0)

    answer = bench.csms.call(
        "TriggerMessage", {"requestedMessage": "MeterValues", "connectorId": 1}
    )

    assert answer == {"status": "Accepted"}
    (values,) = bench.csms.expect("MeterValues", connectorId=1)["meterValue"]
    assert float(values["sampledValue"][0]["value"]) == 1234.0


def test_triggered_values_of_a_transaction_carry_its_number(bench):
    number = bench.charging()

    bench.csms.call("TriggerMessage", {"requestedMessage": "MeterValues", "connectorId": 1})

    message = bench.csms.expect("MeterValues", transactionId=number)
    assert message["meterValue"][0]["sampledValue"][0]["context"] == "Trigger"


@pytest.mark.parametrize("connector", [2, 99])
def test_a_connector_that_does_not_exist_has_no_values(bench, connector):
    """TC_055"""
    answer = bench.csms.call(
        "TriggerMessage", {"requestedMessage": "MeterValues", "connectorId": connector}
    )

    assert answer == {"status": "Rejected"}
    bench.csms.expect_none("MeterValues", within_s=10)


def test_without_a_meter_there_is_nothing_to_promise(make_bench):
    methods = frozenset({"permit_energy", "stop_energy"})
    bench = make_bench(hardware_methods=methods).booted()

    answer = bench.csms.call("TriggerMessage", {"requestedMessage": "MeterValues"})

    assert answer == {"status": "Rejected"}
