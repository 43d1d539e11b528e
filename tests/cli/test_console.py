"""What drivers do from stdin, and what is printed: on a real station that reaches no CSMS."""

from __future__ import annotations

import asyncio
import io
import json
from functools import partial
from typing import Any

import pytest

from ocpp_iface.cli.charger import SimulatedCharger
from ocpp_iface.cli.console import COMMANDS, Console
from ocpp_iface.cli.printer import Printer
from ocpp_iface.cli.run import COMMAND
from ocpp_iface.cli.style import Style
from ocpp_iface.config import StationConfig
from ocpp_iface.service import OcppService

Line = dict[str, Any]


def play(*lines: str, as_json: bool = True, **fields: Any) -> str:
    """What is printed for the lines."""
    out = io.StringIO()

    async def live() -> None:
        config = StationConfig(
            **{"id": "CS001", "csms_url": "ws://127.0.0.1:9/ocpp", "evses": (1, 2), **fields}
        )
        printer = Printer(as_json, out, Style(coloured=False))
        charger = SimulatedCharger((1, 2), on_order=printer.order)
        service = OcppService(config, charger)
        for var in service.vars:
            var.subscribe(partial(printer.var, var.name))
        async with service:
            console = Console(service, charger, printer)
            for line in lines:
                await console.execute(line)
            await console.finish()

    asyncio.run(live())
    return out.getvalue()


def answers(*lines: str, **fields: Any) -> list[Line]:
    """The answers to the lines, one each."""
    printed = [json.loads(line) for line in play(*lines, **fields).splitlines()]
    return [each for each in printed if each["kind"] in ("answer", "error")]


def results(*lines: str, **fields: Any) -> list[Any]:
    return [each["result"] for each in answers(*lines, **fields)]


def test_every_answer_repeats_its_line() -> None:
    (answer,) = answers("get   HeartbeatInterval # a comment")

    assert answer["kind"] == "answer"
    assert answer["name"] == "get"
    assert answer["line"] == "get   HeartbeatInterval # a comment"
    assert set(answer) == {"kind", "at", "name", "line", "result"}


def test_variables_are_read_and_set_by_address_and_by_key() -> None:
    got = results(
        "set TxCtrlr/EVConnectionTimeOut 90",
        "get ConnectionTimeOut TxCtrlr/EVConnectionTimeOut Nothing",
    )

    assert got == [
        "Accepted",
        {
            "ConnectionTimeOut": "90",
            "TxCtrlr/EVConnectionTimeOut": "90",
            "Nothing": "UnknownVariable",
        },
    ]


def test_a_monitored_variable_is_published_when_it_changes() -> None:
    printed = play("monitor HeartbeatInterval", "set HeartbeatInterval 99")

    events = [json.loads(line) for line in printed.splitlines() if '"event_data"' in line]
    assert [each["value"]["actual_value"] for each in events] == ["99"]


def test_the_meter_can_be_read_and_set() -> None:
    got = results("meter 2 1234.5", "meter 2")

    assert [each["Energy.Active.Import.Register"] for each in got] == [1234.5, 1234.5]


def test_a_fault_is_reported_and_cleared() -> None:
    assert results("fault 1 1 GroundFailure", "clear 1 1 GroundFailure", "clear 1") == [
        "console-GroundFailure",
        True,
        False,
    ]


def test_availability_of_station_evse_and_connector() -> None:
    got = results("availability inoperative 2 1", "availability operative", "availability what 9")

    assert got[:2] == [{"status": "Accepted"}, {"status": "Accepted"}]
    assert "what" in got[2].lower()


def test_plug_pause_resume_button_and_unplug() -> None:
    got = results("plug 1", "pause 1", "resume 1", "button 1", "unplug 1")

    assert got == [None, None, None, False, None]


def test_a_token_is_judged_without_a_csms() -> None:
    (outcome,) = results("token 04AB 1")

    assert outcome["status"] == "Unknown"
    assert outcome["started"] is False


def test_ocpp_can_be_stopped_and_taken_up_again() -> None:
    assert results("stop", "stop", "restart", "restart") == [True, False, True, False]


def test_a_security_event_is_taken() -> None:
    assert results("security MaintenanceLoginAccepted by hand") == [None]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("charge 1", "no such command"),
        ("plug", "write it as: plug EVSE"),
        ("plug one", "'one' is not a number"),
        ("plug 3", "the station has no EVSE 3"),
        ("plug 1 2", "EVSE 1 has no connector 2"),
        ("token 04AB 1 Gold", "'Gold' is none of Central, "),
        ("fault 1 GroundFailure", "write it as: fault EVSE [CONNECTOR [CODE]]"),
        ("availability sometimes", "'sometimes' is none of Inoperative, Operative"),
        ("meter 1 nan", "'nan' is not a number, 0 or more"),
        ("wait a-bit", "'a-bit' is not a number"),
        ("token " + "x" * 37, "longer than 36"),
        ("meter 1 much", "'much' is not a number, 0 or more"),
        ("get No/Such/Thing", "neither Component/Variable nor a 1.6 key"),
        ("set HeartbeatInterval", "write it as: set ADDRESS VALUE"),
        ("wait", "write it as: wait"),
        ("fault", "write it as: fault"),
        ('say "unclosed', "No closing quotation"),
    ],
)
def test_a_line_that_is_not_understood_is_answered_with_the_reason(line: str, told: str) -> None:
    (answer,) = answers(line)

    assert answer["kind"] == "error"
    assert told in answer["result"]


def test_empty_lines_and_comments_are_nothing() -> None:
    assert answers("", "   ", "# a comment") == []


def test_the_help_names_every_command() -> None:
    shown = play("help", as_json=False)

    for entry in COMMANDS.values():
        assert entry.usage in shown
        assert entry.usage in COMMAND.description


def test_for_people_a_var_is_one_line_without_brackets() -> None:
    lines = play("set HeartbeatInterval 50", as_json=False).splitlines()

    connected = next(line for line in lines if "is_connected" in line)
    assert connected.split()[1:] == ["var", "is_connected", "false"]
    assert "\x1b" not in "".join(lines)
