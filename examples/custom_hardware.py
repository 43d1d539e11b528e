"""A charger with a lock, a limit and a meter of its own: implement what you have, leave out the
rest. `python examples/custom_hardware.py ws://127.0.0.1:9000/ocpp`
"""

import asyncio
import sys
import time
from datetime import UTC, datetime

from ocpp_iface import OcppService, StationConfig, UnlockOutcome
from ocpp_iface.types import (
    ChargingSchedule,
    ChargingState,
    IdToken,
    Measurand,
    MeterReading,
    SampledValue,
)


class Charger:
    """`def` methods run in a thread and may block; `async def` methods run on the loop."""

    def __init__(self) -> None:
        self.register_wh = 12_000.0
        self.limit_a = 32.0

    def permit_energy(self, evse_id: int) -> None:
        time.sleep(0.05)  # a relay takes its time
        print(f"EVSE {evse_id}: contactor closed, at most {self.limit_a:g} A")

    def stop_energy(self, evse_id: int) -> MeterReading:
        print(f"EVSE {evse_id}: contactor open")
        return self.reading()

    async def lock(self, evse_id: int, connector_id: int) -> None:
        print(f"EVSE {evse_id}, connector {connector_id}: cable held")

    async def unlock(self, evse_id: int, connector_id: int) -> UnlockOutcome:
        print(f"EVSE {evse_id}, connector {connector_id}: cable free")
        return UnlockOutcome.UNLOCKED

    def set_limit(self, evse_id: int, limit: ChargingSchedule) -> None:
        self.limit_a = limit.charging_schedule_period[0].limit
        print(f"EVSE {evse_id}: {self.limit_a:g} {limit.charging_rate_unit} from now on")

    async def read_meter(self, _evse_id: int) -> MeterReading:
        return self.reading()

    def reading(self) -> MeterReading:
        power = SampledValue(7_360.0, Measurand.Power_Active_Import)
        return MeterReading(datetime.now(UTC), [SampledValue(self.register_wh), power])


async def main(url: str) -> None:
    charger = Charger()
    config = StationConfig(
        id="CS002", csms_url=url, variables={"SampledDataCtrlr/TxUpdatedInterval": 1}
    )
    async with OcppService.open(config, hardware=charger) as ocpp:
        await ocpp.vars.boot_notification_response.wait_for(lambda boot: boot.status == "Accepted")
        evse = ocpp.station.evse(1)
        await evse.present_token(IdToken("04AB12CD"))  # the card first, then the cable
        await evse.connector(1).plug_in()
        await evse.report_charging_state(ChargingState.Charging, phases_used=1)
        for _ in range(3):
            await asyncio.sleep(1)
            charger.register_wh += 7_360 / 3600
            await evse.report_meter(charger.reading())
        await evse.press_stop()
        answers = ocpp.vars.ocpp_transaction_event_response
        await answers.wait_for(
            lambda it: it.original_transaction_event.transaction_event == "Ended"
        )
        await evse.connector(1).unplug()


asyncio.run(main(*sys.argv[1:]))
