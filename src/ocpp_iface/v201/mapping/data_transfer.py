"""DataTransfer: data of any JSON type on the wire, text in the contract."""

from __future__ import annotations

import json
from typing import Any

from ocpp_iface.types import (
    CustomData,
    DataTransferRequest,
    DataTransferResponse,
    DataTransferStatus,
)
from ocpp_iface.wire.encoders import dump
from ocpp_iface.wire.v201 import call, call_result, enums


def request_from_wire(request: call.DataTransfer) -> DataTransferRequest:
    return DataTransferRequest(
        request.vendor_id,
        message_id=request.message_id,
        data=_text(request.data),
        custom_data=_custom_from_wire(request.custom_data),
    )


def request_to_wire(request: DataTransferRequest) -> call.DataTransfer:
    return call.DataTransfer(
        request.vendor_id,
        message_id=request.message_id,
        data=request.data,
        custom_data=_custom_to_wire(request.custom_data),
    )


def response_from_wire(answer: call_result.DataTransfer) -> DataTransferResponse:
    return DataTransferResponse(
        DataTransferStatus(str(answer.status)),
        data=_text(answer.data),
        custom_data=_custom_from_wire(answer.custom_data),
    )


def response_to_wire(answer: DataTransferResponse) -> call_result.DataTransfer:
    """Offline is a word of the contract only: to the CSMS it is Rejected."""
    offline = answer.status is DataTransferStatus.Offline
    word = DataTransferStatus.Rejected if offline else answer.status
    return call_result.DataTransfer(
        enums.DataTransferStatusEnumType(word.value),
        data=answer.data,
        custom_data=_custom_to_wire(answer.custom_data),
    )


def _text(data: Any) -> str | None:
    """A string as it is, anything else as JSON text."""
    return data if data is None or isinstance(data, str) else dump(data)


def _custom_from_wire(custom: dict[str, Any] | None) -> CustomData | None:
    return None if custom is None else CustomData(str(custom.get("vendorId", "")), dump(custom))


def _custom_to_wire(custom: CustomData | None) -> dict[str, Any] | None:
    """The object in `data`, if it is one, with the vendor's id."""
    if custom is None:
        return None
    try:
        held = json.loads(custom.data) if custom.data else {}
    except ValueError:
        held = custom.data
    fields = held if isinstance(held, dict) else {"data": held}
    return {**fields, "vendorId": custom.vendor_id}
