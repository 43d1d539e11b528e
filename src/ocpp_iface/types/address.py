"""Where a value lives: EVSE, component, variable.

Names and instances compare without regard to case, as the specification asks; each value keeps the
spelling it was made with.
"""

from __future__ import annotations

from attrs import field, frozen

from ocpp_iface.types.check import Instance, Integer, Optional, Text

_IDENTIFIER = Text(50)


def _fold(name: str | None) -> str | None:
    return None if name is None else name.casefold()


@frozen
class EVSE:
    """An EVSE (1, 2, ...) or one of its connectors (1, 2, ...)."""

    id: int = field(validator=Integer(minimum=1))
    connector_id: int | None = field(
        default=None, kw_only=True, validator=Optional(Integer(minimum=1))
    )


@frozen
class Component:
    """A part of the station; without `evse` it belongs to the station as a whole."""

    name: str = field(eq=_fold, validator=_IDENTIFIER)
    instance: str | None = field(
        default=None, kw_only=True, eq=_fold, validator=Optional(_IDENTIFIER)
    )
    evse: EVSE | None = field(default=None, kw_only=True, validator=Optional(Instance(EVSE)))


@frozen
class Variable:
    """A property of a component, or the name of a 1.6 configuration key."""

    name: str = field(eq=_fold, validator=_IDENTIFIER)
    instance: str | None = field(
        default=None, kw_only=True, eq=_fold, validator=Optional(_IDENTIFIER)
    )


@frozen
class ComponentVariable:
    """The address of one value."""

    component: Component = field(validator=Instance(Component))
    variable: Variable = field(validator=Instance(Variable))
