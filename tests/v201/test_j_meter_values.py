"""J01, J02: values of idle EVSEs, values of transactions."""

from __future__ import annotations

from typing import Any

from ocpp_iface.sim.bench import Bench


def test_clock_aligned_values_of_idle_evses(make_bench: Any) -> None:
    bench = make_bench(variables={"AlignedDataCtrlr.Interval": 60}, auto=False)
    bench.station.meter(1, 100.0)
    bench.station.meter(2, 200.0)
    bench.run(65.0)

    messages = bench.csms.received("MeterValues")

    assert [message["evseId"] for message in messages] == [1, 2]
    for message in messages:
        (value,) = message["meterValue"]
        assert value["sampledValue"][0]["context"] == "Sample.Clock"
        assert value["timestamp"].endswith(":01:00Z")


def test_values_of_a_transaction_travel_in_its_events(make_bench: Any) -> None:
    bench = make_bench(
        variables={"SampledDataCtrlr.TxUpdatedInterval": 30, "AlignedDataCtrlr.Interval": 0}
    )
    bench.charging(1)
    bench.run(65.0)

    periodic = bench.csms.received("TransactionEvent", {"triggerReason": "MeterValuePeriodic"})
    assert len(periodic) == 2
    assert bench.csms.received("MeterValues") == []
    context = periodic[0]["meterValue"][0]["sampledValue"][0]["context"]
    assert context == "Sample.Periodic"


def test_idle_values_are_lost_offline_unless_all_messages_are_queued(make_bench: Any) -> None:
    def received(queue_all: bool) -> list[Any]:
        bench: Bench = make_bench(
            variables={
                "AlignedDataCtrlr.Interval": 60,
                "OCPPCommCtrlr.QueueAllMessages": queue_all,
            },
            auto=False,
            evses=(1,),
        )
        bench.station.meter(1, 100.0)
        bench.offline()
        bench.run(130.0)
        bench.online()
        bench.run(5.0)
        return list(bench.csms.received("MeterValues"))

    assert received(False) == []
    kept = received(True)
    assert [message["meterValue"][0]["timestamp"][14:] for message in kept] == ["01:00Z", "02:00Z"]
