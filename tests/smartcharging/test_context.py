from __future__ import annotations

import pytest
from tests.smartcharging.builders import station

from ocpp_iface.smartcharging import EvseContext, StationContext


def test_an_evse_is_found_by_its_id() -> None:
    context = station(EvseContext(1), EvseContext(7, phases=1))

    assert context.evse(7) == EvseContext(7, phases=1)
    assert context.evse(2) is None


@pytest.mark.parametrize(
    "wrong", [{"supply_voltage": 0}, {"default_limit_a": -1}, {"default_limit_w": -1}]
)
def test_impossible_electrics_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        StationContext((), **wrong)
