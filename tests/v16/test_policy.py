"""What 1.6 says about the behaviour of the station itself."""

from types import SimpleNamespace

import pytest

from ocpp_iface.devicemodel.catalog import OCPPCommCtrlr, SampledDataCtrlr, TxCtrlr
from ocpp_iface.station.policy import TxPoint
from ocpp_iface.types import IdToken
from ocpp_iface.v16.policy import V16Policy


def policy(**values):
    table = {
        TxCtrlr.stop_tx_on_ev_side_disconnect: values.get("stop", True),
        OCPPCommCtrlr.unlock_on_ev_side_disconnect: values.get("unlock", True),
        SampledDataCtrlr.tx_updated_interval: 77,
    }
    return V16Policy(SimpleNamespace(variables=SimpleNamespace(get=table.__getitem__)))


def test_a_transaction_needs_ev_and_driver():
    assert policy().start_points() == (TxPoint.POWER_PATH_CLOSED,)


def test_whether_the_ev_may_end_it_is_configured():
    assert policy(stop=True).stop_points() == (TxPoint.EV_CONNECTED, TxPoint.AUTHORIZED)
    assert policy(stop=False).stop_points() == (TxPoint.AUTHORIZED,)


@pytest.mark.parametrize(
    ("stop", "unlock", "unlocks"),
    [(True, True, True), (True, False, False), (False, True, False), (False, False, False)],
)
def test_a_transaction_that_goes_on_keeps_its_cable(stop, unlock, unlocks):
    """4.10"""
    assert policy(stop=stop, unlock=unlock).unlock_on_ev_side_disconnect() is unlocks


def test_there_is_one_interval_for_samples():
    assert policy().sample_interval_s() == policy().ended_interval_s() == 77


def test_only_twenty_characters_make_an_id_tag():
    assert policy().can_name(IdToken("x" * 20))
    assert not policy().can_name(IdToken("x" * 21))


def test_keys_come_first_and_nobody_waits_for_an_ev_to_come_back():
    assert policy().keys_first
    assert not policy().reconnect_timeout()


@pytest.mark.parametrize(("number", "public"), [(None, None), (0, "0"), (-5, "-5"), (42, "42")])
def test_the_id_of_a_transaction_is_the_number_of_the_csms(number, public):
    assert policy().public_transaction_id(SimpleNamespace(number=number)) == public
