"""A firmware script without asyncio: every call blocks, from any thread.

`python examples/sync_script.py ws://127.0.0.1:9000/ocpp`
"""

import sys
import threading
from datetime import UTC, datetime

from ocpp_iface import OcppServiceSync, StationConfig
from ocpp_iface.types import (
    IdToken,
    MeterReading,
    OcppTransactionEvent,
    OcppTransactionEventResponse,
    SampledValue,
    SecurityEvent,
)

CARD = IdToken("04AB12CD")
ended = threading.Event()


class Charger:
    def permit_energy(self, evse_id: int) -> None:
        print("EVSE", evse_id, "may deliver")

    def stop_energy(self, _evse_id: int) -> MeterReading:
        return MeterReading(datetime.now(UTC), [SampledValue(2_500.0)])


def transaction(event: OcppTransactionEvent) -> None:
    """Callbacks run one after the other, in a thread of their own."""
    print("transaction", event.transaction_id, event.transaction_event)


def answered(answer: OcppTransactionEventResponse) -> None:
    if answer.original_transaction_event.transaction_event == "Ended":
        ended.set()


def main(url: str) -> None:
    config = StationConfig(id="CS003", csms_url=url)
    with OcppServiceSync.open(config, hardware=Charger()) as ocpp:
        ocpp.vars.ocpp_transaction_event.subscribe(transaction)
        ocpp.vars.ocpp_transaction_event_response.subscribe(answered)
        ocpp.vars.boot_notification_response.wait_for(lambda boot: boot.status == "Accepted", 10)
        ocpp.security_event(SecurityEvent("MaintenanceLoginAccepted", info="example"))

        evse = ocpp.station.evse(1)
        evse.connector(1).plug_in(timeout=5)
        outcome = evse.present_token(CARD, timeout=5)
        print("the card is", outcome.status)
        evse.report_meter(MeterReading(datetime.now(UTC), [SampledValue(2_000.0)]))
        evse.present_token(CARD, timeout=5)
        if not ended.wait(10):
            raise SystemExit("the CSMS did not confirm the end")
        evse.connector(1).unplug()


main(*sys.argv[1:])
