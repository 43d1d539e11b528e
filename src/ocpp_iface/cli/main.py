"""`ocpp-iface`: the command line; its sub-commands are the modules in `COMMANDS`."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from io import TextIOWrapper
from typing import Final

from ocpp_iface import __version__
from ocpp_iface.cli.command import EXIT_STATUSES, Command, Exit
from ocpp_iface.errors import ConfigurationError, CorruptStore, OcppIfaceError, StoreError

COMMANDS: Final = ("demo", "run", "variables", "schedule", "doctor")
"""In the order of the help; each is the name of a module with a `COMMAND`. Only the module that is
asked for is loaded: a station that is started again and again should not load the other commands.
"""

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


def commands(names: Sequence[str] = COMMANDS) -> tuple[Command, ...]:
    return tuple(import_module(f"ocpp_iface.cli.{name}").COMMAND for name in names)


def make_parser(names: Sequence[str] = COMMANDS) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="ocpp-iface",
        description=_DESCRIPTION,
        epilog=_EPILOG + EXIT_STATUSES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"ocpp-iface {__version__}")
    parser.add_argument(
        "--log",
        default="WARNING",
        choices=("DEBUG", "INFO", "WARNING", "ERROR"),
        help="what is logged to stderr (default: WARNING); secrets are never logged",
    )
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for command in commands(names):
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
    words = sys.argv[1:] if argv is None else argv
    _print_what_the_terminal_can()
    try:
        status = _run(words)
        if sys.stdout is not None:
            sys.stdout.flush()
        return status
    except ConfigurationError as error:
        return _fail("the configuration is wrong", error, Exit.USAGE)
    except CorruptStore as error:
        told = f"{error}; the next start makes an empty one"
        return _fail("the store cannot be used", told, Exit.STORE)
    except StoreError as error:
        told = f"{error} (`ocpp-iface doctor` says what to do)"
        return _fail("the store cannot be used", told, Exit.STORE)
    except OcppIfaceError as error:
        return _fail("failed", error, Exit.FAILED)
    except KeyboardInterrupt:
        return int(Exit.INTERRUPTED)
    except BrokenPipeError:  # whoever read our output has gone (`| head`)
        _forget_unwritten()
        return int(Exit.FAILED)
    except OSError as error:  # a full disk, a port that cannot be had
        _forget_unwritten()
        return _fail("failed", error, Exit.FAILED)


def _run(words: Sequence[str]) -> int:
    asked = next((word for word in words if word in COMMANDS), None)
    parser = make_parser(COMMANDS if asked is None else (asked,))
    try:
        arguments = parser.parse_args(words)
    except SystemExit as stop:  # argparse has said what is wrong, or has printed the help
        return stop.code if isinstance(stop.code, int) else int(Exit.USAGE)
    logging.basicConfig(
        level=arguments.log, format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr
    )
    return int(arguments.run(arguments))


def _print_what_the_terminal_can() -> None:
    """A sign that the encoding of the terminal does not have is shown as `?`."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")


def _forget_unwritten() -> None:
    """The interpreter must not complain at its end about output that cannot be written."""
    with suppress(OSError):
        sys.stdout.flush()
        return
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _fail(what: str, error: object, status: Exit) -> int:
    print(f"ocpp-iface: {what}: {error}", file=sys.stderr)
    return int(status)
