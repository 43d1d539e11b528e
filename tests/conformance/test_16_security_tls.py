"""Security of 1.6: the handshakes on a real socket, as a CSMS sees them."""

from __future__ import annotations

import pytest
from real_csms import Csms, assert_has_its_password, boots, context_of, each_suite

pytestmark = pytest.mark.e2e


def assert_booted_with_its_password(csms: Csms) -> None:
    assert_has_its_password(csms)
    statuses = csms.of("StatusNotification")
    assert [each["connectorId"] for each in statuses] == [0, 1, 2]
    assert {each["status"] for each in statuses} == {"Available"}


def test_tc_085_cs():
    csms = boots("ocpp1.6", 1)

    assert csms.tls is None
    assert_booted_with_its_password(csms)


@each_suite
def test_tc_086_cs(certificate, suite):
    csms = boots("ocpp1.6", 2, context_of(certificate, suite))

    assert csms.tls == ("TLSv1.3" if suite is None else "TLSv1.2")
    assert_booted_with_its_password(csms)
