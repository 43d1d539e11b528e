"""The vars `ocpp_transaction_event` and `ocpp_transaction_event_response`."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ocpp_iface.sim import Bench
from ocpp_iface.types import (
    EVSE,
    MessageFormat,
    OcppTransactionEvent,
    OcppTransactionEventResponse,
    TransactionEvent,
)

Make = Callable[..., Bench]


def told(bench: Bench) -> list[OcppTransactionEvent]:
    return list(bench.station.published.get("ocpp_transaction_event", ()))


def answered(bench: Bench) -> list[OcppTransactionEventResponse]:
    return list(bench.station.published.get("ocpp_transaction_event_response", ()))


@pytest.mark.parametrize(("evse", "connector"), [(1, 1), (2, 2)])
def test_started_updated_ended(bench: Bench, evse: int, connector: int) -> None:
    bench.session(evse, connector)

    events = told(bench)

    kinds = [event.transaction_event for event in events]
    assert kinds[0] is TransactionEvent.Started
    assert kinds[-1] is TransactionEvent.Ended
    assert len(kinds) > 2
    assert set(kinds[1:-1]) == {TransactionEvent.Updated}
    assert len({event.session_id for event in events}) == 1
    assert events[0].evse == EVSE(evse, connector_id=connector)


def test_the_transaction_id_is_that_of_the_csms(bench: Bench) -> None:
    """1.6: the CSMS's number as text, absent until it is known; 2.0.1: there from the start."""
    bench.session()
    (known,) = bench.csms.transactions
    ids = [event.transaction_id for event in told(bench)]

    assert ids[0] == (None if bench.is16 else known)
    assert ids[-1] == known
    first_known = next(event for event in told(bench) if event.transaction_id is not None)
    assert first_known.transaction_event is (
        TransactionEvent.Updated if bench.is16 else TransactionEvent.Started
    )
    assert [i for i in ids if i is not None] == [known] * len([i for i in ids if i is not None])


def test_offline_the_id_comes_when_the_csms_has_given_it(bench: Bench) -> None:
    bench.session()
    before = len(told(bench))
    bench.offline()
    bench.charging()
    bench.run(120)
    offline = told(bench)[before:]
    assert offline[0].transaction_event is TransactionEvent.Started
    assert all((event.transaction_id is None) is bench.is16 for event in offline)

    bench.online()
    bench.run(60)

    known = list(bench.csms.transactions)[-1]
    assert told(bench)[-1].transaction_id == known


def test_every_response_is_published(bench: Bench) -> None:
    bench.session()

    kinds = [answer.original_transaction_event.transaction_event for answer in answered(bench)]

    if bench.is16:
        assert kinds == [TransactionEvent.Started, TransactionEvent.Ended]
    else:
        assert kinds == [event.transaction_event for event in told(bench)]
    (known,) = bench.csms.transactions
    assert {answer.original_transaction_event.transaction_id for answer in answered(bench)} == {
        known
    }


def test_cost_priority_and_message_of_the_csms(bench: Bench) -> None:
    if bench.is16:
        pytest.skip("1.6 has no cost, priority and message in its answers")
    bench.on("TransactionEvent", {"eventType": "Ended"}).reply(
        totalCost=12.5,
        chargingPriority=3,
        updatedPersonalMessage={"format": "UTF8", "language": "de", "content": "Gute Fahrt"},
    )

    bench.session()

    last = answered(bench)[-1]
    assert last.total_cost == 12.5
    assert last.charging_priority == 3
    assert last.personal_message is not None
    assert last.personal_message.content == "Gute Fahrt"
    assert last.personal_message.format is MessageFormat.UTF8
    assert last.personal_message.language == "de"
    assert answered(bench)[0].total_cost is None


def test_responses_come_after_reconnect_for_what_was_queued(bench: Bench) -> None:
    bench.session()
    before = len(answered(bench))
    bench.offline()
    bench.session()
    assert len(answered(bench)) == before

    bench.online()
    bench.run(120)

    assert answered(bench)[-1].original_transaction_event.transaction_event == "Ended"


def test_two_transactions_are_told_apart(bench: Bench) -> None:
    bench.charging(1)
    bench.charging(2, 1, token="08EF34AB")
    bench.run(60)

    assert len({event.session_id for event in told(bench)}) == 2
    started = [e for e in told(bench) if e.transaction_event is TransactionEvent.Started]
    assert [event.evse.id for event in started if event.evse is not None] == [1, 2]


def test_a_transaction_goes_on_under_its_session_id_after_a_power_cut(bench: Bench) -> None:
    bench.charging()
    session = told(bench)[-1].session_id
    bench.power_cut()
    bench.run(30)

    bench.station.unplug(1)
    bench.run(30)

    assert told(bench)[-1].session_id == session
    assert told(bench)[-1].transaction_event is TransactionEvent.Ended
