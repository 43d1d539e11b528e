"""How long values may be on their way to and from the CSMS: ConfigurationValueSize for what it sets and
for value lists, ReportingValueSize for what it reads, ValueSize for all of them.
"""

from __future__ import annotations

from ocpp_iface.devicemodel.catalog import DeviceDataCtrlr
from ocpp_iface.devicemodel.model import DeviceModel


def longest_set(variables: DeviceModel) -> int:
    """Characters of SetVariableData.attributeValue and VariableCharacteristics.valuesList."""
    get = variables.get
    return min(get(DeviceDataCtrlr.configuration_value_size), get(DeviceDataCtrlr.value_size))


def longest_reported(variables: DeviceModel) -> int:
    """Characters of GetVariableResult.attributeValue, VariableAttribute.value, EventData.actualValue."""
    get = variables.get
    return min(get(DeviceDataCtrlr.reporting_value_size), get(DeviceDataCtrlr.value_size))


def whole_words(values: str, longest: int) -> str:
    """As many words of a comma-separated list as fit, none of them cut."""
    return values if len(values) <= longest else values[: longest + 1].rpartition(",")[0]
