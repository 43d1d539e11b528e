"""`ocpp-iface run`: a station with simulated hardware, in real time, against any CSMS."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
import threading
from contextlib import suppress
from functools import partial
from io import TextIOWrapper
from pathlib import Path
from typing import Final

import attrs

from ocpp_iface.cli.charger import SimulatedCharger
from ocpp_iface.cli.command import Command, Exit, above_0
from ocpp_iface.cli.console import HELP, Console
from ocpp_iface.cli.printer import Printer
from ocpp_iface.config import StationConfig
from ocpp_iface.service import OcppService

_DESCRIPTION: Final = """\
Run a station with simulated hardware (meters, cars, contactors) against any CSMS, in real time.
Every var is printed as it is published. What drivers do comes from stdin, a line a command:

"""
_EPILOG: Final = """\
examples:
  ocpp-iface run station.toml
  ocpp-iface run station.toml --csms ws://127.0.0.1:9000/ocpp --speed 60
  printf 'wait accepted\\nplug 1\\ntoken 04AB 1\\nwait 30\\nunplug 1\\nquit\\n' | ocpp-iface run station.toml --json

The smallest station.toml:
  id = "CS001"
  csms_url = "ws://127.0.0.1:9000/ocpp"

With `store = "station.db"` nothing is lost when the process is killed; what the simulated charger
remembers (meter registers, plugged cars) is then kept in station.db.charger.

With --json each line of output is an object with `kind`, `at`, `name` and, for kind
  var     value           a var of the contract, in the contract's JSON
  order   evse, details   what the station asked of the charger
  answer  line, result    to a command
  error   line, result    to a command that failed
  note    details         charger (what it remembers), ready, closed
The end of stdin ends nothing, so the station also runs as a service; `quit`, Ctrl-C or SIGTERM end it
in order, with status 0. When nobody reads its output any more it ends, too, with status 1.
"""


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("config", metavar="station.toml", type=Path)
    parser.add_argument("--csms", metavar="URL", help="instead of the URL in the file")
    parser.add_argument("--json", action="store_true", help="print JSON lines")
    parser.add_argument(
        "--power", metavar="W", type=above_0, default=11_000.0, help="of each car (default: 11000)"
    )
    parser.add_argument(
        "--speed",
        metavar="N",
        type=above_0,
        default=1.0,
        help="meters count N times faster than the clock (default: 1)",
    )
    parser.add_argument(
        "--meter",
        metavar="S",
        type=above_0,
        default=1.0,
        help="seconds between two readings of a meter (default: 1)",
    )


def _run(arguments: argparse.Namespace) -> int:
    config = StationConfig.from_toml(arguments.config)
    if arguments.csms is not None:
        config = attrs.evolve(config, csms_url=arguments.csms, network_profiles=(), source="--csms")
    return int(asyncio.run(_station(config, arguments)))


async def _station(config: StationConfig, arguments: argparse.Namespace) -> Exit:
    over = _end_of_signals()
    loop = asyncio.get_running_loop()
    printer = Printer(arguments.json, on_lost=lambda: _end_soon(loop, over))
    charger = SimulatedCharger(
        tuple(config.topology.evse_ids()),
        power_w=arguments.power,
        speed=arguments.speed,
        interval_s=arguments.meter,
        memory=None if config.store is None else Path(f"{config.store}.charger"),
        on_order=printer.order,
    )
    printer.note("charger", **charger.remembered())
    service = OcppService(config, charger)
    for var in service.vars:
        var.subscribe(partial(printer.var, var.name))
    async with service:
        printer.note("ready", id=config.id, csms=config.profiles[0].csms_url)
        printer.text("`help` lists the commands, `quit` ends.")
        await _serve(service, charger, Console(service, charger, printer), over)
    printer.note("closed", id=config.id)
    if printer.lost is not None:
        raise printer.lost
    if service.fatal_error is not None:
        print(f"ocpp-iface: the station stopped: {service.fatal_error}", file=sys.stderr)
        return Exit.FAILED
    return Exit.OK


def _end_of_signals() -> asyncio.Event:
    """Set by Ctrl-C and SIGTERM."""
    over = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):  # Windows has no signal handlers on a loop
            asyncio.get_running_loop().add_signal_handler(number, over.set)
    return over


def _end_soon(loop: asyncio.AbstractEventLoop, over: asyncio.Event) -> None:
    """From any thread."""
    with suppress(RuntimeError):  # the loop has ended
        loop.call_soon_threadsafe(over.set)


async def _serve(
    service: OcppService, charger: SimulatedCharger, console: Console, over: asyncio.Event
) -> None:
    """Until `quit`, a signal, or the station stops by itself."""
    loop = asyncio.get_running_loop()
    lines: asyncio.Queue[str] = asyncio.Queue()
    threading.Thread(target=_read, args=(loop, lines), daemon=True).start()
    tasks = [
        loop.create_task(charger.work(service.station)),
        loop.create_task(_obey(console, lines)),
        loop.create_task(over.wait()),
    ]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await console.finish()


async def _obey(console: Console, lines: asyncio.Queue[str]) -> None:
    while not console.finished:
        await console.execute(await lines.get())


def _read(loop: asyncio.AbstractEventLoop, lines: asyncio.Queue[str]) -> None:
    """In a thread of its own: stdin may be a terminal, a pipe, a file, or closed (None)."""
    if sys.stdin is None:
        return
    if isinstance(sys.stdin, TextIOWrapper):
        sys.stdin.reconfigure(errors="replace")  # a line that is no text is answered, not the end
    for line in sys.stdin:
        try:
            loop.call_soon_threadsafe(lines.put_nowait, line.rstrip("\n"))
        except RuntimeError:  # the loop has ended
            return


COMMAND: Final = Command(
    name="run",
    summary="a station with simulated hardware against any CSMS",
    description=_DESCRIPTION + HELP,
    epilog=_EPILOG,
    add_arguments=_add_arguments,
    run=_run,
)
