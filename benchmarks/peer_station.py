"""The measured process: a station of this library."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from importlib import import_module
from typing import Any

from benchmarks import child, payloads
from benchmarks.station import Station, configuration, samples

PAYLOADS = {
    "Heartbeat": payloads.heartbeat,
    "NotifyReport": payloads.notify_report,
}


async def main(
    url: str,
    version: str,
    action: str,
    links: int,
    pin_to: int | None,
    store: str | None,
    synchronous: str,
) -> None:
    child.pin(pin_to)
    stations = []
    for number in range(links):
        file = f"{store}/{number}.db" if store else None
        station = Station(configuration(str(number), url, version, file, synchronous))
        stations.append(station)
        await station.start()
        if action in ("MeterValues", "TransactionEvent"):
            await station.charge()

    async def run(count: int) -> dict[str, Any]:
        return await child.timed([_one(each, version, action) for each in stations], count)

    async def ready() -> dict[str, Any]:
        return {}

    await child.serve({"run": run, "ready": ready})
    for station in stations:
        await station.close()


def _one(station: Station, version: str, action: str) -> Callable[[], Awaitable[Any]]:
    make = PAYLOADS.get(action)
    if make is None:
        values = samples()
        return lambda: station.record(values)
    name = {"ocpp1.6": "v16", "ocpp2.0.1": "v201"}[version]
    request = make(import_module(f"ocpp_iface.wire.{name}"))
    return lambda: station.send(request)


if __name__ == "__main__":
    asyncio.run(main(**json.loads(sys.argv[1])))
