"""Remote Trigger of 1.6."""

from __future__ import annotations

import pytest
from steps16 import value_of


@pytest.mark.parametrize("beyond", [1, 50])
def test_tc_055_cs(bench16, beyond):
    bench = bench16
    unknown = int(value_of(bench, "NumberOfConnectors")) + beyond

    answer = bench.call("TriggerMessage", requestedMessage="MeterValues", connectorId=unknown)

    assert answer == {"status": "Rejected"}
    bench.csms.expect_none("MeterValues", within_s=30)
    bench.quiet()
