"""P, DataTransfer and customData."""

from __future__ import annotations

import pytest
from provisioning201 import at

from ocpp_iface.sim.hardware import ALL_METHODS

VENDOR = "org.openchargealliance.TS"
EXTRA = {"vendorId": VENDOR, "anything": [1, {"more": True}]}


@pytest.mark.parametrize("methods", [ALL_METHODS, ALL_METHODS - {"data_transfer"}])
@pytest.mark.parametrize("data", [None, "text", {"nested": [1, 2]}])
def test_tc_p_01_cs(make_bench, methods, data):
    bench = make_bench(hardware_methods=methods)
    payload = {} if data is None else {"data": data}

    answer = bench.call("DataTransfer", vendorId=VENDOR, messageId="unused", **payload)

    assert answer["status"] in {"UnknownVendorId", "UnknownMessageId", "Rejected"}
    bench.quiet(1.0)


def test_tc_p_03_cs(bench):
    """customData in every object of the request changes nothing."""
    item = at("OCPPCommCtrlr", "OfflineThreshold", attributeType="Actual")
    decorated = {
        **item,
        "component": {**item["component"], "customData": EXTRA},
        "variable": {**item["variable"], "customData": EXTRA},
        "customData": EXTRA,
    }

    written = bench.call(
        "SetVariables",
        setVariableData=[{**decorated, "attributeValue": "200"}],
        customData=EXTRA,
    )
    read = bench.call("GetVariables", getVariableData=[decorated], customData=EXTRA)

    (set_result,) = written["setVariableResult"]
    assert set_result["attributeStatus"] == "Accepted"
    (get_result,) = read["getVariableResult"]
    assert get_result["attributeStatus"] == "Accepted"
    assert get_result.get("attributeType", "Actual") == "Actual"
    assert get_result["attributeValue"] == "200"
