"""Hear of each change of some variables, whoever makes it, and read and set others.

`python examples/monitor_variables.py ws://127.0.0.1:9000/ocpp` prints changes for some seconds: let
your CSMS set HeartbeatInterval in the meantime.
"""

import asyncio
import sys

from ocpp_iface import OcppService, StationConfig
from ocpp_iface.types import (
    Component,
    ComponentVariable,
    EventData,
    GetVariableRequest,
    MeterReading,
    SetVariableRequest,
    Variable,
)

HEARTBEAT = ComponentVariable(Component("OCPPCommCtrlr"), Variable("HeartbeatInterval"))
TIMEOUT = ComponentVariable(Component("TxCtrlr"), Variable("EVConnectionTimeOut"))
BY_KEY = ComponentVariable(Component(""), Variable("ConnectionTimeOut"))  # the same, by its 1.6 key
LISTEN_S = 3.0


class Charger:
    async def permit_energy(self, evse_id: int) -> None:
        print("EVSE", evse_id, "may deliver")

    async def stop_energy(self, evse_id: int) -> MeterReading | None:
        print("EVSE", evse_id, "must not deliver")
        return None


def changed(event: EventData) -> None:
    address = event.component_variable
    print(f"{address.component.name}/{address.variable.name} is {event.actual_value} now")


async def main(url: str) -> None:
    # With 1.6, the contract lets an app set custom keys only; this lifts the restriction.
    config = StationConfig(id="CS001", csms_url=url, standard_keys_writable=True)
    async with OcppService.open(config, hardware=Charger()) as ocpp:
        ocpp.vars.event_data.subscribe(changed)
        await ocpp.monitor_variables([HEARTBEAT, TIMEOUT])
        await ocpp.vars.is_connected.wait_for(bool, timeout=10)

        for result in await ocpp.set_variables([SetVariableRequest(TIMEOUT, "90")], "example"):
            print("set:", result.status)
        for read in await ocpp.get_variables([GetVariableRequest(BY_KEY)]):
            print("get:", read.status, read.value)

        await asyncio.sleep(LISTEN_S)


asyncio.run(main(*sys.argv[1:]))
