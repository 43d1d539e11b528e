"""B07, B08: base and custom reports."""

from __future__ import annotations

from typing import Any

import pytest

from ocpp_iface.sim.bench import Bench
from ocpp_iface.sim.csms_script import CsmsCallError


def collect(bench: Bench, request_id: int) -> list[dict[str, Any]]:
    """All messages of a report; its last one says that nothing follows."""
    messages: list[dict[str, Any]] = []
    while not messages or messages[-1].get("tbc"):
        messages.append(bench.expect("NotifyReport", requestId=request_id))
    return messages


def entries(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [entry for message in messages for entry in message["reportData"]]


def names(found: list[dict[str, Any]]) -> set[tuple[str, str]]:
    return {(entry["component"]["name"], entry["variable"]["name"]) for entry in found}


def component(name: str, **more: Any) -> dict[str, Any]:
    return {"component": {"name": name, **more}}


def test_full_inventory_is_numbered_and_split(make_bench: Any) -> None:
    bench = make_bench(variables={"InternalCtrlr.MaxMessageSize": 8000})

    assert bench.call("GetBaseReport", requestId=7, reportBase="FullInventory") == {
        "status": "Accepted"
    }
    messages = collect(bench, 7)

    assert len(messages) > 3
    assert [message["seqNo"] for message in messages] == list(range(len(messages)))
    assert all(message["generatedAt"] for message in messages)
    found = names(entries(messages))
    assert ("OCPPCommCtrlr", "HeartbeatInterval") in found
    assert ("EVSE", "AvailabilityState") in found


def test_no_message_of_a_report_is_too_large(make_bench: Any) -> None:
    bench = make_bench(variables={"InternalCtrlr.MaxMessageSize": 3000})

    bench.call("GetBaseReport", requestId=1, reportBase="FullInventory")
    collect(bench, 1)

    sizes = [len(str(entry.payload)) for entry in bench.csms.log if entry.action == "NotifyReport"]
    assert max(sizes) < 3600  # the repr of a payload is longer than its JSON


def test_each_message_waits_for_the_answer_to_the_one_before(make_bench: Any) -> None:
    bench = make_bench(variables={"InternalCtrlr.MaxMessageSize": 8000})
    bench.on("NotifyReport").delay(3.0)

    bench.call("GetBaseReport", requestId=7, reportBase="FullInventory")
    first = bench.expect("NotifyReport")
    second = bench.expect("NotifyReport")

    assert second.at - first.at >= 3.0
    assert bench.call("GetBaseReport", requestId=8, reportBase="FullInventory")["status"] == (
        "Rejected"
    )
    bench.on("NotifyReport").delay(0.0)
    bench.run(120.0)
    assert bench.call("GetBaseReport", requestId=9, reportBase="SummaryInventory")["status"] == (
        "Accepted"
    )


def test_configuration_inventory_has_what_can_be_set_and_no_secrets(make_bench: Any) -> None:
    bench = make_bench(variables={"SecurityCtrlr.BasicAuthPassword": "0123456789abcdef"})
    bench.call("GetBaseReport", requestId=2, reportBase="ConfigurationInventory")
    found = entries(collect(bench, 2))

    mutability = {
        attribute["mutability"] for entry in found for attribute in entry["variableAttribute"]
    }
    assert mutability == {"ReadWrite", "WriteOnly"}
    password = next(
        entry
        for entry in found
        if (entry["component"]["name"], entry["variable"]["name"])
        == ("SecurityCtrlr", "BasicAuthPassword")
    )
    assert all("value" not in attribute for attribute in password["variableAttribute"])
    assert all(entry["variableCharacteristics"]["dataType"] for entry in found)


def test_summary_inventory_shows_the_availability(bench: Bench) -> None:
    bench.ev_connected(1)
    bench.call("GetBaseReport", requestId=3, reportBase="SummaryInventory")
    found = entries(collect(bench, 3))

    assert {entry["variable"]["name"] for entry in found} == {"AvailabilityState"}
    states = {
        (
            entry["component"]["name"],
            entry["component"].get("evse", {}).get("id"),
        ): entry["variableAttribute"][0]["value"]
        for entry in found
    }
    assert states[("Connector", 1)] == "Occupied"
    assert states[("Connector", 2)] == "Available"


def test_custom_report_of_components_and_variables(bench: Bench) -> None:
    wanted = [
        {**component("AuthCtrlr"), "variable": {"name": "Enabled"}},
        component("ClockCtrlr"),
    ]
    answer = bench.call("GetReport", requestId=4, componentVariable=wanted)
    found = names(entries(collect(bench, 4)))

    assert answer == {"status": "Accepted"}
    assert ("AuthCtrlr", "Enabled") in found
    assert ("ClockCtrlr", "TimeZone") in found
    assert {name for name, _ in found} == {"AuthCtrlr", "ClockCtrlr"}


def test_custom_report_of_one_evse(bench: Bench) -> None:
    bench.call("GetReport", requestId=5, componentVariable=[component("EVSE", evse={"id": 2})])
    found = entries(collect(bench, 5))

    assert {entry["component"]["evse"]["id"] for entry in found} == {2}


@pytest.mark.parametrize(
    "wanted", [component("NoSuchCtrlr"), component("EVSE", evse={"id": 0})], ids=["name", "evse"]
)
def test_nothing_found_is_an_empty_result_set(bench: Bench, wanted: dict[str, Any]) -> None:
    answer = bench.call("GetReport", requestId=6, componentVariable=[wanted])

    assert answer == {"status": "EmptyResultSet"}
    bench.run(5.0)
    assert bench.csms.received("NotifyReport") == []


def test_problem_criterion_without_problems_is_empty(bench: Bench) -> None:
    answer = bench.call("GetReport", requestId=6, componentCriteria=["Problem"])

    assert answer == {"status": "EmptyResultSet"}


def test_a_criterion_that_is_not_supported(make_bench: Any) -> None:
    bench = make_bench(variables={"InternalCtrlr.SupportedCriteria": "Enabled"})

    answer = bench.call("GetReport", requestId=6, componentCriteria=["Enabled", "Active"])

    assert answer == {"status": "NotSupported"}


def test_too_many_component_variables(make_bench: Any) -> None:
    bench = make_bench(variables={"DeviceDataCtrlr/ItemsPerMessage[GetReport]": 1})

    with pytest.raises(CsmsCallError) as refusal:
        bench.call(
            "GetReport",
            requestId=6,
            componentVariable=[component("AuthCtrlr"), component("ClockCtrlr")],
        )

    assert refusal.value.code == "OccurrenceConstraintViolation"


def test_a_report_ends_with_its_link(make_bench: Any) -> None:
    bench = make_bench(variables={"InternalCtrlr.MaxMessageSize": 4000})
    bench.on("NotifyReport").delay(1.0)
    bench.call("GetBaseReport", requestId=1, reportBase="FullInventory")
    bench.expect("NotifyReport")

    bench.offline()
    bench.run(60.0)
    bench.online()
    bench.mark()
    bench.quiet(60.0, "StatusNotification")

    answer = bench.call("GetBaseReport", requestId=2, reportBase="SummaryInventory")
    assert answer["status"] == "Accepted"
