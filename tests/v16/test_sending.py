"""Messages that may be kept, and those that were kept."""

import pytest

from ocpp_iface.engine.outbox import Verdict
from ocpp_iface.types.facts import StoredRequest
from ocpp_iface.v16 import sending
from ocpp_iface.wire.v16 import call

VALUES = (
    '{"connectorId":1,"meterValue":[{"timestamp":"2026-01-01T00:00:00Z",'
    '"sampledValue":[{"value":"1"}]}]}'
)


def test_a_kept_message_is_sent_as_it_was():
    request = sending.project(StoredRequest("ocpp1.6", "MeterValues", VALUES))

    assert isinstance(request, call.MeterValues)
    assert request.connector_id == 1


@pytest.mark.parametrize(
    "kept",
    [
        StoredRequest("ocpp2.0.1", "MeterValues", VALUES),
        StoredRequest("ocpp1.6", "Nonsense", "{}"),
        StoredRequest("ocpp1.6", "MeterValues", "{}"),
        StoredRequest("ocpp1.6", "MeterValues", "not JSON"),
    ],
)
def test_what_says_nothing_here_is_dropped(kept):
    assert sending.project(kept) is Verdict.SKIP


def test_some_messages_are_not_worth_keeping(make_bench):
    bench = make_bench(
        variables={"QueueAllMessages": "true", "MessageTypesDiscardForQueueing": "A, MeterValues"}
    ).booted()
    bench.configure("ClockAlignedDataInterval", "30")
    bench.station.network.cut()
    bench.world.run_for(95)
    bench.csms.mark()
    bench.station.network.restore()
    bench.world.run_until(bench.csms.connected, 600)
    bench.world.settle()

    assert [c for c in bench.csms.received("MeterValues") if not c.taken] == []
