from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from ocpp_iface.errors import PayloadError
from ocpp_iface.smartcharging import ChargingSchedule, RateUnit, SchedulePeriod
from ocpp_iface.smartcharging.profile import ScheduleExtras
from ocpp_iface.types.conform import conform

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def schedule(**fields: Any) -> ChargingSchedule:
    periods = fields.pop("periods", (SchedulePeriod(0, 16.0),))
    return ChargingSchedule(fields.pop("unit", RateUnit.A), periods, **fields)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (
            ChargingSchedule,
            schedule(start_schedule=NOON, extras=ScheduleExtras(limit_at_soc=(80, 9))),
        ),
        (ChargingSchedule | None, None),
        (float, 3),
        (bool | None, False),
        (tuple[str, ...], ()),
    ],
)
def test_what_is_as_declared_passes(kind: Any, value: object) -> None:
    conform(kind, "here", value)


@pytest.mark.parametrize(
    ("kind", "value", "place"),
    [
        (ChargingSchedule, schedule(unit="A"), "here.unit"),
        (ChargingSchedule, schedule(duration_s=1.5), "here.duration_s"),
        (ChargingSchedule, schedule(start_schedule=NOON.replace(tzinfo=None)), "here.start_schedule"),
        (ChargingSchedule, schedule(periods=[SchedulePeriod(0, 16.0)]), "here.periods"),
        (ChargingSchedule, schedule(periods=(SchedulePeriod(0, True),)), "here.periods[0].limit"),
        (ChargingSchedule, schedule(extras=ScheduleExtras(limit_at_soc=(1,))), "here.extras.limit_at_soc"),
        (ChargingSchedule, None, "here"),
        (bool | None, 1, "here"),
        (tuple[str, ...], ("a", None), "here[1]"),
    ],
)  # fmt: skip
def test_what_is_not_is_found_in_its_place(kind: Any, value: object, place: str) -> None:
    with pytest.raises(PayloadError) as caught:
        conform(kind, "here", value)

    assert caught.value.path == place
