"""C11: ClearCache; C01: Authorize."""

from __future__ import annotations

from typing import Any

import pytest

from ocpp_iface.sim.bench import Bench


def test_cleared_cache_asks_the_csms_again(bench: Bench) -> None:
    bench.session(seconds=5.0)
    bench.charging(1)
    assert len(bench.csms.received("Authorize")) == 1
    bench.stop_authorized()
    bench.unplugged()

    assert bench.call("ClearCache") == {"status": "Accepted"}
    bench.charging(1)

    assert len(bench.csms.received("Authorize")) == 2


def test_a_disabled_cache_cannot_be_cleared(make_bench: Any) -> None:
    bench = make_bench(variables={"AuthCacheCtrlr.Enabled": False})

    assert bench.call("ClearCache") == {"status": "Rejected"}


@pytest.mark.parametrize("status", ["Blocked", "Expired", "Invalid", "NoCredit", "NotAtThisTime"])
def test_a_refused_token_starts_nothing(bench: Bench, status: str) -> None:
    bench.csms.tokens.put("BAD", status)
    bench.ev_connected(1)

    outcome = bench.station.present_token("BAD", 1)

    assert outcome.status == status
    bench.run(10.0)
    assert bench.csms.received("TransactionEvent") == []
