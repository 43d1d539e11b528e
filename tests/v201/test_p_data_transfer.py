"""P01, P02: DataTransfer."""

from __future__ import annotations

from typing import Any

import pytest

from ocpp_iface.sim.bench import Bench
from ocpp_iface.sim.hardware import ALL_METHODS
from ocpp_iface.station.commands import SendDataTransfer
from ocpp_iface.types import (
    CustomData,
    DataTransferRequest,
    DataTransferResponse,
    DataTransferStatus,
)


def test_the_app_answers(bench: Bench) -> None:
    seen: list[DataTransferRequest] = []

    def answer(request: DataTransferRequest) -> DataTransferResponse:
        seen.append(request)
        return DataTransferResponse(DataTransferStatus.Accepted, data="pong")

    bench.station.hardware.on_data_transfer = answer

    reply = bench.call(
        "DataTransfer",
        vendorId="com.example",
        messageId="ping",
        data={"a": [1, True]},
        customData={"vendorId": "com.example", "x": 1},
    )

    assert reply == {"status": "Accepted", "data": "pong"}
    (request,) = seen
    assert (request.vendor_id, request.message_id) == ("com.example", "ping")
    assert request.data == '{"a":[1,true]}'
    assert request.custom_data is not None
    assert request.custom_data.vendor_id == "com.example"


def test_text_arrives_as_it_is(bench: Bench) -> None:
    seen: list[str | None] = []
    bench.station.hardware.on_data_transfer = lambda request: seen.append(request.data)

    bench.call("DataTransfer", vendorId="com.example", data="plain")

    assert seen == ["plain"]


def test_an_unknown_vendor(bench: Bench) -> None:
    bench.station.hardware.on_data_transfer = lambda _request: None

    assert bench.call("DataTransfer", vendorId="x") == {"status": "UnknownVendorId"}


def test_a_station_without_vendors_knows_none(make_bench: Any) -> None:
    bench = make_bench(hardware_methods=ALL_METHODS - {"data_transfer"})

    assert bench.call("DataTransfer", vendorId="x") == {"status": "UnknownVendorId"}


def test_an_app_that_fails_rejects(bench: Bench) -> None:
    bench.station.hardware.fail("data_transfer")

    assert bench.call("DataTransfer", vendorId="x") == {"status": "Rejected"}


def send(bench: Bench, request: DataTransferRequest) -> DataTransferResponse:
    response = bench.station.command(SendDataTransfer(request))
    assert isinstance(response, DataTransferResponse)
    return response


def test_the_station_asks(bench: Bench) -> None:
    bench.on("DataTransfer").reply(status="Accepted", data={"n": 1})

    answer = send(
        bench,
        DataTransferRequest(
            "com.example",
            message_id="hello",
            data="text",
            custom_data=CustomData("com.example", '{"k":"v"}'),
        ),
    )

    sent = bench.expect("DataTransfer")
    assert sent == {
        "vendorId": "com.example",
        "messageId": "hello",
        "data": "text",
        "customData": {"vendorId": "com.example", "k": "v"},
    }
    assert answer == DataTransferResponse(DataTransferStatus.Accepted, data='{"n":1}')


def test_offline_the_station_is_told_so(bench: Bench) -> None:
    bench.offline()

    assert send(bench, DataTransferRequest("x")).status is DataTransferStatus.Offline


def test_an_error_of_the_csms_is_a_rejection(bench: Bench) -> None:
    bench.on("DataTransfer").error("InternalError", "no")

    assert send(bench, DataTransferRequest("x")).status is DataTransferStatus.Rejected


@pytest.mark.parametrize("data", ["not json", "[1]", ""])
def test_custom_data_of_any_text_becomes_an_object(bench: Bench, data: str) -> None:
    bench.on("DataTransfer").reply(status="Accepted")

    send(bench, DataTransferRequest("x", custom_data=CustomData("v", data)))

    assert bench.expect("DataTransfer")["customData"]["vendorId"] == "v"
