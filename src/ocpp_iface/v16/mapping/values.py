"""What the values of some configuration keys have to be beyond their type (sections 9.1 and 3.16.4)."""

from __future__ import annotations

import re
from typing import Any, Final

from ocpp_iface.devicemodel.catalog import AlignedDataCtrlr, OCPP16LegacyCtrlr, SampledDataCtrlr
from ocpp_iface.devicemodel.definition import VarDef
from ocpp_iface.v16.mapping import metering

_MEASURANDS: Final[tuple[VarDef[Any], ...]] = (
    AlignedDataCtrlr.measurands,
    AlignedDataCtrlr.tx_ended_measurands,
    SampledDataCtrlr.tx_ended_measurands,
    SampledDataCtrlr.tx_updated_measurands,
)
_NO_PHASES: Final = "NotApplicable|Unknown"
_ROTATION: Final = re.compile(
    rf"(?:(0|[1-9][0-9]{{0,4}})\.)?({_NO_PHASES}|RST|RTS|SRT|STR|TRS|TSR)", re.ASCII
)


def is_meant(definition: VarDef[Any], value: str, connectors: int) -> bool:
    """Whether 1.6 knows what `value` asks for; `connectors`: how many the station has."""
    words = [word.strip() for word in value.split(",")] if value.strip() else []
    if definition is OCPP16LegacyCtrlr.connector_phase_rotation:
        return are_rotations(words, connectors)
    return definition not in _MEASURANDS or all(metering.is_measurand(word) for word in words)


def are_rotations(words: list[str], connectors: int) -> bool:
    """9.1.7: `<connector>.<rotation>`, 0 being the main meter. A word without a connector, about the
    whole station, is understood only where it names no order of phases.
    """
    seen = []
    for word in words:
        found = _ROTATION.fullmatch(word)
        if found is None:
            return False
        number, rotation = found.groups()
        if number is None and rotation not in _NO_PHASES.split("|"):
            return False
        if number in seen or (number is not None and int(number) > connectors):
            return False
        seen.append(number)
    return True
