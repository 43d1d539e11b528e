"""The measured process: the ChargePoint of the `ocpp` package, as it is shipped.

It sends typed payloads made beforehand, and its handlers answer with typed payloads made beforehand:
there is no station behind it.
"""

from __future__ import annotations

import asyncio
import json
import sys
from contextlib import AsyncExitStack
from functools import partial
from importlib import import_module
from typing import Any

import websockets
from ocpp.routing import on

from benchmarks import child, payloads

PAYLOADS = {
    "Heartbeat": payloads.heartbeat,
    "MeterValues": payloads.meter_values,
    "TransactionEvent": payloads.transaction_event,
    "NotifyReport": payloads.notify_report,
}


def _class(version: str, answer: dict[str, Any] | None) -> tuple[Any, Any]:
    if version == "ocpp1.6":
        wire = import_module("ocpp.v16")
        d, results = wire.datatypes, wire.call_result
        keys = [
            d.KeyValue(key=each["key"], readonly=each["readonly"], value=each.get("value"))
            for each in (answer or {}).get("configurationKey", ())
        ]

        class Station16(wire.ChargePoint):
            @on("GetConfiguration")
            def on_get_configuration(self, **_request: Any) -> Any:
                return results.GetConfiguration(configuration_key=keys)

        return wire, Station16
    wire = import_module("ocpp.v201")
    d, e, results = wire.datatypes, wire.enums, wire.call_result
    found = [
        d.GetVariableResultType(
            attribute_status=e.GetVariableStatusEnumType(each["attributeStatus"]),
            component=d.ComponentType(name=each["component"]["name"]),
            variable=d.VariableType(name=each["variable"]["name"]),
            attribute_type=e.AttributeEnumType(each.get("attributeType", "Actual")),
            attribute_value=each.get("attributeValue"),
        )
        for each in (answer or {}).get("getVariableResult", ())
    ]

    class Station201(wire.ChargePoint):
        @on("GetVariables")
        def on_get_variables(self, **_request: Any) -> Any:
            return results.GetVariables(get_variable_result=found)

    return wire, Station201


async def main(
    url: str,
    version: str,
    action: str,
    links: int,
    pin_to: int | None,
    answer: dict[str, Any] | None,
) -> None:
    child.pin(pin_to)
    wire, charge_point = _class(version, answer)
    make = PAYLOADS.get(action)
    request = make(wire) if make else None
    async with AsyncExitStack() as stack:
        stations, receiving = [], []
        for number in range(links):
            connection = await stack.enter_async_context(
                websockets.connect(f"{url}/{number}", subprotocols=[version], compression=None)
            )
            stations.append(charge_point(str(number), connection))
            receiving.append(asyncio.create_task(stations[-1].start()))

        async def run(count: int) -> dict[str, Any]:
            calls = [partial(station.call, request) for station in stations]
            return await child.timed(calls, count)

        async def ready() -> dict[str, Any]:
            return {}

        await child.serve({"run": run, "ready": ready})
        for task in receiving:
            task.cancel()


if __name__ == "__main__":
    asyncio.run(main(**json.loads(sys.argv[1])))
