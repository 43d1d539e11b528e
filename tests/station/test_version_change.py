"""A transaction that is open while the OCPP version changes: the rules of
docs/design/version-change.md, one by one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.station.inside import energy_flows, kernel_of, station_of

from ocpp_iface.sim import Bench
from ocpp_iface.types.facts import StoredRequest

TOKEN = "04AB12CD"
BOTH = {"versions": ("ocpp2.0.1", "ocpp1.6")}
Make = Callable[..., Bench]


@pytest.fixture
def make(make_bench: Make) -> Make:
    """A station that speaks both versions, at a CSMS that takes the first one named."""

    def made(version: str, **options: Any) -> Bench:
        variables = {
            "AuthCtrlr.OfflineTxForUnknownIdEnabled": True,
            "SampledDataCtrlr.TxUpdatedInterval": 60,
            **options.pop("variables", {}),
        }
        bench = make_bench(
            version, evses=(1,), config=BOTH, boot=False, variables=variables, **options
        )
        bench.csms.subprotocols = (f"ocpp{version}",)
        bench.booted()
        return bench

    return made


def change_to(bench: Bench, version: str) -> None:
    """The CSMS is back after a while, and speaks another version."""
    bench.csms.subprotocols = (f"ocpp{version}",)
    if bench.is_online:
        bench.offline()
        bench.run(10)
    bench.mark()
    bench.online()
    bench.expect("BootNotification", timeout_s=300)
    bench.run(30)


def actions(bench: Bench, *names: str) -> list[str]:
    return [call.action for call in bench.csms.received() if call.action in names]


def forgive_excursion(bench: Bench) -> None:
    """The books of the simulated CSMS take one transaction in two versions for two."""
    bench.csms.books.transactions.clear()
    bench.csms.books.strays.clear()


# -- rule 1: what waits is delivered under the new version -----------------------------------------


def test_rule_1_what_waits_is_delivered_under_2_0_1(make: Make) -> None:
    bench = make("1.6")
    bench.offline()
    bench.charging()
    bench.run(130)
    bench.stop_authorized()
    bench.run(5)

    change_to(bench, "2.0.1")

    assert actions(bench, "StartTransaction", "StopTransaction", "MeterValues") == []
    (record,) = bench.csms.transactions.values()
    assert record.complete
    assert len(kernel_of(bench).outbox) == 0


def test_rule_1_what_waits_is_delivered_under_1_6(make: Make) -> None:
    bench = make("2.0.1")
    bench.offline()
    bench.charging()
    bench.run(130)
    bench.stop_authorized()
    bench.run(5)

    change_to(bench, "1.6")

    assert actions(bench, "TransactionEvent") == []
    assert actions(bench, "StartTransaction", "MeterValues", "StopTransaction") == [
        "StartTransaction",
        "MeterValues",
        "MeterValues",
        "StopTransaction",
    ]
    (record,) = bench.csms.transactions.values()
    assert record.complete


def test_rule_1_what_the_old_csms_confirmed_is_not_sent_again(make: Make) -> None:
    bench = make("2.0.1")
    bench.session()
    bench.run(10)

    change_to(bench, "1.6")

    assert actions(bench, "StartTransaction", "StopTransaction") == []


# -- rule 2: the energy is counted once ------------------------------------------------------------


@pytest.mark.parametrize(("old", "new"), [("1.6", "2.0.1"), ("2.0.1", "1.6")])
def test_rule_2_the_energy_is_that_from_the_first_register_value(
    make: Make, old: str, new: str
) -> None:
    bench = make(old)
    bench.station.evse().register_wh = 5_000.0
    bench.station.restart()
    bench.run(30)
    bench.charging()
    bench.run(600)
    change_to(bench, new)
    bench.run(600)

    bench.station.present_token(TOKEN)
    bench.run(10)

    if new == "1.6":
        stop = bench.expect("StopTransaction")
        data = stop["transactionData"]
        first = data[0]["sampledValue"][0]["value"]
        last = stop["meterStop"]
    else:
        ended = bench.expect("TransactionEvent", eventType="Ended")
        first = ended["meterValue"][0]["sampledValue"][0]["value"]
        last = ended["meterValue"][-1]["sampledValue"][0]["value"]
    assert float(first) == 5_000.0
    assert float(last) == pytest.approx(bench.station.evse().register_wh, abs=1)
    forgive_excursion(bench)


# -- rule 3: 1.6 to 2.0.1 --------------------------------------------------------------------------


def test_rule_3_it_goes_on_under_its_own_id_and_is_not_started_again(make: Make) -> None:
    bench = make("1.6")
    bench.charging()
    row = station_of(bench).transactions.open_on(1)
    assert row is not None

    change_to(bench, "2.0.1")
    assert energy_flows(bench)
    bench.run(120)
    bench.station.present_token(TOKEN)
    bench.run(10)

    events = bench.csms.received("TransactionEvent")
    assert {event["transactionInfo"]["transactionId"] for event in events} == {row.uuid}
    assert [event["eventType"] for event in events if event["eventType"] == "Started"] == []
    numbers = [event["seqNo"] for event in events]
    assert numbers == list(range(row.next_seq, row.next_seq + len(events)))
    assert numbers[0] > 0
    assert events[-1]["eventType"] == "Ended"
    forgive_excursion(bench)


def test_rule_3_the_first_event_under_2_0_1_says_whose_and_where(make: Make) -> None:
    bench = make("1.6")
    bench.charging()

    change_to(bench, "2.0.1")
    bench.run(120)

    first, *later = bench.csms.received("TransactionEvent")
    assert first["evse"] == {"id": 1, "connectorId": 1}
    assert first["idToken"]["idToken"] == TOKEN
    assert later
    assert not [event for event in later if "evse" in event or "idToken" in event]
    forgive_excursion(bench)


def test_rule_3_a_remote_start_is_not_told_twice(make: Make) -> None:
    """Nor is its trigger: it is the start that the old CSMS ordered."""
    bench = make("1.6")
    bench.ev_connected()
    bench.authorized_remote()
    bench.run(10)

    change_to(bench, "2.0.1")
    bench.run(120)

    first = bench.csms.received("TransactionEvent")[0]
    assert first["triggerReason"] != "RemoteStart"
    assert first["idToken"]["idToken"] == TOKEN
    forgive_excursion(bench)


# -- rule 4: 2.0.1 to 1.6 --------------------------------------------------------------------------


def test_rule_4_a_start_that_waits_gets_a_number(make: Make) -> None:
    bench = make("2.0.1")
    bench.offline()
    bench.charging()
    bench.run(70)

    change_to(bench, "1.6")
    bench.run(60)
    bench.station.present_token(TOKEN)
    bench.run(10)

    (start,) = bench.csms.received("StartTransaction")
    assert start["idTag"] == TOKEN
    assert {call["transactionId"] for call in bench.csms.received("MeterValues")} == {1}
    (stop,) = bench.csms.received("StopTransaction")
    assert stop["transactionId"] == 1


def test_rule_4_a_start_that_was_delivered_leaves_no_number(make: Make) -> None:
    bench = make("2.0.1")
    bench.charging()

    change_to(bench, "1.6")
    bench.run(120)
    bench.station.present_token(TOKEN)
    bench.run(10)

    assert bench.csms.received("StartTransaction") == []
    values = bench.csms.received("MeterValues")
    assert values
    assert {call["transactionId"] for call in values} == {-1}
    (stop,) = bench.csms.received("StopTransaction")
    assert (stop["transactionId"], stop["reason"]) == (-1, "Local")
    forgive_excursion(bench)


def test_rule_4_a_number_of_1_6_outlasts_an_excursion(make: Make) -> None:
    bench = make("1.6")
    bench.charging()
    number = int(bench.transaction_id())

    change_to(bench, "2.0.1")
    change_to(bench, "1.6")
    bench.station.present_token(TOKEN)
    bench.run(10)

    (stop,) = bench.csms.received("StopTransaction")
    assert stop["transactionId"] == number
    forgive_excursion(bench)


# -- rule 5: queued requests -----------------------------------------------------------------------


@pytest.mark.parametrize(("old", "new"), [("1.6", "2.0.1"), ("2.0.1", "1.6")])
def test_rule_5_messages_that_were_queued_as_such_are_dropped(
    make: Make, old: str, new: str
) -> None:
    queues = {"OCPPCommCtrlr.QueueAllMessages": True, "AlignedDataCtrlr.Interval": 20}
    bench = make(old, variables=queues)
    bench.offline()
    bench.station.plug_in()
    bench.run(60)
    waiting = list(kernel_of(bench).outbox.facts())
    assert {type(fact) for fact in waiting} == {StoredRequest}

    queued_until = bench.world.now.strftime("%Y-%m-%dT%H:%M:%SZ")

    change_to(bench, new)
    bench.run(60)

    assert len(kernel_of(bench).outbox) == 0
    moments = [
        value["timestamp"]
        for call in bench.csms.received("MeterValues")
        for value in call["meterValue"]
    ]
    assert moments
    assert min(moments) > queued_until


# -- and nothing else changes ----------------------------------------------------------------------


@pytest.mark.parametrize(("old", "new"), [("1.6", "2.0.1"), ("2.0.1", "1.6")])
def test_a_driver_who_waits_is_not_forgotten(make: Make, old: str, new: str) -> None:
    bench = make(old)
    bench.station.present_token(TOKEN)

    change_to(bench, new)
    bench.station.plug_in()
    bench.run(10)

    assert energy_flows(bench)
    assert len(bench.csms.transactions) == 1


@pytest.mark.parametrize(("old", "new"), [("1.6", "2.0.1"), ("2.0.1", "1.6")])
def test_the_app_sees_one_session(make: Make, old: str, new: str) -> None:
    bench = make(old)
    bench.charging()
    change_to(bench, new)
    bench.station.present_token(TOKEN)
    bench.run(10)

    told = bench.station.published["ocpp_transaction_event"]
    assert len({event.session_id for event in told}) == 1
    words = [event.transaction_event for event in told]
    assert (words.count("Started"), words.count("Ended")) == (1, 1)
    forgive_excursion(bench)
