"""TxBeforeAcceptedEnabled, on a whole station."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from tests.station.inside import rebuild

from ocpp_iface.sim.bench import TOKEN, Bench
from ocpp_iface.types import AuthorizationStatus

ALLOWED = "TxCtrlr.TxBeforeAcceptedEnabled"
NOW, LATER = AuthorizationStatus.Accepted, AuthorizationStatus.NotAtThisTime


@pytest.fixture
def make() -> Iterator[Any]:
    made: list[Bench] = []

    def make(*, allowed: bool, boot: bool = False, **variables: Any) -> Bench:
        variables = {ALLOWED: allowed, "AuthCtrlr.OfflineTxForUnknownIdEnabled": True, **variables}
        bench = Bench("2.0.1", variables=variables, boot=boot)
        made.append(bench)
        return bench

    yield make
    for bench in made:
        bench.check()


def unaccepted(bench: Bench, status: str = "Pending") -> None:
    bench.on("BootNotification").reply(status=status, interval=300)
    bench.station.boot()
    bench.expect("BootNotification")
    bench.run(1.0)


def present(bench: Bench) -> AuthorizationStatus:
    bench.station.plug_in(1, 1)
    bench.run(1.0)
    status: AuthorizationStatus = bench.station.present_token(TOKEN).status
    bench.run(5.0)
    return status


@pytest.mark.parametrize("registration", ["Pending", "Rejected"])
@pytest.mark.parametrize(("allowed", "outcome"), [(True, NOW), (False, LATER)])
def test_nobody_charges_at_a_station_that_is_not_accepted_if_so_configured(
    make: Any, allowed: bool, outcome: AuthorizationStatus, registration: str
) -> None:
    """B02.FR.03, B03.FR.01."""
    bench = make(allowed=allowed)
    unaccepted(bench, registration)

    assert present(bench) is outcome

    assert bench.csms.received("TransactionEvent") == []


def test_once_accepted_everybody_charges(make: Any) -> None:
    bench = make(allowed=False)
    unaccepted(bench)
    bench.on("BootNotification").reply(status="Accepted", interval=300)

    bench.call("TriggerMessage", requestedMessage="BootNotification")

    bench.expect_status("Available", 1)
    bench.expect_status("Available", 2)
    assert present(bench) is NOW
    bench.expect("TransactionEvent", eventType="Started")


def test_an_outage_of_an_accepted_station_changes_nothing(make: Any) -> None:
    bench = make(allowed=False, boot=True)
    bench.offline()

    assert present(bench) is NOW


def test_what_was_running_goes_on_after_a_power_cut(make: Any) -> None:
    bench = make(allowed=False, boot=True)
    bench.charging()
    bench.offline()

    bench.power_cut()
    bench.run(5.0)
    bench.online()
    bench.stop_authorized()

    (record,) = bench.csms.transactions.values()
    assert record.ended.payload["transactionInfo"]["stoppedReason"] == "Local"


def test_the_csms_may_change_its_mind(make: Any) -> None:
    bench = make(allowed=True)
    unaccepted(bench)
    where = {"component": {"name": "TxCtrlr"}, "variable": {"name": "TxBeforeAcceptedEnabled"}}
    bench.call("SetVariables", setVariableData=[{**where, "attributeValue": "false"}])

    assert present(bench) is LATER

    bench.call("SetVariables", setVariableData=[{**where, "attributeValue": "true"}])
    assert bench.station.present_token(TOKEN).status is NOW


def test_an_internal_error_does_not_open_the_station(make: Any) -> None:
    bench = make(allowed=False)
    unaccepted(bench)

    rebuild(bench)

    assert present(bench) is LATER
