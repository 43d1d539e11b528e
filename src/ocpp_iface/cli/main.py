"""`ocpp-iface`: the command line. Each sub-command is one module with a `COMMAND`; see `COMMANDS`."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Sequence
from typing import Final

from ocpp_iface.cli import demo, doctor, run, schedule, variables
from ocpp_iface.cli.command import EXIT_STATUSES, Command, Exit
from ocpp_iface.errors import ConfigurationError, OcppIfaceError, StoreError

COMMANDS: Final[tuple[Command, ...]] = (
    demo.COMMAND,
    run.COMMAND,
    variables.COMMAND,
    schedule.COMMAND,
    doctor.COMMAND,
)

_DESCRIPTION: Final = """\
A whole OCPP charging station (1.6 and 2.0.1) behind one interface.

Begin with `ocpp-iface demo`: it needs nothing but this installation and shows two stations charge,
lose their network and their power, and lose no message. Then write a station.toml of two lines
(id, csms_url), let `ocpp-iface doctor station.toml` look at it, and `ocpp-iface run station.toml`
connects it to your CSMS.
"""
_EPILOG: Final = """\
examples:
  ocpp-iface demo
  ocpp-iface doctor station.toml
  ocpp-iface run station.toml
  ocpp-iface variables list station.toml --changed
  ocpp-iface schedule station.toml
  ocpp-iface run --help

"""


def make_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="ocpp-iface",
        description=_DESCRIPTION,
        epilog=_EPILOG + EXIT_STATUSES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--log",
        default="WARNING",
        choices=("DEBUG", "INFO", "WARNING", "ERROR"),
        help="what is logged to stderr (default: WARNING); secrets are never logged",
    )
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for command in COMMANDS:
        sub = subparsers.add_parser(
            command.name,
            help=command.summary,
            description=command.description,
            epilog=f"{command.epilog}\n{EXIT_STATUSES}",
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        command.add_arguments(sub)
        sub.set_defaults(run=command.run)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """-> the exit status. `argv` without the name of the program; None: that of the process."""
    parser = make_parser()
    try:
        arguments = parser.parse_args(argv)
    except SystemExit as stop:  # argparse has said what is wrong, or has printed the help
        return stop.code if isinstance(stop.code, int) else int(Exit.USAGE)
    logging.basicConfig(
        level=arguments.log, format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr
    )
    try:
        return int(arguments.run(arguments))
    except ConfigurationError as error:
        return _fail("the configuration is wrong", error, Exit.USAGE)
    except StoreError as error:
        return _fail("the store cannot be used", error, Exit.STORE)
    except OcppIfaceError as error:
        return _fail("failed", error, Exit.FAILED)
    except KeyboardInterrupt:
        return int(Exit.INTERRUPTED)
    except BrokenPipeError:
        # Whoever read our output has gone (`| head`); the interpreter must not complain at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return int(Exit.FAILED)


def _fail(what: str, error: Exception, status: Exit) -> int:
    print(f"ocpp-iface: {what}: {error}", file=sys.stderr)
    return int(status)
