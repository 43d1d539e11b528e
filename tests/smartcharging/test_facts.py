from __future__ import annotations

import pytest
from tests.smartcharging.builders import profile
from tests.smartcharging.judging import facts

from ocpp_iface.smartcharging import Candidate


@pytest.mark.parametrize(
    ("evse_id", "targets"), [(0, [1, 2, 3]), (None, [1, 2, 3]), (2, [2]), (9, [])]
)
def test_a_profile_of_the_station_acts_on_every_evse(
    evse_id: int | None, targets: list[int]
) -> None:
    found = Candidate(profile(), evse_id).targets(facts())

    assert [evse.id for evse in found] == targets


def test_an_evse_is_found_by_its_id() -> None:
    evse = facts().evse(3)

    assert evse is not None
    assert evse.dc
    assert facts().evse(9) is None
