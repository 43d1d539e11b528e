"""B09: SetNetworkProfile."""

from __future__ import annotations

from typing import Any

from ocpp_iface.sim.bench import Bench


def profile(**changes: Any) -> dict[str, Any]:
    return {
        "ocppVersion": "OCPP20",
        "ocppTransport": "JSON",
        "ocppCsmsUrl": "ws://other.sim/ocpp",
        "messageTimeout": 30,
        "securityProfile": 0,
        "ocppInterface": "Wired0",
        **changes,
    }


def install(bench: Bench, slot: int = 2, **changes: Any) -> dict[str, Any]:
    return bench.call(
        "SetNetworkProfile", configurationSlot=slot, connectionData=profile(**changes)
    )


def url_of(bench: Bench, slot: int) -> Any:
    answer = bench.call(
        "GetVariables",
        getVariableData=[
            {
                "component": {"name": "NetworkConfiguration", "instance": str(slot)},
                "variable": {"name": "OcppCsmsUrl"},
            }
        ],
    )
    return answer["getVariableResult"][0].get("attributeValue")


def test_a_valid_profile_is_installed(bench: Bench) -> None:
    assert install(bench) == {"status": "Accepted"}
    assert url_of(bench, 2) == "ws://other.sim/ocpp"


def test_an_unknown_slot_is_rejected(bench: Bench) -> None:
    answer = install(bench, slot=9)

    assert answer["status"] == "Rejected"
    assert answer["statusInfo"]["reasonCode"] == "InvalidConfSlot"


def test_a_version_that_is_not_spoken_is_rejected(bench: Bench) -> None:
    assert install(bench, ocppVersion="OCPP15")["status"] == "Rejected"


def test_mobile_and_vpn_settings_are_taken_over(bench: Bench) -> None:
    answer = install(
        bench,
        apn={"apn": "internet", "apnAuthentication": "CHAP", "simPin": 1234},
        vpn={
            "server": "vpn.sim",
            "user": "u",
            "password": "p",
            "key": "k",
            "type": "IPSec",
            "group": "g",
        },
    )

    assert answer == {"status": "Accepted"}
    read = bench.call(
        "GetVariables",
        getVariableData=[
            {
                "component": {"name": "NetworkConfiguration", "instance": "2"},
                "variable": {"name": name},
            }
            for name in ("Apn", "ApnAuthentication", "VpnServer", "VpnType", "VpnGroup")
        ],
    )["getVariableResult"]
    assert [result["attributeValue"] for result in read] == [
        "internet",
        "CHAP",
        "vpn.sim",
        "IPSec",
        "g",
    ]
