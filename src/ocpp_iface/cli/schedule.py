"""`ocpp-iface schedule`: draw what a station may charge, and why."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from ocpp_iface.cli.command import Command, Exit, above_0
from ocpp_iface.cli.schedule_source import Plan, from_messages, from_store
from ocpp_iface.cli.schedule_svg import svg
from ocpp_iface.cli.schedule_text import chart
from ocpp_iface.cli.style import Style
from ocpp_iface.errors import ConfigurationError
from ocpp_iface.smartcharging import Explanation, RateUnit, explain

_DESCRIPTION: Final = """\
Draw the composite schedule of a station: the limit over time, and under it what each charging
profile says and which of them wins when.

SOURCE is station.toml, for the profiles in the store of a station that is not running; or a JSON
file with SetChargingProfile requests of 1.6 or 2.0.1 (one, or a list of them, as they are in a log),
for the profiles as a station would install them, one after the other. A profile that a station would
refuse is named, with the reason, and left out. A TxProfile in a file counts as that of a transaction
that began when the drawing begins.
"""
_EPILOG: Final = """\
examples:
  ocpp-iface schedule station.toml
  ocpp-iface schedule profiles.json --hours 24 --from 2026-01-12T00:00:00Z
  ocpp-iface schedule profiles.json --evse 1 --unit W --svg schedule.svg
  ocpp-iface schedule profiles.json --json
"""
_HOURS: Final = 24.0
_MOST_HOURS: Final = 8784.0
_MOST_COLUMNS: Final = 96


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("source", metavar="SOURCE", type=Path, help="station.toml or profiles.json")
    parser.add_argument("--evse", type=int, help="only this one; 0: the station (default: all)")
    parser.add_argument("--evses", type=int, default=0, help="of a file: how many the station has")
    parser.add_argument("--from", dest="start", type=_moment, help="ISO 8601 (default: now)")
    parser.add_argument("--hours", type=above_0, default=_HOURS, help="how far (default: 24)")
    parser.add_argument("--unit", choices=("A", "W"), default="A")
    parser.add_argument("--svg", type=Path, metavar="FILE", help="write a drawing to this file")
    parser.add_argument("--json", action="store_true", help="print the periods as JSON")


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        told = f"{text!r} is not ISO 8601 as in 2026-01-12T08:00:00Z"
        raise argparse.ArgumentTypeError(told) from None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def _run(arguments: argparse.Namespace) -> int:
    start = arguments.start or datetime.now(UTC)
    if arguments.hours > _MOST_HOURS:
        raise ConfigurationError(f"more than {_MOST_HOURS:g}, a year", path="--hours")
    plan = _plan(arguments.source, start, arguments.evses)
    for refusal in plan.refused:
        print(f"ocpp-iface: refused: {refusal}", file=sys.stderr)
    drawn = _explanations(plan, arguments, start)
    if arguments.svg is not None:
        _write(arguments.svg, svg(drawn))
    if arguments.json:
        print(json.dumps([_record(each) for each in drawn], indent=1))
    else:
        columns = shutil.get_terminal_size().columns if sys.stdout.isatty() else _MOST_COLUMNS
        columns = min(columns, _MOST_COLUMNS)
        style = Style.of(sys.stdout)
        print("\n\n".join("\n".join(chart(each, style, columns)) for each in drawn))
    return Exit.FAILED if plan.refused else Exit.OK


def _plan(source: Path, start: datetime, evses: int) -> Plan:
    if source.suffix.casefold() == ".toml":
        return from_store(source)
    return from_messages(source, start, evses)


def _explanations(
    plan: Plan, arguments: argparse.Namespace, start: datetime
) -> tuple[Explanation, ...]:
    every = (*(evse.id for evse in plan.context.evses), 0)
    wanted = every if arguments.evse is None else (arguments.evse,)
    found = []
    for evse_id in wanted:
        explanation = explain(
            plan.installed,
            plan.context,
            evse_id,
            start,
            duration_s=round(arguments.hours * 3600),
            unit=RateUnit(arguments.unit),
        )
        if explanation is None:
            raise ConfigurationError(f"the station has no EVSE {evse_id}", path="--evse")
        found.append(explanation)
    return tuple(found)


def _record(explanation: Explanation) -> dict[str, Any]:
    return {
        "evse": explanation.evse_id,
        "unit": explanation.unit.value,
        "start": explanation.start.isoformat(),
        "duration_s": explanation.duration_s,
        "periods": [
            {
                "start_s": span.start_s,
                "end_s": span.end_s,
                "limit": span.limit,
                "number_phases": span.number_phases,
                "profile": None
                if span.winner is None
                else {
                    "id": span.winner.profile_id,
                    "purpose": span.winner.purpose.value,
                    "stack_level": span.winner.stack_level,
                    "source": span.winner.source.value,
                    "evse": span.winner.evse_id,
                },
            }
            for span in explanation.spans
        ],
    }


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(error.strerror or str(error), source=str(file)) from None


COMMAND: Final = Command(
    name="schedule",
    summary="draw the composite schedule of a station or of charging profiles",
    description=_DESCRIPTION,
    epilog=_EPILOG,
    add_arguments=_add_arguments,
    run=_run,
)
