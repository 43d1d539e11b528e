from __future__ import annotations

import pytest

from ocpp_iface.devicemodel import Layout, Located, Place, Unknown
from ocpp_iface.devicemodel.catalog import Connector, Evse, NetworkConfiguration, TxCtrlr
from ocpp_iface.devicemodel.component import ComponentDef
from ocpp_iface.devicemodel.custom import custom_variable, parse_address
from ocpp_iface.devicemodel.definition import Integer
from ocpp_iface.devicemodel.instances import Catalogue
from ocpp_iface.ports.topology import Topology

LAYOUT = Layout(Topology((1, 2)))


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("TxCtrlr/EVConnectionTimeOut", Located(TxCtrlr.ev_connection_timeout)),
        ("TXCTRLR/evconnectiontimeout", Located(TxCtrlr.ev_connection_timeout)),
        ("EVSE@2/Power", Located(Evse.power, Place(2))),
        ("Connector@2.2/ConnectorType", Located(Connector.connector_type, Place(2, 2))),
        (
            "NetworkConfiguration[2]/Identity",
            Located(NetworkConfiguration.identity, Place(instance="2")),
        ),
        ("TxCtrlr/Nonsense", Unknown.VARIABLE),
        ("TxCtrlr@1/EVConnectionTimeOut", Unknown.COMPONENT),
        ("TxCtrlr[x]/EVConnectionTimeOut", Unknown.COMPONENT),
        ("EVSE/Power", Unknown.COMPONENT),
        ("EVSE@3/Power", Unknown.COMPONENT),
        ("EVSE@1.1/Power", Unknown.COMPONENT),
        ("EVSE@2/Nonsense", Unknown.VARIABLE),
        ("Connector@1.2/ConnectorType", Unknown.COMPONENT),
        ("Connector@2/ConnectorType", Unknown.COMPONENT),
        ("NetworkConfiguration/Identity", Unknown.COMPONENT),
        ("NetworkConfiguration[3]/Identity", Unknown.COMPONENT),
        ("MessageTimeout/MessageTimeout", Unknown.COMPONENT),
        ("OCPPCommCtrlr/MessageTimeout", Unknown.VARIABLE),
    ],
)
def test_an_address_leads_to_its_variable_or_says_what_is_unknown(address, found):
    assert LAYOUT.locate(parse_address(address)) == found


def test_an_empty_instance_is_none():
    from ocpp_iface.types import Component, ComponentVariable, Variable

    address = ComponentVariable(
        Component("TxCtrlr", instance=""), Variable("TxStartPoint", instance="")
    )

    assert LAYOUT.locate(address) == Located(TxCtrlr.tx_start_point)


def test_custom_variables_are_found_at_their_own_place_only():
    own = custom_variable(parse_address("FiscalMetering[main]@1/EnergyImport"))
    more = custom_variable(parse_address("TxCtrlr/Lucky"))
    layout = Layout(Topology((1, 2)), extra=(own, more))

    assert layout.locate(parse_address("fiscalmetering[MAIN]@1/energyimport")) == own
    assert layout.locate(parse_address("FiscalMetering[main]@1/Other")) is Unknown.VARIABLE
    assert layout.locate(parse_address("FiscalMetering[main]@2/EnergyImport")) is Unknown.COMPONENT
    assert layout.locate(parse_address("TxCtrlr/Lucky")) == more
    assert layout.is_custom(more)
    assert not layout.is_custom(Located(TxCtrlr.tx_start_point))


def test_custom_variables_are_listed_with_their_component_or_at_the_end():
    own = custom_variable(parse_address("Toaster/Slots"))
    more = custom_variable(parse_address("ChargingStation/Lucky"))
    names = [each.definition.component for each in Layout(extra=(own, more))]

    assert names[-1] == "Toaster"
    assert names.index("EVSE") > max(i for i, name in enumerate(names) if name == "ChargingStation")


def test_two_variables_with_one_name_are_a_mistake_of_the_catalogue():
    class Twice(ComponentDef, name="Twice"):
        a = Integer("A")
        b = Integer("a")

    with pytest.raises(ValueError, match="two variables"):
        Catalogue((Twice,))
