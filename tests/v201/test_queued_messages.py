"""OCPPCommCtrlr.QueueAllMessages."""

from __future__ import annotations

from typing import Any

from ocpp_iface.engine.outbox import Verdict
from ocpp_iface.sim.bench import Bench
from ocpp_iface.types.facts import StoredRequest
from ocpp_iface.v201.blocks.queued_messages import QueuedMessages
from ocpp_iface.wire.v201 import call


def statuses(bench: Bench) -> list[str]:
    return [
        call["connectorStatus"]
        for call in bench.csms.received("StatusNotification")
        if not call.taken
    ]


def queueing(make_bench: Any, **more: Any) -> Bench:
    made: Bench = make_bench(evses=(1,), variables={"OCPPCommCtrlr.QueueAllMessages": True, **more})
    return made


def outage(bench: Bench) -> None:
    bench.offline()
    bench.station.plug_in(1)
    bench.run(2.0)
    bench.station.unplug(1)
    bench.run(2.0)
    bench.online()
    bench.run(5.0)


def test_every_status_of_an_outage_is_delivered(make_bench: Any) -> None:
    bench = queueing(make_bench)
    outage(bench)

    assert statuses(bench) == ["Occupied", "Available"]


def test_named_actions_are_not_queued(make_bench: Any) -> None:
    more = {"OCPPCommCtrlr.MessageTypesDiscardForQueueing": "MeterValues, StatusNotification"}
    bench = queueing(make_bench, **more)
    outage(bench)

    assert statuses(bench) == []


def test_queued_messages_survive_a_power_cut(make_bench: Any) -> None:
    bench = queueing(make_bench)
    bench.offline()
    bench.station.plug_in(1)
    bench.run(2.0)
    bench.power_cut()
    bench.station.network.restore()
    bench.is_online = True
    bench.run(60.0)

    assert statuses(bench)[0] == "Occupied"


def test_a_message_of_another_version_is_dropped() -> None:
    delivery = QueuedMessages().deliveries()[StoredRequest]

    kept = StoredRequest("ocpp1.6", "Heartbeat", "{}")

    assert delivery.project(kept) is Verdict.SKIP


def test_an_unreadable_message_is_dropped() -> None:
    delivery = QueuedMessages().deliveries()[StoredRequest]

    for action, payload in (
        ("Heartbeat", "{"),
        ("NoSuchAction", "{}"),
        ("StatusNotification", "{}"),
    ):
        assert delivery.project(StoredRequest("ocpp2.0.1", action, payload)) is Verdict.SKIP


def test_a_kept_message_is_sent_as_it_was() -> None:
    delivery = QueuedMessages().deliveries()[StoredRequest]

    assert delivery.project(StoredRequest("ocpp2.0.1", "Heartbeat", "{}")) == call.Heartbeat()
