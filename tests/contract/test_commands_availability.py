"""The command `change_availability`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ocpp_iface.sim import Bench
from ocpp_iface.types import (
    EVSE,
    ChangeAvailabilityRequest,
    ChangeAvailabilityResponse,
    OperationalStatusEnumType,
)

Make = Callable[..., Bench]
PLACES = [None, EVSE(2), EVSE(2, connector_id=1)]
PLACE_IDS = ["station", "EVSE", "connector"]
OFF = OperationalStatusEnumType.Inoperative
ON = OperationalStatusEnumType.Operative


def change(
    bench: Bench, evse: EVSE | None, status: OperationalStatusEnumType
) -> ChangeAvailabilityResponse:
    return bench.station.ocpp.change_availability(ChangeAvailabilityRequest(status, evse=evse))


def below(bench: Bench, evse: EVSE | None) -> list[tuple[int, int]]:
    """The connectors that a request for this part is about."""
    return [
        (place.evse, place.connector)
        for place in bench.places
        if evse is None or (place.evse == evse.id and evse.connector_id in (None, place.connector))
    ]


def unavailable(bench: Bench) -> list[tuple[int, int]]:
    """As the app reads it: the same variables on both versions."""
    return [
        (place.evse, place.connector)
        for place in bench.places
        if bench.station.get(f"Connector@{place.evse}.{place.connector}/AvailabilityState").value
        == "Unavailable"
    ]


@pytest.mark.parametrize("evse", PLACES, ids=PLACE_IDS)
def test_accepted_and_reported(bench: Bench, evse: EVSE | None) -> None:
    assert change(bench, evse, OFF).status == "Accepted"
    assert unavailable(bench) == below(bench, evse)
    for place in below(bench, evse):
        bench.expect_status("Unavailable", *place)

    assert change(bench, evse, ON).status == "Accepted"
    assert unavailable(bench) == []
    for place in below(bench, evse):
        bench.expect_status("Available", *place)


@pytest.mark.parametrize("evse", PLACES, ids=PLACE_IDS)
def test_scheduled_while_a_transaction_runs_and_applied_at_its_end(
    bench: Bench, evse: EVSE | None
) -> None:
    bench.charging(2, 1)

    assert change(bench, evse, OFF).status == "Scheduled"
    assert (2, 1) not in unavailable(bench)

    bench.station.present_token("04AB12CD", 2)
    bench.station.unplug(2)
    bench.run(10)
    assert unavailable(bench) == below(bench, evse)


@pytest.mark.parametrize("evse", PLACES, ids=PLACE_IDS)
def test_a_scheduled_change_survives_a_power_cut(bench: Bench, evse: EVSE | None) -> None:
    bench.charging(2, 1)
    assert change(bench, evse, OFF).status == "Scheduled"

    bench.power_cut()
    bench.run(5)
    bench.station.present_token("04AB12CD", 2)
    bench.run(5)
    bench.station.unplug(2)
    bench.run(10)

    assert unavailable(bench) == below(bench, evse)


@pytest.mark.parametrize("evse", [EVSE(3), EVSE(1, connector_id=2), EVSE(9, connector_id=1)])
@pytest.mark.parametrize("status", [ON, OFF])
def test_rejected_for_what_is_not_there(
    bench: Bench, evse: EVSE, status: OperationalStatusEnumType
) -> None:
    response = change(bench, evse, status)

    assert response.status == "Rejected"
    assert response.status_info is not None
    assert response.status_info.reason_code == "InvalidInput"
    assert unavailable(bench) == []


@pytest.mark.parametrize("evse", PLACES, ids=PLACE_IDS)
def test_it_survives_a_power_cut(bench: Bench, evse: EVSE | None) -> None:
    change(bench, evse, OFF)

    bench.power_cut()
    bench.run(5)

    assert unavailable(bench) == below(bench, evse)


@pytest.mark.parametrize("evse", PLACES, ids=PLACE_IDS)
def test_the_csms_takes_the_same_path(bench: Bench, evse: EVSE | None) -> None:
    """What the CSMS switched off the app sees, and can switch on again."""
    bench.charging(2, 1)
    status = by_csms(bench, evse, "Inoperative")
    assert status == "Scheduled"
    bench.station.present_token("04AB12CD", 2)
    bench.station.unplug(2)
    bench.run(10)
    expected = below(bench, EVSE(2, connector_id=1) if bench.is16 and evse is not None else evse)
    assert unavailable(bench) == expected

    change(bench, EVSE(2, connector_id=1) if bench.is16 and evse is not None else evse, ON)

    if not bench.is16 or evse is not None:
        assert unavailable(bench) == []


def by_csms(bench: Bench, evse: EVSE | None, status: str) -> Any:
    if bench.is16:
        connector = 0 if evse is None else bench.place(2, 1).number
        return bench.call("ChangeAvailability", connectorId=connector, type=status)["status"]
    body: dict[str, Any] = {"operationalStatus": status}
    if evse is not None:
        body["evse"] = {"id": evse.id}
        if evse.connector_id is not None:
            body["evse"]["connectorId"] = evse.connector_id
    return bench.call("ChangeAvailability", **body)["status"]


def test_it_works_offline_and_is_reported_afterwards(bench: Bench) -> None:
    bench.offline()
    assert change(bench, EVSE(1), OFF).status == "Accepted"
    bench.run(60)
    bench.mark()

    bench.online()

    bench.expect_status("Unavailable", 1, 1)


def test_nobody_charges_where_it_is_switched_off(bench: Bench) -> None:
    change(bench, EVSE(1), OFF)

    bench.station.plug_in(1)
    bench.station.present_token("04AB12CD", 1)
    bench.run(60)

    assert not bench.csms.transactions
    assert not bench.station.hardware.orders("permit_energy", 1)
