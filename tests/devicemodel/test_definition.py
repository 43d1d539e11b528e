from __future__ import annotations

from ocpp_iface.devicemodel.component import ComponentDef
from ocpp_iface.devicemodel.definition import (
    RW,
    Boolean,
    Decimal,
    Integer,
    Key16,
    KeyPart,
    MemberList,
    Profile,
    Scope,
    key,
    max_limit,
    values_list,
)


class Toaster(ComponentDef, name="Toaster", scope=Scope.EVSE):
    slots = Integer("Slots", default=2, access=RW, key16="ToasterSlots")
    crispness = Decimal("Crispness", default=0.5)
    lit = Boolean("Lit")
    breads = MemberList(
        "Breads", ("Rye",), ("Rye", "Wheat"), key16=("Breads", max_limit("BreadsMaxLength"))
    )
    note = "not a variable"


def test_a_component_collects_its_variables_in_order_of_declaration():
    assert [each.name for each in Toaster.variables] == ["Slots", "Crispness", "Lit", "Breads"]


def test_a_variable_learns_its_component_and_scope():
    assert Toaster.slots.component == "Toaster"
    assert Toaster.slots.scope is Scope.EVSE
    assert repr(Toaster.slots) == "<Toaster.Slots>"


def test_a_key_may_be_given_as_a_name_or_as_what_it_shows():
    assert Toaster.slots.key16 == (Key16("ToasterSlots"),)
    assert [each.part for each in Toaster.breads.key16] == [KeyPart.VALUE, KeyPart.LIMIT]
    assert values_list("X").part is KeyPart.CHOICES
    assert key("X", Profile.PNC, read_only=True).read_only


def test_equal_declarations_are_different_variables():
    assert Integer("A") != Integer("A")
