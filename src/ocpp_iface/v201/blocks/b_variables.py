"""B: GetVariables and SetVariables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ocpp_iface.devicemodel.access import Addressing, Caller, Target
from ocpp_iface.devicemodel.catalog import DeviceDataCtrlr
from ocpp_iface.devicemodel.instances import Unknown
from ocpp_iface.engine.block import Block
from ocpp_iface.engine.dispatcher import Handler
from ocpp_iface.errors import PayloadError
from ocpp_iface.station.context import StationContext
from ocpp_iface.types import (
    ComponentVariable,
    GetVariableStatusEnumType,
    SetVariableRequest,
    SetVariableStatusEnumType,
)
from ocpp_iface.v201.mapping import status_info, values, variables
from ocpp_iface.v201.request_limits import check_size
from ocpp_iface.wire.v201 import call, call_result, datatypes, enums

_Get = enums.GetVariableStatusEnumType
_Set = enums.SetVariableStatusEnumType
_ACTUAL = enums.AttributeEnumType.actual
_MOST_BYTES_GET = 1_000
"""More than any element of GetVariables can have: two names and two instances."""
_MOST_BYTES_SET = 6_000
"""With a value of 1000 characters, too."""
_REMEMBERED = 1_000
"""Addresses whose meaning is kept."""


class Variables(Block):
    code = "B"

    def __init__(self, ctx: StationContext) -> None:
        self._ctx = ctx
        self._targets: dict[object, Target | Unknown] = {}

    def routes(self) -> Mapping[type, Handler]:
        return {call.GetVariables: self.get, call.SetVariables: self.set}

    def get(self, request: Any) -> call_result.GetVariables:
        """B06.FR.01, B06.FR.05, B06.FR.16, B06.FR.17: one result for each element, in order."""
        wanted = request.get_variable_data
        check_size(
            request,
            len(wanted),
            most_items=self._ctx.variables.get(DeviceDataCtrlr.items_per_get_variables),
            most_bytes=self._ctx.variables.get(DeviceDataCtrlr.bytes_per_get_variables),
            item_bytes=_MOST_BYTES_GET,
        )
        return call_result.GetVariables([self._get_one(item) for item in wanted])

    def set(self, request: Any) -> call_result.SetVariables:
        """B05.FR.01, B05.FR.11: one result for each element, in order."""
        wanted = request.set_variable_data
        check_size(
            request,
            len(wanted),
            most_items=self._ctx.variables.get(DeviceDataCtrlr.items_per_set_variables),
            most_bytes=self._ctx.variables.get(DeviceDataCtrlr.bytes_per_set_variables),
            item_bytes=_MOST_BYTES_SET,
        )
        return call_result.SetVariables([self._set_one(item) for item in wanted])

    # -- inside --------------------------------------------------------------------------------

    def _get_one(self, item: datatypes.GetVariableDataType) -> datatypes.GetVariableResultType:
        """B06.FR.02 to B06.FR.15: the address comes back as it was asked."""
        component, variable = item.component, item.variable
        attribute = item.attribute_type
        read = self._ctx.access.read_at(
            self._target(component, variable), variables.attribute_from_wire(attribute), Caller.CSMS
        )
        refusal = read.refusal
        return datatypes.GetVariableResultType(
            _GET[read.status],
            component,
            variable,
            attribute or _ACTUAL,
            read.value,
            None if refusal is None else status_info.to_wire(read.status_info),
        )

    def _target(
        self, component: datatypes.ComponentType, variable: datatypes.VariableType
    ) -> Target | Unknown:
        """Where the address leads; a CSMS asks for the same ones again and again."""
        evse = component.evse
        place = (component.instance, evse.id, evse.connector_id) if evse else component.instance
        key = (component.name, variable.name, place, variable.instance)
        target = self._targets.get(key)
        if target is None:
            address = _address(component, variable)
            target = Unknown.COMPONENT
            if address is not None:
                target = self._ctx.access.find(address, Addressing.COMPONENTS, Caller.CSMS)
            if len(self._targets) >= _REMEMBERED:
                self._targets.clear()
            self._targets[key] = target
        return target

    def _set_one(self, item: datatypes.SetVariableDataType) -> datatypes.SetVariableResultType:
        """B05.FR.02 to B05.FR.12"""
        component, variable = item.component, item.variable
        attribute = item.attribute_type or _ACTUAL
        address = _address(component, variable)
        if address is None:
            return datatypes.SetVariableResultType(
                _Set.unknown_component, component, variable, attribute
            )
        target = self._target(component, variable)
        if (
            isinstance(target, Target)
            and attribute is _ACTUAL
            and not values.is_meant(target.located.definition, item.attribute_value)
        ):
            return datatypes.SetVariableResultType(
                _Set.rejected,
                component,
                variable,
                attribute,
                status_info.because("InvalidValue", "not in the format of this variable"),
            )
        outcome = self._ctx.access.set_one(
            SetVariableRequest(
                address,
                item.attribute_value,
                attribute_type=variables.attribute_from_wire(item.attribute_type),
            ),
            "csms",
            Addressing.COMPONENTS,
            Caller.CSMS,
        )
        return datatypes.SetVariableResultType(
            _SET[outcome.result.status],
            component,
            variable,
            attribute,
            status_info.to_wire(outcome.status_info),
        )


_GET = {each: _Get(each.value) for each in GetVariableStatusEnumType}
_SET = {each: _Set(each.value) for each in SetVariableStatusEnumType}


def _address(
    component: datatypes.ComponentType, variable: datatypes.VariableType
) -> ComponentVariable | None:
    """None if no station can have such an EVSE or connector."""
    try:
        return variables.address_from_wire(component, variable)
    except PayloadError:
        return None
