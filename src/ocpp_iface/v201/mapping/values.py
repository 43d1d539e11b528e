"""What the values of some variables have to be beyond their type (part 2, referenced variables)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from ocpp_iface.devicemodel.catalog import (
    AlignedDataCtrlr,
    ChargingStation,
    ClockCtrlr,
    SampledDataCtrlr,
)
from ocpp_iface.devicemodel.definition import VarDef
from ocpp_iface.types import Component, Variable
from ocpp_iface.v201.mapping import metering

_MEASURANDS: Final[tuple[VarDef[Any], ...]] = (
    AlignedDataCtrlr.measurands,
    AlignedDataCtrlr.tx_ended_measurands,
    SampledDataCtrlr.tx_ended_measurands,
    SampledDataCtrlr.tx_started_measurands,
    SampledDataCtrlr.tx_updated_measurands,
)
_OFFSET: Final = re.compile(r"(?:[+-](?:0\d|1[0-4]):[0-5]\d)?", re.ASCII)
_FORMATS: Final[Mapping[VarDef[Any], re.Pattern[str]]] = {
    ClockCtrlr.time_offset: _OFFSET,
    ClockCtrlr.time_offset_next_transition: _OFFSET,
    ChargingStation.phase_rotation: re.compile(r"(?:[RSTx]{3})?", re.ASCII),
}
"""2.1.27, 2.1.29, 2.13.5; nothing at all is "not set"."""
_MEASURAND_NAMES: Final = [
    (each.component.casefold(), each.name.casefold()) for each in _MEASURANDS
]


def is_meant(definition: VarDef[Any], value: str) -> bool:
    """B05.FR.07: whether 2.0.1 knows what `value` asks for. Its measurands have no phases: all that
    the meter has are reported.
    """
    if definition in _MEASURANDS:
        words = [word.strip() for word in value.split(",")] if value.strip() else []
        return all(map(metering.is_measurand, words))
    form = _FORMATS.get(definition)
    return form is None or form.fullmatch(value) is not None


def known_members(component: Component, variable: Variable, members: str) -> str:
    """Of a values list, what 2.0.1 knows: the model has the measurands of all versions."""
    if (component.name.casefold(), variable.name.casefold()) not in _MEASURAND_NAMES:
        return members
    return ",".join(word for word in members.split(",") if metering.is_measurand(word))
