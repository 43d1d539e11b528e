"""P: DataTransfer, both ways."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ocpp_iface.engine.block import Block
from ocpp_iface.engine.dispatcher import Handler
from ocpp_iface.errors import CallDropped, CallError, PortError
from ocpp_iface.log import Log
from ocpp_iface.station.commands import SendDataTransfer
from ocpp_iface.station.context import StationContext
from ocpp_iface.types import DataTransferResponse, DataTransferStatus
from ocpp_iface.v201.mapping import data_transfer
from ocpp_iface.wire.v201 import call, call_result, enums

log = Log(__name__)

_ANSWER_WITHIN_S = 20.0


class DataTransfer(Block):
    code = "P"

    def __init__(self, ctx: StationContext) -> None:
        self._ctx = ctx

    def routes(self) -> Mapping[type, Handler]:
        return {call.DataTransfer: self.received}

    def commands(self) -> Mapping[type, Handler]:
        return {SendDataTransfer: self.send}

    async def received(self, request: Any) -> call_result.DataTransfer:
        """P01.FR.05, P01.FR.06: the app knows the vendors; without it there is none."""
        unknown = enums.DataTransferStatusEnumType.unknown_vendor_id
        if not self._ctx.asks.supports("data_transfer"):
            return call_result.DataTransfer(unknown)
        try:
            answer = await self._ctx.asks.ask(
                "data_transfer",
                data_transfer.request_from_wire(request),
                deadline_s=_ANSWER_WITHIN_S,
            )
        except PortError as failure:
            log.warning("data transfer not handled", vendor=request.vendor_id, error=failure)
            return call_result.DataTransfer(enums.DataTransferStatusEnumType.rejected)
        if not isinstance(answer, DataTransferResponse):
            return call_result.DataTransfer(unknown)
        return data_transfer.response_to_wire(answer)

    async def send(self, command: SendDataTransfer) -> DataTransferResponse:
        """P02: what the CSMS answers; Offline if it could not be asked."""
        try:
            answer = await self._ctx.csms.call(data_transfer.request_to_wire(command.request))
        except CallDropped:
            return DataTransferResponse(DataTransferStatus.Offline)
        except CallError as failure:
            log.warning("data transfer without an answer", error=failure)
            return DataTransferResponse(DataTransferStatus.Rejected)
        return data_transfer.response_from_wire(answer)
