"""What a sub-command is, and the exit statuses that all of them share."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from enum import IntEnum
from math import isfinite
from typing import Final

from attrs import frozen


class Exit(IntEnum):
    OK = 0
    FAILED = 1
    """It ran and the outcome is not what was wanted."""
    USAGE = 2
    """Wrong arguments or a wrong configuration; nothing was started."""
    STORE = 3
    """The store cannot be read or written."""
    INTERRUPTED = 130


EXIT_STATUSES: Final = """\
exit status:
  0    as wanted
  1    it ran, but failed (doctor: something is wrong; demo: the records disagree)
  2    wrong arguments, or a wrong configuration; nothing was started
  3    the store cannot be read or written, is damaged, or is in use
  130  interrupted (Ctrl-C); `run` then ends in order, with status 0
"""


@frozen
class Command:
    """One entry of the table in `main`. `add_arguments` describes it to argparse, `run` does it and
    returns the exit status. `epilog`: examples, shown at the end of its help.

    `run` may raise ConfigurationError, StoreError and any other OcppIfaceError: `main` says so.
    """

    name: str
    summary: str
    description: str
    epilog: str
    add_arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]


def above_0(text: str) -> float:
    """A type for argparse."""
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not (isfinite(value) and value > 0):
        raise argparse.ArgumentTypeError(f"{text!r} is no number above 0")
    return value
