"""What importing costs: wall time and resident memory of a fresh process."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from pathlib import Path

from attrs import frozen

from benchmarks.process import ROOT
from benchmarks.settings import Settings

OURS = "ocpp_iface, both versions"
THEIRS = "ocpp.v16 + ocpp.v201 + websockets"

IMPORTS = {
    OURS: (
        "import ocpp_iface, ocpp_iface.service, ocpp_iface.compose;"
        "import ocpp_iface.v16.backend, ocpp_iface.v201.backend"
    ),
    "ocpp_iface, 2.0.1 only": (
        "import ocpp_iface, ocpp_iface.service, ocpp_iface.compose; import ocpp_iface.v201.backend"
    ),
    # `websockets` imports nothing until a name is used; both sides need the client.
    THEIRS: "import ocpp.v16, ocpp.v201, websockets, websockets.asyncio.client",
    "websockets, its client": "import websockets, websockets.asyncio.client",
    "nothing": "pass",
}

_PROGRAM = """
import time
begin = time.perf_counter()
{imports}
spent = time.perf_counter() - begin
import json, os
with open("/proc/self/statm") as statm:
    pages = int(statm.read().split()[1])
print(json.dumps([spent * 1000, pages * os.sysconf("SC_PAGE_SIZE") / 1024 / 1024]))
"""


@frozen
class Import:
    milliseconds: float
    fastest: float
    slowest: float
    mebibytes: float


def measure(settings: Settings) -> dict[str, Import]:
    """Medians over interleaved rounds; a first round fills the caches and is not counted."""
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in IMPORTS}
    for turn in range(settings.imports + 1):
        for name, statement in IMPORTS.items():
            milliseconds, mebibytes = _fresh(statement)
            if turn:
                found[name].append((milliseconds, mebibytes))
    return {
        name: Import(
            statistics.median(each[0] for each in samples),
            min(each[0] for each in samples),
            max(each[0] for each in samples),
            statistics.median(each[1] for each in samples),
        )
        for name, samples in found.items()
    }


def _fresh(statement: str) -> tuple[float, float]:
    finished = subprocess.run(
        [sys.executable, "-c", _PROGRAM.format(imports=statement)],
        cwd=Path(ROOT) / "src",
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    )
    milliseconds, mebibytes = json.loads(finished.stdout)
    return milliseconds, mebibytes
