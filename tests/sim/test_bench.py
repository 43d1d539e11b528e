"""The bench, with the real station: its states hold on both versions and for all start points."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ocpp_iface.sim import Bench, CsmsCallError, StationDown, kernel_of
from ocpp_iface.sim.bench import OTHER_TOKEN, TOKEN

Make = Callable[..., Bench]


@pytest.fixture(params=["2.0.1", "1.6"])
def number(request: pytest.FixtureRequest) -> str:
    return request.param


def test_a_session_in_one_word(make_bench: Make, number: str) -> None:
    b = make_bench(number)
    b.session()
    b.session(2)

    assert [record.complete for record in b.csms.transactions.values()] == [True, True]


def test_states_bring_about_what_they_need(make_bench: Make, number: str) -> None:
    b = make_bench(number)
    b.suspended()
    assert b.place().plugged
    assert b.place().token == TOKEN
    b.resumed()
    b.stop_remote()
    b.unplugged()

    assert b.csms.transactions[b.transaction_id()].stopped_reason == "Remote"


def test_token_first(make_bench: Make, number: str) -> None:
    b = make_bench(number)
    b.authorized_local(OTHER_TOKEN)
    b.ev_connected()
    b.charging()
    b.stop_authorized()
    b.unplugged()


@pytest.mark.parametrize("plug_first", [True, False])
def test_remote_start(make_bench: Make, number: str, plug_first: bool) -> None:
    b = make_bench(number)
    if plug_first:
        b.ev_connected()
    b.authorized_remote()
    b.ev_connected()
    b.charging()
    b.unplugged()


@pytest.mark.parametrize("stop", ["EVConnected", "Authorized", "PowerPathClosed", "EnergyTransfer"])
@pytest.mark.parametrize(
    "start", ["EVConnected", "Authorized", "PowerPathClosed", "EnergyTransfer"]
)
@pytest.mark.parametrize("plug_first", [True, False])
def test_all_start_and_stop_points(
    make_bench: Make, start: str, stop: str, plug_first: bool
) -> None:
    b = make_bench(variables={"TxCtrlr.TxStartPoint": start, "TxCtrlr.TxStopPoint": stop})
    if plug_first:
        b.ev_connected()
        b.authorized_local()
    else:
        b.authorized_local()
        b.ev_connected()
    b.charging()
    b.stop_authorized()
    b.unplugged()

    (record,) = b.csms.transactions.values()
    assert record.complete


def test_a_whole_session_offline_arrives_later(make_bench: Make, number: str) -> None:
    b = make_bench(number)
    b.session()  # the token is in the cache now
    b.mark()
    b.offline()
    b.session()
    b.online()
    b.run(60)

    first, second = b.csms.transactions.values()
    assert first.complete
    assert second.complete
    if number == "2.0.1":
        assert all(event.payload["offline"] for event in second.events)


def test_a_power_cut_in_a_transaction(make_bench: Make, number: str) -> None:
    b = make_bench(number)
    b.charging()
    b.power_cut()
    b.run(30)
    b.unplugged()

    (record,) = b.csms.transactions.values()
    assert record.complete


def test_off_and_on_by_hand(make_bench: Make) -> None:
    b = make_bench(boot=False)
    with pytest.raises(StationDown):
        b.station.kill()
    b.booted()
    b.power_cut(boot=False)
    assert not b.station.running


def test_without_a_controller_the_test_reports(make_bench: Make, number: str) -> None:
    b = make_bench(number, auto=False)
    b.charging()
    b.station.meter(1, 500.0)
    b.suspended()
    b.stop_authorized()
    b.unplugged()


def test_a_connector_is_expected_by_its_status(make_bench: Make, number: str) -> None:
    b = make_bench(number)
    b.station.fault("GroundFailure")
    b.expect_status("Faulted")
    assert b.station.clear_fault("GroundFailure")
    b.expect_status("Available")


def test_a_failure_says_what_was_expected(make_bench: Make, number: str) -> None:
    b = make_bench(number)
    b.csms.tokens.put(TOKEN, "Blocked")
    with pytest.raises(AssertionError, match=r"(?s)in vain for .*the last 20 lines"):
        b.charging()


def test_quiet_means_nothing_else_came(make_bench: Make, number: str) -> None:
    b = make_bench(number)
    b.quiet(400)
    b.station.plug_in()
    b.quiet(0.0, "StatusNotification")
    with pytest.raises(AssertionError, match="unexpected StatusNotification"):
        b.quiet(5)


def test_the_csms_calls_with_words(make_bench: Make, number: str) -> None:
    b = make_bench(number)
    assert b.call("ClearCache") == {"status": "Accepted"}
    b.on("Heartbeat").error("InternalError").once()
    with pytest.raises(CsmsCallError) as refused:
        b.call("CancelReservation", reservationId=1)
    assert refused.value.code in ("NotImplemented", "NotSupported")


def test_a_refused_remote_start_fails_with_the_answer(make_bench: Make, number: str) -> None:
    b = make_bench(number)
    b.charging()
    with pytest.raises(AssertionError, match=r'the remote start is answered {"status":"Rejected"'):
        b.authorized_remote(OTHER_TOKEN)


def test_no_transaction_has_no_id(make_bench: Make) -> None:
    b = make_bench()
    with pytest.raises(AssertionError, match="knows no transaction"):
        b.transaction_id()


def test_a_station_of_ones_own(make_bench: Make) -> None:
    from ocpp_iface.config import StationConfig

    b = make_bench()
    config = StationConfig(id="cs2", csms_url=b.csms.url, evses=(1,))
    other = b.world.add_station(kernel_of(config), name="cs2", connectors=(1,))
    other.boot()
    b.world.run_for(5)

    assert b.csms.connected("cs2")
    assert other.get("OCPPCommCtrlr.HeartbeatInterval").value == "300"
    assert other.set("OCPPCommCtrlr.HeartbeatInterval", "60").status == "Accepted"


def test_equal_benches_give_equal_traces(number: str) -> None:
    def trace() -> str:
        b = Bench(number, seed=3)
        b.session()
        return str(b.world.trace)

    assert trace() == trace()
