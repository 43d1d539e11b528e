"""Components are declared as classes whose attributes are their variables."""

from __future__ import annotations

from typing import Any, ClassVar

from attrs import evolve

from ocpp_iface.devicemodel.definition import Scope, VarDef


class ComponentDef:
    """Base of the catalogue: `class TxCtrlr(ComponentDef, name="TxCtrlr"): ...`.

    A subclass is never instantiated. Its `VarDef` attributes learn to which component they belong.
    """

    component: ClassVar[str]
    scope: ClassVar[Scope]
    variables: ClassVar[tuple[VarDef[Any], ...]]
    """In the order of declaration."""

    def __init_subclass__(cls, *, name: str, scope: Scope = Scope.STATION) -> None:
        bound = []
        for attribute, declared in list(vars(cls).items()):
            if isinstance(declared, VarDef):
                definition: VarDef[Any] = evolve(declared, component=name, scope=scope)
                setattr(cls, attribute, definition)
                bound.append(definition)
        cls.component, cls.scope, cls.variables = name, scope, tuple(bound)
