"""A wallbox that follows its charging schedule, and shows what is to come. The sun does the limiting
here; the CSMS's charging profiles would do it in the same way.
`python examples/smart_charging_display.py ws://127.0.0.1:9000/ocpp`
"""

import asyncio
import sys
from datetime import UTC, datetime, timedelta

from ocpp_iface import OcppService, StationConfig
from ocpp_iface.smartcharging import ChargingSchedule, LimitSource, RateUnit, SchedulePeriod
from ocpp_iface.types import ChargingSchedule as Limit
from ocpp_iface.types import ChargingSchedules, ChargingState, IdToken

FULL_A = 32.0
SUNSHINE_A = (16.0, 10.0, 6.0, 20.0)


class Wallbox:
    def __init__(self) -> None:
        self.sunny = asyncio.Event()

    def permit_energy(self, evse_id: int) -> None:
        print(f"EVSE {evse_id}: contactor closed")

    def stop_energy(self, evse_id: int) -> None:
        print(f"EVSE {evse_id}: contactor open")

    async def set_limit(self, evse_id: int, limit: Limit) -> None:
        """Ordered whenever another limit holds: the car is told at once."""
        amps = min(FULL_A, limit.charging_schedule_period[0].limit)
        print(f"EVSE {evse_id}: {bar(amps)} {amps:g} A")
        if amps == SUNSHINE_A[-1]:
            self.sunny.set()


def bar(amps: float) -> str:
    return f"{'#' * round(min(amps, FULL_A)):<{round(FULL_A)}}"


def show(schedules: ChargingSchedules) -> None:
    """What the driver sees: the next changes of the limit."""
    (mine,) = [each for each in schedules.schedules if each.evse == 1]
    coming = [f"{row.limit:g} A in {row.start_period} s" for row in mine.charging_schedule_period]
    print("to come:", ", then ".join(coming).replace(" in 0 s", " now"))


def sunshine() -> ChargingSchedule:
    """What the energy manager expects of the next seconds: clouds."""
    periods = tuple(SchedulePeriod(second, amps) for second, amps in enumerate(SUNSHINE_A))
    start = datetime.now(UTC) + timedelta(seconds=1)
    return ChargingSchedule(RateUnit.A, periods, start_schedule=start)


async def main(url: str) -> None:
    wallbox = Wallbox()
    config = StationConfig(id="CS003", csms_url=url)
    async with OcppService.open(config, hardware=wallbox) as ocpp:
        await ocpp.vars.boot_notification_response.wait_for(lambda boot: boot.status == "Accepted")
        ocpp.vars.charging_schedules.subscribe(show)
        evse = ocpp.station.evse(1)
        await evse.connector(1).plug_in()
        await evse.present_token(IdToken("04AB12CD"))
        await evse.report_charging_state(ChargingState.Charging)
        await evse.set_external_limit(sunshine(), source=LimitSource.EMS)
        await wallbox.sunny.wait()  # through the clouds
        await evse.clear_external_limit()
        await evse.press_stop()
        told = ocpp.vars.ocpp_transaction_event_response
        await told.wait_for(lambda it: it.original_transaction_event.transaction_event == "Ended")


asyncio.run(main(*sys.argv[1:]))
