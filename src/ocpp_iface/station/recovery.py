"""What becomes of sessions that were under way when the process ended (P1: nothing is forgotten)."""

from __future__ import annotations

from ocpp_iface.devicemodel.catalog import InternalCtrlr
from ocpp_iface.engine.block import Cause
from ocpp_iface.log import Log
from ocpp_iface.station.context import StationContext

log = Log(__name__)


def recover(ctx: StationContext, cause: Cause) -> None:
    """Bring rows and reality together.

    After a power cut, what is plugged in is not known until the hardware reports it, so idle EVSEs
    begin empty but for a cable that is kept for its driver. A transaction that was open is resumed
    (its session goes on as the rows say) or ended with PowerLoss, by ResumeTransactionsOnBoot; one
    whose end was decided ends as decided.
    """
    transactions, sessions = ctx.station.transactions, ctx.station.sessions
    transactions.drop_confirmed()
    if cause is Cause.BOOT:
        resume = ctx.variables.get(InternalCtrlr.resume_transactions_on_boot)
        for row in transactions.all_open():
            if resume or row.ending is not None:
                log.info("transaction resumed", transaction=row.uuid, evse=row.evse_id)
            else:
                log.info("transaction ended after power loss", transaction=row.uuid)
                transactions.close_interrupted(row)
        for evse in ctx.station.evses.values():
            if evse.transaction_id is None and evse.row.session_id is not None:
                evse.forget_session()
        ctx.station.waiting.forget()
    elif cause is Cause.VERSION:
        transactions.introduce()
    sessions.resume()
    ctx.station.waiting.resume()
