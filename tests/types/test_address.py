from __future__ import annotations

from hypothesis import given

from ocpp_iface.sim.strategies import component_variables
from ocpp_iface.types import EVSE, Component, ComponentVariable, Variable


def test_names_and_instances_compare_without_case() -> None:
    one = ComponentVariable(Component("EVSE", instance="Left"), Variable("Power", instance="Max"))
    other = ComponentVariable(Component("evse", instance="LEFT"), Variable("POWER", instance="max"))

    assert one == other
    assert hash(one) == hash(other)
    assert {one: 1}[other] == 1


def test_each_value_keeps_its_spelling() -> None:
    assert Component("evSE", instance="aB").name == "evSE"
    assert Component("evSE", instance="aB").instance == "aB"
    assert Variable("pOwEr").name == "pOwEr"


def test_what_differs_in_more_than_case_is_not_equal() -> None:
    assert Variable("Power") != Variable("Power", instance="")
    assert Variable("Power", instance="a") != Variable("Power", instance="b")
    assert Component("EVSE") != Component("EVSE", evse=EVSE(1))
    assert Component("EVSE", evse=EVSE(1)) != Component("EVSE", evse=EVSE(1, connector_id=1))
    assert Component("A") != Variable("A")


@given(component_variables())
def test_changed_case_is_the_same_address(address: ComponentVariable) -> None:
    component, variable = address.component, address.variable
    folded = ComponentVariable(
        Component(component.name.casefold()[:50], instance=component.instance, evse=component.evse),
        variable,
    )

    same = len(component.name.casefold()) <= 50
    assert (folded == address) is same
    assert (hash(folded) == hash(address)) is same
