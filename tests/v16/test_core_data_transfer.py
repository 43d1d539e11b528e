"""DataTransfer, both ways (4.3, 5.6)."""

import pytest

from ocpp_iface.sim.hardware import ALL_METHODS
from ocpp_iface.station.commands import SendDataTransfer
from ocpp_iface.types import DataTransferRequest, DataTransferResponse, DataTransferStatus


def ask(bench, **fields):
    return bench.csms.call("DataTransfer", {"vendorId": "acme", **fields})


def test_an_unknown_vendor_is_named_so(bench):
    """TC_064 the other way round"""
    assert ask(bench) == {"status": "UnknownVendorId"}


def test_without_an_app_that_knows_vendors_there_is_none(make_bench):
    bench = make_bench(hardware_methods=ALL_METHODS - {"data_transfer"}).booted()

    assert ask(bench, data="x") == {"status": "UnknownVendorId"}


def test_the_app_answers(bench):
    seen = []

    def answer(request):
        seen.append(request)
        return DataTransferResponse(DataTransferStatus.Accepted, data="pong")

    bench.station.hardware.on_data_transfer = answer

    assert ask(bench, messageId="m", data="ping") == {"status": "Accepted", "data": "pong"}
    assert seen == [DataTransferRequest("acme", message_id="m", data="ping")]


@pytest.mark.parametrize(
    ("status", "word"),
    [
        (DataTransferStatus.Rejected, "Rejected"),
        (DataTransferStatus.UnknownMessageId, "UnknownMessageId"),
        (DataTransferStatus.UnknownVendorId, "UnknownVendorId"),
        (DataTransferStatus.Offline, "Rejected"),
    ],
)
def test_words_of_the_answer(bench, status, word):
    bench.station.hardware.on_data_transfer = lambda _request: DataTransferResponse(status)

    assert ask(bench) == {"status": word}


@pytest.mark.parametrize(("trouble", "word"), [("fail", "Rejected"), ("hang", "Rejected")])
def test_an_app_that_fails_has_rejected(bench, trouble, word):
    getattr(bench.station.hardware, trouble)("data_transfer")

    assert ask(bench) == {"status": word}


def test_an_app_that_answers_nonsense_has_failed(bench):
    bench.station.hardware.answer("data_transfer", 42)

    assert ask(bench) == {"status": "Rejected"}


def test_an_app_that_says_nothing_knows_no_vendor(bench):
    bench.station.hardware.answer("data_transfer", None)

    assert ask(bench) == {"status": "UnknownVendorId"}


def test_the_station_asks_the_csms(bench):
    bench.csms.on("DataTransfer").reply({"status": "Accepted", "data": "pong"})

    answer = bench.station.command(
        SendDataTransfer(DataTransferRequest("acme", message_id="m", data="ping"))
    )

    assert answer == DataTransferResponse(DataTransferStatus.Accepted, data="pong")
    sent = bench.csms.expect("DataTransfer")
    assert sent == {"vendorId": "acme", "messageId": "m", "data": "ping"}


def test_offline_is_said_at_once(bench):
    bench.station.network.cut()
    bench.world.run_for(5)

    answer = bench.station.command(SendDataTransfer(DataTransferRequest("acme")))

    assert answer.status is DataTransferStatus.Offline


def test_an_error_of_the_csms_is_a_rejection(bench):
    bench.csms.on("DataTransfer").error("NotSupported")

    answer = bench.station.command(SendDataTransfer(DataTransferRequest("acme")))

    assert answer.status is DataTransferStatus.Rejected
