"""A transaction that is open while the CSMS changes the OCPP version (docs/design/version-change)."""

import pytest

BOTH = ("ocpp2.0.1", "ocpp1.6")
VARIABLES = {
    "AuthCtrlr/OfflineTxForUnknownIdEnabled": "true",
    "SampledDataCtrlr/TxUpdatedInterval": "60",
}


@pytest.fixture
def bench201(make_bench):
    """Speaks both versions; the CSMS takes 2.0.1 until `downgrade`."""
    bench = make_bench(versions=BOTH, variables=VARIABLES)
    bench.station.boot()
    bench.csms.expect("StatusNotification", evseId=1)
    bench.world.settle()
    bench.csms.mark()
    return bench


def downgrade(bench, outage_s=10):
    bench.station.network.cut()
    bench.world.run_for(outage_s)
    bench.csms.subprotocols = ("ocpp1.6",)
    bench.station.network.restore()
    bench.csms.expect("BootNotification", chargePointModel=..., timeout_s=600)


def test_what_was_begun_under_2_0_1_is_finished_under_1_6_without_a_number(bench201):
    bench = bench201
    bench.station.plug_in()
    bench.station.present_token("AA")
    bench.csms.expect("TransactionEvent", eventType="Started")
    bench.world.run_for(130)
    downgrade(bench)
    bench.csms.expect("StatusNotification", connectorId=1, status="Charging")
    bench.world.run_for(100)
    bench.station.present_token("AA")

    stop = bench.csms.expect("StopTransaction", transactionId=-1, idTag="AA", reason="Local")

    data = [each["sampledValue"][0] for each in stop["transactionData"]]
    assert (data[0]["context"], data[-1]["context"]) == ("Transaction.Begin", "Transaction.End")
    assert float(data[-1]["value"]) == pytest.approx(stop["meterStop"], abs=1)
    assert len(bench.csms.received("StartTransaction")) == 0


def test_what_was_begun_offline_under_2_0_1_is_a_whole_transaction_of_1_6(bench201):
    bench = bench201
    bench.station.network.cut()
    bench.world.run_for(5)
    bench.station.plug_in()
    bench.station.present_token("AA")
    bench.world.run_for(130)
    downgrade(bench)

    bench.csms.expect("StartTransaction", idTag="AA", connectorId=1)
    bench.csms.expect("MeterValues", transactionId=1)
    bench.station.present_token("AA")
    bench.csms.expect("StopTransaction", transactionId=1)


def test_a_token_that_is_too_long_for_1_6_is_named_as_far_as_it_goes(bench201):
    bench = bench201
    bench.station.network.cut()
    bench.world.run_for(5)
    bench.station.plug_in()
    bench.station.present_token("0123456789" * 3)
    bench.world.run_for(30)
    downgrade(bench)

    bench.csms.expect("StartTransaction", idTag="0123456789" * 2)


def test_the_number_of_1_6_stays_with_the_transaction_over_an_excursion(make_bench):
    """1.6, then 2.0.1, then 1.6 again: the CSMS's number still counts."""
    bench = make_bench(versions=BOTH, variables=VARIABLES)
    bench.csms.subprotocols = ("ocpp1.6",)
    bench.booted()
    number = bench.charging()
    for version in ("ocpp2.0.1", "ocpp1.6"):
        bench.station.network.cut()
        bench.world.run_for(10)
        bench.csms.subprotocols = (version,)
        bench.station.network.restore()
        bench.csms.expect("BootNotification", timeout_s=600)
        bench.world.run_for(10)
    bench.station.present_token("AA")

    bench.csms.expect("StopTransaction", transactionId=number)
    for known in [key for key in bench.csms.transactions if key != str(number)]:
        del bench.csms.transactions[known]  # the books take the excursion for another transaction
