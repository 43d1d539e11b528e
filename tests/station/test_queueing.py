"""Messages that are kept because the station queues all of them; on both versions."""

from __future__ import annotations

import pytest

from ocpp_iface.devicemodel.catalog import OCPPCommCtrlr
from ocpp_iface.engine.outbox import Verdict
from ocpp_iface.engine.registration import RegistrationState
from ocpp_iface.station import queueing
from ocpp_iface.types.facts import StoredRequest
from ocpp_iface.wire import v16, v201
from ocpp_iface.wire.codec import codec_for

HEARTBEATS = {"ocpp1.6": v16.call.Heartbeat(), "ocpp2.0.1": v201.call.Heartbeat()}


@pytest.fixture(params=list(HEARTBEATS))
def version(request: pytest.FixtureRequest) -> str:
    chosen: str = request.param
    return chosen


def send(world, version):
    """What the sender was told."""
    told = []

    def answered(response, error):
        told.append((response, error))

    world.do(queueing.send_or_keep, world.ctx, codec_for(version), HEARTBEATS[version], answered)
    return told


def switch(world, definition, value):
    world.do(world.ctx.variables.set, definition, value)


def test_without_queueing_a_message_that_cannot_leave_is_dropped(world, version):
    ((response, error),) = send(world, version)

    assert response is None
    assert error is not None
    assert world.facts() == []


def test_a_message_that_is_kept_counts_as_sent(world, version):
    switch(world, OCPPCommCtrlr.queue_all_messages, True)

    assert send(world, version) == [(None, None)]
    assert world.facts() == [StoredRequest(version, "Heartbeat", "{}")]


def test_online_a_message_leaves_at_once(world, version):
    world.link_open = True
    world.ctx.registration.state = RegistrationState.ACCEPTED

    assert send(world, version) == []

    assert world.sent == [HEARTBEATS[version]]


def test_what_is_named_as_not_worth_it_is_not_kept(world, version):
    switch(world, OCPPCommCtrlr.queue_all_messages, True)
    switch(world, OCPPCommCtrlr.message_types_discard_for_queueing, "MeterValues, Heartbeat")

    send(world, version)

    assert world.facts() == []
    assert not queueing.is_kept(world.ctx, "Heartbeat")
    assert queueing.is_kept(world.ctx, "DataTransfer")


def test_nothing_is_kept_while_ocpp_is_stopped(world, version):
    switch(world, OCPPCommCtrlr.queue_all_messages, True)
    world.outbox.muted = True

    assert not queueing.is_kept(world.ctx, "Heartbeat")


def test_a_kept_message_is_the_message_that_it_was(version):
    kept = StoredRequest(version, "Heartbeat", "{}")

    assert queueing.project(codec_for(version), kept) == HEARTBEATS[version]


@pytest.mark.parametrize(
    "kept",
    [
        StoredRequest("ocpp9", "Heartbeat", "{}"),
        StoredRequest("", "Nonsense", "{}"),
        StoredRequest("", "DataTransfer", '{"vendorId": 5}'),
        StoredRequest("", "Heartbeat", "not JSON"),
    ],
)
def test_what_says_nothing_here_is_skipped(version, kept):
    here = StoredRequest(kept.version or version, kept.action, kept.payload)

    assert queueing.project(codec_for(version), here) is Verdict.SKIP
