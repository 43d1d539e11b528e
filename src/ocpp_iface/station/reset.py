"""Resets that the CSMS orders: of the station or of one EVSE, at once or when it is idle. (B11, B12)

A reset is a row from the answer to the CSMS until it is done, so neither a power cut nor an internal
error forgets it. The steps: end the transactions (or wait for their end), let their messages reach the
CSMS if it can be reached, close the link, tell the hardware. A station without hardware to restart
restarts logically: it connects anew and boots. A process that starts has done the reset of the station.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from attrs import evolve, frozen

from ocpp_iface.devicemodel.catalog import Evse, OCPP16LegacyCtrlr, OCPPCommCtrlr
from ocpp_iface.engine.block import Cause
from ocpp_iface.engine.traps import Signal, sleep
from ocpp_iface.errors import PortError
from ocpp_iface.log import Log
from ocpp_iface.station.boot_record import ResetRow
from ocpp_iface.station.context import StationContext
from ocpp_iface.station.events import TransactionEnded
from ocpp_iface.types import BootReason, ResetKind, StoppedReason, TriggerReason
from ocpp_iface.types.facts import TransactionFact

log = Log(__name__)

POLL_S: Final = 0.5
RETRY_AFTER_S: Final = 5.0
LINK_CLOSES_WITHIN_S: Final = 1.0
PROCESS_ENDS_WITHIN_S: Final = 300.0
"""If the hardware promised a restart and nothing happens, the station restarts logically."""


class ResetStatus(StrEnum):
    ACCEPTED = "Accepted"
    REJECTED = "Rejected"
    SCHEDULED = "Scheduled"


@frozen
class ResetOutcome:
    status: ResetStatus
    reason_code: str | None = None


class Resets:
    def __init__(self, ctx: StationContext) -> None:
        self._ctx = ctx
        self._resumed = False
        self._ended = Signal()
        self._go_on = Signal()
        self._waiting_for_process = False
        ctx.bus.subscribe(TransactionEnded, self._transaction_ended)

    def resume(self, cause: Cause) -> None:
        """Take up the resets that the rows promise; called when transactions are recovered."""
        for row in self._rows():
            if cause is Cause.BOOT and row.evse_id is None and self._is_done_by_a_start(row):
                self._save([other for other in self._rows() if other.evse_id is not None])
        self._resumed = True
        for row in self._rows():
            self._ctx.station.availability.hold(_hold(row.evse_id), row.evse_id or 0)
            if row.started or not self._busy(row.evse_id):
                self._begin(row)

    def request(
        self,
        kind: ResetKind,
        evse_id: int | None = None,
        *,
        stop_transactions: bool | None = None,
    ) -> ResetOutcome:
        """B11, B12: the answer for the CSMS; the reset itself follows.

        `stop_transactions` None: Immediate stops them (ImmediateReset), OnIdle waits. An OnIdle reset
        that shall stop them gracefully (1.6: Soft) ends them with the reason Reboot.
        """
        problem = self._problem(evse_id)
        if problem is not None:
            return ResetOutcome(ResetStatus.REJECTED, problem)
        if any(row.started and row.evse_id in (None, evse_id) for row in self._rows()):
            return ResetOutcome(ResetStatus.ACCEPTED)  # it is under way
        stops = kind is ResetKind.Immediate if stop_transactions is None else stop_transactions
        waits = not stops and self._busy(evse_id)
        row = ResetRow(kind, evse_id, stops_transactions=stops, scheduled=waits)
        self._put(row)
        self._ctx.station.availability.hold(_hold(evse_id), evse_id or 0)
        log.info("reset ordered", kind=kind, evse=evse_id, scheduled=waits)
        if waits:
            return ResetOutcome(ResetStatus.SCHEDULED)
        self._begin(row)
        return ResetOutcome(ResetStatus.ACCEPTED)

    @property
    def pending(self) -> tuple[ResetRow, ...]:
        """Promised to the CSMS and not done yet."""
        return self._ctx.station.boot.record.row.resets

    def restart_now(self) -> bool:
        """The process that was expected to end goes on: restart logically. False: none was."""
        waiting = self._waiting_for_process
        self._go_on.fire()
        return waiting

    # -- the steps -------------------------------------------------------------------------------

    def _begin(self, row: ResetRow) -> None:
        started = evolve(row, started=True)
        self._put(started)
        steps = self._station(started) if row.evse_id is None else self._evse(started, row.evse_id)
        self._ctx.flows.start("reset", steps)

    async def _station(self, row: ResetRow) -> None:
        """B12.FR.04, B12.FR.05, B11.FR.03, B11.FR.04."""
        ctx = self._ctx
        if row.stops_transactions:
            await ctx.station.transactions.end_all(TriggerReason.ResetCommand, _reason(row))
        await self._delivered()
        reason = BootReason.ScheduledReset if row.scheduled else BootReason.RemoteReset
        ctx.station.boot.plan(reason)
        ctx.link.disconnect("reset")
        if ctx.asks.supports("reset"):
            if await self._ask(row.kind, None):
                await self._process_ends()
            log.error("the hardware did not restart, the station restarts logically")
        await sleep(ctx.timers, LINK_CLOSES_WITHIN_S)
        self._save([])
        ctx.station.boot.note_reason(reason)
        for other in (None, *ctx.topology.evse_ids()):
            ctx.station.availability.release(_hold(other))
        if not ctx.station.muted:
            ctx.link.connect()

    async def _evse(self, row: ResetRow, evse_id: int) -> None:
        """B12.FR.08, B11.FR.08."""
        transactions = self._ctx.station.transactions
        if row.stops_transactions:
            transactions.end(evse_id, TriggerReason.ResetCommand, _reason(row))
        while transactions.open_on(evse_id) is not None:
            await self._ended.wait()
        await self._delivered()
        if not await self._ask(row.kind, evse_id):
            log.error("the hardware did not reset", evse=evse_id)
        self._save([other for other in self._rows() if other.evse_id != evse_id])
        self._ctx.station.availability.release(_hold(evse_id))

    async def _delivered(self) -> None:
        """B12.FR.05: give the messages of ended transactions a bounded time to arrive."""
        ctx = self._ctx
        within_s = ctx.variables.get(OCPP16LegacyCtrlr.wait_for_stop_transactions_on_reset_timeout)
        end = ctx.clock.monotonic + within_s
        while ctx.online and ctx.clock.monotonic < end:
            if not any(isinstance(fact, TransactionFact) for fact in ctx.outbox.facts()):
                return
            await sleep(ctx.timers, POLL_S)

    async def _ask(self, kind: ResetKind, evse_id: int | None) -> bool:
        """ResetRetries: a reset that fails is tried again."""
        retries = self._ctx.variables.get(OCPPCommCtrlr.reset_retries)
        for attempt in range(1 + retries):
            if attempt:
                await sleep(self._ctx.timers, RETRY_AFTER_S)
            try:
                if await self._ctx.asks.ask("reset", kind, evse_id) is True:
                    return True
            except PortError as failure:
                log.warning("reset failed", attempt=attempt + 1, error=failure)
        return False

    async def _process_ends(self) -> None:
        """What follows happens only if the process does not end."""
        self._waiting_for_process = True
        timer = self._ctx.timers.after(PROCESS_ENDS_WITHIN_S, self._go_on.fire, "reset")
        await self._go_on.wait()
        self._waiting_for_process = False
        timer.cancel()

    # -- inside ----------------------------------------------------------------------------------

    def _problem(self, evse_id: int | None) -> str | None:
        """B11.FR.09, B12.FR.09: why it cannot be done."""
        if evse_id is None:
            return None
        if not self._ctx.topology.has_evse(evse_id):
            return "UnknownEvse"
        if not self._ctx.asks.supports("reset"):
            return "UnsupportedRequest"
        return None if self._ctx.variables.get(Evse.allow_reset, evse=evse_id) else "NotEnabled"

    def _is_done_by_a_start(self, row: ResetRow) -> bool:
        return row.started or not self._busy(None)

    def _transaction_ended(self, _event: TransactionEnded) -> None:
        """B12.FR.01: what was scheduled is due when nothing runs any more."""
        self._ended.fire()
        if not self._resumed:
            return
        for row in self._rows():
            if not row.started and not self._busy(row.evse_id):
                self._begin(row)

    def _busy(self, evse_id: int | None) -> bool:
        open_rows = self._ctx.station.transactions.all_open()
        return any(evse_id in (None, row.evse_id) for row in open_rows)

    def _rows(self) -> list[ResetRow]:
        return list(self.pending)

    def _put(self, row: ResetRow) -> None:
        """One row an EVSE; a reset of the station includes those of its EVSEs."""
        others = [] if row.evse_id is None else self._rows()
        self._save([*(other for other in others if other.evse_id != row.evse_id), row])

    def _save(self, rows: list[ResetRow]) -> None:
        self._ctx.station.boot.record.update(resets=tuple(rows))


def _reason(row: ResetRow) -> StoppedReason:
    immediate = row.kind is ResetKind.Immediate
    return StoppedReason.ImmediateReset if immediate else StoppedReason.Reboot


def _hold(evse_id: int | None) -> str:
    return "reset" if evse_id is None else f"reset {evse_id}"
