"""What one variable is: type, default, unit, limits, access and 1.6 keys on one line.

Definitions are immutable data shared by all stations of a process; a `DeviceModel` holds only the
values that differ from them. `VarDef[T]` carries the Python type of the value, so that
`variables.get(TxCtrlr.ev_connection_timeout)` is an `int` for mypy too.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any, Generic, TypedDict, TypeVar, Unpack, overload

from attrs import field, frozen

from ocpp_iface.types.variables import AttributeEnum

T = TypeVar("T")


class DataType(StrEnum):
    """The words of VariableCharacteristics.dataType."""

    STRING = "string"
    DECIMAL = "decimal"
    INTEGER = "integer"
    DATE_TIME = "dateTime"
    BOOLEAN = "boolean"
    OPTION_LIST = "OptionList"
    SEQUENCE_LIST = "SequenceList"
    MEMBER_LIST = "MemberList"

    @property
    def is_list(self) -> bool:
        return self in (DataType.SEQUENCE_LIST, DataType.MEMBER_LIST)

    @property
    def is_number(self) -> bool:
        return self in (DataType.INTEGER, DataType.DECIMAL)


class Access(StrEnum):
    """The words of VariableAttribute.mutability."""

    READ_ONLY = "ReadOnly"
    WRITE_ONLY = "WriteOnly"
    READ_WRITE = "ReadWrite"


RO, WO, RW = Access.READ_ONLY, Access.WRITE_ONLY, Access.READ_WRITE


class Scope(StrEnum):
    """Of what there is one instance of a component."""

    STATION = "station"
    EVSE = "evse"
    CONNECTOR = "connector"
    SLOT = "slot"
    """One per network configuration slot; the component instance is the slot number."""


class KeyPart(StrEnum):
    """Which part of a variable a 1.6 key shows."""

    VALUE = "value"
    """The Actual attribute: readable and, by its access, writable."""
    LIMIT = "limit"
    """The upper limit (for lists, the number of items): never writable, never an address."""
    CHOICES = "choices"
    """The values list: never writable, never an address."""


class Profile(StrEnum):
    """The 1.6 feature profiles, and three groups of keys beside them."""

    CORE = "Core"
    FIRMWARE = "FirmwareManagement"
    LOCAL_LIST = "LocalAuthListManagement"
    RESERVATION = "Reservation"
    SMART_CHARGING = "SmartCharging"
    REMOTE_TRIGGER = "RemoteTrigger"
    SECURITY = "Security"
    PNC = "PnC"
    COST = "CostAndPrice"
    INTERNAL = "Internal"


@frozen
class Key16:
    """One 1.6 configuration key of a variable.

    `words` translates members of a list between the versions: (2.x word, 1.6 word).
    """

    name: str
    profile: Profile = Profile.CORE
    part: KeyPart = KeyPart.VALUE
    read_only: bool = False
    """The key cannot be written although the variable can."""
    max_length: int | None = None
    """A tighter limit of 1.6 on the text."""
    words: tuple[tuple[str, str], ...] = ()


def key(
    name: str,
    profile: Profile = Profile.CORE,
    *,
    read_only: bool = False,
    max_length: int | None = None,
    words: tuple[tuple[str, str], ...] = (),
) -> Key16:
    return Key16(name, profile, KeyPart.VALUE, read_only, max_length, words)


def max_limit(name: str, profile: Profile = Profile.CORE) -> Key16:
    """A key that shows the upper limit of a number, or how many items a list may have."""
    return Key16(name, profile, KeyPart.LIMIT, read_only=True)


def values_list(name: str, profile: Profile = Profile.CORE) -> Key16:
    """A key that shows which members a list may have."""
    return Key16(name, profile, KeyPart.CHOICES, read_only=True)


def _keys(value: str | Key16 | tuple[str | Key16, ...]) -> tuple[Key16, ...]:
    given = value if isinstance(value, tuple) else (value,)
    return tuple(Key16(item) if isinstance(item, str) else item for item in given)


@frozen(eq=False, kw_only=True)
class VarDef(Generic[T]):
    """One variable of the catalogue; equal only to itself, so it is a fast dictionary key."""

    name: str
    data_type: DataType
    default: T
    component: str = ""
    scope: Scope = Scope.STATION
    instance: str | None = None
    access: Access = RO
    unit: str | None = None
    minimum: float | None = None
    """Of a number: the lowest value. Of a string: the lowest length that is not 0."""
    maximum: float | None = None
    """Of a number: the highest value. Of text and lists: the highest length in characters."""
    values: tuple[str, ...] = ()
    max_items: int | None = None
    suffixes: tuple[str, ...] = ()
    """A member may be one of `values` with one of these behind a dot (measurand and phase)."""
    key16: tuple[Key16, ...] = field(default=(), converter=_keys)
    attributes: tuple[AttributeEnum, ...] = (AttributeEnum.Actual,)
    required: bool = False
    monitored: bool = True
    """The CSMS may set a monitor on it."""
    persistent: bool = True
    constant: bool = False
    reboot: bool = False
    """A change takes effect only after a reboot (or a new connection)."""
    derived: bool = False
    """Its value may be supplied by the station at the time of reading (`DeviceModel.provide`)."""
    also: tuple[tuple[str, str], ...] = ()
    """Further addresses (component, variable) of the same value."""
    chosen: bool = False
    """That somebody set it has a meaning of its own, even if the value is the default."""

    @property
    def write_only(self) -> bool:
        return self.access is WO

    def __repr__(self) -> str:
        instance = f"[{self.instance}]" if self.instance else ""
        return f"<{self.component}.{self.name}{instance}>"


class Traits(TypedDict, total=False):
    """What any kind of variable may be declared with; see `VarDef`."""

    instance: str | None
    access: Access
    unit: str | None
    minimum: float | None
    maximum: float | None
    key16: str | Key16 | tuple[str | Key16, ...]
    attributes: tuple[AttributeEnum, ...]
    required: bool
    monitored: bool
    persistent: bool
    constant: bool
    reboot: bool
    derived: bool
    also: tuple[tuple[str, str], ...]
    chosen: bool


# The functions below are named like the types they declare, as a declaration reads best.


@overload
def Integer(name: str, default: int, **traits: Unpack[Traits]) -> VarDef[int]: ...
@overload
def Integer(name: str, default: None = ..., **traits: Unpack[Traits]) -> VarDef[int | None]: ...
def Integer(name: str, default: int | None = None, **traits: Unpack[Traits]) -> VarDef[Any]:  # noqa: N802 - declares a type
    return VarDef(name=name, data_type=DataType.INTEGER, default=default, **traits)


@overload
def Decimal(name: str, default: float, **traits: Unpack[Traits]) -> VarDef[float]: ...
@overload
def Decimal(name: str, default: None = ..., **traits: Unpack[Traits]) -> VarDef[float | None]: ...
def Decimal(name: str, default: float | None = None, **traits: Unpack[Traits]) -> VarDef[Any]:  # noqa: N802 - declares a type
    return VarDef(name=name, data_type=DataType.DECIMAL, default=default, **traits)


def Boolean(name: str, default: bool = False, **traits: Unpack[Traits]) -> VarDef[bool]:  # noqa: N802 - declares a type
    return VarDef(name=name, data_type=DataType.BOOLEAN, default=default, **traits)


def String(name: str, default: str = "", **traits: Unpack[Traits]) -> VarDef[str]:  # noqa: N802 - declares a type
    return VarDef(name=name, data_type=DataType.STRING, default=default, **traits)


def DateTime(name: str, **traits: Unpack[Traits]) -> VarDef[datetime | None]:  # noqa: N802 - declares a type
    return VarDef(name=name, data_type=DataType.DATE_TIME, default=None, **traits)


def OptionList(  # noqa: N802 - declares a type
    name: str, default: str, values: tuple[str, ...], **traits: Unpack[Traits]
) -> VarDef[str]:
    """Exactly one of `values`; "" only as the default, for what is not set."""
    return VarDef(
        name=name, data_type=DataType.OPTION_LIST, default=default, values=values, **traits
    )


def MemberList(  # noqa: N802 - declares a type
    name: str,
    default: tuple[str, ...],
    values: tuple[str, ...],
    *,
    max_items: int | None = None,
    suffixes: tuple[str, ...] = (),
    **traits: Unpack[Traits],
) -> VarDef[tuple[str, ...]]:
    """Any of `values`, each once, in any order."""
    return VarDef(
        name=name,
        data_type=DataType.MEMBER_LIST,
        default=default,
        values=values,
        max_items=max_items,
        suffixes=suffixes,
        **traits,
    )


def SequenceList(  # noqa: N802 - declares a type
    name: str,
    default: tuple[str, ...],
    values: tuple[str, ...],
    *,
    max_items: int | None = None,
    **traits: Unpack[Traits],
) -> VarDef[tuple[str, ...]]:
    """Any of `values`, each once, the order being the meaning."""
    return VarDef(
        name=name,
        data_type=DataType.SEQUENCE_LIST,
        default=default,
        values=values,
        max_items=max_items,
        **traits,
    )
