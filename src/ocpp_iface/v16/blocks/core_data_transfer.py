"""Core: DataTransfer, both ways."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ocpp_iface.engine.block import Block
from ocpp_iface.engine.dispatcher import Handler
from ocpp_iface.errors import CallDropped, CallError, PortError
from ocpp_iface.log import Log
from ocpp_iface.station.commands import SendDataTransfer
from ocpp_iface.station.context import StationContext
from ocpp_iface.types import DataTransferRequest, DataTransferResponse, DataTransferStatus
from ocpp_iface.wire.v16 import call, call_result, enums

log = Log(__name__)

_ANSWER_WITHIN_S: Final = 20.0
_Status = enums.DataTransferStatus


class DataTransfer(Block):
    code = "Core"

    def __init__(self, ctx: StationContext) -> None:
        self._ctx = ctx

    def routes(self) -> Mapping[type, Handler]:
        return {call.DataTransfer: self.received}

    def commands(self) -> Mapping[type, Handler]:
        return {SendDataTransfer: self.send}

    async def received(self, request: Any) -> call_result.DataTransfer:
        """5.6: the app knows the vendors; without it there is none."""
        if not self._ctx.asks.supports("data_transfer"):
            return call_result.DataTransfer(_Status.unknown_vendor_id)
        question = DataTransferRequest(
            request.vendor_id, message_id=request.message_id, data=request.data
        )
        try:
            answer = await self._ctx.asks.ask(
                "data_transfer", question, deadline_s=_ANSWER_WITHIN_S
            )
        except PortError as failure:
            log.warning("data transfer not handled", vendor=request.vendor_id, error=failure)
            return call_result.DataTransfer(_Status.rejected)
        if not isinstance(answer, DataTransferResponse):
            return call_result.DataTransfer(_Status.unknown_vendor_id)
        if answer.status is DataTransferStatus.UnknownVendorId:
            return call_result.DataTransfer(_Status.unknown_vendor_id)  # 4.3: never with data
        return call_result.DataTransfer(_word(answer.status), answer.data)

    async def send(self, command: SendDataTransfer) -> DataTransferResponse:
        """4.3: what the CSMS answers. 1.6 has no custom data: it is left out."""
        request = command.request
        try:
            answer = await self._ctx.csms.call(
                call.DataTransfer(request.vendor_id, request.message_id, request.data)
            )
        except CallDropped:
            return DataTransferResponse(DataTransferStatus.Offline)
        except CallError as failure:
            log.warning("data transfer without an answer", error=failure)
            return DataTransferResponse(DataTransferStatus.Rejected)
        return DataTransferResponse(DataTransferStatus(str(answer.status)), data=answer.data)


def _word(status: DataTransferStatus) -> enums.DataTransferStatus:
    """Offline is a word of the contract only: to the CSMS it is Rejected."""
    if status is DataTransferStatus.Offline:
        return _Status.rejected
    return _Status(status.value)
