"""Requests and results of `get_variables` and `set_variables`."""

from __future__ import annotations

from enum import StrEnum

from attrs import field, frozen

from ocpp_iface.types.address import ComponentVariable
from ocpp_iface.types.check import Instance, Optional, Text, Word
from ocpp_iface.types.redaction import is_secret, repr_guarding


class AttributeEnum(StrEnum):
    Actual = "Actual"
    Target = "Target"
    MinSet = "MinSet"
    MaxSet = "MaxSet"


class GetVariableStatusEnumType(StrEnum):
    Accepted = "Accepted"
    Rejected = "Rejected"
    UnknownComponent = "UnknownComponent"
    UnknownVariable = "UnknownVariable"
    NotSupportedAttributeType = "NotSupportedAttributeType"


class SetVariableStatusEnumType(StrEnum):
    Accepted = "Accepted"
    Rejected = "Rejected"
    UnknownComponent = "UnknownComponent"
    UnknownVariable = "UnknownVariable"
    NotSupportedAttributeType = "NotSupportedAttributeType"
    RebootRequired = "RebootRequired"


@frozen
class GetVariableRequest:
    """Ask for one attribute of a variable; absent `attribute_type` means Actual."""

    component_variable: ComponentVariable = field(validator=Instance(ComponentVariable))
    attribute_type: AttributeEnum | None = field(
        default=None, kw_only=True, validator=Optional(Word(AttributeEnum))
    )


@frozen(repr=False)
class GetVariableResult:
    """`value` is there only if `status` is Accepted."""

    status: GetVariableStatusEnumType = field(validator=Word(GetVariableStatusEnumType))
    component_variable: ComponentVariable = field(validator=Instance(ComponentVariable))
    attribute_type: AttributeEnum | None = field(
        default=None, kw_only=True, validator=Optional(Word(AttributeEnum))
    )
    value: str | None = field(default=None, kw_only=True, validator=Optional(Text(2500)))

    def __repr__(self) -> str:
        return repr_guarding(self, "value", is_secret(self.component_variable))


@frozen(repr=False)
class SetVariableRequest:
    """Set one attribute of a variable; absent `attribute_type` means Actual."""

    component_variable: ComponentVariable = field(validator=Instance(ComponentVariable))
    value: str = field(validator=Text(1000))
    attribute_type: AttributeEnum | None = field(
        default=None, kw_only=True, validator=Optional(Word(AttributeEnum))
    )

    def __repr__(self) -> str:
        return repr_guarding(self, "value", is_secret(self.component_variable))


@frozen
class SetVariableResult:
    """What became of one SetVariableRequest."""

    status: SetVariableStatusEnumType = field(validator=Word(SetVariableStatusEnumType))
    component_variable: ComponentVariable = field(validator=Instance(ComponentVariable))
    attribute_type: AttributeEnum | None = field(
        default=None, kw_only=True, validator=Optional(Word(AttributeEnum))
    )
