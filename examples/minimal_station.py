"""Charge a car: `python examples/minimal_station.py ws://127.0.0.1:9000/ocpp` (1.6 or 2.0.1)."""

import asyncio
import sys

from ocpp_iface import OcppService, StationConfig
from ocpp_iface.types import ChargingState, IdToken


class Charger:
    def permit_energy(self, evse_id: int) -> None:
        print("close the contactor of EVSE", evse_id)

    def stop_energy(self, evse_id: int) -> None:
        print("open the contactor of EVSE", evse_id)


async def main(url: str) -> None:
    config = StationConfig(id="CS001", csms_url=url)
    async with OcppService.open(config, hardware=Charger()) as ocpp:
        await ocpp.vars.boot_notification_response.wait_for(lambda boot: boot.status == "Accepted")
        evse, told = ocpp.station.evse(1), ocpp.vars.ocpp_transaction_event_response
        await evse.connector(1).plug_in()
        await evse.present_token(IdToken("04AB"))  # starts
        await evse.report_charging_state(ChargingState.Charging)
        await evse.present_token(IdToken("04AB"))  # stops
        await told.wait_for(lambda it: it.original_transaction_event.transaction_event == "Ended")


asyncio.run(main(*sys.argv[1:]))
