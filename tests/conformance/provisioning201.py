"""What several provisioning and availability cases do or look at in 2.0.1."""

from __future__ import annotations

from typing import Any

from ocpp_iface.sim.bench import Bench
from ocpp_iface.sim.csms import SimCsms
from ocpp_iface.sim.csms_script import Received
from ocpp_iface.sim.match import one_of

Item = dict[str, Any]

BOOT_EVENTS = ("StartupOfTheDevice", "ResetOrReboot")
"""Security events of which one follows every boot."""


def at(component: str, variable: str, instance: str | None = None, **more: Any) -> Item:
    """An element of GetVariables or SetVariables. `evse`: of the component."""
    where: Item = {"name": component}
    if "evse" in more:
        where["evse"] = {"id": more.pop("evse")}
    what: Item = {"name": variable}
    if instance is not None:
        what["instance"] = instance
    return {"component": where, "variable": what, **more}


def set_variables(bench: Bench, *items: Item) -> list[Item]:
    return bench.call("SetVariables", setVariableData=list(items))["setVariableResult"]


def get_variables(bench: Bench, *items: Item) -> list[Item]:
    return bench.call("GetVariables", getVariableData=list(items))["getVariableResult"]


def set_variable(bench: Bench, component: str, variable: str, value: str) -> str:
    """-> the status"""
    (result,) = set_variables(bench, at(component, variable, attributeValue=value))
    return result["attributeStatus"]


def get_variable(bench: Bench, component: str, variable: str) -> str:
    (result,) = get_variables(bench, at(component, variable))
    assert result["attributeStatus"] == "Accepted"
    return result["attributeValue"]


def says_nothing_wrong(result: Item, field: str = "attributeStatusInfo") -> bool:
    """The info beside a good status is left out, or says so."""
    return field not in result or result[field]["reasonCode"] == "NoError"


def statuses(csms: SimCsms, since: int = 0) -> dict[tuple[int, int], list[str]]:
    """(EVSE, connector) -> what was reported of it, by calls after the log entry `since`."""
    found: dict[tuple[int, int], list[str]] = {}
    for call in csms.received():
        if call.index <= since:
            continue
        if call.action == "StatusNotification":
            where = (call["evseId"], call["connectorId"])
            found.setdefault(where, []).append(call["connectorStatus"])
        elif call.action == "NotifyEvent":
            _note_events(found, call)
    return found


def _note_events(found: dict[tuple[int, int], list[str]], call: Received) -> None:
    for event in call["eventData"]:
        component = event["component"]
        if (component["name"], event["variable"]["name"]) == ("Connector", "AvailabilityState"):
            assert event["trigger"] == "Delta"
            where = (component["evse"]["id"], component["evse"]["connectorId"])
            found.setdefault(where, []).append(event["actualValue"])


def now(csms: SimCsms) -> int:
    """The present end of the CSMS's log, for `statuses`."""
    return csms.log[-1].index if csms.log else 0


def assert_booted(
    bench: Bench,
    *,
    expected: dict[tuple[int, int], str] | None = None,
    csms: SimCsms | None = None,
    timeout_s: float = 60.0,
) -> Received:
    """Booted: BootNotification, then one status of each connector, then the security event.

    `expected`: connectors that are not Available. `csms`: another one. -> the BootNotification
    """
    csms = csms or bench.csms
    boot = csms.expect("BootNotification", timeout_s=timeout_s)
    event = csms.expect("SecurityEventNotification", type=one_of(*BOOT_EVENTS))
    wanted = {(place.evse, place.connector): ["Available"] for place in bench.places}
    wanted.update({where: [word] for where, word in (expected or {}).items()})
    assert statuses(csms, boot.index) == wanted
    later = [call for call in csms.received() if call.index > event.index]
    assert not [call for call in later if call.action == "StatusNotification"]
    csms.mark()
    return boot


def report(bench: Bench, request_id: int, timeout_s: float = 60.0) -> list[Item]:
    """All parts of a report, put together: numbered from 0, and the last says that it is."""
    data: list[Item] = []
    seq_no, more = 0, True
    while more:
        part = bench.expect("NotifyReport", requestId=request_id, timeout_s=timeout_s)
        assert part["seqNo"] == seq_no
        assert part["generatedAt"]
        data += part["reportData"]
        more, seq_no = part.get("tbc", False), seq_no + 1
    return data
