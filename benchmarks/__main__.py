"""`python -m benchmarks`: what the library costs, against the `ocpp` package and bare `websockets`.

All of it takes about a quarter of an hour; wants two processors and nothing else running.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from attrs import evolve

from benchmarks import settings
from benchmarks.parts import PARTS
from benchmarks.report import Table, machine, write_figures

PAGE = Path(__file__).resolve().parent.parent / "docs" / "performance.md"


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    listed = "; ".join(f"{name}: {part.__doc__}" for name, part in PARTS.items())
    parser.add_argument("parts", nargs="*", help=f"by default all. {listed}")
    parser.add_argument("--quick", action="store_true", help="everything once: does it work?")
    parser.add_argument("--rounds", type=int, help="of the round trips")
    parser.add_argument(
        "--message", action="append", default=[], help="round trips of messages named like this"
    )
    parser.add_argument("--stations", type=int, help="for the memory of idle ones")
    parser.add_argument(
        "--pin", action="store_true", help="CSMS and client on processors of their own"
    )
    parser.add_argument(
        "--write", action="store_true", help="put the figures into docs/performance.md"
    )
    given = parser.parse_args()
    for name in given.parts:
        if name not in PARTS:
            parser.error(f"unknown part {name!r}; there are {', '.join(PARTS)}")
    return given


def main() -> int:
    given = arguments()
    chosen = settings.quick() if given.quick else settings.full()
    chosen = evolve(chosen, messages=tuple(given.message))
    if given.rounds:
        chosen = evolve(chosen, rounds=given.rounds)
    if given.stations:
        chosen = evolve(chosen, stations=given.stations)
    if given.pin:
        chosen = settings.pinned(chosen)
    began, load = time.monotonic(), os.getloadavg()[0]
    print(machine())
    print(f"load of the machine when this began: {load:.2f}")
    tables: list[Table] = []
    for name in given.parts or PARTS:
        for table in PARTS[name](chosen):
            print(table.text(), flush=True)
            tables.append(table)
    missed = [what for table in tables for what, kept in table.verdicts if not kept]
    print(f"\n{len(missed)} figures are not what was promised; {time.monotonic() - began:.0f} s")
    if given.quick:
        print("(--quick: the figures mean nothing)")
    elif given.write:
        when = datetime.now(UTC).strftime("Measured on %Y-%m-%d")
        write_figures(PAGE, tables, when, f"Load before the run: {load:.2f}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
