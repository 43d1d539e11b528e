"""What 2.0.1 knows of the values of variables."""

from __future__ import annotations

from typing import Any

import pytest

from ocpp_iface.devicemodel.catalog import (
    AlignedDataCtrlr,
    ChargingStation,
    ClockCtrlr,
    SampledDataCtrlr,
)
from ocpp_iface.types import Component, Variable
from ocpp_iface.v201.mapping.values import is_meant, known_members

ENERGY = "Energy.Active.Import.Register"


@pytest.mark.parametrize(
    ("definition", "value", "expected"),
    [
        (SampledDataCtrlr.tx_updated_measurands, "", True),
        (SampledDataCtrlr.tx_updated_measurands, f"{ENERGY}, SoC", True),
        (SampledDataCtrlr.tx_started_measurands, "SoC,Temperature", False),
        (SampledDataCtrlr.tx_ended_measurands, "RPM", False),
        (AlignedDataCtrlr.measurands, "Voltage.L1", False),
        (AlignedDataCtrlr.tx_ended_measurands, "Energy.Active.Net", True),
        (ClockCtrlr.time_offset, "+01:00", True),
        (ClockCtrlr.time_offset, "-02:30", True),
        (ClockCtrlr.time_offset, "01:00", False),
        (ClockCtrlr.time_offset, "+25:00", False),
        (ClockCtrlr.time_offset, "summer", False),
        (ClockCtrlr.time_offset_next_transition, "", True),
        (ClockCtrlr.time_offset_next_transition, "+2", False),
        (ChargingStation.phase_rotation, "RSx", True),
        (ChargingStation.phase_rotation, "", True),
        (ChargingStation.phase_rotation, "L1L2L3", False),
        (ClockCtrlr.time_zone, "anything", True),
    ],
)
def test_values_are_what_the_standard_means(definition: Any, value: str, expected: bool) -> None:
    """B05.FR.07; referenced variables 2.1.27, 2.7, 2.13.5."""
    assert is_meant(definition, value) is expected


def test_measurands_of_other_versions_are_in_no_list() -> None:
    members = f"{ENERGY},RPM,SoC,Temperature"

    for component, variable in (
        ("SampledDataCtrlr", "TxUpdatedMeasurands"),
        ("AlignedDataCtrlr", "Measurands"),
    ):
        known = known_members(Component(component), Variable(variable), members)
        assert known == f"{ENERGY},SoC"
    assert known_members(Component("Vendor"), Variable("Measurands"), members) == members
