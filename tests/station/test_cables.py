"""The cable is held before anything begins."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ocpp_iface.sim.bench import OTHER_TOKEN, TOKEN, Bench
from ocpp_iface.sim.hardware import ALL_METHODS
from ocpp_iface.station.reports import PresentToken
from ocpp_iface.types import IdToken, IdTokenType

MakeBench = Callable[..., Bench]
VERSIONS = pytest.mark.parametrize("version", ["1.6", "2.0.1"])
CLOSED = {"TxCtrlr.TxStartPoint": "PowerPathClosed", "TxCtrlr.TxStopPoint": "PowerPathClosed"}
EVENTS = ("StartTransaction", "StopTransaction", "TransactionEvent")


def make(make_bench: MakeBench, version: str, **variables: str) -> Bench:
    return make_bench(version, variables=variables or (CLOSED if version == "2.0.1" else {}))


def events(bench: Bench) -> list[str]:
    bench.run(30)
    return [call.action for call in bench.csms.received() if call.action in EVENTS]


@VERSIONS
@pytest.mark.parametrize("trouble", ["fail", "hang"])
@pytest.mark.parametrize("plug_first", [True, False])
def test_a_cable_that_cannot_be_held_starts_nothing(
    make_bench: MakeBench, version: str, trouble: str, plug_first: bool
) -> None:
    """G05.FR.01, TC_024."""
    bench = make(make_bench, version)
    getattr(bench.station.hardware, trouble)("lock")
    if plug_first:
        bench.station.plug_in()
        outcome = bench.station.present_token(TOKEN)
        assert not outcome.started
    else:
        bench.station.present_token(TOKEN)
        bench.station.plug_in()

    assert events(bench) == []
    assert not bench.station.hardware.orders("permit_energy")
    assert bench.station.hardware.evses[1].locked is None


@VERSIONS
def test_after_the_fault_the_next_driver_may_charge(make_bench: MakeBench, version: str) -> None:
    bench = make(make_bench, version)
    bench.station.hardware.fail("lock")
    bench.station.plug_in()
    bench.station.present_token(TOKEN)
    bench.run(30)
    bench.station.unplug()
    bench.mark()

    bench.charging(token=OTHER_TOKEN)

    assert bench.station.evse().contactor_closed


@VERSIONS
def test_the_lock_comes_before_the_transaction_and_the_energy(
    make_bench: MakeBench, version: str
) -> None:
    bench = make(make_bench, version)
    bench.station.plug_in()

    outcome = bench.station.present_token(TOKEN)
    bench.run(5)

    assert outcome.started
    first = bench.csms.received("StartTransaction") or bench.csms.received("TransactionEvent")
    (lock,) = bench.station.hardware.orders("lock", 1)
    (permit,) = bench.station.hardware.orders("permit_energy", 1)
    assert lock.at < first[0].at
    assert lock.at < permit.at


@VERSIONS
def test_a_charger_without_a_lock_needs_none(make_bench: MakeBench, version: str) -> None:
    variables = CLOSED if version == "2.0.1" else {}
    methods = ALL_METHODS - {"lock", "unlock"}
    bench = make_bench(version, variables=variables, hardware_methods=methods)

    bench.charging()

    assert bench.station.evse().contactor_closed


@pytest.mark.parametrize(
    ("plug_first", "trigger"), [(True, "Authorized"), (False, "CablePluggedIn")]
)
def test_the_start_names_what_closed_the_path(
    make_bench: MakeBench, plug_first: bool, trigger: str
) -> None:
    bench = make(make_bench, "2.0.1")
    if plug_first:
        bench.station.plug_in()
    bench.station.present_token(TOKEN)
    if not plug_first:
        bench.station.plug_in()

    bench.expect("TransactionEvent", eventType="Started", triggerReason=trigger)


def test_a_transaction_that_began_earlier_goes_on_without_energy(make_bench: MakeBench) -> None:
    """E01 with TxStartPoint EVConnected: the transaction is there before the lock is asked."""
    bench = make(
        make_bench,
        "2.0.1",
        **{"TxCtrlr.TxStartPoint": "EVConnected", "TxCtrlr.TxStopPoint": "PowerPathClosed"},
    )
    bench.station.hardware.fail("lock")
    bench.station.plug_in()
    bench.expect("TransactionEvent", eventType="Started", triggerReason="CablePluggedIn")
    bench.station.present_token(TOKEN)

    bench.expect("TransactionEvent", eventType="Ended")
    bench.run(30)

    assert not bench.station.hardware.orders("permit_energy")
    assert len(bench.csms.transactions) == 1


def test_a_driver_who_gives_up_before_it_began_gets_the_cable_back(make_bench: MakeBench) -> None:
    bench = make(make_bench, "2.0.1", **{"TxCtrlr.TxStartPoint": "EnergyTransfer"})
    bench.station.plug_in()
    bench.station.ev().pause()
    bench.station.present_token(TOKEN)
    bench.run(30)
    assert bench.station.evse().locked == 1

    bench.station.present_token(TOKEN)
    bench.run(30)

    assert bench.station.evse().locked is None
    assert not bench.station.evse().contactor_closed
    assert bench.csms.received("TransactionEvent") == []


@VERSIONS
def test_an_unplugged_cable_leaves_no_order_behind(make_bench: MakeBench, version: str) -> None:
    """The answer to the order for the first cable says nothing of the second one."""
    bench = make(make_bench, version)
    bench.station.hardware.latency_s = 2.0
    bench.station.plug_in()
    bench.station.send(PresentToken(IdToken(TOKEN, IdTokenType.ISO14443), 1))
    bench.run(1)
    bench.station.unplug()
    bench.station.plug_in()

    assert events(bench) == []


@VERSIONS
def test_a_new_process_holds_again_what_charges_without_interrupting_it(
    make_bench: MakeBench, version: str
) -> None:
    bench = make_bench(version, config={"on_power_loss": "resume"})
    bench.charging()
    known = len(bench.station.hardware.log)

    bench.station.restart()
    bench.run(30)

    names = [order.method for order in bench.station.hardware.log[known:] if order.args[0] == 1]
    assert names.index("lock") < names.index("permit_energy")
    assert not {"stop_energy", "contactor opens"} & set(names)
