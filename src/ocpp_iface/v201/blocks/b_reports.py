"""B: GetBaseReport and GetReport, answered by NotifyReport messages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ocpp_iface.devicemodel.catalog import DeviceDataCtrlr, InternalCtrlr
from ocpp_iface.devicemodel.report import (
    ReportBase,
    ReportEntry,
    Selector,
    base_report,
    custom_report,
)
from ocpp_iface.engine.block import Block
from ocpp_iface.engine.dispatcher import Handler
from ocpp_iface.engine.flows import Flow
from ocpp_iface.engine.outbox import Lane
from ocpp_iface.errors import CallDropped, CallError, PayloadError
from ocpp_iface.log import Log
from ocpp_iface.station.context import StationContext
from ocpp_iface.v201.mapping import variables
from ocpp_iface.v201.mapping.status_info import because
from ocpp_iface.v201.request_limits import check_size
from ocpp_iface.wire import datetimes
from ocpp_iface.wire.v201 import call, call_result, datatypes, enums

log = Log(__name__)

_Status = enums.GenericDeviceModelStatusEnumType
_ENVELOPE_BYTES = 300
"""What a NotifyReport frame has besides its entries, at most."""
_MOST_BYTES_ITEM = 1_000


class Reports(Block):
    """One report at a time; each message waits for the answer to the one before."""

    code = "B"

    def __init__(self, ctx: StationContext) -> None:
        self._ctx = ctx
        self._flow: Flow | None = None

    def routes(self) -> Mapping[type, Handler]:
        return {call.GetBaseReport: self.base, call.GetReport: self.custom}

    def base(self, request: Any) -> call_result.GetBaseReport:
        """B07.FR.01, B07.FR.12, B07.FR.13; all three bases are supported."""
        if self._is_busy:
            return call_result.GetBaseReport(_Status.rejected, status_info=_busy())
        base = ReportBase(request.report_base.value)
        entries = base_report(self._ctx.variables, base)
        if not self._start(request.request_id, entries):
            return call_result.GetBaseReport(_Status.empty_result_set)
        return call_result.GetBaseReport(_Status.accepted)

    def custom(self, request: Any) -> call_result.GetReport:
        """B08.FR.01, B08.FR.02, B08.FR.15 to B08.FR.18"""
        wanted = request.component_variable or []
        get = self._ctx.variables.get
        check_size(
            request,
            len(wanted),
            most_items=get(DeviceDataCtrlr.items_per_get_report),
            most_bytes=get(DeviceDataCtrlr.bytes_per_get_report),
            item_bytes=_MOST_BYTES_ITEM,
        )
        criteria = variables.criteria_from_wire(request.component_criteria or [])
        supported = get(InternalCtrlr.supported_criteria)
        if any(each.value not in supported for each in criteria):
            return call_result.GetReport(_Status.not_supported)
        if self._is_busy:
            return call_result.GetReport(_Status.rejected, status_info=_busy())
        selectors = tuple(_selectors(wanted))
        if wanted and not selectors:
            return call_result.GetReport(_Status.empty_result_set)
        entries = custom_report(self._ctx.variables, criteria, selectors)
        if not self._start(request.request_id, iter(entries)):
            return call_result.GetReport(_Status.empty_result_set)
        return call_result.GetReport(_Status.accepted)

    # -- inside --------------------------------------------------------------------------------

    @property
    def _is_busy(self) -> bool:
        return self._flow is not None and not self._flow.finished

    def _start(self, request_id: int, entries: Iterator[ReportEntry]) -> bool:
        """False if there is nothing to report."""
        parts = self._parts(entries)
        first = next(parts, None)
        if first is None:
            return False
        self._flow = self._ctx.flows.start("report", self._send(request_id, first, parts))
        return True

    async def _send(
        self, request_id: int, part: list[datatypes.ReportDataType], parts: Iterator[Any]
    ) -> None:
        """B07.FR.04, B07.FR.10: a part that gets no answer is lost, the report goes on; without a
        link it ends.
        """
        now: list[datatypes.ReportDataType] | None = part
        seq_no = 0
        while now is not None:
            following = next(parts, None)
            message = call.NotifyReport(
                request_id,
                datetimes.format(self._ctx.clock.now),
                seq_no,
                report_data=now,
                tbc=following is not None,
            )
            accepted = self._ctx.registration.accepted
            lane = Lane.NORMAL if accepted else Lane.TRIGGERED  # B02.FR.01: Pending is no obstacle
            try:
                await self._ctx.csms.call(message, lane)
            except CallDropped:
                log.warning("report broken off, there is no link", request=request_id)
                return
            except CallError as failure:
                log.warning("part of a report not confirmed", request=request_id, error=failure)
            now, seq_no = following, seq_no + 1

    def _parts(self, entries: Iterable[ReportEntry]) -> Iterator[list[datatypes.ReportDataType]]:
        """Split by the size of the message and the number of its entries."""
        most_bytes = self._ctx.variables.get(InternalCtrlr.max_message_size) - _ENVELOPE_BYTES
        most_items = self._ctx.variables.get(DeviceDataCtrlr.items_per_get_report)
        part: list[datatypes.ReportDataType] = []
        filled = 0
        for entry in entries:
            weight = variables.most_bytes(entry)
            if part and (filled + weight > most_bytes or len(part) >= most_items):
                yield part
                part, filled = [], 0
            part.append(variables.entry_to_wire(entry))
            filled += weight
        if part:
            yield part


def _selectors(wanted: Iterable[datatypes.ComponentVariableType]) -> Iterator[Selector]:
    """Without those that no station can have."""
    for each in wanted:
        try:
            yield variables.selector_from_wire(each)
        except PayloadError:
            continue


def _busy() -> datatypes.StatusInfoType:
    return because("Unspecified", "another report is being sent")
