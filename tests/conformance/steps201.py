"""States of the 2.0.1 cases that come in two ways or with a parking bay, and what the CSMS knows."""

from __future__ import annotations

from typing import Any

import pytest

from ocpp_iface.sim.bench import TOKEN, Bench
from ocpp_iface.sim.match import one_of

Event = dict[str, Any]

either_way = pytest.mark.parametrize("how", ["local", "remote"])
"""The certification tool is configured to authorize at the reader or by RequestStartTransaction."""


def authorized(bench: Bench, how: str, token: str = TOKEN, evse: int = 1) -> None:
    if how == "remote":
        bench.authorized_remote(token, evse)
    else:
        bench.authorized_local(token, evse)


def stopped(bench: Bench, how: str, evse: int = 1) -> None:
    if how == "remote":
        bench.stop_remote(evse)
    else:
        bench.stop_authorized(None, evse)


def bay_occupied(bench: Bench, evse: int = 1, *, starts: bool = True) -> None:
    """ParkingBayOccupied. `starts`: a transaction, by TxStartPoint."""
    bench.station.bay(evse, True)
    if starts:
        event = bench.expect("TransactionEvent", eventType="Started", triggerReason="EVDetected")
        place = bench.place(evse)
        place.open, place.transaction = True, event["transactionInfo"]["transactionId"]


def bay_left(bench: Bench, evse: int = 1) -> None:
    """ParkingBayUnoccupied; ends the transaction if it goes on still."""
    bench.station.bay(evse, False)
    place = bench.place(evse)
    if place.open:
        bench.expect(
            "TransactionEvent",
            eventType="Ended",
            triggerReason="EVDeparted",
            transactionInfo={"stoppedReason": one_of("Local", "Remote")},
        )
        place.open = False


def events(bench: Bench, evse: int = 1) -> list[Event]:
    """All that the CSMS has got of the transaction there, in order, nothing twice."""
    record = bench.csms.transactions.get(bench.transaction_id(evse))
    return [] if record is None else [dict(event.payload) for event in record.once]


def since(bench: Bench, count: int, evse: int = 1) -> list[Event]:
    """The events of the transaction there but for the first `count`."""
    bench.world.settle()
    return events(bench, evse)[count:]
