"""The network, seen by a station and a CSMS at its two ends."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ocpp_iface.ports.transport import CloseReason
from ocpp_iface.sim import World

Make = Callable[..., World]


def test_a_frame_takes_the_latency(make_world: Make) -> None:
    world = make_world(booted=False)
    world.station.network.latency_s = 0.5
    world.station.boot()

    boot = world.csms.expect("BootNotification")

    assert boot.at == pytest.approx(1.5)  # there and back to open, then there


def test_jitter_keeps_the_order(make_world: Make) -> None:
    world = make_world()
    world.station.network.jitter_s = 1.0
    for _ in range(20):
        world.csms.start_call("ClearCache")
    world.settle()

    answers = [entry.unique_id for entry in world.csms.log if entry.kind == "RESULT"]
    assert [x for x in answers if x.startswith("csms")] == [f"csms-{n}" for n in range(1, 21)]


def test_a_cut_network_ends_the_link_and_refuses_others(make_world: Make) -> None:
    world = make_world()
    world.station.network.cut()
    world.run_for(60)

    assert not world.csms.connected()
    assert world.station.latest("is_connected") is False
    assert {a.outcome for a in world.station.network.attempts[1:]} == {CloseReason.REFUSED}

    world.station.network.restore()
    world.run_until(world.csms.connected, 300)
    world.check()


def test_what_is_under_way_when_the_link_is_lost_arrives_nowhere(make_world: Make) -> None:
    world = make_world()
    call = world.csms.start_call("ClearCache")
    world.station.network.drop()
    world.run_for(1)

    assert call.lost
    with pytest.raises(AssertionError, match="the link was lost"):
        call.result()


@pytest.mark.parametrize(("lose", "arrived"), [(False, 2), (True, 1)])
def test_the_link_is_lost_after_the_nth_frame(make_world: Make, lose: bool, arrived: int) -> None:
    world = make_world()
    before = len(world.csms.received("TransactionEvent"))
    world.station.network.drop_after(2, "up", lose=lose)
    world.station.plug_in()  # Started
    world.station.unplug()  # Ended
    world.settle()

    assert len(world.csms.received("TransactionEvent")) - before == arrived
    assert not world.csms.connected()


def test_a_lost_answer_makes_the_station_repeat(make_world: Make, version: str) -> None:
    world = make_world(version)
    world.station.network.drop_after(1, "down", lose=True)
    world.station.plug_in()
    world.run_until(lambda: len(world.csms.received()) >= 3, 300)
    world.settle()

    (record,) = world.csms.transactions.values()
    assert [event.repeated for event in record.events[:2]] == [False, True]
    assert record.kinds[0] == "Started"
    world.check()


def test_a_half_open_link_is_found_by_ping(make_world: Make) -> None:
    world = make_world()
    since = world.scheduler.now
    call = world.csms.start_call("ClearCache")
    world.station.network.half_open()
    world.run_until(lambda: call.lost, 300)

    assert world.scheduler.now - since == pytest.approx(35.0)  # ping interval and pong time-out
    world.run_until(world.csms.connected, 300)


def test_refusals_are_scripted(make_world: Make) -> None:
    world = make_world(booted=False)
    network = world.station.network
    network.refuse(CloseReason.UNAUTHORIZED, times=1)
    network.refuse(CloseReason.TLS_CERTIFICATE, times=2)
    world.station.boot()
    world.run_until(world.csms.connected, 600)

    assert [attempt.outcome for attempt in network.attempts] == [
        CloseReason.UNAUTHORIZED,
        CloseReason.TLS_CERTIFICATE,
        CloseReason.TLS_CERTIFICATE,
        "open",
    ]


def test_flapping_is_drawn_from_the_seed(make_world: Make) -> None:
    def outages(seed: int) -> list[float]:
        world = make_world(seed=seed)
        world.station.network.flap(every_s=3600, for_s=120)
        world.run_for(86_400)
        cuts = [e.at for e in world.trace.entries("link") if e.content == "network cut"]
        world.station.network.steady()
        world.run_for(7200)
        world.check()
        return cuts

    first = outages(1)
    assert 15 < len(first) < 30
    assert first == outages(1)
    assert first != outages(2)


def test_a_url_that_leads_nowhere_is_refused(make_world: Make) -> None:
    world = make_world(booted=False)
    world.csms.url = "ws://elsewhere"
    world.station.boot()
    world.settle()

    assert world.station.network.attempts[0].outcome is CloseReason.REFUSED
    assert world.find("ws://elsewhere/") is world.csms


def test_the_csms_closes(make_world: Make) -> None:
    world = make_world()
    world.csms.close(1001, "maintenance")
    world.settle()

    assert not world.csms.connected()
    assert "closed: Peer maintenance" in str(world.trace)


def test_an_unreadable_frame_of_the_station_is_a_violation(make_world: Make) -> None:
    world = make_world()
    link = world.station.network.link
    assert link is not None
    link.send("rubbish")
    world.settle()

    with pytest.raises(AssertionError, match="the station sent what is not a frame"):
        world.check()
