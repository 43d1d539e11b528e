"""How long the composite schedules of a station take, against profiles and against EVSEs.

Run: PYTHONPATH=src python benchmarks/composite.py
"""

from __future__ import annotations

import statistics
import sys
import time
from datetime import UTC, datetime, timedelta

from ocpp_iface.smartcharging.composite import composite_schedules
from ocpp_iface.smartcharging.context import ActiveTransaction, EvseContext, StationContext
from ocpp_iface.smartcharging.profile import (
    ChargingProfile,
    ChargingSchedule,
    InstalledProfile,
    Kind,
    LimitSource,
    Purpose,
    RateUnit,
    RecurrencyKind,
    SchedulePeriod,
)

NOW = datetime(2026, 3, 29, 7, 30, tzinfo=UTC)
MIDNIGHT = datetime(2026, 3, 1, tzinfo=UTC)
DAY_S = 86_400
PERIODS = 24
TARGET_MS = 5.0


def profile(
    number: int, evse_id: int, purpose: Purpose, duration_s: int | None
) -> InstalledProfile:
    """A daily profile of 24 periods of an hour, a little apart from the others."""
    periods = tuple(
        SchedulePeriod(3600 * hour + 60 * (number % 7) * (hour > 0), 6.0 + (hour * 7 + number) % 26)
        for hour in range(PERIODS)
    )
    unit = RateUnit.W if number % 3 == 0 else RateUnit.A
    if unit is RateUnit.W:
        periods = tuple(SchedulePeriod(p.start_period, p.limit * 690, 3) for p in periods)
    schedule = ChargingSchedule(unit, periods, MIDNIGHT, duration_s)
    value = ChargingProfile(
        number, number, purpose, Kind.RECURRING, (schedule,), RecurrencyKind.DAILY
    )
    return InstalledProfile(value, evse_id, LimitSource.CSO, number, MIDNIGHT)


def shared(count: int) -> list[InstalledProfile]:
    """`count` profiles of the station: maximum, external constraints, defaults for all EVSEs."""
    purposes = [Purpose.STATION_MAX, Purpose.STATION_EXTERNAL] + [Purpose.TX_DEFAULT] * 8
    return [
        profile(n, 0, purposes[n % 10], DAY_S if n % 10 < 3 else 3600 * (24 - 2 * (n % 10)))
        for n in range(count)
    ]


def each(count: int, evses: int) -> list[InstalledProfile]:
    """Station maximum, external constraints, and for each EVSE the others, all with gaps."""
    found = [
        profile(0, 0, Purpose.STATION_MAX, DAY_S),
        profile(1, 0, Purpose.STATION_EXTERNAL, DAY_S),
    ]
    for evse_id in range(1, evses + 1):
        found += [
            profile(1000 * evse_id + n, evse_id, Purpose.TX_DEFAULT, 3600 * (24 - 2 * n))
            for n in range(2, count)
        ]
    return found


def station(evses: int) -> StationContext:
    return StationContext(
        tuple(
            EvseContext(n, ActiveTransaction(str(n), NOW - timedelta(minutes=n)))
            for n in range(1, evses + 1)
        )
    )


def median_ms(installed: list[InstalledProfile], evses: int, repeat: int = 25) -> float:
    context = station(evses)
    times = []
    for _ in range(repeat):
        begin = time.perf_counter()
        composite_schedules(installed, context, NOW, DAY_S, RateUnit.A)
        times.append((time.perf_counter() - begin) * 1000)
    return statistics.median(times)


def main() -> int:
    print(f"composite schedules, {PERIODS} periods a profile, window 24 h, median ms")
    print("profiles on the station, 32 EVSEs")
    for count in (1, 2, 5, 10, 20, 40):
        print(f"  {count:3} profiles  {median_ms(shared(count), 32):8.2f}")
    print("10 profiles for each EVSE (2 of the station, 8 of its own)")
    for evses in (1, 2, 4, 8, 16, 32):
        print(f"  {evses:3} EVSEs     {median_ms(each(10, evses), evses):8.2f}")
    print("profiles for each of 32 EVSEs")
    for count in (3, 5, 10, 20):
        print(f"  {count:3} profiles  {median_ms(each(count, 32), 32):8.2f}")
    result = median_ms(shared(10), 32, 100)
    worst = median_ms(each(10, 32), 32, 100)
    print(f"32 EVSEs, 10 profiles: {result:.2f} ms (target < {TARGET_MS} ms)")
    print(f"32 EVSEs, 10 profiles for each: {worst:.2f} ms")
    return 0 if result < TARGET_MS else 1


if __name__ == "__main__":
    sys.exit(main())
